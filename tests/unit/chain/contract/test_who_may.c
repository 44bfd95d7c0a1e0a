/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: every (action, role, revoked, expired, foreign owner) cell, against a table written here again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "chain/proto/codes.h"
#include "world.h"

#define B(role) (1u << ROLE_##role)
#define OFFICE (B(OFFICER) | B(PEER) | B(OPERATOR))
#define READERS (B(PATIENT) | B(CLINICIAN) | B(RESEARCHER) | B(OFFICER))

/* foreign: what an allowed signer gets for another's thing; own: for the signer's own (ERR_OK), where that exists.
 * Not walked here: actions whose right is more than a role, which have a walk of their own below.
 */
static const struct cell {
	uint32_t action, roles;
	enum err foreign;
	bool own, walked;
} table[] = {
	{ACTION_CERT_ANCHOR, OFFICE, ERR_ROLE, false, false},
	{ACTION_CERT_REVOKE, OFFICE | READERS | B(AUDITOR), ERR_ROLE, true, true},
	{ACTION_ACCOUNT_KEYS, READERS | B(OPERATOR) | B(AUDITOR), ERR_ROLE, true, true},
	{ACTION_RECORD_DEPOSIT, OFFICE, ERR_ROLE, false, false},
	{ACTION_RECORD_AMEND, OFFICE, ERR_ROLE, false, false}, /* test_offices.c */
	{ACTION_RECORD_ERASE, B(PATIENT), ERR_NOT_FOUND, false, true}, /* and her own: test_offices.c */
	{ACTION_CONSENT_SET, B(PATIENT), ERR_ROLE, true, true},
	{ACTION_CONSENT_PAUSE, B(PATIENT), ERR_ROLE, true, true},
	{ACTION_PROXY_SET, OFFICE | B(PATIENT), ERR_ROLE, false, false}, /* and who acts by it: test_proxy_set.c */
	{ACTION_ACCESS_REQUEST, READERS, ERR_OK, false, false},
	{ACTION_ACCESS_ANSWER, B(PATIENT), ERR_ROLE, false, false}, /* test_access_answer.c */
	{ACTION_ACCESS_CLOSE, READERS, ERR_NOT_FOUND, false, true},
	{ACTION_QUESTION, READERS, ERR_NOT_FOUND, false, true}, /* and those that stand: test_question.c */
	{ACTION_RELEASE_RECEIPT, OFFICE, ERR_ROLE, false, true},
	{ACTION_NETWORK_SET, OFFICE, ERR_ROLE, false, true},
};
#define CELLS (sizeof(table) / sizeof(*table))

/* No action without its row. */
static void test_table_is_complete(void **state)
{
	const struct code_row *row;
	size_t count = 0;

	(void)state;
	while ((row = code_at(CODES_ACTION, count)) != NULL) {
		bool there = false;

		for (size_t i = 0; i < CELLS; i++)
			there |= table[i].action == row->number;
		if (!there)
			fail_msg("no cells for %s", row->code);
		count++;
	}
	assert_int_equal(count, CELLS);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < CELLS; i++)
		for (uint32_t role = 0; role <= ROLE_AUDITOR + 1; role++) {
			bool listed = role >= 1 && role <= ROLE_AUDITOR && (table[i].roles >> role & 1u);
			bool depositor = (table[i].action == ACTION_RECORD_DEPOSIT || table[i].action == ACTION_RECORD_AMEND) && role > ROLE_PATIENT &&
					 role <= ROLE_AUDITOR;

			assert_int_equal(contract_role_may(table[i].action, role, 0), listed);
			assert_int_equal(contract_role_may(table[i].action, role, RIGHT_DEPOSIT), listed || depositor);
			assert_int_equal(contract_role_may(table[i].action, role, RIGHT_EMERGENCY), listed);
		}
	assert_false(contract_role_may(99, ROLE_OFFICER, 0));
}

static void put(struct world *w, struct state_key key, const ProtobufCMessage *m)
{
	struct buf b = BUF_INIT;

	wire_encode(&b, m);
	assert_int_equal(w->kv.put(w->kv.self, state_key_bytes(&key), buf_bytes(&b)), ERR_OK);
	buf_release(&b);
}

