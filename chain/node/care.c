/* SPDX-License-Identifier: Apache-2.0 */
/* medlockd status, check, backup and restore: what an operator does beside the daemon. */
#include <stdio.h>
#include <unistd.h>

#include "chain/engine/application.h"
#include "chain/node/home.h"
#include "chain/node/node.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "storage/blob_store.h"

static void status_text(struct buf *out, const struct ledger_stand *s)
{
	char time[TIME_TEXT], hash[ID_HEX];

	time_format(time, s->at.time);
	hex_encode(hash, s->at.app_hash.b, ID_SIZE);
	buf_printf(out, "chain     %s\nheight    %llu\ntime      %s\nstate     %s\n", s->chain_id,
		   (unsigned long long)s->at.height, time, hash);
	buf_printf(out, "one operator, tamper-evident, not fault-tolerant\n");
}

static void status_json(struct buf *out, const struct ledger_stand *s)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_uint(&w, "v", 1);
	json_string(&w, "chain", s->chain_id);
	json_string(&w, "engine", "solo");
	json_uint(&w, "height", s->at.height);
	json_hex(&w, "app_hash", BYTES_ID(s->at.app_hash));
	json_time(&w, "time", s->at.time.v);
	json_uint(&w, "peers", s->peers);
	json_end_object(&w);
	buf_append_text(out, "\n");
}

enum err node_status(struct buf *ret, const char *home, bool json, struct err_info *info)
{
	struct ledger_stand stand;
	struct home h;
	enum err e;

	TRY(home_open(&h, home, false, info));
	e = ledger_stand(&stand, h.paths.ledger, buf_bytes(&h.genesis), info);
	home_close(&h);
	if (e != ERR_OK)
		return e;
	if (json)
		status_json(ret, &stand);
	else
		status_text(ret, &stand);
	return buf_error(ret);
}

/* ---- check ---- */

struct scrub {
	struct blob_store *store;
	uint64_t count, bad;
	char first[ID_HEX];
};

static enum err scrub_one(void *context, const struct blob_info *blob)
{
	struct scrub *s = context;

	s->count++;
	if (blob_store_verify(s->store, &blob->id, NULL) != ERR_OK && s->bad++ == 0)
		hex_encode(s->first, blob->id.b, ID_SIZE);
	return ERR_OK;
}

static enum err check_blobs(struct buf *ret, const struct home *h, struct err_info *info)
{
	struct scrub s = {0};
	enum err e;

	TRY(blob_store_open(&s.store, h->paths.blobs, 0, clock_real(), info));
	e = blob_store_list(s.store, scrub_one, &s);
	blob_store_free(s.store);
	if (e != ERR_OK)
		return err_set(info, e, "while reading the blobs");
	if (s.bad > 0)
		return err_set(info, ERR_DAMAGED, "%llu of %llu blobs do not match their names, the first %s",
			       (unsigned long long)s.bad, (unsigned long long)s.count, s.first);
	buf_printf(ret, "blobs     %llu whole\n", (unsigned long long)s.count);
	return ERR_OK;
}

enum err node_check(struct buf *ret, const char *home, struct err_info *info)
{
	struct home h;
	uint64_t height = 0, bad = 0;
	enum err e;

	TRY(home_open(&h, home, true, info));
	e = ledger_check(h.paths.ledger, buf_bytes(&h.genesis), &height, &bad, info);
	if (e == ERR_DAMAGED && bad > 0)
		e = err_wrap(info, e, "the first bad height is %llu", (unsigned long long)bad);
	if (e == ERR_OK) {
		buf_printf(ret, "blocks    %llu whole\n", (unsigned long long)height);
		e = check_blobs(ret, &h, info);
	}
	home_close(&h);
	return e;
}

/* ---- backup and restore ---- */

static enum err copy_small(const char *from, const char *to, size_t max, struct err_info *info)
{
	struct buf bytes = BUF_INIT;
	enum err e = files_read(&bytes, from, max, info);

