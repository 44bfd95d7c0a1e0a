/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for whom: each cell of (act, scope, time, standing), who may name a proxy, and what ends one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "chain/contract/proxy.h"
#include "world.h"

#define ALL ((uint32_t)SCOPE_CONSENT | (uint32_t)SCOPE_ASKS | (uint32_t)SCOPE_READ)
#define FROM (WORLD_TIME + 1000000)
#define TO (WORLD_TIME + 2000000)
#define OF_AGE (WORLD_TIME + 5000000)

static const uint32_t treat[] = {PURPOSE_TREAT};

struct scene {
	struct world w;
	struct world_account anna, bram, minor, doctor;
	struct record_id lab;
};

static enum err send(struct scene *s, Medlock__Body *body, const struct world_account *by, struct contract_result *result)
{
	return world_apply(&s->w, result, body, by, NULL);
}

struct naming {
	const struct account_id *owner, *delegate;
	uint32_t scope;
	int64_t from, to;
	bool remove;
};

static enum err name(struct scene *s, const struct world_account *by, struct naming n)
{
	Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	p.owner = wire_data(BYTES_ID(*n.owner));
	p.delegate = wire_data(BYTES_ID(*n.delegate));
	p.scope = n.scope;
	p.valid_from = n.from;
	p.valid_to = n.to;
	p.remove = n.remove;
	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = &p;
	return send(s, &body, by, NULL);
}

/* A minor's account, with keys like any other. */
static void enrol_minor(struct scene *s)
{
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	uint8_t salt[16], signature[64];
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(&s->minor, s->w.rng, &s->w.network, ROLE_PATIENT);
	world_keyset(&keys, &s->minor);
	world_keys_sign(signature, &s->minor, &s->w.network);
	c.account = c.certificate = wire_data(BYTES_ID(s->minor.id));
	c.keys = &keys;
	c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	c.role = ROLE_PATIENT;
	c.not_after = WORLD_TIME + 365 * MS_PER_DAY;
	c.minor_until = OF_AGE;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	assert_int_equal(send(s, &body, &s->w.ca, NULL), ERR_OK);
	body.cert_anchor->minor_until = s->w.block.time.v;
	assert_int_equal(send(s, &body, &s->w.ca, NULL), ERR_RANGE);
	body.cert_anchor->minor_until = s->w.block.time.v + MINOR_MS_MAX + 1;
	assert_int_equal(send(s, &body, &s->w.ca, NULL), ERR_RANGE);
}

static enum err set_rules(struct scene *s, const struct world_account *by, const struct account_id *owner, uint32_t effect)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	struct rows rows = {.kv = &s->w.kv};
	Medlock__PolicyState *policy = NULL;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	assert_int_equal(ROWS_GET(&rows, &policy, medlock__policy_state, state_key_policy(owner)), ERR_OK);
	c.owner = wire_data(BYTES_ID(*owner));
	c.expected_version = policy->version;
	c.default_effect = effect;
	WIRE_FREE(policy);
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	return send(s, &body, by, NULL);
}

static enum err pause(struct scene *s, const struct world_account *by, const struct account_id *owner)
{
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	p.owner = wire_data(BYTES_ID(*owner));
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &p;
	return send(s, &body, by, NULL);
}

/* by asks for all of owner's. */
static enum err ask(struct scene *s, const struct world_account *by, const struct account_id *owner, uint32_t purpose,
		    struct request_id *ret)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct contract_result result = {0};
	Medlock__TxResult *told = NULL;
	struct world_account once;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	enum err e;

	world_account_new(&once, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	r.owner = wire_data(BYTES_ID(*owner));
	r.purpose = purpose;
	r.form = FORM_FULL;
	r.sign_key = wire_data(bytes_of(once.sign.b, sizeof(once.sign.b)));
	r.seal_key = wire_data(bytes_of(once.seal, sizeof(once.seal)));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	e = send(s, &body, by, &result);
	if (e == ERR_OK) {
		assert_int_equal(WIRE_DECODE(&told, medlock__tx_result, buf_bytes(&result.data), 1 << 20, NULL), ERR_OK);
		ID_COPY(*ret, told->id.data);
		WIRE_FREE(told);
	}
	contract_result_release(&result);
	world_account_release(&once);
	return e;
}

