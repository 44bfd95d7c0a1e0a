/* SPDX-License-Identifier: Apache-2.0 */
/* medlockd forecast: what the home takes, how fast it grew, and when the disk or the quota is full at that pace. */
#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "chain/node/home.h"
#include "chain/node/node.h"
#include "core/base/json.h"
#include "storage/db.h"

#define WINDOW_DAYS 30
#define HISTORY_MIN_MS MS_PER_DAY /* from less, a rate would be chance */
#define PARTIAL_DIR "partial"

struct growth {
	uint64_t ledger, mail, blobs; /* bytes */
	uint64_t blocks, blocks_new;  /* bytes of all blocks, and of those within the window */
	uint64_t blobs_new;
	uint64_t quota, disk_free;
	int64_t span_ms; /* of the window: at most WINDOW_DAYS, from the first block on */
	uint64_t ledger_day, blobs_day;
};

/* ---- measuring ---- */

/* The size as SQLite counts it, with what is still in its log: right after a start most of a young ledger is there. */
static enum err ledger_bytes(struct growth *g, struct db *db, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, db, "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()", info));
	TRY(db_step(db, s, &row, info));
	if (row)
		g->ledger = (uint64_t)db_column_int(s, 0);
	db_done(s);
	return ERR_OK;
}

static enum err first_block(int64_t *ret_ms, struct db *db, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, db, "SELECT time FROM header ORDER BY height LIMIT 1", info));
	TRY(db_step(db, s, &row, info));
	if (row)
		*ret_ms = db_column_int(s, 0);
	db_done(s);
	return ERR_OK;
}

static enum err block_bytes(struct growth *g, struct db *db, int64_t since_ms, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, db,
			 "SELECT COALESCE(SUM(n), 0), COALESCE(SUM(CASE WHEN time >= ?1 THEN n ELSE 0 END), 0) FROM"
			 " (SELECT h.time AS time, LENGTH(h.header) + LENGTH(h.seal) + LENGTH(b.block) AS n"
			 " FROM header h JOIN block b ON b.height = h.height)", info));
	db_bind_int(s, 1, since_ms);
	TRY(db_step(db, s, &row, info));
	if (row) {
		g->blocks = (uint64_t)db_column_int(s, 0);
		g->blocks_new = (uint64_t)db_column_int(s, 1);
	}
	db_done(s);
	return ERR_OK;
}

/* A peer that never ran has no table for mail. */
static enum err mail_bytes(struct growth *g, struct db *db, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mail'", info));
	TRY(db_step(db, s, &row, info));
	db_done(s);
	if (!row)
		return ERR_OK;
	TRY(db_statement(&s, db, "SELECT COALESCE(SUM(LENGTH(message)), 0) FROM mail", info));
	TRY(db_step(db, s, &row, info));
	if (row)
		g->mail = (uint64_t)db_column_int(s, 0);
	db_done(s);
	return ERR_OK;
}

static enum err measure_ledger(struct growth *g, const char *path, int64_t now_ms, struct err_info *info)
{
	struct db_options options = {.read_only = true};
	int64_t from = now_ms;
	struct db *db;
	enum err e;

	TRY(db_open(&db, path, &options, info));
	e = ledger_bytes(g, db, info);
	if (e == ERR_OK)
		e = first_block(&from, db, info);
	if (from < now_ms - WINDOW_DAYS * MS_PER_DAY)
		from = now_ms - WINDOW_DAYS * MS_PER_DAY;
	g->span_ms = now_ms > from ? now_ms - from : 0;
	if (e == ERR_OK)
		e = block_bytes(g, db, from, info);
	if (e == ERR_OK)
		e = mail_bytes(g, db, info);
	db_free(db);
	return e;
}

/* An upload under way takes room, but counts as growth when it is whole.  What vanishes meanwhile is no error. */
static void blob_count(struct growth *g, const FTSENT *f, int64_t since_ms)
{
	if (f->fts_level < 2)
		return; /* the index */
	g->blobs += (uint64_t)f->fts_statp->st_size;
	if (strcmp(f->fts_parent->fts_name, PARTIAL_DIR) != 0 && f->fts_statp->st_mtim.tv_sec >= since_ms / 1000)
		g->blobs_new += (uint64_t)f->fts_statp->st_size;
}

static enum err measure_blobs(struct growth *g, char *dir, int64_t since_ms, struct err_info *info)
{
	char *roots[] = {dir, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	enum err e = ERR_OK;
	const FTSENT *f;

	if (walk == NULL)
		return err_set(info, ERR_IO, "%s: %s", dir, strerror(errno));
	while (e == ERR_OK && (f = fts_read(walk)) != NULL) {
		if (f->fts_info == FTS_F)
			blob_count(g, f, since_ms);
		else if ((f->fts_info == FTS_DNR || f->fts_info == FTS_ERR) && f->fts_errno != ENOENT)
			e = err_set(info, ERR_IO, "%s: %s", f->fts_path, strerror(f->fts_errno));
	}
	fts_close(walk);
	return e;
}

static enum err measure_disk(struct growth *g, const char *home, struct err_info *info)
{
	struct statvfs v;