	if (e == ERR_OK)
		e = files_write(to, buf_bytes(&bytes), info);
	buf_release(&bytes);
	return e;
}

#define SMALL_MAX (2u * 1024 * 1024)

struct copying {
	struct blob_store *from, *to;
};

static enum err copy_blob(void *context, const struct blob_info *blob)
{
	struct copying *c = context;
	struct buf piece = BUF_INIT;
	uint64_t have = 0;
	enum err e = blob_store_begin(c->to, &have, &blob->id, blob->size, NULL);

	if (e == ERR_DUPLICATE)
		return ERR_OK;
	while (e == ERR_OK && have < blob->size) {
		buf_clear(&piece);
		e = blob_store_read(c->from, &piece, &blob->id, have, BLOB_PIECE_MAX);
		if (e == ERR_OK)
			e = blob_store_write(c->to, &have, &blob->id, have, buf_bytes(&piece), NULL);
	}
	buf_release(&piece);
	return e == ERR_OK ? blob_store_finish(c->to, &blob->id, NULL, NULL) : e;
}

static enum err copy_blobs(const struct home_paths *from, const struct home_paths *to, struct err_info *info)
{
	struct copying c = {0};
	enum err e;

	TRY(blob_store_open(&c.from, from->blobs, 0, clock_real(), info));
	e = blob_store_open(&c.to, to->blobs, 0, clock_real(), info);
	if (e == ERR_OK && (e = blob_store_list(c.from, copy_blob, &c)) != ERR_OK)
		e = err_set(info, e, "while copying the blobs");
	blob_store_free(c.from);
	blob_store_free(c.to);
	return e;
}

static enum err copy_home(const struct home_paths *from, const struct home_paths *to, struct err_info *info)
{
	struct db *db = NULL;
	struct db_options options = {.must_exist = true};
	enum err e;

	TRY(db_open(&db, from->ledger, &options, info));
	e = db_copy(db, to->ledger, info);
	db_free(db);
	if (e == ERR_OK)
		e = copy_blobs(from, to, info);
	if (e == ERR_OK)
		e = copy_small(from->keys, to->keys, SMALL_MAX, info);
	if (e == ERR_OK)
		e = copy_small(from->config, to->config, SMALL_MAX, info);
	if (e == ERR_OK)
		e = copy_small(from->genesis, to->genesis, SMALL_MAX, info);
	return e;
}

static enum err copy_dirs(const char *from, const char *to, struct err_info *info)
{
	struct home_paths *paths = calloc(2, sizeof(*paths));
	enum err e = paths == NULL ? ERR_MEMORY : home_paths(&paths[0], from, info);

	if (e == ERR_OK)
		e = home_paths(&paths[1], to, info);
	if (e == ERR_OK && access(paths[1].genesis, F_OK) == 0)
		e = err_set(info, ERR_DUPLICATE, "'%s' holds a home or a backup already", to);
	if (e == ERR_OK)
		e = files_mkdir(to, info);
	if (e == ERR_OK)
		e = copy_home(&paths[0], &paths[1], info);
	free(paths);
	return e;
}

enum err node_backup(const char *home, const char *to, struct err_info *info)
{
	struct home h;

	TRY(home_open(&h, home, false, info));
	home_close(&h);
	return copy_dirs(home, to, info);
}

static enum err mark_signing(const char *home, uint64_t height, struct err_info *info)
{
	struct ledger_app *app = NULL;
	struct home h;
	enum err e;

	TRY(home_open(&h, home, true, info));
	e = ledger_app_open(&app, h.paths.ledger, buf_bytes(&h.genesis), NULL, info);
	if (e == ERR_OK)
		e = ledger_app_sign_above(app, height, info);
	ledger_app_free(app);
	home_close(&h);
	return e;
}

enum err node_restore(const char *home, const char *from, struct err_info *info)
{
	TRY(copy_dirs(from, home, info));
	return mark_signing(home, UINT64_MAX, info);
}

enum err node_allow_signing(const char *home, uint64_t highest_seen, struct err_info *info)
{
	return mark_signing(home, highest_seen, info);
}
