/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/label_rules.h"

#include <stdlib.h>

#include "core/health/rule_table.h"

/* One string for each line of the table. */
static const char *const category_lines[] = {
#include "assets/labels/categories.inc"
};
static const char *const label_lines[] = {
#include "assets/labels/labels.inc"
};

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))
#define WORD_MAX 80u
#define LABEL_MAX 12u
#define SYSTEMS_MAX 16u
#define RAISES_MAX 24u

struct category_row { enum category_key key; char word[WORD_MAX], category[LABEL_MAX]; };
struct label_row { char system[LABEL_MAX], code[LABEL_CODE_MAX + 1], label[LABEL_MAX]; size_t len; bool prefix; };
struct system_row { char name[LABEL_MAX], uri[WORD_MAX]; };
struct raise_row { char label[LABEL_MAX], confidentiality[2]; };

struct label_rules {
	struct category_row categories[COUNT(category_lines)];
	struct label_row labels[COUNT(label_lines)];
	struct system_row systems[SYSTEMS_MAX];
	struct raise_row raises[RAISES_MAX];
	size_t category_count, label_count, system_count, raise_count;
};

/* ---- reading the tables ---- */

/* The three words of a line; ERR_FORMAT for another number of them. */
static enum err three_words(char out[3][WORD_MAX], const char *line)
{
	for (size_t i = 0; i < 3; i++) {
		size_t len;

		line += strspn(line, " ");
		len = strcspn(line, " ");
		if (len == 0 || len >= WORD_MAX)
			return ERR_FORMAT;
		memcpy(out[i], line, len);
		out[i][len] = '\0';
		line += len;
	}
	return line[strspn(line, " ")] == '\0' ? ERR_OK : ERR_FORMAT;
}

/* Copies a word that must fit. */
static enum err take(char *out, size_t size, const char *word)
{
	size_t len = strlen(word);

	if (len >= size)
		return ERR_FORMAT;
	memcpy(out, word, len + 1);
	return ERR_OK;
}

static enum err category_line(void *self, const char *line)
{
	struct label_rules *r = self;
	static const char *const keys[] = {"type", "observation", "report", "finding", "document"};
	struct category_row *row = &r->categories[r->category_count];
	char words[3][WORD_MAX];

	TRY(three_words(words, line));
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (strcmp(keys[i], words[0]) != 0)
			continue;
		row->key = (enum category_key)i;
		r->category_count++;
		TRY(take(row->word, sizeof(row->word), words[1]));
		return take(row->category, sizeof(row->category), words[2]);
	}
	return ERR_FORMAT;
}

static enum err code_line(struct label_rules *r, char words[3][WORD_MAX])
{
	struct label_row *row = &r->labels[r->label_count++];
	size_t len = strlen(words[1]);

	row->prefix = words[1][len - 1] == '*';
	row->len = len - row->prefix;
	words[1][row->len] = '\0';
	TRY(take(row->system, sizeof(row->system), words[0]));
	TRY(take(row->code, sizeof(row->code), words[1]));
	return take(row->label, sizeof(row->label), words[2]);
}

static enum err label_line(void *self, const char *line)
{
	struct label_rules *r = self;
	char words[3][WORD_MAX];

	TRY(three_words(words, line));
	if (strcmp(words[0], "system") == 0) {
		struct system_row *row = &r->systems[r->system_count];

		if (r->system_count++ == SYSTEMS_MAX)
			return ERR_FORMAT;
		TRY(take(row->name, sizeof(row->name), words[1]));
		return take(row->uri, sizeof(row->uri), words[2]);
	}
	if (strcmp(words[0], "confidentiality") == 0) {
		struct raise_row *row = &r->raises[r->raise_count];

		if (r->raise_count++ == RAISES_MAX)
			return ERR_FORMAT;
		TRY(take(row->label, sizeof(row->label), words[1]));
		return take(row->confidentiality, sizeof(row->confidentiality), words[2]);
	}
	return code_line(r, words);
}

enum err label_rules_new(struct label_rules **ret, struct err_info *info)
{
	struct label_rules *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return err_set(info, ERR_MEMORY, "the tables of labels");
	e = rule_table_read(r, category_lines, COUNT(category_lines), "categories", category_line, info);
	if (e == ERR_OK)
		e = rule_table_read(r, label_lines, COUNT(label_lines), "labels", label_line, info);
	if (e != ERR_OK) {
		label_rules_free(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

void label_rules_free(struct label_rules *r)
{
	free(r);
}

/* ---- asking them ---- */

const char *label_category(const struct label_rules *r, enum category_key key, const char *word)
{
	for (size_t i = 0; i < r->category_count; i++)
		if (r->categories[i].key == key && strcmp(r->categories[i].word, word) == 0)
			return r->categories[i].category;
	return NULL;
}

const char *label_of_code(const struct label_rules *r, const char *system, const char *code, size_t *at)
{
	const char *name = NULL;

	for (size_t i = 0; i < r->system_count && name == NULL; i++)
		if (strcmp(r->systems[i].uri, system) == 0)
			name = r->systems[i].name;
	if (name == NULL)
		return NULL;
	while (*at < r->label_count) {
		const struct label_row *row = &r->labels[(*at)++];

		if (row->code[0] == code[0] && strcmp(row->system, name) == 0 &&
		    strncmp(code, row->code, row->len + (row->prefix ? 0 : 1)) == 0)
			return row->label;
	}
	return NULL;
}

const char *label_confidentiality(const struct label_rules *r, const char *label)
{
	for (size_t i = 0; i < r->raise_count; i++)
		if (strcmp(r->raises[i].label, label) == 0 || strcmp(r->raises[i].label, "*") == 0)
			return r->raises[i].confidentiality;
	return "R";
}
