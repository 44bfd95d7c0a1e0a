/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/seal.h"

#include <sodium.h>

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"

/* The suite ids of RFC 9180 sections 4.1 and 5.1 for 0x0020, 0x0001, 0x0003. */
static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03};

#define LABELED_MAX 256u /* suite, label and a context of at most two keys or digests */

enum err seal_private_new(struct secret **ret, const struct rng *rng)
{
	struct secret *s = NULL;

	TRY(secret_new(&s, SEAL_KEY_SIZE));
	rng_fill(rng, s->data, s->len);
	*ret = s;
	return ERR_OK;
}

/* libsodium's X25519 and not OpenSSL's: 3.0 looks up its algorithms anew for each key, which takes longer than the
 * multiplication.
 */
void seal_public_of(struct seal_public *ret, const struct secret *private_key)
{
	ASSERT(private_key->len == SEAL_KEY_SIZE);
	ASSERT(crypto_scalarmult_curve25519_base(ret->b, private_key->data) == 0);
}

enum err seal_x25519(uint8_t ret[SEAL_KEY_SIZE], const struct secret *private_key, const struct seal_public *with)
{
	uint8_t shared[SEAL_KEY_SIZE];
	bool good;

	ASSERT(private_key->len == SEAL_KEY_SIZE);
	/* libsodium refuses points of small order itself; asked again here, as this must not hang on its version. */
	good = crypto_scalarmult_curve25519(shared, private_key->data, with->b) == 0 &&
	       !bytes_is_zero(bytes_of(shared, sizeof(shared)));
	if (good)
		memcpy(ret, shared, sizeof(shared));
	secret_wipe(shared, sizeof(shared));
	return good ? ERR_OK : ERR_POINT;
}

/* Below 2^255 - 19: X25519 itself would take other forms and reduce them, two names for one key. */
static bool canonical(const uint8_t b[SEAL_KEY_SIZE])
{
	if (b[31] != 0x7f)
		return b[31] < 0x7f;
	for (size_t i = 30; i > 0; i--) {
		if (b[i] != 0xff)
			return true;
	}
	return b[0] < 0xed;
}

enum err seal_public_parse(struct seal_public *ret, struct bytes from)
{
	struct seal_public key;
	struct secret *probe = NULL;
	uint8_t shared[SEAL_KEY_SIZE];
	enum err e;

	if (from.len != SEAL_KEY_SIZE)
		return ERR_FORMAT;
	memcpy(key.b, from.data, sizeof(key.b));
	if (!canonical(key.b))
		return ERR_POINT;
	/* Clamped scalars are multiples of 8: exactly the small-order points give zero, whatever the scalar. */
	TRY(secret_new(&probe, SEAL_KEY_SIZE));
	e = seal_x25519(shared, probe, &key);
	secret_free(probe);
	if (e == ERR_OK)
		*ret = key;
	return e;
}

/* LabeledExtract of RFC 9180 section 4. */
static enum err labeled_extract(struct hash32 *ret, struct bytes suite, struct bytes salt, const char *label,
				struct bytes ikm)
{
	struct buf b = BUF_INIT;
	enum err e;

	(void)buf_reserve(&b, LABELED_MAX + ikm.len); /* at once: growing would leave copies behind */
	buf_append_text(&b, "HPKE-v1");
	buf_append_bytes(&b, suite);
	buf_append_text(&b, label);
	buf_append_bytes(&b, ikm);
	e = buf_error(&b);
	if (e == ERR_OK) {
		*ret = hkdf_sha256_extract(salt, buf_bytes(&b));
		secret_wipe(b.data, b.len);
	}
	buf_release(&b);
	return e;
}

/* LabeledExpand of RFC 9180 section 4. */
static void labeled_expand(uint8_t *out, size_t len, const struct hash32 *prk, struct bytes suite, const char *label,
			   struct bytes info)
{
	uint8_t words[LABELED_MAX];
	size_t n = 0, label_len = strlen(label);

