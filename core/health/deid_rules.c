/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/deid_rules.h"

#include <stdlib.h>

#include "core/health/rule_table.h"

/* One string for each line of the table. */
static const char *const rule_lines[] = {
#include "assets/deid/deid-1.inc"
};
static const char *const unit_lines[] = {
#include "assets/deid/units.inc"
};
static const char *const system_lines[] = {
#include "assets/deid/systems.inc"
};

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static const struct { const char *word; enum deid_action action; } actions[] = {
	{"resource", DEID_RESOURCE}, {"boolean", DEID_BOOLEAN}, {"number", DEID_NUMBER}, {"enum", DEID_ENUM},
	{"concept", DEID_CONCEPT}, {"coding", DEID_CODING}, {"quantity", DEID_QUANTITY}, {"range", DEID_RANGE},
	{"ratio", DEID_RATIO}, {"year", DEID_YEAR}, {"period", DEID_PERIOD}, {"country", DEID_COUNTRY},
	{"reference", DEID_REFERENCE}, {"sampled", DEID_SAMPLED},
};

/* ---- reading the tables ---- */

/* The next word of a line; empty at its end. */
static struct bytes next_word(const char **at)
{
	const char *start;

	while (**at == ' ')
		++*at;
	start = *at;
	while (**at != '\0' && **at != ' ')
		++*at;
	return bytes_of(start, (size_t)(*at - start));
}

static struct bytes next_step(struct bytes *path)
{
	size_t len = 0;
	struct bytes step;

	while (len < path->len && path->data[len] != '.')
		len++;
	step = bytes_of(path->data, len);
	len += len < path->len;
	*path = bytes_of(path->data + len, path->len - len);
	return step;
}

static struct deid_node *find(struct deid_rules *r, const struct deid_node *node, struct bytes name)
{
	for (uint16_t i = node->child; i != 0; i = r->nodes[i].next)
		if (bytes_equal(bytes_str(r->nodes[i].name), name))
			return &r->nodes[i];
	return NULL;
}

static struct deid_node *add(struct deid_rules *r, struct deid_node *node, struct bytes name)
{
	struct deid_node *made = &r->nodes[r->node_count];

	if (r->node_count == DEID_NODES_MAX || name.len == 0 || name.len >= DEID_NAME_MAX)
		return NULL;
	memcpy(made->name, name.data, name.len);
	made->argument = "";
	made->parent = (uint16_t)(node - r->nodes);
	made->next = node->child;
	node->child = (uint16_t)r->node_count++;
	return made;
}

static enum err rule_line(void *self, const char *line)
{
	struct deid_rules *r = self;
	struct bytes path = next_word(&line), word = next_word(&line);
	struct deid_node *node = &r->nodes[0];
	bool required = path.len > 0 && path.data[path.len - 1] == '!';

	path.len -= required;
	while (path.len > 0) {
		struct bytes step = next_step(&path);
		struct deid_node *inner = find(r, node, step);

		node = inner != NULL ? inner : add(r, node, step);
		if (node == NULL)
			return ERR_FORMAT;
	}
	if (node == &r->nodes[0] || node->action != DEID_GROUP)
		return ERR_FORMAT;
	for (size_t i = 0; i < COUNT(actions); i++)
		if (bytes_equal(bytes_str(actions[i].word), word))
			node->action = actions[i].action;
	while (*line == ' ')
		line++;
	node->argument = line;
	node->required = required;
	return node->action == DEID_GROUP ? ERR_FORMAT : ERR_OK;
}

static enum err unit_line(void *self, const char *line)
{
	struct deid_rules *r = self;
	struct bytes kind = next_word(&line), word;
	struct { const char *kind; struct bytes *words; size_t *count; } const lists[] = {
		{"prefix", r->prefixes, &r->prefix_count}, {"metric", r->metric, &r->metric_count},
		{"plain", r->plain, &r->plain_count}, {"note", r->notes, &r->note_count},
	};

	for (size_t i = 0; i < COUNT(lists); i++) {
		if (!bytes_equal(bytes_str(lists[i].kind), kind))
			continue;
		while ((word = next_word(&line)).len > 0) {
			if (*lists[i].count == DEID_WORDS_MAX)
				return ERR_FORMAT;
			lists[i].words[(*lists[i].count)++] = word;
		}
		return ERR_OK;
	}
	return ERR_FORMAT;
}

static enum err system_line(void *self, const char *line)
{
	struct deid_rules *r = self;
	struct bytes uri = next_word(&line);

	while (*line == ' ')
		line++;
	if (r->system_count == DEID_SYSTEMS_MAX || *line == '\0')
		return ERR_FORMAT;
	r->systems[r->system_count++] = (struct deid_system){uri, line};
	return ERR_OK;
}

enum err deid_rules_new(struct deid_rules **ret, struct err_info *info)
{
	struct deid_rules *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return err_set(info, ERR_MEMORY, "the rules of de-identification");
	r->node_count = 1;
	e = rule_table_read(r, rule_lines, COUNT(rule_lines), DEID_PROFILE, rule_line, info);
	if (e == ERR_OK)
		e = rule_table_read(r, unit_lines, COUNT(unit_lines), "units", unit_line, info);
	if (e == ERR_OK)
		e = rule_table_read(r, system_lines, COUNT(system_lines), "systems", system_line, info);
	if (e != ERR_OK) {
		deid_rules_free(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

void deid_rules_free(struct deid_rules *r)
{
	free(r);
}

/* ---- asking them ---- */

const struct deid_node *deid_child(const struct deid_rules *r, const struct deid_node *node, const char *name)
{
	for (uint16_t i = node->child; i != 0; i = r->nodes[i].next)
		if (r->nodes[i].name[0] == name[0] && strcmp(r->nodes[i].name, name) == 0)
			return &r->nodes[i];
	return NULL;
}

const struct deid_node *deid_type(const struct deid_rules *r, const char *type)
{
	const struct deid_node *node = deid_child(r, &r->nodes[0], type);

	return node != NULL && node->action == DEID_RESOURCE ? node : NULL;
}

bool deid_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (len > 0) {
		size_t item = strcspn(list, "|");

		if (item == len && memcmp(list, word, len) == 0)
			return true;
		if (list[item] == '\0')
			return false;
		list += item + 1;
	}
	return false;
}
