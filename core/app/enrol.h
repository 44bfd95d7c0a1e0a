/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the certificate authority for a certificate, and its answer, by way of the peers.  docs/formats/enrolment.md. */
#ifndef MEDLOCK_APP_ENROL_H
#define MEDLOCK_APP_ENROL_H

#include "core/app/app.h"

#define APP_UNSENT 192u
#define APP_WORDS 513u /* of a refusal, with its NUL */

enum app_asked_state {
	APP_ASKED_NOTHING,   /* no request is known here; the ledger may still name a certificate */
	APP_ASKED_WAITING,
	APP_ASKED_CERTIFIED, /* the certificate is here and on the ledger */
	APP_ASKED_REFUSED,
	APP_ASKED_EXPIRED    /* no answer in ENROLMENT_LIFE_MS: nobody approves it any more */
};

struct app_asked {
	enum app_asked_state state;
	bool sent;               /* a peer has the request; else it waits here for one that takes it */
	char unsent[APP_UNSENT]; /* why none did, when one was asked now; foreign text */
	struct time_ms at, until; /* of the request; until: when it expires */
	char words[APP_WORDS];  /* of a refusal; foreign text */
	/* Of the certificate that the ledger names now; without one for the keys of now here, only not_after; 0: none. */
	char serial[41];
	struct time_ms not_after, renew_from; /* renew_from: two thirds of its life */
};
/* What became of the last request: sends it when no peer had it yet, looks for the answer, checks it against the ledger and
 * keeps it.  Offline it tells what is known.  ERR_PROOF: the answer's certificate is not the one on the ledger.
 */
enum err app_asked(struct app *a, struct app_asked *ret, struct err_info *info) MUST_USE;
const char *app_asked_text(enum app_asked_state state); /* a word: "waiting" */

/* Whether a request of this profile has no answer yet. */
bool app_asks(struct app *a);

/* Ask for a certificate with the keys of now: the next one before the last ends, or again after a refusal.  name NULL: as
 * the last time.  A request that waits is replaced here; the desk decides about each.  ERR_USAGE: no name is known.
 */
struct app_asking { const char *name, *organisation; };
enum err app_ask(struct app *a, struct app_asked *ret, const struct app_asking *asking, struct err_info *info) MUST_USE;

/* An answer that came as a file.  Then as app_asked.  ERR_NOT_FOUND when none is waited for. */
enum err app_ask_take(struct app *a, struct app_asked *ret, const char *path, struct err_info *info) MUST_USE;

#endif
