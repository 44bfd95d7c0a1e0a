/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts of releases.  A row in ledger.db is durable before the share leaves; rows become one release_receipt
 * transaction of this peer's account within RECEIPT_BATCH_MS.  The signed transaction is kept until it stands
 * in a block,
 * so that after a crash the same bytes are submitted again and the contract's replay protection keeps them single.
 */
#include <sqlite3.h>

#include "chain/node/internal.h"
#include "core/crypto/sign.h"
#include "storage/db.h"

#define RETRY_MS 10000
#define VALID_HEIGHTS 1000u

struct receipts {
	struct node *node;
	sqlite3 *db;
	sqlite3_stmt *note, *waiting;
	int64_t due; /* steady ms; 0: nothing waits */
	bool flying; /* the batch is with the engine */
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS receipt(seq INTEGER PRIMARY KEY AUTOINCREMENT, request BLOB NOT NULL,"
	" record BLOB NOT NULL, form INTEGER NOT NULL, UNIQUE(request, record, form));"
	"CREATE TABLE IF NOT EXISTS receipt_batch(one INTEGER PRIMARY KEY CHECK(one = 1), last INTEGER NOT NULL,"
	" tx BLOB NOT NULL);";

static enum err failed(struct receipts *r, struct err_info *info)
{
	bool full = db_error_behind(r->db, sqlite3_extended_errcode(r->db)) == ERR_DISK_FULL;

	return err_set(info, full ? ERR_DISK_FULL : ERR_IO, "receipts: %s", sqlite3_errmsg(r->db));
}

enum err receipts_new(struct receipts **ret, struct node *n, struct err_info *info)
{
	struct receipts *r = calloc(1, sizeof(*r));
	enum err e = ERR_OK;

	if (r == NULL)
		return ERR_MEMORY;
	r->node = n;
	r->db = ledger_app_sqlite(n->app);
	if (sqlite3_exec(r->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(r->db, "INSERT OR IGNORE INTO receipt(request, record, form) VALUES(?1, ?2, ?3)", -1,
			       &r->note, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(r->db, "SELECT seq, request, record, form FROM receipt ORDER BY seq LIMIT ?1", -1,
			       &r->waiting, NULL) != SQLITE_OK)
		e = failed(r, info);
	if (e != ERR_OK) {
		receipts_free(r);
		return e;
	}
	r->due = node_steady(n); /* what an earlier run left */
	*ret = r;
	return ERR_OK;
}

void receipts_free(struct receipts *r)
{
	if (r == NULL)
		return;
	sqlite3_finalize(r->note);
	sqlite3_finalize(r->waiting);
	free(r);
}

enum err receipts_note(struct receipts *r, const struct request_id *request, const struct record_id *record,
		       uint32_t form)
{
	int step;

	sqlite3_bind_blob(r->note, 1, request->b, sizeof(request->b), SQLITE_STATIC);
	sqlite3_bind_blob(r->note, 2, record->b, sizeof(record->b), SQLITE_STATIC);
	sqlite3_bind_int64(r->note, 3, form);
	step = sqlite3_step(r->note);
	sqlite3_reset(r->note);
	if (step != SQLITE_DONE)
		return failed(r, NULL);
	if (r->due == 0)
		r->due = node_steady(r->node) + RECEIPT_BATCH_MS;
	return ERR_OK;
}

/* ---- the batch ---- */

struct batch {
	Medlock__Released rows[RELEASED_MAX];
	Medlock__Released *list[RELEASED_MAX];
	uint8_t ids[RELEASED_MAX][2 * ID_SIZE];
	size_t count;
	int64_t last;
};

static bool batch_row(struct batch *b, sqlite3_stmt *s)
{
	Medlock__Released *row = &b->rows[b->count];
	uint8_t *ids = b->ids[b->count];

	if (sqlite3_column_bytes(s, 1) != ID_SIZE || sqlite3_column_bytes(s, 2) != ID_SIZE)
		return false;
	memcpy(ids, sqlite3_column_blob(s, 1), ID_SIZE);
	memcpy(ids + ID_SIZE, sqlite3_column_blob(s, 2), ID_SIZE);
	medlock__released__init(row);
	row->request = wire_data(bytes_of(ids, ID_SIZE));
	row->record = wire_data(bytes_of(ids + ID_SIZE, ID_SIZE));
	row->form = (uint32_t)sqlite3_column_int64(s, 3);
	b->list[b->count++] = row;
	b->last = sqlite3_column_int64(s, 0);
	return true;
}

static int by_ids(const void *x, const void *y)
{
	const Medlock__Released *a = *(Medlock__Released *const *)x, *b = *(Medlock__Released *const *)y;
	int order = memcmp(a->request.data, b->request.data, ID_SIZE);

	if (order == 0)
		order = memcmp(a->record.data, b->record.data, ID_SIZE);
	return order != 0 ? order : (a->form > b->form) - (a->form < b->form);
}

static enum err batch_read(struct receipts *r, struct batch *b)
{
	int step;
	enum err e = ERR_OK;

	b->count = 0;
	sqlite3_bind_int64(r->waiting, 1, RELEASED_MAX);
	while ((step = sqlite3_step(r->waiting)) == SQLITE_ROW)
		if (!batch_row(b, r->waiting))
			e = ERR_DAMAGED;
	sqlite3_reset(r->waiting);
	qsort(b->list, b->count, sizeof(b->list[0]), by_ids);
	return e == ERR_OK && step != SQLITE_DONE ? failed(r, NULL) : e;
}

static enum err batch_sign(struct receipts *r, struct buf *ret_tx, struct batch *b)
{
	struct node *n = r->node;
	Medlock__ReleaseReceipt receipt = MEDLOCK__RELEASE_RECEIPT__INIT;
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct buf bytes = BUF_INIT;
	uint8_t salt[TX_SALT_SIZE];
	struct hash32 hash;
	struct signature signature;
	struct tx_id id;
	enum err e;

	rng_fill(rng_system(), salt, sizeof(salt));
	receipt.released = b->list;
	receipt.n_released = b->count;
	body.network_id = wire_data(BYTES_ID(*ledger_app_network(n->app)));
	body.salt = wire_data(bytes_of(salt, sizeof(salt)));
	body.valid_until = ledger_app_info(n->app).height + VALID_HEIGHTS;
	body.action_case = MEDLOCK__BODY__ACTION_RELEASE_RECEIPT;
	body.release_receipt = &receipt;
	e = tx_body_encode(&bytes, &hash, &body);
	if (e == ERR_OK) {
		sign_make(&signature, n->home.sign_seed, BYTES_ID(hash));
		e = tx_assemble(ret_tx, &id, buf_bytes(&bytes), &n->home.account, &signature);
	}
	buf_release(&bytes);
	return e;
}

/* The transaction that is to be submitted: the kept one, else a new one of what waits.  ERR_NOT_FOUND:
 * nothing waits.
 */
static enum err batch_kept(struct receipts *r, struct buf *ret_tx)
{
	sqlite3_stmt *s = NULL;
	int step;

	if (sqlite3_prepare_v2(r->db, "SELECT tx FROM receipt_batch", -1, &s, NULL) != SQLITE_OK)
		return failed(r, NULL);
	step = sqlite3_step(s);
	if (step == SQLITE_ROW)
		buf_append(ret_tx, sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0));
	sqlite3_finalize(s);
	return step == SQLITE_ROW ? buf_error(ret_tx) : ERR_NOT_FOUND;
}

static enum err batch_new(struct receipts *r, struct buf *ret_tx)
{
	static const char insert[] = "INSERT INTO receipt_batch(one, last, tx) VALUES(1, ?1, ?2)";
	struct batch *b = calloc(1, sizeof(*b));
	sqlite3_stmt *s = NULL;
	enum err e = b == NULL ? ERR_MEMORY : batch_read(r, b);

	if (e == ERR_OK)
		e = b->count == 0 ? ERR_NOT_FOUND : batch_sign(r, ret_tx, b);
	if (e == ERR_OK && sqlite3_prepare_v2(r->db, insert, -1, &s, NULL) != SQLITE_OK)
		e = failed(r, NULL);
	if (e == ERR_OK) {
		sqlite3_bind_int64(s, 1, b->last);
		sqlite3_bind_blob64(s, 2, ret_tx->data, ret_tx->len, SQLITE_STATIC);
		e = sqlite3_step(s) == SQLITE_DONE ? ERR_OK : failed(r, NULL);
	}
	sqlite3_finalize(s);
	free(b);
	return e;
}

static void on_outcome(void *context, const struct engine_outcome *o)
{
	static const char done[] = "BEGIN; DELETE FROM receipt WHERE seq <= (SELECT last FROM receipt_batch);"
				   "DELETE FROM receipt_batch; COMMIT;";
	struct receipts *r = context;
	bool stands = o->height > 0 && o->code == ERR_OK;
	const char *sql = stands ? done : o->code == ERR_TX_EXPIRED ? "DELETE FROM receipt_batch" : NULL;

	r->flying = false;
	if (sql != NULL && sqlite3_exec(r->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		stands = false;
		if (sqlite3_get_autocommit(r->db) == 0)
			sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL); /* else no block could begin its own */
	}
	if (!stands)
		log_event(r->node->run->log, LOG_WARN, "receipt_waits", "code=%s", err_row(o->code)->code);
	r->due = node_steady(r->node) + (stands ? RECEIPT_BATCH_MS : RETRY_MS);
}

void receipts_tick(struct receipts *r)
{
	struct node *n = r->node;
	struct buf tx = BUF_INIT;
	enum err e;

	if (r->flying || r->due == 0 || node_steady(n) < r->due)
		return;
	e = batch_kept(r, &tx);
	if (e == ERR_NOT_FOUND)
		e = batch_new(r, &tx);
	if (e == ERR_OK) {
		r->flying = true;
		n->engine->submit(n->engine->self, buf_bytes(&tx), "", on_outcome, r);
	} else {
		r->due = e == ERR_NOT_FOUND ? 0 : node_steady(n) + RETRY_MS;
	}
	buf_release(&tx);
}
