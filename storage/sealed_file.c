/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/sealed_file.h"

#include <sodium.h>

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/crypto/hash.h"

#define MAGIC "MLSEALED"
#define MAGIC_LEN 8u
#define VERSION 1u
#define BY_PASSPHRASE 1u
#define BY_KEY 2u
#define SALT_LEN 16u
#define CHECK_LEN 16u
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define WRAPPED_LEN (SEALED_KEY_SIZE + TAG_LEN)
#define FILE_MAX (SEALED_PAYLOAD_MAX + 1024u)

_Static_assert(SALT_LEN == crypto_pwhash_SALTBYTES, "the salt is that of Argon2id in libsodium");
_Static_assert(SEALED_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "the file key is a cipher key");

/* A sealed file taken apart; all views into it. */
struct parts {
	uint8_t version, method;
	struct bytes purpose, salt, check, wrap_nonce, wrapped, nonce, sealed;
	struct sealed_work work;
	struct bytes head;   /* up to the check value: bound to the wrap */
	struct bytes before; /* up to the payload's nonce: bound to the payload */
};

/* ---- keys ---- */

/* 32 bytes that wrap the file key and 16 that say whether the opener is the right one, from one secret. */
static enum err expand(struct secret **ret, uint8_t check[CHECK_LEN], const struct secret *root, struct bytes salt)
{
	uint8_t out[SEALED_KEY_SIZE + CHECK_LEN];
	enum err e;

	hkdf_sha256(out, sizeof(out), secret_bytes(root), salt, bytes_str("medlock sealed file v1"));
	e = secret_copy(ret, bytes_of(out, SEALED_KEY_SIZE));
	if (e == ERR_OK)
		memcpy(check, out + SEALED_KEY_SIZE, CHECK_LEN);
	secret_wipe(out, sizeof(out));
	return e;
}

static enum err stretch(struct secret **ret, const struct secret *passphrase, const struct sealed_work *work,
			struct bytes salt)
{
	struct secret *root;

	TRY(secret_new(&root, SEALED_KEY_SIZE));
	if (crypto_pwhash(root->data, root->len, (const char *)passphrase->data, passphrase->len, salt.data,
			  work->passes, (size_t)work->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
		secret_free(root);
		return ERR_MEMORY;
	}
	*ret = root;
	return ERR_OK;
}

static enum err wrap_key(struct secret **ret, uint8_t check[CHECK_LEN], const struct sealed_opener *opener,
			 const struct sealed_work *work, struct bytes salt)
{
	struct secret *root;
	enum err e;

	if (opener->key != NULL)
		return expand(ret, check, opener->key, salt);
	TRY(stretch(&root, opener->passphrase, work, salt));
	e = expand(ret, check, root, salt);
	secret_free(root);
	return e;
}

static bool work_allowed(const struct sealed_work *w)
{
	return w->passes >= SEALED_PASSES_MIN && w->passes <= SEALED_PASSES_MAX &&
	       w->memory_kib >= SEALED_MEMORY_MIN && w->memory_kib <= SEALED_MEMORY_MAX;
}

static void check_opener(const struct sealed_opener *opener)
{
	ASSERT((opener->passphrase != NULL) != (opener->key != NULL));
	ASSERT(opener->key == NULL || opener->key->len == SEALED_KEY_SIZE);
	ASSERT(sodium_init() >= 0);
}

/* ---- sealing ---- */

static void append_random(struct buf *out, size_t len, const struct rng *rng)
{
	uint8_t *room = buf_reserve(out, len);

	if (room == NULL)
		return;
	rng_fill(rng, room, len);
	out->len += len;
}

/* A fresh nonce, then the cipher text of plain, bound to the first `bound` bytes of out. */
static enum err append_sealed(struct buf *out, size_t start, size_t bound, const struct secret *key,
			      struct bytes plain, const struct rng *rng)
{
	uint8_t *room, *nonce;
	unsigned long long len = 0;

