/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ident/register.h"

#include <stdlib.h>

#include "storage/migrate.h"

struct ca_register { struct db *db; };

/* Rows are only ever added: no statement of this file changes or deletes one, and the hashes show who did. */
static const struct migration steps[] = {
	{1, "CREATE TABLE entry (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL,"
	    " request BLOB NOT NULL, account BLOB NOT NULL, serial BLOB NOT NULL, key BLOB NOT NULL,"
	    " profile INTEGER NOT NULL, number INTEGER NOT NULL, until INTEGER NOT NULL, tx BLOB NOT NULL,"
	    " sealed BLOB NOT NULL, hash BLOB NOT NULL) STRICT;"
	    "CREATE UNIQUE INDEX entry_request ON entry (request, kind) WHERE kind IN (2, 3, 4, 5);"
	    "CREATE UNIQUE INDEX entry_serial ON entry (serial, kind) WHERE kind IN (4, 5, 6, 7);"
	    "CREATE UNIQUE INDEX entry_number ON entry (number) WHERE kind = 8;"
	    "CREATE INDEX entry_kind ON entry (kind, seq);"},
};

#define COLUMNS "seq, kind, at, request, account, serial, key, profile, number, until, tx, sealed, hash"

enum err register_open(struct ca_register **ret, const char *path, bool create, struct err_info *info)
{
	struct ca_register *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL)
		return err_set(info, ERR_MEMORY, "register");
	e = db_open(&r->db, path, &(struct db_options){.must_exist = !create}, info);
	if (e == ERR_OK)
		e = migrate(r->db, DB_REGISTER, steps, sizeof(steps) / sizeof(steps[0]), info);
	if (e != ERR_OK) {
		register_free(r);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

void register_free(struct ca_register *r)
{
	if (r == NULL)
		return;
	r->db = db_free(r->db);
	free(r);
}

void register_row_release(struct register_row *r)
{
	if (r != NULL)
		buf_release(&r->sealed);
}

struct hash32 register_aad(const struct register_row *row)
{
	uint8_t kind[4];

	put_be32(kind, (uint32_t)row->kind);
	return hash_tagged("medlock register column", bytes_of(kind, sizeof(kind)), BYTES_ID(row->request),
			   BYTES_ID(row->account), bytes_of(row->serial, sizeof(row->serial)));
}

static struct hash32 row_hash(const struct register_row *r, const struct hash32 *before)
{
	uint8_t numbers[6 * 8];

	put_be64(numbers, r->seq);
	put_be64(numbers + 8, (uint64_t)r->kind);
	put_be64(numbers + 16, (uint64_t)r->at.v);
	put_be64(numbers + 24, r->profile);
	put_be64(numbers + 32, r->number);
	put_be64(numbers + 40, (uint64_t)r->until.v);
	return hash_tagged("medlock register row", BYTES_ID(*before), bytes_of(numbers, sizeof(numbers)),
			BYTES_ID(r->request),
			   BYTES_ID(r->account), bytes_of(r->serial, sizeof(r->serial)), BYTES_ID(r->key),
					BYTES_ID(r->tx),
			   buf_bytes(&r->sealed));
}

/* Reads the present row; on failure ret holds nothing to release. */
static enum err take_row(struct register_row *ret, sqlite3_stmt *s)
{
	struct register_row r = {.seq = (uint64_t)db_column_int(s, 0), .kind = (enum register_kind)db_column_int(s, 1),
				 .at = {db_column_int(s, 2)}, .profile = (uint32_t)db_column_int(s, 7),
				 .number = (uint64_t)db_column_int(s, 8), .until = {db_column_int(s, 9)}};

	TRY(db_column_fixed(r.request.b, sizeof(r.request.b), s, 3));
	TRY(db_column_fixed(r.account.b, sizeof(r.account.b), s, 4));
	TRY(db_column_fixed(r.serial, sizeof(r.serial), s, 5));
	TRY(db_column_fixed(r.key.b, sizeof(r.key.b), s, 6));
	TRY(db_column_fixed(r.tx.b, sizeof(r.tx.b), s, 10));
	TRY(db_column_fixed(r.hash.b, sizeof(r.hash.b), s, 12));
	if (db_column_bytes(s, 11).len > REGISTER_SEALED_MAX)
		return ERR_DAMAGED;
	db_column_append(&r.sealed, s, 11);
	if (buf_error(&r.sealed) != ERR_OK) {
		enum err e = buf_error(&r.sealed);

		buf_release(&r.sealed);
		return e;
	}
	*ret = r;
	return ERR_OK;
}

/* The one row of a statement that is bound. */
static enum err one_row(struct ca_register *r, struct register_row *ret, sqlite3_stmt *s, struct err_info *info)
{
	bool row = false;
	enum err e = db_step(r->db, s, &row, info);

	if (e != ERR_OK)
		return e;
	e = row ? take_row(ret, s) : ERR_NOT_FOUND;
	db_done(s);
	return e == ERR_OK ? e : err_set(info, e, "register");
}

static enum err last_row(struct ca_register *r, uint64_t *ret_seq, struct hash32 *ret_hash, struct err_info *info)
{
	struct register_row row;
	sqlite3_stmt *s;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT " COLUMNS " FROM entry ORDER BY seq DESC LIMIT 1", info));
	e = one_row(r, &row, s, NULL);
	if (e == ERR_NOT_FOUND) {
		*ret_seq = 0;
		memset(ret_hash, 0, sizeof(*ret_hash));
		return ERR_OK;
	}
	if (e != ERR_OK)
		return err_set(info, e, "register");
	*ret_seq = row.seq;
	*ret_hash = row.hash;
	register_row_release(&row);
	return ERR_OK;
}

static enum err insert(struct ca_register *r, const struct register_row *row, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db,
			"INSERT INTO entry (" COLUMNS ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", info));
	db_bind_int(s, 1, (int64_t)row->seq);
	db_bind_int(s, 2, row->kind);
	db_bind_int(s, 3, row->at.v);
	db_bind_bytes(s, 4, BYTES_ID(row->request));
	db_bind_bytes(s, 5, BYTES_ID(row->account));
	db_bind_bytes(s, 6, bytes_of(row->serial, sizeof(row->serial)));
	db_bind_bytes(s, 7, BYTES_ID(row->key));
	db_bind_int(s, 8, row->profile);
	db_bind_int(s, 9, (int64_t)row->number);
	db_bind_int(s, 10, row->until.v);
	db_bind_bytes(s, 11, BYTES_ID(row->tx));
	db_bind_bytes(s, 12, buf_bytes(&row->sealed));
	db_bind_bytes(s, 13, BYTES_ID(row->hash));
	return db_run(r->db, s, info);
}

enum err register_append(struct ca_register *r, struct register_row *row, struct err_info *info)
{
	struct hash32 before;
	enum err e;

	if (row->sealed.len > REGISTER_SEALED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a column of the register");
	TRY(db_begin(r->db, info));
	e = last_row(r, &row->seq, &before, info);
	row->seq++;
	row->hash = row_hash(row, &before);
	if (e == ERR_OK)
		e = insert(r, row, info);
	if (e == ERR_OK)
		return db_commit(r->db, info);
	db_rollback(r->db);
	return e;
}

/* The rows of a statement that is bound. */
static enum err walk(struct ca_register *r, sqlite3_stmt *s, register_visit *visit, void *self, struct err_info *info)
{
	struct register_row row;
	bool more = true;
	enum err e;

	for (;;) {
		TRY(db_step(r->db, s, &more, info));
		if (!more)
			break;
		e = take_row(&row, s);
		if (e != ERR_OK) {
			db_done(s);
			return err_set(info, e, "a row of the register");
		}
		e = visit(self, &row);
		register_row_release(&row);
		if (e != ERR_OK) {
			db_done(s);
			return e;
		}
	}
	db_done(s);
	return ERR_OK;
}

enum err register_walk(struct ca_register *r, register_visit *visit, void *self, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "SELECT " COLUMNS " FROM entry ORDER BY seq", info));
	return walk(r, s, visit, self, info);
}

