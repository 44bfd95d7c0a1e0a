/* SPDX-License-Identifier: Apache-2.0 */
/* Which blocks make a peer look at all records for what is to be deleted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain/node/internal.h"

#define ORDER "\xb2\x01\x22\x0a\x20"
#define ORDER_SIZE 5u

static const struct record_id erased = {{7, 7, 7}};
static size_t looks;

static bool is_erased(void *self, const struct record_id *id)
{
	(void)self;
	looks++;
	return ID_EQUAL(*id, erased);
}

static void add_order(struct buf *block, const struct record_id *id)
{
	buf_append(block, ORDER, ORDER_SIZE);
	buf_append(block, id->b, ID_SIZE);
}

static bool ordered(const struct buf *block, size_t wanted_looks)
{
	uint8_t *exact = malloc(block->len + 1); /* no byte behind it that sanitizers would let us read */
	bool yes;

	assert_non_null(exact);
	memcpy(exact, block->data, block->len);
	looks = 0;
	yes = erase_ordered(bytes_of(exact, block->len), is_erased, NULL);
	free(exact);
	assert_int_equal(looks, wanted_looks);
	return yes;
}

static void test_only_an_erased_record_counts(void **state)
{
	static const struct record_id chance = {{9}};
	struct buf block = BUF_INIT;

	(void)state;
	assert_false(erase_ordered((struct bytes){0}, is_erased, NULL));
	buf_append_text(&block, "some transactions");
	assert_false(ordered(&block, 0));
	add_order(&block, &chance);
	assert_false(ordered(&block, 1));
	buf_append(&block, ORDER ORDER, 2 * ORDER_SIZE); /* two that overlap what they would name */
	add_order(&block, &erased);
	assert_true(ordered(&block, 4));
	buf_release(&block);
}

static void test_an_order_that_is_cut(void **state)
{
	struct buf block = BUF_INIT;

	(void)state;
	buf_append(&block, ORDER, ORDER_SIZE);
	buf_append(&block, erased.b, ID_SIZE - 1);
	assert_false(ordered(&block, 0));
	buf_release(&block);
}

static void test_too_many_places_are_worth_the_look(void **state)
{
	static const struct record_id chance = {{9}};
	struct buf block = BUF_INIT;

	(void)state;
	for (size_t i = 0; i <= ERASE_LOOKS_MAX; i++)
		add_order(&block, &chance);
	assert_true(ordered(&block, ERASE_LOOKS_MAX));
	buf_release(&block);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_an_erased_record_counts),
		cmocka_unit_test(test_an_order_that_is_cut),
		cmocka_unit_test(test_too_many_places_are_worth_the_look),
	};

	return cmocka_run_group_tests_name("erase ordered", tests, NULL, NULL);
}
