/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "chain/proto/genesis.h"
#include "core/crypto/hash.h"
#include "core/crypto/start.h"
#include "core/keys/keystore.h"

#define PASSPHRASE bytes_str("correct horse battery staple")

static const struct network_id NETWORK = {{7}};

static struct keystore *make(struct buf *file)
{
	struct keystore *k = NULL;

	assert_int_equal(keystore_create(&k, &NETWORK, PASSPHRASE, NULL, rng_system(), NULL), ERR_OK);
	assert_int_equal(keystore_write(k, file, rng_system()), ERR_OK);
	return k;
}

static void sum_again(struct buf *file)
{
	struct hash32 sum = hash_sha256(bytes_of(file->data, file->len - HASH_SIZE));

	memcpy(file->data + file->len - HASH_SIZE, sum.b, HASH_SIZE);
}

static void test_opens_again(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;
	struct keystore_about about;
	struct scalar x, y;

	assert_int_equal(keystore_about(&about, buf_bytes(&file), NULL), ERR_OK);
	assert_true(ID_EQUAL(about.account, *keystore_account(k)));
	assert_true(ID_EQUAL(about.network, NETWORK));
	assert_int_equal(about.slots, 1);
	assert_int_equal(keystore_open(&again, buf_bytes(&file), PASSPHRASE, keystore_account(k), NULL), ERR_OK);
	assert_true(secret_equal(secret_bytes(keystore_act(k)), secret_bytes(keystore_act(again))));
	assert_true(secret_equal(secret_bytes(keystore_read(k)), secret_bytes(keystore_read(again))));
	assert_false(secret_equal(secret_bytes(keystore_read(k)), secret_bytes(keystore_act(k))));
	keystore_open_scalar(k, &x);
	keystore_open_scalar(again, &y);
	assert_true(scalar_equal(&x, &y));
	keystore_free(k);
	keystore_free(again);
	buf_release(&file);
}

static void test_key_set_is_valid(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file);
	Medlock__KeySet *keys = NULL;

	assert_int_equal(WIRE_DECODE(&keys, medlock__key_set, keystore_keyset(k), 4096, NULL), ERR_OK);
	assert_int_equal(keyset_check(keys, keystore_keyset_signature(k), &NETWORK, keystore_account(k)), ERR_OK);
	WIRE_FREE(keys);
	keystore_free(k);
	buf_release(&file);
}

static void test_wrong_openers(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;
	struct account_id other = *keystore_account(k);

	other.b[31] ^= 1;
	assert_int_equal(keystore_open(&again, buf_bytes(&file), bytes_str("wrong"), NULL, NULL), ERR_PASSPHRASE);
	assert_int_equal(keystore_open(&again, buf_bytes(&file), bytes_str(""), NULL, NULL), ERR_PASSPHRASE);
	assert_int_equal(keystore_open(&again, buf_bytes(&file), PASSPHRASE, &other, NULL), ERR_WRONG_PROFILE);
	assert_null(again);
	keystore_free(k);
	buf_release(&file);
}

static void test_each_flipped_byte_is_found(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file);
	struct keystore_about about;

	for (size_t i = 0; i < file.len; i++) {
		file.data[i] ^= 0x10;
		assert_int_not_equal(keystore_about(&about, buf_bytes(&file), NULL), ERR_OK);
		file.data[i] ^= 0x10;
	}
	for (size_t len = 0; len < file.len; len++)
		assert_int_not_equal(keystore_about(&about, bytes_of(file.data, len), NULL), ERR_OK);
	keystore_free(k);
	buf_release(&file);
}

/* Somebody who also mends the checksum: the seal of the entries covers all before it. */
static void test_a_deliberate_change_is_found(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;
	size_t places[] = {25, file.len - HASH_SIZE - 3, file.len - HASH_SIZE - 30};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		file.data[places[i]] ^= 1;
		sum_again(&file);
		assert_int_not_equal(keystore_open(&again, buf_bytes(&file), PASSPHRASE, NULL, NULL), ERR_OK);
		file.data[places[i]] ^= 1;
	}
	sum_again(&file);
	assert_int_equal(keystore_open(&again, buf_bytes(&file), PASSPHRASE, NULL, NULL), ERR_OK);
	keystore_free(again);
	keystore_free(k);
	buf_release(&file);
}

static void test_newer_version_says_so(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file);
	struct keystore_about about;

	file.data[18] = '2';
	sum_again(&file);
	assert_int_equal(keystore_about(&about, buf_bytes(&file), NULL), ERR_NEWER);
	keystore_free(k);
	buf_release(&file);
}

static void test_passphrase_changes(void **state)
{
	struct buf file = BUF_INIT, changed = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;

	assert_int_equal(keystore_set_passphrase(k, bytes_str("another"), NULL, rng_system(), NULL), ERR_OK);
	assert_int_equal(keystore_slot_count(k), 1);
	assert_int_equal(keystore_write(k, &changed, rng_system()), ERR_OK);
	assert_int_equal(keystore_open(&again, buf_bytes(&changed), PASSPHRASE, NULL, NULL), ERR_PASSPHRASE);
	assert_int_equal(keystore_open(&again, buf_bytes(&changed), bytes_str("another"), NULL, NULL), ERR_OK);
	assert_true(ID_EQUAL(*keystore_account(again), *keystore_account(k)));
	assert_int_equal(keystore_remove_slot(again, KEYSTORE_SLOT_PASSPHRASE), ERR_REFUSED);
	keystore_free(again);
	keystore_free(k);
	buf_release(&file);
	buf_release(&changed);
}

