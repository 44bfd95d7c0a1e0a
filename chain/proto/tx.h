/* SPDX-License-Identifier: Apache-2.0 */
/* A transaction: parsed means well-formed and within every stateless limit (design/03).
 *
 * Signing hash = SHA-256("medlock-tx-v1" || network_id || I2OSP(len body, 8) || body), the same for signatures,
 * approvals and tokens.  tx id = SHA-256 of the canonical Tx.
 */
#ifndef MEDLOCK_PROTO_TX_H
#define MEDLOCK_PROTO_TX_H

#include "chain/proto/codes.h"
#include "chain/proto/limits.h"
#include "chain/proto/wire.h"
#include "core/crypto/sign.h"
#include "chain/proto/state.pb-c.h"
#include "chain/proto/tx.pb-c.h"

struct tx {
	Medlock__Tx *wire;    /* owned */
	Medlock__Body *body;  /* owned: decoded wire->body */
	struct tx_id id;
	struct hash32 body_hash;    /* SHA-256 of the body's bytes */
	struct hash32 signing_hash;
	uint32_t action;            /* ACTION_…, the number of the field that is set */
	uint32_t cost;              /* in units of BLOCK_COST_MAX, without records */
};

/* Decode and check what needs no state: size, canonical form, exact lengths, known codes, ascending lists, limits, the
 * action's own shape.  Does not verify signatures.  ret is untouched on failure; release with tx_release.
 */
enum err tx_parse(struct tx *ret, struct bytes in, struct err_info *info) MUST_USE;
void tx_release(struct tx *t);

/* Every signature in auth verifies under the key the caller names.  For Signature: one key.  ERR_SIGNATURE. */
enum err tx_verify_signature(const struct tx *t, const Medlock__Signature *s, const struct sign_public *key) MUST_USE;

/* Put every list of an action into the ascending order that tx_parse asks for (duplicates stay, and are refused). */
void tx_body_sort(Medlock__Body *body);
void rule_sort(Medlock__Rule *rule);

/* Build: check and append body, its lists sorted, to ret_body and give its signing hash; then append it with one
 * signature to ret_tx.  ERR_FORMAT or ERR_LIMIT for a body that tx_parse would refuse.
 */
enum err tx_body_encode(struct buf *ret_body, struct hash32 *ret_signing_hash, const Medlock__Body *body) MUST_USE;
struct hash32 tx_signing_hash(const struct network_id *network, struct bytes body);
enum err tx_assemble(struct buf *ret_tx, struct tx_id *ret_id, struct bytes body, const struct account_id *account,
		     const struct signature *signature) MUST_USE;

/* The same with signatures of several accounts, which are put in order: at most APPROVALS_MAX.  ERR_DUPLICATE when one
 * account signed twice.
 */
enum err tx_assemble_approvals(struct buf *ret_tx, struct tx_id *ret_id, struct bytes body, Medlock__Signature **by,
			       size_t count) MUST_USE;

/* What replay protection remembers: SHA-256("medlock-replay-v1" || body_hash || account). */
struct hash32 tx_replay_key(const struct hash32 *body_hash, const struct account_id *account);

/* Names of what a transaction makes: SHA-256(tag || body_hash || account), tags "medlock-record-v1" and
 * "medlock-request-v1".  Known to the sender before the block.
 */
struct record_id tx_record_id(const struct hash32 *body_hash, const struct account_id *account);
struct request_id tx_request_id(const struct hash32 *body_hash, const struct account_id *account);

/* Accounts and their keys.  account = SHA-256("medlock-account-v1" || canonical KeySet).
 * The statement that keys.sign signs: SHA-256("medlock-keys-v1" || network_id || account || canonical KeySet).
 */
enum err keyset_account(struct account_id *ret, const Medlock__KeySet *keys) MUST_USE;
enum err keyset_statement(struct hash32 *ret, const struct network_id *network, const struct account_id *account,
			  const Medlock__KeySet *keys) MUST_USE;
/* Lengths, curve points, subgroup, proof of possession of open (bound to the statement's network), signature.
 * ERR_FORMAT, ERR_POINT, ERR_PROOF, ERR_SIGNATURE.
 */
enum err keyset_check(const Medlock__KeySet *keys, struct bytes keys_signature, const struct network_id *network,
		      const struct account_id *account) MUST_USE;

/* What an account's row says of its helpers: hash_tagged("medlock helpers", account, salt, threshold in one byte, then each
 * helper's account, ascending).  The salt keeps the ledger from telling who helps whom until they do.
 */
struct hash32 helpers_commitment(const struct account_id *account, const Medlock__Helpers *helpers);
/* Its form: salt, ascending accounts, a threshold that they can reach.  ERR_FORMAT. */
enum err helpers_check(const Medlock__Helpers *h, struct err_info *info) MUST_USE;

/* Context bytes of the proof of possession of the open key: "medlock-open-v1" || network_id || sign key. */
void keyset_open_context(struct buf *out, const struct network_id *network, struct bytes sign_key);

/* What the capsule of each rendition is bound to: SHA-256("medlock-deposit-v1" || network_id || depositor ||
 * canonical RecordDeposit in which every capsule is empty).
 */
enum err deposit_label(struct hash32 *ret, const struct network_id *network, const struct account_id *depositor,
		       const Medlock__RecordDeposit *deposit) MUST_USE;

/* SHA-256("medlock-cert-v1" || salt (16) || DER) */
struct hash32 certificate_commitment(const uint8_t salt[16], struct bytes der);

#endif
