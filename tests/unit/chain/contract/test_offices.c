/* SPDX-License-Identifier: Apache-2.0 */
/* What authorities, depositors, custodians and operators do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

static const struct organisation_id hospital = {{7, 1}}, other_hospital = {{7, 2}};

struct scene {
	struct world w;
	struct world_account anna, doctor;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 2);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	world_enrol(&s->w, &s->doctor, ROLE_CLINICIAN, &hospital, RIGHT_DEPOSIT, NULL, 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_account_release(&s->doctor);
	world_release(&s->w);
	free(s);
	return 0;
}

/* Anchor fresh keys (or renew when `renewed`) with a role, by somebody. */
static enum err anchor(struct scene *s, const struct world_account *by, const struct world_account *whom, uint32_t role,
		       bool renewed, bool spoil)
{
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	uint8_t salt[16], signature[64];
	Medlock__Body body = world_body(&s->w, salt);

	world_keyset(&keys, whom);
	world_keys_sign(signature, whom, &s->w.network);
	signature[40] ^= spoil;
	c.account = wire_data(BYTES_ID(whom->id));
	if (!renewed) {
		c.keys = &keys;
		c.keys_signature = wire_data(bytes_of(signature, 64));
	}
	c.role = role;
	c.certificate = wire_data(BYTES_ID(whom->id));
	c.not_after = s->w.block.time.v + 1000;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static void test_anchor(void **state)
{
	struct scene *s = *state;
	struct world_account new;

	world_account_new(&new, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	assert_int_equal(anchor(s, &s->w.op, &new, ROLE_CLINICIAN, false, false), ERR_ROLE);
	assert_int_equal(anchor(s, &s->doctor, &new, ROLE_CLINICIAN, false, false), ERR_ROLE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_CLINICIAN, true, false), ERR_NOT_FOUND);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_CLINICIAN, false, true), ERR_SIGNATURE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_PEER, false, false), ERR_ROLE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_OPERATOR, false, false), ERR_ROLE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_AUDITOR, false, false), ERR_ROLE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_CLINICIAN, false, false), ERR_OK);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_CLINICIAN, false, false), ERR_DUPLICATE);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_CLINICIAN, true, false), ERR_OK);
	assert_int_equal(anchor(s, &s->w.ca, &new, ROLE_PATIENT, true, false), ERR_CONFLICT);
	world_account_release(&new);
}

static enum err deposit(struct scene *s, const struct world_account *by, Medlock__RecordDeposit *d)
{
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static void test_deposit(void **state)
{
	struct scene *s = *state;
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);

	assert_int_equal(deposit(s, &s->anna, d), ERR_ROLE);
	assert_int_equal(deposit(s, &s->w.ca, d), ERR_PROOF); /* the capsule is bound to another depositor */
	d->category = CATEGORY_IMG;
	assert_int_equal(deposit(s, &s->doctor, d), ERR_PROOF);
	d->category = CATEGORY_LAB;
	d->renditions[0]->key_generation = 2;
	assert_int_equal(deposit(s, &s->doctor, d), ERR_CONFLICT);
	d->renditions[0]->key_generation = 1;
	assert_int_equal(deposit(s, &s->doctor, d), ERR_OK);
	assert_int_equal(deposit(s, &s->doctor, d), ERR_DUPLICATE); /* the capsule was seen */
	memcpy(d->organisation.data, other_hospital.b, 32);
	world_deposit_seal(&s->w, d, &s->doctor.id);
	assert_int_equal(deposit(s, &s->doctor, d), ERR_ROLE);
	memcpy(d->organisation.data, hospital.b, 32);
	memcpy(d->owner.data, s->doctor.id.b, 32);
	world_deposit_seal(&s->w, d, &s->doctor.id);
	assert_int_equal(deposit(s, &s->doctor, d), ERR_NOT_FOUND); /* not a patient */
	world_deposit_free(d);
}

static enum err amend(struct scene *s, const struct world_account *by, Medlock__RecordDeposit *d, const struct record_id *old)
{
	ProtobufCBinaryData none = d->supersedes;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	enum err e;

	d->supersedes = wire_data(BYTES_ID(*old));
	world_deposit_seal(&s->w, d, &by->id);
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_AMEND;
	body.record_amend = d;
	e = world_apply(&s->w, NULL, &body, by, NULL);
	d->supersedes = none;
	return e;
}

static enum err erase(struct scene *s, const struct world_account *by, const struct record_id *record)
{
	Medlock__RecordErase x = MEDLOCK__RECORD_ERASE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	x.record = wire_data(BYTES_ID(*record));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_ERASE;
	body.record_erase = &x;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static Medlock__RecordState *record_row(struct scene *s, const struct record_id *id)
{
	struct state_key key = state_key_record(id);
	struct buf b = BUF_INIT;
	Medlock__RecordState *row = NULL;

	assert_int_equal(s->w.kv.get(s->w.kv.self, &b, state_key_bytes(&key)), ERR_OK);
	assert_int_equal(WIRE_DECODE(&row, medlock__record_state, buf_bytes(&b), EVENT_DECODED_MAX, NULL), ERR_OK);
	buf_release(&b);
	return row;
}

/* By its own depositor, once, and never less protected. */
static void test_amend(void **state)
{
	struct scene *s = *state;
	struct record_id first = world_record(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);
	Medlock__RecordDeposit *foreign = world_deposit_new(&s->w, &s->anna.id, &s->w.ca, CATEGORY_LAB, 1u << FORM_FULL);
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->doctor, CATEGORY_MED, 1u << FORM_FULL);
	Medlock__RecordState *row;

