#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the desk issues is taken by programs of other people's making, and what it ended is not.
. tests/e2e/lib.sh

world_up
sources=$REPOSITORY/tests/e2e/verifiers
as jansen ca list --json
cp "$OUT" "$T/list.json"
ended=$(jq -r '[.certificates[] | select(.profile == "researcher")][0].serial' "$T/list.json")
as jansen ca revoke "$ended" --reason superseded --confirm "${ended: -4}"
as dewit ca show "$ended"
as dewit ca revoke "$ended" --reason superseded --confirm "${ended: -4}"
expect 0 "a certificate is ended"
for who in root issuing; do as jansen ca certificate "$who" --out "$T/$who.pem"; done
as jansen ca crl --out "$T/list.der"
openssl crl -inform DER -in "$T/list.der" -out "$T/list.pem"
cp "$WORLD/ceremony/root-list.pem" "$T/root-list.pem"
cat "$T/root-list.pem" "$T/list.pem" >"$T/lists.pem"
cat "$T/issuing.pem" "$T/root.pem" >"$T/ca.pem"
for profile in patient clinician emergency researcher; do
	serial=$(jq -r --arg p "$profile" '[.certificates[] | select(.profile == $p)][0].serial' "$T/list.json")
	as jansen ca certificate "$serial" --out "$T/$profile.pem"
done
good=("$T/patient.pem" "$T/clinician.pem" "$T/emergency.pem")
sed '5s/^..../AAAA/' "$T/patient.pem" >"$T/forged.pem"
quiet() { "$@" >"$T/said" 2>&1; }
refuses() { ! quiet "$@"; }

strict=(openssl verify -x509_strict -check_ss_sig -auth_level 2 -purpose sslclient -crl_check_all -CAfile "$T/root.pem" -untrusted "$T/issuing.pem" -CRLfile "$T/lists.pem")
check "OpenSSL takes them, strictly and with both lists" quiet "${strict[@]}" "${good[@]}"
check "not the one that ended" refuses "${strict[@]}" "$T/researcher.pem"
check "nor a changed one" refuses "${strict[@]}" "$T/forged.pem"
check "nor as a server's" refuses openssl verify -purpose sslserver -CAfile "$T/root.pem" -untrusted "$T/issuing.pem" "$T/clinician.pem"

if command -v certtool >/dev/null; then
	gnutls() { cat "$1" "$T/ca.pem" >"$T/chain.pem" && quiet certtool --verify --verify-profile medium --load-ca-certificate "$T/root.pem" --load-crl "$T/list.pem" --infile "$T/chain.pem" && grep -q 'Chain verification output: Verified' "$T/said"; }
	for leaf in "${good[@]}"; do check "GnuTLS takes the $(basename "$leaf" .pem)'s" gnutls "$leaf"; done
	ungnutls() { ! gnutls "$@"; }
	check "not the one that ended" ungnutls "$T/researcher.pem"
else
	skipped "GnuTLS" "certtool is not installed (gnutls-bin)"
fi

if command -v go >/dev/null; then
	go_verify() { GO111MODULE=off quiet go run "$sources/verify.go" "$T/root.pem" "$T/issuing.pem" "$@"; }
	check "Go takes them" go_verify "${good[@]}"
	check "not a changed one" refuses go_verify "$T/forged.pem"
else
	skipped "Go" "go is not installed"
fi

if command -v java >/dev/null && command -v javac >/dev/null; then
	java_verify() { quiet java "$sources/Verify.java" "$T/root.pem" "$T/issuing.pem" "$T/root-list.pem" "$T/list.pem" "$@"; }
	check "Java takes them, with both lists" java_verify "${good[@]}"
	check "not the one that ended" refuses java_verify "$T/researcher.pem"
else
	skipped "Java" "java is not installed"
fi
finish
