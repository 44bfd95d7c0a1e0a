/* SPDX-License-Identifier: Apache-2.0 */
/* Batches of tokens say what single checks say, on every input; and the auditors' opening. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/lib/imx_scene.h"
#include "tests/lib/seed.h"

#define BATCH 16

static struct seeded_rng seeded;
static struct imx_scene scene;
static struct imx_credential holder, forged;

static int setup(void **state)
{
	(void)state;
	imx_scene_begin(&scene, &seeded.rng);
	imx_scene_holder(&scene, &holder);
	imx_scene_holder(&scene, &forged);
	forged.signature = holder.signature; /* its proofs have right challenges, and pairings that do not hold */
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	imx_scene_end(&scene);
	return 0;
}

static void make(struct imx_token *ret, const struct imx_credential *by, uint16_t i)
{
	struct buf bytes;

	imx_scene_token(&scene, &bytes, by, SCENE_FLAGS, i, i);
	assert_int_equal(imx_token_parse(ret, buf_bytes(&bytes)), ERR_OK);
	buf_release(&bytes);
}

static enum err alone(const struct imx_token *t)
{
	return imx_verify(t, scene.params, &scene.issuer, &scene.auditors, &scene.act);
}

static void together(enum err ret[BATCH], const struct imx_token tokens[BATCH], size_t count)
{
	struct imx_item items[BATCH];

	for (size_t i = 0; i < count; i++)
		items[i] = (struct imx_item){&tokens[i], &scene.act};
	assert_int_equal(imx_batch_verify(ret, items, count, scene.params, &scene.issuer, &scene.auditors), ERR_OK);
}

static void a_bad_token_is_found_in_each_place(void **state)
{
	static struct imx_token tokens[BATCH];
	enum err verdicts[BATCH];
	struct imx_token kept;

	(void)state;
	for (uint16_t i = 0; i < BATCH; i++)
		make(&tokens[i], &holder, i);
	for (size_t count = 0; count <= BATCH; count += 5) {
		together(verdicts, tokens, count);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(verdicts[i], ERR_OK);
	}
	for (size_t bad = 0; bad < BATCH; bad++) {
		kept = tokens[bad];
		make(&tokens[bad], &forged, (uint16_t)bad);
		assert_int_equal(alone(&tokens[bad]), ERR_PROOF);
		together(verdicts, tokens, BATCH);
		for (size_t i = 0; i < BATCH; i++)
			assert_int_equal(verdicts[i], i == bad ? ERR_PROOF : ERR_OK);
		tokens[bad] = kept;
	}
}

/* Bad pairings whose errors cancel each other in a plain sum are no good together either. */
static void errors_do_not_cancel(void **state)
{
	static struct imx_token tokens[BATCH];
	enum err verdicts[BATCH];
	struct g1 shift;

	(void)state;
	for (uint16_t i = 0; i < 2; i++)
		make(&tokens[i], &holder, i);
	g1_generator(&shift);
	g1_add(&tokens[0].point[IMX_ABAR], &tokens[0].point[IMX_ABAR], &shift);
	g1_sub(&tokens[1].point[IMX_ABAR], &tokens[1].point[IMX_ABAR], &shift);
	together(verdicts, tokens, 2);
	assert_int_equal(verdicts[0], ERR_PROOF);
	assert_int_equal(verdicts[1], ERR_PROOF);
}

/* V1: any mixture of good tokens, forged ones and changed ones. */
static void batches_agree_with_single_checks(void **state)
{
	static struct imx_token tokens[BATCH];
	enum err verdicts[BATCH];

	(void)state;
	for (int round = 0; round < 6; round++) {
		for (uint16_t i = 0; i < BATCH; i++) {
			make(&tokens[i], rng_below(scene.rng, 3) == 0 ? &forged : &holder, i);
			if (rng_below(scene.rng, 4) == 0)
				scalar_random(&tokens[i].m_hat[rng_below(scene.rng, IMX_HIDDEN_MAX)], scene.rng);
			if (rng_below(scene.rng, 4) == 0)
				tokens[i].point[IMX_D] = tokens[0].point[IMX_D];
		}
		together(verdicts, tokens, BATCH);
		for (size_t i = 0; i < BATCH; i++)
			assert_int_equal(verdicts[i], alone(&tokens[i]));
	}
}

