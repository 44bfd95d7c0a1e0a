// SPDX-License-Identifier: Apache-2.0
// Verify ROOT ISSUING ROOT-LIST LIST LEAF…: whether Java's PKIX validator takes each leaf, with both revocation lists.
import java.io.FileInputStream;
import java.security.cert.*;
import java.util.*;

public class Verify {
	private static final CertificateFactory FACTORY = factory();

	private static CertificateFactory factory() {
		try {
			return CertificateFactory.getInstance("X.509");
		} catch (CertificateException e) {
			throw new IllegalStateException(e);
		}
	}

	private static X509Certificate certificate(String path) throws Exception {
		try (FileInputStream in = new FileInputStream(path)) {
			return (X509Certificate) FACTORY.generateCertificate(in);
		}
	}

	private static CRL list(String path) throws Exception {
		try (FileInputStream in = new FileInputStream(path)) {
			return FACTORY.generateCRL(in);
		}
	}

	public static void main(String[] args) throws Exception {
		X509Certificate issuing = certificate(args[1]);
		Set<TrustAnchor> anchors = Set.of(new TrustAnchor(certificate(args[0]), null));
		CertStore lists = CertStore.getInstance("Collection",
			new CollectionCertStoreParameters(List.of(list(args[2]), list(args[3]))));

		for (int i = 4; i < args.length; i++) {
			PKIXParameters parameters = new PKIXParameters(anchors);
			parameters.addCertStore(lists);
			parameters.setRevocationEnabled(true);
			CertPath path = FACTORY.generateCertPath(List.of(certificate(args[i]), issuing));
			CertPathValidator.getInstance("PKIX").validate(path, parameters);
		}
	}
}
