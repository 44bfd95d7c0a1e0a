/* SPDX-License-Identifier: Apache-2.0 */
/* Rules for a care team follow its members, and nobody else hides behind its name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain/proto/tx.h"
#include "chain/proto/wire.h"
#include "core/consent/care_team.h"

static const struct care_member okafor = {ACTOR_ACCOUNT, {1}}, west = {ACTOR_ORGANISATION, {2}}, vos = {ACTOR_ACCOUNT, {3}};

/* A rule for these actors, as the ledger has it. */
static void add_rule(struct policy *p, uint32_t id, const struct care_team *t, const Medlock__Actor *other, uint32_t uses,
		     uint32_t spent)
{
	Medlock__Rule rule = MEDLOCK__RULE__INIT;
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT;
	Medlock__Actor actors[CARE_TEAM_MAX + 2], *list[CARE_TEAM_MAX + 2];
	size_t count = 0;

	for (size_t i = 0; t != NULL && i <= t->count; i++) {
		actors[count] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
		actors[count].kind = i == 0 ? ACTOR_CARE_TEAM : t->members[i - 1].kind;
		actors[count].id = wire_data(bytes_of(i == 0 ? t->id : t->members[i - 1].id, ID_SIZE));
		count++;
	}
	if (other != NULL)
		actors[count++] = *other;
	for (size_t i = 0; i < count; i++)
		list[i] = &actors[i];
	rule.id = id;
	rule.effect = EFFECT_PERMIT;
	rule.actors = list;
	rule.n_actors = count;
	rule.uses_left = uses;
	rule_sort(&rule);
	state.rule = &rule;
	state.uses_spent = spent;
	assert_int_equal(policy_add(p, &state), ERR_OK);
}

static struct care_team team(const struct care_member *a, const struct care_member *b)
{
	struct care_team t = {.id = {7}};

	if (a != NULL)
		assert_int_equal(care_team_add(&t, a), ERR_OK);
	if (b != NULL)
		assert_int_equal(care_team_add(&t, b), ERR_OK);
	return t;
}

static void members_come_and_go(void **state)
{
	struct care_team t = team(&okafor, &west);
	struct care_member many = {ACTOR_ACCOUNT, {0}};

	(void)state;
	assert_int_equal(care_team_add(&t, &okafor), ERR_DUPLICATE);
	assert_int_equal(care_team_drop(&t, &vos), ERR_NOT_FOUND);
	assert_int_equal(care_team_drop(&t, &okafor), ERR_OK);
	assert_false(care_team_has(&t, &okafor));
	assert_true(care_team_has(&t, &west));
	for (uint8_t i = 0; t.count < CARE_TEAM_MAX; i++) {
		many.id[1] = (uint8_t)(i + 1);
		assert_int_equal(care_team_add(&t, &many), ERR_OK);
	}
	many.id[1] = 200;
	assert_int_equal(care_team_add(&t, &many), ERR_LIMIT);
}

static void only_its_rules_change(void **state)
{
	struct care_team before = team(&okafor, &west), other = team(&okafor, NULL), after = team(&vos, &west), read;
	Medlock__Actor everyone = MEDLOCK__ACTOR__INIT;
	struct policy p = {0};

	(void)state;
	other.id[0] = 8;
	everyone.kind = ACTOR_EVERYONE;
	add_rule(&p, 1, &before, NULL, 0, 0);
	add_rule(&p, 2, &other, NULL, 0, 0);
	add_rule(&p, 3, NULL, &everyone, 0, 0);
	add_rule(&p, 4, &after, NULL, 0, 0); /* as it shall be */
	assert_int_equal(care_team_apply(&p, &after), ERR_OK);
	assert_int_equal(p.rules[0]->rule->id, 0); /* a new rule in the place of the old */
	care_team_read(&read, p.rules[0]->rule);
	assert_int_equal(read.count, 2);
	assert_true(care_team_has(&read, &vos) && care_team_has(&read, &west));
	assert_int_equal(p.rules[1]->rule->id, 2);
	assert_int_equal(p.rules[2]->rule->id, 3);
	assert_int_equal(p.rules[3]->rule->id, 4);
	assert_int_equal(care_team_remove(&p, after.id), 2);
	assert_int_equal(p.count, 2);
	assert_int_equal(p.rules[0]->rule->id, 2);
	policy_release(&p);
}

/* A changed member must not fill up what was used. */
static void uses_are_not_given_back(void **state)
{
	struct care_team before = team(&okafor, NULL), after = team(&vos, NULL);
	struct policy p = {0};

	(void)state;
	add_rule(&p, 1, &before, NULL, 5, 3);
	add_rule(&p, 2, &before, NULL, 2, 2); /* used up: 0 would mean without limit */
	assert_int_equal(care_team_apply(&p, &after), ERR_OK);
	assert_int_equal(p.rules[0]->rule->uses_left, 2);
	assert_int_equal(p.rules[0]->uses_spent, 0);
	assert_int_equal(p.rules[1]->rule->id, 2);
	assert_int_equal(p.rules[1]->rule->uses_left, 2);
	policy_release(&p);
}

/* The last member goes: the rule is met by nobody, not by everybody. */
static void an_empty_team_is_nobody(void **state)
{
	struct care_team before = team(&okafor, NULL), after = team(NULL, NULL);
	struct policy p = {0};

	(void)state;
	add_rule(&p, 1, &before, NULL, 0, 0);
	assert_int_equal(care_team_apply(&p, &after), ERR_OK);
	assert_int_equal(p.rules[0]->rule->n_actors, 1);
	assert_int_equal(p.rules[0]->rule->actors[0]->kind, ACTOR_CARE_TEAM);
	policy_release(&p);
}

static const char *name(void *self, uint32_t kind, struct bytes id)
{
	(void)self;
	return kind == ACTOR_CARE_TEAM ? "home" : id.data[0] == 1 ? "okafor" : NULL;
}

static void says(const struct care_team *t, const Medlock__Actor *other, const char *expected)
{
	const struct sentence_names names = {NULL, name, NULL};
	struct policy p = {0};
	struct buf b = BUF_INIT;

	add_rule(&p, 1, t, other, 0, 0);
	sentence_of_rule(&b, p.rules[0]->rule, &names);
	if (strstr(buf_text(&b), expected) == NULL)
		fail_msg("%s", buf_text(&b));
	buf_release(&b);
	policy_release(&p);
}

/* Somebody with the right to change consent could put a stranger beside the team: the sentence names who is meant. */
static void sentences_name_who_is_meant(void **state)
{
	struct care_team t = team(&okafor, NULL), many = team(&okafor, &vos), none = team(NULL, NULL);
	Medlock__Actor role = MEDLOCK__ACTOR__INIT;

	(void)state;
	role.kind = ACTOR_ROLE;
	role.role = ROLE_RESEARCHER;
	for (uint8_t i = 0; i < 6; i++) {
		struct care_member m = {ACTOR_ACCOUNT, {9, i}};

		assert_int_equal(care_team_add(&many, &m), ERR_OK);
	}
	says(&t, NULL, "the care team home (okafor)");
	says(&none, NULL, "the care team home (nobody)");
	says(&many, NULL, " and 3 more)");
	says(&t, &role, "every researcher");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_come_and_go),
		cmocka_unit_test(only_its_rules_change),
		cmocka_unit_test(uses_are_not_given_back),
		cmocka_unit_test(an_empty_team_is_nobody),
		cmocka_unit_test(sentences_name_who_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
