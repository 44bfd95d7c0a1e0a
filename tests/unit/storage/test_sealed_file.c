/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "storage/sealed_file.h"
#include "temp_dir.h"

static struct secret *key, *other_key, *passphrase, *other_passphrase;

static int setup(void **state)
{
	assert_int_equal(secret_new(&key, SEALED_KEY_SIZE), ERR_OK);
	rng_fill(rng_system(), key->data, key->len);
	assert_int_equal(secret_new(&other_key, SEALED_KEY_SIZE), ERR_OK);
	assert_int_equal(secret_copy(&passphrase, bytes_str("correct horse")), ERR_OK);
	assert_int_equal(secret_copy(&other_passphrase, bytes_str("correct horsf")), ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	key = secret_free(key);
	other_key = secret_free(other_key);
	passphrase = secret_free(passphrase);
	other_passphrase = secret_free(other_passphrase);
	return 0;
}

static enum err open_as(struct bytes file, const char *purpose, const struct secret *by_key,
			const struct secret *by_passphrase)
{
	struct sealed_opener opener = {.key = by_key, .passphrase = by_passphrase};
	struct err_info info = {0};
	struct secret *plain = NULL;
	enum err e = sealed_open(&plain, purpose, file, &opener, &info);

	if (e == ERR_OK)
		assert_true(bytes_equal(secret_bytes(plain), bytes_str("payload")));
	else
		assert_true(plain == NULL && info.detail[0] != '\0');
	secret_free(plain);
	return e;
}

static void seal(struct buf *out, const struct secret *by_key, const struct secret *by_passphrase)
{
	struct sealed_opener opener = {.key = by_key, .passphrase = by_passphrase};

	assert_int_equal(sealed_seal(out, "keystore", bytes_str("payload"), &opener, rng_system(), NULL), ERR_OK);
}

static void opens_with_its_passphrase_only(void **state)
{
	struct sealed_about about;
	struct buf file = BUF_INIT;

	seal(&file, NULL, passphrase);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", NULL, passphrase), ERR_OK);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", NULL, other_passphrase), ERR_PASSPHRASE);
	assert_int_equal(open_as(buf_bytes(&file), "contacts", NULL, passphrase), ERR_FORMAT);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_FORMAT);
	assert_int_equal(sealed_about(&about, buf_bytes(&file), NULL), ERR_OK);
	assert_true(about.by_passphrase && about.work.passes == SEALED_PASSES_MIN);
	assert_string_equal(about.purpose, "keystore");
	file.data[file.len / 2] ^= 1;
	assert_int_equal(open_as(buf_bytes(&file), "keystore", NULL, passphrase), ERR_DAMAGED);
	buf_release(&file);
}

static void opens_with_its_key_only(void **state)
{
	struct buf file = BUF_INIT, again = BUF_INIT;

	seal(&file, key, NULL);
	seal(&again, key, NULL);
	assert_false(bytes_equal(buf_bytes(&file), buf_bytes(&again)));
	assert_int_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_OK);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", other_key, NULL), ERR_PASSPHRASE);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", NULL, passphrase), ERR_FORMAT);
	buf_release(&file);
	buf_release(&again);
}

static void fix_checksum(struct buf *file)
{
	struct hash32 sum = hash_sha256(bytes_of(file->data, file->len - HASH_SIZE));

	memcpy(file->data + file->len - HASH_SIZE, sum.b, HASH_SIZE);
}

/* Each byte, with a right checksum again: whoever changes a file on purpose opens nothing either. */
static void no_byte_can_be_changed(void **state)
{
	struct buf file = BUF_INIT;

	seal(&file, key, NULL);
	for (size_t i = 0; i + HASH_SIZE < file.len; i++) {
		file.data[i] ^= 1;
		assert_int_not_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_OK);
		fix_checksum(&file);
		assert_int_not_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_OK);
		file.data[i] ^= 1;
	}
	fix_checksum(&file);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_OK);
	buf_release(&file);
}

