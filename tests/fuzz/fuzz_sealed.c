/* SPDX-License-Identifier: Apache-2.0 */
/* A sealed file that was changed never opens, even with its checksum made right again. */
#include <sodium.h>

#include "core/base/rng.h"
#include "core/crypto/hash.h"
#include "storage/sealed_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The checksum is no secret, so a changed body is given a right one: what stands behind it must refuse too. */
static void with_checksum(struct buf *x)
{
	struct hash32 sum;

	if (x->len < HASH_SIZE)
		return;
	sum = hash_sha256(bytes_of(x->data, x->len - HASH_SIZE));
	memcpy(x->data + x->len - HASH_SIZE, sum.b, HASH_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t key_bytes[SEALED_KEY_SIZE] = {1};
	struct secret *key, *plain;
	struct buf copy = BUF_INIT;
	struct sealed_about about;
	enum err e;

	ASSERT(sodium_init() >= 0);
	ASSERT(secret_copy(&key, bytes_of(key_bytes, sizeof(key_bytes))) == ERR_OK);
	buf_append(&copy, data, size);
	with_checksum(&copy);
	(void)!sealed_about(&about, buf_bytes(&copy), NULL);
	e = sealed_open(&plain, "test", buf_bytes(&copy), &(struct sealed_opener){.key = key}, NULL);
	ASSERT(e != ERR_OK || bytes_equal(secret_bytes(plain), bytes_str("the payload of the seed")));
	if (e == ERR_OK)
		secret_free(plain);
	secret_free(key);
	buf_release(&copy);
	return 0;
}
