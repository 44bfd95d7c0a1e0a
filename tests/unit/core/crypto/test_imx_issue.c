/* SPDX-License-Identifier: Apache-2.0 */
/* Issuance of credentials: what the authority must not sign (I2), and what a holder must not take (I1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/crypto/imx_issue.h"
#include "tests/lib/imx_scene.h"
#include "tests/lib/seed.h"
#include "tests/lib/torsion.h"

static struct seeded_rng seeded;
static struct imx_scene scene;
static struct scalar share, organisation;
static struct imx_holder holder;
static struct imx_asked asked;
static struct imx_ask ask;
static const struct imx_attributes attributes = {.role = 2, .purpose = 1, .tier = 1, .jurisdiction = 9, .epoch = SCENE_EPOCH};

static int setup(void **state)
{
	(void)state;
	imx_scene_begin(&scene, &seeded.rng);
	scalar_random(&share, scene.rng);
	scalar_random(&organisation, scene.rng);
	assert_int_equal(imx_ask_make(&ask, &holder, scene.params, &share, &organisation, bytes_str("for me"), scene.rng), ERR_OK);
	assert_int_equal(imx_ask_check(&asked, scene.params, &share, &ask, bytes_str("for me")), ERR_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	imx_scene_end(&scene);
	return 0;
}

static enum err check(const struct imx_ask *a)
{
	struct imx_asked ignored;

	return imx_ask_check(&ignored, scene.params, &share, a, bytes_str("for me"));
}

static void sign(struct bbs_signature *ret, const struct imx_attributes *of, uint32_t epoch)
{
	struct g1 base, point;

	imx_credential_base(&base, scene.params, &scene.issuer, of, &asked, &share);
	imx_epoch_point(&point, scene.params, epoch);
	assert_int_equal(imx_credential_sign(ret, scene.params, &scene.issuer_secret, &base, &point), ERR_OK);
}

/* ---- the authority's side ---- */

static void an_ask_names_the_public_values_of_its_secrets(void **state)
{
	struct g1 expected;

	(void)state;
	g1_mul_generator(&expected, &holder.s);
	assert_true(g1_equal(&expected, &asked.upk));
	g1_mul_generator(&expected, &organisation);
	assert_true(g1_equal(&expected, &asked.organisation));
}

