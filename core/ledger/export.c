/* SPDX-License-Identifier: Apache-2.0 */
/* "medlock-ledger-1\n", be32 length and genesis, then be32 length and block, be32 length and commit for each height, and
 * a be32 zero, the be64 number of blocks, and SHA-256 of all before it.
 */
#include "core/ledger/export.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "core/ledger/replica_internal.h"
#include "core/ledger/scratch.h"

#define EXPORT_MAGIC "medlock-ledger-1\n"
#define EXPORT_PART_MAX BLOCK_ENCODED_MAX

/* ---- writing ------------------------------------------------------------------------------- */

struct writer {
	int fd;
	struct hash_sha256_stream hash;
	enum err err;
};

static void put(struct writer *w, struct bytes x)
{
	if (w->err == ERR_OK)
		w->err = files_write_all(w->fd, x);
	hash_sha256_stream_update(&w->hash, x);
}

static void put_part(struct writer *w, struct bytes x)
{
	uint8_t len[4];

	put_be32(len, (uint32_t)x.len);
	put(w, bytes_of(len, sizeof(len)));
	put(w, x);
}

static enum err put_blocks(struct replica *r, struct writer *w, struct ledger_verified *ret, struct task *task,
			   struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT body, commit_bytes, txs FROM block ORDER BY height", info));
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		put_part(w, db_column_bytes(s, 0));
		put_part(w, db_column_bytes(s, 1));
		ret->blocks++;
		ret->txs += (uint64_t)db_column_int(s, 2);
		task_progress(task, "blocks", ret->blocks, 0);
		e = w->err != ERR_OK ? w->err : task_check(task);
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

static enum err put_all(struct replica *r, struct writer *w, struct ledger_verified *ret, struct task *task,
			struct err_info *info)
{
	uint8_t tail[12] = {0};
	struct buf genesis = BUF_INIT;
	struct hash32 digest;

	WIRE_ENCODE(&genesis, r->genesis);
	put(w, bytes_str(EXPORT_MAGIC));
	put_part(w, buf_bytes(&genesis));
	buf_release(&genesis);
	TRY(put_blocks(r, w, ret, task, info));
	put_be64(tail + 4, ret->blocks);
	put(w, bytes_of(tail, sizeof(tail)));
	digest = hash_sha256_stream_final(&w->hash);
	if (w->err == ERR_OK)
		w->err = files_write_all(w->fd, BYTES_ID(digest));
	if (w->err == ERR_OK && fsync(w->fd) != 0)
		w->err = ERR_IO;
	return w->err;
}

enum err ledger_export(struct replica *r, struct ledger_verified *ret, const char *path, struct task *task,
		       struct err_info *info)
{
	struct ledger_verified done = {.ok = true, .network = r->network};
	struct writer w = {0};
	enum err e;

	if (!r->full)
		return err_set(info, ERR_ROLE,
			       "a light replica holds no blocks: an officer or auditor exports the ledger");
	TRY(files_create(&w.fd, path, info));
	hash_sha256_stream_init(&w.hash);
	e = put_all(r, &w, &done, task, info);
	hash_sha256_stream_release(&w.hash);
	close(w.fd);
	if (e == ERR_OK)
		e = files_sync_parent(path);
	if (e != ERR_OK) {
		unlink(path);
		return err_wrap(info, e, "%s", path);
	}
	*ret = done;
	return ERR_OK;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reader {
	FILE *file;
	struct hash_sha256_stream hash;
	struct buf block, commit;
};

static enum err take(struct reader *f, void *out, size_t len)
{
	if (fread(out, 1, len, f->file) != len)
		return ERR_TRUNCATED;
	hash_sha256_stream_update(&f->hash, bytes_of(out, len));
	return ERR_OK;
}

/* ret_end: the zero length that ends the list. */
static enum err take_part(struct reader *f, struct buf *out, size_t max, bool *ret_end)
{
	uint8_t len[4], *room;
	uint32_t size;

	TRY(take(f, len, sizeof(len)));
	size = get_be32(len);
	*ret_end = size == 0;
	if (size > max)
		return ERR_TOO_LARGE;
	buf_clear(out);
	room = buf_reserve(out, size);
	if (room == NULL)
		return buf_error(out);
	TRY(take(f, room, size));
	out->len = size;
	return ERR_OK;
}

static enum err check_tail(struct reader *f, const struct ledger_verified *v)
{
	uint8_t count[8], digest[ID_SIZE];
	struct hash32 expected;

	TRY(take(f, count, sizeof(count)));
	expected = hash_sha256_stream_final(&f->hash);
	if (fread(digest, 1, sizeof(digest), f->file) != sizeof(digest))
		return ERR_TRUNCATED;
	if (get_be64(count) != v->blocks || memcmp(digest, expected.b, ID_SIZE) != 0 || fgetc(f->file) != EOF)
		return ERR_DAMAGED;
	return ERR_OK;
}

static enum err verify_blocks(struct reader *f, struct scratch *s, struct ledger_verified *v, struct task *task,
			      struct err_info *info)
{
	bool end;

	for (;;) {
		enum err e = take_part(f, &f->block, EXPORT_PART_MAX, &end);

		if (e == ERR_OK && end)
			return check_tail(f, v);
		if (e == ERR_OK)
			e = take_part(f, &f->commit, COMMIT_ENCODED_MAX, &end);
		if (e != ERR_OK) {
			v->first_bad = v->blocks + 1;
			return err_set(info, e, "block %llu in the file", (unsigned long long)v->first_bad);
		}
		TRY(scratch_block(s, v, buf_bytes(&f->block), buf_bytes(&f->commit), NULL, info));
		task_progress(task, "blocks", v->blocks, 0);
		TRY(task_check(task));
	}
}

/* Does the file's last digest hold for what is before it?  The rest of the file is read. */
static bool digest_holds(struct reader *f)
{
	uint8_t piece[4096], digest[ID_SIZE];
	long at = ftell(f->file), size = fseek(f->file, 0, SEEK_END) == 0 ? ftell(f->file) : -1;
	struct hash32 expected;

	if (at < 0 || size < at + ID_SIZE || fseek(f->file, at, SEEK_SET) != 0)
		return false;
	for (size_t left = (size_t)(size - at - ID_SIZE); left > 0;) {
		size_t want = left < sizeof(piece) ? left : sizeof(piece);

		if (take(f, piece, want) != ERR_OK)
			return false;
		left -= want;
	}
	expected = hash_sha256_stream_final(&f->hash);
	return fread(digest, 1, sizeof(digest), f->file) == sizeof(digest) && memcmp(digest, expected.b, ID_SIZE) == 0;
}

/* A changed genesis looks like another network's; only a whole file is taken for one. */
static enum err other_network(struct reader *f, struct err_info *info)
{
	if (!digest_holds(f))
		return err_set(info, ERR_DAMAGED, "the genesis in the file was changed");
	return err_set(info, ERR_NETWORK_ID, "the export is of another network");
}

static enum err verify_file(struct reader *f, struct ledger_verified *v, const struct network_id *expected,
				struct task *task, struct err_info *info)
{
	char magic[sizeof(EXPORT_MAGIC) - 1];
	struct scratch *s;
	bool end;
	enum err e;

	if (take(f, magic, sizeof(magic)) != ERR_OK || memcmp(magic, EXPORT_MAGIC, sizeof(magic)) != 0)
		return err_set(info, ERR_FORMAT, "not a ledger export");
	TRY(take_part(f, &f->block, GENESIS_SIZE_MAX, &end));
	TRY(scratch_new(&s, &v->network, buf_bytes(&f->block), info));
	if (expected != NULL && !ID_EQUAL(*expected, v->network))
		e = other_network(f, info);
	else
		e = verify_blocks(f, s, v, task, info);
	scratch_free(s);
	return e;
}

enum err ledger_verify_file(struct ledger_verified *ret, const char *path, const struct network_id *expected,
				struct task *task, struct err_info *info)
{
	struct reader f = {.file = fopen(path, "rbe")};
	enum err e;

	*ret = (struct ledger_verified){0};
	if (f.file == NULL)
		return err_set(info, ERR_NOT_FOUND, "%s", path);
	hash_sha256_stream_init(&f.hash);
	e = verify_file(&f, ret, expected, task, info);
	if (e == ERR_DAMAGED || e == ERR_TRUNCATED)
		err_wrap(info, e, "%s", path);
	hash_sha256_stream_release(&f.hash);
	buf_release(&f.block);
	buf_release(&f.commit);
	fclose(f.file);
	ret->ok = e == ERR_OK;
	return e;
}
