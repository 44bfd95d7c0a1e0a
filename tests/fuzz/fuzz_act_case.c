/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside an act of four eyes, decrypted: whoever writes to the officers' folder chooses it. */
#include "core/ident/act_case.h"

#include <stdlib.h>

#include "core/crypto/start.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	const struct hash32 body_hash = {{7}};
	Medlock__CertRevoke revoke = MEDLOCK__CERT_REVOKE__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct act_view *v = calloc(1, sizeof(*v));
	struct network_id network;

	ASSERT(v != NULL);
	if (!started) {
		ASSERT(crypto_start(NULL) == ERR_OK);
		started = true;
	}
	memset(network.b, 0x42, sizeof(network.b));
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &revoke;
	/* No input has the request of an account without a name, so nothing may pass. */
	ASSERT(act_case_judge(v, bytes_of(data, size), &body, &body_hash, &network, NULL, NULL) != ERR_OK);
	free(v);
	return 0;
}
