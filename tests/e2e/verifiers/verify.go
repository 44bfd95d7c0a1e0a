// SPDX-License-Identifier: Apache-2.0
// verify ROOT ISSUING LEAF…: whether Go's crypto/x509 takes each leaf as a TLS client's.  Go knows no name constraints of
// directory names, and refuses what is critical and unknown; as its documentation says, the caller checks them and takes them
// off its list.  Any other unknown critical extension stays there.
package main

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
)

var nameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}

func load(path string) *x509.Certificate {
	text, err := os.ReadFile(path)
	if err != nil {
		fail(path, err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		fail(path, "is no PEM")
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		fail(path, err)
	}
	return c
}

func fail(words ...any) {
	fmt.Fprintln(os.Stderr, words...)
	os.Exit(1)
}

// The network's organisation is the first attribute of every subject, and the only directory name that is permitted.
func checkNames(issuing, leaf *x509.Certificate) {
	organisation := issuing.Subject.Organization[0]
	for _, e := range issuing.Extensions {
		if e.Id.Equal(nameConstraints) && !bytes.Contains(e.Value, []byte(organisation)) {
			fail("the constraint names another network")
		}
	}
	if leaf.Subject.Organization[0] != organisation {
		fail("the leaf is of another network")
	}
}

func main() {
	root, issuing := load(os.Args[1]), load(os.Args[2])
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, path := range os.Args[3:] {
		checkNames(issuing, load(path))
	}
	rest := issuing.UnhandledCriticalExtensions[:0]
	for _, id := range issuing.UnhandledCriticalExtensions {
		if !id.Equal(nameConstraints) {
			rest = append(rest, id)
		}
	}
	issuing.UnhandledCriticalExtensions = rest
	roots.AddCert(root)
	between.AddCert(issuing)
	for _, path := range os.Args[3:] {
		options := x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
		if _, err := load(path).Verify(options); err != nil {
			fail(path, err)
		}
	}
}
