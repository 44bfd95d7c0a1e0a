/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that stands before a real daemon: an HTTPS server on a thread of its own that passes each question on with a
 * ticket of its own, and then changes, keeps or loses the answer as a test tells it to.
 *
 * What it changes is the daemon's true answer, so that each lie is false in one thing alone.  Functions ASSERT.
 */
#ifndef MEDLOCK_TESTS_RELAY_H
#define MEDLOCK_TESTS_RELAY_H

#include "daemon.h"

enum relay_kind { RELAY_STATUS, RELAY_HEADERS, RELAY_BLOCKS, RELAY_PROOF, RELAY_EVENTS, RELAY_TX, RELAY_SUBMIT };
enum relay_then {
	RELAY_PASS,
	RELAY_HOLD,   /* this question is never answered */
	RELAY_VANISH, /* the peer ends, with every connection */
	RELAY_REFUSE  /* 404 without words */
};

/* Called on the relay's thread after the daemon answered: body holds the answer (its message encoded) and may be
 * replaced.  Not called when the daemon refuses: its refusal is passed on.
 */
typedef enum relay_then relay_hook(void *self, enum relay_kind kind, struct buf *body);

struct relay;

/* For the reader of this ticket; hook NULL passes everything.  d, ticket and self outlive it. */
struct relay *relay_new(const struct daemon_home *d, const struct buf *ticket, relay_hook *hook, void *self);
void relay_free(struct relay *r); /* NULL is fine */
const struct peer_address *relay_address(const struct relay *r);
unsigned relay_questions(const struct relay *r); /* that it was asked so far; any thread */

#endif
