/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what: every (action, role, revoked, expired, foreign owner) cell, against a table written here again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

#define B(role) (1u << ROLE_##role)
#define OFFICE (B(OFFICER) | B(PEER) | B(OPERATOR))
#define READERS (B(PATIENT) | B(CLINICIAN) | B(RESEARCHER) | B(OFFICER))

/* foreign: what an allowed signer gets for another's thing; own: for the signer's own (ERR_OK), where that exists. */
static const struct cell {
	uint32_t action, roles;
	enum err foreign;
	bool own, walked;
} table[] = {
	{ACTION_CERT_ANCHOR, OFFICE, ERR_ROLE, false, false},
	{ACTION_CERT_REVOKE, OFFICE | READERS | B(AUDITOR), ERR_ROLE, true, true},
	{ACTION_RECORD_DEPOSIT, OFFICE, ERR_ROLE, false, false},
	{ACTION_CONSENT_SET, B(PATIENT), ERR_ROLE, true, true},
	{ACTION_CONSENT_PAUSE, B(PATIENT), ERR_ROLE, true, true},
	{ACTION_ACCESS_REQUEST, READERS, ERR_OK, false, false},
	{ACTION_ACCESS_CLOSE, READERS, ERR_NOT_FOUND, false, true},
	{ACTION_RELEASE_RECEIPT, OFFICE, ERR_ROLE, false, true},
	{ACTION_NETWORK_SET, OFFICE, ERR_ROLE, false, true},
};
#define CELLS (sizeof(table) / sizeof(*table))

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < CELLS; i++)
		for (uint32_t role = 0; role <= ROLE_AUDITOR + 1; role++) {
			bool listed = role >= 1 && role <= ROLE_AUDITOR && (table[i].roles >> role & 1u);
			bool depositor = table[i].action == ACTION_RECORD_DEPOSIT && role > ROLE_PATIENT &&
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
	Medlock__ConsentSet consent = MEDLOCK__CONSENT_SET__INIT;
	Medlock__ConsentPause pause = MEDLOCK__CONSENT_PAUSE__INIT;
	Medlock__AccessClose close = MEDLOCK__ACCESS_CLOSE__INIT;
	Medlock__Released released = MEDLOCK__RELEASED__INIT, *list = &released;
	Medlock__ReleaseReceipt receipt = MEDLOCK__RELEASE_RECEIPT__INIT;
	Medlock__NetworkSet set = MEDLOCK__NETWORK_SET__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(w, salt);
	enum err e;

	revoke.account = consent.owner = pause.owner = close.request = wire_data(BYTES_ID(*whose));
	released.request = released.record = close.request;
	revoke.reason = 1;
	consent.expected_version = 1;
	released.form = FORM_FULL;
	receipt.released = &list;
	receipt.n_released = 1;
	assert_int_equal(access_network(&set.network, &w->kv), ERR_OK);
	body.action_case = (Medlock__Body__ActionCase)action;
	switch (action) {
	case ACTION_CERT_REVOKE: body.cert_revoke = &revoke; break;
	case ACTION_CONSENT_SET: body.consent_set = &consent; break;
	case ACTION_CONSENT_PAUSE: body.consent_pause = &pause; break;
	case ACTION_ACCESS_CLOSE: body.access_close = &close; break;
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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_every_cell)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
