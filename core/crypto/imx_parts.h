/* SPDX-License-Identifier: Apache-2.0 */
/* What maker and verifier of a token share: inside core/crypto only. */
#ifndef MEDLOCK_CRYPTO_IMX_PARTS_H
#define MEDLOCK_CRYPTO_IMX_PARTS_H

#include "core/crypto/bbs_core.h"
#include "core/crypto/imx.h"

#define IMX_BBS_HEADER_SIZE (4 + ID_SIZE + 2)

struct imx_params {
	struct network_id network;
	uint8_t header[IMX_BBS_HEADER_SIZE];
	struct bbs_interface bbs;
	struct g1_table *signed_points; /* P1, Q1, h[0] to h[7] */
	struct g1_table *generator;
	struct g2_lines generator2;
};

/* Whether a token with this header has the point. */
bool imx_has(const struct imx_header *header, enum imx_point point);
size_t imx_token_size(const struct imx_header *header);
void imx_header_write(uint8_t out[IMX_HEADER_SIZE], const struct imx_header *header);

/* The indexes 0 to 3, or to 4. */
#define IMX_DISCLOSED_MAX 5
size_t imx_disclosed(size_t index[IMX_DISCLOSED_MAX], const struct imx_header *header);

/* The scopes of N, N_ALL, N_ORG, N_ME and N_DEP, where the token has them. */
void imx_scopes(struct g1 ret[IMX_POINTS], const struct imx_params *params, const struct imx_header *header,
		const struct imx_act *act);

void imx_credential_scalars(struct scalar ret[IMX_SCALARS], const struct imx_params *params,
			    const struct imx_credential *credential);

/* What is hashed.  t: the commitments, each at its point; T1 at IMX_ABAR, T2 at IMX_D, none at IMX_BBAR. */
struct imx_transcript {
	const struct imx_params *params;
	const struct imx_issuer *issuer;
	const struct imx_auditors *auditors;
	const struct imx_act *act;
	const struct imx_header *header;
	const uint8_t *token; /* header and points, as they are written */
	const struct g1 *t, *scopes;
};
enum err imx_challenge(struct scalar *ret, const struct imx_transcript *transcript) MUST_USE;

#endif
