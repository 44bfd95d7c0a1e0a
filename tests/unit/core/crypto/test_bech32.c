/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/bech32.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "core/crypto/age.h"
#include "crypto_help.h"

/* A pair that age-keygen 1.1.1 made for this test. */
#define IDENTITY "AGE-SECRET-KEY-1EEZNWZ7WYYZY8NCVHAJTE5Y4M4PMGUW5FKKCVH5ZXJ0FEAXR3JTSU9RHG2"
#define RECIPIENT "age1555q4kawskqxkrsvprnqhwg97tzn8dh05v7m0qmzl988cafwf9gqqsrgp5"

static void test_known_pair(void **state)
{
	struct secret *identity = NULL, *text = NULL;
	struct seal_public key, parsed;
	char out[AGE_RECIPIENT_TEXT];

	assert_int_equal(age_identity_parse(&identity, IDENTITY), ERR_OK);
	seal_public_of(&key, identity);
	age_recipient_text(out, &key);
	assert_string_equal(out, RECIPIENT);
	assert_int_equal(age_recipient_parse(&parsed, RECIPIENT), ERR_OK);
	assert_memory_equal(parsed.b, key.b, sizeof(key.b));
	assert_int_equal(age_identity_text(&text, identity), ERR_OK);
	assert_string_equal((char *)text->data, IDENTITY);
	secret_free(identity), secret_free(text);
}

/* The checksum finds every single changed character; case and length are part of the form. */
static void test_every_changed_character_is_refused(void **state)
{
	uint8_t key[BECH32_KEY_SIZE];
	char text[] = RECIPIENT, longer[] = RECIPIENT "q";

	for (size_t i = 0; i < strlen(text); i++) {
		char was = text[i];

		for (int c = 1; c < 256; c++) {
			text[i] = (char)c;
			if ((char)c != was)
				assert_int_equal(bech32_decode(key, "age", text), ERR_FORMAT);
		}
		text[i] = was;
	}
	assert_int_equal(bech32_decode(key, "age", text), ERR_OK);
	assert_int_equal(bech32_decode(key, "agf", text), ERR_FORMAT);
	assert_int_equal(bech32_decode(key, "AGE", text), ERR_FORMAT);
	assert_int_equal(bech32_decode(key, "age", longer), ERR_FORMAT);
	assert_int_equal(bech32_decode(key, "age", ""), ERR_FORMAT);
	text[strlen(text) - 1] = '\0';
	assert_int_equal(bech32_decode(key, "age", text), ERR_FORMAT);
}

static void test_every_bit_of_a_key_comes_back(void **state)
{
	for (size_t bit = 0; bit < 8 * BECH32_KEY_SIZE; bit++) {
		uint8_t key[BECH32_KEY_SIZE] = {0}, again[BECH32_KEY_SIZE];
		char text[BECH32_TEXT_MAX + 1];

		key[bit / 8] = (uint8_t)(1 << bit % 8);
		bech32_encode(text, "AGE-SECRET-KEY-", key);
		assert_int_equal(strlen(text), AGE_IDENTITY_TEXT - 1);
		assert_int_equal(bech32_decode(again, "AGE-SECRET-KEY-", text), ERR_OK);
		assert_memory_equal(again, key, sizeof(key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_pair),
		cmocka_unit_test(test_every_changed_character_is_refused),
		cmocka_unit_test(test_every_bit_of_a_key_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
