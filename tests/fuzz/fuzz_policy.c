/* SPDX-License-Identifier: Apache-2.0 */
/* A policy from a file: what is read prints, and what is printed is read to the same number of rules. */
#include "core/consent/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy p = {0}, again = {0};
	struct buf out = BUF_INIT;
	struct json_writer w;

	if (policy_read(&p, bytes_of(data, size), NULL, NULL) != ERR_OK)
		return 0;
	for (size_t i = 0; i < p.count; i++)
		p.rules[i]->rule->id = (uint32_t)i + 1;
	json_writer_init(&w, &out);
	policy_write(&w, &p, NULL);
	ASSERT(policy_read(&again, buf_bytes(&out), &p, NULL) == ERR_OK && again.count == p.count);
	policy_release(&again);
	policy_release(&p);
	buf_release(&out);
	return 0;
}
