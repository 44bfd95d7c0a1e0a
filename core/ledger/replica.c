/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/replica.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/crypto/hash.h"
#include "core/ledger/replica_internal.h"
#include "storage/migrate.h"

static const char schema[] =
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL);"
	"CREATE TABLE block(height INTEGER PRIMARY KEY, time TEXT NOT NULL, hash TEXT NOT NULL, txs INTEGER NOT NULL,"
	" header BLOB NOT NULL, commit_bytes BLOB NOT NULL, body BLOB);"
	"CREATE TABLE state(key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL);"
	"CREATE TABLE row(key BLOB PRIMARY KEY, value BLOB NOT NULL, height INTEGER NOT NULL, proof BLOB NOT NULL);"
	"CREATE TABLE event(owner TEXT NOT NULL, n INTEGER NOT NULL, height INTEGER NOT NULL, at TEXT NOT NULL,"
	" kind TEXT NOT NULL, actor TEXT NOT NULL, purpose TEXT NOT NULL, request TEXT NOT NULL, granted INTEGER NOT NULL,"
	" refused INTEGER NOT NULL, asked INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY(owner, n));"
	"CREATE TABLE record(id TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL, category TEXT NOT NULL,"
	" labels TEXT NOT NULL, confidentiality TEXT NOT NULL, status TEXT NOT NULL, depositor TEXT NOT NULL,"
	" height INTEGER NOT NULL, at TEXT NOT NULL, key BLOB NOT NULL);"
	"CREATE INDEX record_owner ON record(owner, number);"
	"CREATE TABLE rule(owner TEXT NOT NULL, id INTEGER NOT NULL, effect TEXT NOT NULL, purposes TEXT NOT NULL,"
	" categories TEXT NOT NULL, valid_to TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY(owner, id));"
	"CREATE TABLE request(id TEXT PRIMARY KEY, owner TEXT NOT NULL, requester TEXT NOT NULL, purpose TEXT NOT NULL,"
	" emergency INTEGER NOT NULL, at TEXT NOT NULL, expires TEXT NOT NULL, closed INTEGER NOT NULL,"
	" granted INTEGER NOT NULL, height INTEGER NOT NULL, key BLOB NOT NULL);"
	"CREATE TABLE certificate(account TEXT PRIMARY KEY, role TEXT NOT NULL, not_after TEXT NOT NULL,"
	" revoked INTEGER NOT NULL, events INTEGER NOT NULL);"
	"CREATE TABLE tx(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, height INTEGER NOT NULL, position INTEGER NOT NULL,"
	" code INTEGER NOT NULL, data BLOB NOT NULL);"
	"CREATE INDEX tx_id ON tx(id);"
	"CREATE TABLE watch(kind TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY(kind, id));"
	"CREATE TABLE evidence(height INTEGER NOT NULL, at TEXT NOT NULL, header BLOB NOT NULL, commit_bytes BLOB NOT NULL);";

static const struct migration migrations[] = {{1, schema}};

/* ---- rows by prefix -------------------------------------------------------------------------- */

