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
	keystore_free(again);
	keystore_free(k);
	buf_release(&file);
	buf_release(&changed);
}

/* The words alone, on a machine that has nothing: the same keys, and so the same name. */
static void test_words_give_the_same_person(void **state)
{
	struct buf file = BUF_INIT;
	struct keystore *k = make(&file), *again = NULL;
	struct secret *words = NULL;
	uint32_t wrong = 1;

	assert_int_equal(keystore_words(k, &words), ERR_OK);
	assert_int_equal(keystore_words_compare(k, &wrong, bytes_str((char *)words->data), NULL), ERR_OK);
	assert_int_equal(wrong, 0);
	assert_int_equal(keystore_recover(&again, &NETWORK, bytes_str((char *)words->data), bytes_str("new"), NULL, rng_system(),
					  NULL), ERR_OK);
	assert_true(ID_EQUAL(*keystore_account(again), *keystore_account(k)));
	assert_true(bytes_equal(keystore_keyset(again), keystore_keyset(k)));
	assert_true(secret_equal(secret_bytes(keystore_read(k)), secret_bytes(keystore_read(again))));
	secret_free(words);
	keystore_free(k);
	keystore_free(again);
	buf_release(&file);
}

/* Keys change twice; whoever has the newest words and what the ledger keeps has everything. */
static void test_generations(void **state)
{
	struct buf file = BUF_INIT, earlier[2] = {BUF_INIT, BUF_INIT}, sealed = BUF_INIT, plain = BUF_INIT, third = BUF_INIT;
	struct keystore *k[3] = {make(&file), NULL, NULL}, *again = NULL, *opened = NULL;
	struct secret *words = NULL, *one = NULL, *two = NULL, *s[4] = {NULL};
	uint8_t nonce[REQUEST_NONCE_SIZE] = {0, 9};
	struct sign_public sign[2], found;

	assert_int_equal(keystore_seal(k[0], &sealed, "book", bytes_str(""), bytes_str("names"), rng_system()), ERR_OK);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(keystore_rotate(&k[i + 1], k[i], bytes_str("p"), NULL, rng_system(), NULL), ERR_OK);
		assert_int_equal(keystore_seal_earlier(k[i + 1], &earlier[i], rng_system()), ERR_OK);
		sign_public_of_seed(&sign[i], keystore_act(k[i]));
		assert_true(ID_EQUAL(*keystore_account(k[i + 1]), *keystore_account(k[0])));
		assert_false(secret_equal(secret_bytes(keystore_act(k[i + 1])), secret_bytes(keystore_act(k[i]))));
	}
	assert_int_equal(keystore_generation(k[2]), 2);
	assert_int_equal(keystore_missing(k[2]), 0);
	assert_int_equal(keystore_write(k[2], &third, rng_system()), ERR_OK);
	assert_int_equal(keystore_open(&opened, buf_bytes(&third), bytes_str("p"), keystore_account(k[0]), NULL), ERR_OK);
	assert_int_equal(keystore_unseal(opened, &plain, "book", bytes_str(""), buf_bytes(&sealed)), ERR_OK);

	assert_int_equal(keystore_words(k[2], &words), ERR_OK);
	assert_int_equal(keystore_recover(&again, &NETWORK, bytes_str((char *)words->data), bytes_str("new"), NULL, rng_system(),
					  NULL), ERR_OK);
	assert_int_equal(keystore_place(again, keystore_account(k[0]), 2), ERR_OK);
	assert_int_equal(keystore_place(again, keystore_account(k[0]), 1), ERR_CONFLICT);
	assert_int_equal(keystore_missing(again), 2);
	assert_int_equal(keystore_adopt_earlier(again, 1, buf_bytes(&earlier[0]), &sign[0]), ERR_NOT_FOUND);
	assert_int_equal(keystore_adopt_earlier(again, 2, buf_bytes(&earlier[0]), &sign[1]), ERR_DECRYPT);
	assert_int_equal(keystore_earlier_sign(again, &found, 2, buf_bytes(&earlier[1])), ERR_OK);
	assert_true(ID_EQUAL(found, sign[1]));
	assert_int_equal(keystore_adopt_earlier(again, 2, buf_bytes(&earlier[1]), &sign[0]), ERR_DECRYPT);
	assert_int_equal(keystore_missing(again), 2);
	assert_int_equal(keystore_adopt_earlier(again, 2, buf_bytes(&earlier[1]), &sign[1]), ERR_OK);
	assert_int_equal(keystore_missing(again), 1);
	assert_int_equal(keystore_adopt_earlier(again, 1, buf_bytes(&earlier[0]), &sign[0]), ERR_OK);
	assert_int_equal(keystore_missing(again), 0);
	assert_int_equal(keystore_read_of(again, &one, 0), ERR_OK);
	assert_int_equal(keystore_read_of(k[0], &two, 0), ERR_OK);
	assert_true(secret_equal(secret_bytes(one), secret_bytes(two)));
	assert_int_equal(keystore_request_keys(k[0], &s[0], &s[1], nonce), ERR_OK);
	assert_int_equal(keystore_request_keys(again, &s[2], &s[3], nonce), ERR_OK);
	assert_true(secret_equal(secret_bytes(s[0]), secret_bytes(s[2])));
	nonce[0] = 3;
	assert_int_equal(keystore_request_keys(again, &s[2], &s[3], nonce), ERR_NOT_FOUND);
	for (size_t i = 0; i < 4; i++)
		secret_free(s[i]);
	secret_free(words);
	secret_free(one);
	secret_free(two);
	for (size_t i = 0; i < 3; i++)
		keystore_free(k[i]);
	keystore_free(again);
	keystore_free(opened);
	buf_release(&file);
	buf_release(&earlier[0]);
	buf_release(&earlier[1]);
	buf_release(&sealed);
	buf_release(&plain);
	buf_release(&third);
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
	uint8_t one[REQUEST_NONCE_SIZE] = {0, 1}, two[REQUEST_NONCE_SIZE] = {0, 2};
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
		cmocka_unit_test(test_passphrase_changes), cmocka_unit_test(test_words_give_the_same_person),
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_entries_and_local_bytes), cmocka_unit_test(test_request_keys_follow_their_nonce),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
