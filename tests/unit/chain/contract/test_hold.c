/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate on hold: its account acts again after a release, and after nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/contract/access.h"
#include "world.h"

struct scene {
	struct world w;
	struct world_account anna;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_init(&s->w, 4);
	world_enrol(&s->w, &s->anna, ROLE_PATIENT, NULL, 0, NULL, 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	world_account_release(&s->anna);
	world_release(&s->w);
	free(s);
	return 0;
}

static enum err revoke(struct scene *s, const struct world_account *who, const struct world_account *by, uint32_t reason)
{
	Medlock__CertRevoke r = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	r.account = wire_data(BYTES_ID(who->id));
	r.reason = reason;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &r;
	return world_apply(&s->w, NULL, &body, by, NULL);
}

/* What a release could try to change on the way. */
enum spoil { AS_IT_WAS, OTHER_CERTIFICATE, OTHER_END, MORE_RIGHTS, MORE_PURPOSES, OTHER_ORGANISATION };

static enum err release(struct scene *s, const struct world_account *by, enum spoil spoil)
{
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__AccountState *row = NULL;
	uint32_t purposes[1] = {PURPOSE_TREAT};
	uint8_t salt[16], certificate[32];
	Medlock__Body body = world_body(&s->w, salt);
	enum err e;

	assert_int_equal(access_account(&row, &s->w.kv, &s->anna.id), ERR_OK);
	memcpy(certificate, row->certificate.data, sizeof(certificate));
	certificate[0] ^= spoil == OTHER_CERTIFICATE;
	c.account = wire_data(BYTES_ID(s->anna.id));
	c.role = row->role;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = row->not_after + (spoil == OTHER_END);
	c.rights = spoil == MORE_RIGHTS ? RIGHT_DEPOSIT : row->rights;
	c.purposes = purposes;
	c.n_purposes = spoil == MORE_PURPOSES;
	c.organisation = spoil == OTHER_ORGANISATION ? wire_data(BYTES_ID(s->w.ca.id)) : row->organisation;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	e = world_apply(&s->w, NULL, &body, by, NULL);
	WIRE_FREE(row);
	return e;
}

static enum err acts(struct scene *s)
{
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;
	static bool paused;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	p.owner = wire_data(BYTES_ID(s->anna.id));
	p.paused = paused = !paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &p;
	return world_apply(&s->w, NULL, &body, &s->anna, NULL);
}

static void test_a_hold_ends_with_a_release(void **state)
{
	struct scene *s = *state;

	for (size_t again = 0; again < 2; again++) {
		assert_int_equal(revoke(s, &s->anna, &s->w.ca, REVOKE_REASON_HOLD), ERR_OK);
		assert_int_equal(acts(s), ERR_REVOKED);
		assert_int_equal(revoke(s, &s->anna, &s->w.ca, REVOKE_REASON_HOLD), ERR_REVOKED);
		assert_int_equal(release(s, &s->anna, AS_IT_WAS), ERR_REVOKED); /* not by herself */
		assert_int_equal(release(s, &s->w.peer[0], AS_IT_WAS), ERR_ROLE);
		assert_int_equal(release(s, &s->w.ca, AS_IT_WAS), ERR_OK);
		assert_int_not_equal(acts(s), ERR_REVOKED);
	}
}

static void test_a_release_changes_nothing_else(void **state)
{
	struct scene *s = *state;

	assert_int_equal(revoke(s, &s->anna, &s->w.ca, REVOKE_REASON_HOLD), ERR_OK);
	for (enum spoil spoil = OTHER_CERTIFICATE; spoil <= OTHER_ORGANISATION; spoil++)
		assert_int_equal(release(s, &s->w.ca, spoil), ERR_REVOKED);
	assert_int_equal(release(s, &s->w.ca, AS_IT_WAS), ERR_OK);
}

static void test_what_ended_stays_ended(void **state)
{
	struct scene *s = *state;

	assert_int_equal(revoke(s, &s->anna, &s->w.ca, REVOKE_REASON_HOLD), ERR_OK);
	assert_int_equal(revoke(s, &s->anna, &s->w.ca, 1), ERR_OK); /* the key was stolen after all */
	assert_int_equal(release(s, &s->w.ca, AS_IT_WAS), ERR_REVOKED);
	assert_int_equal(revoke(s, &s->anna, &s->w.ca, REVOKE_REASON_HOLD), ERR_REVOKED);
	assert_int_equal(acts(s), ERR_REVOKED);
}

/* Her own stop is a hold when she says so; only the authority ends it. */
static void test_one_can_hold_oneself(void **state)
{
	struct scene *s = *state;

	assert_int_equal(revoke(s, &s->anna, &s->anna, REVOKE_REASON_HOLD), ERR_OK);
	assert_int_equal(release(s, &s->w.ca, AS_IT_WAS), ERR_OK);
}

/* An account of the genesis has no certificate that a release could name: it would be held for ever. */
static void test_only_a_certificate_is_held(void **state)
{
	struct scene *s = *state;

	assert_int_equal(revoke(s, &s->w.op, &s->w.op, REVOKE_REASON_HOLD), ERR_NOT_CERTIFIED);
	assert_int_equal(revoke(s, &s->w.op, &s->w.op, 0), ERR_OK);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_hold_ends_with_a_release), T(test_a_release_changes_nothing_else), T(test_what_ended_stays_ended),
		T(test_one_can_hold_oneself), T(test_only_a_certificate_is_held),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
