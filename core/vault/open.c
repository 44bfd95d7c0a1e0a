/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a record into a sink, into memory, or by explicit export into a file. */
#include <stdlib.h>
#include <unistd.h>

#include "core/crypto/hash.h"
#include "core/vault/internal.h"

static void id_of(struct blob_id *ret, const Medlock__Rendition *r)
{
	memcpy(ret->b, r->blob.data, sizeof(ret->b));
}

enum err vault_header(struct age_header *ret, struct vault *v, const Medlock__Rendition *r, struct err_info *info)
{
	struct cache_reader reader;
	struct blob_id id;
	enum err e;

	id_of(&id, r);
	TRY(cache_read(v->cache, &reader, &id, info));
	e = age_header_read(ret, &reader.source, info);
	cache_close(&reader);
	return e;
}

/* The owner's own way: the age identity opens the header, in the cache or fresh from a peer. */
static enum err own_key(struct vault *v, struct secret **ret, const Medlock__Rendition *r, struct err_info *info)
{
	struct age_header *h = calloc(1, sizeof(*h));
	enum err e;

	if (h == NULL)
		return err_set(info, ERR_MEMORY, "a header");
	e = vault_header(h, v, r, info);
	if (e == ERR_OK)
		e = v->keys.unwrap(v->keys.self, ret, bytes_of(h->raw.data, h->size), info);
	age_header_release(h);
	free(h);
	return e;
}

/* A sink that stops when the task is cancelled and counts what passes. */
struct passing { const struct byte_sink *to; struct task *task; uint64_t done, total; };

static enum err pass(void *self, const uint8_t *data, size_t len)
{
	struct passing *p = self;

	TRY(task_check(p->task));
	TRY(p->to->write(p->to->self, data, len));
	p->done += len;
	task_progress(p->task, "decrypting", p->done, p->total);
	return ERR_OK;
}

static enum err decrypt(struct vault *v, const struct byte_sink *to, uint64_t *ret_size, const struct secret *file_key,
			const Medlock__Rendition *r, struct err_info *info)
{
	struct passing p = {.to = to, .task = v->task, .total = r->size};
	const struct byte_sink sink = {pass, &p};
	struct cache_reader reader;
	struct age_result result;
	struct blob_id id;
	enum err e;

	id_of(&id, r);
	TRY(cache_read(v->cache, &reader, &id, info));
	e = age_decrypt_file_key(&result, &sink, &reader.source, file_key, info);
	cache_close(&reader);
	/* The same bytes that were decrypted are those that the ledger names. */
	if (e == ERR_OK && !ID_EQUAL(result.id, id))
		e = err_set(info, ERR_BLOB, "the cache holds other bytes than the ledger names");
	if (e == ERR_OK && ret_size != NULL)
		*ret_size = result.plain_size;
	return e;
}

/* What may mean that the copy at hand is not what its name says. */
static bool may_be_damage(enum err e)
{
	return e == ERR_DECRYPT || e == ERR_TRUNCATED || e == ERR_FORMAT || e == ERR_TOO_LARGE || e == ERR_BLOB;
}

/* A damaged copy goes, so that the next call fetches a whole one; else the record would stay shut for ever. */
static enum err drop_damaged(struct vault *v, const Medlock__Rendition *r, enum err e, struct err_info *info)
{
	struct blob_id id;
	enum err found;

	if (!may_be_damage(e))
		return e;
	id_of(&id, r);
	found = blob_store_verify(cache_store(v->cache), &id, v->task);
	if (found != ERR_BLOB && found != ERR_TRUNCATED)
		return e;
	TRY(cache_remove(v->cache, &id, info));
	return err_set(info, ERR_BLOB, "the copy on this machine is damaged and was removed; the next call fetches it anew");
}

enum err vault_open(struct vault *v, const struct byte_sink *to, uint64_t *ret_size, struct release_report *report,
		    const struct release_wish *wish, struct err_info *info)
{
	const Medlock__Rendition *r = vault_rendition(wish);
	struct secret *file_key = NULL;
	enum err e;

	TRY(vault_fetch(v, wish, wish->request == NULL, info));
	if (wish->request == NULL)
		e = own_key(v, &file_key, r, info);
	else
		e = release_key(v, &file_key, report, wish, info);
	if (e == ERR_OK)
		e = decrypt(v, to, ret_size, file_key, r, info);
	file_key = secret_free(file_key);
	return drop_damaged(v, r, e, info);
}

