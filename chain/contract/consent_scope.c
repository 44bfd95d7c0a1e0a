/* SPDX-License-Identifier: Apache-2.0 */
/* Specificity: one scope inside another, dimension by dimension.
 *
 * Compared are the sets that rules NAME, not what their effects make of them: a permit and a deny that name the same are
 * equal, so that the deny wins.  For purposes that is the named ones with all descendants.
 */
#include "chain/contract/eval_internal.h"

bool eval_actor_is(const struct eval_actor *a, const struct consent_question *q)
{
	switch (a->kind) {
	case ACTOR_ACCOUNT:
		return memcmp(a->id, q->account.b, ID_SIZE) == 0;
	case ACTOR_ORGANISATION:
		return memcmp(a->id, q->organisation.b, ID_SIZE) == 0 && !bytes_is_zero(BYTES_ID(q->organisation));
	case ACTOR_ROLE:
		return a->role == q->role;
	case ACTOR_PROJECT:
		return memcmp(a->id, q->project.b, ID_SIZE) == 0 && !bytes_is_zero(BYTES_ID(q->project));
	default:
		return false; /* care teams and pseudonyms: nobody who acts by certificate */
	}
}

static bool same_term(const struct eval_actor *a, const struct eval_actor *b)
{
	return a->kind == b->kind && a->role == b->role && memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

/* A term is inside b's actors when b names it, or when it is the asker, of whom b names an organisation, role or project. */
static bool term_inside(const struct eval_actor *t, const struct eval_rule *b, const struct consent_question *q)
{
	bool asker = t->kind == ACTOR_ACCOUNT && eval_actor_is(t, q);

	for (size_t i = 0; i < b->actor_count; i++)
		if (same_term(t, &b->actors[i]) || (asker && eval_actor_is(&b->actors[i], q)))
			return true;
	return false;
}

static bool actors_inside(const struct eval_rule *a, const struct eval_rule *b, const struct consent_question *q)
{
	if (b->everyone)
		return true;
	if (a->everyone)
		return false;
	for (size_t i = 0; i < a->actor_count; i++)
		if (!term_inside(&a->actors[i], b, q))
			return false;
	return true;
}

static bool ids_inside(const struct eval_ids *a, const struct eval_ids *b)
{
	size_t j = 0;

	if (b->count == 0)
		return true;
	if (a->count == 0 || a->count > b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		while (j < b->count && memcmp(b->id[j], a->id[i], ID_SIZE) < 0)
			j++;
		if (j == b->count || memcmp(b->id[j], a->id[i], ID_SIZE) != 0)
			return false;
	}
	return true;
}

static bool labels_inside(const struct eval_rule *a, const struct eval_rule *b)
{
	uint64_t x = a->any_label || !a->labels ? UINT64_MAX : a->labels;
	uint64_t y = b->any_label || !b->labels ? UINT64_MAX : b->labels;

	return (x & ~y) == 0;
}

static bool research_inside(const struct eval_rule *a, const struct eval_rule *b)
{
	if (!b->research)
		return true;
	if (!a->research || (b->terms & ~a->terms))
		return false;
	return bytes_is_zero(bytes_of(b->project, ID_SIZE)) || memcmp(a->project, b->project, ID_SIZE) == 0;
}

bool eval_scope_inside(const struct eval_rule *a, const struct eval_rule *b, const struct consent_question *q)
{
	if ((a->scope_purposes & ~b->scope_purposes) | (a->categories & ~b->categories) |
	    (a->confidentiality & ~b->confidentiality) | (a->visibility & ~b->visibility))
		return false;
	if (a->data_from < b->data_from || a->data_to > b->data_to || a->valid_from < b->valid_from ||
	    a->valid_to > b->valid_to)
		return false;
	return labels_inside(a, b) && research_inside(a, b) && ids_inside(&a->records, &b->records) &&
	       ids_inside(&a->authors, &b->authors) && actors_inside(a, b, q);
}
