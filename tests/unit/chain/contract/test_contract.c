/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "chain/contract/consent_eval.h"
#include "world.h"

static const struct organisation_id hospital = {{7, 1}};
static const uint32_t treat[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_HRESCH};

/* A patient, a depositing clinician, an ambulance, another patient; one full record and one in both forms. */
struct scene {
	struct world w;
	struct world_account anna, bram, doctor, ambulance;
	struct record_id full, both;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 1);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->bram, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, &hospital, RIGHT_DEPOSIT, treat, 3);
	world_enrol(&s->w, &s->ambulance, ROLE_CLINICIAN, NULL, RIGHT_EMERGENCY, treat, 3);
	s->full = world_record(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);
	s->both = world_record(&s->w, &s->anna.id, &s->doctor, CATEGORY_IMG, 1u << FORM_FULL | 1u << FORM_DEID);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->bram);
	world_account_release(&s->doctor);
	world_account_release(&s->ambulance);
	world_release(&s->w);
	free(s);
	return 0;
}

static uint64_t policy_version(struct scene *s, const struct account_id *owner)
{
	struct state_key key = state_key_policy(owner);
	struct buf b = BUF_INIT;
	Medlock__PolicyState *p = NULL;
	uint64_t version;

	assert_int_equal(s->w.kv.get(s->w.kv.self, &b, state_key_bytes(&key)), ERR_OK);
	assert_int_equal(WIRE_DECODE(&p, medlock__policy_state, buf_bytes(&b), 1 << 20, NULL), ERR_OK);
	version = p->version;
	WIRE_FREE(p);
	buf_release(&b);
	return version;
}

/* Put one rule (NULL: none), remove one (0: none), by somebody, expecting a version. */
static enum err consent(struct scene *s, const struct world_account *by, uint64_t version, Medlock__Rule *rule,
			uint32_t remove)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.expected_version = version;
	c.put = &rule;
	c.n_put = rule ? 1 : 0;
	c.remove = &remove;
	c.n_remove = remove ? 1 : 0;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static enum err pause_all(struct scene *s, const struct world_account *by, bool paused)
{
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

struct asked {
	uint32_t purpose, form;
	bool emergency;
	const struct record_id *records;
	size_t count;
};

static enum err request(struct scene *s, Medlock__TxResult **ret, const struct world_account *by, const struct asked *q)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	ProtobufCBinaryData ids[8];
	struct world_account keys;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct contract_result result = {0};
	enum err e;

	world_account_new(&keys, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	for (size_t i = 0; i < q->count; i++)
		ids[i] = wire_data(BYTES_ID(q->records[i]));
	r.owner = wire_data(BYTES_ID(s->anna.id));
	r.purpose = q->purpose;
	r.form = q->form ? q->form : FORM_FULL;
	r.emergency = q->emergency;
	r.reason = q->emergency ? EMERGENCY_REASON_UNCONSCIOUS : 0;
	r.records = ids;
	r.n_records = q->count;
	r.sign_key = wire_data(BYTES_ID(keys.sign));
	r.seal_key = wire_data(bytes_of(keys.seal, 32));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	tx_body_sort(&body);
	e = world_apply(&s->w, &result, &body, by, NULL);
	if (!e)
		assert_int_equal(WIRE_DECODE(ret, medlock__tx_result, buf_bytes(&result.data), 1 << 20, NULL), ERR_OK);
	contract_result_release(&result);
	world_account_release(&keys);
	return e;
}

static size_t granted_count(struct scene *s, const struct world_account *by, const struct asked *q)
{
	Medlock__TxResult *r = NULL;
	size_t n = 0;

	assert_int_equal(request(s, &r, by, q), ERR_OK);
	for (size_t i = 0; i < r->n_records; i++)
		n += r->records[i]->decision == DECISION_GRANTED;
	WIRE_FREE(r);
	return n;
}

static Medlock__Rule permit_treat(uint32_t *purpose)
{
	Medlock__Rule r = MEDLOCK__RULE__INIT;

	*purpose = PURPOSE_TREAT;
	r.effect = EFFECT_PERMIT;
	r.purposes = purpose;
	r.n_purposes = 1;
	return r;
}

static void test_default_denies_and_permit_grants(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT};
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	assert_int_equal(granted_count(s, &s->doctor, &q), 0);
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(policy_version(s, &s->anna.id), 2);
	assert_int_equal(granted_count(s, &s->doctor, &q), 2);
	q.purpose = PURPOSE_HRESCH;
	assert_int_equal(granted_count(s, &s->doctor, &q), 0);
}

