/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/start.h"

#include <sodium.h>

#include "core/crypto/aead.h"
#include "core/crypto/hash.h"
#include "core/crypto/seal.h"
#include "core/crypto/sign.h"

/* Whether got is the bytes of a hexadecimal text. */
static bool is_hex(const uint8_t *got, size_t len, const char *want)
{
	uint8_t bytes[128];

	ASSERT(len <= sizeof(bytes));
	return hex_decode(bytes, len, want) == ERR_OK && bytes_equal(bytes_of(got, len), bytes_of(bytes, len));
}

/* FIPS 180-4's "abc"; RFC 4231 test case 2; RFC 5869 test case 1. */
static bool hash_check(void)
{
	uint8_t ikm[22], salt[13], info[10], okm[42];
	struct hash32 h = hash_sha256(bytes_str("abc"));

	if (!is_hex(h.b, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
		return false;
	h = hmac_sha256(bytes_str("Jefe"), bytes_str("what do ya want for nothing?"));
	if (!is_hex(h.b, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
		return false;
	memset(ikm, 0x0b, sizeof(ikm));
	for (uint8_t i = 0; i < sizeof(salt); i++)
		salt[i] = i;
	for (uint8_t i = 0; i < sizeof(info); i++)
		info[i] = (uint8_t)(0xf0 + i);
	hkdf_sha256(okm, sizeof(okm), bytes_of(ikm, sizeof(ikm)), bytes_of(salt, sizeof(salt)),
		    bytes_of(info, sizeof(info)));
	return is_hex(okm, sizeof(okm), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
					"34007208d5b887185865");
}

/* RFC 8439 section 2.8.2: the tag alone stands for the whole. */
static bool aead_check(void)
{
	static const char plain[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
				    "the future, sunscreen would be it.";
	static const uint8_t nonce[AEAD_NONCE_SIZE] = {7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
	uint8_t key[AEAD_KEY_SIZE], aad[12], out[sizeof(plain) - 1 + AEAD_TAG_SIZE];
	struct aead a = {0};
	bool good;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)(0x80 + i);
	if (hex_decode(aad, sizeof(aad), "50515253c0c1c2c3c4c5c6c7") != ERR_OK || aead_init(&a, key) != ERR_OK)
		return false;
	aead_seal(&a, out, nonce, bytes_of(aad, sizeof(aad)), bytes_of(plain, sizeof(plain) - 1));
	good = is_hex(out + sizeof(plain) - 1, AEAD_TAG_SIZE, "1ae10b594f09e26a7e902ecbd0600691");
	out[0] ^= 1;
	good = good && aead_open(&a, out, nonce, bytes_of(aad, sizeof(aad)), bytes_of(out, sizeof(out))) == ERR_DECRYPT;
	aead_release(&a);
	return good;
}

/* RFC 7748 section 6.1, and a point of order 4 refused. */
static bool x25519_check(void)
{
	struct secret *alice = NULL;
	struct seal_public bob, low = {{1}};
	uint8_t shared[SEAL_KEY_SIZE];
	bool good;

	if (secret_new(&alice, SEAL_KEY_SIZE) != ERR_OK)
		return false;
	good = hex_decode(alice->data, SEAL_KEY_SIZE,
			  "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a") == ERR_OK;
	good = good &&
	       hex_decode(bob.b, sizeof(bob.b), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f") ==
		       ERR_OK &&
	       seal_x25519(shared, alice, &bob) == ERR_OK;
	good = good && is_hex(shared, 32, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	good = good && seal_x25519(shared, alice, &low) == ERR_POINT;
	secret_free(alice);
	return good;
}

enum err crypto_start(struct err_info *info)
{
	if (sodium_init() < 0)
		return err_set(info, ERR_INTERNAL, "libsodium does not start");
	if (!hash_check())
		return err_set(info, ERR_INTERNAL, "SHA-256, HMAC or HKDF gives wrong answers");
	if (!aead_check())
		return err_set(info, ERR_INTERNAL, "ChaCha20-Poly1305 gives wrong answers");
	if (!x25519_check())
		return err_set(info, ERR_INTERNAL, "X25519 gives wrong answers");
	if (sign_self_check() != ERR_OK)
		return err_set(info, ERR_INTERNAL, "Ed25519 does not follow the rule of the ledger");
	return ERR_OK;
}
