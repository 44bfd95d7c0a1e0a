/* SPDX-License-Identifier: Apache-2.0 */
/* IMX1, the tokens of institutes: one zero-knowledge proof for one transaction, that the authority licensed its maker for a
 * role and purpose; which the owner of the records can open, the auditors can open together, and nobody else can link to a
 * person or to another token.  What an attacker must not be able to do, the bytes and the reasons: docs/formats/token.md.
 *
 * Who makes a token does it in two steps: imx_prepare before the act, all that does not depend on it; imx_finish when the
 * transaction is there.  Who checks many hands them to imx_batch_verify, whose verdicts are those of imx_verify.
 *
 * Timing: making is constant-time in all secrets; verifying works on public data.  Parameters, issuer and auditors are
 * read-only once made: any thread.
 *
 * How a holder gets a credential: core/crypto/imx_issue.h.
 *
 * Sources: Tessaro and Zhu 2023 (BBS); ElGamal 1985; Camenisch and Lysyanskaya 2001 (pseudonyms by scope); Fiat and Shamir
 * 1986 with the statement under the challenge (Bernhard, Pereira, Warinschi 2012); Ferrara, Green, Hohenberger, Pedersen
 * 2009 (batches).
 */
#ifndef MEDLOCK_CRYPTO_IMX_H
#define MEDLOCK_CRYPTO_IMX_H

#include "core/crypto/bbs.h"
#include "core/crypto/curve_fixed.h"
#include "core/crypto/threshold.h"

#define IMX_VERSION 1
#define IMX_HEADER_SIZE 20
#define IMX_HIDDEN_MAX 4
#define IMX_POINTS_MIN 6
#define IMX_TOKEN_SIZE(more_points, hidden) \
	(IMX_HEADER_SIZE + (IMX_POINTS_MIN + (size_t)(more_points)) * G1_SIZE + (5 + (size_t)(hidden)) * SCALAR_SIZE)
#define IMX_TOKEN_MAX IMX_TOKEN_SIZE(5, IMX_HIDDEN_MAX)
#define IMX_REQUEST_SIZE IMX_TOKEN_SIZE(2, IMX_HIDDEN_MAX) /* 692 */
#define IMX_JURISDICTION_HIDDEN 255

/* Signed scalars, in their order. */
enum imx_scalar { IMX_ROLE, IMX_PURPOSE, IMX_EPOCH, IMX_TIER, IMX_JURISDICTION, IMX_BLIND, IMX_O, IMX_S, IMX_SCALARS };
#define IMX_ATTRIBUTES 5 /* of them the authority's */

/* Points of a token, in their order. */
enum imx_point {
	IMX_N, IMX_E1, IMX_E2, IMX_ABAR, IMX_BBAR, IMX_D, IMX_N_ALL, IMX_F, IMX_N_ORG, IMX_N_ME, IMX_N_DEP, IMX_POINTS
};
enum { IMX_HAS_N_ALL = 1, IMX_HAS_F = 2, IMX_HAS_N_ORG = 4, IMX_HAS_N_ME = 8, IMX_HAS_N_DEP = 16, IMX_FLAGS = 31 };

enum imx_class { IMX_REQUEST = 1, IMX_DEPOSIT, IMX_ALL, IMX_ORGANISATION, IMX_PERSON, IMX_DEPOSITED };

/* ---- what a network has in common ---- */

struct imx_params; /* generators, header and tables of one network and schema: 170 KiB */
enum err imx_params_make(struct imx_params **ret, const struct network_id *network, uint16_t schema) MUST_USE;
struct imx_params *imx_params_free(struct imx_params *p); /* NULL is fine; returns NULL */
const struct bbs_interface *imx_interface(const struct imx_params *p);
struct bytes imx_bbs_header(const struct imx_params *p); /* what is signed with every credential */

struct imx_issuer {
	uint16_t number;
	struct g2 key;
	struct scalar domain;
	struct g2_lines lines;
};
enum err imx_issuer_make(struct imx_issuer *ret, const struct imx_params *params, uint16_t number,
			 const struct g2 *key) MUST_USE;

struct imx_auditors {
	uint16_t number;
	struct g1 key;
};

/* ---- credentials ---- */

struct imx_attributes {
	uint8_t role, purpose, tier, jurisdiction;
	uint32_t epoch;
};

/* The scalar that is signed for attribute i < IMX_ATTRIBUTES. */
void imx_attribute(struct scalar *ret, const struct imx_params *params, const struct imx_attributes *attributes, size_t i);

struct imx_credential {
	struct imx_attributes attributes;
	struct bbs_signature signature;
	struct scalar blind, o, s; /* secrets */
	struct g1 signed_point;	   /* of all of these; imx_credential_check computes it, once for many tokens */
};

/* Before a credential is used: ERR_PROOF unless the issuer signed just these values under this network's header. */
enum err imx_credential_check(struct imx_credential *credential, const struct imx_params *params,
			      const struct imx_issuer *issuer) MUST_USE;
void imx_credential_wipe(struct imx_credential *credential);

/* ---- acts ---- */