static void test_compare_and_set(void **state)
{
	struct scene *s = *state;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);
	struct hash32 before = memory_kv_digest(s->w.memory), after;

	assert_int_equal(consent(s, &s->anna, 2, &r, 0), ERR_CONFLICT);
	assert_int_equal(consent(s, &s->bram, 1, &r, 0), ERR_ROLE);
	assert_int_equal(consent(s, &s->doctor, 1, &r, 0), ERR_ROLE);
	assert_int_equal(consent(s, &s->anna, 1, NULL, 9), ERR_NOT_FOUND);
	after = memory_kv_digest(s->w.memory);
	assert_memory_equal(before.b, after.b, 32);
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(consent(s, &s->anna, 2, NULL, 1), ERR_OK);
	assert_int_equal(policy_version(s, &s->anna.id), 3);
}

static void test_rules_limit(void **state)
{
	struct scene *s = *state;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p), *list[RULES_PER_ACCOUNT_MAX];
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	for (size_t i = 0; i < RULES_PER_ACCOUNT_MAX; i++)
		list[i] = &r;
	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.expected_version = 1;
	c.put = list;
	c.n_put = RULES_PER_ACCOUNT_MAX;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	assert_int_equal(consent(s, &s->anna, 2, &r, 0), ERR_LIMIT);
	assert_int_equal(consent(s, &s->anna, 2, &r, 7), ERR_OK);
}

static void test_uses_are_spent_once_a_request(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT};
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	r.uses_left = 2;
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(granted_count(s, &s->doctor, &q), 2);
	assert_int_equal(granted_count(s, &s->doctor, &q), 2);
	assert_int_equal(granted_count(s, &s->doctor, &q), 0);
}

static void test_rule_interval_is_half_open(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT};
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);
	int64_t now = s->w.block.time.v;

	r.valid_from = now + 10;
	r.valid_to = now + 20;
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	for (int64_t d = 9; d <= 20; d++) {
		s->w.block.time.v = now + d;
		assert_int_equal(granted_count(s, &s->doctor, &q), d >= 10 && d < 20 ? 2 : 0);
	}
}

static void test_pause_stops_all_but_an_emergency(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT}, e = {.purpose = PURPOSE_ETREAT, .emergency = true};
	Medlock__TxResult *unused = NULL;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(pause_all(s, &s->bram, true), ERR_ROLE);
	assert_int_equal(pause_all(s, &s->anna, true), ERR_OK);
	assert_int_equal(granted_count(s, &s->doctor, &q), 0);
	assert_int_equal(granted_count(s, &s->ambulance, &e), 2);
	assert_int_equal(request(s, &unused, &s->doctor, &e), ERR_ROLE);
	assert_int_equal(pause_all(s, &s->anna, false), ERR_OK);
	assert_int_equal(granted_count(s, &s->doctor, &q), 2);
}

static void test_form(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT};
	Medlock__TxResult *result = NULL;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	r.form = FORM_DEID;
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(request(s, &result, &s->doctor, &q), ERR_OK);
	assert_int_equal(result->n_records, 1);
	assert_int_equal(result->records[0]->form, FORM_DEID);
	assert_memory_equal(result->records[0]->record.data, s->both.b, 32);
	WIRE_FREE(result);
}

