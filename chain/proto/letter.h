/* SPDX-License-Identifier: Apache-2.0 */
/* Letters: one account writes to another, and nobody between reads it, changes it or passes it on as written to somebody else.
 *
 * The signature covers hash_tagged("medlock letter", network, from, to, be32 kind, be64 at, id, canonical KeySet, body).  The
 * canonical Letter, padded (letter_pad), is sealed with HPKE (core/crypto/seal.h) to the receiver's seal key, info LETTER_INFO.
 * Whose account the keys are is for the receiver to check: the ledger says it.
 */
#ifndef MEDLOCK_PROTO_LETTER_H
#define MEDLOCK_PROTO_LETTER_H

#include "chain/proto/codes.h"
#include "chain/proto/letter.pb-c.h"
#include "chain/proto/wire.h"
#include "core/crypto/sign.h"

#define LETTER_INFO "medlock letter"
#define LETTER_ID_SIZE 16u
#define LETTER_BODY_MAX (56u * 1024)

/* What the sender signs, of a letter whose signature may be missing.  ERR_FORMAT: keys that are none. */
enum err letter_signing_hash(struct hash32 *ret, const Medlock__Letter *letter) MUST_USE;

/* Strict: lengths, a known kind, canonical; the signature is one of its own keys.  ERR_FORMAT, ERR_SIGNATURE.  WIRE_FREE. */
enum err letter_parse(Medlock__Letter **ret, struct bytes in, struct err_info *info) MUST_USE;

/* Text that the ledger was promised: hash_tagged("medlock emergency review", "medlock question" or "medlock reply" by kind,
 * request, salt, text).  Strict: lengths, 1 to LETTER_TEXT_MAX bytes of UTF-8.  The text is foreign.  ERR_FORMAT.  WIRE_FREE.
 */
#define LETTER_TEXT_MAX 4000u
enum err letter_text_parse(Medlock__PromisedText **ret, struct bytes body, struct err_info *info) MUST_USE;
/* A report, as strictly.  WIRE_FREE. */
enum err letter_report_parse(Medlock__ErrorReport **ret, struct bytes body, struct err_info *info) MUST_USE;
struct hash32 letter_text_commitment(uint32_t kind, const Medlock__PromisedText *text);

/* be32 length, the bytes, and zeros up to one of a few sizes, so that the size of a message tells little; and back.
 * ERR_TOO_LARGE; ERR_FORMAT.
 */
enum err letter_pad(struct buf *out, struct bytes letter) MUST_USE;
enum err letter_unpad(struct bytes *ret, struct bytes padded) MUST_USE;

#endif
