/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation lists, whose signature is not checked here, and the lint on what they say. */
#include <stdlib.h>

#include "core/ident/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cert_summary *issuer = calloc(1, sizeof(*issuer));
	struct cert_crl crl;

	ASSERT(issuer != NULL);
	if (x509_crl_parse(&crl, bytes_of(data, size), bytes_of(NULL, 0), NULL) == ERR_OK) {
		/* An issuer that fits, so that the later rules are reached. */
		issuer->ca = true;
		issuer->key_usage = CERT_USE_CRL_SIGN;
		issuer->subject_sha256 = crl.issuer_sha256;
		memcpy(issuer->ski, crl.aki, sizeof(issuer->ski));
		issuer->ski_len = crl.aki_len;
		if (lint_crl(&crl, issuer, 0, (struct time_ms){crl.this_update.v}) == NULL) {
			ASSERT(crl.number > 0 && crl.next_update.v > crl.this_update.v);
			for (size_t i = 0; i < crl.revoked_count; i++)
				ASSERT(x509_crl_find(&crl, crl.revoked[i].serial) == &crl.revoked[i]);
		}
		x509_crl_release(&crl);
	}
	free(issuer);
	return 0;
}