	append_random(out, NONCE_LEN, rng);
	room = buf_reserve(out, plain.len + TAG_LEN);
	if (room == NULL)
		return buf_error(out);
	nonce = room - NONCE_LEN;
	crypto_aead_xchacha20poly1305_ietf_encrypt(room, &len, plain.data, plain.len, out->data + start, bound, NULL,
						   nonce, key->data);
	out->len += (size_t)len;
	return ERR_OK;
}

static void append_head(struct buf *out, const char *purpose, const struct sealed_opener *opener,
			const struct sealed_work *work)
{
	bool by_key = opener->key != NULL;

	buf_append(out, MAGIC, MAGIC_LEN);
	buf_append_byte(out, VERSION);
	buf_append_byte(out, by_key ? BY_KEY : BY_PASSPHRASE);
	buf_append_byte(out, (uint8_t)strlen(purpose));
	buf_append_text(out, purpose);
	buf_append_be32(out, by_key ? 0 : work->passes);
	buf_append_be32(out, by_key ? 0 : work->memory_kib);
}

static enum err seal_body(struct buf *out, size_t start, const struct secret *wrap, struct bytes payload,
			  const struct rng *rng)
{
	struct secret *file_key;
	struct hash32 sum;
	enum err e;

	TRY(secret_new(&file_key, SEALED_KEY_SIZE));
	rng_fill(rng, file_key->data, file_key->len);
	e = append_sealed(out, start, out->len - start, wrap, secret_bytes(file_key), rng);
	if (e == ERR_OK)
		e = append_sealed(out, start, out->len - start, file_key, payload, rng);
	secret_free(file_key);
	if (e != ERR_OK)
		return e;
	sum = hash_sha256(bytes_of(out->data + start, out->len - start));
	buf_append_bytes(out, BYTES_ID(sum));
	return buf_error(out);
}

static enum err seal_into(struct buf *out, const char *purpose, struct bytes payload,
			  const struct sealed_opener *opener, const struct sealed_work *work, const struct rng *rng)
{
	uint8_t check[CHECK_LEN];
	struct secret *wrap;
	enum err e;

	append_head(out, purpose, opener, work);
	append_random(out, SALT_LEN, rng);
	TRY(buf_error(out));
	TRY(wrap_key(&wrap, check, opener, work, bytes_of(out->data + out->len - SALT_LEN, SALT_LEN)));
	buf_append(out, check, CHECK_LEN);
	e = buf_error(out);
	if (e == ERR_OK)
		e = seal_body(out, 0, wrap, payload, rng);
	secret_free(wrap);
	return e;
}

enum err sealed_seal(struct buf *ret, const char *purpose, struct bytes payload, const struct sealed_opener *opener,
		     const struct rng *rng, struct err_info *info)
{
	struct sealed_work work = opener->work.passes == 0 && opener->work.memory_kib == 0 ? SEALED_WORK_FLOOR :
											     opener->work;
	struct buf file = BUF_INIT;
	enum err e;

	check_opener(opener);
	if (purpose[0] == '\0' || strlen(purpose) > SEALED_PURPOSE_MAX || payload.len == 0 ||
	    payload.len > SEALED_PAYLOAD_MAX)
		return err_set(info, ERR_RANGE, "a sealed file holds 1 to %u bytes", SEALED_PAYLOAD_MAX);
	if (opener->passphrase != NULL && !work_allowed(&work))
		return err_set(info, ERR_RANGE, "passphrase work of %u passes over %u KiB is outside the limits",
			       work.passes, work.memory_kib);
	e = seal_into(&file, purpose, payload, opener, &work, rng);
	if (e == ERR_OK) {
		buf_append_bytes(ret, buf_bytes(&file));
		e = buf_error(ret);
	}
	buf_release(&file);
	return e == ERR_OK ? e : err_set(info, e, "%s cannot be sealed", purpose);
}

/* ---- opening ---- */

static struct bytes between(struct bytes file, const struct cursor *c)
{
	return bytes_of(file.data, file.len - HASH_SIZE - c->rest.len);
}

static enum err take_apart(struct parts *p, struct bytes file, struct err_info *info)
{
	struct cursor c = cursor_of(file);
	struct hash32 sum;

	if (!bytes_equal(cursor_take(&c, MAGIC_LEN), bytes_of(MAGIC, MAGIC_LEN)))
		return err_set(info, ERR_FORMAT, "this is no sealed file");
	if (file.len < MAGIC_LEN + 1 + HASH_SIZE)
		return err_set(info, ERR_DAMAGED, "the sealed file is cut short");
	sum = hash_sha256(bytes_of(file.data, file.len - HASH_SIZE));
	if (memcmp(sum.b, file.data + file.len - HASH_SIZE, HASH_SIZE) != 0)
		return err_set(info, ERR_DAMAGED, "the sealed file is cut short or changed");
	c.rest.len -= HASH_SIZE;
	p->version = cursor_byte(&c);
	if (p->version != VERSION)
		return err_set(info, ERR_NEWER, "the sealed file is of version %u", p->version);
	p->method = cursor_byte(&c);
	p->purpose = cursor_take(&c, cursor_byte(&c));
	p->work.passes = cursor_be32(&c);
	p->work.memory_kib = cursor_be32(&c);
	p->salt = cursor_take(&c, SALT_LEN);
	p->check = cursor_take(&c, CHECK_LEN);
	p->head = between(file, &c);
	p->wrap_nonce = cursor_take(&c, NONCE_LEN);
	p->wrapped = cursor_take(&c, WRAPPED_LEN);
	p->before = between(file, &c);
	p->nonce = cursor_take(&c, NONCE_LEN);
	p->sealed = c.rest;
	if (c.err != ERR_OK || p->sealed.len <= TAG_LEN || p->sealed.len > SEALED_PAYLOAD_MAX + TAG_LEN)
		return err_set(info, ERR_FORMAT, "the sealed file has no such shape");
	return ERR_OK;
}

static enum err check_parts(const struct parts *p, struct err_info *info)
{
	bool by_passphrase = p->method == BY_PASSPHRASE;

