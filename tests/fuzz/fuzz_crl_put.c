/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer takes as a revocation list: CrlPut at the time of the seeds. */
#include "chain/proto/crl.h"
#include "chain/proto/limits.h"

#define SEED_TIME 1800000000000ll

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct crl_put p;

	if (crl_put_parse(&p, bytes_of(data, size), (struct time_ms){SEED_TIME}, NULL) == ERR_OK) {
		ASSERT(size <= CRL_PUT_MAX && p.number > 0);
		ASSERT(p.next_update.v > SEED_TIME && p.this_update.v <= SEED_TIME + CRL_CLOCK_MS);
		ASSERT(!bytes_is_zero(BYTES_ID(p.root)));
		crl_put_release(&p);
	}
	return 0;
}