enum err vault_read(struct vault *v, struct buf *ret, struct release_report *report, const struct release_wish *wish,
		    size_t max, struct err_info *info)
{
	struct buf plain = BUF_INIT;
	const struct byte_sink sink = byte_sink_buf(&plain);
	const Medlock__Rendition *r = vault_rendition(wish);
	enum err e;

	ASSERT(max <= VAULT_READ_MAX);
	buf_init(&plain, max);
	if (r != NULL)
		(void)buf_reserve(&plain, r->size < max ? r->size : max); /* growing would leave copies behind */
	e = vault_open(v, &sink, NULL, report, wish, info);
	if (e == ERR_OK) {
		buf_append_bytes(ret, buf_bytes(&plain));
		e = buf_error(ret);
	}
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.len);
	buf_release(&plain);
	return e;
}

/* ---- export ---- */

struct hashing { struct byte_sink to; struct hash_sha256_stream hash; uint64_t bytes; };

static enum err hash_and_write(void *self, const uint8_t *data, size_t len)
{
	struct hashing *h = self;

	hash_sha256_stream_update(&h->hash, bytes_of(data, len));
	h->bytes += len;
	return h->to.write(h->to.self, data, len);
}

struct export {
	struct vault *v;
	const struct release_wish *wish;
	struct release_report *report;
};
typedef enum err export_fill(struct export *x, const struct byte_sink *to, struct err_info *info);

static enum err fill_plain(struct export *x, const struct byte_sink *to, struct err_info *info)
{
	return vault_open(x->v, to, NULL, x->report, x->wish, info);
}

static enum err fill_age(struct export *x, const struct byte_sink *to, struct err_info *info)
{
	const Medlock__Rendition *r = vault_rendition(x->wish);
	struct cache_reader reader;
	uint8_t piece[4096];
	struct blob_id id;
	size_t len = 1;
	enum err e;

	TRY(vault_fetch(x->v, x->wish, x->wish->request == NULL, info));
	id_of(&id, r);
	TRY(cache_read(x->v->cache, &reader, &id, info));
	do {
		e = reader.source.read(reader.source.self, piece, sizeof(piece), &len);
		if (e == ERR_OK && len > 0)
			e = to->write(to->self, piece, len);
	} while (e == ERR_OK && len > 0);
	cache_close(&reader);
	return e;
}

static enum err export_to(struct export *x, struct vault_exported *ret, const char *path, bool overwrite,
			  export_fill *fill, struct err_info *info)
{
	struct hashing h = {.bytes = 0};
	const struct byte_sink sink = {hash_and_write, &h};
	struct vault_exported done;
	struct new_file f;
	enum err e;

	if (!overwrite && access(path, F_OK) == 0)
		return err_set(info, ERR_DUPLICATE, "%s exists", path);
	TRY(new_file_open_plain(&f, path, x->v->rng, info));
	h.to = new_file_sink(&f);
	hash_sha256_stream_init(&h.hash);
	e = fill(x, &sink, info);
	done.sha256 = hash_sha256_stream_final(&h.hash);
	hash_sha256_stream_release(&h.hash);
	done.bytes = h.bytes;
	if (e != ERR_OK) {
		new_file_abandon(&f);
		return e;
	}
	TRY(new_file_commit(&f, overwrite, info));
	*ret = done;
	return ERR_OK;
}

enum err vault_export(struct vault *v, struct vault_exported *ret, struct release_report *report,
		      const struct release_wish *wish, const char *path, bool overwrite, struct err_info *info)
{
	struct export x = {v, wish, report};

	return export_to(&x, ret, path, overwrite, fill_plain, info);
}

enum err vault_export_age(struct vault *v, struct vault_exported *ret, const struct release_wish *wish,
		const char *path,
			  bool overwrite, struct err_info *info)
{
	struct export x = {v, wish, NULL};

	return export_to(&x, ret, path, overwrite, fill_age, info);
}
