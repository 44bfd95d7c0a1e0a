/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/care_team.h"

#include <stdlib.h>

#include "chain/proto/tx.h"
#include "chain/proto/wire.h"

#define RULE_COPY_MAX (64u * 1024)

const uint8_t *care_team_of(const Medlock__Rule *rule)
{
	for (size_t i = 0; i < rule->n_actors; i++)
		if (rule->actors[i]->kind == ACTOR_CARE_TEAM && rule->actors[i]->id.len == ID_SIZE)
			return rule->actors[i]->id.data;
	return NULL;
}

void care_team_read(struct care_team *ret, const Medlock__Rule *rule)
{
	const uint8_t *id = care_team_of(rule);

	ASSERT(id != NULL);
	*ret = (struct care_team){0};
	memcpy(ret->id, id, ID_SIZE);
	for (size_t i = 0; i < rule->n_actors && ret->count < CARE_TEAM_MAX; i++) {
		const Medlock__Actor *a = rule->actors[i];

		if ((a->kind != ACTOR_ACCOUNT && a->kind != ACTOR_ORGANISATION) || a->id.len != ID_SIZE)
			continue;
		ret->members[ret->count].kind = a->kind;
		memcpy(ret->members[ret->count++].id, a->id.data, ID_SIZE);
	}
}

static size_t place_of(const struct care_team *t, const struct care_member *m)
{
	size_t i = 0;

	while (i < t->count && (t->members[i].kind != m->kind || memcmp(t->members[i].id, m->id, ID_SIZE) != 0))
		i++;
	return i;
}

bool care_team_has(const struct care_team *t, const struct care_member *m)
{
	return place_of(t, m) < t->count;
}

enum err care_team_add(struct care_team *t, const struct care_member *m)
{
	if (care_team_has(t, m))
		return ERR_DUPLICATE;
	if (t->count == CARE_TEAM_MAX)
		return ERR_LIMIT;
	t->members[t->count++] = *m;
	return ERR_OK;
}

enum err care_team_drop(struct care_team *t, const struct care_member *m)
{
	size_t i = place_of(t, m);

	if (i == t->count)
		return ERR_NOT_FOUND;
	t->members[i] = t->members[--t->count];
	return ERR_OK;
}

/* ---- in the rules of a policy ---- */

static bool same_members(const struct care_team *t, const Medlock__Rule *rule)
{
	struct care_team now;

	if (rule->n_actors != t->count + 1)
		return false;
	care_team_read(&now, rule);
	for (size_t i = 0; i < now.count; i++)
		if (!care_team_has(t, &now.members[i]))
			return false;
	return now.count == t->count;
}

static bool is_for(const Medlock__Rule *rule, const uint8_t id[ID_SIZE])
{
	const uint8_t *team = care_team_of(rule);

	return team != NULL && memcmp(team, id, ID_SIZE) == 0;
}

/* The rule with the team's actors; state keeps nothing of the old one but its words. */
static enum err change_rule(Medlock__RuleState **state, const struct care_team *t)
{
	Medlock__Rule rule = *(*state)->rule;
	Medlock__Actor actors[CARE_TEAM_MAX + 1], *list[CARE_TEAM_MAX + 1];
	Medlock__RuleState made = MEDLOCK__RULE_STATE__INIT, *copy;
	struct buf b = BUF_INIT;
	enum err e;

	for (size_t i = 0; i <= t->count; i++) {
		actors[i] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
		actors[i].kind = i == 0 ? ACTOR_CARE_TEAM : t->members[i - 1].kind;
		actors[i].id = wire_data(bytes_of(i == 0 ? t->id : t->members[i - 1].id, ID_SIZE));
		list[i] = &actors[i];
	}
	rule.id = 0;
	rule.actors = list;
	rule.n_actors = t->count + 1;
	if (rule.uses_left > 0)
		rule.uses_left -= (*state)->uses_spent;
	rule_sort(&rule);
	made.rule = &rule;
	WIRE_ENCODE(&b, &made);
	e = buf_error(&b);
	if (e == ERR_OK)
		e = WIRE_DECODE(&copy, medlock__rule_state, buf_bytes(&b), RULE_COPY_MAX, NULL);
	buf_release(&b);
	TRY(e);
	WIRE_FREE(*state);
	*state = copy;
	return ERR_OK;
}

enum err care_team_apply(struct policy *p, const struct care_team *t)
{
	for (size_t i = 0; i < p->count; i++) {
		const Medlock__RuleState *s = p->rules[i];
		bool used_up = s->rule->uses_left > 0 && s->uses_spent >= s->rule->uses_left;

		if (is_for(s->rule, t->id) && !used_up && !same_members(t, s->rule))
			TRY(change_rule(&p->rules[i], t));
	}
	return ERR_OK;
}

size_t care_team_remove(struct policy *p, const uint8_t id[ID_SIZE])
{
	size_t kept = 0, gone;

	for (size_t i = 0; i < p->count; i++) {
		if (is_for(p->rules[i]->rule, id))
			WIRE_FREE(p->rules[i]);
		else
			p->rules[kept++] = p->rules[i];
	}
	gone = p->count - kept;
	p->count = kept;
	return gone;
}
