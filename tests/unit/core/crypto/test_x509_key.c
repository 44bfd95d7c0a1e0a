/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of certificates in the encodings that others use, and in none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/crypto/x509.h"

#define NOW ((struct time_ms){1795000000000ll}) /* 2026-11-18 */

static void spki_of(struct buf *out, const struct secret *key)
{
	assert_int_equal(x509_key_spki(out, key), ERR_OK);
}

/* A public key that names another point: on the curve it is another key, off it none. */
static void test_public_keys_are_points(void **state)
{
	struct buf spki = BUF_INIT, out = BUF_INIT;
	struct cert_fields f = {.serial = {1}, .subject = {NULL, NULL, "x"}, .not_before = NOW, .not_after = (struct time_ms){1795000000000ll + 86400000},
				.path_len = CERT_NO_PATH_LEN};
	struct secret *key = NULL;

	assert_int_equal(x509_key_new(&key, CERT_KEY_P256), ERR_OK);
	spki_of(&spki, key);
	f.spki = buf_bytes(&spki);
	assert_int_equal(x509_issue(&out, &f, bytes_of(NULL, 0), key, NULL), ERR_OK);
	for (size_t i = 0; i < spki.len; i++) {
		spki.data[i] ^= 1;
		assert_int_not_equal(x509_issue(&out, &f, bytes_of(NULL, 0), key, NULL), ERR_OK);
		spki.data[i] ^= 1;
	}
	secret_free(key);
	buf_release(&spki), buf_release(&out);
}

/* Made by others: no point beside the number (RFC 5915 leaves it out). */
static void test_a_private_key_without_its_point(void **state)
{
	static const uint8_t short_form[] = {
		0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
		0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20};
	struct buf spki = BUF_INIT, again = BUF_INIT, der = BUF_INIT;
	struct secret *key = NULL, *bare = NULL;

	assert_int_equal(x509_key_new(&key, CERT_KEY_P256), ERR_OK);
	buf_append(&der, short_form, sizeof(short_form));
	buf_append(&der, key->data + 36, 32);
	assert_int_equal(secret_copy(&bare, buf_bytes(&der)), ERR_OK);
	spki_of(&spki, key);
	spki_of(&again, bare);
	assert_true(bytes_equal(buf_bytes(&spki), buf_bytes(&again)));
	secret_free(key), secret_free(bare);
	buf_release(&spki), buf_release(&again), buf_release(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public_keys_are_points),
		cmocka_unit_test(test_a_private_key_without_its_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
