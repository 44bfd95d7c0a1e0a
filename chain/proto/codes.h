/* SPDX-License-Identifier: Apache-2.0 */
/* The code tables of codes.def as enums (PURPOSE_TREAT, CATEGORY_LAB, …) and as names to read and print. */
#ifndef MEDLOCK_PROTO_CODES_H
#define MEDLOCK_PROTO_CODES_H

#include "core/base/bytes.h"

enum code {
#define X(set, name, number, text) set##_##name = number,
#include "chain/proto/codes.def"
#undef X
};

enum code_set {
	CODES_ROLE = 1, CODES_RIGHT, CODES_FORM, CODES_EFFECT, CODES_DECISION, CODES_DECISION_REASON,
	CODES_ANSWER, CODES_ACTOR, CODES_VISIBILITY, CODES_RECORD_STATUS, CODES_KEYS_CHANGE, CODES_LETTER,
	CODES_SCOPE, CODES_EMERGENCY_REASON, CODES_TICKET, CODES_PURPOSE, CODES_CATEGORY, CODES_LABEL,
	CODES_CONFIDENTIALITY, CODES_OBLIGATION, CODES_DUO, CODES_ACTION, CODES_HOLD,
};

struct code_row {
	enum code_set set;
	uint32_t number;
	const char *code; /* as HL7, GA4GH or design/05 write it */
};

/* Rows of one set in order of number; NULL past the end.  The strings live for ever. */
const struct code_row *code_at(enum code_set set, size_t index);
/* NULL when the set does not have it.  Looking up by text ignores case. */
const struct code_row *code_by_number(enum code_set set, uint32_t number);
const struct code_row *code_by_text(enum code_set set, const char *text);
/* The code's text, or "?" */
const char *code_text(enum code_set set, uint32_t number);

static inline bool code_known(enum code_set set, uint32_t number)
{
	return code_by_number(set, number) != NULL;
}

#endif
