/* SPDX-License-Identifier: Apache-2.0 */
/* Letters, padded and bare, and texts inside of them: what parses is canonical, a letter is signed. */
#include "chain/proto/letter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes letter = bytes_of(data, size);
	Medlock__PromisedText *t;
	Medlock__ErrorReport *r;
	Medlock__Letter *l;

	if (size > 0 && (data[0] & 1) && letter_unpad(&letter, bytes_of(data, size)) != ERR_OK)
		return 0;
	if (letter_parse(&l, letter, NULL) == ERR_OK) {
		ASSERT(l->body.len <= LETTER_BODY_MAX && l->id.len == LETTER_ID_SIZE);
		WIRE_FREE(l);
	}
	if (letter_text_parse(&t, letter, NULL) == ERR_OK) {
		ASSERT(strlen(t->text) > 0 && strlen(t->text) <= LETTER_TEXT_MAX && t->request.len == ID_SIZE);
		WIRE_FREE(t);
	}
	if (letter_report_parse(&r, letter, NULL) == ERR_OK) {
		ASSERT(strlen(r->text) > 0 && strlen(r->text) <= LETTER_TEXT_MAX && r->record.len == ID_SIZE);
		WIRE_FREE(r);
	}
	return 0;
}
