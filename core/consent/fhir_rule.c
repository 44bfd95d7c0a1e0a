/* SPDX-License-Identifier: Apache-2.0 */
/* A provision as a rule: with what it inherits, and in the words of policy_read. */
#include <string.h>

#include "core/consent/fhir_parts.h"

#define OUTSIDE "names what the provision above does not, and is an exception inside it"

/* ---- exceptions inside what they except ---------------------------------------------------------- */

static enum err inherit_codes(struct fhir_codes *child, const struct fhir_codes *parent, const struct fhir_at *at,
			      const char *name, struct err_info *info)
{
	const struct fhir_at here = element_member(at, name);

	if (child->count == 0)
		*child = *parent;
	for (size_t i = 0; parent->count && i < child->count; i++) {
		size_t k = 0;

		while (k < parent->count && parent->v[k] != child->v[i])
			k++;
		if (k == parent->count)
			return element_refuse(info, &here, OUTSIDE);
	}
	return ERR_OK;
}

static void inherit_period(struct fhir_period *child, const struct fhir_period *parent)
{
	if (parent->has_from && (!child->has_from || child->from < parent->from)) {
		child->from = parent->from;
		child->has_from = true;
	}
	if (parent->has_to && (!child->has_to || child->to > parent->to)) {
		child->to = parent->to;
		child->has_to = true;
	}
}

/* Lists of names: the child's own, which must be the parent's too. */
static enum err inherit_names(char *child, size_t *count, const char *parent, size_t parent_count, size_t size,
			      const struct fhir_at *at, const char *name, struct err_info *info)
{
	const struct fhir_at here = element_member(at, name);

	if (*count == 0) {
		memcpy(child, parent, parent_count * size);
		*count = parent_count;
	}
	for (size_t i = 0; parent_count && i < *count; i++) {
		size_t k = 0;

		while (k < parent_count && strcmp(parent + k * size, child + i * size) != 0)
			k++;
		if (k == parent_count)
			return element_refuse(info, &here, OUTSIDE);
	}
	return ERR_OK;
}

enum err fhir_inherit(struct fhir_rule *child, const struct fhir_rule *parent, const struct fhir_at *at,
		      struct err_info *info)
{
	TRY(inherit_codes(&child->purposes, &parent->purposes, at, "purpose", info));
	TRY(inherit_codes(&child->categories, &parent->categories, at, "class", info));
	TRY(inherit_names(child->actor[0], &child->actors, parent->actor[0], parent->actors, FHIR_ACTOR_WORD, at, "actor",
			  info));
	TRY(inherit_names(child->record[0], &child->records, parent->record[0], parent->records, ID_HEX, at, "data", info));
	inherit_period(&child->valid, &parent->valid);
	inherit_period(&child->data, &parent->data);
	if ((child->valid.has_from && child->valid.has_to && child->valid.to <= child->valid.from) ||
	    (child->data.has_from && child->data.to <= child->data.from))
		return element_refuse(info, at, "lies outside the period of the provision above");
	if (parent->type == EFFECT_DENY && (parent->marks.count || parent->confidentiality))
		return element_refuse(info, at, "permits some of what is denied by its label: a permit says up to which label");
	return ERR_OK;
}

/* ---- as a rule --------------------------------------------------------------------------------- */

static void write_codes(struct json_writer *w, const char *key, enum code_set set, const struct fhir_codes *x)
{
	if (x->count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < x->count; i++)
		json_string(w, NULL, code_text(set, x->v[i]));
	json_end_array(w);
}

static void write_names(struct json_writer *w, const char *key, const char *names, size_t count, size_t size)
{
	if (count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < count; i++)
		json_string(w, NULL, names + i * size);
	json_end_array(w);
}

static void write_grant(struct json_writer *w, const struct fhir_rule *r)
{
	if (r->form)
		json_string(w, "form", code_text(CODES_FORM, r->form));
	if (r->visibility)
		json_string(w, "visibility", code_text(CODES_VISIBILITY, r->visibility));
	write_codes(w, "obligations", CODES_OBLIGATION, &r->obligations);
	if (r->uses)
		json_uint(w, "uses_left", r->uses);
	if (!r->research)
		return;
	json_begin_object(w, "research");
	write_codes(w, "terms", CODES_DUO, &r->terms);
	if (r->project[0] != '\0')
		json_string(w, "project", r->project);
	json_end_object(w);
}

static enum err check(const struct fhir_rule *r, const struct fhir_at *at, struct err_info *info)
{
	bool permits = r->ask || r->type == EFFECT_PERMIT;
	const struct fhir_at label = element_member(at, "securityLabel");

	if (r->default_effect)
		return element_refuse(info, at, "has the default, which belongs to the root");
	if (r->ask && r->type != EFFECT_DENY)
		return element_refuse(info, at, "asks and permits: what asks is written as deny");
	if (permits && r->marks.count)
		return element_refuse(info, &label, "permits only what is marked so: a permit says up to which label");
	if (!permits && r->sensitivity)
		return element_refuse(info, at, "denies, and says up to which sensitivity it permits");
	if (r->beside_marks && (permits || r->confidentiality))
		return element_refuse(info, at, "has a confidentiality twice, or one that only a denial can have");
	if (r->lock && permits)
		return element_refuse(info, at, "is locked, and no denial");
	if ((r->terms.count || r->project[0] != '\0') && !r->research)
		return element_refuse(info, at, "has research terms without the research extension");
	return ERR_OK;
}

enum err fhir_rule_write(struct json_writer *w, const struct fhir_rule *r, uint32_t number, const struct fhir_at *at,
			 struct err_info *info)
{
	bool permits = r->ask || r->type == EFFECT_PERMIT;

	TRY(check(r, at, info));
	json_begin_object(w, NULL);
	if (number)
		json_uint(w, "id", number);
	json_string(w, "effect", r->ask ? "ask" : r->type == EFFECT_PERMIT ? "permit" : "deny");
	write_names(w, "actors", r->actor[0], r->actors, FHIR_ACTOR_WORD);
	write_codes(w, "purposes", CODES_PURPOSE, &r->purposes);
	write_codes(w, "categories", CODES_CATEGORY, &r->categories);
	write_codes(w, "labels", CODES_LABEL, permits ? &r->spared : &r->marks);
	if (permits && (r->any_label || !r->sensitivity))
		json_boolean(w, "any_label", true);
	if (r->confidentiality || r->beside_marks)
		json_string(w, "confidentiality",
			    code_text(CODES_CONFIDENTIALITY, r->confidentiality ? r->confidentiality : r->beside_marks));
	write_names(w, "records", r->record[0], r->records, ID_HEX);
	write_names(w, "author_organisations", r->author[0], r->authors, ID_HEX);
	if (r->data.has_from) {
		json_begin_object(w, "data");
		json_time(w, "from", r->data.from);
		json_time(w, "to", r->data.to);
		json_end_object(w);
	}
	if (r->valid.has_from && r->valid.from > 0)
		json_time(w, "from", r->valid.from);
	if (r->valid.has_to)
		json_time(w, "until", r->valid.to);
	write_grant(w, r);
	if (r->lock)
		json_boolean(w, "lock", true);
	if (r->emergency_ok)
		json_boolean(w, "emergency_ok", true);
	json_end_object(w);
	return ERR_OK;
}
