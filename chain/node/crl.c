/* SPDX-License-Identifier: Apache-2.0 */
/* The authority's revocation list, for whoever asks: one row, replaced in one statement by a newer one. */
#include <sqlite3.h>

#include "chain/node/internal.h"
#include "chain/proto/crl.h"
#include "core/crypto/x509.h"

struct crl {
	struct node *node;
	sqlite3 *db;
	sqlite3_stmt *put, *get;
	uint64_t number;    /* of the list that is stored; 0: none */
	struct time_ms next_update; /* of that list */
	struct hash32 root; /* whose lists are taken; zero: nobody's yet */
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS crl(id INTEGER PRIMARY KEY CHECK(id = 1), root BLOB NOT NULL, number INTEGER NOT NULL,"
	" list BLOB NOT NULL);";

static enum err failed(const struct crl *c, struct err_info *info)
{
	bool full = db_error_behind(c->db, sqlite3_extended_errcode(c->db)) == ERR_DISK_FULL;

	return err_set(info, full ? ERR_DISK_FULL : ERR_IO, "revocation list: %s", sqlite3_errmsg(c->db));
}

/* The stored row. */
static enum err load(struct crl *c, struct buf *list)
{
	int step = sqlite3_step(c->get);
	enum err e = step == SQLITE_ROW ? ERR_OK : step == SQLITE_DONE ? ERR_NOT_FOUND : failed(c, NULL);

	if (e == ERR_OK && sqlite3_column_bytes(c->get, 0) != (int)sizeof(c->root))
		e = ERR_DAMAGED;
	if (e == ERR_OK) {
		memcpy(c->root.b, sqlite3_column_blob(c->get, 0), sizeof(c->root));
		c->number = (uint64_t)sqlite3_column_int64(c->get, 1);
		buf_append(list, sqlite3_column_blob(c->get, 2), (size_t)sqlite3_column_bytes(c->get, 2));
	}
	sqlite3_reset(c->get);
	return e == ERR_OK ? buf_error(list) : e;
}

/* What is stored, at the start. */
static enum err load_first(struct crl *c, struct err_info *info)
{
	struct buf list = BUF_INIT;
	struct cert_crl parsed;
	enum err e = load(c, &list);

	if (e == ERR_OK && x509_crl_parse(&parsed, buf_bytes(&list), bytes_of(NULL, 0), NULL) != ERR_OK)
		e = err_set(info, ERR_DAMAGED, "the stored revocation list");
	else if (e == ERR_OK) {
		c->next_update = parsed.next_update;
		x509_crl_release(&parsed);
	}
	buf_release(&list);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err crl_new(struct crl **ret, struct node *n, struct err_info *info)
{
	struct crl *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL)
		return ERR_MEMORY;
	c->node = n;
	c->db = ledger_app_sqlite(n->app);
	if (sqlite3_exec(c->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(c->db, "INSERT OR REPLACE INTO crl(id, root, number, list) VALUES(1, ?1, ?2, ?3)", -1, &c->put,
			       NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(c->db, "SELECT root, number, list FROM crl WHERE id = 1", -1, &c->get, NULL) != SQLITE_OK)
		e = failed(c, info);
	else
		e = load_first(c, info);
	if (e != ERR_OK) {
		crl_free(c);
		return e;
	}
	*ret = c;
	return ERR_OK;
}

void crl_free(struct crl *c)
{
	if (c == NULL)
		return;
	sqlite3_finalize(c->put);
	sqlite3_finalize(c->get);
	free(c);
}

uint64_t crl_seconds_left(const struct crl *c)
{
	int64_t now = node_now(c->node).v;

	return c->next_update.v > now ? (uint64_t)(c->next_update.v - now) / MS_PER_SECOND : 0;
}

uint64_t crl_number(const struct crl *c)
{
	return c->number;
}

static enum err store(struct crl *c, const struct crl_put *p)
{
	int step;

	sqlite3_bind_blob(c->put, 1, p->root.b, sizeof(p->root.b), SQLITE_STATIC);
	sqlite3_bind_int64(c->put, 2, (int64_t)p->number);
	sqlite3_bind_blob64(c->put, 3, p->wire->list.data, p->wire->list.len, SQLITE_STATIC);
	step = sqlite3_step(c->put);
	sqlite3_reset(c->put);
	sqlite3_clear_bindings(c->put);
	if (step != SQLITE_DONE)
		return failed(c, NULL);
	c->number = p->number;
	c->next_update = p->next_update;
	c->root = p->root;
	return ERR_OK;
}

/* An older list would bring revoked certificates back; another root's is another authority's.  The same once more is fine:
 * whoever did not hear the answer asks again.
 */
static enum err take(struct crl *c, const struct crl_put *p)
{
	struct buf stored = BUF_INIT;
	bool same;

	if (c->number == 0)
		return store(c, p);
	if (!ID_EQUAL(c->root, p->root))
		return ERR_SIGNATURE;
	if (p->number > c->number)
		return store(c, p);
	TRY(load(c, &stored));
	same = p->number == c->number && bytes_equal(buf_bytes(&stored), wire_bytes(p->wire->list));
	buf_release(&stored);
	return same ? ERR_OK : ERR_CONFLICT;
}

static void answer_get(struct crl *c, struct http_request *r)
{
	struct buf list = BUF_INIT;
	enum err e = load(c, &list);

	if (e == ERR_OK)
		http_reply(r, 200, API_TYPE_CRL, buf_bytes(&list));
	else
		http_reply_error(r, e);
	buf_release(&list);
}

/* GET crl: anybody.  PUT crl: an officer, by whom the peer learns the root; then only what that root vouches for. */
void service_crl(void *self, struct http_request *r)
{
	struct node *n = self;
	struct crl_put p;
	struct asker who;
	enum err e;

	if (http_request_method(r) == HTTP_GET) {
		answer_get(n->crl, r);
		return;
	}
	if (!node_reader(n, &who, r))
		return;
	e = who.authority ? crl_put_parse(&p, http_request_body(r), node_now(n), NULL) : ERR_ROLE;
	if (e == ERR_OK) {
		e = take(n->crl, &p);
		crl_put_release(&p);
	}
	if (e == ERR_OK)
		http_reply(r, 200, API_TYPE_TEXT, bytes_str("kept\n"));
	else
		http_reply_error(r, e);
}