	ASSERT(2 + 7 + suite.len + label_len + info.len <= sizeof(words));
	words[n++] = (uint8_t)(len >> 8);
	words[n++] = (uint8_t)len;
	memcpy(words + n, "HPKE-v1", 7);
	n += 7;
	memcpy(words + n, suite.data, suite.len);
	n += suite.len;
	memcpy(words + n, label, label_len);
	n += label_len;
	if (info.len > 0)
		memcpy(words + n, info.data, info.len);
	hkdf_sha256_expand(out, len, prk, bytes_of(words, n + info.len));
}

/* ExtractAndExpand of section 4.1: the KEM's shared secret from the Diffie-Hellman value. */
static enum err kem_secret(struct hash32 *ret, const uint8_t dh[SEAL_KEY_SIZE], const struct seal_public *enc,
			   const struct seal_public *to)
{
	const struct bytes suite = bytes_of(kem_suite, sizeof(kem_suite));
	uint8_t context[2 * SEAL_KEY_SIZE];
	struct hash32 prk;

	memcpy(context, enc->b, SEAL_KEY_SIZE);
	memcpy(context + SEAL_KEY_SIZE, to->b, SEAL_KEY_SIZE);
	TRY(labeled_extract(&prk, suite, bytes_of(NULL, 0), "eae_prk", bytes_of(dh, SEAL_KEY_SIZE)));
	labeled_expand(ret->b, sizeof(ret->b), &prk, suite, "shared_secret", bytes_of(context, sizeof(context)));
	secret_wipe(&prk, sizeof(prk));
	return ERR_OK;
}

/* KeySchedule of section 5.1 in base mode: no pre-shared key. */
static enum err key_schedule(struct aead *ret, uint8_t nonce[AEAD_NONCE_SIZE], const struct hash32 *shared,
			     struct bytes info)
{
	const struct bytes suite = bytes_of(hpke_suite, sizeof(hpke_suite)), none = bytes_of(NULL, 0);
	uint8_t context[1 + 2 * HASH_SIZE] = {0}, key[AEAD_KEY_SIZE];
	struct hash32 psk_id, info_hash, prk;
	enum err e;

	TRY(labeled_extract(&psk_id, suite, none, "psk_id_hash", none));
	TRY(labeled_extract(&info_hash, suite, none, "info_hash", info));
	memcpy(context + 1, psk_id.b, HASH_SIZE);
	memcpy(context + 1 + HASH_SIZE, info_hash.b, HASH_SIZE);
	TRY(labeled_extract(&prk, suite, bytes_of(shared->b, sizeof(shared->b)), "secret", none));
	labeled_expand(key, sizeof(key), &prk, suite, "key", bytes_of(context, sizeof(context)));
	labeled_expand(nonce, AEAD_NONCE_SIZE, &prk, suite, "base_nonce", bytes_of(context, sizeof(context)));
	e = aead_init(ret, key);
	secret_wipe(key, sizeof(key));
	secret_wipe(&prk, sizeof(prk));
	return e;
}

/* From a private key and the other side's public key to the cipher. */
static enum err setup(struct aead *ret, uint8_t nonce[AEAD_NONCE_SIZE], const struct secret *mine,
		      const struct seal_public *theirs, const struct seal_public *enc, const struct seal_public *to,
		      struct bytes info)
{
	uint8_t dh[SEAL_KEY_SIZE];
	struct hash32 shared = {{0}};
	enum err e;

	if (info.len > SEAL_INFO_MAX)
		return ERR_TOO_LARGE;
	TRY(seal_x25519(dh, mine, theirs));
	e = kem_secret(&shared, dh, enc, to);
	if (e == ERR_OK)
		e = key_schedule(ret, nonce, &shared, info);
	secret_wipe(dh, sizeof(dh));
	secret_wipe(&shared, sizeof(shared));
	return e;
}

