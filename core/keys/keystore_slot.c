/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: the master key wrapped under a passphrase. */
#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/keys/keystore_parts.h"

#define PASSPHRASE_SLOT_SIZE (4u + 4u + KDF_SALT_SIZE + WRAPPED_SIZE)

static const uint8_t ZERO_NONCE[AEAD_NONCE_SIZE];

enum err keystore_aead_seal(uint8_t *out, const uint8_t key[32], struct bytes aad, struct bytes plain)
{
	struct aead a;

	TRY(aead_init(&a, key));
	aead_seal(&a, out, ZERO_NONCE, aad, plain);
	aead_release(&a);
	return ERR_OK;
}

enum err keystore_aead_open(uint8_t *out, const uint8_t key[32], struct bytes aad, struct bytes sealed)
{
	struct aead a;
	enum err e;

	if (sealed.len < AEAD_TAG_SIZE)
		return ERR_DECRYPT;
	TRY(aead_init(&a, key));
	e = aead_open(&a, out, ZERO_NONCE, aad, sealed);
	aead_release(&a);
	return e;
}

void keystore_slot_binding(struct buf *out, const struct network_id *network, struct bytes keyset, uint32_t kind)
{
	buf_append_text(out, KEYSTORE_MAGIC);
	buf_append_bytes(out, BYTES_ID(*network));
	buf_append_be32(out, (uint32_t)keyset.len);
	buf_append_bytes(out, keyset);
	buf_append_be32(out, kind);
}

/* key is taken. */
static enum err unwrap(struct secret **ret, struct secret *key, struct bytes binding, struct bytes wrapped)
{
	struct secret *master = NULL;
	enum err e = secret_new(&master, MASTER_SIZE);

	if (e == ERR_OK)
		e = keystore_aead_open(master->data, key->data, binding, wrapped);
	secret_free(key);
	if (e != ERR_OK) {
		secret_free(master);
		return e == ERR_DECRYPT ? ERR_PASSPHRASE : e;
	}
	*ret = master;
	return ERR_OK;
}

enum err keystore_unwrap_passphrase(struct secret **ret, struct bytes slot, struct bytes binding,
				    struct bytes passphrase)
{
	struct cursor c = cursor_of(slot);
	struct kdf_params params;
	struct secret *key = NULL;
	struct bytes salt;

	if (slot.len != PASSPHRASE_SLOT_SIZE)
		return ERR_FORMAT;
	params.mem_kib = cursor_be32(&c);
	params.passes = cursor_be32(&c);
	salt = cursor_take(&c, KDF_SALT_SIZE);
	if (kdf_params_check(&params) != ERR_OK)
		return ERR_FORMAT;
	TRY(kdf_argon2id(&key, AEAD_KEY_SIZE, passphrase, salt.data, &params));
	return unwrap(ret, key, binding, c.rest);
}

enum err keystore_wrap_passphrase(struct slot *ret, const struct secret *master, struct bytes binding,
				  struct bytes passphrase, const struct kdf_params *params, const struct rng *rng)
{
	struct secret *key = NULL;
	enum err e;

	if (passphrase.len == 0 || passphrase.len > KDF_PASSPHRASE_MAX || kdf_params_check(params) != ERR_OK)
		return ERR_RANGE;
	ret->kind = KEYSTORE_SLOT_PASSPHRASE;
	ret->len = PASSPHRASE_SLOT_SIZE;
	put_be32(ret->bytes, params->mem_kib);
	put_be32(ret->bytes + 4, params->passes);
	rng_fill(rng, ret->bytes + 8, KDF_SALT_SIZE);
	TRY(kdf_argon2id(&key, AEAD_KEY_SIZE, passphrase, ret->bytes + 8, params));
	e = keystore_aead_seal(ret->bytes + 8 + KDF_SALT_SIZE, key->data, binding, secret_bytes(master));
	secret_free(key);
	return e;
}
