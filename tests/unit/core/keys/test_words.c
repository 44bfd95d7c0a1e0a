/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/crypto/start.h"
#include "core/keys/words.h"

/* BIP-39's test vectors with 256 bits: https://github.com/trezor/python-mnemonic/blob/master/vectors.json */
static const struct {
	uint8_t fill;
	const char *words;
} vectors[] = {
	{0x00, "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
	       "abandon abandon abandon abandon abandon abandon abandon abandon abandon art"},
	{0x7f, "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful legal "
	       "winner thank year wave sausage worth title"},
	{0x80, "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid "
	       "letter advice cage absurd amount doctor acoustic bless"},
	{0xff, "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote"},
};

static struct secret *filled(uint8_t with)
{
	struct secret *s = NULL;

	assert_int_equal(secret_new(&s, WORDS_SECRET_SIZE), ERR_OK);
	memset(s->data, with, WORDS_SECRET_SIZE);
	return s;
}

static void test_official_vectors(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct secret *s = filled(vectors[i].fill), *text = NULL, *again = NULL;

		assert_int_equal(words_of(&text, s), ERR_OK);
		assert_string_equal((char *)text->data, vectors[i].words);
		assert_int_equal(words_parse(&again, bytes_str(vectors[i].words), NULL), ERR_OK);
		assert_true(secret_equal(secret_bytes(s), secret_bytes(again)));
		secret_free(s);
		secret_free(text);
		secret_free(again);
	}
}

/* As a person copies it from paper: numbered lines, capitals, four letters. */
static void test_what_people_type(void **state)
{
	static const char typed[] = " 1. LETT  2. Advi\n3) cage, absu AMOUNT doct acou avoi\nletter advice cage absurd amount doctor"
				    " acoustic avoid letter advi cage abs";
	struct secret *s = NULL, *want = filled(0x80);
	struct err_info info = {0};

	assert_int_equal(words_parse(&s, bytes_str(typed), &info), ERR_FORMAT); /* "abs" are too few letters */
	assert_non_null(strstr(info.detail, "word 20"));
	assert_int_equal(words_parse(&s, bytes_str(" 1. LETT  2. Advi\n3) cage, absu AMOUNT doct acou avoi\n"
						   "letter advice cage absurd amount doctor acoustic avoid letter advi cage absu "
						   "amou doct acou bles\n"), NULL), ERR_OK);
	assert_true(secret_equal(secret_bytes(s), secret_bytes(want)));
	secret_free(s);
	secret_free(want);
}

static void test_mistakes_are_told(void **state)
{
	struct err_info info = {0};
	struct secret *s = NULL;
	char typed[256];

	snprintf(typed, sizeof(typed), "%s", vectors[2].words);
	memcpy(strstr(typed, "doctor"), "doktor", 6);
	assert_int_equal(words_parse(&s, bytes_str(typed), &info), ERR_FORMAT);
	assert_non_null(strstr(info.detail, "word 6"));
	assert_non_null(strstr(info.detail, "'doctor'"));
	memcpy(strstr(typed, "doktor"), "donate", 6);
	assert_int_equal(words_parse(&s, bytes_str(typed), &info), ERR_FORMAT);
	assert_non_null(strstr(info.detail, "do not fit together"));
	assert_int_equal(words_parse(&s, bytes_str("letter advice"), &info), ERR_FORMAT);
	assert_non_null(strstr(info.detail, "these are 2"));
	assert_null(s);
}

static void test_wrong_places_are_named(void **state)
{
	struct secret *s = filled(0x80);
	uint32_t wrong = 0;

	assert_int_equal(words_compare(&wrong, bytes_str("letter advice zoo absurd amount doctor acoustic avoid letter advice cage "
							 "absurd amount doctor acoustic avoid letter advice cage absurd amount "
							 "doctor acoustic zoo"), s, NULL), ERR_OK);
	assert_int_equal(wrong, 1u << 2 | 1u << 23);
	secret_free(s);
}

/* Every single wrong word is found, save one in 256 that fits the checksum by chance. */
static void test_random_round_trip(void **state)
{
	struct seeded_rng rng;

	seeded_rng_init(&rng, 39);
	for (size_t i = 0; i < 500; i++) {
		struct secret *s = filled(0), *text = NULL, *again = NULL;

		rng_fill(&rng.rng, s->data, s->len);
		assert_int_equal(words_of(&text, s), ERR_OK);
		assert_int_equal(words_parse(&again, bytes_str((char *)text->data), NULL), ERR_OK);
		assert_true(secret_equal(secret_bytes(s), secret_bytes(again)));
		secret_free(s);
		secret_free(text);
		secret_free(again);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_official_vectors), cmocka_unit_test(test_what_people_type),
		cmocka_unit_test(test_mistakes_are_told), cmocka_unit_test(test_wrong_places_are_named),
		cmocka_unit_test(test_random_round_trip),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
