/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/rng.h"
#include "core/base/text.h"

#define R "\xEF\xBF\xBD" /* U+FFFD */

static void gate_is(const char *from, const char *want, bool keep_lines)
{
	struct buf out = BUF_INIT;

	text_gate(&out, bytes_str(from), keep_lines);
	assert_int_equal(buf_error(&out), ERR_OK);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
}

static void escape_sequences_lose_their_power(void **state)
{
	gate_is("\033[31mred\033[0m", R "[31mred" R "[0m", false);
	gate_is("\033]0;title\007", R "]0;title" R, false);
	gate_is("\xC2\x9B" "31m", R "31m", false); /* C1: CSI in one character */
	gate_is("a\x7F\x08" "b", "a" R R "b", false);
	gate_is("line\r\nnext\ttab", "line" R " next tab", false);
	gate_is("line\nnext\ttab", "line\nnext\ttab", true);
}

static void nothing_hides_or_reorders(void **state)
{
	gate_is("a\xE2\x80\xAE" "b", "a" R "b", false);		 /* right-to-left override */
	gate_is("a\xE2\x81\xA6" "b", "a" R "b", false);		 /* isolate */
	gate_is("a\xE2\x80\x8B" "b", "a" R "b", false);		 /* zero width space */
	gate_is("\xEF\xBB\xBF" "a", R "a", false);		 /* byte-order mark */
	gate_is("a\xC2\xAD" "b", "a" R "b", false);		 /* soft hyphen */
	gate_is("a\xF3\xA0\x80\x81" "b", "a" R "b", false);	 /* tag */
	gate_is("a\xEE\x80\x80" "b", "a" R "b", false);		 /* private use */
	gate_is("a\xE2\x80\xA8" "b", "a" R "b", false);		 /* line separator */
	gate_is("a\xE2\x80\x8D", "a" R, false);			 /* a joiner that joins nothing */
	gate_is("a\xE2\x80\x8D b", "a" R " b", false);
	gate_is("\xE0\xA4\x95\xE2\x80\x8D\xE0\xA4\xB7", "\xE0\xA4\x95\xE2\x80\x8D\xE0\xA4\xB7", false);
}

static void invalid_bytes_are_shown_as_such(void **state)
{
	static const char *const bad[] = {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
			"\x80", "\xC3",
					  "\xF0\x9F\x98", "\xFE", "\xFF"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(text_is_utf8(bytes_str(bad[i])));
		assert_int_equal(text_utf8_prefix(bytes_str(bad[i])), 0);
	}
	gate_is("a\xFF" "b\xC3", "a" R "b" R, false);
	assert_int_equal(text_utf8_prefix(bytes_str("ok\xC3\xA9\xFF")), 4);
	assert_true(text_is_utf8(bytes_str("\xC3\xA9\xF0\x9F\x98\x80")));
	assert_true(text_is_utf8(bytes_of(NULL, 0)));
}

static void composes(void **state)
{
	gate_is("e\xCC\x81", "\xC3\xA9", false);
	gate_is("", "", false);
}

static void appends_behind_what_is_there(void **state)
{
	struct buf out = BUF_INIT;

	buf_append_text(&out, "x: ");
	text_gate(&out, bytes_str("y"), false);
	assert_string_equal(buf_text(&out), "x: y");
	buf_release(&out);
}

static void columns_and_cuts(void **state)
{
	struct bytes wide = bytes_str("a\xE6\xBC\xA2" "b"), marks = bytes_str("ax\xCC\xB2" "b");

	assert_int_equal(text_columns(wide), 4);
	assert_int_equal(text_fit(wide, 1), 1);
	assert_int_equal(text_fit(wide, 2), 1); /* half of a wide character does not fit */
	assert_int_equal(text_fit(wide, 3), 4);
	assert_int_equal(text_fit(wide, 9), 5);
	assert_int_equal(text_columns(marks), 3);
	assert_int_equal(text_fit(marks, 2), 4); /* with its combining mark */
}

static void numbers(void **state)
{
	uint64_t v = 7;

	assert_int_equal(parse_u64(&v, bytes_str("0"), 9), ERR_OK);
	assert_int_equal(v, 0);
	assert_int_equal(parse_u64(&v, bytes_str("18446744073709551615"), UINT64_MAX), ERR_OK);
	assert_true(v == UINT64_MAX);
	assert_int_equal(parse_u64(&v, bytes_str("18446744073709551616"), UINT64_MAX), ERR_RANGE);
	assert_int_equal(parse_u64(&v, bytes_str("10"), 9), ERR_RANGE);
	assert_int_equal(parse_u64(&v, bytes_str(""), 9), ERR_FORMAT);
	assert_int_equal(parse_u64(&v, bytes_str("01"), 9), ERR_FORMAT);
	assert_int_equal(parse_u64(&v, bytes_str("+1"), 9), ERR_FORMAT);
	assert_int_equal(parse_u64(&v, bytes_str("-1"), 9), ERR_FORMAT);
	assert_int_equal(parse_u64(&v, bytes_str("1 "), 9), ERR_FORMAT);
	assert_int_equal(parse_u64(&v, bytes_str("\xD9\xA1"), 9), ERR_FORMAT);
	assert_true(v == UINT64_MAX);
}

/* Any bytes: what comes out is valid, harmless, and a fixed point. */
static void any_bytes_become_harmless(void **state)
{
	uint64_t seed = rng_u64(rng_system());
	struct seeded_rng r;
	uint8_t raw[64];

	print_message("# seed %llu\n", (unsigned long long)seed);
	seeded_rng_init(&r, seed);
	for (int round = 0; round < 3000; round++) {
		struct buf once = BUF_INIT, twice = BUF_INIT;
		size_t len = (size_t)rng_below(&r.rng, sizeof(raw));

		rng_fill(&r.rng, raw, len);
		text_gate(&once, bytes_of(raw, len), false);
		text_gate(&twice, buf_bytes(&once), false);
		assert_true(text_is_utf8(buf_bytes(&once)));
		assert_true(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
		for (size_t i = 0; i < once.len; i++)
			assert_true(once.data[i] >= 0x20 && once.data[i] != 0x7F);
		buf_release(&once);
		buf_release(&twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape_sequences_lose_their_power),
		cmocka_unit_test(nothing_hides_or_reorders),
		cmocka_unit_test(invalid_bytes_are_shown_as_such),
		cmocka_unit_test(composes),
		cmocka_unit_test(appends_behind_what_is_there),
		cmocka_unit_test(columns_and_cuts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(any_bytes_become_harmless),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