static enum err answer(struct scene *s, const struct world_account *by, bool with_rule)
{
	Medlock__AccessAnswer a = MEDLOCK__ACCESS_ANSWER__INIT;
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	struct rows rows = {.kv = &s->w.kv};
	Medlock__PolicyState *policy = NULL;
	struct request_id id;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	assert_int_equal(ask(s, &s->doctor, &s->anna.id, PURPOSE_TREAT, &id), ERR_OK);
	assert_int_equal(ROWS_GET(&rows, &policy, medlock__policy_state, state_key_policy(&s->anna.id)), ERR_OK);
	a.owner = c.owner = wire_data(BYTES_ID(s->anna.id));
	a.request = wire_data(BYTES_ID(id));
	a.answer = ANSWER_YES;
	c.expected_version = policy->version;
	WIRE_FREE(policy);
	if (with_rule)
		a.rules = &c;
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_ANSWER;
	body.access_answer = &a;
	return send(s, &body, by, NULL);
}

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 1);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->bram, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, NULL, 0, treat, 1);
	enrol_minor(s);
	s->lab = world_record(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL);
	assert_int_equal(set_rules(s, &s->anna, &s->anna.id, EFFECT_ASK), ERR_OK);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->bram);
	world_account_release(&s->minor);
	world_account_release(&s->doctor);
	world_release(&s->w);
	free(s);
	return 0;
}

/* ---- what a proxy may do -------------------------------------------------------------------------- */

enum deed { RULES, PAUSE, ANSWER, ANSWER_WITH_RULE, READ, DEEDS };

static const uint32_t needs[DEEDS] = {SCOPE_CONSENT, SCOPE_CONSENT, SCOPE_ASKS,
				      (uint32_t)SCOPE_ASKS | (uint32_t)SCOPE_CONSENT, SCOPE_READ};

static enum err act(struct scene *s, enum deed deed, const struct world_account *by)
{
	struct request_id id;

	if (deed == RULES)
		return set_rules(s, by, &s->anna.id, EFFECT_ASK);
	if (deed == PAUSE)
		return pause(s, by, &s->anna.id);
	if (deed == READ)
		return ask(s, by, &s->anna.id, PURPOSE_PWATRNY, &id);
	return answer(s, by, deed == ANSWER_WITH_RULE);
}

/* bram's own standing, as no authority would change it back and forth. */
static void stand(struct scene *s, bool revoked, bool expired)
{
	struct rows rows = {.kv = &s->w.kv};
	Medlock__AccountState *row = NULL;

	assert_int_equal(access_account(&row, &s->w.kv, &s->bram.id), ERR_OK);
	row->revoked = revoked;
	row->not_after = expired ? s->w.block.time.v : WORLD_TIME + 365 * MS_PER_DAY;
	assert_int_equal(ROWS_PUT(&rows, state_key_account(&s->bram.id), row), ERR_OK);
	WIRE_FREE(row);
}

static void test_every_cell(void **state)
{
	static const int64_t times[] = {FROM - 1, FROM, TO - 1, TO};
	struct scene *s = *state;
	unsigned passed = 0;

	for (uint32_t scope = 1; scope <= ALL; scope++) {
		s->w.block.time.v = WORLD_TIME;
		stand(s, false, false);
		assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &s->bram.id, scope, FROM, TO, false}), ERR_OK);
		for (unsigned n = 0; n < DEEDS * 4 * 4; n++) {
			enum deed deed = n % DEEDS;
			unsigned at = n / DEEDS % 4;
			bool revoked = n / DEEDS / 4 & 1, expired = n / DEEDS / 4 & 2;
			enum err want = at == 0 || at == 3 ? ERR_PROXY_ENDED : needs[deed] & ~scope ? ERR_PROXY_SCOPE : ERR_OK;

			s->w.block.time.v = times[at];
			stand(s, revoked, expired);
			want = revoked ? ERR_REVOKED : expired ? ERR_EXPIRED : want;
			assert_int_equal(act(s, deed, &s->bram), want);
			passed += want == ERR_OK;
		}
	}
	/* two acts with CONSENT, one with ASKS, one with both, one with READ: each in half of the scopes, or a quarter */
	assert_int_equal(passed, 2 * (2 * 4 + 4 + 2 + 4));
}

