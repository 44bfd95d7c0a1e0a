/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed messages that wait here for their receivers: of accounts, of the certificate authority's desk, and in drops for those
 * who have no account (yet).  What is in them the peer cannot read; who writes to whom, when and how much, it sees.
 */
#include <sqlite3.h>

#include "chain/node/internal.h"
#include "core/crypto/hash.h"

#define REPLY_MAX (1024u * 1024)
#define DESK_WAITING_MAX 4096u  /* enrolments that no officer has taken yet */
#define DESK_FROM_ADDRESS 20u   /* of one address in a day */
#define SENT_A_DAY 500u         /* of one account */
#define BOX_MAX 2000u           /* messages of one receiver */
#define BOX_FROM_ONE 200u       /* of them by one account: nobody alone fills another's box, which its owner cannot empty */
#define DROP_MAX 16u
#define MAIL_EVERY_MS (10 * 60 * 1000)

enum box_kind { BOX_ACCOUNT = 1, BOX_DROP = 2, BOX_DESK = 3 };

struct mail {
	struct node *node;
	sqlite3 *db;
	sqlite3_stmt *put, *list, *sent, *waiting, *from_one, *sweep;
	int64_t due; /* steady ms */
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS mail(seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, box BLOB NOT NULL,"
	" sender BLOB NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL, message BLOB NOT NULL, UNIQUE(kind, box, hash));"
	"CREATE INDEX IF NOT EXISTS mail_sender ON mail(sender, at);";

static enum err failed(const struct mail *m, struct err_info *info)
{
	bool full = db_error_behind(m->db, sqlite3_extended_errcode(m->db)) == ERR_DISK_FULL;

	return err_set(info, full ? ERR_DISK_FULL : ERR_IO, "mail: %s", sqlite3_errmsg(m->db));
}

static bool prepared(struct mail *m, sqlite3_stmt **ret, const char *sql)
{
	return sqlite3_prepare_v2(m->db, sql, -1, ret, NULL) == SQLITE_OK;
}

enum err mail_new(struct mail **ret, struct node *n, struct err_info *info)
{
	struct mail *m = calloc(1, sizeof(*m));
	enum err e = ERR_OK;

	if (m == NULL)
		return ERR_MEMORY;
	m->node = n;
	m->db = ledger_app_sqlite(n->app);
	if (sqlite3_exec(m->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    !prepared(m, &m->put, "INSERT OR IGNORE INTO mail(kind, box, sender, at, hash, message)"
				  " VALUES(?1, ?2, ?3, ?4, ?5, ?6)") ||
	    !prepared(m, &m->list, "SELECT seq, at, message FROM mail"
				   " WHERE kind = ?1 AND box = ?2 AND seq > ?3 ORDER BY seq") ||
	    !prepared(m, &m->sent, "SELECT COUNT(*) FROM mail WHERE sender = ?1 AND at > ?2") ||
	    !prepared(m, &m->waiting, "SELECT COUNT(*) FROM mail WHERE kind = ?1 AND box = ?2") ||
	    !prepared(m, &m->from_one, "SELECT COUNT(*) FROM mail WHERE kind = ?1 AND box = ?2 AND sender = ?3") ||
	    !prepared(m, &m->sweep, "DELETE FROM mail WHERE at < ?1"))
		e = failed(m, info);
	if (e != ERR_OK) {
		mail_free(m);
		return e;
	}
	*ret = m;
	return ERR_OK;
}

void mail_free(struct mail *m)
{
	if (m == NULL)
		return;
	sqlite3_finalize(m->put);
	sqlite3_finalize(m->list);
	sqlite3_finalize(m->sent);
	sqlite3_finalize(m->waiting);
	sqlite3_finalize(m->from_one);
	sqlite3_finalize(m->sweep);
	free(m);
}

void mail_tick(struct mail *m)
{
	if (node_steady(m->node) < m->due)
		return;
	m->due = node_steady(m->node) + MAIL_EVERY_MS;
	sqlite3_bind_int64(m->sweep, 1, node_now(m->node).v - MAIL_KEEP_MS);
	if (sqlite3_step(m->sweep) != SQLITE_DONE)
		log_event(m->node->run->log, LOG_WARN, "mail_sweep", "code=%s", err_row(failed(m, NULL))->code);
	sqlite3_reset(m->sweep);
}

/* ---- putting ---- */

static uint64_t counted(sqlite3_stmt *s)
{
	uint64_t count = sqlite3_step(s) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(s, 0) : UINT64_MAX;

	sqlite3_reset(s);
	return count;
}

static uint64_t sent_by(struct mail *m, struct bytes sender)
{
	sqlite3_bind_blob(m->sent, 1, sender.data, (int)sender.len, SQLITE_STATIC);
	sqlite3_bind_int64(m->sent, 2, node_now(m->node).v - MS_PER_DAY);
	return counted(m->sent);
}

static uint64_t waiting_in(struct mail *m, enum box_kind kind, const uint8_t box[ID_SIZE])
{
	sqlite3_bind_int(m->waiting, 1, (int)kind);
	sqlite3_bind_blob(m->waiting, 2, box, ID_SIZE, SQLITE_STATIC);
	return counted(m->waiting);
}

static uint64_t waiting_from(struct mail *m, const uint8_t box[ID_SIZE], struct bytes sender)
{
	sqlite3_bind_int(m->from_one, 1, (int)BOX_ACCOUNT);
	sqlite3_bind_blob(m->from_one, 2, box, ID_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(m->from_one, 3, sender.data, (int)sender.len, SQLITE_STATIC);
	return counted(m->from_one);
}

/* A flood of one sender must not fill everybody's box, and nobody's box the disk. */
static enum err within_limits(struct mail *m, enum box_kind kind, const uint8_t box[ID_SIZE], struct bytes sender)
{
	static const uint64_t box_max[] = {[BOX_ACCOUNT] = BOX_MAX, [BOX_DROP] = DROP_MAX, [BOX_DESK] = DESK_WAITING_MAX};

	if (sent_by(m, sender) >= (kind == BOX_DESK ? DESK_FROM_ADDRESS : SENT_A_DAY))
		return ERR_LIMIT;
	if (kind == BOX_ACCOUNT && waiting_from(m, box, sender) >= BOX_FROM_ONE)
		return ERR_LIMIT;
	return waiting_in(m, kind, box) >= box_max[kind] ? ERR_LIMIT : ERR_OK;
}

static enum err put(struct mail *m, enum box_kind kind, const uint8_t box[ID_SIZE], struct bytes sender, struct bytes message)
{
	struct hash32 hash = hash_sha256(message);
	int step;

	if (message.len == 0 || message.len > MAIL_SIZE_MAX)
		return message.len == 0 ? ERR_FORMAT : ERR_TOO_LARGE;
	TRY(within_limits(m, kind, box, sender));
	sqlite3_bind_int(m->put, 1, (int)kind);
	sqlite3_bind_blob(m->put, 2, box, ID_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(m->put, 3, sender.data, (int)sender.len, SQLITE_STATIC);
	sqlite3_bind_int64(m->put, 4, node_now(m->node).v);
	sqlite3_bind_blob(m->put, 5, hash.b, sizeof(hash.b), SQLITE_STATIC);
	sqlite3_bind_blob64(m->put, 6, message.data, message.len, SQLITE_STATIC);
	step = sqlite3_step(m->put);
	sqlite3_reset(m->put);
	return step == SQLITE_DONE ? ERR_OK : failed(m, NULL);
}

static void answer_put(struct http_request *r, enum err e)
{
	if (e == ERR_OK)
		http_reply(r, 200, API_TYPE_TEXT, bytes_str("kept\n"));
	else
		http_reply_error(r, e);
}

/* ---- listing ---- */

static bool add(struct buf *out, sqlite3_stmt *s)
{
	Medlock__MailItem item = MEDLOCK__MAIL_ITEM__INIT;
	struct buf one = BUF_INIT;
	bool fits;

	item.seq = (uint64_t)sqlite3_column_int64(s, 0);
	item.at = sqlite3_column_int64(s, 1);
	item.message = wire_data(bytes_of(sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2)));
	WIRE_ENCODE(&one, &item);
	fits = out->len == 0 || out->len + one.len <= REPLY_MAX;
	if (fits) {
		buf_append_byte(out, 0x0a); /* MailReply.items */
		buf_append_varint(out, one.len);
		buf_append_bytes(out, buf_bytes(&one));
	}
	buf_release(&one);
	return fits;
}

static void answer_list(struct mail *m, struct http_request *r, enum box_kind kind, const uint8_t box[ID_SIZE])
{
	struct buf out = BUF_INIT;
	uint64_t after = 0;
	enum err e = http_query_u64(&after, r, API_PARAM_AFTER, 0, INT64_MAX);
	int step = SQLITE_DONE;

	if (e == ERR_OK) {
		sqlite3_bind_int(m->list, 1, (int)kind);
		sqlite3_bind_blob(m->list, 2, box, ID_SIZE, SQLITE_STATIC);
		sqlite3_bind_int64(m->list, 3, (int64_t)after);
		while ((step = sqlite3_step(m->list)) == SQLITE_ROW && add(&out, m->list))
			;
		sqlite3_reset(m->list);
		e = step == SQLITE_ROW || step == SQLITE_DONE ? buf_error(&out) : failed(m, NULL);
	}
	if (e == ERR_OK)
		http_reply(r, 200, API_TYPE, buf_bytes(&out));
	else
		http_reply_error(r, e);
	buf_release(&out);
}

/* ---- calls ---- */

static const uint8_t desk_box[ID_SIZE];

static bool is_account(struct node *n, const uint8_t id[ID_SIZE])
{
	struct account_id account;
	Medlock__AccountState *row = NULL;
	bool is;

	ID_COPY(account, id);
	is = access_account(&row, ledger_app_state(n->app), &account) == ERR_OK;
	WIRE_FREE(row);
	return is;
}

/* GET mail: the asker's own. */
void service_mail_get(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who;

	if (node_reader(n, &who, r))
		answer_list(n->mail, r, BOX_ACCOUNT, who.account.b);
}

/* POST mail/{account}. */
void service_mail_post(void *self, struct http_request *r)
{
	struct node *n = self;
	uint8_t box[ID_SIZE];
	struct asker who;
	enum err e;

	if (!node_reader(n, &who, r))
		return;
	e = hex_decode(box, sizeof(box), http_request_tail(r));
	if (e == ERR_OK && !is_account(n, box))
		e = ERR_NOT_FOUND;
	answer_put(r, e == ERR_OK ? put(n->mail, BOX_ACCOUNT, box, BYTES_ID(who.account), http_request_body(r)) : e);
}

/* POST and GET drop/{id}: whoever knows the id reads it, an account writes it. */
void service_drop(void *self, struct http_request *r)
{
	struct node *n = self;
	uint8_t box[ID_SIZE];
	struct asker who;
	bool writes = http_request_method(r) == HTTP_POST;

	if (writes && !node_reader(n, &who, r))
		return;
	if (hex_decode(box, sizeof(box), http_request_tail(r)) != ERR_OK)
		http_reply_error(r, ERR_FORMAT);
	else if (writes)
		answer_put(r, put(n->mail, BOX_DROP, box, BYTES_ID(who.account), http_request_body(r)));
	else
		answer_list(n->mail, r, BOX_DROP, box);
}

/* POST enrol: anybody; GET enrol: the authority's officers. */
void service_enrol(void *self, struct http_request *r)
{
	struct node *n = self;
	struct asker who;

	if (http_request_method(r) == HTTP_POST) {
		n->last_request = node_steady(n);
		answer_put(r, put(n->mail, BOX_DESK, desk_box, bytes_str(http_request_address(r)), http_request_body(r)));
		return;
	}
	if (!node_reader(n, &who, r))
		return;
	if (who.authority)
		answer_list(n->mail, r, BOX_DESK, desk_box);
	else
		http_reply_error(r, ERR_NOT_FOUND);
}
