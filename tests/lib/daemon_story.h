/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon with a short history on it: a patient, a clinician, records, a rule, a grant, pauses; and replicas of it.
 *
 * Functions ASSERT on failure of the surroundings.
 */
#ifndef MEDLOCK_TESTS_DAEMON_STORY_H
#define MEDLOCK_TESTS_DAEMON_STORY_H

#include "core/crypto/threshold.h"
#include "core/ledger/replica.h"
#include "daemon.h"

#define DAEMON_STORY_RECORDS 3u

struct daemon_story {
	struct daemon_home d;
	struct http_client *http;
	struct person anna, doctor;
	struct buf officer, patient, clinician; /* read tickets */
	struct buf genesis;
	struct threshold_key key;
	struct record_id records[DAEMON_STORY_RECORDS]; /* anna's, deposited by the officer */
	size_t record_count;
	struct request_id request; /* of the doctor for the first record */
};

/* A running daemon on which both are certified.  program as in daemon_make. */
void daemon_story_init(struct daemon_story *s, const char *program);
void daemon_story_release(struct daemon_story *s); /* kills the daemon when it runs */

/* Records, a rule, a request that is granted, a pause and its end. */
void daemon_story_begin(struct daemon_story *s);
void daemon_story_pause(struct daemon_story *s, bool paused);
void daemon_story_permit(struct daemon_story *s);
/* Stop it, when it runs, and start it again. */
void daemon_story_restart(struct daemon_story *s, const char *flag, const char *value);
uint64_t daemon_story_height(struct daemon_story *s);

/* Whose replica. */
enum story_reader { STORY_ANNA, STORY_DOCTOR, STORY_OFFICER }; /* the officer's is full, the others' are light */

/* Opens it; the doctor's watches her request. */
struct replica *daemon_story_replica(const struct daemon_story *s, enum story_reader who, const char *path);
const struct buf *daemon_story_ticket(const struct daemon_story *s, enum story_reader who);
/* A link without peers, and one more peer of it that this reader's ticket is good for (or a relay, for any). */
void daemon_story_link(struct link *l, const struct daemon_story *s, enum story_reader who, struct http_client *http);
void daemon_story_peer(struct link *l, const struct peer_address *peer, const struct buf *ticket);

#endif