/* An account on the ledger as no authority would make it: any role, in any standing. */
static void place(struct world *w, const struct world_account *a, uint32_t role, bool revoked, bool expired)
{
	Medlock__AccountState row = MEDLOCK__ACCOUNT_STATE__INIT;
	Medlock__PolicyState policy = MEDLOCK__POLICY_STATE__INIT;
	Medlock__KeySet keys;

	world_keyset(&keys, a);
	row.keys = &keys;
	row.role = role;
	row.revoked = revoked;
	row.not_after = w->block.time.v + (expired ? 0 : 1);
	policy.version = policy.next_rule = 1;
	policy.default_effect = EFFECT_DENY;
	put(w, state_key_account(&a->id), &row.base);
	put(w, state_key_policy(&a->id), &policy.base);
}

static enum err act(struct world *w, const struct world_account *by, uint32_t action, const struct account_id *whose)
{
	Medlock__CertRevoke revoke = MEDLOCK__CERT_REVOKE__INIT;
	Medlock__RecordErase erase = MEDLOCK__RECORD_ERASE__INIT;
	Medlock__AccountKeys keys = MEDLOCK__ACCOUNT_KEYS__INIT;
	Medlock__ConsentSet consent = MEDLOCK__CONSENT_SET__INIT;
	Medlock__ConsentPause pause = MEDLOCK__CONSENT_PAUSE__INIT;
	Medlock__AccessClose close = MEDLOCK__ACCESS_CLOSE__INIT;
	Medlock__Question question = MEDLOCK__QUESTION__INIT;
	Medlock__Released released = MEDLOCK__RELEASED__INIT, *list = &released;
	Medlock__ReleaseReceipt receipt = MEDLOCK__RELEASE_RECEIPT__INIT;
	Medlock__NetworkSet set = MEDLOCK__NETWORK_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(w, salt);
	enum err e;

	keys.helpers = keys.account = wire_data(BYTES_ID(*whose));
	revoke.account = consent.owner = pause.owner = close.request = erase.record = wire_data(BYTES_ID(*whose));
	released.request = released.record = question.request = question.text = close.request;
	revoke.reason = 1;
	consent.expected_version = 1;
	released.form = FORM_FULL;
	receipt.released = &list;
	receipt.n_released = 1;
	assert_int_equal(access_network(&set.network, &w->kv), ERR_OK);
	body.action_case = (Medlock__Body__ActionCase)action;
	switch (action) {
	case ACTION_CERT_REVOKE: body.cert_revoke = &revoke; break;
	case ACTION_ACCOUNT_KEYS: body.account_keys = &keys; break;
	case ACTION_RECORD_ERASE: body.record_erase = &erase; break;
	case ACTION_CONSENT_SET: body.consent_set = &consent; break;
	case ACTION_CONSENT_PAUSE: body.consent_pause = &pause; break;
	case ACTION_ACCESS_CLOSE: body.access_close = &close; break;
	case ACTION_QUESTION: body.question = &question; break;
	case ACTION_RELEASE_RECEIPT: body.release_receipt = &receipt; break;
	default: body.network_set = &set; break;
	}
	e = world_apply(w, NULL, &body, by, NULL);
	WIRE_FREE(set.network);
	return e;
}

static enum err expected(const struct cell *c, uint32_t role, bool revoked, bool expired, bool own)
{
	if (revoked)
		return ERR_REVOKED;
	if (expired)
		return ERR_EXPIRED;
	if (!(c->roles >> role & 1u))
		return ERR_ROLE;
	return own && c->own ? ERR_OK : c->foreign;
}

