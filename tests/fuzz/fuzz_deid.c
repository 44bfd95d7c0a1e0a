/* SPDX-License-Identifier: Apache-2.0 */
/* Any FHIR: the form without names is FHIR again, and making it once more loses no further resource. */
#include <stddef.h>
#include <stdint.h>

#include "core/health/deid.h"

#define NOW INT64_C(1790000000000)

static size_t once(struct buf *out, const struct deid_rules *rules, struct bytes text)
{
	struct deid_report report;
	struct fhir_file f;
	size_t kept;

	if (fhir_read(&f, text, NULL) != ERR_OK)
		return SIZE_MAX;
	ASSERT(deid_make(out, &report, rules, &f, (struct time_ms){NOW}, rng_system(), NULL) == ERR_OK);
	kept = report.kept;
	deid_report_release(&report);
	fhir_release(&f);
	return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct deid_rules *rules;
	size_t kept;

	ASSERT(deid_rules_new(&rules, NULL) == ERR_OK);
	kept = once(&first, rules, bytes_of(data, size));
	if (kept != SIZE_MAX)
		ASSERT(once(&second, rules, buf_bytes(&first)) == kept);
	buf_release(&first);
	buf_release(&second);
	deid_rules_free(rules);
	return 0;
}
