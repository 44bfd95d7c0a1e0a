/* SPDX-License-Identifier: Apache-2.0 */
/* The keystore's bytes: cut into parts, opened, written. */
#include <stdlib.h>

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/keys/keystore_parts.h"

#define KEYSET_DECODED_MAX 4096u
#define ENTRIES_INFO "medlock keystore entries"

static enum err bad(struct err_info *info, enum err e, const char *why)
{
	return err_set(info, e, "keystore: %s", why);
}

static enum err check_frame(struct bytes file, struct err_info *info)
{
	struct hash32 sum;

	if (file.len > KEYSTORE_SIZE_MAX)
		return bad(info, ERR_TOO_LARGE, "too large");
	if (file.len < KEYSTORE_MAGIC_LEN)
		return bad(info, ERR_TRUNCATED, "ends early");
	if (memcmp(file.data, KEYSTORE_MAGIC, KEYSTORE_FAMILY_LEN) != 0)
		return bad(info, ERR_FORMAT, "not a keystore");
	if (file.len < KEYSTORE_MAGIC_LEN + HASH_SIZE)
		return bad(info, ERR_TRUNCATED, "ends early");
	sum = hash_sha256(bytes_of(file.data, file.len - HASH_SIZE));
	if (memcmp(sum.b, file.data + file.len - HASH_SIZE, HASH_SIZE) != 0)
		return bad(info, ERR_DAMAGED, "the checksum does not fit: damaged, or cut");
	if (memcmp(file.data, KEYSTORE_MAGIC, KEYSTORE_MAGIC_LEN) != 0)
		return bad(info, ERR_NEWER, "of a newer version");
	return ERR_OK;
}

static void parse_slots(struct keystore_file *f, struct cursor *c)
{
	uint32_t count = cursor_be32(c);

	if (count == 0 || count > KEYSTORE_SLOTS_MAX)
		c->err = ERR_FORMAT;
	for (uint32_t i = 0; c->err == ERR_OK && i < count; i++) {
		size_t len;

		f->slots[i].kind = cursor_be32(c);
		len = cursor_be32(c);
		f->slots[i].bytes = cursor_take(c, len);
		if (len > KEYSTORE_SLOT_BYTES_MAX)
			c->err = ERR_FORMAT;
		f->slot_count = i + 1;
	}
}

/* The account of a first generation is the hash of its keys; later ones only keep the name. */
static enum err check_account(struct keystore_file *f)
{
	Medlock__KeySet *keys = NULL;
	struct account_id named;
	enum err e;

	TRY(WIRE_DECODE(&keys, medlock__key_set, f->keyset, KEYSET_DECODED_MAX, NULL));
	e = keyset_account(&named, keys);
	if (e == ERR_OK)
		e = seal_public_parse(&f->seal, wire_bytes(keys->seal));
	WIRE_FREE(keys);
	if (e != ERR_OK || f->generation > KEYSTORE_GENERATIONS_MAX)
		return ERR_FORMAT;
	return f->generation > 0 || ID_EQUAL(named, f->account) ? ERR_OK : ERR_FORMAT;
}

enum err keystore_file_parse(struct keystore_file *ret, struct bytes file, struct err_info *info)
{
	struct keystore_file f = {0};
	struct cursor c;
	struct bytes network, account;

	TRY(check_frame(file, info));
	c = cursor_of(bytes_of(file.data + KEYSTORE_MAGIC_LEN, file.len - KEYSTORE_MAGIC_LEN - HASH_SIZE));
	network = cursor_take(&c, ID_SIZE);
	account = cursor_take(&c, ID_SIZE);
	f.generation = cursor_be32(&c);
	f.keyset = cursor_take(&c, cursor_be32(&c));
	f.signature = cursor_take(&c, SIGNATURE_SIZE);
	parse_slots(&f, &c);
	f.salt = cursor_take(&c, ENTRIES_SALT_SIZE);
	if (c.err == ERR_OK)
		f.covered = bytes_of(file.data, (size_t)(f.salt.data - file.data) + ENTRIES_SALT_SIZE);
	f.sealed = cursor_take(&c, cursor_be32(&c));
	if (c.err != ERR_OK || cursor_end(&c) != ERR_OK || f.keyset.len > KEYSET_ENCODED_MAX)
		return bad(info, ERR_FORMAT, "its parts do not fit together");
	ID_COPY(f.network, network.data);
	ID_COPY(f.account, account.data);
	if (check_account(&f) != ERR_OK)
		return bad(info, ERR_FORMAT, "its keys are malformed");
	*ret = f;
	return ERR_OK;
}

