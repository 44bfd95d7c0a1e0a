/* SPDX-License-Identifier: Apache-2.0 */
/* Asking a custodian for its share of a rendition's key, and what the answer is bound to.
 *
 * Signed bytes of the request: "medlock-release-v1" || network_id (32) || the canonical ReleaseRequest with an empty
 * signature.  The share's proof has release_context as its context; the sealed share has it as its HPKE info (and no
 * aad): an answer to one question cannot stand for another.
 */
#ifndef MEDLOCK_PROTO_RELEASE_H
#define MEDLOCK_PROTO_RELEASE_H

#include "chain/proto/api.pb-c.h"
#include "chain/proto/codes.h"
#include "chain/proto/limits.h"
#include "chain/proto/wire.h"
#include "core/base/clock.h"
#include "core/crypto/sign.h"

#define RELEASE_SIZE_MAX 512u
#define RELEASE_DECODED_MAX 4096u
#define RELEASE_NONCE_SIZE 16u

/* Appends what is signed.  ERR_FORMAT for a wrong shape (the signature may be anything). */
enum err release_signing_input(struct buf *out, const Medlock__ReleaseRequest *r) MUST_USE;

/* Canonical form, lengths, known form, signature of 64 bytes.  Free with WIRE_FREE. */
enum err release_parse(Medlock__ReleaseRequest **ret, struct bytes in, struct err_info *info) MUST_USE;

/* For this network and custodian, within RELEASE_CLOCK_MS of now, signed by the request's key.
 * ERR_NETWORK_ID, ERR_CUSTODIAN (meant for another), ERR_CLOCK, ERR_SIGNATURE.
 */
enum err release_check(const Medlock__ReleaseRequest *r, const struct network_id *network,
		       const struct account_id *custodian, const struct sign_public *key, struct time_ms now) MUST_USE;

/* What a share is bound to. */
struct release_binding {
	struct network_id network;
	struct request_id request;
	struct record_id record;
	uint32_t form;
	struct account_id custodian;
	uint32_t key_generation;
	uint8_t u[48]; /* of the rendition's capsule */
};

/* "medlock-share-v1" || network || request || record || be32 form || custodian || be32 key generation || u */
#define RELEASE_CONTEXT_SIZE (16u + 4 * 32 + 4 + 4 + 48)
void release_context(uint8_t out[RELEASE_CONTEXT_SIZE], const struct release_binding *b);

#endif