static void no_changed_ask_is_taken(void **state)
{
	struct imx_ask changed = ask;

	(void)state;
	for (size_t i = 0; i < 8 * sizeof(ask.b); i++) {
		if (rng_below(scene.rng, 4) != 0)
			continue;
		changed.b[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(check(&changed), ERR_OK);
		changed.b[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t at = 0; at < 3 * G1_SIZE; at += G1_SIZE) {
		torsion_add(changed.b + at);
		assert_int_equal(check(&changed), ERR_POINT);
		changed = ask;
	}
	assert_int_equal(check(&changed), ERR_OK);
}

/* Shown for another account, with another share, in another network; or put together from two. */
static void an_ask_is_for_one_case(void **state)
{
	struct network_id network = {{2}};
	struct imx_ask foreign, mixed;
	struct imx_params *elsewhere;
	struct imx_asked ignored;
	struct imx_holder other;
	struct scalar another;

	(void)state;
	scalar_random(&another, scene.rng);
	assert_int_equal(imx_ask_check(&ignored, scene.params, &share, &ask, bytes_str("for you")), ERR_PROOF);
	assert_int_equal(imx_ask_check(&ignored, scene.params, &another, &ask, bytes_str("for me")), ERR_PROOF);
	assert_int_equal(imx_params_make(&elsewhere, &network, 1), ERR_OK);
	assert_int_equal(imx_ask_check(&ignored, elsewhere, &share, &ask, bytes_str("for me")), ERR_PROOF);
	imx_params_free(elsewhere);
	assert_int_equal(imx_ask_make(&foreign, &other, scene.params, &share, &organisation, bytes_str("for me"), scene.rng), ERR_OK);
	for (size_t at = 0; at < 2 * G1_SIZE; at += G1_SIZE) { /* O is the same in both */
		mixed = ask;
		memcpy(mixed.b + at, foreign.b + at, G1_SIZE);
		assert_int_equal(check(&mixed), ERR_PROOF);
	}
}

/* O2: whoever registers somebody's upk with a commitment of his own would have tokens that open to her. */
static void nobody_registers_a_public_value_of_somebody_else(void **state)
{
	struct imx_holder victim;
	struct imx_ask hers, his;
	struct scalar thief_organisation;

	(void)state;
	assert_int_equal(imx_ask_make(&hers, &victim, scene.params, &share, &organisation, bytes_str("for me"), scene.rng), ERR_OK);
	scalar_random(&thief_organisation, scene.rng);
	assert_int_equal(imx_ask_make(&his, &victim, scene.params, &share, &thief_organisation, bytes_str("for me"), scene.rng),
			 ERR_OK);
	memcpy(his.b + G1_SIZE, hers.b + G1_SIZE, G1_SIZE);
	assert_int_equal(check(&his), ERR_PROOF);
	memcpy(his.b + 2 * G1_SIZE, hers.b + 2 * G1_SIZE, G1_SIZE);
	assert_int_equal(check(&his), ERR_PROOF);
}

/* ---- the holder's side ---- */

static void a_credential_is_for_what_was_published(void **state)
{
	struct imx_attributes wrong[5] = {attributes, attributes, attributes, attributes, attributes};
	struct imx_credential credential;
	struct bbs_signature signature;

	(void)state;
	sign(&signature, &attributes, SCENE_EPOCH);
	imx_credential_of(&credential, &holder, &attributes, &signature);
	assert_int_equal(imx_credential_check(&credential, scene.params, &scene.issuer), ERR_OK);
	wrong[0].role++;
	wrong[1].purpose++;
	wrong[2].tier++;
	wrong[3].jurisdiction++;
	wrong[4].epoch++;
	for (size_t i = 0; i < 5; i++) {
		sign(&signature, &wrong[i], wrong[i].epoch);
		imx_credential_of(&credential, &holder, &attributes, &signature);
		assert_int_equal(imx_credential_check(&credential, scene.params, &scene.issuer), ERR_PROOF);
	}
}

/* A header, a schema or a key of one's own would mark a holder among all others. */
static void a_marked_credential_is_none(void **state)
{
	struct imx_scene marked = scene;
	struct imx_credential credential;
	struct bbs_signature signature;
	struct g1 base, point;
	struct scalar secret;
	struct g2 key;

	(void)state;
	assert_int_equal(imx_params_make(&marked.params, &(struct network_id){{3}}, 1), ERR_OK);
	assert_int_equal(imx_issuer_make(&marked.issuer, marked.params, 3, &scene.issuer.key), ERR_OK);
	imx_credential_base(&base, marked.params, &marked.issuer, &attributes, &asked, &share);
	imx_epoch_point(&point, scene.params, SCENE_EPOCH);
	assert_int_equal(imx_credential_sign(&signature, scene.params, &scene.issuer_secret, &base, &point), ERR_OK);
	imx_credential_of(&credential, &holder, &attributes, &signature);
	assert_int_equal(imx_credential_check(&credential, scene.params, &scene.issuer), ERR_PROOF);
	imx_params_free(marked.params);
	scalar_random(&secret, scene.rng);
	g2_mul_generator(&key, &secret);
	assert_int_equal(imx_issuer_make(&marked.issuer, scene.params, 3, &key), ERR_OK);
	imx_credential_base(&base, scene.params, &marked.issuer, &attributes, &asked, &share);
	assert_int_equal(imx_credential_sign(&signature, scene.params, &secret, &base, &point), ERR_OK);
	imx_credential_of(&credential, &holder, &attributes, &signature);
	assert_int_equal(imx_credential_check(&credential, scene.params, &scene.issuer), ERR_PROOF);
}

/* The authority's own, later signature for the next epoch is what a full one would be, and works in a token. */
static void the_next_epoch_needs_no_holder(void **state)
{
	struct imx_attributes next = attributes;
	struct imx_credential credential;
	struct bbs_signature signature;
	struct imx_header header;
	struct buf token;

	(void)state;
	sign(&signature, &attributes, SCENE_EPOCH + 1);
	next.epoch++;
	imx_credential_of(&credential, &holder, &next, &signature);
	assert_int_equal(imx_credential_check(&credential, scene.params, &scene.issuer), ERR_OK);
	imx_scene_token(&scene, &token, &credential, SCENE_FLAGS, 0, 0);
	assert_int_equal(imx_header_parse(&header, buf_bytes(&token)), ERR_OK);
	assert_int_equal(header.attributes.epoch, SCENE_EPOCH + 1);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

/* Signing here is signing of the pseudonym interface of BBS, which the official fixtures check. */
static void it_is_the_interface_of_the_draft(void **state)
{
	const struct bbs_interface *in = imx_interface(scene.params);
	struct scalar scalars[IMX_SCALARS];
	struct bbs_signature signature;

	(void)state;
	sign(&signature, &attributes, SCENE_EPOCH);
	for (size_t i = 0; i < IMX_ATTRIBUTES; i++)
		imx_attribute(&scalars[i], scene.params, &attributes, i);
	scalars[IMX_BLIND] = holder.blind;
	scalars[IMX_O] = holder.o;
	scalars[IMX_S] = holder.s;
	assert_int_equal(bbs_verify(in, &scene.issuer.key, imx_bbs_header(scene.params), scalars, &signature), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ask_names_the_public_values_of_its_secrets),
		cmocka_unit_test(no_changed_ask_is_taken),
		cmocka_unit_test(an_ask_is_for_one_case),
		cmocka_unit_test(nobody_registers_a_public_value_of_somebody_else),
		cmocka_unit_test(a_credential_is_for_what_was_published),
		cmocka_unit_test(a_marked_credential_is_none),
		cmocka_unit_test(the_next_epoch_needs_no_holder),
		cmocka_unit_test(it_is_the_interface_of_the_draft),
	};

	seeded_rng_init(&seeded, test_seed());
	return cmocka_run_group_tests(tests, setup, teardown);
}
