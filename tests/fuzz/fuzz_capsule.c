/* SPDX-License-Identifier: Apache-2.0 */
/* The three wire forms of threshold encryption, by a first byte: a capsule followed by its label, an answer, a key.
 * A capsule holds for one label at most; answers and keys that parse are written back as the same bytes.
 */
#include <stdlib.h>

#include "core/crypto/threshold.h"

#define LABEL_MAX 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_capsule(const uint8_t *data, size_t size)
{
	uint8_t longer[LABEL_MAX + 1] = {0};
	struct capsule c;

	if (size < CAPSULE_SIZE || size > CAPSULE_SIZE + LABEL_MAX)
		return;
	memcpy(c.b, data, CAPSULE_SIZE);
	size -= CAPSULE_SIZE;
	if (size > 0)
		memcpy(longer, data + CAPSULE_SIZE, size);
	if (capsule_check(&c, bytes_of(longer, size)) == ERR_OK)
		ASSERT(capsule_check(&c, bytes_of(longer, size + 1)) == ERR_PROOF);
}

static void try_answer(const uint8_t *data, size_t size)
{
	uint8_t out[DECRYPTION_SHARE_SIZE];
	struct decryption_share share;

	if (size != DECRYPTION_SHARE_SIZE || decryption_share_parse(&share, data) != ERR_OK)
		return;
	decryption_share_write(out, &share);
	ASSERT(memcmp(out, data, sizeof(out)) == 0);
}

static void try_key(const uint8_t *data, size_t size)
{
	uint8_t out[THRESHOLD_KEY_SIZE_MAX];
	struct threshold_key key;

	if (threshold_key_parse(&key, bytes_of(data, size)) != ERR_OK)
		return;
	ASSERT(threshold_key_write(out, &key) == size && memcmp(out, data, size) == 0);
	threshold_public_share(&key.commitments[0], &key, key.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	switch (data[0]) {
	case 0:
		try_capsule(data + 1, size - 1);
		break;
	case 1:
		try_answer(data + 1, size - 1);
		break;
	default:
		try_key(data + 1, size - 1);
		break;
	}
	return 0;
}