/* Rows of a light replica with the prefix. */
static enum err scan_rows(struct replica *r, struct bytes prefix, state_each *each, void *context,
			  struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT key, value FROM row WHERE substr(key, 1, ?1) = ?2 ORDER BY key", info));
	db_bind_int(s, 1, (int64_t)prefix.len);
	db_bind_bytes(s, 2, prefix);
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		e = each(context, db_column_bytes(s, 0), db_column_bytes(s, 1));
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

enum err replica_scan(struct replica *r, struct bytes prefix, state_each *each, void *context, struct err_info *info)
{
	if (r->full)
		return state_kv_scan(r->kv, prefix, bytes_of(NULL, 0), false, each, context);
	return scan_rows(r, prefix, each, context, info);
}

/* ---- life ---------------------------------------------------------------------------------- */

/* A fresh file remembers whose it is, all at once: a kill leaves it fresh or made. */
static enum err claim(struct replica *r, struct err_info *info)
{
	enum err e;

	TRY(db_begin(r->db, info));
	e = replica_meta_put(r, "network", BYTES_ID(r->network), info);
	if (e == ERR_OK)
		e = replica_meta_put(r, "mode", bytes_str(r->full ? "full" : "light"), info);
	if (e == ERR_OK && !r->full)
		e = replica_meta_put(r, "account", BYTES_ID(r->account), info);
	if (e != ERR_OK) {
		db_rollback(r->db);
		return e;
	}
	return db_commit(r->db, info);
}

/* A meta value is what it should be; otherwise the error and the sentence that are given. */
static enum err expect(struct replica *r, const char *name, struct bytes want, enum err otherwise, const char *sentence,
		       struct err_info *info)
{
	struct buf value = BUF_INIT;
	enum err e = replica_meta_get(r, &value, name, info);

	if (e == ERR_NOT_FOUND)
		e = err_set(info, ERR_DAMAGED, "the replica does not say its %s", name);
	if (e == ERR_OK && !bytes_equal(buf_bytes(&value), want))
		e = err_set(info, otherwise, "%s", sentence);
	buf_release(&value);
	return e;
}

static enum err check_kind(struct replica *r, struct err_info *info)
{
	struct buf network = BUF_INIT;
	enum err e = replica_meta_get(r, &network, "network", info);

	buf_release(&network);
	if (e == ERR_NOT_FOUND)
		return claim(r, info);
	if (e != ERR_OK)
		return e;
	TRY(expect(r, "network", BYTES_ID(r->network), ERR_NETWORK_ID, "the replica was made for another network",
		   info));
	if (r->full)
		return expect(r, "mode", bytes_str("full"), ERR_CONFLICT,
			      "the replica is light, the profile wants full: delete replica.db", info);
	TRY(expect(r, "mode", bytes_str("light"), ERR_CONFLICT,
		   "the replica is full, the profile wants light: delete replica.db", info));
	return expect(r, "account", BYTES_ID(r->account), ERR_WRONG_PROFILE,
		      "the replica holds another account's rows: delete replica.db", info);
}

static enum err open_all(struct replica *r, const struct replica_options *o, struct err_info *info)
{
	struct db_options options = {.unsynced = o->unsynced};

	TRY(genesis_parse(&r->genesis, &r->network, o->genesis, info));
	TRY(validators_of_network(&r->validators, r->genesis->network));
	TRY(db_open(&r->db, o->path, &options, info));
	TRY(migrate(r->db, DB_REPLICA, migrations, sizeof(migrations) / sizeof(migrations[0]), info));
	if (r->full)
		TRY(state_kv_new(&r->kv, r->db, info));
	return check_kind(r, info);
}

enum err replica_open(struct replica **ret, const struct replica_options *options, struct err_info *info)
{
	struct replica *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return ERR_MEMORY;
	r->full = options->full;
	r->account = options->account;
	r->clock = options->clock;
	e = open_all(r, options, info);
	if (e != ERR_OK) {
		replica_free(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

void replica_free(struct replica *r)
{
	if (r == NULL)
		return;
	executor_free(r->executor);
	state_kv_free(r->kv);
	db_free(r->db);
	WIRE_FREE(r->genesis);
	free(r);
}

/* ---- status -------------------------------------------------------------------------------- */

static enum err count_of(struct replica *r, uint64_t *ret, const char *sql, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e = db_statement(&s, r->db, sql, info);

	if (e != ERR_OK)
		return e;
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row)
		*ret = (uint64_t)db_column_int(s, 0);
	db_done(s);
	return e;
}

enum err replica_status(struct replica *r, struct replica_status *ret, struct err_info *info)
{
	struct replica_status st = {.full = r->full, .operators = r->genesis->network->n_operators,
					.solo = r->validators.count == 1};
	struct block_header h;

	snprintf(st.chain_id, sizeof(st.chain_id), "%s", r->genesis->chain_id);
	TRY(replica_tip(r, &st.height, info));
	TRY(count_of(r, &st.headers, "SELECT count(*) FROM block", info));
	TRY(count_of(r, &st.blocks, "SELECT count(*) FROM block WHERE body IS NOT NULL", info));
	TRY(count_of(r, &st.txs, "SELECT coalesce(sum(txs), 0) FROM block WHERE body IS NOT NULL", info));
	TRY(count_of(r, &st.evidence, "SELECT count(*) FROM evidence", info));
	st.time = (struct time_ms){r->genesis->time};
	if (st.height > 0) {
		TRY(replica_read_header(r, &h, st.height, info));
		st.state_height = st.height - 1;
		st.block_hash = header_hash(&h);
		st.time = block_time_ms(h.time);
		if (h.app_hash.len == ID_SIZE)
			ID_COPY(st.app_hash, h.app_hash.b);
	}
	*ret = st;
	return ERR_OK;
}

/* ---- what to keep an eye on ------------------------------------------------------------------ */

enum err replica_watch(struct replica *r, const char *kind, struct bytes id, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "INSERT OR IGNORE INTO watch(kind, id) VALUES(?1, ?2)", info));
	db_bind_text(s, 1, kind);
	db_bind_bytes(s, 2, id);
	return db_run(r->db, s, info);
}

enum err replica_watch_record(struct replica *r, const struct record_id *record, struct err_info *info)
{
	return replica_watch(r, WATCH_RECORD, BYTES_ID(*record), info);
}

enum err replica_watch_request(struct replica *r, const struct request_id *request, struct err_info *info)
{
	return replica_watch(r, WATCH_REQUEST, BYTES_ID(*request), info);
}
