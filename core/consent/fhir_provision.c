/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "chain/proto/wire.h"
#include "core/base/text.h"
#include "core/consent/fhir_parts.h"

static void scoped(struct fhir_rule *r, const char *by)
{
	if (!r->scope)
		r->scope = by;
}

/* ---- who --------------------------------------------------------------------------------------- */

static enum err take_role(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_coding c;

	(void)to;
	TRY(element_concept(&c, at, v, FHIR_THO "v3-ParticipationType", info));
	if (strcmp(c.code, "IRCP") != 0 && strcmp(c.code, "PRCP") != 0)
		return element_refuse(info, at, "is not a recipient (IRCP, PRCP): who else takes part is no part of a rule");
	return ERR_OK;
}

static enum err take_who(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	Medlock__Actor *actor = NULL;
	const char *word;
	char *copy = r->actor[r->actors];

	TRY(element_reference(&word, at, v, FHIR_ACTOR,
			   "says not who this is on the ledger: name the account by an identifier of " FHIR_ACTOR, info));
	if (strlen(word) >= FHIR_ACTOR_WORD || actor_of_word(&actor, word) != ERR_OK)
		return element_refuse(info, at, "is nobody that a rule can name");
	WIRE_FREE(actor);
	memcpy(copy, word, strlen(word) + 1);
	return ERR_OK;
}

static enum err take_actor(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"role", take_role}, {"reference", take_who}, {NULL, NULL}};
	struct fhir_rule *r = to;

	if (r->actors == RULE_ACTORS_MAX)
		return element_refuse(info, at, "is one more than a rule can name");
	r->actor[r->actors][0] = '\0';
	TRY(element_members(table, r, at, v, info));
	if (r->actor[r->actors][0] == '\0')
		return element_refuse(info, at, "names nobody");
	for (size_t i = 0; i < r->actors; i++)
		if (strcmp(r->actor[i], r->actor[r->actors]) == 0)
			return element_refuse(info, at, "is there twice");
	r->actors++;
	return ERR_OK;
}

static enum err take_actors(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	scoped(to, at->name);
	return element_each(to, at, v, info, take_actor);
}

/* ---- for what, which --------------------------------------------------------------------------- */

static enum err take_action(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const char *const known[] = {"access", "collect", "use", "disclose", "correct"};
	struct fhir_coding c;
	size_t i = 0;

	TRY(element_concept(&c, at, v, FHIR_THO "consentaction", info));
	while (i < 5 && strcmp(known[i], c.code) != 0)
		i++;
	if (i == 5)
		return element_refuse(info, at, "is an unknown action");
	*(bool *)to |= i == 0;
	return ERR_OK;
}

static enum err take_actions(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	bool access = false;

	(void)to;
	TRY(element_each(&access, at, v, info, take_action));
	return access ? ERR_OK : element_refuse(info, at, "is not about access, and rules are about nothing else");
}

static enum err take_label(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	struct fhir_codes one = {0};
	struct fhir_coding c;

	TRY(element_coding(&c, at, v, info));
	if (strcmp(c.system, FHIR_THO "v3-ActCode") == 0)
		return r->confidentiality ? element_refuse(info, at, "is a second kind of label: either of them is meant, and a"
							" rule means both")
					  : element_add_code(&r->marks, at, c.code, CODES_LABEL, info);
	if (strcmp(c.system, FHIR_THO "v3-Confidentiality") != 0)
		return element_refuse(info, at, "is of a system that is not understood here");
	if (r->marks.count || r->confidentiality)
		return element_refuse(info, at, "is a second label beside a confidentiality: either of them is meant, and a"
						" rule means both");
	TRY(element_add_code(&one, at, c.code, CODES_CONFIDENTIALITY, info));
	r->confidentiality = one.v[0];
	return ERR_OK;
}

static enum err take_labels(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	scoped(to, at->name);
	return element_each(to, at, v, info, take_label);
}

static enum err take_purpose(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	struct fhir_coding c;

	TRY(element_coding(&c, at, v, info));
	if (strcmp(c.system, FHIR_THO "v3-ActReason") != 0)
		return element_refuse(info, at, "is of a system that is not understood here");
	return element_add_code(&r->purposes, at, c.code, CODES_PURPOSE, info);
}

static enum err take_purposes(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	scoped(to, at->name);
	return element_each(to, at, v, info, take_purpose);
}

/* Types of resources that are all of one category; the others are parts of one, or in several. */
static const char *category_of_type(const char *type)
{
	static const char *const rows[][2] = {{"Condition", "DX"}, {"AllergyIntolerance", "ALG"}, {"Immunization", "IMM"},
					      {"Procedure", "PRC"}, {"FamilyMemberHistory", "FAM"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i][0], type) == 0)
			return rows[i][1];
	return NULL;
}