	if (!by_passphrase && p->method != BY_KEY)
		return err_set(info, ERR_FORMAT, "the sealed file opens in an unknown way (%u)", p->method);
	if (p->purpose.len == 0 || p->purpose.len > SEALED_PURPOSE_MAX ||
	    memchr(p->purpose.data, 0, p->purpose.len) != NULL)
		return err_set(info, ERR_FORMAT, "the sealed file names no purpose");
	if (by_passphrase && !work_allowed(&p->work))
		return err_set(info, ERR_FORMAT, "the work of its passphrase is outside the limits");
	if (!by_passphrase && (p->work.passes != 0 || p->work.memory_kib != 0))
		return err_set(info, ERR_FORMAT, "the sealed file has no such shape");
	return ERR_OK;
}

/* The head is bound to both, so a changed purpose or parameter opens nothing. */
static enum err unseal(struct secret **ret, struct bytes sealed, struct bytes bound, struct bytes nonce,
		       const struct secret *key)
{
	struct secret *plain;

	TRY(secret_new(&plain, sealed.len - TAG_LEN));
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain->data, NULL, NULL, sealed.data, sealed.len, bound.data,
						       bound.len, nonce.data, key->data) != 0) {
		secret_free(plain);
		return ERR_DAMAGED;
	}
	*ret = plain;
	return ERR_OK;
}

static enum err open_parts(struct secret **ret, const struct parts *p, const struct sealed_opener *opener)
{
	uint8_t check[CHECK_LEN];
	struct secret *wrap, *file_key = NULL;
	enum err e;

	TRY(wrap_key(&wrap, check, opener, &p->work, p->salt));
	if (!secret_equal(bytes_of(check, CHECK_LEN), p->check))
		e = ERR_PASSPHRASE;
	else
		e = unseal(&file_key, p->wrapped, p->head, p->wrap_nonce, wrap);
	if (e == ERR_OK)
		e = unseal(ret, p->sealed, p->before, p->nonce, file_key);
	secret_free(file_key);
	secret_free(wrap);
	return e;
}

enum err sealed_open(struct secret **ret, const char *purpose, struct bytes file, const struct sealed_opener *opener,
		     struct err_info *info)
{
	struct parts p;
	enum err e;

	check_opener(opener);
	TRY(take_apart(&p, file, info));
	TRY(check_parts(&p, info));
	if (!bytes_equal(p.purpose, bytes_str(purpose)))
		return err_set(info, ERR_FORMAT, "the sealed file is not for %s", purpose);
	if ((p.method == BY_KEY) != (opener->key != NULL))
		return err_set(info, ERR_FORMAT, "the sealed file opens with a %s",
			       p.method == BY_KEY ? "key" : "passphrase");
	e = open_parts(ret, &p, opener);
	return e == ERR_OK ? e : err_set(info, e, "%s does not open", purpose);
}

enum err sealed_about(struct sealed_about *ret, struct bytes file, struct err_info *info)
{
	struct parts p;

	TRY(take_apart(&p, file, info));
	TRY(check_parts(&p, info));
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->purpose, p.purpose.data, p.purpose.len);
	ret->by_passphrase = p.method == BY_PASSPHRASE;
	ret->work = p.work;
	return ERR_OK;
}

/* ---- files ---- */

enum err sealed_file_write(const char *path, const char *purpose, struct bytes payload,
			   const struct sealed_opener *opener, const struct rng *rng, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e = sealed_seal(&file, purpose, payload, opener, rng, info);

	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

enum err sealed_file_read(struct secret **ret, const char *path, const char *purpose,
			  const struct sealed_opener *opener, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e;

	TRY(files_check_private(path, info));
	e = files_read(&file, path, FILE_MAX, info);
	if (e == ERR_OK) {
		e = sealed_open(ret, purpose, buf_bytes(&file), opener, info);
		if (e != ERR_OK)
			err_wrap(info, e, "%s", path);
	}
	buf_release(&file);
	return e;
}

/* ---- how much work ---- */

struct sealed_work sealed_work_measure(int64_t target_ms, uint32_t max_kib)
{
	static const uint8_t salt[SALT_LEN];
	const struct clock *clock = clock_real();
	struct sealed_work work = SEALED_WORK_FLOOR;
	uint8_t out[SEALED_KEY_SIZE];
	int64_t start = clock->steady_ms(clock->self), took;

	if (max_kib > SEALED_MEMORY_MAX)
		max_kib = SEALED_MEMORY_MAX;
	if (crypto_pwhash(out, sizeof(out), "measure", 7, salt, work.passes, (size_t)work.memory_kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return work;
	took = clock->steady_ms(clock->self) - start;
	while (took * 2 <= target_ms && work.memory_kib * 2 <= max_kib) {
		work.memory_kib *= 2;
		took *= 2;
	}
	return work;
}
