/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a person: made, derived, and used. */
#include "core/keys/keystore.h"

#include <stdlib.h>

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/crypto/schnorr.h"
#include "core/keys/keystore_parts.h"

#define LOCAL_SALT_SIZE 32u
#define LOCAL_NAME_MAX 64u

enum err keystore_derived(struct secret **ret, const struct secret *master, const char *name)
{
	TRY(secret_new(ret, 32));
	hkdf_sha256((*ret)->data, 32, secret_bytes(master), bytes_of(NULL, 0), bytes_str(name));
	return ERR_OK;
}

enum err keystore_derive(struct keystore *k)
{
	TRY(keystore_derived(&k->act, k->master, KEYSTORE_ACT));
	TRY(keystore_derived(&k->read, k->master, KEYSTORE_READ));
	return keystore_derived(&k->storage, k->master, KEYSTORE_STORAGE);
}

void keystore_open_scalar(const struct keystore *k, struct scalar *ret)
{
	uint8_t wide[SCALAR_WIDE_SIZE];

	hkdf_sha256(wide, sizeof(wide), secret_bytes(k->master), bytes_of(NULL, 0), bytes_str("medlock open g1"));
	scalar_reduce(ret, wide);
	secret_wipe(wide, sizeof(wide));
}

/* ---- a new person ---- */

struct public_parts {
	struct sign_public sign;
	struct seal_public seal;
	uint8_t open[G1_SIZE];
	struct schnorr_proof proof;
};

/* The proof is part of the key set, whose hash may be the account's name: so that words alone give the same name again, its
 * one-time scalar follows from the master key, and from the context that is proved, so that it serves for no other.
 */
struct proof_source {
	const struct keystore *keys;
	struct bytes context;
	struct rng rng;
};

static void proof_fill(void *self, uint8_t *out, size_t len)
{
	const struct proof_source *from = self;

	hkdf_sha256(out, len, secret_bytes(from->keys->master), from->context, bytes_str("medlock open proof"));
}

static enum err make_public(struct public_parts *p, const struct keystore *k)
{
	struct proof_source from = {.keys = k, .rng = {proof_fill, &from}};
	struct scalar open;
	struct g1 point;
	struct buf context = BUF_INIT;
	enum err e;

	sign_public_of_seed(&p->sign, k->act);
	seal_public_of(&p->seal, k->read);
	keystore_open_scalar(k, &open);
	g1_mul_generator(&point, &open);
	g1_write(p->open, &point);
	keyset_open_context(&context, &k->network, BYTES_ID(p->sign));
	e = buf_error(&context);
	from.context = buf_bytes(&context);
	if (e == ERR_OK)
		schnorr_prove(&p->proof, &open, buf_bytes(&context), &from.rng);
	scalar_wipe(&open);
	buf_release(&context);
	return e;
}

enum err keystore_make_keyset(struct keystore *k, bool named)
{
	Medlock__KeySet keys = MEDLOCK__KEY_SET__INIT;
	struct public_parts p;
	struct hash32 statement;
	struct signature signature;
	struct buf encoded = BUF_INIT;
	enum err e;

	TRY(make_public(&p, k));
	keys.sign = wire_data(BYTES_ID(p.sign));
	keys.seal = wire_data(BYTES_ID(p.seal));
	keys.open = wire_data(bytes_of(p.open, sizeof(p.open)));
	keys.open_proof = wire_data(BYTES_ID(p.proof));
	if (named)
		TRY(keyset_account(&k->account, &keys));
	TRY(keyset_statement(&statement, &k->network, &k->account, &keys));
	sign_make(&signature, k->act, BYTES_ID(statement));
	memcpy(k->signature, signature.b, SIGNATURE_SIZE);
	WIRE_ENCODE(&encoded, &keys);
	e = buf_error(&encoded);
	ASSERT(encoded.len <= sizeof(k->keyset));
	if (e == ERR_OK) {
		memcpy(k->keyset, encoded.data, encoded.len);
		k->keyset_len = encoded.len;
	}
	buf_release(&encoded);
	return e;
}

