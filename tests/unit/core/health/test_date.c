/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/date.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect(const char *text, const char *from, const char *to)
{
	struct time_ms f, t;
	char shown[TIME_TEXT];

	assert_int_equal(fhir_date_interval(&f, &t, text), ERR_OK);
	time_format(shown, f);
	assert_string_equal(shown, from);
	time_format(shown, t);
	assert_string_equal(shown, to);
}

static void test_partial_dates_cover_all_they_may_mean(void **state)
{
	expect("2022", "2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z");
	expect("2022-06", "2022-06-01T00:00:00Z", "2022-07-01T00:00:00Z");
	expect("2022-12", "2022-12-01T00:00:00Z", "2023-01-01T00:00:00Z");
	expect("2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z");
	expect("2024-02-29", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z");
	expect("2022-12-31", "2022-12-31T00:00:00Z", "2023-01-01T00:00:00Z");
}

static void test_date_times_with_offsets(void **state)
{
	expect("2022-06-14T10:30:00Z", "2022-06-14T10:30:00Z", "2022-06-14T10:30:01Z");
	expect("2022-06-14T00:30:00+02:00", "2022-06-13T22:30:00Z", "2022-06-13T22:30:01Z");
	expect("2022-12-31T20:00:00-05:00", "2023-01-01T01:00:00Z", "2023-01-01T01:00:01Z");
}

static void test_before_1970(void **state)
{
	expect("1948", "1948-01-01T00:00:00Z", "1949-01-01T00:00:00Z");
	expect("1969-12-31", "1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z");
}

static void test_what_is_no_date_is_refused_and_leaves_the_outputs(void **state)
{
	static const char *const texts[] = {
		"", "2", "22", "202", "0000", "9999", "20222", "2022-", "2022-1", "2022-00", "2022-13", "2022-6-1", "9999-12",
		"2022-02-30", "2023-02-29", "2022-06-31", "2022/06/14", "14.06.2022", "yyyy", "yyyy-mm", "-022", "2022-0x",
		"2022-06-14T", "2022-06-14T10", "2022-06-14T10:30:00", "2022-06-14T25:00:00Z", "2022-06-14T10:60:00Z",
		"2022-06-14T10:30:00+25:00", "2022-06-14T10:30:00Zx", "2022-06-14 10:30", "2022-06-1\xC3\xA9", " 2022",
		"99999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct time_ms from = {17}, to = {18};

		if (fhir_date_interval(&from, &to, texts[i]) != ERR_FORMAT)
			fail_msg("'%s' was taken for a date", texts[i]);
		assert_int_equal(from.v, 17);
		assert_int_equal(to.v, 18);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partial_dates_cover_all_they_may_mean),
		cmocka_unit_test(test_date_times_with_offsets),
		cmocka_unit_test(test_before_1970),
		cmocka_unit_test(test_what_is_no_date_is_refused_and_leaves_the_outputs),
	};

	return cmocka_run_group_tests_name("health date", tests, NULL, NULL);
}
