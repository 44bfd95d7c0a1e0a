/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sodium.h>

/* OpenSSL 3 looks an algorithm up by name under a lock each time EVP_sha256() is used.  Blocks hash thousands of small
 * inputs, so the looked-up algorithm is kept for the process and one context for each thread.
 */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t context_key;
static EVP_MD *sha256, *shake256;

static void context_free(void *context)
{
	EVP_MD_CTX_free(context);
}

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	shake256 = EVP_MD_fetch(NULL, "SHAKE256", NULL);
	ASSERT(sha256 != NULL && shake256 != NULL);
	ASSERT(pthread_key_create(&context_key, context_free) == 0);
}

static EVP_MD_CTX *context_of_thread(void)
{
	EVP_MD_CTX *context;

	ASSERT(pthread_once(&once, fetch) == 0);
	context = pthread_getspecific(context_key);
	if (!context) {
		context = EVP_MD_CTX_new();
		ASSERT(context != NULL);
		ASSERT(pthread_setspecific(context_key, context) == 0);
	}
	return context;
}

static void update(EVP_MD_CTX *context, struct bytes data)
{
	if (data.len > 0)
		ASSERT(EVP_DigestUpdate(context, data.data, data.len) == 1);
}

static struct hash32 finish(EVP_MD_CTX *context)
{
	struct hash32 h;
	unsigned len = 0;

	ASSERT(EVP_DigestFinal_ex(context, h.b, &len) == 1 && len == HASH_SIZE);
	return h;
}

struct hash32 hash_sha256(struct bytes data)
{
	EVP_MD_CTX *context = context_of_thread();

	ASSERT(EVP_DigestInit_ex2(context, sha256, NULL) == 1);
	update(context, data);
	return finish(context);
}

void hash_sha256_stream_init(struct hash_sha256_stream *s)
{
	(void)context_of_thread(); /* fetches the algorithm */
	s->ctx = EVP_MD_CTX_new();
	ASSERT(s->ctx != NULL);
	ASSERT(EVP_DigestInit_ex2(s->ctx, sha256, NULL) == 1);
}

void hash_sha256_stream_update(struct hash_sha256_stream *s, struct bytes data)
{
	update(s->ctx, data);
}

struct hash32 hash_sha256_stream_final(struct hash_sha256_stream *s)
{
	struct hash32 h = finish(s->ctx);

	hash_sha256_stream_release(s);
	return h;
}

void hash_sha256_stream_release(struct hash_sha256_stream *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	s->ctx = NULL;
}

struct hash32 hash_parts(const char *tag, const struct bytes *parts, size_t count)
{
	EVP_MD_CTX *context = context_of_thread();
	size_t tag_len = strlen(tag);
	uint8_t len[8] = {(uint8_t)tag_len};

	ASSERT(tag_len > 0 && tag_len <= HASH_TAG_MAX);
	ASSERT(EVP_DigestInit_ex2(context, sha256, NULL) == 1);
	update(context, bytes_of(len, 1));
	update(context, bytes_of(tag, tag_len));
	for (size_t i = 0; i < count; i++) {
		put_be64(len, parts[i].len);
		update(context, bytes_of(len, sizeof(len)));
		update(context, parts[i]);
	}
	return finish(context);
}

void hash_shake256(uint8_t *out, size_t len, const struct bytes *parts, size_t count)
{
	EVP_MD_CTX *context = context_of_thread();

	ASSERT(EVP_DigestInit_ex2(context, shake256, NULL) == 1);
	for (size_t i = 0; i < count; i++)
		update(context, parts[i]);
	ASSERT(EVP_DigestFinalXOF(context, out, len) == 1);
}

struct hash32 hmac_sha256(struct bytes key, struct bytes message)
{
	static const uint8_t nothing[1];
	crypto_auth_hmacsha256_state state;
	struct hash32 h;

	/* libsodium's: OpenSSL 3.0 looks up the algorithm at each call, which takes longer than a short message. */
	crypto_auth_hmacsha256_init(&state, key.len > 0 ? key.data : nothing, key.len);
	crypto_auth_hmacsha256_update(&state, message.len > 0 ? message.data : nothing, message.len);
	crypto_auth_hmacsha256_final(&state, h.b);
	sodium_memzero(&state, sizeof(state));
	return h;
}

struct hash32 hkdf_sha256_extract(struct bytes salt, struct bytes ikm)
{
	return hmac_sha256(salt, ikm); /* RFC 5869 section 2.2; HMAC pads an empty salt with zeros as the RFC asks */
}

void hkdf_sha256_expand(uint8_t *out, size_t len, const struct hash32 *prk, struct bytes info)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	char digest[] = "SHA256";
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	struct hash32 key = *prk;
	uint8_t words[HKDF_INFO_MAX];
	OSSL_PARAM params[5];
	size_t n = 0;

	ASSERT(len > 0 && len <= HKDF_SHA256_MAX && info.len <= HKDF_INFO_MAX);
	if (info.len > 0)
		memcpy(words, info.data, info.len); /* OSSL_PARAM takes no const */
	params[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	params[n++] = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
	params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.b, sizeof(key.b));
	if (info.len > 0)
		params[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, words, info.len);
	params[n] = OSSL_PARAM_construct_end();
	ASSERT(kdf && context && EVP_KDF_derive(context, out, len, params) == 1);
	OPENSSL_cleanse(key.b, sizeof(key.b));
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

void hkdf_sha256(uint8_t *out, size_t len, struct bytes ikm, struct bytes salt, struct bytes info)
{
	struct hash32 prk = hkdf_sha256_extract(salt, ikm);

	hkdf_sha256_expand(out, len, &prk, info);
	OPENSSL_cleanse(prk.b, sizeof(prk.b));
}