static enum err create(struct keystore *k, struct bytes passphrase, const struct kdf_params *params,
		       const struct rng *rng, struct err_info *info)
{
	TRY(secret_new(&k->master, MASTER_SIZE));
	rng_fill(rng, k->master->data, MASTER_SIZE);
	TRY(keystore_derive(k));
	TRY(keystore_make_keyset(k, true));
	return keystore_set_passphrase(k, passphrase, params, rng, info);
}

enum err keystore_create(struct keystore **ret, const struct network_id *network, struct bytes passphrase,
			 const struct kdf_params *params, const struct rng *rng, struct err_info *info)
{
	struct keystore *k = calloc(1, sizeof(*k));
	enum err e;

	if (k == NULL)
		return ERR_MEMORY;
	k->network = *network;
	e = create(k, passphrase, params, rng, info);
	if (e != ERR_OK) {
		keystore_free(k);
		return e;
	}
	*ret = k;
	return ERR_OK;
}

void keystore_free(struct keystore *k)
{
	if (k == NULL)
		return;
	for (uint32_t i = 0; i < k->entry_count; i++)
		secret_free(k->entries[i].value);
	secret_free(k->master);
	secret_free(k->act);
	secret_free(k->read);
	secret_free(k->storage);
	free(k);
}

/* ---- slots ---- */

static enum err put_slot(struct keystore *k, const struct slot *slot)
{
	for (uint32_t i = 0; i < k->slot_count; i++)
		if (k->slots[i].kind == slot->kind) {
			k->slots[i] = *slot;
			return ERR_OK;
		}
	if (k->slot_count == KEYSTORE_SLOTS_MAX)
		return ERR_LIMIT;
	k->slots[k->slot_count++] = *slot;
	return ERR_OK;
}

enum err keystore_set_passphrase(struct keystore *k, struct bytes passphrase, const struct kdf_params *params,
				 const struct rng *rng, struct err_info *info)
{
	struct kdf_params floor = KDF_PARAMS_FLOOR;
	struct buf binding = BUF_INIT;
	struct slot slot;
	enum err e;

	keystore_slot_binding(&binding, &k->network, keystore_keyset(k), KEYSTORE_SLOT_PASSPHRASE);
	e = buf_error(&binding);
	if (e == ERR_OK)
		e = keystore_wrap_passphrase(&slot, k->master, buf_bytes(&binding), passphrase,
					     params == NULL ? &floor : params, rng);
	buf_release(&binding);
	if (e == ERR_RANGE)
		return err_set(info, e, "a passphrase has 1 to %u bytes", KDF_PASSPHRASE_MAX);
	return e == ERR_OK ? put_slot(k, &slot) : e;
}

/* ---- views ---- */

uint32_t keystore_slot_count(const struct keystore *k)
{
	return k->slot_count;
}

const struct account_id *keystore_account(const struct keystore *k)
{
	return &k->account;
}

const struct network_id *keystore_network(const struct keystore *k)
{
	return &k->network;
}

uint32_t keystore_generation(const struct keystore *k)
{
	return k->generation;
}

struct bytes keystore_keyset(const struct keystore *k)
{
	return bytes_of(k->keyset, k->keyset_len);
}

struct bytes keystore_keyset_signature(const struct keystore *k)
{
	return bytes_of(k->signature, SIGNATURE_SIZE);
}

const struct secret *keystore_act(const struct keystore *k)
{
	return k->act;
}

const struct secret *keystore_read(const struct keystore *k)
{
	return k->read;
}

/* ---- use ---- */

static enum err request_key(struct secret **ret, const struct secret *root, const char *name,
			    const uint8_t nonce[REQUEST_NONCE_SIZE])
{
	TRY(secret_new(ret, 32));
	hkdf_sha256((*ret)->data, 32, secret_bytes(root), bytes_of(nonce, REQUEST_NONCE_SIZE), bytes_str(name));
	return ERR_OK;
}

enum err keystore_request_keys(const struct keystore *k, struct secret **ret_sign, struct secret **ret_seal,
			       const uint8_t nonce[REQUEST_NONCE_SIZE])
{
	const struct secret *master = keystore_master_of(k, nonce[0]);
	struct secret *root = NULL, *sign = NULL, *seal = NULL;
	enum err e;

	if (master == NULL)
		return ERR_NOT_FOUND;
	TRY(keystore_derived(&root, master, KEYSTORE_REQUESTS));
	e = request_key(&sign, root, "medlock request sign", nonce);
	if (e == ERR_OK)
		e = request_key(&seal, root, "medlock request seal", nonce);
	secret_free(root);
	if (e != ERR_OK) {
		secret_free(sign);
		secret_free(seal);
		return e;
	}
	*ret_sign = sign;
	*ret_seal = seal;
	return ERR_OK;
}