/* The requester's side of a refused record and of one that is not there: the same but for what is random. */
static void test_absent_and_refused_look_alike(void **state)
{
	struct scene *s = *state;
	struct record_id nothing = {{9}};
	Medlock__TxResult *x = NULL, *y = NULL;

	assert_int_equal(request(s, &x, &s->doctor,
				 &(struct asked){.purpose = PURPOSE_TREAT, .records = &s->full, .count = 1}), ERR_OK);
	assert_int_equal(request(s, &y, &s->doctor,
				 &(struct asked){.purpose = PURPOSE_TREAT, .records = &nothing, .count = 1}), ERR_OK);
	assert_int_equal(x->n_records, 0);
	assert_int_equal(y->n_records, 0);
	assert_int_equal(protobuf_c_message_get_packed_size(&x->base), protobuf_c_message_get_packed_size(&y->base));
	WIRE_FREE(x);
	WIRE_FREE(y);
}

struct heard {
	size_t count;
	uint64_t last;
	struct hash32 head;
	struct account_id owner;
};

static enum err hear(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct heard *h = self;
	Medlock__Event *e = NULL;

	assert_int_equal(event_parse(&e, owner, n, event, NULL), ERR_OK);
	WIRE_FREE(e);
	h->count++;
	h->last = n;
	h->owner = *owner;
	return ERR_OK;
}

static void test_repeat_gives_the_first_result(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct contract_result first = {0}, second = {0};
	struct heard h = {0};
	struct contract_sink sink = {&h, hear};
	struct hash32 before, after;

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	assert_int_equal(world_apply(&s->w, &first, &body, &s->anna, &sink), ERR_OK);
	assert_int_equal(h.count, 1);
	before = memory_kv_digest(s->w.memory);
	assert_int_equal(world_apply(&s->w, &second, &body, &s->anna, &sink), ERR_OK);
	after = memory_kv_digest(s->w.memory);
	assert_memory_equal(before.b, after.b, 32);
	assert_true(bytes_equal(buf_bytes(&first.data), buf_bytes(&second.data)));
	assert_int_equal(h.count, 1);
	contract_result_release(&first);
	contract_result_release(&second);
}

static void test_window_of_heights(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct network_id other = {{1}};

	c.owner = wire_data(BYTES_ID(s->anna.id));
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	body.valid_until = s->w.block.height - 1;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_TX_EXPIRED);
	body.valid_until = s->w.block.height + TX_VALID_AHEAD_MAX + 1;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_RANGE);
	body.valid_until = s->w.block.height + TX_VALID_AHEAD_MAX;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	body.valid_until = s->w.block.height;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_OK);
	body.network_id = wire_data(BYTES_ID(other));
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_NETWORK_ID);
}

static enum err revoke(struct scene *s, const struct account_id *who, const struct world_account *by)
{
	Medlock__CertRevoke c = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.account = wire_data(BYTES_ID(*who));
	c.reason = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static void test_revocation(void **state)
{
	struct scene *s = *state;

	assert_int_equal(revoke(s, &s->doctor.id, &s->bram), ERR_ROLE);
	assert_int_equal(revoke(s, &s->w.op.id, &s->w.ca), ERR_ROLE);
	assert_int_equal(revoke(s, &s->doctor.id, &s->w.ca), ERR_OK);
	assert_int_equal(revoke(s, &s->doctor.id, &s->w.ca), ERR_REVOKED);
	assert_int_equal(revoke(s, &s->bram.id, &s->bram), ERR_OK);
	assert_int_equal(revoke(s, &s->bram.id, &s->bram), ERR_REVOKED);
}

static enum err release(struct scene *s, const struct request_id *r, int64_t clock_ahead, uint32_t form)
{
	struct access_release out;
	struct time_ms clock = {s->w.block.time.v + clock_ahead};

