/* SPDX-License-Identifier: Apache-2.0 */
/* What a record is: category, sensitivity labels, confidentiality and period, proposed from the file.
 *
 * Categories by resource type and Observation.category (notes 2.4); labels and confidentiality from meta.security and from
 * codes (labels.def).  A human may raise or lower a proposal; automatic labels only raise.  Code names are those of
 * chain/proto/codes.def, which this folder does not see.
 */
#ifndef MEDLOCK_HEALTH_PROPOSE_H
#define MEDLOCK_HEALTH_PROPOSE_H

#include "core/base/clock.h"
#include "core/health/fhir.h"

#define PROPOSAL_LABELS_MAX 21u

struct proposal {
	const char *category;                     /* "LAB", … */
	const char *labels[PROPOSAL_LABELS_MAX];  /* "PSY", …, each once */
	size_t label_count;
	const char *confidentiality;              /* "N", "R", … */
	bool period_known;
	struct time_ms from, to;                  /* half-open, covers every date found */
};

void health_propose(struct proposal *ret, const struct fhir_file *f);

/* For a file that is no FHIR: letters and notes, normal, unknown period. */
void health_propose_attachment(struct proposal *ret);

#endif