static enum err local_key(uint8_t out[AEAD_KEY_SIZE], const struct secret *storage, const char *name, struct bytes salt)
{
	char info[LOCAL_NAME_MAX + 16] = "medlock local ";
	size_t len = strlen(name);

	if (len == 0 || len > LOCAL_NAME_MAX)
		return ERR_RANGE;
	memcpy(info + 14, name, len);
	hkdf_sha256(out, AEAD_KEY_SIZE, secret_bytes(storage), salt, bytes_of(info, 14 + len));
	return ERR_OK;
}

enum err keystore_seal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
		       struct bytes plain, const struct rng *rng)
{
	uint8_t salt[LOCAL_SALT_SIZE], key[AEAD_KEY_SIZE], *at;
	enum err e;

	rng_fill(rng, salt, sizeof(salt));
	TRY(local_key(key, k->storage, name, bytes_of(salt, sizeof(salt))));
	at = buf_reserve(out, sizeof(salt) + plain.len + AEAD_TAG_SIZE);
	e = at == NULL ? buf_error(out) : ERR_OK;
	if (e == ERR_OK) {
		memcpy(at, salt, sizeof(salt));
		e = keystore_aead_seal(at + sizeof(salt), key, aad, plain);
	}
	if (e == ERR_OK)
		out->len += sizeof(salt) + plain.len + AEAD_TAG_SIZE;
	secret_wipe(key, sizeof(key));
	return e;
}

static enum err unseal_with(const struct secret *storage, struct buf *out, const char *name, struct bytes aad,
			    struct bytes sealed)
{
	struct cursor c = cursor_of(sealed);
	struct bytes salt = cursor_take(&c, LOCAL_SALT_SIZE);
	uint8_t key[AEAD_KEY_SIZE], *at;
	enum err e;

	if (c.err != ERR_OK || c.rest.len < AEAD_TAG_SIZE)
		return ERR_DECRYPT;
	TRY(local_key(key, storage, name, salt));
	at = buf_reserve(out, c.rest.len);
	e = at == NULL ? buf_error(out) : keystore_aead_open(at, key, aad, c.rest);
	if (e == ERR_OK)
		out->len += c.rest.len - AEAD_TAG_SIZE;
	secret_wipe(key, sizeof(key));
	return e;
}

enum err keystore_unseal(const struct keystore *k, struct buf *out, const char *name, struct bytes aad,
			 struct bytes sealed)
{
	enum err e = unseal_with(k->storage, out, name, aad, sealed);

	for (uint32_t g = k->generation; e == ERR_DECRYPT && g-- > 0;) {
		const struct secret *master = keystore_master_of(k, g);
		struct secret *storage = NULL;

		if (master == NULL)
			continue;
		TRY(keystore_derived(&storage, master, KEYSTORE_STORAGE));
		e = unseal_with(storage, out, name, aad, sealed);
		secret_free(storage);
	}
	return e;
}

/* ---- entries ---- */

const struct secret *keystore_entry(const struct keystore *k, uint32_t kind)
{
	for (uint32_t i = 0; i < k->entry_count; i++)
		if (k->entries[i].kind == kind)
			return k->entries[i].value;
	return NULL;
}

enum err keystore_entry_put(struct keystore *k, uint32_t kind, struct bytes value)
{
	struct secret *copy = NULL;
	uint32_t at = 0;

	if (value.len == 0 || value.len > KEYSTORE_ENTRY_MAX)
		return ERR_RANGE;
	while (at < k->entry_count && k->entries[at].kind != kind)
		at++;
	if (at == KEYSTORE_ENTRIES_MAX)
		return ERR_LIMIT;
	TRY(secret_copy(&copy, value));
	if (at < k->entry_count)
		secret_free(k->entries[at].value);
	else
		k->entry_count++;
	k->entries[at] = (struct entry){kind, copy};
	return ERR_OK;
}
