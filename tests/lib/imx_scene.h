/* SPDX-License-Identifier: Apache-2.0 */
/* An issuer, auditors, an owner and holders of credentials, for tests and benches of tokens; what does not work stops the program.
 */
#ifndef MEDLOCK_TESTS_IMX_SCENE_H
#define MEDLOCK_TESTS_IMX_SCENE_H

#include "core/crypto/imx_issue.h"
#include "core/crypto/threshold.h"

#define SCENE_AUDITORS 3
#define SCENE_NEEDED 2
#define SCENE_EPOCH 7
#define SCENE_FLAGS (IMX_HAS_N_ALL | IMX_HAS_F)

struct imx_scene {
	const struct rng *rng;
	struct imx_params *params;
	struct scalar issuer_secret, owner_secret;
	struct imx_issuer issuer;
	struct imx_auditors auditors;
	struct threshold_key auditors_key;
	struct key_share shares[SCENE_AUDITORS];
	struct g1 owner_key;
	struct imx_act act; /* a request for the owner's records */
	uint64_t fresh;
};

void imx_scene_begin(struct imx_scene *s, const struct rng *rng);
void imx_scene_end(struct imx_scene *s);

/* A credential of epoch SCENE_EPOCH for a new holder, signed as the network's desk does. */
void imx_scene_holder(struct imx_scene *s, struct imx_credential *ret);
void imx_scene_upk(struct g1 *ret, const struct imx_credential *holder);

/* A token for s->act; the bytes are released by the caller. */
void imx_scene_token(struct imx_scene *s, struct buf *ret, const struct imx_credential *holder, unsigned flags, uint16_t i,
		     uint16_t j);
enum err imx_scene_verify(const struct imx_scene *s, struct bytes token); /* parse and verify */

#endif
