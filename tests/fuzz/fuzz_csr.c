/* SPDX-License-Identifier: Apache-2.0 */
/* Outside DER: requests, certificates and revocation lists, as the desk and the peers read them. */
#include <stdlib.h>

#include "core/crypto/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cert_request *request = calloc(1, sizeof(*request));
	struct cert_summary *summary = calloc(1, sizeof(*summary));
	struct cert_crl crl = {0};
	struct err_info info = {0};
	struct buf pem = BUF_INIT;
	struct bytes der = bytes_of(data, size);

	ASSERT(request && summary);
	if (x509_request_parse(request, der, &info) == ERR_OK)
		ASSERT(request->kind != CERT_KEY_OTHER && request->spki_len > 0);
	if (x509_parse(summary, der, &info) == ERR_OK)
		ASSERT(summary->alt_count <= CERT_LIST_MAX && summary->other_count <= CERT_LIST_MAX);
	if (x509_crl_parse(&crl, der, bytes_of(NULL, 0), &info) == ERR_OK && crl.revoked_count > 0)
		ASSERT(x509_crl_find(&crl, crl.revoked[0].serial) == crl.revoked);
	x509_crl_release(&crl);
	if (x509_pem_read(&pem, CERT_PEM_REQUEST, der) == ERR_OK)
		ASSERT(pem.len > 0);
	buf_release(&pem);
	free(request);
	free(summary);
	return 0;
}
