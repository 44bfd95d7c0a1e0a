/* SPDX-License-Identifier: Apache-2.0 */
/* A letter is the promised text only if everything about it is: what a reader who wants to have said something else can try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/app/promised.h"

static const struct request_id request = {{1}}, another = {{2}};
static const struct account_id reader = {{3}}, somebody = {{4}};

static enum err make(const char *text)
{
	struct promised p;

	return promised_make(&p, LETTER_REPLY, &request, text, NULL);
}

static void one_text_keeps_the_promise(void **state)
{
	struct promised p, fresh;
	struct promise promise = {LETTER_REPLY, request, reader, {{0}}};
	Medlock__PromisedText lie;

	(void)state;
	assert_int_equal(promised_make(&p, LETTER_REPLY, &request, "I mistook the patient.", NULL), ERR_OK);
	promise.text = p.commitment;
	assert_true(promise_kept(&promise, LETTER_REPLY, &p.text, &reader));
	lie = p.text;
	lie.text = (char *)(uintptr_t)"I was asked to.";
	assert_false(promise_kept(&promise, LETTER_REPLY, &lie, &reader));
	lie = p.text;
	lie.request = wire_data(BYTES_ID(another));
	assert_false(promise_kept(&promise, LETTER_REPLY, &lie, &reader));
	assert_false(promise_kept(&promise, LETTER_REPLY, &p.text, &somebody));
	assert_false(promise_kept(&promise, LETTER_QUESTION, &p.text, &reader));
	promise.request = another;
	assert_false(promise_kept(&promise, LETTER_REPLY, &p.text, &reader));
	promise = (struct promise){LETTER_QUESTION, request, reader, p.commitment};
	assert_false(promise_kept(&promise, LETTER_QUESTION, &p.text, &reader));
	/* the same words twice are two promises: nobody guesses them from the ledger */
	assert_int_equal(promised_make(&fresh, LETTER_REPLY, &request, "I mistook the patient.", NULL), ERR_OK);
	assert_false(ID_EQUAL(fresh.commitment, p.commitment));
}

static void texts_do_nothing_to_a_terminal(void **state)
{
	char *text = malloc(LETTER_TEXT_MAX + 2);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LETTER_TEXT_MAX + 1);
	text[LETTER_TEXT_MAX + 1] = '\0';
	assert_int_equal(make(text), ERR_USAGE);
	text[LETTER_TEXT_MAX] = '\0';
	assert_int_equal(make(text), ERR_OK);
	assert_int_equal(make(""), ERR_USAGE);
	assert_int_equal(make("two\nlines, \xc3\xa9"), ERR_OK);
	assert_int_equal(make("\033[2J"), ERR_USAGE);
	assert_int_equal(make("over\rwritten"), ERR_USAGE);
	assert_int_equal(make("\xe2\x80\xaereversed"), ERR_USAGE);
	assert_int_equal(make("\xff"), ERR_USAGE);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_text_keeps_the_promise),
					   cmocka_unit_test(texts_do_nothing_to_a_terminal)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
