/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/contract/eval_internal.h"
#include "chain/proto/wire.h"

#define ALL UINT32_MAX
#define CONFIDENTIALITY_ALL (((1u << (CONFIDENTIALITY_V + 1)) - 1) & ~1u) /* each level there is, so that sets compare */

/* One bit of 64 for a term: a rule and an asker without a bit in common have no term in common. */
uint64_t eval_sketch(uint32_t kind, uint32_t role, const uint8_t id[ID_SIZE])
{
	if (kind == ACTOR_ROLE)
		return 1ull << (role & 63u);
	return 1ull << ((id[0] ^ id[ID_SIZE - 1] ^ kind * 11u) & 63u);
}

/* Bits for codes; ERR_FORMAT for one that does not fit, so that nothing unknown is ever ignored. */
static enum err bits_of(uint64_t *ret, const uint32_t *codes, size_t count, unsigned width)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < count; i++) {
		if (codes[i] == 0 || codes[i] >= width)
			return ERR_FORMAT;
		bits |= 1ull << codes[i];
	}
	*ret = bits;
	return ERR_OK;
}

static enum err copy_ids(struct eval_ids *ret, const ProtobufCBinaryData *from, size_t count)
{
	if (count == 0)
		return ERR_OK;
	ret->id = calloc(count, ID_SIZE);
	if (!ret->id)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (from[i].len != ID_SIZE)
			return ERR_FORMAT;
		memcpy(ret->id[i], from[i].data, ID_SIZE);
	}
	ret->count = count;
	return ERR_OK;
}

/* Nobody who acts by certificate bears a pseudonym; but a rule that names one names more than a rule that does not, which
 * counts when scopes are compared.
 */
static size_t actor_id_size(uint32_t kind)
{
	if (kind == ACTOR_ROLE)
		return 0;
	return kind == ACTOR_PERSON_PSEUDONYM || kind == ACTOR_ORGANISATION_PSEUDONYM ? EVAL_ACTOR_ID_MAX : ID_SIZE;
}

static enum err compile_actors(struct eval_rule *r, struct eval_hot *hot, const Medlock__Rule *from)
{
	r->everyone = from->n_actors == 0;
	hot->actors = r->everyone ? UINT64_MAX : 0;
	if (from->n_actors == 0)
		return ERR_OK;
	r->actors = calloc(from->n_actors, sizeof(*r->actors));
	if (!r->actors)
		return ERR_MEMORY;
	for (size_t i = 0; i < from->n_actors; i++) {
		const Medlock__Actor *a = from->actors[i];
		struct eval_actor *to = &r->actors[r->actor_count];

		if (a->kind == ACTOR_EVERYONE) {
			r->everyone = true;
			hot->actors = UINT64_MAX;
			continue;
		}
		to->kind = a->kind;
		to->role = a->role;
		if (a->id.len != actor_id_size(a->kind))
			continue; /* nobody's name */
		if (a->id.len)
			memcpy(to->id, a->id.data, a->id.len);
		hot->actors |= eval_sketch(to->kind, to->role, to->id);
		r->actor_count++;
	}
	return ERR_OK;
}

static void compile_purposes(struct eval_rule *r, struct eval_hot *hot, const Medlock__Rule *from)
{
	bool deny = from->effect == EFFECT_DENY;

	hot->purposes = r->scope_purposes = from->n_purposes ? 0 : ALL;
	for (size_t i = 0; i < from->n_purposes; i++) {
		hot->purposes |= purpose_cover(from->purposes[i], deny);
		r->scope_purposes |= purpose_cover(from->purposes[i], true);
	}
}

static enum err compile_codes(struct eval_rule *r, struct eval_hot *hot, const Medlock__Rule *from)
{
	uint64_t bits;

	TRY(bits_of(&bits, from->purposes, from->n_purposes, 32));
	compile_purposes(r, hot, from);
	TRY(bits_of(&bits, from->categories, from->n_categories, 32));
	r->categories = hot->categories = from->n_categories ? (uint32_t)bits : ALL;
	TRY(bits_of(&r->labels, from->labels, from->n_labels, 64));
	TRY(bits_of(&bits, from->obligations, from->n_obligations, 32));
	r->obligations = (uint32_t)bits;
	if (!from->research)
		return ERR_OK;
	r->research = true;
	TRY(bits_of(&bits, from->research->terms, from->research->n_terms, 32));
	r->terms = (uint32_t)bits;
	if (from->research->project.len == ID_SIZE)
		memcpy(r->project, from->research->project.data, ID_SIZE);
	return ERR_OK;
}

static void compile_intervals(struct eval_rule *r, const Medlock__Rule *from)
{
	uint32_t x = from->confidentiality;

	r->data_any = !from->data;
	r->data_from = from->data ? from->data->from : INT64_MIN;
	r->data_to = from->data ? from->data->to : INT64_MAX;
	r->valid_from = from->valid_from;
	r->valid_to = from->valid_to ? from->valid_to : INT64_MAX;
	r->confidentiality = CONFIDENTIALITY_ALL;
	if (x > 0 && x < 31)
		r->confidentiality &= from->effect == EFFECT_DENY ? ALL << x : (1u << (x + 1)) - 1;
	/* Who is named is also open to the owner, so the latter is the wider set. */
	r->visibility = from->visibility == VISIBILITY_NAMED ? 1u << VISIBILITY_NAMED
							     : 1u << VISIBILITY_NAMED | 1u << VISIBILITY_OPEN_TO_OWNER;
}

static enum err compile(struct eval_rule *r, struct eval_hot *hot, const Medlock__RuleState *state)
{
	const Medlock__Rule *from = state->rule;

	if (!from || from->effect < EFFECT_PERMIT || from->effect > EFFECT_ASK)
		return ERR_FORMAT;
	r->id = from->id;
	r->effect = from->effect;
	r->form = from->form ? from->form : FORM_FULL;
	r->lock = from->lock && from->effect == EFFECT_DENY;
	r->emergency_ok = from->emergency_ok;
	r->any_label = from->any_label;
	r->used_up = from->uses_left && state->uses_spent >= from->uses_left;
	compile_intervals(r, from);
	TRY(compile_codes(r, hot, from));
	TRY(compile_actors(r, hot, from));
	TRY(copy_ids(&r->records, from->records, from->n_records));
	return copy_ids(&r->authors, from->author_organisations, from->n_author_organisations);
}

enum err consent_policy_new(struct consent_policy **ret, Medlock__RuleState *const *rules, size_t count,
			    uint32_t default_effect, bool paused)
{
	struct consent_policy *p = calloc(1, sizeof(*p));
	enum err e = ERR_OK;

	if (!p)
		return ERR_MEMORY;
	p->default_effect = default_effect;
	p->paused = paused;
	p->hot = calloc(count ? count : 1, sizeof(*p->hot));
	p->rules = calloc(count ? count : 1, sizeof(*p->rules));
	if (!p->hot || !p->rules)
		e = ERR_MEMORY;
	for (size_t i = 0; i < count && !e; i++) {
		p->count = i + 1;
		e = compile(&p->rules[i], &p->hot[i], rules[i]);
	}
	if (e) {
		consent_policy_free(p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}

void consent_policy_free(struct consent_policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->rules[i].actors);
		free(p->rules[i].records.id);
		free(p->rules[i].authors.id);
	}
	free(p->hot);
	free(p->rules);
	free(p);
}
