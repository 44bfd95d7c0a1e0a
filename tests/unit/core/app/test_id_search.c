/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/app/id_search.h"

static const uint8_t first[ID_SIZE] = {0xab, 0xcd, 0x01}, second[ID_SIZE] = {0xab, 0xcd, 0x02};

static enum err search(uint8_t ret[ID_SIZE], const char *text)
{
	struct id_search s;

	TRY(id_search_init(&s, text, "record", NULL));
	id_search_look(&s, first);
	id_search_look(&s, second);
	return id_search_end(&s, ret, NULL);
}

static void one_begins_so(void **state)
{
	uint8_t got[ID_SIZE];
	char whole[ID_HEX];

	assert_int_equal(search(got, "abcd01"), ERR_OK);
	assert_memory_equal(got, first, ID_SIZE);
	hex_encode(whole, second, ID_SIZE);
	assert_int_equal(search(got, whole), ERR_OK);
	assert_memory_equal(got, second, ID_SIZE);
}

static void none_or_several(void **state)
{
	uint8_t got[ID_SIZE] = {7}, before[ID_SIZE] = {7};

	assert_int_equal(search(got, "abcd"), ERR_NOT_FOUND);
	assert_int_equal(search(got, "abcd03"), ERR_NOT_FOUND);
	assert_memory_equal(got, before, ID_SIZE);
}

static void no_id_at_all(void **state)
{
	struct err_info info = {0};
	struct id_search s;
	char long_text[ID_HEX + 1];

	memset(long_text, 'a', ID_HEX);
	long_text[ID_HEX] = '\0';
	assert_int_equal(id_search_init(&s, "abc", "record", NULL), ERR_NOT_FOUND);
	assert_int_equal(id_search_init(&s, "ABCD", "record", NULL), ERR_NOT_FOUND);
	assert_int_equal(id_search_init(&s, long_text, "record", NULL), ERR_NOT_FOUND);
	assert_int_equal(id_search_init(&s, "xyz0", "request", &info), ERR_NOT_FOUND);
	assert_non_null(strstr(info.detail, "no request's id"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_begins_so),
		cmocka_unit_test(none_or_several),
		cmocka_unit_test(no_id_at_all),
	};

	return cmocka_run_group_tests_name("id_search", tests, NULL, NULL);
}
