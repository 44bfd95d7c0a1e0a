/* SPDX-License-Identifier: Apache-2.0 */
/* Capsules: (u, u') = (r*G, r*G') with a proof that both have the same r, whose challenge covers the label.  This is
 * TDH2; the proof is what lets custodians know, before they answer, that whoever made the capsule for this label
 * knew r already, so that an answer tells nobody anything new.
 */
#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/crypto/secret.h"
#include "core/crypto/threshold.h"
#include "core/crypto/threshold_kem.h"

#define SECOND_BASE_NAME "medlock-tdh2-second-base-v1"
#define SECOND_BASE_DST "medlock-BLS12381G1_XMD:SHA-256_SSWU_RO_-tdh2-v1"
#define LABEL_TAG "medlock-tdh2-capsule-v1"
#define CHALLENGE_DST "medlock-tdh2-challenge-v1"
#define KEY_INFO "medlock-tdh2-key-v1"

#define AT_U 0
#define AT_U2 G1_SIZE
#define AT_E (2 * G1_SIZE)
#define AT_F (2 * G1_SIZE + SCALAR_SIZE)

_Static_assert(AT_F + SCALAR_SIZE == CAPSULE_SIZE, "a capsule is two points and two scalars");
_Static_assert(CAPSULE_BODY_SIZE == CAPSULE_FILE_KEY_SIZE + AEAD_TAG_SIZE, "a body is a sealed file key");

/* Nobody knows its logarithm to the generator. */
static void second_base(struct g1 *ret)
{
	g1_hash(ret, bytes_str(SECOND_BASE_NAME), bytes_str(SECOND_BASE_DST));
}

/* e = H(label, u, w, u', w') */
static void challenge(struct scalar *ret, struct bytes label, const struct g1 *u, const struct g1 *w,
		      const struct g1 *u2, const struct g1 *w2)
{
	const struct g1 *points[4] = {u, w, u2, w2};
	uint8_t written[4][G1_SIZE];
	struct bytes parts[5] = {label};

	for (size_t i = 0; i < 4; i++) {
		g1_write(written[i], points[i]);
		parts[i + 1] = bytes_of(written[i], G1_SIZE);
	}
	struct hash32 digest = hash_parts(LABEL_TAG, parts, 5);

	scalar_hash(ret, BYTES_ID(digest), bytes_str(CHALLENGE_DST));
}

void capsule_derive(struct capsule_key *ret, const struct g1 *shared, const uint8_t u[G1_SIZE], const struct g1 *to)
{
	uint8_t secret[G1_SIZE], info[sizeof(KEY_INFO) - 1 + G1_SIZE];

	memcpy(info, KEY_INFO, sizeof(KEY_INFO) - 1);
	g1_write(info + sizeof(KEY_INFO) - 1, to);
	g1_write(secret, shared);
	hkdf_sha256(ret->b, sizeof(ret->b), bytes_of(secret, sizeof(secret)), bytes_of(u, G1_SIZE),
		    bytes_of(info, sizeof(info)));
	secret_wipe(secret, sizeof(secret));
}

void capsule_begin(struct capsule_draft *ret, struct capsule_key *ret_key, const struct threshold_key *to,
		   const struct rng *rng)
{
	struct g1 base, shared;
	uint8_t u[G1_SIZE];

	second_base(&base);
	scalar_random(&ret->r, rng);
	g1_mul_generator(&ret->u, &ret->r);
	g1_mul(&ret->u2, &base, &ret->r);
	g1_mul(&shared, &to->commitments[0], &ret->r);
	g1_write(u, &ret->u);
	capsule_derive(ret_key, &shared, u, &to->commitments[0]);
	g1_wipe(&shared);
}

void capsule_finish(struct capsule *ret, struct capsule_draft *draft, struct bytes label, const struct rng *rng)
{
	struct scalar s, e, f;
	struct g1 base, w, w2;

	ASSERT(!scalar_is_zero(&draft->r)); /* a draft proves once */
	second_base(&base);
	scalar_random(&s, rng);
	g1_mul_generator(&w, &s);
	g1_mul(&w2, &base, &s);
	challenge(&e, label, &draft->u, &w, &draft->u2, &w2);
	scalar_mul(&f, &e, &draft->r);
	scalar_add(&f, &f, &s);
	g1_write(ret->b + AT_U, &draft->u);
	g1_write(ret->b + AT_U2, &draft->u2);
	scalar_write(ret->b + AT_E, &e);
	scalar_write(ret->b + AT_F, &f);
	scalar_wipe(&s);
	capsule_cancel(draft);
}

void capsule_cancel(struct capsule_draft *draft)
{
	secret_wipe(draft, sizeof(*draft));
}

enum err capsule_check(const struct capsule *capsule, struct bytes label)
{
	struct g1 u, u2, g, base, w, w2;
	struct scalar e, f, minus_e, expected;

	TRY(g1_parse(&u, capsule->b + AT_U));
	TRY(g1_parse(&u2, capsule->b + AT_U2));
	TRY(scalar_parse(&e, capsule->b + AT_E));
	TRY(scalar_parse(&f, capsule->b + AT_F));
	g1_generator(&g);
	second_base(&base);
	scalar_neg(&minus_e, &e);
	g1_sum2_public(&w, &g, &f, &u, &minus_e);
	g1_sum2_public(&w2, &base, &f, &u2, &minus_e);
	challenge(&expected, label, &u, &w, &u2, &w2);
	return scalar_equal(&e, &expected) ? ERR_OK : ERR_PROOF;
}

/* The key is used once, so the nonce may be zero. */
static const uint8_t zero_nonce[AEAD_NONCE_SIZE];

enum err capsule_wrap(uint8_t ret_body[CAPSULE_BODY_SIZE], const struct capsule_key *key, const uint8_t u[G1_SIZE],
		      const uint8_t file_key[CAPSULE_FILE_KEY_SIZE])
{
	struct aead aead;

	TRY(aead_init(&aead, key->b));
	aead_seal(&aead, ret_body, zero_nonce, bytes_of(u, G1_SIZE), bytes_of(file_key, CAPSULE_FILE_KEY_SIZE));
	aead_release(&aead);
	return ERR_OK;
}

enum err capsule_unwrap(uint8_t ret_file_key[CAPSULE_FILE_KEY_SIZE], const struct capsule_key *key,
			const uint8_t u[G1_SIZE], const uint8_t body[CAPSULE_BODY_SIZE])
{
	uint8_t plain[CAPSULE_FILE_KEY_SIZE];
	struct aead aead;

	TRY(aead_init(&aead, key->b));
	enum err e = aead_open(&aead, plain, zero_nonce, bytes_of(u, G1_SIZE), bytes_of(body, CAPSULE_BODY_SIZE));

	aead_release(&aead);
	if (e == ERR_OK)
		memcpy(ret_file_key, plain, sizeof(plain));
	secret_wipe(plain, sizeof(plain));
	return e;
}

void capsule_key_wipe(struct capsule_key *key)
{
	secret_wipe(key, sizeof(*key));
}
