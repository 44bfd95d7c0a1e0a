/* SPDX-License-Identifier: Apache-2.0 */
/* Bech32 (BIP 173) of 32-byte keys, as age writes them: without the BIP's limit of 90 characters. */
#ifndef MEDLOCK_CRYPTO_BECH32_H
#define MEDLOCK_CRYPTO_BECH32_H

#include "core/base/bytes.h"

#define BECH32_KEY_SIZE 32
#define BECH32_HRP_MAX 16u
#define BECH32_TEXT_MAX (BECH32_HRP_MAX + 1u + 52u + 6u) /* without the NUL */

/* hrp of one case, letters and '-'; the text takes its case.  out has room for strlen(hrp) + 59 bytes and a NUL.  No
 * branch or table index depends on key: it may be secret.
 */
void bech32_encode(char *out, const char *hrp, const uint8_t key[BECH32_KEY_SIZE]);

/* ERR_FORMAT unless text is exactly what bech32_encode(hrp, some key) gives. */
enum err bech32_decode(uint8_t ret[BECH32_KEY_SIZE], const char *hrp, const char *text) MUST_USE;

#endif
