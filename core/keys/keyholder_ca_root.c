/* SPDX-License-Identifier: Apache-2.0 */
/* The authority's root key, which visits this process only while it is wanted, and texts signed for everybody to verify. */
#include "core/keys/keyholder_parts.h"
#include "storage/sealed_file.h"

#define ROOT_PURPOSE "medlock ca root key"
#define TEXT_PART_MAX (KEYHOLDER_MESSAGE_MAX / 2)

/* ---- the child ---- */

void holder_ca_forget(struct holder *h)
{
	h->root = secret_free(h->root);
	hash_sha256_stream_release(&h->text);
	h->text.ctx = NULL;
}

static enum err root_open(struct holder_call *c, const struct sealed_opener *by)
{
	struct secret *key = NULL;
	struct buf spki = BUF_INIT;
	enum err e = sealed_open(&key, ROOT_PURPOSE, c->in[0], by, &c->info);

	if (e == ERR_PASSPHRASE)
		e = err_set(&c->info, e, "this is not the passphrase of the root key");
	if (e == ERR_OK && x509_key_spki(&spki, key) != ERR_OK)
		e = err_set(&c->info, ERR_FORMAT, "the file holds no root key");
	buf_release(&spki);
	if (e != ERR_OK) {
		secret_free(key);
		return e;
	}
	c->h->root = key;
	return ERR_OK;
}

static enum err root_new(struct holder_call *c, const struct sealed_opener *by)
{
	struct secret *key = NULL;
	enum err e;

	TRY(x509_key_new(&key, CERT_KEY_P256));
	e = sealed_seal(&c->out[0], ROOT_PURPOSE, secret_bytes(key), by, rng_system(), &c->info);
	if (e != ERR_OK) {
		secret_free(key);
		return e;
	}
	c->h->root = key;
	return ERR_OK;
}

enum err holder_ca_root(struct holder_call *c)
{
	struct secret *passphrase = NULL;
	struct sealed_opener by = {0};
	enum err e;

	holder_ca_forget(c->h);
	if (c->in[1].len == 0)
		return c->in[0].len == 0 ? ERR_OK : ERR_RANGE;
	TRY(secret_copy(&passphrase, c->in[1]));
	by.passphrase = passphrase;
	e = c->in[0].len == 0 ? root_new(c, &by) : root_open(c, &by);
	secret_free(passphrase);
	return e;
}

static bool text_known(struct bytes text)
{
	static const char *const begins[] = {KEYHOLDER_TEXT_CEREMONY, KEYHOLDER_TEXT_CSV, KEYHOLDER_TEXT_JSON};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t len = strlen(begins[i]);

		if (text.len >= len && memcmp(text.data, begins[i], len) == 0)
			return true;
	}
	return false;
}

/* A digest of which nobody saw the text could be that of a certificate. */
enum err holder_ca_sign_text(struct holder_call *c)
{
	const struct secret *key = NULL;
	struct hash32 digest;
	uint32_t flags;

	TRY(holder_ca_key(&key, c));
	TRY(holder_fixed(c->in[1], 4));
	flags = get_be32(c->in[1].data);
	if (flags & HOLDER_TEXT_FIRST) {
		if (!text_known(c->in[2]))
			return err_set(&c->info, ERR_REFUSED, "the authority's keys sign no such text");
		hash_sha256_stream_release(&c->h->text);
		hash_sha256_stream_init(&c->h->text);
	}
	if (c->h->text.ctx == NULL)
		return ERR_RANGE;
	hash_sha256_stream_update(&c->h->text, c->in[2]);
	if (!(flags & HOLDER_TEXT_LAST))
		return ERR_OK;
	digest = hash_sha256_stream_final(&c->h->text);
	c->h->text.ctx = NULL;
	return x509_sign_digest(&c->out[0], key, &digest);
}

/* ---- the client ---- */

static enum err ask_root(struct keyholder *k, struct buf *ret_file, struct bytes file, struct bytes passphrase,
			 struct err_info *info)
{
	struct bytes in[2] = {file, passphrase};
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, OP_CA_ROOT, in, 2, 1, info));
	if (ret_file == NULL)
		return ERR_OK;
	buf_append_bytes(ret_file, m.fields[0]);
	return buf_error(ret_file);
}

enum err keyholder_ca_root_new(struct keyholder *k, struct buf *ret_file, struct bytes passphrase, struct err_info *info)
{
	if (passphrase.len == 0)
		return err_set(info, ERR_RANGE, "the root key needs a passphrase");
	return ask_root(k, ret_file, bytes_of(NULL, 0), passphrase, info);
}

enum err keyholder_ca_root_open(struct keyholder *k, struct bytes file, struct bytes passphrase, struct err_info *info)
{
	if (passphrase.len == 0)
		return err_set(info, ERR_PASSPHRASE, "the root key needs its passphrase");
	if (file.len == 0)
		return err_set(info, ERR_FORMAT, "the file of the root key is empty");
	return ask_root(k, NULL, file, passphrase, info);
}

enum err keyholder_ca_root_forget(struct keyholder *k, struct err_info *info)
{
	return ask_root(k, NULL, bytes_of(NULL, 0), bytes_of(NULL, 0), info);
}

enum err keyholder_ca_sign_text(struct keyholder *k, struct buf *out, uint32_t which, struct bytes text,
				struct err_info *info)
{
	uint8_t kind[4], flags[4];
	struct keyholder_message m = {0};
	size_t at = 0;

	put_be32(kind, which);
	do {
		size_t len = text.len - at < TEXT_PART_MAX ? text.len - at : TEXT_PART_MAX;
		uint32_t f = (at == 0 ? (uint32_t)HOLDER_TEXT_FIRST : 0) |
			     (at + len == text.len ? (uint32_t)HOLDER_TEXT_LAST : 0);
		struct bytes in[3] = {bytes_of(kind, 4), bytes_of(flags, 4), bytes_of(text.data + at, len)};

		put_be32(flags, f);
		TRY(keyholder_ask(k, &m, OP_CA_SIGN_TEXT, in, 3, 1, info));
		at += len;
	} while (at < text.len);
	buf_append_bytes(out, m.fields[0]);
	return buf_error(out);
}
