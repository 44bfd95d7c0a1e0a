/* SPDX-License-Identifier: Apache-2.0 */
/* A master key as 24 English words, to be written on paper: BIP-39 (2013) with 256 bits, of which 8 bits of SHA-256 are the
 * checksum.  The words ARE the key; BIP-39's derivation of a seed from words and a passphrase is not used.
 *
 * Looking words up in a table takes a time that depends on them: both directions happen when a person reads or types them.
 */
#ifndef MEDLOCK_KEYS_WORDS_H
#define MEDLOCK_KEYS_WORDS_H

#include "core/crypto/secret.h"

#define WORDS_COUNT 24u
#define WORDS_SECRET_SIZE 32u
#define WORDS_LETTERS_MAX 8u /* of one word */
#define WORDS_TYPED_MAX 1024u /* bytes that are read */

/* The words with one space between and a NUL: a secret to be shown once.  secret: WORDS_SECRET_SIZE bytes. */
enum err words_of(struct secret **ret_text, const struct secret *secret) MUST_USE;

/* What somebody typed: any white space, commas and numbers ("1." "12)") between words, any case; a word's first four letters
 * or more are enough.  ERR_FORMAT with the place and, where there is one, the nearest word: a word that is none, another count,
 * or a checksum that does not fit (a wrong or misplaced word).
 */
enum err words_parse(struct secret **ret, struct bytes typed, struct err_info *info) MUST_USE;

/* The places (bit n: word n + 1) in which typed differs from the words of secret.  Typed text that does not parse into 24
 * words of the list is ERR_FORMAT as above; the checksum is not asked for.
 */
enum err words_compare(uint32_t *ret_wrong, struct bytes typed, const struct secret *secret, struct err_info *info) MUST_USE;

#endif
