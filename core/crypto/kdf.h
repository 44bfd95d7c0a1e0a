/* SPDX-License-Identifier: Apache-2.0 */
/* Keys from passphrases: Argon2id (RFC 9106) version 1.3 with one lane, as libsodium has it. */
#ifndef MEDLOCK_CRYPTO_KDF_H
#define MEDLOCK_CRYPTO_KDF_H

#include "core/base/clock.h"
#include "core/crypto/secret.h"

#define KDF_SALT_SIZE 16
#define KDF_KEY_MIN 16u
#define KDF_KEY_MAX 64u
#define KDF_PASSPHRASE_MAX 1024u
#define KDF_MEM_KIB_MIN (64u * 1024) /* below this a stolen file is guessed too cheaply */
#define KDF_PASSES_MIN 3u
#define KDF_MEM_KIB_MAX (1024u * 1024) /* above this a hostile file could stop the machine */
#define KDF_PASSES_MAX 64u
#define KDF_TARGET_MS 1000u

struct kdf_params { uint32_t mem_kib, passes; };

#define KDF_PARAMS_FLOOR ((struct kdf_params){KDF_MEM_KIB_MIN, KDF_PASSES_MIN})

/* ERR_RANGE when outside floor and ceiling.  Read parameters pass here before they are used. */
enum err kdf_params_check(const struct kdf_params *params) MUST_USE;

/* len bytes, KDF_KEY_MIN..KDF_KEY_MAX.  The salt is random and stored.  Takes about a second and mem_kib of memory.
 * ERR_RANGE (parameters, lengths), ERR_MEMORY.  Any thread.
 */
enum err kdf_argon2id(struct secret **ret, size_t len, struct bytes passphrase, const uint8_t salt[KDF_SALT_SIZE],
		      const struct kdf_params *params) MUST_USE;

/* Parameters that take about target_ms on this machine, never below the floor: memory first, then passes.  Runs
 * the floor once to measure.  Falls back to the floor when memory is short.
 */
void kdf_calibrate(struct kdf_params *ret, uint32_t target_ms, const struct clock *clock);

#endif
