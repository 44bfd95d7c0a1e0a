/* SPDX-License-Identifier: Apache-2.0 */
/* Replicas of a real daemon's story behind a relay, for tests of sync: files by name, one sync at a time, comparison. */
#ifndef MEDLOCK_TESTS_SYNC_DESK_H
#define MEDLOCK_TESTS_SYNC_DESK_H

#include "daemon_story.h"
#include "relay.h"
#include "replica_dump.h"
#include "temp_dir.h"

#define SYNC_DESK_PATH 128

struct sync_desk {
	struct daemon_story s;
	struct temp_dir dir;
	uint64_t page;            /* at most so many headers or blocks in one answer of the relay; 0: as the daemon gives */
	enum relay_kind kind;     /* what the next fields are about … */
	bool any;                 /* … or every kind */
	int at;                   /* the question from 0 on that is treated so; each one when negative */
	enum relay_then then;
	struct task *cancel;      /* cancelled at that question */
	void (*lie)(struct sync_desk *d, enum relay_kind kind, struct buf *body); /* or the answer is changed */
	void *self;               /* of lie */
	int seen;
};

void sync_desk_init(struct sync_desk *d, const char *program);
void sync_desk_release(struct sync_desk *d);

/* The relay's hook; self is the desk.  Change the desk only while no question is under way. */
relay_hook sync_desk_hook;
/* From here on the relay is honest; page stays. */
void sync_desk_honest(struct sync_desk *d);

void sync_desk_path(const struct sync_desk *d, char out[SYNC_DESK_PATH], const char *name);

struct sync_desk_result {
	enum err e;
	enum link_state states[2];
	struct replica_sync_report report;
	struct err_info info;
	int64_t ms; /* it took */
};
/* One sync of this file with these one or two peers (second may be NULL), with a client and a link of its own. */
struct sync_desk_result sync_desk_sync(const struct sync_desk *d, enum story_reader who, const char *name,
				       const struct peer_address *first, const struct peer_address *second,
				       struct task *task, int64_t timeout_ms);

/* Sync both files with the daemon to one height: it makes an empty block now and then. */
void sync_desk_level(const struct sync_desk *d, enum story_reader who, const char *a, enum story_reader other,
		     const char *b);
/* The same, of two replicas of one person, and then: they hold the same. */
bool sync_desk_same(const struct sync_desk *d, enum story_reader who, const char *a, const char *b);

#endif
