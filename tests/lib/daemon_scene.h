/* SPDX-License-Identifier: Apache-2.0 */
/* Somebody who acts on a real daemon and keeps account of what it acknowledged: for tests that take away its disk.
 *
 * Functions assert (cmocka) what must hold; acts that may fail give their error.
 */
#ifndef MEDLOCK_TESTS_DAEMON_SCENE_H
#define MEDLOCK_TESTS_DAEMON_SCENE_H

#include "daemon.h"

#define SCENE_VALID 5000
#define SCENE_BLOB 3000000u
#define SCENE_PIECE 1500000u
#define SCENE_ACTS_MAX 64u

struct scene {
	struct daemon_home d;
	struct http_client *http;
	struct person anna; /* a patient */
	struct buf officer, patient; /* read tickets */
	uint8_t *blob;
	struct blob_id blob_id;
	struct tx_id acked[SCENE_ACTS_MAX], refused[SCENE_ACTS_MAX];
	size_t acked_count, refused_count;
};

/* A home and its people; nothing runs yet. */
void scene_init(struct scene *s);
void scene_release(struct scene *s);

/* Start the daemon, certify the patient, let her act once, and upload the first piece of a blob. */
void scene_begin(struct scene *s);
void scene_client(struct scene *s); /* a new client, for a daemon that was started anew */

/* What a peer says of its own disk reaches a client as ERR_PEER with the status in words: ERR_DISK_FULL for that. */
enum err scene_said(enum err e, const struct err_info *info) MUST_USE;

/* Submit; ERR_OK when the daemon says that it is durable, else why not: ERR_DISK_FULL when it answers 507 and says so. */
enum err scene_submit(struct scene *s, const struct buf *tx, const struct tx_id *id) MUST_USE;
/* A new act of the patient; its bytes stay in tx. */
enum err scene_act(struct scene *s, struct buf *tx) MUST_USE;
void scene_must_act(struct scene *s);
/* The last act that was refused is taken now: the same bytes, without a restart. */
void scene_must_act_again(struct scene *s, const struct buf *tx);
void scene_anchor(struct scene *s);

/* One piece of the blob; ret: what the peer holds then.  len 0: only ask. */
enum err scene_put(struct scene *s, struct peer_blob *ret, uint64_t offset, size_t len) MUST_USE;

/* Everything that clients read is answered, and is what was acknowledged. */
void scene_must_read(struct scene *s);

/* In the stopped daemon's ledger: what was acknowledged is there, once.  Returns how many of those that were not
 * acknowledged are there all the same.
 */
size_t scene_check_stored(const struct scene *s);

/* How often the daemon's log has these words. */
size_t scene_logged(const struct scene *s, const char *words);

#endif