	if (statvfs(home, &v) != 0)
		return err_set(info, ERR_IO, "%s: %s", home, strerror(errno));
	g->disk_free = (uint64_t)v.f_bavail * v.f_frsize;
	return ERR_OK;
}

/* ---- the forecast ---- */

static bool rates_known(const struct growth *g)
{
	return g->span_ms >= HISTORY_MIN_MS;
}

/* Blocks carry state, transactions and events along: ledger.db without the mail, which leaves again, grows as they do. */
static void rates(struct growth *g)
{
	double days = (double)g->span_ms / MS_PER_DAY;
	double kept = g->ledger > g->mail ? (double)(g->ledger - g->mail) : 0;

	if (!rates_known(g))
		return;
	if (g->blocks > 0)
		g->ledger_day = (uint64_t)(kept * ((double)g->blocks_new / (double)g->blocks) / days);
	g->blobs_day = (uint64_t)((double)g->blobs_new / days);
}

/* Whole days; false when it never gets full at this pace. */
static bool days_left(uint64_t *ret, uint64_t room, uint64_t a_day)
{
	if (a_day == 0)
		return false;
	*ret = room / a_day;
	return true;
}

static uint64_t quota_room(const struct growth *g)
{
	return g->quota > g->blobs ? g->quota - g->blobs : 0;
}

static void json_days(struct json_writer *w, const char *key, uint64_t room, uint64_t a_day)
{
	uint64_t days;

	if (days_left(&days, room, a_day))
		json_uint(w, key, days);
	else
		json_null(w, key);
}

static void forecast_json(struct buf *out, const struct growth *g)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_uint(&w, "v", 1);
	json_uint(&w, "ledger_bytes", g->ledger);
	json_uint(&w, "mail_bytes", g->mail);
	json_uint(&w, "blob_bytes", g->blobs);
	json_uint(&w, "disk_free_bytes", g->disk_free);
	json_uint(&w, "blob_quota_bytes", g->quota);
	json_uint(&w, "history_days", (uint64_t)(g->span_ms / MS_PER_DAY));
	json_boolean(&w, "enough_history", rates_known(g));
	json_uint(&w, "ledger_bytes_per_day", g->ledger_day);
	json_uint(&w, "blob_bytes_per_day", g->blobs_day);
	json_days(&w, "days_until_disk_full", g->disk_free, g->ledger_day + g->blobs_day);
	json_days(&w, "days_until_quota_full", quota_room(g), g->quota == 0 ? 0 : g->blobs_day);
	json_end_object(&w);
	buf_append_text(out, "\n");
}

static void text_days(struct buf *out, const char *what, uint64_t room, uint64_t a_day)
{
	uint64_t days;

	if (days_left(&days, room, a_day))
		buf_printf(out, "%s full in about %llu days at this pace\n", what, (unsigned long long)days);
	else
		buf_printf(out, "%s not filling\n", what);
}

static void forecast_text(struct buf *out, const struct growth *g)
{
	buf_printf(out, "ledger    %llu bytes, of them %llu of mail that waits\n", (unsigned long long)g->ledger,
		   (unsigned long long)g->mail);
	buf_printf(out, "blobs     %llu bytes\n", (unsigned long long)g->blobs);
	buf_printf(out, "free      %llu bytes on the disk\n", (unsigned long long)g->disk_free);
	if (g->quota > 0)
		buf_printf(out, "quota     %llu bytes of blobs\n", (unsigned long long)g->quota);
	if (!rates_known(g)) {
		buf_printf(out, "forecast  none: the ledger is less than a day old\n");
		return;
	}
	buf_printf(out, "growth    ledger %llu, blobs %llu bytes a day (last %llu days)\n",
		   (unsigned long long)g->ledger_day, (unsigned long long)g->blobs_day,
		   (unsigned long long)(g->span_ms / MS_PER_DAY));
	text_days(out, "disk     ", g->disk_free, g->ledger_day + g->blobs_day);
	if (g->quota > 0)
		text_days(out, "quota    ", quota_room(g), g->blobs_day);
}

enum err node_forecast(struct buf *ret, const char *home, const struct clock *clock, bool json, struct err_info *info)
{
	int64_t now = clock->now(clock->self).v;
	struct growth g = {0};
	struct home h;
	enum err e;

	TRY(home_open(&h, home, false, info));
	g.quota = options_uint(&h.config, "blob-quota");
	e = measure_ledger(&g, h.paths.ledger, now, info);
	if (e == ERR_OK)
		e = measure_blobs(&g, h.paths.blobs, now - g.span_ms, info);
	if (e == ERR_OK)
		e = measure_disk(&g, home, info);
	home_close(&h);
	if (e != ERR_OK)
		return e;
	rates(&g);
	if (json)
		forecast_json(ret, &g);
	else
		forecast_text(ret, &g);
	return buf_error(ret);
}
