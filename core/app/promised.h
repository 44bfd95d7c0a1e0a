/* SPDX-License-Identifier: Apache-2.0 */
/* Text in a letter to which the ledger has a commitment: the review of an emergency, a question about a request, its reply.
 * Private to core/app.
 */
#ifndef MEDLOCK_APP_PROMISED_H
#define MEDLOCK_APP_PROMISED_H

#include "chain/proto/letter.h"
#include "core/app/mail.h"

/* One's own text with a fresh salt; it points into itself, `request` and `text`. */
struct promised {
	Medlock__PromisedText text;
	uint8_t salt[16];
	struct hash32 commitment;
};
/* What may stand in a letter.  ERR_USAGE: see promised_make. */
enum err letter_words_check(const char *text, struct err_info *info) MUST_USE;
/* ERR_USAGE: 1 to LETTER_TEXT_MAX bytes of UTF-8, without characters that a terminal acts upon; lines may end. */
enum err promised_make(struct promised *p, uint32_t kind, const struct request_id *request, const char *text,
		       struct err_info *info) MUST_USE;

/* The letter to to->from; answer: to the seal key that to brought along, else to the keys that are known. */
enum err promised_send(struct app *a, const Medlock__PromisedText *text, uint32_t kind, const struct app_letter *to,
		       bool answer, struct err_info *info) MUST_USE;

/* The ledger has this text's commitment, by this writer, about this request. */
bool promised_stands(struct app *a, uint32_t kind, const Medlock__PromisedText *text, const struct account_id *from);

/* What an entry of a list promised: a question's text by its asker, or its reply's by the reader. */
struct promise {
	uint32_t kind; /* LETTER_QUESTION or LETTER_REPLY */
	struct request_id request;
	struct account_id by;
	struct hash32 text;
};
/* This text, in a letter of this kind from this sender, is the one; a lie in any of them is not. */
bool promise_kept(const struct promise *p, uint32_t kind, const Medlock__PromisedText *text, const struct account_id *from);

/* ---- kept in the profile, a sealed file each: peers forget letters, and what was sent only its receiver opens ---- */

/* ERR_NOT_FOUND; ERR_DAMAGED for a file that is not this text.  WIRE_FREE. */
enum err kept_text_read(struct app *a, Medlock__KeptText **ret, const struct hash32 *commitment,
			struct err_info *info) MUST_USE;
enum err kept_text_write(struct app *a, const Medlock__KeptText *text, struct err_info *info) MUST_USE;

#endif
