/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: what parses has one encoding, and nothing that is found here holds for the scene of this process. */
#include "tests/lib/imx_scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct imx_scene scene;

static void begin(void)
{
	if (scene.params == NULL)
		imx_scene_begin(&scene, rng_system());
}

static void parsed_is_written_alike(const struct imx_token *t, const uint8_t *data)
{
	static const unsigned flags[IMX_POINTS] = {
		[IMX_N_ALL] = IMX_HAS_N_ALL, [IMX_F] = IMX_HAS_F, [IMX_N_ORG] = IMX_HAS_N_ORG, [IMX_N_ME] = IMX_HAS_N_ME,
		[IMX_N_DEP] = IMX_HAS_N_DEP,
	};
	const uint8_t *at = data + IMX_HEADER_SIZE;
	uint8_t written[G1_SIZE];

	for (enum imx_point p = 0; p < IMX_POINTS; p++) {
		if (flags[p] != 0 && (t->header.flags & flags[p]) == 0)
			continue;
		g1_write(written, &t->point[p]);
		ASSERT(memcmp(at, written, G1_SIZE) == 0);
		ASSERT(bytes_equal(imx_token_point(t, p), bytes_of(at, G1_SIZE)));
		at += G1_SIZE;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imx_token t;
	struct imx_item item = {&t, &scene.act};
	enum err single, batch;

	begin();
	if (imx_token_parse(&t, bytes_of(data, size)) != ERR_OK)
		return 0;
	parsed_is_written_alike(&t, data);
	scene.act.owner_key = (t.header.flags & IMX_HAS_F) != 0 ? &scene.owner_key : NULL;
	scene.issuer.number = t.header.issuer;
	scene.auditors.number = t.header.auditors;
	single = imx_verify(&t, scene.params, &scene.issuer, &scene.auditors, &scene.act);
	ASSERT(single == ERR_PROOF);
	ASSERT(imx_batch_verify(&batch, &item, 1, scene.params, &scene.issuer, &scene.auditors) == ERR_OK && batch == single);
	return 0;
}
