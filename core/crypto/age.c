/* SPDX-License-Identifier: Apache-2.0 */
/* The payload of an age file in both directions: sealed chunks of 64 KiB, each with its number and a mark on the last
 * one, so that chunks cannot be cut off, added, swapped or repeated (the STREAM construction).
 */
#include "core/crypto/age.h"

#include <stdlib.h>

#include "core/crypto/aead.h"
#include "core/crypto/age_parts.h"

#define NONCE_SIZE 16u			/* of a payload */
#define SEALED_CHUNK (AGE_CHUNK_SIZE + AEAD_TAG_SIZE)
#define CHUNKS_MAX (UINT64_C(1) << 40)	/* 64 PiB: never reached; keeps the counter from wrapping */

/* Two buffers and what is known of the stream.  One more byte than a chunk is read: whether it is there tells a full
 * chunk in the middle from a full chunk at the end.
 */
struct work {
	uint8_t in[SEALED_CHUNK + 1], out[SEALED_CHUNK];
	size_t held; /* bytes in `in` */
	uint64_t chunk;
	struct aead cipher;
	struct hash_sha256_stream hash;
	struct age_result result;
};

static struct work *work_new(void)
{
	struct work *w = calloc(1, sizeof(*w));

	if (w)
		hash_sha256_stream_init(&w->hash);
	return w;
}

static void work_free(struct work *w)
{
	if (!w)
		return;
	aead_release(&w->cipher);
	hash_sha256_stream_release(&w->hash);
	secret_wipe(w, sizeof(*w));
	free(w);
}

static enum err payload_cipher(struct aead *ret, const struct secret *file_key, const uint8_t nonce[NONCE_SIZE])
{
	uint8_t key[AEAD_KEY_SIZE];
	enum err e;

	hkdf_sha256(key, sizeof(key), secret_bytes(file_key), bytes_of(nonce, NONCE_SIZE), bytes_str("payload"));
	e = aead_init(ret, key);
	secret_wipe(key, sizeof(key));
	return e;
}

/* Eleven bytes of counter, one that marks the last chunk. */
static void chunk_nonce(uint8_t nonce[AEAD_NONCE_SIZE], uint64_t chunk, bool last)
{
	memset(nonce, 0, AEAD_NONCE_SIZE);
	put_be64(nonce + 3, chunk);
	nonce[AEAD_NONCE_SIZE - 1] = last;
}

/* Bytes of the age file, on whichever side it is, pass here. */
static void count(struct work *w, const uint8_t *data, size_t len)
{
	hash_sha256_stream_update(&w->hash, bytes_of(data, len));
	w->result.size += len;
}

static void finish(struct work *w, struct age_result *ret)
{
	struct hash32 id = hash_sha256_stream_final(&w->hash);

	ID_COPY(w->result.id, id.b);
	if (ret)
		*ret = w->result;
}

/* ---- sealing ---- */

static enum err put(struct work *w, const struct byte_sink *to, const uint8_t *data, size_t len)
{
	count(w, data, len);
	return to->write(to->self, data, len);
}

static enum err seal_chunks(struct work *w, const struct byte_sink *to, const struct byte_source *from)
{
	uint8_t nonce[AEAD_NONCE_SIZE];
	bool last;

	do {
		size_t n = 0, len;

		TRY(byte_source_fill(from, w->in + w->held, AGE_CHUNK_SIZE + 1 - w->held, &n));
		w->held += n;
		last = w->held <= AGE_CHUNK_SIZE;
		len = last ? w->held : AGE_CHUNK_SIZE;
		if (w->chunk == CHUNKS_MAX)
			return ERR_TOO_LARGE;
		chunk_nonce(nonce, w->chunk++, last);
		aead_seal(&w->cipher, w->out, nonce, bytes_of(NULL, 0), bytes_of(w->in, len));
		TRY(put(w, to, w->out, len + AEAD_TAG_SIZE));
		w->result.plain_size += len;
		w->in[0] = w->in[len]; /* the byte read ahead, if there is one */
		w->held -= len;
	} while (!last);
	return ERR_OK;
}

static enum err seal_all(struct work *w, const struct byte_sink *to, const struct byte_source *from,
			 const struct age_spec *spec, const struct secret *file_key, const struct rng *rng,
			 struct err_info *info)
{
	struct buf header = BUF_INIT;
	uint8_t nonce[NONCE_SIZE];
	enum err e = age_header_write(&header, spec, file_key, rng, info);

	if (e == ERR_OK)
		e = put(w, to, header.data, header.len);
	buf_release(&header);
	if (e != ERR_OK)
		return e;
	rng_fill(rng, nonce, sizeof(nonce));
	TRY(put(w, to, nonce, sizeof(nonce)));
	TRY(payload_cipher(&w->cipher, file_key, nonce));
	return seal_chunks(w, to, from);
}

enum err age_encrypt(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
		     const struct age_spec *spec, const struct rng *rng, struct err_info *info)
{
	struct work *w = work_new();
	struct secret *fresh = NULL;
	enum err e = w ? ERR_OK : ERR_MEMORY;

	if (e == ERR_OK && !spec->file_key)
		e = age_file_key_new(&fresh, rng);
	if (e == ERR_OK)
		e = seal_all(w, to, from, spec, spec->file_key ? spec->file_key : fresh, rng, info);
	secret_free(fresh);
	if (e == ERR_OK)
		finish(w, ret);
	work_free(w);
	return e == ERR_OK ? e : err_wrap(info, e, "while sealing a file");
}