static void test_foreign(void **state)
{
	struct scene *s = *state;

	for (unsigned deed = 0; deed < DEEDS; deed++)
		assert_int_equal(act(s, deed, &s->bram), ERR_ROLE);
	assert_int_equal(name(s, &s->minor, (struct naming){&s->minor.id, &s->bram.id, ALL, 0, 0, false}), ERR_OK);
	for (unsigned deed = 0; deed < DEEDS; deed++)
		assert_int_equal(act(s, deed, &s->bram), ERR_ROLE);
}

/* A grant to a proxy ends with the proxy, though its own time is not over. */
static void test_release_ends(void **state)
{
	struct scene *s = *state;
	struct access_release out;
	struct request_id id;

	assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &s->bram.id, SCOPE_READ, 0, TO, false}), ERR_OK);
	assert_int_equal(set_rules(s, &s->anna, &s->anna.id, EFFECT_DENY), ERR_OK);
	assert_int_equal(ask(s, &s->bram, &s->anna.id, PURPOSE_PWATRNY, &id), ERR_OK);
	s->w.block.time.v = TO - 1;
	assert_int_equal(access_release_check(&out, &s->w.kv, &s->w.block, s->w.block.time, &id, &s->lab, FORM_FULL), ERR_OK);
	assert_int_equal(access_release_check(&out, &s->w.kv, &s->w.block, (struct time_ms){TO}, &id, &s->lab, FORM_FULL),
			 ERR_WITHDRAWN);
	assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &s->bram.id, 0, 0, 0, true}), ERR_OK);
	assert_int_equal(access_release_check(&out, &s->w.kv, &s->w.block, s->w.block.time, &id, &s->lab, FORM_FULL),
			 ERR_WITHDRAWN);
}

/* ---- who may name one ----------------------------------------------------------------------------- */

static void test_owner_names(void **state)
{
	struct scene *s = *state;
	struct account_id nobody = {{9}};
	struct naming n = {&s->anna.id, &s->bram.id, ALL, 0, 0, false}, gone = {&s->anna.id, &s->bram.id, 0, 0, 0, true};

	assert_int_equal(name(s, &s->bram, n), ERR_ROLE);
	assert_int_equal(name(s, &s->w.op, n), ERR_ROLE);
	assert_int_equal(name(s, &s->doctor, n), ERR_ROLE);
	assert_int_equal(name(s, &s->anna, gone), ERR_NOT_FOUND);
	n.to = s->w.block.time.v;
	assert_int_equal(name(s, &s->anna, n), ERR_RANGE);
	n.to = 0;
	n.delegate = &s->doctor.id;
	assert_int_equal(name(s, &s->anna, n), ERR_ROLE);
	n.delegate = &nobody;
	assert_int_equal(name(s, &s->anna, n), ERR_NOT_FOUND);
	n.delegate = &s->bram.id;
	stand(s, true, false);
	assert_int_equal(name(s, &s->anna, n), ERR_REVOKED);
	stand(s, false, true);
	assert_int_equal(name(s, &s->anna, n), ERR_EXPIRED);
	stand(s, false, false);
	assert_int_equal(name(s, &s->anna, n), ERR_OK);
	assert_int_equal(act(s, RULES, &s->bram), ERR_OK);
	n.scope = SCOPE_READ; /* the newer takes the place of the older */
	assert_int_equal(name(s, &s->anna, n), ERR_OK);
	assert_int_equal(act(s, RULES, &s->bram), ERR_PROXY_SCOPE);
	assert_int_equal(name(s, &s->anna, gone), ERR_OK);
	assert_int_equal(act(s, RULES, &s->bram), ERR_ROLE);
	n.owner = &s->bram.id; /* who acts for somebody names nobody in her stead */
	n.delegate = &s->minor.id;
	assert_int_equal(name(s, &s->anna, n), ERR_ROLE);
}