enum err register_of_seq(struct ca_register *r, struct register_row *ret, uint64_t seq, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "SELECT " COLUMNS " FROM entry WHERE seq = ?1", info));
	db_bind_int(s, 1, (int64_t)seq);
	return one_row(r, ret, s, info);
}

enum err register_newest(struct ca_register *r, struct register_row *ret, enum register_kind kind,
		struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "SELECT " COLUMNS " FROM entry WHERE kind = ?1 ORDER BY seq DESC LIMIT 1", info));
	db_bind_int(s, 1, kind);
	return one_row(r, ret, s, info);
}

enum err register_last_number(struct ca_register *r, uint64_t *ret, enum register_kind kind, struct err_info *info)
{
	struct register_row row;
	enum err e = register_newest(r, &row, kind, NULL);

	if (e == ERR_NOT_FOUND) {
		*ret = 0;
		return ERR_OK;
	}
	if (e != ERR_OK)
		return err_set(info, e, "register");
	*ret = row.number;
	register_row_release(&row);
	return ERR_OK;
}

enum err register_of_serial(struct ca_register *r, struct register_row *ret, enum register_kind kind,
			    const uint8_t serial[CERT_SERIAL_SIZE], struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db,
			 "SELECT " COLUMNS " FROM entry WHERE serial = ?1 AND kind = ?2 "
			 "ORDER BY seq DESC LIMIT 1", info));
	db_bind_bytes(s, 1, bytes_of(serial, CERT_SERIAL_SIZE));
	db_bind_int(s, 2, kind);
	return one_row(r, ret, s, info);
}