enum err keystore_about(struct keystore_about *ret, struct bytes file, struct err_info *info)
{
	struct keystore_file f;

	TRY(keystore_file_parse(&f, file, info));
	ret->account = f.account;
	ret->network = f.network;
	ret->seal = f.seal;
	ret->generation = f.generation;
	ret->slots = f.slot_count;
	for (uint32_t i = 0; i < f.slot_count; i++)
		ret->kinds[i] = f.slots[i].kind;
	return ERR_OK;
}

/* ---- entries ---- */

static void entries_key(uint8_t out[AEAD_KEY_SIZE], const struct secret *master, struct bytes salt)
{
	hkdf_sha256(out, AEAD_KEY_SIZE, secret_bytes(master), salt, bytes_str(ENTRIES_INFO));
}

static enum err entries_take(struct keystore *k, struct bytes plain)
{
	struct cursor c = cursor_of(plain);
	uint32_t count = cursor_be32(&c);

	if (count > KEYSTORE_ENTRIES_MAX)
		return ERR_DAMAGED;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t kind = cursor_be32(&c);
		struct bytes value = cursor_take(&c, cursor_be32(&c));

		if (c.err != ERR_OK || value.len == 0 || value.len > KEYSTORE_ENTRY_MAX)
			return ERR_DAMAGED;
		TRY(keystore_entry_put(k, kind, value));
	}
	return cursor_end(&c) == ERR_OK ? ERR_OK : ERR_DAMAGED;
}

static enum err entries_open(struct keystore *k, const struct keystore_file *f)
{
	uint8_t key[AEAD_KEY_SIZE];
	struct secret *plain = NULL;
	enum err e;

	if (f->sealed.len <= AEAD_TAG_SIZE)
		return ERR_DAMAGED;
	TRY(secret_new(&plain, f->sealed.len - AEAD_TAG_SIZE));
	entries_key(key, k->master, f->salt);
	e = keystore_aead_open(plain->data, key, f->covered, f->sealed);
	secret_wipe(key, sizeof(key));
	e = e == ERR_DECRYPT ? ERR_DAMAGED : e;
	if (e == ERR_OK)
		e = entries_take(k, secret_bytes(plain));
	secret_free(plain);
	return e;
}

static size_t entries_size(const struct keystore *k)
{
	size_t size = 4;

	for (uint32_t i = 0; i < k->entry_count; i++)
		size += 8 + k->entries[i].value->len;
	return size;
}

static void entries_fill(uint8_t *out, const struct keystore *k)
{
	put_be32(out, k->entry_count);
	out += 4;
	for (uint32_t i = 0; i < k->entry_count; i++) {
		const struct entry *e = &k->entries[i];

		put_be32(out, e->kind);
		put_be32(out + 4, (uint32_t)e->value->len);
		memcpy(out + 8, e->value->data, e->value->len);
		out += 8 + e->value->len;
	}
}

/* ---- open and write ---- */

static enum err fill(struct keystore *k, const struct keystore_file *f)
{
	struct sign_public sign;
	Medlock__KeySet *keys = NULL;
	bool own;

	k->network = f->network;
	k->account = f->account;
	k->generation = f->generation;
	memcpy(k->keyset, f->keyset.data, f->keyset.len);
	k->keyset_len = f->keyset.len;
	memcpy(k->signature, f->signature.data, SIGNATURE_SIZE);
	for (uint32_t i = 0; i < f->slot_count; i++) {
		k->slots[i].kind = f->slots[i].kind;
		k->slots[i].len = f->slots[i].bytes.len;
		memcpy(k->slots[i].bytes, f->slots[i].bytes.data, f->slots[i].bytes.len);
	}
	k->slot_count = f->slot_count;
	TRY(keystore_derive(k));
	TRY(WIRE_DECODE(&keys, medlock__key_set, f->keyset, KEYSET_DECODED_MAX, NULL));
	sign_public_of_seed(&sign, k->act);
	own = bytes_equal(wire_bytes(keys->sign), BYTES_ID(sign));
	WIRE_FREE(keys);
	return own ? entries_open(k, f) : ERR_DAMAGED;
}