static void test_authority_names_for_minors_only(void **state)
{
	struct scene *s = *state;
	struct naming adult = {&s->anna.id, &s->bram.id, ALL, 0, OF_AGE, false};
	struct naming n = {&s->minor.id, &s->bram.id, ALL, 0, OF_AGE, false}, gone = {&s->minor.id, &s->bram.id, 0, 0, 0, true};

	assert_int_equal(name(s, &s->w.ca, adult), ERR_NOT_MINOR);
	n.to = OF_AGE + 1;
	assert_int_equal(name(s, &s->w.ca, n), ERR_RANGE);
	n.to = 0;
	assert_int_equal(name(s, &s->w.ca, n), ERR_RANGE);
	n.to = OF_AGE;
	assert_int_equal(name(s, &s->w.ca, n), ERR_OK);
	assert_int_equal(pause(s, &s->bram, &s->minor.id), ERR_OK);
	assert_int_equal(name(s, &s->minor, n), ERR_ROLE); /* not the minor's to change */
	assert_int_equal(name(s, &s->minor, gone), ERR_ROLE);
	assert_int_equal(name(s, &s->w.ca, gone), ERR_OK);
	assert_int_equal(name(s, &s->minor, n), ERR_OK); /* her own choice is not the authority's */
	assert_int_equal(name(s, &s->w.ca, gone), ERR_ROLE);
	assert_int_equal(name(s, &s->minor, gone), ERR_OK);
	assert_int_equal(name(s, &s->w.ca, n), ERR_OK);
	s->w.block.time.v = OF_AGE - 1;
	assert_int_equal(pause(s, &s->bram, &s->minor.id), ERR_OK);
	s->w.block.time.v = OF_AGE;
	assert_int_equal(pause(s, &s->bram, &s->minor.id), ERR_PROXY_ENDED);
	n.to++;
	assert_int_equal(name(s, &s->w.ca, n), ERR_NOT_MINOR);
	assert_int_equal(name(s, &s->w.ca, gone), ERR_NOT_MINOR);
	assert_int_equal(name(s, &s->minor, gone), ERR_OK);
}

static void test_not_more_than_a_list_holds(void **state)
{
	struct scene *s = *state;
	struct world_account people[PROXIES_PER_ACCOUNT_MAX + 1];
	struct rows rows = {.kv = &s->w.kv};
	Medlock__ProxiesState *row = NULL;

	for (size_t i = 0; i <= PROXIES_PER_ACCOUNT_MAX; i++) {
		world_enrol(&s->w, &people[i], ROLE_PATIENT, NULL, 0, NULL, 0);
		assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &people[i].id, ALL, 0, 0, false}),
				 i < PROXIES_PER_ACCOUNT_MAX ? ERR_OK : ERR_LIMIT);
	}
	assert_int_equal(ROWS_GET(&rows, &row, medlock__proxies_state, state_key_proxies(&s->anna.id)), ERR_OK);
	assert_int_equal(row->n_proxies, PROXIES_PER_ACCOUNT_MAX);
	for (size_t i = 1; i < row->n_proxies; i++)
		assert_true(memcmp(row->proxies[i - 1]->delegate.data, row->proxies[i]->delegate.data, ID_SIZE) < 0);
	WIRE_FREE(row);
	/* the last of them again, in its own place */
	assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &people[0].id, SCOPE_READ, 0, 0, false}), ERR_OK);
	for (size_t i = 0; i < PROXIES_PER_ACCOUNT_MAX; i++)
		assert_int_equal(name(s, &s->anna, (struct naming){&s->anna.id, &people[i].id, 0, 0, 0, true}), ERR_OK);
	row = NULL;
	assert_int_equal(ROWS_GET(&rows, &row, medlock__proxies_state, state_key_proxies(&s->anna.id)), ERR_NOT_FOUND);
	for (size_t i = 0; i <= PROXIES_PER_ACCOUNT_MAX; i++)
		world_account_release(&people[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_cell, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_release_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_owner_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_authority_names_for_minors_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_more_than_a_list_holds, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
