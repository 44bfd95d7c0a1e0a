/* SPDX-License-Identifier: Apache-2.0 */
/* Typed recovery cards: what parses is written again and parses to the same. */
#include "core/keys/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret *secret = NULL, *text = NULL, *again = NULL;
	struct err_info info = {0};

	if (words_parse(&secret, bytes_of(data, size), &info) != ERR_OK)
		return 0;
	ASSERT(words_of(&text, secret) == ERR_OK);
	ASSERT(words_parse(&again, bytes_str((char *)text->data), NULL) == ERR_OK);
	ASSERT(secret_equal(secret_bytes(secret), secret_bytes(again)));
	secret_free(secret);
	secret_free(text);
	secret_free(again);
	return 0;
}