static void test_recovery_card(void **state)
{
	struct buf file = BUF_INIT, with_card = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;
	struct secret *text = NULL;
	char typed[KEYSTORE_CARD_TEXT];

	assert_int_equal(keystore_set_card(k, &text, rng_system()), ERR_OK);
	assert_int_equal(strlen((char *)text->data), KEYSTORE_CARD_TEXT - 1);
	assert_int_equal(keystore_write(k, &with_card, rng_system()), ERR_OK);
	for (size_t i = 0; i < KEYSTORE_CARD_TEXT; i++) {
		typed[i] = (char)text->data[i];
		typed[i] = typed[i] == '-' ? ' ' : typed[i] == '0' ? 'o' : typed[i] == '1' ? 'l' : typed[i];
	}
	assert_int_equal(keystore_open_card(&again, buf_bytes(&with_card), bytes_str(typed), NULL, NULL), ERR_OK);
	assert_true(ID_EQUAL(*keystore_account(again), *keystore_account(k)));
	typed[0] = typed[0] == 'A' ? 'B' : 'A';
	keystore_free(again);
	again = NULL;
	assert_int_equal(keystore_open_card(&again, buf_bytes(&with_card), bytes_str(typed), NULL, NULL), ERR_FORMAT);
	assert_int_equal(keystore_open_card(&again, buf_bytes(&with_card), bytes_of(typed, 20), NULL, NULL), ERR_FORMAT);
	assert_int_equal(keystore_open_card(&again, buf_bytes(&file), bytes_str((char *)text->data), NULL, NULL),
			 ERR_PASSPHRASE);
	secret_free(text);
	keystore_free(k);
	buf_release(&file);
	buf_release(&with_card);
}

static void test_entries_and_local_bytes(void **state)
{
	struct buf file = BUF_INIT, full = BUF_INIT, sealed = BUF_INIT, plain = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;

	assert_null(keystore_entry(k, KEYSTORE_ENTRY_CA_ISSUING));
	assert_int_equal(keystore_entry_put(k, KEYSTORE_ENTRY_CA_ISSUING, bytes_str("a key")), ERR_OK);
	assert_int_equal(keystore_entry_put(k, 4711, bytes_str("of a later version")), ERR_OK);
	assert_int_equal(keystore_write(k, &full, rng_system()), ERR_OK);
	assert_int_equal(keystore_open(&again, buf_bytes(&full), PASSPHRASE, NULL, NULL), ERR_OK);
	assert_true(bytes_equal(secret_bytes(keystore_entry(again, KEYSTORE_ENTRY_CA_ISSUING)), bytes_str("a key")));
	assert_true(bytes_equal(secret_bytes(keystore_entry(again, 4711)), bytes_str("of a later version")));
	assert_int_equal(keystore_seal(k, &sealed, "book", bytes_str("aad"), bytes_str("names"), rng_system()), ERR_OK);
	assert_int_equal(keystore_unseal(again, &plain, "book", bytes_str("aad"), buf_bytes(&sealed)), ERR_OK);
	assert_true(bytes_equal(buf_bytes(&plain), bytes_str("names")));
	assert_int_equal(keystore_unseal(again, &plain, "other", bytes_str("aad"), buf_bytes(&sealed)), ERR_DECRYPT);
	assert_int_equal(keystore_unseal(again, &plain, "book", bytes_str("bad"), buf_bytes(&sealed)), ERR_DECRYPT);
	keystore_free(k);
	keystore_free(again);
	buf_release(&file);
	buf_release(&full);
	buf_release(&sealed);
	buf_release(&plain);
}

static void test_request_keys_follow_their_nonce(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file);
	uint8_t one[REQUEST_NONCE_SIZE] = {1}, two[REQUEST_NONCE_SIZE] = {2};
	struct secret *s[6] = {NULL};

	assert_int_equal(keystore_request_keys(k, &s[0], &s[1], one), ERR_OK);
	assert_int_equal(keystore_request_keys(k, &s[2], &s[3], one), ERR_OK);
	assert_int_equal(keystore_request_keys(k, &s[4], &s[5], two), ERR_OK);
	assert_true(secret_equal(secret_bytes(s[0]), secret_bytes(s[2])));
	assert_true(secret_equal(secret_bytes(s[1]), secret_bytes(s[3])));
	assert_false(secret_equal(secret_bytes(s[0]), secret_bytes(s[4])));
	assert_false(secret_equal(secret_bytes(s[0]), secret_bytes(s[1])));
	for (size_t i = 0; i < 6; i++)
		secret_free(s[i]);
	keystore_free(k);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_again), cmocka_unit_test(test_key_set_is_valid),
		cmocka_unit_test(test_wrong_openers), cmocka_unit_test(test_each_flipped_byte_is_found),
		cmocka_unit_test(test_a_deliberate_change_is_found), cmocka_unit_test(test_newer_version_says_so),
		cmocka_unit_test(test_passphrase_changes), cmocka_unit_test(test_recovery_card),
		cmocka_unit_test(test_entries_and_local_bytes), cmocka_unit_test(test_request_keys_follow_their_nonce),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
