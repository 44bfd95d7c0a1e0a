/* SPDX-License-Identifier: Apache-2.0 */
/* What a record is: category, sensitivity labels, confidentiality and period, proposed from the file.
 *
 * Categories by resource type and Observation.category (notes 2.4), labels and confidentiality from meta.security and from
 * codes: the tables of assets/labels.  Each proposed label says which code at which place gave it.  A human may raise or
 * lower a proposal; automatic labels only raise.  Code names are those of chain/proto/codes.def, which this folder does not
 * see.
 */
#ifndef MEDLOCK_HEALTH_PROPOSE_H
#define MEDLOCK_HEALTH_PROPOSE_H

#include "core/base/clock.h"
#include "core/health/fhir.h"
#include "core/health/label_rules.h"

#define PROPOSAL_LABELS_MAX 21u
#define PROPOSAL_PLACE_MAX 96u
#define PROPOSAL_CODE_MAX 32u

/* Why: the first code that gave a label or a confidentiality.  Foreign text. */
struct proposal_reason {
	const char *what;               /* "PSY", or "R" from a security label */
	char place[PROPOSAL_PLACE_MAX]; /* "Condition.code.coding", cut when it is longer */
	char code[PROPOSAL_CODE_MAX];   /* "F32.1" */
};

struct proposal {
	const char *category;                     /* "LAB", … */
	const char *labels[PROPOSAL_LABELS_MAX];  /* "PSY", …, each once */
	size_t label_count;
	const char *confidentiality;              /* "N", "R", … */
	bool period_known;
	struct time_ms from, to;                  /* half-open, covers every date found */
	struct proposal_reason reasons[PROPOSAL_LABELS_MAX + 1];
	size_t reason_count;
	char bad_date[PROPOSAL_PLACE_MAX]; /* the first place whose date is none, like 2026-02-30; "" */
};

void health_propose(struct proposal *ret, const struct label_rules *rules, const struct fhir_file *f);

/* The same for a record of many parts, each read and forgotten: begin, add each, end. */
struct proposing {
	struct proposal made, first; /* first: with the dates of a single resource that only says who is meant */
	const struct label_rules *rules;
	const char *category, *document, *context; /* of the data; of the Composition; of who is meant */
	bool mixed;
	size_t count;
};
void health_propose_begin(struct proposing *p, const struct label_rules *rules);
void health_propose_add(struct proposing *p, const struct fhir_file *f);
void health_propose_end(struct proposal *ret, struct proposing *p);

/* For a file that is no FHIR: letters and notes or imaging, normal, unknown period. */
void health_propose_attachment(struct proposal *ret, const char *category);

#endif