	return access_release_check(&out, &s->w.kv, &s->w.block, clock, r, &s->full, form);
}

static void test_release_follows_consent_as_it_is_now(void **state)
{
	struct scene *s = *state;
	Medlock__TxResult *result = NULL;
	struct request_id id;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	r.uses_left = 1;
	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(request(s, &result, &s->doctor, &(struct asked){.purpose = PURPOSE_TREAT}), ERR_OK);
	ID_COPY(id, result->id.data);
	WIRE_FREE(result);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_OK);
	assert_int_equal(release(s, &id, 0, FORM_DEID), ERR_WITHDRAWN);
	assert_int_equal(release(s, &(struct request_id){{1}}, 0, FORM_FULL), ERR_REFUSED);
	assert_int_equal(release(s, &id, (int64_t)GRANT_MS_DEFAULT - 1, FORM_FULL), ERR_OK);
	assert_int_equal(release(s, &id, (int64_t)GRANT_MS_DEFAULT, FORM_FULL), ERR_EXPIRED);
	assert_int_equal(pause_all(s, &s->anna, true), ERR_OK);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_WITHDRAWN);
	assert_int_equal(pause_all(s, &s->anna, false), ERR_OK);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_OK);
	assert_int_equal(consent(s, &s->anna, policy_version(s, &s->anna.id), NULL, 1), ERR_OK);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_WITHDRAWN);
	assert_int_equal(revoke(s, &s->doctor.id, &s->w.ca), ERR_OK);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_REVOKED);
}

/* A rule put under a standing id is its next version: the id and the count stay, the effect is the new one's. */
static void test_a_rule_is_replaced_under_its_id(void **state)
{
	struct scene *s = *state;
	struct asked q = {.purpose = PURPOSE_TREAT};
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(granted_count(s, &s->doctor, &q), 2);
	r.id = 2;
	assert_int_equal(consent(s, &s->anna, 2, &r, 0), ERR_NOT_FOUND);
	r.id = 1;
	assert_int_equal(consent(s, &s->anna, 2, &r, 1), ERR_FORMAT);
	r.effect = EFFECT_DENY;
	assert_int_equal(consent(s, &s->anna, 2, &r, 0), ERR_OK);
	assert_int_equal(policy_version(s, &s->anna.id), 3);
	assert_int_equal(granted_count(s, &s->doctor, &q), 0);
	assert_int_equal(consent(s, &s->anna, 3, NULL, 1), ERR_OK);
	assert_int_equal(consent(s, &s->anna, 4, NULL, 1), ERR_NOT_FOUND);
}

/* A rule that the same body puts does not stand yet, in whatever order. */
static void test_a_new_rule_is_not_replaced_at_once(void **state)
{
	struct scene *s = *state;
	uint32_t p;
	Medlock__Rule fresh = permit_treat(&p), first = fresh, *put[] = {&fresh, &first};
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	first.id = c.expected_version = 1;
	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.n_put = 2, c.put = put;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET, body.consent_set = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->anna, NULL), ERR_NOT_FOUND);
}

static struct request_id granted_request(struct scene *s)
{
	Medlock__TxResult *result = NULL;
	struct request_id id;
	uint32_t p;
	Medlock__Rule r = permit_treat(&p);

	assert_int_equal(consent(s, &s->anna, 1, &r, 0), ERR_OK);
	assert_int_equal(request(s, &result, &s->doctor, &(struct asked){.purpose = PURPOSE_TREAT}), ERR_OK);
	ID_COPY(id, result->id.data);
	WIRE_FREE(result);
	return id;
}

static enum err close_request(struct scene *s, const struct request_id *id, const struct world_account *by)
{
	Medlock__AccessClose c = MEDLOCK__ACCESS_CLOSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.request = wire_data(BYTES_ID(*id));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_CLOSE;
	body.access_close = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static void test_close_ends_a_grant(void **state)
{
	struct scene *s = *state;
	struct request_id id = granted_request(s);

	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_OK);
	assert_int_equal(close_request(s, &id, &s->ambulance), ERR_NOT_FOUND);
	assert_int_equal(release(s, &id, 0, FORM_FULL), ERR_OK);
	assert_int_equal(close_request(s, &id, &s->doctor), ERR_OK);
	assert_int_not_equal(release(s, &id, 0, FORM_FULL), ERR_OK);
	assert_int_equal(close_request(s, &id, &s->doctor), ERR_DUPLICATE);
}