/* What a token is made for, as the maker knows it and the verifier derives it from transaction and state. */
struct imx_act {
	enum imx_class class; /* IMX_REQUEST or IMX_DEPOSIT */
	struct account_id owner;
	const struct g1 *owner_key;  /* `open`; NULL: no F */
	struct hash32 deposited;     /* of the deposit; with IMX_HAS_N_DEP */
	struct hash32 ph;	     /* of the transaction */
	bool continued;		     /* follows a request: with the scope that the request had */
	uint32_t continued_epoch;    /* and its epoch; its counter is in the token's header */
};

/* The point of a scope: class with subject owner, and so on (docs/formats/token.md). */
void imx_scope(struct g1 *ret, const struct imx_params *params, enum imx_class class, const uint8_t subject[ID_SIZE],
	       uint32_t epoch, uint16_t counter);

/* The pseudonym that a rule of this owner may name: of the organisation (secret o) or the person (secret s). */
void imx_rule_name(struct g1 *ret, const struct imx_params *params, enum imx_class class, const struct account_id *owner,
		   const struct scalar *secret);

/* ---- making ---- */

/* All of a token that does not depend on the act.  Secret; used once: imx_finish and imx_prepared_wipe end it.
 *
 * credential: one that was checked.  fresh: bytes that were never used before (a time and a count, the transaction's hash
 * when it is known); together with the credential's secrets they stand in for a random source that repeats.  params, issuer
 * and auditors outlive it.
 */
struct imx_prepared;
enum err imx_prepare(struct imx_prepared **ret, const struct imx_params *params, const struct imx_issuer *issuer,
		     const struct imx_auditors *auditors, const struct imx_credential *credential, bool show_jurisdiction,
		     struct bytes fresh, const struct rng *rng) MUST_USE;
struct imx_prepared *imx_prepared_wipe(struct imx_prepared *p); /* NULL is fine; returns NULL */

/* flags: which points beyond the first six; with IMX_HAS_F just when act->owner_key is there.  i, j: the counters of N and
 * N_all.  Appends the token, and ends prepared whatever comes of it.  ERR_MEMORY.
 */
enum err imx_finish(struct buf *out, struct imx_prepared *prepared, const struct imx_act *act, unsigned flags, uint16_t i,
		    uint16_t j) MUST_USE;

/* ---- checking ---- */

struct imx_header {
	uint8_t flags, disclosed, hidden;
	uint16_t issuer, auditors, i, j;
	struct imx_attributes attributes; /* jurisdiction: IMX_JURISDICTION_HIDDEN unless it is disclosed */
};

/* The header and the length alone, with no arithmetic: what the ledger's cheap checks need.  ERR_TRUNCATED, ERR_FORMAT. */
enum err imx_header_parse(struct imx_header *ret, struct bytes token) MUST_USE;

struct imx_token {
	struct imx_header header;
	uint8_t bytes[IMX_TOKEN_MAX]; /* as it came */
	struct g1 point[IMX_POINTS];
	struct scalar challenge, e_hat, r1_hat, r3_hat, k_hat, m_hat[IMX_HIDDEN_MAX];
};

/* ERR_POINT for a point or scalar that is none. */
enum err imx_token_parse(struct imx_token *ret, struct bytes token) MUST_USE;

/* The 48 bytes of a point that the token has; asserts that it has it. */
struct bytes imx_token_point(const struct imx_token *token, enum imx_point point);

/* ERR_PROOF when it does not hold for this act.  The numbers of issuer and auditors are compared; epoch, counters, role and
 * purpose are the caller's to judge.
 */
enum err imx_verify(const struct imx_token *token, const struct imx_params *params, const struct imx_issuer *issuer,
		    const struct imx_auditors *auditors, const struct imx_act *act) MUST_USE;

/* Many tokens of one issuer key: ret[i] is what imx_verify says of the token i.  The pairings of all are one, until one of
 * them does not hold; then halves are looked at, down to it.  ERR_MEMORY, and nothing is in ret.
 */
struct imx_item { const struct imx_token *token; const struct imx_act *act; };
enum err imx_batch_verify(enum err *ret, const struct imx_item *items, size_t count, const struct imx_params *params,
			  const struct imx_issuer *issuer, const struct imx_auditors *auditors) MUST_USE;

/* ---- opening ---- */

/* Whose token it is, for the owner with the secret key of act->owner_key: F - y * E1, the maker's upk.  Of tokens that were
 * verified; asserts that it has F.
 */
void imx_owner_open(struct g1 *ret, const struct imx_token *token, const struct scalar *owner_secret);

/* The auditors open a token that was verified, k of them together: each gives a share of the mask x * E1 with a proof,
 * bound to the token and to context (which opening it is for).  shares: as the custodians' (core/crypto/threshold.h).
 */
void imx_auditor_share(struct decryption_share *ret, const struct key_share *share, const struct imx_token *token,
		       struct bytes context, const struct rng *rng);
/* ERR_PROOF for a share that is wrong, ERR_RANGE for an auditor that is none; info names the auditor. */
enum err imx_auditor_share_check(const struct threshold_key *key, const struct imx_token *token,
				 const struct decryption_share *share, struct bytes context, struct err_info *info) MUST_USE;
/* The maker's upk, of shares that all hold: ERR_RANGE for fewer than are needed, ERR_DUPLICATE for two of one auditor, and
 * the errors of the check.
 */
enum err imx_auditors_open(struct g1 *ret, const struct threshold_key *key, const struct imx_token *token,
			   const struct decryption_share *shares, size_t count, struct bytes context,
			   struct err_info *info) MUST_USE;

#endif