static void test_every_cell(void **state)
{
	struct world w;
	struct world_account a, other;

	(void)state;
	world_init(&w, 3);
	world_account_new(&a, w.rng, &w.network, ROLE_CLINICIAN);
	world_enrol(&w, &other, ROLE_PATIENT, NULL, 0, NULL, 0);
	for (size_t i = 0; i < CELLS; i++)
		for (uint32_t n = 0; table[i].walked && n < ROLE_AUDITOR * 8; n++) {
			uint32_t role = 1 + n / 8;
			bool revoked = n & 1, expired = n & 2, own = n & 4;

			place(&w, &a, role, revoked, expired);
			assert_int_equal(act(&w, &a, table[i].action, own ? &a.id : &other.id),
					 expected(&table[i], role, revoked, expired, own));
		}
	world_account_release(&a);
	world_account_release(&other);
	world_release(&w);
}

/* ---- the actions whose right is more than a role: authority, deposit right, attested purpose, badge ---- */

static const struct organisation_id hospital = {{7, 1}};

/* One signer's standing, and what it asks for. */
struct signer {
	uint32_t role;
	bool revoked, expired, own, authority, right, attested, badge, emergency, minor;
};

/* A number's bits, one for each property. */
static struct signer signer_of(uint32_t role, uint32_t bits)
{
	return (struct signer){role, bits & 1, bits & 2, bits & 4, bits & 8, bits & 16, bits & 32, bits & 64, bits & 128,
			       bits & 256};
}

static void place_signer(struct world *w, const struct world_account *a, const struct signer *s)
{
	Medlock__AccountState *row = NULL;
	Medlock__Network *n = NULL;
	ProtobufCBinaryData ids[2], *were, none;
	size_t count;
	uint32_t treat[] = {PURPOSE_TREAT}, *no_purposes;

	place(w, a, s->role, s->revoked, s->expired);
	assert_int_equal(access_account(&row, &w->kv, &a->id), ERR_OK);
	none = row->organisation;
	no_purposes = row->purposes;
	row->rights = (s->right ? RIGHT_DEPOSIT : 0u) | (s->badge ? RIGHT_EMERGENCY : 0u);
	row->organisation = wire_data(BYTES_ID(hospital));
	row->purposes = treat;
	row->n_purposes = s->attested ? 1 : 0;
	put(w, state_key_account(&a->id), &row->base);
	row->organisation = none;
	row->purposes = no_purposes;
	row->n_purposes = 0;
	WIRE_FREE(row);
	assert_int_equal(access_network(&n, &w->kv), ERR_OK);
	were = n->authorities;
	count = n->n_authorities;
	ids[0] = wire_data(BYTES_ID(w->ca.id));
	ids[1] = wire_data(BYTES_ID(a->id));
	n->authorities = ids;
	n->n_authorities = s->authority ? 2 : 1;
	put(w, state_key_network(), &n->base);
	n->authorities = were;
	n->n_authorities = count;
	WIRE_FREE(n);
}

/* Fresh keys of a patient, or the signer's own certificate renewed. */
static enum err anchor(struct world *w, const struct world_account *by, const struct signer *s)
{
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	struct world_account fresh;
	uint8_t salt[16], signature[64];
	Medlock__Body body = world_body(w, salt);
	enum err e;

	world_account_new(&fresh, w->rng, &w->network, ROLE_PATIENT);
	world_keyset(&keys, &fresh);
	world_keys_sign(signature, &fresh, &w->network);
	c.account = wire_data(s->own ? BYTES_ID(by->id) : BYTES_ID(fresh.id));
	if (!s->own) {
		c.keys = &keys;
		c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	}
	c.role = s->own ? s->role : ROLE_PATIENT;
	c.certificate = wire_data(BYTES_ID(fresh.id));
	c.not_after = w->block.time.v + 1000;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	e = world_apply(w, NULL, &body, by, NULL);
	world_account_release(&fresh);
	return e;
}

static enum err deposit(struct world *w, const struct world_account *by, const struct account_id *owner)
{
	Medlock__RecordDeposit *d = world_deposit_new(w, owner, by, CATEGORY_LAB, 1u << FORM_FULL);
	uint8_t salt[16];
	Medlock__Body body = world_body(w, salt);
	enum err e;

	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	e = world_apply(w, NULL, &body, by, NULL);
	world_deposit_free(d);
	return e;
}

