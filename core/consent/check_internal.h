/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over cells, shared by the files of the analyser only. */
#ifndef MEDLOCK_CONSENT_CHECK_INTERNAL_H
#define MEDLOCK_CONSENT_CHECK_INTERNAL_H

#include "chain/contract/eval_internal.h"
#include "core/consent/check.h"

#define CHECK_RULES_MAX (2u * RULES_PER_ACCOUNT_MAX) /* two policies side by side */
#define CHECK_WORDS (CHECK_RULES_MAX / 64u)

/* A set of rules, by place. */
struct check_set {
	uint64_t w[CHECK_WORDS];
};

/* In the order of the walk; a dimension for each label from DIM_LABEL on. */
enum check_dimension {
	DIM_ACCOUNT, DIM_ORGANISATION, DIM_ROLE, DIM_PROJECT, DIM_PURPOSE, DIM_CATEGORY, DIM_CONFIDENTIALITY, DIM_RECORD,
	DIM_AUTHOR, DIM_FROM, DIM_TO, DIM_NOW, DIM_LABEL, DIM_COUNT = DIM_LABEL + LABEL_PDS,
};

struct check_state {
	struct check_set alive; /* may still match */
	struct check_set named; /* an actor of theirs (a label, when a deny) is met already */
};

/* One value: which rules go on, and which find what they need one of. */
struct check_atom {
	uint8_t id[ID_SIZE];
	int64_t number;
	bool unknown; /* DIM_FROM: no period */
	struct check_set keep, name;
};
struct check_child {
	struct check_state state;
	const struct check_atom *atom;
	unsigned size;
};
struct check_axis {
	struct check_atom *atoms;
	struct check_child *children; /* room for a node's */
	size_t count, size;
};

struct check_space {
	const struct eval_rule *rules[CHECK_RULES_MAX];
	const struct eval_hot *hot[CHECK_RULES_MAX];
	size_t count;
	struct check_axis axis[DIM_COUNT];
	struct check_set all, everyone, locks, surely[DIM_COUNT + 1]; /* matched by whatever follows */
	struct check_set nameable[DIM_PROJECT + 2]; /* by an actor dimension from here on */
	size_t steps;
	bool failed; /* memory, while building */
};

/* What a walk looks for. */
struct check_walk {
	bool emergency;
	struct check_set must;   /* all of them match */
	struct check_set some;   /* one of them matches, unless empty */
	bool no_lock;            /* cells under a lock are of no interest */
	void *self;
	bool (*visit)(void *self, const struct consent_question *q, const struct consent_record *r); /* true: enough */
};

struct check_limits {
	struct time_ms from;
	struct check_never never; /* who, and what is not meant */
};

enum err check_space_init(struct check_space *ret, const struct consent_policy *p, const struct consent_policy *other,
			  const struct check_limits *limits) MUST_USE;
void check_space_release(struct check_space *s);
enum err check_space_walk(struct check_space *s, const struct check_walk *walk, struct err_info *info) MUST_USE;

/* Unpaused: what is checked are the rules; without: the place of one that is left out, or SIZE_MAX. */
enum err check_compile(struct consent_policy **ret, const struct policy *p, size_t without) MUST_USE;
/* All that an answer gives, and what it gives after a yes. */
bool check_same_answer(const struct consent_policy *p, const struct consent_policy *other,
		       const struct consent_question *q, const struct consent_record *r);

static inline void check_set_add(struct check_set *s, size_t i)
{
	s->w[i / 64] |= 1ull << (i % 64);
}

#endif
