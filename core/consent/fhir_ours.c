/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of ours: what FHIR cannot say of a rule. */
#include <string.h>

#include "core/consent/fhir_parts.h"

struct extension {
	const char *url, *code, *string;
	bool yes;
	int64_t number;
};

static enum err take_url(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct extension *)to)->url, at, v, info);
}

static enum err take_value_code(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct extension *)to)->code, at, v, info);
}

static enum err take_value_string(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct extension *)to)->string, at, v, info);
}

static enum err take_value_boolean(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_boolean) || !json_object_get_boolean(v))
		return element_refuse(info, at, "is not true; leave the extension out to mean no");
	((struct extension *)to)->yes = true;
	return ERR_OK;
}

static enum err take_value_number(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) <= 0 || json_object_get_int64(v) > UINT32_MAX)
		return element_refuse(info, at, "is not a whole number from 1 to 4294967295");
	((struct extension *)to)->number = json_object_get_int64(v);
	return ERR_OK;
}

static enum err one_code(uint32_t *to, const struct fhir_at *at, const struct extension *x, enum code_set set,
			 struct err_info *info)
{
	struct fhir_codes one = {0};

	if (!x->code || *to)
		return element_refuse(info, at, *to ? "is there twice" : "needs a valueCode");
	TRY(element_add_code(&one, at, x->code, set, info));
	*to = one.v[0];
	return ERR_OK;
}

static enum err take_lock(struct fhir_rule *r, const struct fhir_at *at, const struct extension *x, struct err_info *info)
{
	if (r->lock)
		return element_refuse(info, at, "is there twice");
	r->lock = true;
	r->emergency_ok = x->code && strcmp(x->code, "emergency-passes") == 0;
	if (!r->emergency_ok && (!x->code || strcmp(x->code, "absolute") != 0))
		return element_refuse(info, at, "is neither absolute nor emergency-passes");
	return ERR_OK;
}

static enum err take_sensitivity(struct fhir_rule *r, const struct fhir_at *at, const struct extension *x,
				 struct err_info *info)
{
	bool none = r->sensitivity && !r->any_label && r->spared.count == 0;

	if (!x->code)
		return element_refuse(info, at, "needs a valueCode");
	if (none || (r->sensitivity && strcmp(x->code, "none") == 0))
		return element_refuse(info, at, "says something else than the one before it");
	r->sensitivity = true;
	if (strcmp(x->code, "none") == 0)
		return ERR_OK;
	if (strcmp(x->code, "any") == 0)
		r->any_label = true;
	else
		return element_add_code(&r->spared, at, x->code, CODES_LABEL, info);
	return ERR_OK;
}

static enum err take_id(char (*list)[ID_HEX], size_t *count, size_t max, const struct fhir_at *at,
			const struct extension *x, struct err_info *info)
{
	return x->string ? element_add_id(list, count, max, at, x->string, info)
			 : element_refuse(info, at, "needs a valueString");
}

static enum err one_codes(struct fhir_codes *to, const struct fhir_at *at, const struct extension *x, enum code_set set,
			  struct err_info *info)
{
	return x->code ? element_add_code(to, at, x->code, set, info) : element_refuse(info, at, "needs a valueCode");
}

static enum err yes(bool *to, const struct fhir_at *at, const struct extension *x, struct err_info *info)
{
	if (!x->yes)
		return element_refuse(info, at, "needs a valueBoolean");
	*to = true;
	return ERR_OK;
}

static enum err take_ours(struct fhir_rule *r, const struct fhir_at *at, const char *name, const struct extension *x,
			  struct err_info *info)
{
	bool noted = false;
	size_t projects = r->project[0] != '\0';

	if (strcmp(name, "ask") == 0)
		return yes(&r->ask, at, x, info);
	if (strcmp(name, "lock") == 0)
		return take_lock(r, at, x, info);
	if (strcmp(name, "sensitivity") == 0)
		return take_sensitivity(r, at, x, info);
	if (strcmp(name, "confidentiality") == 0)
		return one_code(&r->beside_marks, at, x, CODES_CONFIDENTIALITY, info);
	if (strcmp(name, "own-categories") == 0)
		return yes(&noted, at, x, info);
	if (strcmp(name, "written-at") == 0)
		return take_id(r->author, &r->authors, RULE_ORGANISATIONS_MAX, at, x, info);
	if (strcmp(name, "form") == 0)
		return one_code(&r->form, at, x, CODES_FORM, info);
	if (strcmp(name, "visibility") == 0)
		return one_code(&r->visibility, at, x, CODES_VISIBILITY, info);
	if (strcmp(name, "obligation") == 0)
		return one_codes(&r->obligations, at, x, CODES_OBLIGATION, info);
	if (strcmp(name, "research") == 0)
		return yes(&r->research, at, x, info);
	if (strcmp(name, "research-term") == 0)
		return one_codes(&r->terms, at, x, CODES_DUO, info);
	if (strcmp(name, "research-project") == 0)
		return take_id(&r->project, &projects, 1, at, x, info);
	if (strcmp(name, "default") == 0)
		return one_code(&r->default_effect, at, x, CODES_EFFECT, info);
	if (strcmp(name, "uses") != 0 || x->number == 0 || r->uses)
		return element_refuse(info, at, "is a modifier that is not understood here");
	r->uses = (uint32_t)x->number;
	return ERR_OK;
}

static enum err take_modifier(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"url", take_url}, {"valueCode", take_value_code},
						       {"valueString", take_value_string},
						       {"valueBoolean", take_value_boolean},
						       {"valuePositiveInt", take_value_number}, {NULL, NULL}};
	struct extension x = {0};

	TRY(element_members(table, &x, at, v, info));
	if (!x.url || strncmp(x.url, FHIR_OURS, strlen(FHIR_OURS)) != 0)
		return element_refuse(info, at, "is a modifier that is not understood here");
	if ((x.code != NULL) + (x.string != NULL) + x.yes + (x.number > 0) != 1)
		return element_refuse(info, at, "needs one value");
	return take_ours(to, at, x.url + strlen(FHIR_OURS), &x, info);
}

enum err fhir_modifiers(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	((struct fhir_rule *)to)->modified = true;
	return element_each(to, at, v, info, take_modifier);
}

/* ---- of the whole: how rules combine --------------------------------------------------------------- */

static enum err take_combining_url(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	const char *text;

	TRY(element_text(&text, at, v, info));
	*(unsigned *)to |= 1;
	if (strcmp(text, FHIR_OURS "combining") == 0)
		return ERR_OK;
	return element_refuse(info, at, "is a modifier that is not understood here");
}

static enum err take_combining_value(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	const char *text;

	TRY(element_text(&text, at, v, info));
	*(unsigned *)to |= 2;
	return strcmp(text, "most-specific-then-deny") == 0 ? ERR_OK : element_refuse(info, at, "is no way that rules combine");
}

static enum err take_combining(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"url", take_combining_url}, {"valueCode", take_combining_value},
						       {NULL, NULL}};
	unsigned seen = 0;

	TRY(element_members(table, &seen, at, v, info));
	if (seen != 3)
		return element_refuse(info, at, "is a modifier that is not understood here");
	*(bool *)to = true;
	return ERR_OK;
}

enum err fhir_combining(bool *ret, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_each(ret, at, v, info, take_combining);
}