static enum err request(struct world *w, const struct world_account *by, const struct account_id *owner, bool emergency)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct world_account keys;
	uint8_t salt[16];
	Medlock__Body body = world_body(w, salt);
	enum err e;

	world_account_new(&keys, w->rng, &w->network, ROLE_CLINICIAN);
	r.owner = wire_data(BYTES_ID(*owner));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.emergency = emergency;
	r.reason = emergency ? EMERGENCY_REASON_UNCONSCIOUS : 0;
	r.sign_key = wire_data(BYTES_ID(keys.sign));
	r.seal_key = wire_data(bytes_of(keys.seal, 32));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	e = world_apply(w, NULL, &body, by, NULL);
	world_account_release(&keys);
	return e;
}

struct walk {
	struct world w;
	struct world_account a, other, third;
	unsigned passed;
};

/* Whoever signs names somebody for herself, or for the other. */
static enum err name_proxy(struct walk *k, const struct account_id *owner)
{
	Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&k->w, salt);

	p.owner = wire_data(BYTES_ID(*owner));
	p.delegate = wire_data(BYTES_ID(k->third.id));
	p.scope = SCOPE_READ;
	p.valid_to = k->w.block.time.v + 1;
	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = &p;
	return world_apply(&k->w, NULL, &body, &k->a, NULL);
}

/* The other is a minor until the next instant, or was until this one; her list is empty again. */
static void set_minor(struct walk *k, bool minor)
{
	struct state_key list = state_key_proxies(&k->other.id), own = state_key_proxies(&k->a.id);
	Medlock__AccountState *row = NULL;

	assert_int_equal(access_account(&row, &k->w.kv, &k->other.id), ERR_OK);
	row->minor_until = k->w.block.time.v + minor;
	put(&k->w, state_key_account(&k->other.id), &row->base);
	WIRE_FREE(row);
	assert_int_equal(k->w.kv.del(k->w.kv.self, state_key_bytes(&list)), ERR_OK);
	assert_int_equal(k->w.kv.del(k->w.kv.self, state_key_bytes(&own)), ERR_OK);
}

/* Nobody waits for an answer: who may give one is told so. */
static enum err answer(struct walk *k, const struct account_id *owner)
{
	Medlock__AccessAnswer x = MEDLOCK__ACCESS_ANSWER__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&k->w, salt);

	x.owner = x.request = wire_data(BYTES_ID(*owner));
	x.answer = ANSWER_NO;
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_ANSWER;
	body.access_answer = &x;
	return world_apply(&k->w, NULL, &body, &k->a, NULL);
}

static enum err expect_answer(const struct signer *s)
{
	return s->role == ROLE_PATIENT && s->own ? ERR_NOT_FOUND : ERR_ROLE;
}

/* Patients for themselves; the authority for a minor. */
static enum err expect_proxy(const struct signer *s)
{
	if (!((OFFICE | B(PATIENT)) >> s->role & 1u))
		return ERR_ROLE;
	if (s->own)
		return s->role == ROLE_PATIENT ? ERR_OK : ERR_ROLE;
	return !s->authority ? ERR_ROLE : s->minor ? ERR_OK : ERR_NOT_MINOR;
}

/* Power over accounts is the authorities', and none of them names a peer, an operator or an auditor. */
static enum err expect_anchor(const struct signer *s)
{
	if (!(OFFICE >> s->role & 1u) || !s->authority)
		return ERR_ROLE;
	if (s->own) /* an office is renewed by two: alone not even one's own */
		return s->role == ROLE_OFFICER ? ERR_FOUR_EYES : ERR_ROLE;
	return ERR_OK;
}

/* A patient deposits nothing, and nothing is deposited for anybody but a patient. */
static enum err expect_deposit(const struct signer *s)
{
	bool may = s->authority ? (OFFICE >> s->role & 1u) || s->right : s->right;

	if (s->role == ROLE_PATIENT || !may)
		return ERR_ROLE;
	return s->own ? ERR_NOT_FOUND : ERR_OK;
}