uint64_t age_sealed_size(uint64_t header_size, uint64_t plain_size)
{
	uint64_t chunks = plain_size == 0 ? 1 : (plain_size - 1) / AGE_CHUNK_SIZE + 1;

	return header_size + NONCE_SIZE + plain_size + chunks * AEAD_TAG_SIZE;
}

/* ---- opening ---- */

static enum err pull(struct work *w, const struct byte_source *from)
{
	size_t n = 0;

	TRY(byte_source_fill(from, w->in + w->held, sizeof(w->in) - w->held, &n));
	count(w, w->in + w->held, n);
	w->held += n;
	return ERR_OK;
}

static void drop(struct work *w, size_t len)
{
	w->held -= len;
	memmove(w->in, w->in + len, w->held);
}

/* What an unreadable last chunk means: cut at a chunk's end, or changed. */
static enum err last_chunk_error(struct work *w, size_t len)
{
	uint8_t nonce[AEAD_NONCE_SIZE];

	chunk_nonce(nonce, w->chunk, false);
	if (len == SEALED_CHUNK &&
	    aead_open(&w->cipher, w->out, nonce, bytes_of(NULL, 0), bytes_of(w->in, len)) == ERR_OK)
		return ERR_TRUNCATED;
	return ERR_DECRYPT;
}

static enum err open_chunks(struct work *w, const struct byte_sink *to, const struct byte_source *from)
{
	uint8_t nonce[AEAD_NONCE_SIZE];
	bool last;

	do {
		size_t len;
		enum err e;

		TRY(pull(w, from));
		last = w->held <= SEALED_CHUNK;
		len = last ? w->held : SEALED_CHUNK;
		if (len < AEAD_TAG_SIZE)
			return ERR_TRUNCATED;
		if (len == AEAD_TAG_SIZE && w->chunk > 0)
			return ERR_FORMAT; /* only an empty file has an empty chunk */
		if (w->chunk == CHUNKS_MAX)
			return ERR_TOO_LARGE;
		chunk_nonce(nonce, w->chunk, last);
		e = aead_open(&w->cipher, w->out, nonce, bytes_of(NULL, 0), bytes_of(w->in, len));
		if (e != ERR_OK)
			return last ? last_chunk_error(w, len) : e;
		w->chunk++;
		w->result.plain_size += len - AEAD_TAG_SIZE;
		if (len > AEAD_TAG_SIZE)
			TRY(to->write(to->self, w->out, len - AEAD_TAG_SIZE));
		drop(w, len);
	} while (!last);
	return ERR_OK;
}

/* The file key by whichever way there is, once it is known to have made the header. */
static enum err key_of_header(struct secret **ret, const struct age_header *h, const struct secret *identity,
			      const struct secret *file_key, struct err_info *info)
{
	enum err e = identity ? age_header_unwrap(ret, h, identity) : age_header_check(h, file_key);

	if (e == ERR_OK && !identity)
		e = secret_copy(ret, secret_bytes(file_key));
	if (e == ERR_DECRYPT)
		return err_set(info, e, identity ? "the file is not sealed for this identity, or its header was changed"
						 : "this file key did not seal the file, or its header was changed");
	return e == ERR_OK ? e : err_set(info, e, "the header of the age file cannot be used");
}

static enum err open_all(struct work *w, const struct byte_sink *to, const struct byte_source *from,
			 const struct secret *identity, const struct secret *file_key, struct err_info *info)
{
	struct age_header h;
	struct secret *key = NULL;
	size_t size;
	enum err e;

	_Static_assert(AGE_HEADER_MAX < sizeof(w->in), "the first read holds any header whole");
	TRY(pull(w, from));
	TRY(age_header_parse(&h, bytes_of(w->in, w->held), info));
	size = h.size;
	e = key_of_header(&key, &h, identity, file_key, info);
	age_header_release(&h);
	if (e != ERR_OK)
		return e;
	drop(w, size);
	e = pull(w, from);
	if (e == ERR_OK)
		e = w->held < NONCE_SIZE ? ERR_TRUNCATED : payload_cipher(&w->cipher, key, w->in);
	secret_free(key);
	if (e != ERR_OK)
		return e;
	drop(w, NONCE_SIZE);
	return open_chunks(w, to, from);
}

static enum err decrypt(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
			const struct secret *identity, const struct secret *file_key, struct err_info *info)
{
	struct work *w = work_new();
	enum err e = w ? open_all(w, to, from, identity, file_key, info) : ERR_MEMORY;

	if (e == ERR_OK)
		finish(w, ret);
	work_free(w);
	return e == ERR_OK ? e : err_wrap(info, e, "while opening an age file");
}

enum err age_decrypt(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
		     const struct secret *identity, struct err_info *info)
{
	return decrypt(ret, to, from, identity, NULL, info);
}

enum err age_decrypt_file_key(struct age_result *ret, const struct byte_sink *to, const struct byte_source *from,
			      const struct secret *file_key, struct err_info *info)
{
	return decrypt(ret, to, from, NULL, file_key, info);
}
