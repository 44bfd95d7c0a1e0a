/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/limits.h"
#include "chain/proto/shape.h"

#define PSEUDONYM_SIZE 48u
#define SCOPES_MASK ((uint32_t)SCOPE_CONSENT | (uint32_t)SCOPE_ASKS | (uint32_t)SCOPE_READ)

static enum err check_actor(const Medlock__Actor *a, struct err_info *info)
{
	TRY(shape_code(a->kind, CODES_ACTOR, "actor", info));
	if (a->kind == ACTOR_ROLE)
		TRY(shape_code(a->role, CODES_ROLE, "actor's role", info));
	else
		TRY(shape_true(a->role == 0, "a role with an actor that is none", info));
	if (a->kind == ACTOR_EVERYONE || a->kind == ACTOR_ROLE)
		return shape_bytes(a->id, 0, "actor's id", info);
	if (a->kind == ACTOR_PERSON_PSEUDONYM || a->kind == ACTOR_ORGANISATION_PSEUDONYM)
		return shape_bytes(a->id, PSEUDONYM_SIZE, "actor's id", info);
	return shape_bytes(a->id, ID_SIZE, "actor's id", info);
}

static enum err check_actors(const Medlock__Rule *r, struct err_info *info)
{
	TRY(shape_count(r->n_actors, RULE_ACTORS_MAX, "actors", info));
	for (size_t i = 0; i < r->n_actors; i++) {
		TRY(check_actor(r->actors[i], info));
		if (i && actor_compare(r->actors[i - 1], r->actors[i]) >= 0)
			return err_set(info, ERR_FORMAT, "actors: not ascending");
	}
	return ERR_OK;
}

static enum err check_rule_codes(const Medlock__Rule *r, struct err_info *info)
{
	TRY(shape_codes(r->purposes, r->n_purposes, RULE_CODES_MAX, CODES_PURPOSE, "purposes", info));
	TRY(shape_codes(r->categories, r->n_categories, RULE_CODES_MAX, CODES_CATEGORY, "categories", info));
	TRY(shape_codes(r->labels, r->n_labels, RULE_CODES_MAX, CODES_LABEL, "labels", info));
	TRY(shape_codes(r->obligations, r->n_obligations, RULE_CODES_MAX, CODES_OBLIGATION, "obligations", info));
	if (r->confidentiality)
		TRY(shape_code(r->confidentiality, CODES_CONFIDENTIALITY, "confidentiality", info));
	if (r->form)
		TRY(shape_code(r->form, CODES_FORM, "form", info));
	if (r->visibility)
		TRY(shape_code(r->visibility, CODES_VISIBILITY, "visibility", info));
	if (!r->research)
		return ERR_OK;
	TRY(shape_codes(r->research->terms, r->research->n_terms, RULE_CODES_MAX, CODES_DUO, "research terms", info));
	return shape_optional(r->research->project, ID_SIZE, "project", info);
}

static enum err check_rule(const Medlock__Rule *r, struct err_info *info)
{
	TRY(shape_code(r->effect, CODES_EFFECT, "effect", info));
	TRY(shape_true(!r->lock || r->effect == EFFECT_DENY, "a lock that does not deny", info));
	TRY(shape_true(!r->emergency_ok || r->lock, "an emergency exception without a lock", info));
	TRY(check_actors(r, info));
	TRY(check_rule_codes(r, info));
	TRY(shape_ids(r->records, r->n_records, RULE_RECORDS_MAX, "records", info));
	TRY(shape_ids(r->author_organisations, r->n_author_organisations, RULE_ORGANISATIONS_MAX,
		      "authors' organisations", info));
	TRY(shape_period(r->data, "period of the data", info));
	TRY(shape_true(r->valid_from >= 0 && r->valid_to >= 0, "a time before 1970", info));
	return shape_true(r->valid_to == 0 || r->valid_to > r->valid_from, "a rule that ends before it starts", info);
}

/* A rule that takes the place of a standing one does so once, and the same body does not remove it: the order of the
 * changes then cannot matter.
 */
static enum err check_replaced(const Medlock__ConsentSet *a, size_t at, struct err_info *info)
{
	uint32_t id = a->put[at]->id;

	if (id == 0)
		return ERR_OK;
	for (size_t i = 0; i < at; i++)
		TRY(shape_true(a->put[i]->id != id, "a rule put twice", info));
	for (size_t i = 0; i < a->n_remove; i++)
		TRY(shape_true(a->remove[i] != id, "a rule both put and removed", info));
	return ERR_OK;
}

enum err check_proxy_set(const Medlock__ProxySet *a, struct err_info *info)
{
	TRY(shape_bytes(a->owner, ID_SIZE, "owner", info));
	TRY(shape_bytes(a->delegate, ID_SIZE, "delegate", info));
	TRY(shape_true(!bytes_equal(wire_bytes(a->owner), wire_bytes(a->delegate)), "the owner as her own proxy", info));
	if (a->remove)
		return shape_true(!a->scope && !a->valid_from && !a->valid_to, "a removal with a scope or a time", info);
	TRY(shape_true(a->scope != 0 && (a->scope & ~SCOPES_MASK) == 0, "scope", info));
	TRY(shape_true(a->valid_from >= 0 && a->valid_to >= 0, "a time before 1970", info));
	return shape_true(a->valid_to == 0 || a->valid_to > a->valid_from, "a proxy that ends before it starts", info);
}

enum err check_consent_set(const Medlock__ConsentSet *a, struct err_info *info)
{
	TRY(shape_bytes(a->owner, ID_SIZE, "owner", info));
	TRY(shape_count(a->n_put, RULES_PER_ACCOUNT_MAX, "rules", info));
	for (size_t i = 0; i < a->n_put; i++) {
		enum err e = check_rule(a->put[i], info);

		if (e)
			return err_wrap(info, e, "rule %zu of the list", i + 1);
	}
	TRY(shape_numbers(a->remove, a->n_remove, RULES_PER_ACCOUNT_MAX, "rules to remove", info));
	for (size_t i = 0; i < a->n_put; i++)
		TRY(check_replaced(a, i, info));
	return shape_true(a->default_effect == 0 || a->default_effect == EFFECT_DENY || a->default_effect == EFFECT_ASK,
			  "default effect", info);
}