static enum err take_class(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	struct fhir_coding c;
	const char *category;

	TRY(element_coding(&c, at, v, info));
	if (strcmp(c.system, FHIR_CATEGORY) == 0)
		return element_add_code(&r->categories, at, c.code, CODES_CATEGORY, info);
	category = strcmp(c.system, FHIR_RESOURCE_TYPES) == 0 ? category_of_type(c.code) : NULL;
	if (!category)
		return element_refuse(info, at, "is not exactly one of the kinds of data that rules know");
	return element_add_code(&r->categories, at, category, CODES_CATEGORY, info);
}

static enum err take_classes(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	scoped(to, at->name);
	return element_each(to, at, v, info, take_class);
}

static enum err take_valid(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;

	scoped(r, at->name);
	TRY(element_period(&r->valid, at, v, info));
	/* Nothing was asked before 1970: a period that began then has no beginning that counts. */
	if (r->valid.has_from && r->valid.from < 0)
		r->valid.has_from = false;
	return r->valid.has_to && r->valid.to <= 0 ? element_refuse(info, at, "was over in 1970") : ERR_OK;
}

#define FIRST_DAY "0001-01-01"
#define LAST_DAY "9999-12-31"

static enum err take_data_period(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	struct time_ms t;

	scoped(r, at->name);
	TRY(element_period(&r->data, at, v, info));
	if (!r->data.has_from && time_parse(&t, FIRST_DAY) == ERR_OK)
		r->data.from = t.v;
	if (!r->data.has_to && time_parse(&t, LAST_DAY) == ERR_OK)
		r->data.to = t.v;
	r->data.has_from = r->data.has_to = true;
	return r->data.to > r->data.from ? ERR_OK : element_refuse(info, at, "is outside the calendar");
}

struct named_data {
	const char *meaning, *record;
};

static enum err take_meaning(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_text(&((struct named_data *)to)->meaning, at, v, info);
}

static enum err take_record(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_reference(&((struct named_data *)to)->record, at, v, FHIR_RECORD,
			      "says not which record of the ledger this is: name it by an identifier of " FHIR_RECORD, info);
}

static enum err take_datum(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"meaning", take_meaning}, {"reference", take_record}, {NULL, NULL}};
	struct named_data d = {0};
	struct fhir_rule *r = to;

	TRY(element_members(table, &d, at, v, info));
	if (!d.meaning || strcmp(d.meaning, "instance") != 0 || !d.record)
		return element_refuse(info, at, "is not the record itself (meaning \"instance\")");
	return element_add_id(r->record, &r->records, RULE_RECORDS_MAX, at, d.record, info);
}

static enum err take_data(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	scoped(to, at->name);
	return element_each(to, at, v, info, take_datum);
}

/* ---- the whole --------------------------------------------------------------------------------- */

static enum err take_type(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	const char *text;

	TRY(element_text(&text, at, v, info));
	if (strcmp(text, "permit") != 0 && strcmp(text, "deny") != 0)
		return element_refuse(info, at, "is neither permit nor deny");
	r->type = strcmp(text, "permit") == 0 ? EFFECT_PERMIT : EFFECT_DENY;
	return ERR_OK;
}

/* "rule-5": which rule it was written from; other ids are of no interest. */
static enum err take_number(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_rule *r = to;
	const char *text;
	uint64_t n;

	TRY(element_text(&text, at, v, info));
	if (strncmp(text, "rule-", 5) == 0 && parse_u64(&n, bytes_str(text + 5), UINT32_MAX) == ERR_OK)
		r->number = (uint32_t)n;
	return ERR_OK;
}

static enum err take_children(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_array) || json_object_array_length(v) == 0)
		return element_refuse(info, at, "is not a list of provisions");
	((struct fhir_rule *)to)->children = v;
	return ERR_OK;
}

enum err fhir_provision(struct fhir_rule *ret, const struct fhir_at *at, struct json_object *v, bool r5,
			struct err_info *info)
{
#define COMMON                                                                                                              \
	{"id", take_number}, {"modifierExtension", fhir_modifiers}, {"period", take_valid}, {"actor", take_actors},        \
		{"action", take_actions}, {"securityLabel", take_labels}, {"purpose", take_purposes},                      \
		{"dataPeriod", take_data_period}, {"data", take_data}, {"provision", take_children}
	static const struct fhir_member_row r4_table[] = {COMMON, {"type", take_type}, {"class", take_classes}, {NULL, NULL}};
	static const struct fhir_member_row r5_table[] = {COMMON, {"resourceType", take_classes}, {NULL, NULL}};
#undef COMMON

	*ret = (struct fhir_rule){0};
	return element_members(r5 ? r5_table : r4_table, ret, at, v, info);
}
