/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/sign.h"

#include <sodium.h>

static void expand(uint8_t pair[crypto_sign_SECRETKEYBYTES], struct sign_public *ret, const struct secret *seed)
{
	ASSERT(seed->len == SIGN_SEED_SIZE);
	ASSERT(crypto_sign_seed_keypair(ret->b, pair, seed->data) == 0);
}

void sign_public_of_seed(struct sign_public *ret, const struct secret *seed)
{
	uint8_t pair[crypto_sign_SECRETKEYBYTES];

	expand(pair, ret, seed);
	secret_wipe(pair, sizeof(pair));
}

/* The public key is computed again for each signature: a wrong one beside the right seed would give the seed away. */
void sign_make(struct signature *ret, const struct secret *seed, struct bytes msg)
{
	static const uint8_t nothing[1];
	uint8_t pair[crypto_sign_SECRETKEYBYTES];
	struct sign_public mine;

	expand(pair, &mine, seed);
	ASSERT(crypto_sign_detached(ret->b, NULL, msg.len > 0 ? msg.data : nothing, msg.len, pair) == 0);
	secret_wipe(pair, sizeof(pair));
}

enum err sign_public_parse(struct sign_public *ret, struct bytes from)
{
	if (from.len != SIGN_PUBLIC_SIZE)
		return ERR_FORMAT;
	if (crypto_core_ed25519_is_valid_point(from.data) != 1)
		return ERR_POINT;
	memcpy(ret->b, from.data, sizeof(ret->b));
	return ERR_OK;
}

enum err sign_verify(const struct signature *sig, const struct sign_public *key, struct bytes msg)
{
	static const uint8_t nothing[1];

	if (crypto_sign_verify_detached(sig->b, msg.len > 0 ? msg.data : nothing, msg.len, key->b) != 0)
		return ERR_SIGNATURE;
	return ERR_OK;
}

/* key, signature, message as text, and whether the rule takes it. */
static const struct {
	const char *key, *sig, *msg;
	bool good;
} edges[] = {
	/* RFC 8032 section 7.1, TEST 1: the empty message. */
	{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
	 "d25bf5f0595bbe24655141438e7a100b", "", true},
	/* The same with the group order added to S: the same equation, another encoding. */
	{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901554c8c7872aa064e049dbb3013fbf29380"
	 "d25bf5f0595bbe24655141438e7a101b", "", false},
	/* C2SP CCTV ed25519vectors 7: A and R carry a small-order part, and the cofactorless equation holds. */
	{"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
	 "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bbbfd00bd9c259d8d222d15e67a3d8228"
	 "585050dbb9b9585be20d8fadc721da03", "ed25519vectors", true},
	/* 6: only the equation with the cofactor holds. */
	{"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
	 "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bc02e2b9e63e385c058bf62b14b3a2b29"
	 "ccefe8e38ddb536bc3f9865320a3d801", "ed25519vectors 10", false},
	/* 302: A and R of small order, S zero: would be anybody's signature. */
	{"0100000000000000000000000000000000000000000000000000000000000000",
	 "010000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
	 "00000000000000000000000000000000", "ed25519vectors 23", false},
	/* 304: R of small order. */
	{"ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076",
	 "0100000000000000000000000000000000000000000000000000000000000000330b30d6c1f07511e2208d233b6a34d4"
	 "ed7109da2dea615bcd97daee3a842704", "ed25519vectors 7", false},
	/* 316: R not canonical. */
	{"ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076",
	 "01000000000000000000000000000000000000000000000000000000000000802d32f9eeccaa31dba2ff4ab4e196b61e"
	 "2ee1648073bbb5f599dcff4f7ea02900", "ed25519vectors 5", false},
};

enum err sign_self_check(void)
{
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct sign_public key;
		struct signature sig;

		TRY(hex_decode(key.b, sizeof(key.b), edges[i].key));
		TRY(hex_decode(sig.b, sizeof(sig.b), edges[i].sig));
		if ((sign_verify(&sig, &key, bytes_str(edges[i].msg)) == ERR_OK) != edges[i].good)
			return ERR_INTERNAL;
	}
	return ERR_OK;
}
