/* SPDX-License-Identifier: Apache-2.0 */
/* Clock, randomness, log, bytes, buffers and errors. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/base/rng.h"

static void time_is_rfc_3339(void **state)
{
	static const struct { const char *text; int64_t ms; } same[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-11-22T09:30:00Z", INT64_C(1795339800000)},
		{"2000-02-29T23:59:59.999Z", INT64_C(951868799999)},
		{"9999-12-31T23:59:59Z", INT64_C(253402300799000)},
	};
	char text[TIME_TEXT];
	struct time_ms t;

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(time_parse(&t, same[i].text), ERR_OK);
		assert_true(t.v == same[i].ms);
		time_format(text, t);
		assert_string_equal(text, same[i].text);
	}
	assert_int_equal(time_parse(&t, "2026-11-22T11:30:00+02:00"), ERR_OK);
	assert_true(t.v == INT64_C(1795339800000));
	assert_int_equal(time_parse(&t, "2026-11-22"), ERR_OK);
	assert_true(t.v == INT64_C(1795305600000));
}

static void wrong_times_are_refused(void **state)
{
	static const char *const bad[] = {"", "2026", "2026-13-01", "2026-02-29", "2026-1-1", "2026-11-22T09:30Z",
					  "2026-11-22T24:00:00Z", "2026-11-22T09:30:00", "2026-11-22T09:30:00Z ",
					  "2026-11-22 09:30:00Z", "2026-11-22T09:30:00.Z", "2026-11-22T09:30:00+0200"};
	struct time_ms t = {5};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(time_parse(&t, bad[i]), ERR_FORMAT);
	assert_true(t.v == 5);
}

static void a_seed_repeats(void **state)
{
	struct seeded_rng a, b;
	unsigned seen[7] = {0};

	seeded_rng_init(&a, 11);
	seeded_rng_init(&b, 11);
	for (int i = 0; i < 100; i++)
		assert_true(rng_u64(&a.rng) == rng_u64(&b.rng));
	seeded_rng_init(&b, 12);
	assert_true(rng_u64(&a.rng) != rng_u64(&b.rng));
	for (int i = 0; i < 7000; i++)
		seen[rng_below(&a.rng, 7)]++;
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 800, 1200);
	assert_true(rng_u64(rng_system()) != rng_u64(rng_system()));
}

static void a_log_line_is_one_line(void **state)
{
	struct manual_clock clock;
	struct log log = {.level = LOG_INFO};
	char *text = NULL;
	size_t len = 0;

	manual_clock_init(&clock, (struct time_ms){0});
	log.clock = &clock.clock;
	log.stream = open_memstream(&text, &len);
	log_event(&log, LOG_INFO, "peer", "address=\"%s\"", "a\nforged event=\"x\"\033[2J");
	log_event(&log, LOG_DEBUG, "silent", "x");
	log_event(NULL, LOG_ERROR, "nobody", "x");
	fclose(log.stream);
	assert_string_equal(text, "1970-01-01T00:00:00Z info event=\"peer\" "
				  "address=\"a forged event=\"x\"\xEF\xBF\xBD[2J\"\n");
	free(text);
}

static void buffers_keep_to_their_cap(void **state)
{
	struct buf b;

	buf_init(&b, 4);
	buf_append_text(&b, "1234");
	assert_int_equal(buf_error(&b), ERR_OK);
	buf_append_byte(&b, 5);
	assert_int_equal(buf_error(&b), ERR_TOO_LARGE);
	buf_append_text(&b, "");
	assert_int_equal(b.len, 4);
	buf_release(&b);
}

static void varints_are_canonical(void **state)
{
	static const uint64_t values[] = {0, 1, 127, 128, 16384, UINT32_MAX, UINT64_MAX};
	struct cursor c;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct buf b = BUF_INIT;

		buf_append_varint(&b, values[i]);
		c = cursor_of(buf_bytes(&b));
		assert_true(cursor_varint(&c) == values[i]);
		assert_int_equal(cursor_end(&c), ERR_OK);
		buf_release(&b);
	}
	c = cursor_of(bytes_of("\x80\x00", 2));
	cursor_varint(&c);
	assert_int_equal(c.err, ERR_NOT_CANONICAL);
	c = cursor_of(bytes_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10));
	cursor_varint(&c);
	assert_int_equal(c.err, ERR_NOT_CANONICAL);
	c = cursor_of(bytes_of("\x80", 1));
	cursor_varint(&c);
	assert_int_equal(c.err, ERR_TRUNCATED);
}

static void hex_and_base64_are_strict(void **state)
{
	uint8_t out[8];
	size_t len = 0;

	assert_int_equal(hex_decode(out, 2, "aB09"), ERR_OK);
	assert_memory_equal(out, "\xAB\x09", 2);
	assert_int_equal(hex_decode(out, 2, "aB0"), ERR_FORMAT);
	assert_int_equal(hex_decode(out, 2, "aB0g"), ERR_FORMAT);
	assert_int_equal(base64_decode(out, sizeof(out), &len, "TWE", 3, false), ERR_OK);
	assert_int_equal(len, 2);
	assert_int_equal(base64_decode(out, sizeof(out), &len, "TWF", 3, false), ERR_FORMAT);
	assert_int_equal(base64_decode(out, sizeof(out), &len, "TWE=", 4, false), ERR_FORMAT);
	assert_int_equal(base64_decode(out, sizeof(out), &len, "TWE=", 4, true), ERR_OK);
}

/* Codes and numbers are interfaces: each once, each with words and a next step. */
static void error_rows_are_unique_and_say_what_to_do(void **state)
{
	size_t count;
	const struct err_row *rows = err_rows(&count);

	for (size_t i = 0; i < count; i++) {
		assert_true(rows[i].exit_status >= 0 && rows[i].exit_status <= 10);
		assert_true(rows[i].text[0] != '\0');
		assert_true(rows[i].err == ERR_OK || rows[i].next[0] != '\0');
		assert_ptr_equal(err_row_by_code(rows[i].code), &rows[i]);
		for (size_t j = 0; j < i; j++) {
			assert_true(rows[i].err != rows[j].err);
			assert_string_not_equal(rows[i].code, rows[j].code);
		}
	}
	assert_int_equal(err_row((enum err)-9999)->err, ERR_INTERNAL);
	assert_null(err_row_by_code("E-NOTHING-1"));
}

static void words_wrap_and_are_cut_at_characters(void **state)
{
	struct err_info info = {0};
	char wide[ERR_DETAIL_MAX + 8];

	assert_int_equal(err_set(&info, ERR_IO, "b %d", 1), ERR_IO);
	assert_int_equal(err_wrap(&info, ERR_IO, "a"), ERR_IO);
	assert_string_equal(info.detail, "a: b 1");
	for (size_t i = 0; i + 1 < sizeof(wide); i += 2)
		memcpy(wide + i, "\xC3\xA9", 2);
	wide[sizeof(wide) - 1] = '\0';
	err_set(&info, ERR_IO, "%s", wide);
	assert_int_equal(strlen(info.detail) % 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_is_rfc_3339),
		cmocka_unit_test(wrong_times_are_refused),
		cmocka_unit_test(a_seed_repeats),
		cmocka_unit_test(a_log_line_is_one_line),
		cmocka_unit_test(buffers_keep_to_their_cap),
		cmocka_unit_test(varints_are_canonical),
		cmocka_unit_test(hex_and_base64_are_strict),
		cmocka_unit_test(error_rows_are_unique_and_say_what_to_do),
		cmocka_unit_test(words_wrap_and_are_cut_at_characters),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
