/* SPDX-License-Identifier: Apache-2.0 */
/* Key texts: what decodes encodes to the same text; any 32 bytes come back. */
#include "core/crypto/age.h"
#include "core/crypto/bech32.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const hrp[] = {"age", "AGE-SECRET-KEY-"};
	char text[256] = "", again[BECH32_TEXT_MAX + 1];
	uint8_t key[BECH32_KEY_SIZE] = {0};
	struct secret *identity = NULL;

	memcpy(text, data, size < sizeof(text) - 1 ? size : sizeof(text) - 1);
	for (size_t i = 0; i < 2; i++) {
		if (bech32_decode(key, hrp[i], text) == ERR_OK) {
			bech32_encode(again, hrp[i], key);
			ASSERT(strcmp(text, again) == 0);
		}
	}
	if (age_identity_parse(&identity, text) == ERR_OK)
		secret_free(identity);
	memcpy(key, data, size < sizeof(key) ? size : sizeof(key));
	bech32_encode(again, hrp[0], key);
	ASSERT(bech32_decode(key, hrp[0], again) == ERR_OK);
	return 0;
}