/* Everybody reads their own; another's with an attested purpose, in an emergency with a badge; a patient never. */
static enum err expect_request(const struct signer *s)
{
	if (!(READERS >> s->role & 1u))
		return ERR_ROLE;
	if (s->own)
		return ERR_OK;
	return s->role != ROLE_PATIENT && s->attested && (!s->emergency || s->badge) ? ERR_OK : ERR_ROLE;
}

static void cell(struct walk *k, uint32_t action, const struct signer *s)
{
	const struct account_id *owner = s->own ? &k->a.id : &k->other.id;
	enum err e, want;

	place_signer(&k->w, &k->a, s);
	if (action == ACTION_CERT_ANCHOR) {
		e = anchor(&k->w, &k->a, s);
		want = expect_anchor(s);
	} else if (action == ACTION_RECORD_DEPOSIT) {
		e = deposit(&k->w, &k->a, owner);
		want = expect_deposit(s);
	} else if (action == ACTION_PROXY_SET) {
		set_minor(k, s->minor);
		e = name_proxy(k, owner);
		want = expect_proxy(s);
	} else if (action == ACTION_ACCESS_ANSWER) {
		e = answer(k, owner);
		want = expect_answer(s);
	} else {
		e = request(&k->w, &k->a, owner, s->emergency);
		want = expect_request(s);
	}
	want = s->revoked ? ERR_REVOKED : s->expired ? ERR_EXPIRED : want;
	if (e != want)
		fail_msg("action %u by role %u, revoked %d expired %d own %d authority %d right %d attested %d badge %d "
			 "emergency %d minor %d: %d, expected %d", action, s->role, s->revoked, s->expired, s->own, s->authority,
			 s->right, s->attested, s->badge, s->emergency, s->minor, (int)e, (int)want);
	k->passed += e == ERR_OK;
}

/* Every combination of the properties in `bits`, for every role. */
static unsigned walk(uint32_t action, uint32_t bits)
{
	struct walk k = {.passed = 0};

	world_init(&k.w, 5);
	world_account_new(&k.a, k.w.rng, &k.w.network, ROLE_CLINICIAN);
	k.a.organisation = hospital;
	world_enrol(&k.w, &k.other, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&k.w, &k.third, ROLE_PATIENT, NULL, 0, NULL, 0);
	for (uint32_t role = 1; role <= ROLE_AUDITOR; role++)
		for (uint32_t n = 0; n < 512; n++)
			if ((n & ~bits) == 0) {
				struct signer s = signer_of(role, n);

				cell(&k, action, &s);
			}
	world_account_release(&k.a);
	world_account_release(&k.other);
	world_account_release(&k.third);
	world_release(&k.w);
	return k.passed;
}

#define STANDING (1u | 2u | 4u) /* revoked, expired, own */

static void test_every_anchor(void **state)
{
	(void)state;
	assert_int_equal(walk(ACTION_CERT_ANCHOR, STANDING | 8u | 16u), 3 * 2);
}

static void test_every_deposit(void **state)
{
	(void)state;
	assert_int_equal(walk(ACTION_RECORD_DEPOSIT, STANDING | 8u | 16u), 3 * 3 + 3 * 2);
}

static void test_every_request(void **state)
{
	(void)state;
	/* own: four roles, all of 8 bits; another's: three roles, attested, and not an emergency without a badge */
	assert_int_equal(walk(ACTION_ACCESS_REQUEST, STANDING | 32u | 64u | 128u), 4 * 8 + 3 * 3);
}

static void test_every_proxy(void **state)
{
	(void)state;
	/* a patient for herself: authority or not, minor or not; for another: three offices and a patient, who are
	 * authorities, while she is a minor
	 */
	assert_int_equal(walk(ACTION_PROXY_SET, STANDING | 8u | 256u), 4 + 4);
}

static void test_every_answer(void **state)
{
	(void)state;
	assert_int_equal(walk(ACTION_ACCESS_ANSWER, STANDING | 8u | 16u), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_table_is_complete), cmocka_unit_test(test_every_cell),
					   cmocka_unit_test(test_every_anchor), cmocka_unit_test(test_every_deposit),
					   cmocka_unit_test(test_every_request), cmocka_unit_test(test_every_proxy),
					   cmocka_unit_test(test_every_answer)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
