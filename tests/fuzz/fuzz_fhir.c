/* SPDX-License-Identifier: Apache-2.0 */
/* A file from outside, read as FHIR, classified and shown: what the depositor's and the reader's client do with it. */
#include "core/health/attachment.h"
#include "core/health/date.h"
#include "core/health/embedded.h"
#include "core/health/ndjson.h"
#include "core/health/propose.h"
#include "core/health/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct label_rules *rules; /* once: the tables do not change */
	struct fhir_file f;
	struct proposal p;
	struct embedded files[4];
	size_t beyond;
	struct view v;

	if (rules == NULL)
		ASSERT(label_rules_new(&rules, NULL) == ERR_OK);
	(void)fhir_looks_like_json(bytes_of(data, size));
	(void)attachment_of(bytes_of(data, size));
	if (ndjson_or_fhir(&f, &beyond, bytes_of(data, size), NULL) != ERR_OK)
		return 0;
	(void)embedded_find(files, sizeof(files) / sizeof(files[0]), &f);
	health_propose(&p, rules, &f);
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
