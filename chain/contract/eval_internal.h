/* SPDX-License-Identifier: Apache-2.0 */
/* A compiled rule, shared by the files of the evaluator only.
 *
 * Each dimension is a set that is cheap to test.  hot is looked at for every rule and question: one bit test each for
 * purpose, category and a 64-bit sketch of the actors (no bit in common: surely no match).  The rest is looked at only for
 * the few rules that pass.
 */
#ifndef MEDLOCK_CONTRACT_EVAL_INTERNAL_H
#define MEDLOCK_CONTRACT_EVAL_INTERNAL_H

#include "chain/contract/consent_eval.h"

struct eval_hot {
	uint32_t purposes, categories; /* covered by the effect's own subsumption */
	uint64_t actors;               /* sketch */
};

#define EVAL_ACTOR_ID_MAX 48u /* of a pseudonym; other names have ID_SIZE bytes */

struct eval_actor {
	uint32_t kind, role;
	uint8_t id[EVAL_ACTOR_ID_MAX]; /* zeros behind a shorter name */
};

struct eval_ids {
	uint8_t (*id)[ID_SIZE]; /* ascending; owned */
	size_t count;           /* 0: any */
};

struct eval_rule {
	uint32_t id, effect, form;
	bool lock, emergency_ok, everyone, used_up;
	bool any_label;        /* permit, ask: covers every label */
	uint32_t scope_purposes; /* for comparing: the named ones and all their descendants, whatever the effect */
	uint32_t categories;
	uint64_t labels;       /* named; 0: none named */
	uint32_t confidentiality; /* bit n for CONFIDENTIALITY n */
	struct eval_actor *actors;
	size_t actor_count;
	struct eval_ids records, authors;
	int64_t data_from, data_to, valid_from, valid_to; /* whole range when not said */
	bool data_any;
	uint32_t visibility;   /* bit n for VISIBILITY n */
	uint32_t obligations;
	bool research;
	uint32_t terms;        /* bit n for DUO n */
	uint8_t project[ID_SIZE]; /* zero: any */
};

struct consent_policy {
	struct eval_hot *hot;
	struct eval_rule *rules;
	size_t count;
	uint32_t default_effect;
	bool paused;
};

/* purpose.c */
uint32_t purpose_descendants(uint32_t purpose);
uint32_t purpose_cover(uint32_t named, bool deny);

/* consent_compile.c */
uint64_t eval_sketch(uint32_t kind, uint32_t role, const uint8_t id[ID_SIZE]);

/* consent_scope.c: is every question that a covers, as far as each dimension says, covered by b?  q tells what is known of
 * the asker: that this account is in this organisation, role and project.
 */
bool eval_scope_inside(const struct eval_rule *a, const struct eval_rule *b, const struct consent_question *q);
bool eval_actor_is(const struct eval_actor *a, const struct consent_question *q);

#endif
