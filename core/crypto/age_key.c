/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of age files: their texts, wrapping for a recipient, and the header's MAC. */
#include "core/crypto/aead.h"
#include "core/crypto/age_parts.h"
#include "core/crypto/bech32.h"

#define RECIPIENT_HRP "age"
#define IDENTITY_HRP "AGE-SECRET-KEY-"
#define X25519_INFO "age-encryption.org/v1/X25519"

static const uint8_t zero_nonce[AEAD_NONCE_SIZE]; /* right here: each wrapping key seals once */

void age_recipient_text(char out[AGE_RECIPIENT_TEXT], const struct seal_public *recipient)
{
	bech32_encode(out, RECIPIENT_HRP, recipient->b);
}

enum err age_recipient_parse(struct seal_public *ret, const char *text)
{
	uint8_t key[SEAL_KEY_SIZE];

	TRY(bech32_decode(key, RECIPIENT_HRP, text));
	return seal_public_parse(ret, bytes_of(key, sizeof(key)));
}

enum err age_identity_text(struct secret **ret, const struct secret *identity)
{
	struct secret *text = NULL;

	ASSERT(identity->len == SEAL_KEY_SIZE);
	TRY(secret_new(&text, AGE_IDENTITY_TEXT));
	bech32_encode((char *)text->data, IDENTITY_HRP, identity->data);
	*ret = text;
	return ERR_OK;
}

enum err age_identity_parse(struct secret **ret, const char *text)
{
	struct secret *identity = NULL;
	enum err e;

	TRY(secret_new(&identity, SEAL_KEY_SIZE));
	e = bech32_decode(identity->data, IDENTITY_HRP, text);
	if (e != ERR_OK) {
		secret_free(identity);
		return e;
	}
	*ret = identity;
	return ERR_OK;
}

enum err age_file_key_new(struct secret **ret, const struct rng *rng)
{
	struct secret *key = NULL;

	TRY(secret_new(&key, AGE_FILE_KEY_SIZE));
	rng_fill(rng, key->data, key->len);
	*ret = key;
	return ERR_OK;
}

/* The cipher that wraps one file key; age-encryption.org/v1, "X25519 recipient stanza". */
static enum err wrap_cipher(struct aead *ret, const uint8_t share[SEAL_KEY_SIZE], const struct seal_public *recipient,
			    const struct secret *mine, const struct seal_public *theirs)
{
	uint8_t shared[SEAL_KEY_SIZE], salt[2 * SEAL_KEY_SIZE], key[AEAD_KEY_SIZE];
	enum err e;

	TRY(seal_x25519(shared, mine, theirs));
	memcpy(salt, share, SEAL_KEY_SIZE);
	memcpy(salt + SEAL_KEY_SIZE, recipient->b, SEAL_KEY_SIZE);
	hkdf_sha256(key, sizeof(key), bytes_of(shared, sizeof(shared)), bytes_of(salt, sizeof(salt)),
		    bytes_str(X25519_INFO));
	e = aead_init(ret, key);
	secret_wipe(shared, sizeof(shared));
	secret_wipe(key, sizeof(key));
	return e;
}

enum err age_wrap(struct age_wrapped *ret, const struct secret *file_key, const struct seal_public *recipient,
		  const struct rng *rng)
{
	struct secret *once = NULL;
	struct seal_public share;
	struct aead cipher = {0};
	enum err e;

	TRY(seal_private_new(&once, rng));
	seal_public_of(&share, once);
	e = wrap_cipher(&cipher, share.b, recipient, once, recipient);
	secret_free(once);
	if (e != ERR_OK)
		return e;
	memcpy(ret->share, share.b, sizeof(ret->share));
	aead_seal(&cipher, ret->body, zero_nonce, bytes_of(NULL, 0), secret_bytes(file_key));
	aead_release(&cipher);
	return ERR_OK;
}

enum err age_unwrap(struct secret **ret, const struct age_wrapped *wrapped, const struct secret *identity,
		    const struct seal_public *recipient)
{
	struct seal_public share;
	struct secret *key = NULL;
	struct aead cipher = {0};
	enum err e;

	memcpy(share.b, wrapped->share, sizeof(share.b));
	TRY(wrap_cipher(&cipher, wrapped->share, recipient, identity, &share));
	e = secret_new(&key, AGE_FILE_KEY_SIZE);
	if (e == ERR_OK)
		e = aead_open(&cipher, key->data, zero_nonce, bytes_of(NULL, 0), 
			      bytes_of(wrapped->body, sizeof(wrapped->body)));
	aead_release(&cipher);
	if (e != ERR_OK) {
		secret_free(key);
		return e;
	}
	*ret = key;
	return ERR_OK;
}

struct hash32 age_mac(const struct secret *file_key, struct bytes covered)
{
	uint8_t key[HASH_SIZE];
	struct hash32 mac;

	hkdf_sha256(key, sizeof(key), secret_bytes(file_key), bytes_of(NULL, 0), bytes_str("header"));
	mac = hmac_sha256(bytes_of(key, sizeof(key)), covered);
	secret_wipe(key, sizeof(key));
	return mac;
}