static void no_cut_opens(void **state)
{
	struct buf file = BUF_INIT;

	seal(&file, key, NULL);
	for (size_t len = 0; len < file.len; len++) {
		enum err e = open_as(bytes_of(file.data, len), "keystore", key, NULL);

		assert_int_equal(e, len < 8 ? ERR_FORMAT : ERR_DAMAGED);
	}
	buf_release(&file);
}

static void weak_work_is_refused(void **state)
{
	struct sealed_opener weak = {.passphrase = passphrase, .work = {2, SEALED_MEMORY_MIN}};
	struct buf file = BUF_INIT;

	assert_int_equal(sealed_seal(&file, "x", bytes_str("p"), &weak, rng_system(), NULL), ERR_RANGE);
	weak.work = (struct sealed_work){3, SEALED_MEMORY_MIN - 1};
	assert_int_equal(sealed_seal(&file, "x", bytes_str("p"), &weak, rng_system(), NULL), ERR_RANGE);
	weak.work = (struct sealed_work){3, SEALED_MEMORY_MAX + 1};
	assert_int_equal(sealed_seal(&file, "x", bytes_str("p"), &weak, rng_system(), NULL), ERR_RANGE);
	assert_int_equal(file.len, 0);
	seal(&file, NULL, passphrase);
	put_be32(file.data + 8 + 3 + strlen("keystore"), 1); /* passes, by somebody who wants to guess faster */
	fix_checksum(&file);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", NULL, passphrase), ERR_FORMAT);
	buf_release(&file);
}

static void a_newer_version_is_named(void **state)
{
	struct buf file = BUF_INIT;

	seal(&file, key, NULL);
	file.data[8] = 2;
	fix_checksum(&file);
	assert_int_equal(open_as(buf_bytes(&file), "keystore", key, NULL), ERR_NEWER);
	buf_release(&file);
}

static void payloads_have_limits(void **state)
{
	struct sealed_opener opener = {.key = key};
	struct buf file = BUF_INIT;

	assert_int_equal(sealed_seal(&file, "x", bytes_of(NULL, 0), &opener, rng_system(), NULL), ERR_RANGE);
	assert_int_equal(sealed_seal(&file, "", bytes_str("p"), &opener, rng_system(), NULL), ERR_RANGE);
	buf_release(&file);
}

static void files_are_private(void **state)
{
	struct sealed_opener opener = {.key = key};
	struct temp_dir dir;
	struct secret *plain;
	char path[128];

	temp_dir_make(&dir);
	snprintf(path, sizeof(path), "%s/keys", dir.path);
	assert_int_equal(sealed_file_read(&plain, path, "keystore", &opener, NULL), ERR_NOT_FOUND);
	assert_int_equal(sealed_file_write(path, "keystore", bytes_str("payload"), &opener, rng_system(), NULL),
			ERR_OK);
	assert_int_equal(sealed_file_read(&plain, path, "keystore", &opener, NULL), ERR_OK);
	secret_free(plain);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(sealed_file_read(&plain, path, "keystore", &opener, NULL), ERR_IO);
	temp_dir_remove(&dir);
}

static void measured_work_is_above_the_floor(void **state)
{
	struct sealed_work w = sealed_work_measure(0, SEALED_MEMORY_MAX);

	assert_int_equal(w.passes, SEALED_PASSES_MIN);
	assert_int_equal(w.memory_kib, SEALED_MEMORY_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_with_its_passphrase_only),
		cmocka_unit_test(opens_with_its_key_only),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(no_cut_opens),
		cmocka_unit_test(weak_work_is_refused),
		cmocka_unit_test(a_newer_version_is_named),
		cmocka_unit_test(payloads_have_limits),
		cmocka_unit_test(files_are_private),
		cmocka_unit_test(measured_work_is_above_the_floor),
	};

	return cmocka_run_group_tests_name("sealed_file", tests, setup, teardown);
}