/* ---- the auditors ---- */

static void share_all(struct decryption_share shares[SCENE_AUDITORS], const struct imx_token *token, struct bytes context)
{
	for (size_t i = 0; i < SCENE_AUDITORS; i++) {
		imx_auditor_share(&shares[i], &scene.shares[i], token, context, scene.rng);
		assert_int_equal(imx_auditor_share_check(&scene.auditors_key, token, &shares[i], context, NULL), ERR_OK);
	}
}

static void any_two_auditors_find_the_maker(void **state)
{
	struct decryption_share shares[SCENE_AUDITORS], two[2];
	struct g1 found, expected;
	struct imx_token token;

	(void)state;
	make(&token, &holder, 1);
	share_all(shares, &token, bytes_str("case 1"));
	imx_scene_upk(&expected, &holder);
	for (size_t i = 0; i < SCENE_AUDITORS; i++)
		for (size_t j = 0; j < SCENE_AUDITORS; j++) {
			two[0] = shares[i];
			two[1] = shares[j];
			if (i == j) {
				assert_int_equal(imx_auditors_open(&found, &scene.auditors_key, &token, two, 2,
								   bytes_str("case 1"), NULL), ERR_DUPLICATE);
				continue;
			}
			assert_int_equal(imx_auditors_open(&found, &scene.auditors_key, &token, two, 2, bytes_str("case 1"),
							   NULL), ERR_OK);
			assert_true(g1_equal(&found, &expected));
		}
	assert_int_equal(imx_auditors_open(&found, &scene.auditors_key, &token, shares, 1, bytes_str("case 1"), NULL), ERR_RANGE);
}

/* O4: a share that is wrong, or of another token, case or auditor, is named. */
static void a_lying_auditor_is_named(void **state)
{
	struct decryption_share shares[SCENE_AUDITORS], wrong;
	struct imx_token token, other;
	struct err_info info;
	struct g1 found;

	(void)state;
	make(&token, &holder, 1);
	make(&other, &holder, 2);
	share_all(shares, &token, bytes_str("case 1"));
	wrong = shares[1];
	g1_mul_generator(&wrong.point, &holder.o);
	shares[1] = wrong;
	assert_int_equal(imx_auditors_open(&found, &scene.auditors_key, &token, shares, 2, bytes_str("case 1"), &info), ERR_PROOF);
	assert_non_null(strstr(info.detail, "auditor 2"));
	share_all(shares, &token, bytes_str("case 1"));
	assert_int_equal(imx_auditor_share_check(&scene.auditors_key, &other, &shares[0], bytes_str("case 1"), NULL), ERR_PROOF);
	assert_int_equal(imx_auditor_share_check(&scene.auditors_key, &token, &shares[0], bytes_str("case 2"), NULL), ERR_PROOF);
	shares[0].index = 3;
	assert_int_equal(imx_auditor_share_check(&scene.auditors_key, &token, &shares[0], bytes_str("case 1"), NULL), ERR_PROOF);
	shares[0].index = SCENE_AUDITORS + 1;
	assert_int_equal(imx_auditor_share_check(&scene.auditors_key, &token, &shares[0], bytes_str("case 1"), NULL), ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_token_is_found_in_each_place),
		cmocka_unit_test(errors_do_not_cancel),
		cmocka_unit_test(batches_agree_with_single_checks),
		cmocka_unit_test(any_two_auditors_find_the_maker),
		cmocka_unit_test(a_lying_auditor_is_named),
	};

	seeded_rng_init(&seeded, test_seed());
	return cmocka_run_group_tests(tests, setup, teardown);
}
