/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: the master key wrapped under a passphrase or a recovery card; the card's text. */
#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/keys/keystore_parts.h"

#define PASSPHRASE_SLOT_SIZE (4u + 4u + KDF_SALT_SIZE + WRAPPED_SIZE)
#define CARD_SLOT_SIZE (KDF_SALT_SIZE + WRAPPED_SIZE)
#define CARD_BITS_CHECK 20u
#define CARD_BYTES 33u /* 30 of secret and 2.5 of checksum; the last half byte is zero */

static const uint8_t ZERO_NONCE[AEAD_NONCE_SIZE];
static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's: no I, L, O, U */

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

static enum err card_key(struct secret **ret, const struct secret *card, struct bytes salt)
{
	TRY(secret_new(ret, AEAD_KEY_SIZE));
	hkdf_sha256((*ret)->data, AEAD_KEY_SIZE, secret_bytes(card), salt, bytes_str("medlock keystore card"));
	return ERR_OK;
}

enum err keystore_unwrap_card(struct secret **ret, struct bytes slot, struct bytes binding,
			      const struct secret *card)
{
	struct cursor c = cursor_of(slot);
	struct secret *key = NULL;
	struct bytes salt;

	if (slot.len != CARD_SLOT_SIZE)
		return ERR_FORMAT;
	salt = cursor_take(&c, KDF_SALT_SIZE);
	TRY(card_key(&key, card, salt));
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

enum err keystore_wrap_card(struct slot *ret, const struct secret *master, struct bytes binding,
			    const struct secret *card, const struct rng *rng)
{
	struct secret *key = NULL;
	enum err e;

	ret->kind = KEYSTORE_SLOT_CARD;
	ret->len = CARD_SLOT_SIZE;
	rng_fill(rng, ret->bytes, KDF_SALT_SIZE);
	TRY(card_key(&key, card, bytes_of(ret->bytes, KDF_SALT_SIZE)));
	e = keystore_aead_seal(ret->bytes + KDF_SALT_SIZE, key->data, binding, secret_bytes(master));
	secret_free(key);
	return e;
}

/* ---- the card's text: 240 bits of secret, 20 bits of SHA-256 over them, five bits a character ---- */

static void card_bytes(uint8_t out[CARD_BYTES], const struct secret *card)
{
	struct hash32 h = hash_tagged("medlock recovery card", secret_bytes(card));

	memcpy(out, card->data, CARD_SECRET_SIZE);
	out[30] = h.b[0];
	out[31] = h.b[1];
	out[32] = h.b[2] & 0xf0;
}

enum err keystore_card_text(struct secret **ret_text, const struct secret *card)
{
	uint8_t raw[CARD_BYTES];
	struct secret *text = NULL;
	size_t at = 0;

	ASSERT(card->len == CARD_SECRET_SIZE);
	TRY(secret_new(&text, KEYSTORE_CARD_TEXT));
	card_bytes(raw, card);
	for (size_t i = 0; i < KEYSTORE_CARD_CHARS; i++) {
		size_t bit = 5 * i;
		unsigned two = (unsigned)raw[bit / 8] << 8 | (bit / 8 + 1 < CARD_BYTES ? raw[bit / 8 + 1] : 0u);

		if (i > 0 && i % 4 == 0)
			text->data[at++] = '-';
		text->data[at++] = (uint8_t)ALPHABET[two >> (11 - bit % 8) & 31];
	}
	secret_wipe(raw, sizeof(raw));
	*ret_text = text;
	return ERR_OK;
}

/* 0..31; -1: no character of a card; -2: to be passed over. */
static int card_digit(uint8_t c)
{
	const char *at;

	if (c == '-' || c == ' ' || c == '\n' || c == '\r' || c == '\t')
		return -2;
	if (c >= 'a' && c <= 'z')
		c = (uint8_t)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c == 0 ? NULL : strchr(ALPHABET, c);
	return at == NULL ? -1 : (int)(at - ALPHABET);
}

static enum err card_digits(uint8_t raw[CARD_BYTES], struct bytes text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++) {
		int digit = card_digit(text.data[i]);
		size_t bit = 5 * count;

		if (digit == -2)
			continue;
		if (digit < 0 || count == KEYSTORE_CARD_CHARS)
			return ERR_FORMAT;
		raw[bit / 8] |= (uint8_t)(digit << 3 >> (bit % 8));
		if (bit % 8 > 3)
			raw[bit / 8 + 1] |= (uint8_t)(digit << (11 - bit % 8));
		count++;
	}
	return count == KEYSTORE_CARD_CHARS ? ERR_OK : ERR_FORMAT;
}

enum err keystore_card_parse(struct secret **ret_card, struct bytes text)
{
	uint8_t raw[CARD_BYTES] = {0}, again[CARD_BYTES];
	struct secret *card = NULL;
	enum err e = card_digits(raw, text);

	if (e == ERR_OK)
		e = secret_copy(&card, bytes_of(raw, CARD_SECRET_SIZE));
	if (e == ERR_OK) {
		card_bytes(again, card);
		if (!secret_equal(bytes_of(raw, CARD_BYTES), bytes_of(again, CARD_BYTES)))
			e = ERR_FORMAT;
		secret_wipe(again, sizeof(again));
	}
	secret_wipe(raw, sizeof(raw));
	if (e != ERR_OK) {
		secret_free(card);
		return e;
	}
	*ret_card = card;
	return ERR_OK;
}
