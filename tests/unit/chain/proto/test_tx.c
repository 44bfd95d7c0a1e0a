/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/proto/shape.h"
#include "core/crypto/hash.h"
#include "ledger_help.h"

static const struct network_id network = {{1, 2, 3}};
static struct person person;

static int group_setup(void **state)
{
	person_init(&person, &network, 1);
	return 0;
}

static int group_teardown(void **state)
{
	person_release(&person);
	return 0;
}

/* A request for two records of the person's own. */
struct request {
	Medlock__Body body;
	Medlock__AccessRequest action;
	ProtobufCBinaryData records[2];
	uint32_t categories[2];
};

static void request_init(struct request *r)
{
	static const uint8_t low[32] = {1}, high[32] = {2};

	medlock__body__init(&r->body);
	medlock__access_request__init(&r->action);
	r->records[0] = wire_data(bytes_of(low, 32));
	r->records[1] = wire_data(bytes_of(high, 32));
	r->categories[0] = CATEGORY_LAB;
	r->categories[1] = CATEGORY_IMG;
	r->action.owner = wire_data(BYTES_ID(person.account));
	r->action.purpose = PURPOSE_TREAT;
	r->action.form = FORM_FULL;
	r->action.n_records = 2;
	r->action.records = r->records;
	r->action.n_categories = 2;
	r->action.categories = r->categories;
	r->action.sign_key = person.keys.sign;
	r->action.seal_key = person.keys.seal;
	r->body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	r->body.access_request = &r->action;
}

/* What parsing says about this request, signed. */
static enum err verdict(struct request *r)
{
	struct buf raw = BUF_INIT;
	struct tx_id id;
	struct tx tx;
	enum err e = person_tx(&raw, &id, &person, &r->body, &network);

	if (!e) {
		e = tx_parse(&tx, buf_bytes(&raw), NULL);
		assert_int_equal(e, ERR_OK);
		tx_release(&tx);
	}
	buf_release(&raw);
	return e;
}

/* The same without the builder's order and checks: what a foreign program could send. */
static enum err foreign_verdict(Medlock__Body *body)
{
	static const uint8_t salt[TX_SALT_SIZE] = {1};
	const struct signature signature = {{1}};
	struct buf encoded = BUF_INIT, raw = BUF_INIT;
	struct tx_id id;
	struct tx tx;
	enum err e;

	body->network_id = wire_data(BYTES_ID(network));
	body->salt = wire_data(bytes_of(salt, sizeof(salt)));
	body->valid_until = 1;
	WIRE_ENCODE(&encoded, body);
	assert_int_equal(tx_assemble(&raw, &id, buf_bytes(&encoded), &person.account, &signature), ERR_OK);
	e = tx_parse(&tx, buf_bytes(&raw), NULL);
	if (!e)
		tx_release(&tx);
	buf_release(&encoded);
	buf_release(&raw);
	return e;
}

static void test_parse_gives_what_was_built(void **state)
{
	struct request r;
	struct buf raw = BUF_INIT, again = BUF_INIT;
	struct tx_id id;
	struct tx tx;
	struct hash32 whole, body;

	request_init(&r);
	assert_int_equal(person_tx(&raw, &id, &person, &r.body, &network), ERR_OK);
	assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
	whole = hash_sha256(buf_bytes(&raw));
	body = hash_sha256(wire_bytes(tx.wire->body));
	assert_memory_equal(tx.id.b, whole.b, 32);
	assert_memory_equal(id.b, whole.b, 32);
	assert_memory_equal(tx.body_hash.b, body.b, 32);
	assert_int_equal(tx.action, ACTION_ACCESS_REQUEST);
	assert_int_equal(tx.cost, COST_SIGNATURE);
	assert_int_equal(tx.body->access_request->n_records, 2);
	assert_int_equal(tx_verify_signature(&tx, tx.wire->auth->signature, &person.sign), ERR_OK);
	WIRE_ENCODE(&again, tx.wire);
	assert_true(bytes_equal(buf_bytes(&raw), buf_bytes(&again)));
	tx_release(&tx);
	buf_release(&raw);
	buf_release(&again);
}

