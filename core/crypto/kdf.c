/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/kdf.h"

#include <sodium.h>

enum err kdf_params_check(const struct kdf_params *params)
{
	if (params->mem_kib < KDF_MEM_KIB_MIN || params->mem_kib > KDF_MEM_KIB_MAX)
		return ERR_RANGE;
	if (params->passes < KDF_PASSES_MIN || params->passes > KDF_PASSES_MAX)
		return ERR_RANGE;
	return ERR_OK;
}

enum err kdf_argon2id(struct secret **ret, size_t len, struct bytes passphrase, const uint8_t salt[KDF_SALT_SIZE],
		      const struct kdf_params *params)
{
	struct secret *key = NULL;

	TRY(kdf_params_check(params));
	if (len < KDF_KEY_MIN || len > KDF_KEY_MAX || passphrase.len > KDF_PASSPHRASE_MAX)
		return ERR_RANGE;
	TRY(secret_new(&key, len));
	if (crypto_pwhash(key->data, len, passphrase.len > 0 ? (const char *)passphrase.data : "", passphrase.len,
			  salt, params->passes, (size_t)params->mem_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
		secret_free(key);
		return ERR_MEMORY;
	}
	*ret = key;
	return ERR_OK;
}

static int64_t time_of(const struct kdf_params *params, const struct clock *clock)
{
	static const uint8_t salt[KDF_SALT_SIZE];
	struct secret *key = NULL;
	int64_t start = clock->steady_ms(clock->self);
	enum err e = kdf_argon2id(&key, KDF_KEY_MIN, bytes_str("measure"), salt, params);

	secret_free(key);
	return e == ERR_OK ? clock->steady_ms(clock->self) - start : -1;
}

/* Time grows as memory times passes.  Doubling memory first hurts an attacker's hardware most; it stops at a quarter
 * of the ceiling so that the file still opens on a small machine.
 */
void kdf_calibrate(struct kdf_params *ret, uint32_t target_ms, const struct clock *clock)
{
	struct kdf_params p = KDF_PARAMS_FLOOR;
	int64_t ms = time_of(&p, clock);

	if (ms < 0) {
		*ret = p;
		return;
	}
	ms = ms > 0 ? ms : 1;
	while (p.mem_kib < KDF_MEM_KIB_MAX / 4 && ms * 2 <= (int64_t)target_ms) {
		p.mem_kib *= 2;
		ms *= 2;
	}
	while (p.passes < KDF_PASSES_MAX && ms * (p.passes + 1) / p.passes <= (int64_t)target_ms) {
		ms = ms * (p.passes + 1) / p.passes;
		p.passes++;
	}
	*ret = p.mem_kib == KDF_MEM_KIB_MIN || time_of(&p, clock) >= 0 ? p : KDF_PARAMS_FLOOR;
}
