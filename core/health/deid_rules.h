/* SPDX-License-Identifier: Apache-2.0 */
/* The allow-list as a tree, and which codes and units may stay; private to de-identification. */
#ifndef MEDLOCK_HEALTH_DEID_RULES_H
#define MEDLOCK_HEALTH_DEID_RULES_H

#include "core/health/deid.h"

#define DEID_NODES_MAX 1024u
#define DEID_NAME_MAX 48u
#define DEID_SYSTEMS_MAX 128u
#define DEID_WORDS_MAX 192u

enum deid_action {
	DEID_GROUP, /* has rules for what is inside */
	DEID_RESOURCE, DEID_BOOLEAN, DEID_NUMBER, DEID_ENUM, DEID_CONCEPT, DEID_CODING, DEID_QUANTITY, DEID_RANGE,
	DEID_RATIO, DEID_YEAR, DEID_PERIOD, DEID_COUNTRY, DEID_REFERENCE, DEID_SAMPLED,
};

/* Node 0 is the root; its children are the types.  0 as a link: none. */
struct deid_node {
	char name[DEID_NAME_MAX];
	enum deid_action action;
	bool required;
	const char *argument; /* "A|B", "" when there is none */
	uint16_t parent, child, next;
};

struct deid_system {
	struct bytes uri;
	const char *shape; /* the rest of its line */
};

struct deid_rules {
	struct deid_node nodes[DEID_NODES_MAX];
	struct deid_system systems[DEID_SYSTEMS_MAX];
	struct bytes prefixes[DEID_WORDS_MAX], metric[DEID_WORDS_MAX], plain[DEID_WORDS_MAX], notes[DEID_WORDS_MAX];
	size_t node_count, system_count, prefix_count, metric_count, plain_count, note_count;
};

/* The rule for a member of what node stands for; NULL: it has to go. */
const struct deid_node *deid_child(const struct deid_rules *r, const struct deid_node *node, const char *name);
const struct deid_node *deid_type(const struct deid_rules *r, const char *type); /* NULL: such resources have to go */

bool deid_word(const char *list, const char *word); /* one of "A|B"? */
bool deid_code_allowed(const struct deid_rules *r, const char *system, const char *code);
bool deid_unit_allowed(const struct deid_rules *r, const char *unit);

#endif
