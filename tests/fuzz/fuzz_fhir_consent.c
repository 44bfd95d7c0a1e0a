/* SPDX-License-Identifier: Apache-2.0 */
/* A FHIR Consent from a file: what is read is written, and what is written is read to as many rules. */
#include "core/consent/fhir_consent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct account_id owner = {{7}};
	struct policy p = {0}, again = {0};
	struct buf out = BUF_INIT;

	if (fhir_consent_read(&p, bytes_of(data, size), NULL, &owner, NULL) != ERR_OK)
		return 0;
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	fhir_consent_write(&out, &p, &owner, (struct time_ms){0}, NULL);
	ASSERT(fhir_consent_read(&again, buf_bytes(&out), &p, &owner, NULL) == ERR_OK && again.count == p.count);
	ASSERT(again.default_effect == p.default_effect);
	policy_release(&again);
	policy_release(&p);
	buf_release(&out);
	return 0;
}
