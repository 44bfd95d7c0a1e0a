/* SPDX-License-Identifier: Apache-2.0 */
/* A real medlockd for tests: its home in a temporary folder, its process, and signed transactions for it.
 *
 * The program is $BUILD/medlockd (BUILD as tests/run sets it).  Functions ASSERT on failure of the surroundings.
 */
#ifndef MEDLOCK_TESTS_DAEMON_H
#define MEDLOCK_TESTS_DAEMON_H

#include <sys/types.h>

#include "chain/net/peer_client.h"
#include "ledger_help.h"

#define DAEMON_PATH 512

struct daemon_home {
	char dir[DAEMON_PATH], home[DAEMON_PATH], program[DAEMON_PATH];
	struct network_id network;
	struct hash32 pin;
	struct person ca, op; /* an officer who acts for the CA, and an operator */
	pid_t pid;
	struct peer_address peer;
};

/* Make the folder and run init.  program: NULL for medlockd, or a name beside it. */
void daemon_make(struct daemon_home *d, const char *program);
/* Start it and wait until it is ready; extra may be NULL or one more argument pair "--fault", "x=y". */
void daemon_start(struct daemon_home *d, const char *flag, const char *value);
int daemon_stop(struct daemon_home *d, int signal); /* the wait status */
int daemon_command(const struct daemon_home *d, const char *command); /* "check": exit status; its words go to stderr */
void daemon_remove(struct daemon_home *d);

/* "medlock BASE64(Ticket)" for reading, ten minutes. */
void daemon_ticket(struct buf *out, const struct daemon_home *d, const struct person *who);

/* A ticket of any purpose, signed with this seed; the caller sets what its purpose needs, the rest is set here. */
void daemon_ticket_of(struct buf *out, const struct daemon_home *d, Medlock__Ticket *t, const struct secret *seed);

/* Signed transactions with fresh salt. */
void daemon_sign(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *by,
		 Medlock__Body *body, uint64_t valid_until);
void daemon_anchor(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *who, uint32_t role,
		   uint64_t valid_until);
void daemon_pause(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *who, bool paused,
		  uint64_t valid_until);

/* One GET of its health on the client's connection, as a measure of what a request costs that does nothing: its ns. */
uint64_t daemon_empty_call(const struct daemon_home *d, struct http_client *http);

#endif
