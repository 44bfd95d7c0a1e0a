/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/proto/codes.h"
#include "chain/proto/event.h"
#include "chain/proto/state_key.h"
#include "core/crypto/hash.h"

static void test_codes(void **state)
{
	assert_int_equal(code_by_text(CODES_PURPOSE, "treat")->number, PURPOSE_TREAT);
	assert_null(code_by_text(CODES_CATEGORY, "TREAT"));
	assert_null(code_by_number(CODES_ROLE, 99));
	assert_string_equal(code_text(CODES_DUO, DUO_HMB), "DUO:0000006");
	assert_string_equal(code_text(CODES_DUO, 77), "?");
	assert_true(code_known(CODES_ACTION, 60));
	assert_null(code_at(CODES_FORM, 2));
	assert_int_equal(code_at(CODES_FORM, 1)->number, FORM_DEID);
}

/* A number or a text twice in a set would make two things one. */
static void test_code_tables_are_unique(void **state)
{
	for (enum code_set set = CODES_ROLE; set <= CODES_ACTION; set++)
		for (size_t i = 0; code_at(set, i); i++) {
			const struct code_row *row = code_at(set, i);

			assert_ptr_equal(code_by_number(set, row->number), row);
			assert_ptr_equal(code_by_text(set, row->code), row);
			assert_true(row->number > 0);
		}
}

static void test_state_keys(void **state)
{
	struct account_id a = {{1}};
	struct record_id r = {{1}};
	struct request_id q = {{1}};
	struct hash32 h = {{1}};
	uint8_t u[48] = {1};
	struct state_key keys[] = {
		state_key_account(&a),	   state_key_policy(&a),	 state_key_rule(&a, 7),
		state_key_record(&r),	   state_key_owned(&a, 9),	 state_key_request(&q),
		state_key_network(),	   state_key_replay(5, &h),	 state_key_capsule(bytes_of(u, 48)),
		state_key_request_key(bytes_of(u, 32)), state_key_proxies(&a), state_key_questions(&q),
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct state_key got = {0};

		assert_int_equal(state_key_parse(&got, state_key_bytes(&keys[i])), ERR_OK);
		assert_true(bytes_equal(state_key_bytes(&got), state_key_bytes(&keys[i])));
		for (size_t j = 0; j < i; j++)
			assert_false(bytes_equal(state_key_bytes(&keys[i]), state_key_bytes(&keys[j])));
		for (uint8_t cut = 1; cut < keys[i].len; cut++)
			assert_int_equal(state_key_parse(&got, bytes_of(keys[i].b, cut)), ERR_FORMAT);
	}
	assert_int_equal(keys[2].b[0], 'u');
	assert_int_equal(keys[2].len, 1 + 33 + 5);
}

static void test_state_key_prefixes(void **state)
{
	struct account_id a = {{1}};
	struct hash32 h = {{1}};
	struct state_key rule = state_key_rule(&a, 7), rules = state_key_rules(&a);
	struct state_key replay = state_key_replay(5, &h), until = state_key_replay_until(5), got;

	assert_memory_equal(rule.b, rules.b, rules.len);
	assert_memory_equal(replay.b, until.b, until.len);
	assert_int_equal(state_key_parse(&got, state_key_bytes(&rules)), ERR_FORMAT); /* a prefix is no key */
	assert_int_equal(state_key_parse(&got, bytes_of("z", 1)), ERR_FORMAT);
	assert_int_equal(state_key_parse(&got, bytes_of("", 0)), ERR_FORMAT);
	assert_int_equal(state_key_parse(&got, bytes_of("nn", 2)), ERR_FORMAT);
}

static struct buf event_of(const struct account_id *owner, uint64_t n)
{
	static const uint8_t id[32] = {3}, salt[16] = {4};
	Medlock__Event ev = MEDLOCK__EVENT__INIT;
	struct buf out = BUF_INIT;

	ev.owner = wire_data(BYTES_ID(*owner));
	ev.n = n;
	ev.kind = ACTION_CONSENT_SET;
	ev.actor = wire_data(bytes_of(id, 32));
	ev.tx = wire_data(bytes_of(id, 32));
	ev.salt = wire_data(bytes_of(salt, 16));
	WIRE_ENCODE(&out, &ev);
	return out;
}

static void test_events(void **state)
{
	struct account_id owner = {{1}}, other = {{2}};
	struct buf raw = event_of(&owner, 3);
	Medlock__Event *ev = NULL;
	struct hash32 zero = {{0}}, head, want;
	struct buf joined = BUF_INIT;

	assert_int_equal(event_parse(&ev, &owner, 4, buf_bytes(&raw), NULL), ERR_FORMAT);
	assert_int_equal(event_parse(&ev, &other, 3, buf_bytes(&raw), NULL), ERR_FORMAT);
	assert_null(ev);
	assert_int_equal(event_parse(&ev, &owner, 3, buf_bytes(&raw), NULL), ERR_OK);
	assert_int_equal(ev->n, 3);
	WIRE_FREE(ev);
	head = event_head_next(&zero, buf_bytes(&raw));
	buf_append_text(&joined, "medlock-event-v1");
	buf_append_bytes(&joined, BYTES_ID(zero));
	buf_append_bytes(&joined, buf_bytes(&raw));
	want = hash_sha256(buf_bytes(&joined));
	assert_memory_equal(head.b, want.b, 32);
	buf_release(&joined);
	buf_release(&raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),	   cmocka_unit_test(test_code_tables_are_unique),
		cmocka_unit_test(test_state_keys), cmocka_unit_test(test_state_key_prefixes),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