/* After reserved room was filled; keeps the NUL behind the bytes, which buf_text promises. */
static void grown(struct buf *out, size_t len)
{
	out->len += len;
	out->data[out->len] = '\0';
}

enum err seal_to(struct buf *out, const struct seal_public *to, struct bytes info, struct bytes aad, struct bytes plain,
		 const struct rng *rng)
{
	struct secret *once = NULL;
	struct seal_public enc;
	struct aead cipher = {0};
	uint8_t nonce[AEAD_NONCE_SIZE], *room;
	enum err e;

	if (plain.len > SEAL_PLAIN_MAX)
		return ERR_TOO_LARGE;
	TRY(seal_private_new(&once, rng));
	seal_public_of(&enc, once);
	e = setup(&cipher, nonce, once, to, &enc, to, info);
	secret_free(once);
	if (e != ERR_OK)
		return e;
	room = buf_reserve(out, plain.len + SEAL_OVERHEAD);
	if (room) {
		memcpy(room, enc.b, sizeof(enc.b));
		aead_seal(&cipher, room + sizeof(enc.b), nonce, aad, plain);
		grown(out, plain.len + SEAL_OVERHEAD);
	}
	aead_release(&cipher);
	return buf_error(out);
}

/* What both ways of opening do first; the cipher text is what follows the encapsulated key. */
static enum err open_setup(struct aead *ret, uint8_t nonce[AEAD_NONCE_SIZE], const struct secret *private_key,
			   struct bytes info, struct bytes sealed)
{
	struct seal_public enc, to;
	enum err e;

	if (sealed.len < SEAL_OVERHEAD)
		return ERR_TRUNCATED;
	if (sealed.len > SEAL_PLAIN_MAX + SEAL_OVERHEAD)
		return ERR_TOO_LARGE;
	memcpy(enc.b, sealed.data, sizeof(enc.b));
	if (!canonical(enc.b))
		return ERR_DECRYPT;
	seal_public_of(&to, private_key);
	e = setup(ret, nonce, private_key, &enc, &enc, &to, info);
	return e == ERR_POINT ? ERR_DECRYPT : e;
}

enum err seal_open(struct buf *out, const struct secret *private_key, struct bytes info, struct bytes aad,
		   struct bytes sealed)
{
	struct aead cipher = {0};
	uint8_t nonce[AEAD_NONCE_SIZE], *room;
	enum err e;

	TRY(open_setup(&cipher, nonce, private_key, info, sealed));
	room = buf_reserve(out, sealed.len - SEAL_KEY_SIZE);
	e = buf_error(out);
	if (room) {
		e = aead_open(&cipher, room, nonce, aad,
			      bytes_of(sealed.data + SEAL_KEY_SIZE, sealed.len - SEAL_KEY_SIZE));
		if (e == ERR_OK)
			grown(out, sealed.len - SEAL_OVERHEAD);
	}
	aead_release(&cipher);
	return e;
}

enum err seal_open_secret(struct secret **ret, const struct secret *private_key, struct bytes info, struct bytes aad,
			  struct bytes sealed)
{
	struct aead cipher = {0};
	uint8_t nonce[AEAD_NONCE_SIZE];
	struct secret *plain = NULL;
	enum err e;

	TRY(open_setup(&cipher, nonce, private_key, info, sealed));
	if (sealed.len == SEAL_OVERHEAD || sealed.len - SEAL_OVERHEAD > SECRET_SIZE_MAX)
		e = ERR_DECRYPT;
	else
		e = secret_new(&plain, sealed.len - SEAL_OVERHEAD);
	if (e == ERR_OK)
		e = aead_open(&cipher, plain->data, nonce, aad,
			      bytes_of(sealed.data + SEAL_KEY_SIZE, sealed.len - SEAL_KEY_SIZE));
	aead_release(&cipher);
	if (e != ERR_OK) {
		secret_free(plain);
		return e;
	}
	*ret = plain;
	return ERR_OK;
}