static void test_receipt_tells_the_owner(void **state)
{
	struct scene *s = *state;
	struct request_id id = granted_request(s);
	Medlock__Released r = MEDLOCK__RELEASED__INIT, *list = &r;
	Medlock__ReleaseReceipt c = MEDLOCK__RELEASE_RECEIPT__INIT;
	struct heard h = {0};
	struct contract_sink sink = {&h, hear};
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	r.request = wire_data(BYTES_ID(id));
	r.record = wire_data(BYTES_ID(s->full));
	r.form = FORM_FULL;
	c.released = &list;
	c.n_released = 1;
	body.action_case = MEDLOCK__BODY__ACTION_RELEASE_RECEIPT;
	body.release_receipt = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.peer[0], &sink), ERR_OK);
	assert_int_equal(h.count, 1);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.peer[1], &sink), ERR_OK); /* another's receipt */
	assert_int_equal(h.count, 2);
}

static void test_expired_entries_go_with_the_next_transactions(void **state)
{
	struct scene *s = *state;
	struct contract_result r[1];
	struct bytes bad = bytes_str("x");
	size_t before = memory_kv_count(s->w.memory);

	s->w.block.height += 1000;
	assert_int_equal(contract_block_apply(r, &s->w.kv, &s->w.block, NULL, 0, NULL, NULL), ERR_OK);
	assert_int_equal(memory_kv_count(s->w.memory), before);
	assert_int_equal(contract_block_apply(r, &s->w.kv, &s->w.block, &bad, 1, NULL, NULL), ERR_OK);
	assert_int_not_equal(r[0].code, 0);
	assert_int_equal(memory_kv_count(s->w.memory), before - 6);
	contract_result_release(&r[0]);
}

/* A store that fails anywhere stops everything and leaves nothing behind. */
static void test_failing_store(void **state)
{
	struct scene *s = *state;
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct hash32 before = memory_kv_digest(s->w.memory), after;
	struct buf bytes = BUF_INIT;
	struct tx tx;
	enum err e = ERR_IO;
	unsigned n = 1;

	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.paused = true;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	world_sign(&bytes, &s->w, &body, &s->anna);
	assert_int_equal(tx_parse(&tx, buf_bytes(&bytes), NULL), ERR_OK);
	while (e != ERR_OK && n < 50) {
		struct contract_result r = {0};

		memory_kv_fail_after(s->w.memory, n++, ERR_IO);
		e = contract_apply(&r, &s->w.kv, &s->w.block, &tx, NULL, NULL);
		contract_result_release(&r);
		after = memory_kv_digest(s->w.memory);
		if (e) {
			assert_int_equal(e, ERR_IO);
			assert_memory_equal(before.b, after.b, 32);
		}
	}
	assert_int_equal(e, ERR_OK);
	assert_true(n > 4);
	tx_release(&tx);
	buf_release(&bytes);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_default_denies_and_permit_grants), T(test_compare_and_set), T(test_rules_limit),
		T(test_uses_are_spent_once_a_request), T(test_rule_interval_is_half_open),
		T(test_pause_stops_all_but_an_emergency), T(test_form), T(test_absent_and_refused_look_alike),
		T(test_repeat_gives_the_first_result), T(test_window_of_heights), T(test_revocation), T(test_failing_store),
		T(test_release_follows_consent_as_it_is_now), T(test_expired_entries_go_with_the_next_transactions),
		T(test_a_rule_is_replaced_under_its_id), T(test_a_new_rule_is_not_replaced_at_once),
		T(test_close_ends_a_grant), T(test_receipt_tells_the_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