static void test_signature_is_bound(void **state)
{
	struct request r;
	struct buf raw = BUF_INIT;
	struct tx_id id;
	struct tx tx;
	struct person other;

	request_init(&r);
	person_init(&other, &network, 2);
	assert_int_equal(person_tx(&raw, &id, &person, &r.body, &network), ERR_OK);
	assert_int_equal(tx_parse(&tx, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(tx_verify_signature(&tx, tx.wire->auth->signature, &other.sign), ERR_SIGNATURE);
	tx.signing_hash.b[0] ^= 1;
	assert_int_equal(tx_verify_signature(&tx, tx.wire->auth->signature, &person.sign), ERR_SIGNATURE);
	tx_release(&tx);
	buf_release(&raw);
	person_release(&other);
}

/* The formulas of docs/formats/transaction.md, written out. */
static void test_formulas(void **state)
{
	struct bytes body = bytes_str("body");
	struct account_id account = {{7}};
	struct hash32 got, want, body_hash = hash_sha256(body);
	struct record_id record;
	struct request_id request;
	struct buf b = BUF_INIT;

	buf_append_text(&b, "medlock-tx-v1");
	buf_append_bytes(&b, BYTES_ID(network));
	buf_append_be64(&b, 4);
	buf_append_bytes(&b, body);
	want = hash_sha256(buf_bytes(&b));
	got = tx_signing_hash(&network, body);
	assert_memory_equal(got.b, want.b, 32);
	static const char *const tags[] = {"medlock-replay-v1", "medlock-record-v1", "medlock-request-v1"};
	record = tx_record_id(&body_hash, &account);
	request = tx_request_id(&body_hash, &account);
	got = tx_replay_key(&body_hash, &account);
	const uint8_t *results[] = {got.b, record.b, request.b};

	for (int i = 0; i < 3; i++) {
		buf_clear(&b);
		buf_append_text(&b, tags[i]);
		buf_append_bytes(&b, BYTES_ID(body_hash));
		buf_append_bytes(&b, BYTES_ID(account));
		want = hash_sha256(buf_bytes(&b));
		assert_memory_equal(results[i], want.b, 32);
	}
	buf_release(&b);
}

static void test_lists_ascend(void **state)
{
	struct request r;
	ProtobufCBinaryData first;

	request_init(&r);
	first = r.records[0];
	r.records[0] = r.records[1];
	assert_int_equal(verdict(&r), ERR_FORMAT); /* twice the same */
	r.records[1] = first;
	assert_int_equal(foreign_verdict(&r.body), ERR_FORMAT); /* falling */
	assert_int_equal(verdict(&r), ERR_OK);			/* the builder sorts a copy */
	assert_ptr_equal(r.records[1].data, first.data);
	tx_body_sort(&r.body);
	assert_int_equal(foreign_verdict(&r.body), ERR_OK);
	r.categories[0] = CATEGORY_IMG;
	r.categories[1] = CATEGORY_LAB;
	assert_int_equal(foreign_verdict(&r.body), ERR_FORMAT);
	tx_body_sort(&r.body);
	assert_int_equal(foreign_verdict(&r.body), ERR_OK);
}

static void test_lengths_and_codes(void **state)
{
	struct request r;

	request_init(&r);
	r.action.owner.len = 31;
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.action.purpose = 99;
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.action.form = 0;
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.action.reason = EMERGENCY_REASON_UNCONSCIOUS;
	assert_int_equal(verdict(&r), ERR_FORMAT); /* without an emergency */
	r.action.emergency = true;
	assert_int_equal(verdict(&r), ERR_OK);
	r.action.reason = 0;
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.action.sign_key = wire_data(bytes_of((const uint8_t[32]){1}, 32)); /* small order */
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.action.project = wire_data(bytes_of("short", 5));
	assert_int_equal(verdict(&r), ERR_FORMAT);
	request_init(&r);
	r.body.action_case = MEDLOCK__BODY__ACTION__NOT_SET;
	assert_int_equal(verdict(&r), ERR_FORMAT);
}

/* One consent_set with one rule. */
struct consent {
	Medlock__Body body;
	Medlock__ConsentSet action;
	Medlock__Rule rule, *rules[1];
	Medlock__Actor actors[2], *list[2];
};

static void consent_init(struct consent *c)
{
	medlock__body__init(&c->body);
	medlock__consent_set__init(&c->action);
	medlock__rule__init(&c->rule);
	for (int i = 0; i < 2; i++) {
		medlock__actor__init(&c->actors[i]);
		c->list[i] = &c->actors[i];
	}
	c->actors[0].kind = ACTOR_ACCOUNT;
	c->actors[0].id = wire_data(BYTES_ID(person.account));
	c->actors[1].kind = ACTOR_ROLE;
	c->actors[1].role = ROLE_CLINICIAN;
	c->rule.effect = EFFECT_PERMIT;
	c->rule.n_actors = 2;
	c->rule.actors = c->list;
	c->rules[0] = &c->rule;
	c->action.owner = wire_data(BYTES_ID(person.account));
	c->action.n_put = 1;
	c->action.put = c->rules;
	c->body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	c->body.consent_set = &c->action;
}

static enum err consent_verdict(struct consent *c)
{
	struct buf raw = BUF_INIT;
	struct tx_id id;
	enum err e = person_tx(&raw, &id, &person, &c->body, &network);

	buf_release(&raw);
	return e;
}

static void test_rules(void **state)
{
	struct consent c;
	Medlock__Rule *twice[] = {&c.rule, &c.rule};
	uint32_t one = 1;

	consent_init(&c);
	assert_int_equal(consent_verdict(&c), ERR_OK);
	c.rule.lock = true;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT); /* only a denial locks */
	c.rule.effect = EFFECT_DENY;
	assert_int_equal(consent_verdict(&c), ERR_OK);
	c.rule.lock = false;
	c.rule.emergency_ok = true;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	consent_init(&c);
	c.rule.id = 1; /* takes the place of rule 1: once, and not removed as well */
	assert_int_equal(consent_verdict(&c), ERR_OK);
	c.action.put = twice;
	c.action.n_put = 2;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	c.rule.id = 0;
	assert_int_equal(consent_verdict(&c), ERR_OK);
	c.rule.id = 1;
	c.action.n_put = 1;
	c.action.remove = &one;
	c.action.n_remove = 1;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	one = 2;
	assert_int_equal(consent_verdict(&c), ERR_OK);
	consent_init(&c);
	c.rule.valid_from = 10;
	c.rule.valid_to = 10;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	consent_init(&c);
	c.actors[1].role = 0;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	consent_init(&c);
	c.actors[0].kind = ACTOR_EVERYONE; /* with an id */
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
	consent_init(&c);
	c.list[0] = &c.actors[1];
	c.list[1] = &c.actors[0];
	assert_int_equal(foreign_verdict(&c.body), ERR_FORMAT);
	rule_sort(&c.rule);
	assert_int_equal(foreign_verdict(&c.body), ERR_OK);
	c.action.default_effect = EFFECT_PERMIT;
	assert_int_equal(consent_verdict(&c), ERR_FORMAT);
}

/* One field wrong at a time. */
static void test_proxies(void **state)
{
	static const uint8_t other[32] = {7};
	const struct {
		uint32_t scope;
		int64_t from, to;
		bool self, remove;
		enum err want;
	} cells[] = {
		{SCOPE_READ, 0, 0, false, false, ERR_OK},     {7, 5, 6, false, false, ERR_OK},
		{0, 0, 0, false, true, ERR_OK},		      {0, 0, 0, false, false, ERR_FORMAT},
		{8, 0, 0, false, false, ERR_FORMAT},	      {7, 6, 6, false, false, ERR_FORMAT},
		{7, -1, 0, false, false, ERR_FORMAT},	      {7, 0, -1, false, false, ERR_FORMAT},
		{7, 0, 0, true, false, ERR_FORMAT},	      {SCOPE_READ, 0, 0, false, true, ERR_FORMAT},
		{0, 1, 0, false, true, ERR_FORMAT},	      {0, 0, 1, false, true, ERR_FORMAT},
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		Medlock__Body body = MEDLOCK__BODY__INIT;
		Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;

		p.owner = wire_data(BYTES_ID(person.account));
		p.delegate = cells[i].self ? p.owner : wire_data(bytes_of(other, 32));
		p.scope = cells[i].scope;
		p.valid_from = cells[i].from;
		p.valid_to = cells[i].to;
		p.remove = cells[i].remove;
		body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
		body.proxy_set = &p;
		assert_int_equal(foreign_verdict(&body), cells[i].want);
	}
}

static void test_limits(void **state)
{
	static uint8_t huge[TX_SIZE_MAX + 1];
	struct tx tx;
	struct consent c;
	uint32_t remove[RULES_PER_ACCOUNT_MAX + 1];

	assert_int_equal(tx_parse(&tx, bytes_of(huge, sizeof(huge)), NULL), ERR_TOO_LARGE);
	assert_int_equal(tx_parse(&tx, bytes_of(huge, 0), NULL), ERR_FORMAT);
	consent_init(&c);
	for (uint32_t i = 0; i < RULES_PER_ACCOUNT_MAX + 1; i++)
		remove[i] = i + 1;
	c.action.remove = remove;
	c.action.n_remove = RULES_PER_ACCOUNT_MAX;
	assert_int_equal(consent_verdict(&c), ERR_OK);
	c.action.n_remove++;
	assert_int_equal(consent_verdict(&c), ERR_LIMIT);
}

static void test_keyset(void **state)
{
	struct network_id other = {{9}};
	struct person p;
	struct bytes signature = bytes_of(person.signature, 64);

	assert_int_equal(keyset_check(&person.keys, signature, &network, &person.account), ERR_OK);
	assert_int_equal(keyset_check(&person.keys, signature, &other, &person.account), ERR_SIGNATURE);
	assert_int_equal(keyset_check(&person.keys, bytes_of(signature.data, 63), &network, &person.account),
			 ERR_FORMAT);
	/* A key set signed for this network, whose proof of possession was made for another one. */
	person_init(&p, &other, 3);
	struct hash32 statement;
	struct signature fresh;

	assert_int_equal(keyset_statement(&statement, &network, &p.account, &p.keys), ERR_OK);
	sign_make(&fresh, p.seed, BYTES_ID(statement));
	assert_int_equal(keyset_check(&p.keys, BYTES_ID(fresh), &network, &p.account), ERR_PROOF);
	person_release(&p);
}

static void test_deposit_label(void **state)
{
	static const uint8_t blob[32] = {5}, capsule[160] = {6};
	Medlock__RecordDeposit d = MEDLOCK__RECORD_DEPOSIT__INIT;
	Medlock__Rendition r = MEDLOCK__RENDITION__INIT, *list[] = {&r};
	struct hash32 bare, with, other;

	r.form = FORM_FULL;
	r.blob = wire_data(bytes_of(blob, 32));
	r.size = 10;
	d.owner = wire_data(BYTES_ID(person.account));
	d.category = CATEGORY_LAB;
	d.n_renditions = 1;
	d.renditions = list;
	assert_int_equal(deposit_label(&bare, &network, &person.account, &d), ERR_OK);
	r.capsule = wire_data(bytes_of(capsule, 160));
	assert_int_equal(deposit_label(&with, &network, &person.account, &d), ERR_OK);
	assert_memory_equal(bare.b, with.b, 32); /* the capsule itself is not in it */
	d.n_labels = 2;
	d.labels = (uint32_t[]){LABEL_MH, LABEL_HIV};
	assert_int_equal(deposit_label(&bare, &network, &person.account, &d), ERR_OK);
	d.labels = (uint32_t[]){LABEL_HIV, LABEL_MH};
	assert_int_equal(deposit_label(&with, &network, &person.account, &d), ERR_OK);
	assert_memory_equal(bare.b, with.b, 32); /* nor the order in which somebody wrote its lists */
	assert_int_equal(d.labels[0], LABEL_HIV);
	r.size = 11;
	assert_int_equal(deposit_label(&other, &network, &person.account, &d), ERR_OK);
	assert_memory_not_equal(bare.b, other.b, 32);
	assert_int_equal(r.capsule.len, 160);
}

/* A deposit replaces nothing; an amendment says what it replaces; an order of erasure names one record. */
static void test_versions(void **state)
{
	static const uint8_t blob[32] = {5}, capsule[160] = {6};
	Medlock__RecordDeposit d = MEDLOCK__RECORD_DEPOSIT__INIT;
	Medlock__RecordErase x = MEDLOCK__RECORD_ERASE__INIT;
	Medlock__Rendition r = MEDLOCK__RENDITION__INIT, *list[] = {&r};
	Medlock__Body body = MEDLOCK__BODY__INIT;

	(void)state;
	r.form = FORM_FULL;
	r.blob = wire_data(bytes_of(blob, 32));
	r.size = 10;
	r.capsule = wire_data(bytes_of(capsule, 160));
	d.owner = wire_data(BYTES_ID(person.account));
	d.category = CATEGORY_LAB;
	d.confidentiality = CONFIDENTIALITY_N;
	d.n_renditions = 1;
	d.renditions = list;
	body.network_id = wire_data(BYTES_ID(network));
	body.salt = wire_data(bytes_of(blob, 16));
	body.valid_until = 1;
	for (int named = 0; named < 2; named++) {
		d.supersedes = wire_data(bytes_of(named ? blob : NULL, named ? 32 : 0));
		body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
		body.record_deposit = &d;
		assert_int_equal(tx_check_body(&body, NULL), named ? ERR_FORMAT : ERR_OK);
		body.action_case = MEDLOCK__BODY__ACTION_RECORD_AMEND;
		body.record_amend = &d;
		assert_int_equal(tx_check_body(&body, NULL), named ? ERR_OK : ERR_FORMAT);
		x.record = d.supersedes;
		body.action_case = MEDLOCK__BODY__ACTION_RECORD_ERASE;
		body.record_erase = &x;
		assert_int_equal(tx_check_body(&body, NULL), named ? ERR_OK : ERR_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_gives_what_was_built),
		cmocka_unit_test(test_signature_is_bound),
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_lists_ascend),
		cmocka_unit_test(test_lengths_and_codes),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_keyset),
		cmocka_unit_test(test_deposit_label),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
