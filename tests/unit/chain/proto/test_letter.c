/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that the ledger was promised: what parses, and that a commitment is one text's of one kind about one request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/letter.h"
#include "chain/proto/limits.h"

static const uint8_t request[32] = {1}, salt[TX_SALT_SIZE] = {2};

static Medlock__PromisedText text_of(const char *words)
{
	Medlock__PromisedText t = MEDLOCK__PROMISED_TEXT__INIT;

	t.request = wire_data(bytes_of(request, sizeof(request)));
	t.salt = wire_data(bytes_of(salt, sizeof(salt)));
	t.text = (char *)(uintptr_t)words;
	return t;
}

static enum err parse(const Medlock__PromisedText *t)
{
	Medlock__PromisedText *got = NULL;
	struct buf b = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&b, t);
	e = letter_text_parse(&got, buf_bytes(&b), NULL);
	if (e == ERR_OK)
		assert_string_equal(got->text, t->text);
	WIRE_FREE(got);
	buf_release(&b);
	return e;
}

static enum err parse_report(size_t record_len, const char *words)
{
	Medlock__ErrorReport r = MEDLOCK__ERROR_REPORT__INIT, *got = NULL;
	struct buf b = BUF_INIT;
	enum err e;

	r.record = wire_data(bytes_of(request, record_len));
	r.text = (char *)(uintptr_t)words;
	WIRE_ENCODE(&b, &r);
	e = letter_report_parse(&got, buf_bytes(&b), NULL);
	if (e == ERR_OK)
		assert_string_equal(got->text, words);
	WIRE_FREE(got);
	buf_release(&b);
	return e;
}

static void a_report_has_its_lengths(void **state)
{
	char long_text[LETTER_TEXT_MAX + 2];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(parse_report(32, "This is not mine."), ERR_OK);
	assert_int_equal(parse_report(31, "This is not mine."), ERR_FORMAT);
	assert_int_equal(parse_report(32, ""), ERR_FORMAT);
	assert_int_equal(parse_report(32, long_text), ERR_FORMAT);
	long_text[LETTER_TEXT_MAX] = '\0';
	assert_int_equal(parse_report(32, long_text), ERR_OK);
}

static void a_text_has_its_lengths(void **state)
{
	char *long_text = malloc(LETTER_TEXT_MAX + 2);
	Medlock__PromisedText t = text_of("why?");

	(void)state;
	assert_non_null(long_text);
	assert_int_equal(parse(&t), ERR_OK);
	t.salt.len--;
	assert_int_equal(parse(&t), ERR_FORMAT);
	t = text_of("why?");
	t.request.len = 0;
	assert_int_equal(parse(&t), ERR_FORMAT);
	t = text_of("");
	assert_int_equal(parse(&t), ERR_FORMAT);
	memset(long_text, 'x', LETTER_TEXT_MAX + 1);
	long_text[LETTER_TEXT_MAX + 1] = '\0';
	t = text_of(long_text);
	assert_int_equal(parse(&t), ERR_FORMAT);
	long_text[LETTER_TEXT_MAX] = '\0';
	assert_int_equal(parse(&t), ERR_OK);
	t = text_of("\xff");
	assert_int_not_equal(parse(&t), ERR_OK);
	free(long_text);
}

/* A reader cannot show a question as a reply, under another request or salt, or with other words. */
static void a_commitment_is_of_one_text(void **state)
{
	static const uint8_t other[32] = {9};
	static const uint32_t kinds[] = {LETTER_QUESTION, LETTER_REPLY, LETTER_REVIEW};
	Medlock__PromisedText texts[] = {text_of("why?"), text_of("why"), text_of("why?"), text_of("why?")};
	struct hash32 all[12];
	size_t count = 0;

	(void)state;
	texts[2].request = wire_data(bytes_of(other, sizeof(other)));
	texts[3].salt = wire_data(bytes_of(other, sizeof(salt)));
	for (size_t kind = 0; kind < 3; kind++)
		for (size_t i = 0; i < 4; i++)
			all[count++] = letter_text_commitment(kinds[kind], &texts[i]);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(ID_EQUAL(all[i], all[j]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_report_has_its_lengths), cmocka_unit_test(a_text_has_its_lengths), cmocka_unit_test(a_commitment_is_of_one_text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
