/* SPDX-License-Identifier: Apache-2.0 */
/* Letters, padded and bare: what parses is canonical and signed. */
#include "chain/proto/letter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes letter = bytes_of(data, size);
	Medlock__Letter *l;

	if (size > 0 && (data[0] & 1) && letter_unpad(&letter, bytes_of(data, size)) != ERR_OK)
		return 0;
	if (letter_parse(&l, letter, NULL) == ERR_OK) {
		ASSERT(l->body.len <= LETTER_BODY_MAX && l->id.len == LETTER_ID_SIZE);
		WIRE_FREE(l);
	}
	return 0;
}