/* The first passphrase slot that opens. */
static enum err unlock(struct secret **ret, const struct keystore_file *f, struct bytes passphrase)
{
	enum err e = ERR_PASSPHRASE;

	for (uint32_t i = 0; i < f->slot_count && e == ERR_PASSPHRASE; i++) {
		struct buf binding = BUF_INIT;

		if (f->slots[i].kind != KEYSTORE_SLOT_PASSPHRASE)
			continue;
		keystore_slot_binding(&binding, &f->network, f->keyset, KEYSTORE_SLOT_PASSPHRASE);
		e = buf_error(&binding);
		if (e == ERR_OK)
			e = keystore_unwrap_passphrase(ret, f->slots[i].bytes, buf_bytes(&binding), passphrase);
		buf_release(&binding);
	}
	return e;
}

enum err keystore_open(struct keystore **ret, struct bytes file, struct bytes passphrase,
		       const struct account_id *expected, struct err_info *info)
{
	struct keystore_file f;
	struct secret *master = NULL;
	struct keystore *k;
	enum err e;

	if (passphrase.len == 0 || passphrase.len > KDF_PASSPHRASE_MAX)
		return bad(info, ERR_PASSPHRASE, "the passphrase is empty or too long");
	TRY(keystore_file_parse(&f, file, info));
	if (expected != NULL && !ID_EQUAL(*expected, f.account))
		return bad(info, ERR_WRONG_PROFILE, "it belongs to another account");
	e = unlock(&master, &f, passphrase);
	if (e != ERR_OK)
		return bad(info, e, err_text(e));
	k = calloc(1, sizeof(*k));
	if (k == NULL) {
		secret_free(master);
		return ERR_MEMORY;
	}
	k->master = master;
	e = fill(k, &f);
	if (e != ERR_OK) {
		keystore_free(k);
		return bad(info, e, "what is sealed in it does not open");
	}
	*ret = k;
	return ERR_OK;
}

static enum err seal_entries(const struct keystore *k, struct buf *file, struct bytes salt, size_t start)
{
	uint8_t key[AEAD_KEY_SIZE], *out;
	struct secret *plain = NULL;
	struct buf covered = BUF_INIT;
	enum err e;

	TRY(secret_new(&plain, entries_size(k)));
	entries_fill(plain->data, k);
	entries_key(key, k->master, salt);
	buf_append(&covered, file->data + start, file->len - start);
	buf_append_be32(file, (uint32_t)(plain->len + AEAD_TAG_SIZE));
	out = buf_reserve(file, plain->len + AEAD_TAG_SIZE);
	e = out == NULL ? buf_error(file) : buf_error(&covered);
	if (e == ERR_OK)
		e = keystore_aead_seal(out, key, buf_bytes(&covered), secret_bytes(plain));
	if (e == ERR_OK)
		file->len += plain->len + AEAD_TAG_SIZE;
	secret_wipe(key, sizeof(key));
	secret_free(plain);
	buf_release(&covered);
	return e;
}

enum err keystore_write(const struct keystore *k, struct buf *ret_file, const struct rng *rng)
{
	uint8_t salt[ENTRIES_SALT_SIZE];
	size_t start = ret_file->len;
	struct hash32 sum;

	rng_fill(rng, salt, sizeof(salt));
	buf_append_text(ret_file, KEYSTORE_MAGIC);
	buf_append_bytes(ret_file, BYTES_ID(k->network));
	buf_append_bytes(ret_file, BYTES_ID(k->account));
	buf_append_be32(ret_file, k->generation);
	buf_append_be32(ret_file, (uint32_t)k->keyset_len);
	buf_append(ret_file, k->keyset, k->keyset_len);
	buf_append(ret_file, k->signature, SIGNATURE_SIZE);
	buf_append_be32(ret_file, k->slot_count);
	for (uint32_t i = 0; i < k->slot_count; i++) {
		buf_append_be32(ret_file, k->slots[i].kind);
		buf_append_be32(ret_file, (uint32_t)k->slots[i].len);
		buf_append(ret_file, k->slots[i].bytes, k->slots[i].len);
	}
	buf_append(ret_file, salt, sizeof(salt));
	TRY(buf_error(ret_file));
	TRY(seal_entries(k, ret_file, bytes_of(salt, sizeof(salt)), start));
	sum = hash_sha256(bytes_of(ret_file->data + start, ret_file->len - start));
	buf_append_bytes(ret_file, BYTES_ID(sum));
	return buf_error(ret_file);
}
