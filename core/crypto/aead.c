/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum err aead_init(struct aead *a, const uint8_t key[AEAD_KEY_SIZE])
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

	if (!context || EVP_CipherInit_ex(context, EVP_chacha20_poly1305(), NULL, key, NULL, 1) != 1) {
		EVP_CIPHER_CTX_free(context);
		return ERR_MEMORY;
	}
	a->ctx = context;
	return ERR_OK;
}

void aead_release(struct aead *a)
{
	if (!a)
		return;
	EVP_CIPHER_CTX_free(a->ctx); /* wipes the key */
	a->ctx = NULL;
}

/* Starts a message under the key that is there. */
static void start(struct aead *a, const uint8_t *nonce, struct bytes aad, int encrypt)
{
	int n = 0;

	ASSERT(aad.len <= AEAD_PLAIN_MAX);
	ASSERT(EVP_CipherInit_ex(a->ctx, NULL, NULL, NULL, nonce, encrypt) == 1);
	if (aad.len > 0)
		ASSERT(EVP_CipherUpdate(a->ctx, NULL, &n, aad.data, (int)aad.len) == 1);
}

void aead_seal(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad,
	       struct bytes plain)
{
	int n = 0;

	ASSERT(plain.len <= AEAD_PLAIN_MAX);
	start(a, nonce, aad, 1);
	if (plain.len > 0)
		ASSERT(EVP_CipherUpdate(a->ctx, out, &n, plain.data, (int)plain.len) == 1);
	ASSERT((size_t)n == plain.len);
	ASSERT(EVP_CipherFinal_ex(a->ctx, out + plain.len, &n) == 1 && n == 0);
	ASSERT(EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_SIZE, out + plain.len) == 1);
}

enum err aead_open(struct aead *a, uint8_t *out, const uint8_t nonce[AEAD_NONCE_SIZE], struct bytes aad,
		   struct bytes sealed)
{
	uint8_t tag[AEAD_TAG_SIZE], none[1];
	size_t len;
	int n = 0;

	if (sealed.len < AEAD_TAG_SIZE || sealed.len > AEAD_PLAIN_MAX)
		return ERR_DECRYPT;
	len = sealed.len - AEAD_TAG_SIZE;
	memcpy(tag, sealed.data + len, sizeof(tag));
	start(a, nonce, aad, 0);
	ASSERT(EVP_CIPHER_CTX_ctrl(a->ctx, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_SIZE, tag) == 1);
	if (len > 0)
		ASSERT(EVP_CipherUpdate(a->ctx, out, &n, sealed.data, (int)len) == 1);
	if (EVP_CipherFinal_ex(a->ctx, none, &n) != 1) {
		if (len > 0)
			OPENSSL_cleanse(out, len); /* nobody may see what did not authenticate */
		return ERR_DECRYPT;
	}
	return ERR_OK;
}
