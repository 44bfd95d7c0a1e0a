/* SPDX-License-Identifier: Apache-2.0 */
/* Keystore files: what is said before a passphrase, and the parts behind a mended checksum. */
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/keys/keystore_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keystore_about about;
	struct keystore_file parts;
	struct hash32 sum;
	uint8_t *copy;

	(void)!keystore_about(&about, bytes_of(data, size), NULL);
	if (size < HASH_SIZE)
		return 0;
	copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	sum = hash_sha256(bytes_of(copy, size - HASH_SIZE));
	memcpy(copy + size - HASH_SIZE, sum.b, HASH_SIZE);
	if (keystore_file_parse(&parts, bytes_of(copy, size), NULL) == ERR_OK)
		ASSERT(parts.slot_count > 0 && parts.covered.len + 4 + parts.sealed.len + HASH_SIZE == size);
	free(copy);
	return 0;
}