enum err register_copy(struct ca_register *r, const char *path, struct err_info *info)
{
	return db_copy(r->db, path, info);
}

/* ---- the chain ---- */

/* What comes of following it: rows up to from are checked alone, those after it visited too. */
struct following {
	struct register_head at;
	uint64_t from;
	struct hash32 expected; /* of row from */
	register_visit *visit;
	void *self;
	enum err visited;
};

static enum err follow_row(void *self, const struct register_row *row)
{
	struct following *f = self;
	const struct hash32 made = row_hash(row, &f->at.hash);

	if (row->seq != f->at.seq + 1 || !ID_EQUAL(made, row->hash) ||
	    (row->seq == f->from && !ID_EQUAL(f->expected, row->hash)))
		return ERR_DAMAGED;
	if (row->seq > f->from && f->visit != NULL)
		f->visited = f->visit(f->self, row);
	TRY(f->visited);
	f->at.seq = row->seq;
	f->at.hash = row->hash;
	return ERR_OK;
}

static enum err follow_from(struct ca_register *r, struct following *f, struct err_info *info)
{
	sqlite3_stmt *s;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT " COLUMNS " FROM entry WHERE seq > ?1 ORDER BY seq", info));
	db_bind_int(s, 1, (int64_t)f->at.seq);
	e = walk(r, s, follow_row, f, info);
	if (f->visited != ERR_OK)
		return f->visited;
	if (e == ERR_DAMAGED || (e == ERR_OK && f->at.seq < f->from))
		return err_set(info, ERR_DAMAGED, "row %llu of the register is not what was written",
			       (unsigned long long)f->at.seq + 1);
	return e;
}

/* Another one since: another connection wrote to the file (SQLite's manual, PRAGMA data_version). */
static enum err data_version(struct ca_register *r, int64_t *ret, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;

	TRY(db_statement(&s, r->db, "PRAGMA data_version", info));
	TRY(db_step(r->db, s, &row, info));
	*ret = row ? db_column_int(s, 0) : 0;
	db_done(s);
	return ERR_OK;
}

/* The name of the file can be given to another file, which this handle would never see. */
static enum err check_place(struct ca_register *r, struct err_info *info)
{
	int moved = 0;

	if (sqlite3_file_control(db_handle(r->db), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
		return err_set(info, ERR_DAMAGED, "the register's file was moved or replaced while it was open");
	return ERR_OK;
}

enum err register_follow(struct ca_register *r, struct register_head *head, register_visit *visit, void *self,
			 struct err_info *info)
{
	struct following f = {.at = *head, .from = head->seq, .expected = head->hash, .visit = visit, .self = self};
	int64_t version;
	enum err e;

	TRY(check_place(r, info));
	TRY(data_version(r, &version, info));
	if (version != head->version)
		f.at = (struct register_head){0}; /* all of it again */
	e = follow_from(r, &f, info);
	if (e != ERR_OK && f.visited == ERR_OK)
		return e;
	if (f.at.seq >= head->seq) {
		*head = f.at;
		head->version = version;
	}
	return e;
}

enum err register_verify(struct ca_register *r, uint64_t *ret_rows, struct hash32 *ret_head, struct err_info *info)
{
	struct following f = {0};

	TRY(follow_from(r, &f, info));
	if (ret_rows != NULL)
		*ret_rows = f.at.seq;
	if (ret_head != NULL)
		*ret_head = f.at.hash;
	return ERR_OK;
}
