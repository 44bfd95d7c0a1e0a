/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "core/base/clock.h"
#include "core/base/json.h"

static enum err check(const char *text)
{
	struct err_info info = {0};
	enum err e = json_check(bytes_str(text), &info);

	assert_true(e == ERR_OK || info.detail[0] != '\0');
	return e;
}

static void takes_what_rfc_8259_allows(void **state)
{
	static const char *const good[] = {
		"{}", "[]", "3", "-0", "null", "true", " \t\r\n\"a\" ", "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
				"[1,2.5,-1e9,0.10]",
		"9223372036854775807", "-9223372036854775808", "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}",
		"123456789012345678901234567890.5", "1e400", "\"\xC3\xA9\"", "{\"\":1}",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(check(good[i]), ERR_OK);
}

static void refuses_what_it_does_not(void **state)
{
	static const char *const bad[] = {
		"", " ", "hello", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "{'a':1}", "[1 2]", "1 2", "NaN",
		"Infinity", "-Infinity", "-", "+1", "01", "-01", "10.", ".5", "1e", "1e+", "0x10", "tru", "nulll",
		"\"abc", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
		"\"\\u0000\"", "\"a\nb\"", "// c\n1", "/**/1", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999999", "[1}", "{\"a\":1]", "\xEF\xBB\xBF{}", "[,1]", "{,}", "{\"a\" 1}", "[1;2]",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (check(bad[i]) != ERR_JSON)
			fail_msg("'%s' gives %s", bad[i], err_row(check(bad[i]))->name);
	}
}

static void refuses_bytes_that_are_no_utf8(void **state)
{
	static const char *const bad[] = {"\"\xC3\"", "\"\xC0\x80\"", "\"\xED\xA0\x80\"",
			"\"\xF4\x90\x80\x80\"", "\"\xFF\"",
					  "\"\xE0\x80\xAF\"", "{\"\x80\":1}"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(check(bad[i]), ERR_UTF8);
}

static void refuses_members_that_stand_twice(void **state)
{
	struct err_info info = {0};

	assert_int_equal(check("{\"a\":1,\"a\":1}"), ERR_JSON_DUPLICATE);
	assert_int_equal(check("{\"a\":1,\"\\u0061\":2}"), ERR_JSON_DUPLICATE);
	assert_int_equal(check("{\"\\/\":1,\"/\":2}"), ERR_JSON_DUPLICATE);
	assert_int_equal(check("{\"\\ud83d\\ude00\":1,\"\xF0\x9F\x98\x80\":2}"), ERR_JSON_DUPLICATE);
	assert_int_equal(check("{\"\":1,\"\":2}"), ERR_JSON_DUPLICATE);
	assert_int_equal(check("[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]"), ERR_JSON_DUPLICATE);
	assert_int_equal(json_check(bytes_str("{\n \"id\":1,\n \"id\":2}"), &info), ERR_JSON_DUPLICATE);
	assert_non_null(strstr(info.detail, "line 3"));
	assert_non_null(strstr(info.detail, "'id'"));
}

static void refuses_what_is_nested_too_deep(void **state)
{
	char text[2 * JSON_DEPTH_MAX + 3];
	struct buf bomb = BUF_INIT;

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	text[2 * JSON_DEPTH_MAX] = '\0';
	assert_int_equal(check(text), ERR_OK);
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	text[2 * JSON_DEPTH_MAX + 2] = '\0';
	assert_int_equal(check(text), ERR_TOO_DEEP);
	for (int i = 0; i < 1000000; i++)
		buf_append_text(&bomb, "{\"a\":");
	assert_int_equal(json_check(buf_bytes(&bomb), NULL), ERR_TOO_DEEP);
	buf_release(&bomb);
}

static enum err check_many(const char *value, size_t count)
{
	struct buf text = BUF_INIT;
	enum err e;

	buf_append_byte(&text, '[');
	for (size_t i = 0; i < count; i++) {
		buf_append_text(&text, i > 0 ? "," : "");
		buf_append_text(&text, value);
	}
	buf_append_byte(&text, ']');
	assert_int_equal(buf_error(&text), ERR_OK);
	e = json_check(buf_bytes(&text), NULL);
	buf_release(&text);
	return e;
}

/* Three bytes of text are most of a kilobyte of json-c's tree. */
static void refuses_more_values_than_memory_holds(void **state)
{
	(void)state;
	assert_int_equal(check_many("{}", JSON_OBJECTS_MAX), ERR_OK);
	assert_int_equal(check_many("{}", JSON_OBJECTS_MAX + 1), ERR_TOO_LARGE);
	assert_int_equal(check_many("1", JSON_VALUES_MAX - 1), ERR_OK);
	assert_int_equal(check_many("1", JSON_VALUES_MAX), ERR_TOO_LARGE);
	assert_int_equal(check_many("[]", JSON_VALUES_MAX), ERR_TOO_LARGE);
}

/* An object of many members takes about as many times longer as it has more of them; quadratic would be 100 times. */
static int64_t time_of_members(int count)
{
	const struct clock *clock = clock_real();
	struct buf text = BUF_INIT;
	int64_t start;

	buf_append_text(&text, "{");
	for (int i = 0; i < count; i++)
		buf_printf(&text, "%s\"m%d\":1", i ? "," : "", i);
	buf_append_text(&text, "}");
	start = clock->steady_ms(clock->self);
	assert_int_equal(json_check(buf_bytes(&text), NULL), ERR_OK);
	buf_release(&text);
	return clock->steady_ms(clock->self) - start;
}

static void many_members_take_no_square_of_time(void **state)
{
	int64_t few = time_of_members(20000), many = time_of_members(200000);

	assert_true(many < 40 * (few + 5));
}

static void reads_a_tree_that_keeps_decimals(void **state)
{
	struct json_object *tree, *member;

	assert_int_equal(json_read(&tree, bytes_str("{\"value\":1.50,\"n\":9223372036854775807}"), NULL), ERR_OK);
	assert_true(json_object_object_get_ex(tree, "value", &member));
	assert_string_equal(json_object_to_json_string(member), "1.50");
	assert_true(json_object_object_get_ex(tree, "n", &member));
	assert_true(json_object_get_int64(member) == INT64_MAX);
	json_object_put(tree);
	assert_int_equal(json_read(&tree, bytes_str("null"), NULL), ERR_OK);
	assert_null(tree);
	assert_int_equal(json_read(&tree, bytes_str("42"), NULL), ERR_OK);
	assert_int_equal(json_object_get_int(tree), 42);
	json_object_put(tree);
}

/* The tree is what json-c would have made of the same text, as it prints it and as numbers. */
static void the_tree_is_json_cs_own(void **state)
{
	static const char *const texts[] = {
		"{}", "[]", "\"\"", "null", "true", "false", "0", "-0", "-9223372036854775808", "9223372036854775807", "1.50", "-0.0",
		"1E5", "1e+05", "2.5e-3", "1e999", "0.1000000000000000055511151231257827", " [ 1 , [ ] , { } , null ] ",
		"{\"a\":{\"b\":[{\"c\":null},{\"c\":\"d\"}],\"e\":\"\"},\"f\":[[],[[]]],\"g\":-1}",
		"{\"\":1,\"a\\\"b\":2,\"\\u00e9\":\"\\ud83d\\ude00 \\b\\f\\n\\r\\t\\/\\\\\",\"\xc3\xa4\":\"\xe2\x82\xac\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct json_object *ours = NULL, *theirs = json_tokener_parse(texts[i]);

		assert_int_equal(json_read(&ours, bytes_str(texts[i]), NULL), ERR_OK);
		assert_string_equal(json_object_to_json_string_ext(ours, JSON_C_TO_STRING_PLAIN),
				    json_object_to_json_string_ext(theirs, JSON_C_TO_STRING_PLAIN));
		assert_int_equal(json_object_get_type(ours), json_object_get_type(theirs));
		assert_true(json_object_get_double(ours) == json_object_get_double(theirs));
		assert_int_equal(json_object_get_int64(ours), json_object_get_int64(theirs));
		json_object_put(ours);
		json_object_put(theirs);
	}
}

/* What was made of it before it turned out wrong is given back, at each place where it can. */
static void a_cut_tree_leaves_nothing(void **state)
{
	static const char text[] = "{\"a\":{\"b\":[{\"c\":1.5},\"d\"],\"e\":true},\"f\":[[],[[\"g\"]]]}";
	struct json_object *tree = NULL;

	for (size_t len = 0; len + 1 < sizeof(text); len++)
		assert_int_not_equal(json_read(&tree, bytes_of(text, len), NULL), ERR_OK);
	assert_int_equal(json_read(&tree, bytes_str("{\"a\":{\"b\":1},\"a\":{\"b\":2}}"), NULL), ERR_JSON_DUPLICATE);
	assert_int_equal(json_read(&tree, bytes_str("[\"whole\"] behind"), NULL), ERR_JSON);
	assert_null(tree);
}

static void outputs_stay_untouched_on_failure(void **state)
{
	struct json_object *tree = (struct json_object *)state;

	assert_int_equal(json_read(&tree, bytes_str("[1,]"), NULL), ERR_JSON);
	assert_ptr_equal(tree, state);
}

static void writes_one_line_that_reads_back(void **state)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_begin_object(&w, NULL);
	json_string(&w, "text", "a \"quoted\"\n\x01 caf\xC3\xA9 \xFF");
	json_begin_array(&w, "list");
	json_uint(&w, NULL, UINT64_C(18446744073709551615));
	json_int(&w, NULL, -5);
	json_begin_object(&w, NULL);
	json_end_object(&w);
	json_end_array(&w);
	json_hex(&w, "id", bytes_of("\x00\xAB", 2));
	json_boolean(&w, "yes", true);
	json_null(&w, "none");
	json_time(&w, "at", 0);
	json_raw(&w, "raw", bytes_str("[1]"));
	json_end_object(&w);
	assert_string_equal(buf_text(&out),
			    "{\"text\":\"a \\\"quoted\\\"\\n\xEF\xBF\xBD caf\xC3\xA9 \xEF\xBF\xBD\",\"list\":"
			    "[18446744073709551615,-5,{}],\"id\":\"00ab\",\"yes\":true,\"none\":null,"
			    "\"at\":\"1970-01-01T00:00:00Z\",\"raw\":[1]}");
	buf_release(&out);
}

/* C1 CSI, a right-to-left override, a line separator and a tag character: raw, a terminal would obey them. */
static void escapes_what_a_terminal_would_obey(void **state)
{
	const char *const hostile = "a\xC2\x9B" "2J\xE2\x80\xAE" "b\xE2\x80\xA8\xF3\xA0\x81\x81" "c\x7F";
	struct buf out = BUF_INIT;
	struct json_object *tree = NULL;
	struct json_writer w;

	(void)state;
	json_writer_init(&w, &out);
	json_string(&w, NULL, hostile);
	assert_string_equal(buf_text(&out), "\"a\\u009b2J\\u202eb\\u2028\\udb40\\udc41c\\u007f\"");
	assert_int_equal(json_read(&tree, buf_bytes(&out), NULL), ERR_OK);
	assert_string_equal(json_object_get_string(tree), hostile);
	json_object_put(tree);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_rfc_8259_allows),
		cmocka_unit_test(refuses_what_it_does_not),
		cmocka_unit_test(refuses_bytes_that_are_no_utf8),
		cmocka_unit_test(refuses_members_that_stand_twice),
		cmocka_unit_test(refuses_what_is_nested_too_deep),
		cmocka_unit_test(refuses_more_values_than_memory_holds),
		cmocka_unit_test(many_members_take_no_square_of_time),
		cmocka_unit_test(reads_a_tree_that_keeps_decimals),
		cmocka_unit_test(the_tree_is_json_cs_own),
		cmocka_unit_test(a_cut_tree_leaves_nothing),
		cmocka_unit_test(outputs_stay_untouched_on_failure),
		cmocka_unit_test(writes_one_line_that_reads_back),
		cmocka_unit_test(escapes_what_a_terminal_would_obey),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
