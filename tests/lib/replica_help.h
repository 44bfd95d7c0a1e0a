/* SPDX-License-Identifier: Apache-2.0 */
/* A replica of a story (chain_story.h) behind a peer (fake_peer.h), and SQLite's own door to its file. */
#ifndef MEDLOCK_TESTS_REPLICA_HELP_H
#define MEDLOCK_TESTS_REPLICA_HELP_H

#include <sqlite3.h>
#include <unistd.h>

#include "chain_story.h"
#include "core/base/files.h"
#include "core/ledger/replica.h"
#include "fake_peer.h"

#define REPLICA_FILE_MAX (64u * 1024 * 1024)

struct replica_desk {
	struct story s;
	struct fake_peer *peer;
	struct http_client *http;
	struct manual_clock clock;
	struct temp_dir dir;
	char path[128];
	struct link link; /* as Anna */
	bool full;
	struct replica *r;
};

static inline void replica_desk_link(struct replica_desk *d)
{
	link_release(&d->link);
	fake_peer_link(&d->link, d->peer, d->http, &d->s.anna.id);
}

static inline void replica_desk_init_at(struct replica_desk *d, uint64_t seed, bool full, int64_t time)
{
	memset(d, 0, sizeof(*d));
	story_init_at(&d->s, seed, time);
	story_begin(&d->s);
	manual_clock_init(&d->clock, (struct time_ms){WORLD_TIME + MS_PER_DAY});
	d->peer = fake_peer_new(&d->s.chain, &d->clock.clock);
	ASSERT(http_client_new(&d->http, NULL, NULL) == ERR_OK);
	replica_desk_link(d);
	temp_dir_make(&d->dir);
	snprintf(d->path, sizeof(d->path), "%s/replica.db", d->dir.path);
	d->full = full;
}

static inline void replica_desk_init(struct replica_desk *d, uint64_t seed, bool full)
{
	replica_desk_init_at(d, seed, full, WORLD_TIME);
}

static inline struct replica_options replica_desk_options(const struct replica_desk *d)
{
	return (struct replica_options){.path = d->path, .genesis = buf_bytes(&d->s.w.genesis), .full = d->full,
					.account = d->s.anna.id, .clock = &d->clock.clock, .unsynced = true};
}

static inline enum err replica_desk_open(struct replica_desk *d, struct err_info *info)
{
	struct replica_options o = replica_desk_options(d);

	ASSERT(d->r == NULL);
	return replica_open(&d->r, &o, info);
}

static inline void replica_desk_close(struct replica_desk *d)
{
	replica_free(d->r);
	d->r = NULL;
}

static inline enum err replica_desk_sync(struct replica_desk *d, struct replica_sync_report *ret, struct err_info *info)
{
	struct replica_sync_report unused;

	replica_desk_link(d);
	return replica_sync(d->r, ret != NULL ? ret : &unused, &d->link, info);
}

static inline void replica_desk_release(struct replica_desk *d)
{
	replica_desk_close(d);
	link_release(&d->link);
	http_client_free(d->http);
	fake_peer_free(d->peer);
	story_release(&d->s);
	temp_dir_remove(&d->dir);
}

/* ---- behind medlock's back ---- */

/* flip(blob): the same with a bit of its middle byte changed. */
static inline void replica_desk_flip(sqlite3_context *c, int count, sqlite3_value **values)
{
	int len = sqlite3_value_bytes(values[0]);
	uint8_t *copy = malloc((size_t)len + 1);

	ASSERT(count == 1 && len > 0 && copy != NULL);
	memcpy(copy, sqlite3_value_blob(values[0]), (size_t)len);
	copy[len / 2] ^= 1;
	sqlite3_result_blob(c, copy, len, free);
}

static inline sqlite3 *replica_desk_sqlite(const struct replica_desk *d)
{
	sqlite3 *h = NULL;

	ASSERT(sqlite3_open_v2(d->path, &h, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	ASSERT(sqlite3_create_function(h, "flip", 1, SQLITE_UTF8, NULL, replica_desk_flip, NULL, NULL) == SQLITE_OK);
	return h;
}

/* Statements without rows, that must change `rows` rows (negative: any number). */
static inline void replica_desk_exec(const struct replica_desk *d, const char *sql, int rows)
{
	sqlite3 *h = replica_desk_sqlite(d);
	int code = sqlite3_exec(h, sql, NULL, NULL, NULL);

	if (code != SQLITE_OK)
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(h));
	else if (rows >= 0 && sqlite3_changes(h) != rows)
		fprintf(stderr, "%s: changes %d rows\n", sql, sqlite3_changes(h));
	ASSERT(code == SQLITE_OK && (rows < 0 || sqlite3_changes(h) == rows));
	sqlite3_close(h);
}
/* Closes the replica; its file alone, whole. */
static inline void replica_desk_file(struct replica_desk *d, struct buf *ret)
{
	replica_desk_close(d);
	replica_desk_exec(d, "PRAGMA wal_checkpoint(TRUNCATE)", -1);
	ASSERT(files_read(ret, d->path, REPLICA_FILE_MAX, NULL) == ERR_OK);
}

static inline void replica_desk_put_file(struct replica_desk *d, struct bytes bytes)
{
	char other[160];

	snprintf(other, sizeof(other), "%s-wal", d->path);
	unlink(other);
	snprintf(other, sizeof(other), "%s-shm", d->path);
	unlink(other);
	ASSERT(files_write(d->path, bytes, NULL) == ERR_OK);
}

#endif