	assert_int_equal(amend(s, &s->w.ca, foreign, &first), ERR_NOT_FOUND); /* another's record */
	world_deposit_free(foreign);
	d->confidentiality = CONFIDENTIALITY_N - 1;
	assert_int_equal(amend(s, &s->doctor, d, &first), ERR_LABELS_LOWER);
	d->confidentiality = CONFIDENTIALITY_N + 1;
	assert_int_equal(amend(s, &s->doctor, d, &first), ERR_OK);
	row = record_row(s, &first);
	assert_int_equal(row->status, RECORD_STATUS_SUPERSEDED);
	assert_int_equal(row->superseded_by.len, ID_SIZE);
	WIRE_FREE(row);
	assert_int_equal(amend(s, &s->doctor, d, &first), ERR_CONFLICT); /* no longer live */
	world_deposit_free(d);
}

static void test_labels_only_rise(void **state)
{
	struct scene *s = *state;
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);
	uint32_t labels[] = {LABEL_MH, LABEL_HIV}, none[] = {0};
	struct record_id id;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);
	struct contract_result r = {0};
	Medlock__TxResult *data = NULL;

	d->labels = labels;
	d->n_labels = 1;
	world_deposit_seal(&s->w, d, &s->doctor.id);
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	assert_int_equal(world_apply(&s->w, &r, &body, &s->doctor, NULL), ERR_OK);
	assert_int_equal(WIRE_DECODE(&data, medlock__tx_result, buf_bytes(&r.data), TX_DECODED_MAX, NULL), ERR_OK);
	ID_COPY(id, data->id.data);
	WIRE_FREE(data);
	contract_result_release(&r);
	d->labels = none;
	d->n_labels = 0;
	assert_int_equal(amend(s, &s->doctor, d, &id), ERR_LABELS_LOWER);
	d->labels = labels;
	d->n_labels = 2;
	assert_int_equal(amend(s, &s->doctor, d, &id), ERR_OK);
	d->labels = NULL;
	d->n_labels = 0;
	world_deposit_free(d);
}

/* By the owner alone; capsules and labels leave the row, and nothing follows an erased record. */
static void test_erase(void **state)
{
	struct scene *s = *state;
	struct record_id id = world_record(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->doctor, CATEGORY_LAB, 1u << FORM_FULL);
	Medlock__RecordState *row;

	assert_int_equal(erase(s, &s->doctor, &id), ERR_ROLE);
	assert_int_equal(erase(s, &s->w.ca, &id), ERR_ROLE);
	assert_int_equal(erase(s, &s->anna, &id), ERR_OK);
	row = record_row(s, &id);
	assert_int_equal(row->status, RECORD_STATUS_ERASED);
	assert_int_equal(row->deposit->n_labels, 0);
	assert_int_equal(row->deposit->renditions[0]->blob.len, ID_SIZE); /* a peer deletes by it */
	assert_int_equal(row->deposit->renditions[0]->capsule.len, 0);
	WIRE_FREE(row);
	assert_int_equal(erase(s, &s->anna, &id), ERR_ERASED);
	assert_int_equal(amend(s, &s->doctor, d, &id), ERR_ERASED);
	world_deposit_free(d);
}

static enum err set_network(struct scene *s, const struct world_account *by, Medlock__Network *n)
{
	Medlock__NetworkSet c = MEDLOCK__NETWORK_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.network = n;
	body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
	body.network_set = &c;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

static void test_network(void **state)
{
	struct scene *s = *state;
	Medlock__Network *n = NULL;

	assert_int_equal(access_network(&n, &s->w.kv), ERR_OK);
	assert_int_equal(set_network(s, &s->w.op, n), ERR_CONFLICT); /* the version did not grow */
	n->version = 2;
	n->parameters->grant_ms = 1000;
	assert_int_equal(set_network(s, &s->w.ca, n), ERR_ROLE);
	n->validators[0]->power = 2;
	assert_int_equal(set_network(s, &s->w.op, n), ERR_REFUSED);
	n->validators[0]->power = 1;
	n->key_generation = 2;
	assert_int_equal(set_network(s, &s->w.op, n), ERR_CONFLICT); /* the same key under a new number */
	n->key_generation = 1;
	n->authorities[0].data[0] ^= 1;
	assert_int_equal(set_network(s, &s->w.op, n), ERR_NOT_CERTIFIED);
	n->authorities[0].data[0] ^= 1;
	assert_int_equal(set_network(s, &s->w.op, n), ERR_OK);
	WIRE_FREE(n);
}

static void test_receipts_are_for_custodians_and_grants(void **state)
{
	struct scene *s = *state;
	Medlock__Released r = MEDLOCK__RELEASED__INIT, *list = &r;
	Medlock__ReleaseReceipt c = MEDLOCK__RELEASE_RECEIPT__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	r.request = wire_data(BYTES_ID(s->anna.id));
	r.record = wire_data(BYTES_ID(s->anna.id));
	r.form = FORM_FULL;
	c.released = &list;
	c.n_released = 1;
	body.action_case = MEDLOCK__BODY__ACTION_RELEASE_RECEIPT;
	body.release_receipt = &c;
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->doctor, NULL), ERR_ROLE);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.op, NULL), ERR_ROLE);
	assert_int_equal(world_apply(&s->w, NULL, &body, &s->w.peer[0], NULL), ERR_NOT_FOUND);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_anchor), T(test_deposit), T(test_amend), T(test_labels_only_rise),
					   T(test_erase), T(test_network),
					   T(test_receipts_are_for_custodians_and_grants)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
