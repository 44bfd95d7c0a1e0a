/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment files: what a person sends to the authority's desk and what comes back (docs/formats/enrolment.md).
 *
 * Both are age v1 files for one X25519 recipient, so that they hold no name in clear; inside is one canonical message
 * of chain/proto/enrol.proto.  The keys of the account sign the request twice: as account keys (statement of KeySet)
 * and as PKCS#10 proof of possession; both must be the same Ed25519 key.
 */
#ifndef MEDLOCK_IDENT_ENROLMENT_H
#define MEDLOCK_IDENT_ENROLMENT_H

#include "chain/proto/enrol.pb-c.h"
#include "chain/proto/tx.h"
#include "core/crypto/age.h"
#include "core/crypto/hash.h"
#include "core/ident/profiles.h"

#define ENROLMENT_FILE_MAX 65536u      /* of an encrypted request or answer */
#define ENROLMENT_DECODED_MAX (256u * 1024)
#define ENROLMENT_CLOCK_MS (10ll * 60 * 1000) /* a request from further ahead is refused */
#define ENROLMENT_LIFE_MS (30ll * 24 * 3600 * 1000) /* and an older one; so long it waits in the queue */
#define ENROLMENT_WORDS_MAX 512u /* of a refusal */

/* SHA-256("medlock-organisation-v1" || name): how an organisation is named on the ledger.  A request's id must be that of
 * the name which officers see: otherwise somebody could act for any institute under a name of one's own.
 */
struct organisation_id enrolment_organisation(const char *name);

/* A request that passed every check that needs no register. */
struct enrolment {
	Medlock__EnrolmentRequest *wire; /* owned */
	struct account_id account;
	bool named;                      /* the request names the account: its keys may not be its first ones */
	struct sign_public sign;
	struct seal_public seal;
	struct cert_request csr;
	const struct profile_row *profile;
	struct hash32 id;                /* of the canonical message: names it in the queue (first 16 bytes) */
};

/* Build, sealed to every officer of the desk (1..AGE_RECIPIENTS_MAX): keys, their signature and the
 * request's DER come from the key-holder.  Appends the encrypted file; ret_id: what names the request.
 */
struct enrolment_wish {
	const struct account_id *account; /* NULL: the one that the keys name */
	const Medlock__KeySet *keys;
	struct bytes keys_signature, csr;
	struct network_id network;
	const struct profile_row *profile;
	const char *name, *organisation;          /* organisation NULL: none */
	const struct organisation_id *organisation_id; /* NULL: none */
	struct time_ms at;
	struct time_ms minor_until; /* patients; 0: of age */
};
enum err enrolment_make(struct buf *out, struct hash32 *ret_id, const struct enrolment_wish *wish,
			const struct seal_public *desks, size_t desk_count, const struct rng *rng,
			struct err_info *info) MUST_USE;

/* Any message of ours for officers or holders as an age file, appended; ret_id: the hash of its canonical bytes (may be
 * NULL).
 */
enum err enrolment_seal(struct buf *out, struct hash32 *ret_id, const ProtobufCMessage *m, const struct seal_public *to,
			size_t count, const struct rng *rng, struct err_info *info) MUST_USE;

/* Check a decrypted request: canonical form, limits, text, keys and both proofs of possession, profile open to
 * requests.  Whether a named account has these keys only the ledger knows.
 * ERR_FORMAT, ERR_UTF8, ERR_NOT_CANONICAL, ERR_TOO_LARGE, ERR_NETWORK_ID, ERR_SIGNATURE, ERR_PROOF, ERR_LINT,
 * ERR_EXPIRED, ERR_CLOCK.
 */
enum err enrolment_parse(struct enrolment *ret, struct bytes plain, const struct network_id *network,
			 struct time_ms now, struct err_info *info) MUST_USE;
void enrolment_release(struct enrolment *e);

/* Where the answer waits at a peer.  The peer learns nothing else from it. */
struct hash32 enrolment_drop(const struct hash32 *request);

/* The answer: certificates and the salt of the commitment on the ledger, or the words of a refusal. */
struct enrolment_reply {
	struct hash32 request;
	struct bytes certificate, issuing, root; /* DER */
	const uint8_t *salt;                     /* 16 */
	const char *words;                       /* NULL: none, and a certificate; at most ENROLMENT_WORDS_MAX bytes */
};
/* The canonical message, sealed to the holder; appended. */
enum err enrolment_answer_make(struct buf *out, const struct enrolment_reply *reply, const struct seal_public *holder,
			       const struct rng *rng, struct err_info *info) MUST_USE;

struct enrolment_answer {
	bool refused;
	char words[ENROLMENT_WORDS_MAX + 1]; /* foreign text */
	struct buf certificate, issuing, root;
	struct hash32 commitment; /* which the ledger must name; the caller compares */
	struct cert_summary summary;
};
/* Check a decrypted answer to this request: exactly one of the two; the chain verifies and the leaf carries our key.  What
 * the chain begins with is the answer's own word: only the commitment on the ledger makes it the authority's.
 * ERR_CERTIFICATE, ERR_FORMAT, ERR_UTF8, ERR_PROOF (an answer to another request).
 */
enum err enrolment_answer_parse(struct enrolment_answer *ret, struct bytes plain, const struct hash32 *request,
				const struct sign_public *own, struct time_ms now, struct err_info *info) MUST_USE;
void enrolment_answer_release(struct enrolment_answer *a);

#endif
