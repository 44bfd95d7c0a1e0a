/* SPDX-License-Identifier: Apache-2.0 */
/* The data types of FHIR that a Consent is made of: https://hl7.org/fhir/R4/datatypes.html */
#include <stdio.h>
#include <string.h>

#include "core/consent/fhir_parts.h"

/* ---- where, and why not ------------------------------------------------------------------------ */

static void append_at(struct buf *out, const struct fhir_at *at)
{
	if (at->up) {
		append_at(out, at->up);
		buf_append_byte(out, '.');
	}
	buf_printf(out, "%.40s", at->name);
	if (at->index != FHIR_NO_INDEX)
		buf_printf(out, "[%zu]", at->index);
}

enum err element_refuse(struct err_info *info, const struct fhir_at *at, const char *why)
{
	struct buf path = BUF_INIT;

	append_at(&path, at);
	err_set(info, ERR_FHIR_CONSENT, "%s: %s", buf_text(&path), why);
	buf_release(&path);
	return ERR_FHIR_CONSENT;
}

/* ---- objects, lists, texts ----------------------------------------------------------------------- */

static enum err take_member(const struct fhir_member_row *table, void *to, const struct fhir_at *at, struct json_object *v,
			    struct err_info *info)
{
	for (; table->name; table++)
		if (strcmp(at->name, table->name) == 0)
			return table->take ? table->take(to, at, v, info) : ERR_OK;
	if (strcmp(at->name, "id") == 0 || strcmp(at->name, "extension") == 0)
		return ERR_OK; /* FHIR: nothing that changes the meaning */
	return element_refuse(info, at, "is not understood here, and could change what is meant");
}

enum err element_members(const struct fhir_member_row *table, void *to, const struct fhir_at *at, struct json_object *v,
		      struct err_info *info)
{
	if (!json_object_is_type(v, json_type_object))
		return element_refuse(info, at, "is not an object");
	json_object_object_foreach(v, key, member)
	{
		const struct fhir_at here = element_member(at, key);

		TRY(take_member(table, to, &here, member, info));
	}
	return ERR_OK;
}

enum err element_each(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info,
		   enum err (*take)(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info))
{
	if (!json_object_is_type(v, json_type_array))
		return element_refuse(info, at, "is not a list");
	if (json_object_array_length(v) == 0)
		return element_refuse(info, at, "is an empty list; leave it out to mean any");
	for (size_t i = 0; i < json_object_array_length(v); i++) {
		const struct fhir_at here = element_item(at, i);

		TRY(take(to, &here, json_object_array_get_idx(v, i), info));
	}
	return ERR_OK;
}

enum err element_text(const char **ret, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_string))
		return element_refuse(info, at, "is not a text");
	if (json_object_get_string_len(v) == 0 ||
	    strlen(json_object_get_string(v)) != (size_t)json_object_get_string_len(v))
		return element_refuse(info, at, "is an empty text, or has a zero inside");
	*ret = json_object_get_string(v);
	return ERR_OK;
}

/* ---- codes ------------------------------------------------------------------------------------- */

static enum err take_system(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct fhir_coding *)to)->system, at, v, info);
}

static enum err take_code(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct fhir_coding *)to)->code, at, v, info);
}

enum err element_coding(struct fhir_coding *ret, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"system", take_system}, {"code", take_code}, {"version", NULL},
						       {"display", NULL}, {"userSelected", NULL}, {NULL, NULL}};
	struct fhir_coding x = {0};

	TRY(element_members(table, &x, at, v, info));
	if (!x.system || !x.code)
		return element_refuse(info, at, "needs a system and a code");
	*ret = x;
	return ERR_OK;
}

struct wanted_coding {
	const char *system;
	struct fhir_coding found;
};

static enum err take_wanted(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct wanted_coding *x = to;
	struct fhir_coding c;

	TRY(element_coding(&c, at, v, info));
	if (strcmp(c.system, x->system) != 0)
		return ERR_OK; /* the same thing in another system */
	if (x->found.code && strcmp(x->found.code, c.code) != 0)
		return element_refuse(info, at, "names a second code of one system: a concept has one meaning");
	x->found = c;
	return ERR_OK;
}

static enum err take_codings(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_each(to, at, v, info, take_wanted);
}

enum err element_concept(struct fhir_coding *ret, const struct fhir_at *at, struct json_object *v, const char *system,
		      struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"coding", take_codings}, {"text", NULL}, {NULL, NULL}};
	struct wanted_coding x = {.system = system};

	TRY(element_members(table, &x, at, v, info));
	if (!x.found.code)
		return element_refuse(info, at, "has no code of the system that is understood here");
	*ret = x.found;
	return ERR_OK;
}

/* ---- times ------------------------------------------------------------------------------------- */

#define MONTHS 12

