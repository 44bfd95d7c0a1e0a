/* SPDX-License-Identifier: Apache-2.0 */
/* A file from outside, read as FHIR, classified and shown: what the depositor's and the reader's client do with it. */
#include "core/health/date.h"
#include "core/health/propose.h"
#include "core/health/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fhir_file f;
	struct proposal p;
	struct view v;

	(void)fhir_looks_like_json(bytes_of(data, size));
	if (fhir_read(&f, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	health_propose(&p, &f);
	ASSERT(p.category != NULL && p.confidentiality != NULL && p.label_count <= PROPOSAL_LABELS_MAX);
	ASSERT(!p.period_known || p.from.v < p.to.v);
	if (view_make(&v, &f) == ERR_OK) {
		for (size_t i = 0; i < v.count; i++) {
			ASSERT(v.rows[i].section < VIEW_SECTIONS);
			ASSERT(strlen(v.rows[i].title) + strlen(v.rows[i].detail) + strlen(v.rows[i].flag) < SIZE_MAX);
		}
		view_release(&v);
	}
	fhir_release(&f);
	return 0;
}
