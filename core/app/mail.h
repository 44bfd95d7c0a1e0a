/* SPDX-License-Identifier: Apache-2.0 */
/* Letters from this account and to it, by way of the peers.  docs/formats/mail.md. */
#ifndef MEDLOCK_APP_MAIL_H
#define MEDLOCK_APP_MAIL_H

#include "core/app/app.h"
#include "chain/proto/codes.h"
#include "core/crypto/seal.h"

#define APP_LETTERS_MAX 2000u

/* Sign, seal to the receiver's keys of now, and give it to the first peer that takes it.  kind: LETTER_…; body: at most
 * LETTER_BODY_MAX bytes.  ERR_NO_CONTACT when the receiver's keys are neither public nor in the book; ERR_LIMIT: quota.
 */
enum err app_mail_send(struct app *a, const struct account_id *to, uint32_t kind, struct bytes body,
		       struct err_info *info) MUST_USE;

/* A letter whose seal opened, whose signature is by keys that the ledger has for the sender now, and that names this
 * account.
 */
struct app_letter {
	struct account_id from;
	struct seal_public seal; /* of the sender, to answer */
	uint32_t kind;
	struct time_ms at;
	uint8_t id[16];
	struct buf body;
};
/* The same to the sender of a letter, whose keys it brought along. */
enum err app_mail_answer(struct app *a, const struct app_letter *to, uint32_t kind, struct bytes body,
			 struct err_info *info) MUST_USE;

struct app_letters {
	struct app_letter *rows;
	size_t count;
	size_t odd; /* messages that are no such letter, passed over */
};
/* All that the peers still keep, the oldest first, each once.  kind 0: every kind. */
enum err app_mail_list(struct app *a, struct app_letters *ret, uint32_t kind, struct err_info *info) MUST_USE;
void app_letters_release(struct app_letters *l);

#endif