/* "2022" and "2022-06": the first day, and the first day after. */
static bool partial(struct time_ms *from, struct time_ms *to, const char *text)
{
	size_t len = strlen(text);
	unsigned year = 0, month;
	char day[16];

	if (len != 4 && len != 7)
		return false;
	snprintf(day, sizeof(day), "%s%s", text, len == 4 ? "-01-01" : "-01");
	if (time_parse(from, day) != ERR_OK)
		return false;
	for (size_t i = 0; i < 4; i++)
		year = 10 * year + (unsigned)(day[i] - '0');
	month = 10 * (unsigned)(day[5] - '0') + (unsigned)(day[6] - '0');
	month += len == 7 ? 1 : MONTHS;
	year += (month - 1) / MONTHS;
	if (year > 9999)
		return false;
	snprintf(day, sizeof(day), "%04u-%02u-01", year, (month - 1) % MONTHS + 1);
	return time_parse(to, day) == ERR_OK;
}

enum err element_time(struct time_ms *ret_from, struct time_ms *ret_to, const struct fhir_at *at, struct json_object *v,
		   struct err_info *info)
{
	struct time_ms from, to;
	const char *text;

	TRY(element_text(&text, at, v, info));
	if (!partial(&from, &to, text)) {
		if (time_parse(&from, text) != ERR_OK)
			return element_refuse(info, at, "is no date or time of the calendar");
		to.v = from.v + (strchr(text, 'T') == NULL ? MS_PER_DAY : strchr(text, '.') != NULL ? 1 : 1000);
	}
	*ret_from = from;
	*ret_to = to;
	return ERR_OK;
}

static enum err take_start(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_period *p = to;
	struct time_ms from, end;

	TRY(element_time(&from, &end, at, v, info));
	p->from = from.v;
	p->has_from = true;
	return ERR_OK;
}

static enum err take_end(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_period *p = to;
	struct time_ms from, end;

	TRY(element_time(&from, &end, at, v, info));
	p->to = end.v;
	p->has_to = true;
	return ERR_OK;
}

enum err element_period(struct fhir_period *ret, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"start", take_start}, {"end", take_end}, {NULL, NULL}};
	struct fhir_period p = {0};

	TRY(element_members(table, &p, at, v, info));
	if (!p.has_from && !p.has_to)
		return element_refuse(info, at, "has neither start nor end");
	if (p.has_from && p.has_to && p.to <= p.from)
		return element_refuse(info, at, "ends before it starts");
	*ret = p;
	return ERR_OK;
}

/* ---- who and what ------------------------------------------------------------------------------ */

static enum err take_value(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct fhir_coding *)to)->code, at, v, info);
}

enum err element_identifier(const char **ret, const struct fhir_at *at, struct json_object *v, const char *system,
			 const char *why, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"system", take_system}, {"value", take_value}, {"use", NULL},
						       {"type", NULL}, {"assigner", NULL}, {NULL, NULL}};
	struct fhir_coding x = {0};

	TRY(element_members(table, &x, at, v, info));
	if (!x.system || !x.code || strcmp(x.system, system) != 0)
		return element_refuse(info, at, why);
	*ret = x.code;
	return ERR_OK;
}

struct named {
	const char *system, *why, *value;
};

static enum err take_identifier(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct named *x = to;

	return element_identifier(&x->value, at, v, x->system, x->why, info);
}

static enum err take_reference(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct named *x = to;

	(void)v;
	return element_refuse(info, at, x->why);
}

enum err element_reference(const char **ret, const struct fhir_at *at, struct json_object *v, const char *system,
			const char *why, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"identifier", take_identifier}, {"reference", take_reference},
						       {"type", NULL}, {"display", NULL}, {NULL, NULL}};
	struct named x = {.system = system, .why = why};

	TRY(element_members(table, &x, at, v, info));
	if (!x.value)
		return element_refuse(info, at, why);
	*ret = x.value;
	return ERR_OK;
}

/* ---- lists of a rule ------------------------------------------------------------------------------ */

enum err element_add_code(struct fhir_codes *to, const struct fhir_at *at, const char *text, enum code_set set,
			 struct err_info *info)
{
	const struct code_row *row = code_by_text(set, text);

	if (!row)
		return element_refuse(info, at, "is a code that no rule can name");
	for (size_t i = 0; i < to->count; i++)
		if (to->v[i] == row->number)
			return element_refuse(info, at, "is there twice");
	if (to->count == RULE_CODES_MAX)
		return element_refuse(info, at, "is one more than a rule can name");
	to->v[to->count++] = row->number;
	return ERR_OK;
}

enum err element_add_id(char (*list)[ID_HEX], size_t *count, size_t max, const struct fhir_at *at, const char *text,
		       struct err_info *info)
{
	uint8_t id[ID_SIZE];

	if (*count == max)
		return element_refuse(info, at, "is one more than a rule can name");
	if (hex_decode(id, ID_SIZE, text) != ERR_OK)
		return element_refuse(info, at, "is not 64 hex digits");
	hex_encode(list[*count], id, ID_SIZE);
	for (size_t i = 0; i < *count; i++)
		if (strcmp(list[i], list[*count]) == 0)
			return element_refuse(info, at, "is there twice");
	(*count)++;
	return ERR_OK;
}
