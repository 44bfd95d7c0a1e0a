/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens against the lines of docs/formats/token.md: what an attacker must not be able to do, tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/lib/imx_scene.h"
#include "tests/lib/seed.h"
#include "tests/lib/torsion.h"

static struct seeded_rng seeded;
static struct imx_scene scene;
static struct imx_credential holder, other;

static int setup(void **state)
{
	(void)state;
	imx_scene_begin(&scene, &seeded.rng);
	imx_scene_holder(&scene, &holder);
	imx_scene_holder(&scene, &other);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	imx_scene_end(&scene);
	return 0;
}

static struct bytes point_of(const struct buf *token, enum imx_point point)
{
	static struct imx_token t[2];
	static unsigned turn;
	struct imx_token *one = &t[turn++ % 2];

	assert_int_equal(imx_token_parse(one, buf_bytes(token)), ERR_OK);
	return imx_token_point(one, point);
}

static uint8_t *place_of(struct buf *token, enum imx_point point)
{
	return token->data + IMX_HEADER_SIZE + point * G1_SIZE; /* of tokens with N_all and F alone, up to F */
}

/* ---- honest tokens ---- */

static void a_request_has_692_bytes_and_holds(void **state)
{
	struct buf token;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	assert_int_equal(token.len, 692);
	assert_int_equal(token.len, IMX_REQUEST_SIZE);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

static void every_set_of_points_holds(void **state)
{
	struct imx_act act = scene.act;
	struct buf token;

	(void)state;
	for (unsigned flags = 0; flags <= IMX_FLAGS; flags++) {
		scene.act.owner_key = (flags & IMX_HAS_F) != 0 ? &scene.owner_key : NULL;
		imx_scene_token(&scene, &token, &holder, flags, 1, 1);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
		token.data[1] ^= (uint8_t)(1u << rng_below(&seeded.rng, 8));
		assert_int_not_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
		buf_release(&token);
	}
	scene.act = act;
}

static void a_shown_jurisdiction_is_the_signed_one(void **state)
{
	struct imx_prepared *p;
	struct imx_header header;
	struct buf token = BUF_INIT;

	(void)state;
	assert_int_equal(imx_prepare(&p, scene.params, &scene.issuer, &scene.auditors, &holder, true, bytes_str("x"), scene.rng),
			 ERR_OK);
	assert_int_equal(imx_finish(&token, p, &scene.act, SCENE_FLAGS, 0, 0), ERR_OK);
	assert_int_equal(token.len, IMX_REQUEST_SIZE - SCALAR_SIZE);
	assert_int_equal(imx_header_parse(&header, buf_bytes(&token)), ERR_OK);
	assert_int_equal(header.attributes.jurisdiction, 9);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	token.data[18] = 10;
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_PROOF);
	buf_release(&token);
}

/* ---- F2: one token for one transaction ---- */

static void no_changed_bit_is_accepted(void **state)
{
	struct buf token;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	for (size_t i = 0; i < token.len * 8; i++) {
		if (i >= IMX_HEADER_SIZE * 8 && rng_below(&seeded.rng, 8) != 0)
			continue;
		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_not_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
		token.data[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

static void other_lengths_are_refused(void **state)
{
	struct buf token;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	for (size_t len = 0; len < token.len; len += 13)
		assert_int_not_equal(imx_scene_verify(&scene, bytes_of(token.data, len)), ERR_OK);
	buf_append_byte(&token, 0);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_TRUNCATED);
	buf_release(&token);
}

/* Every fact that the verifier brings, exchanged; each one is put back, and then it holds again. */
static void a_token_stands_for_one_act(void **state)
{
	struct imx_scene kept;
	struct buf token;
	struct g1 key;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS | IMX_HAS_N_DEP, 4, 2);
	kept = scene;
#define CHANGED(change)                                                                     \
	do {                                                                                \
		change;                                                                     \
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_PROOF);   \
		scene = kept;                                                               \
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);      \
	} while (0)
	CHANGED(scene.act.ph.b[31] ^= 1);
	CHANGED(scene.act.owner.b[0] ^= 1);
	CHANGED(scene.act.deposited.b[0] ^= 1);
	CHANGED(scene.act.class = IMX_DEPOSIT);
	CHANGED((scene.act.continued = true, scene.act.continued_epoch = SCENE_EPOCH - 1));
	CHANGED(scene.act.owner_key = NULL);
	CHANGED(scene.issuer.number++);
	CHANGED(scene.auditors.number++);
	g1_mul_generator(&key, &holder.o);
	CHANGED(scene.act.owner_key = &key);
	CHANGED(scene.auditors.key = key);
#undef CHANGED
	buf_release(&token);
}

static void another_network_schema_or_issuer_is_another(void **state)
{
	struct imx_scene elsewhere = scene;
	struct network_id network = {{1}};
	struct scalar secret;
	struct buf token;
	struct g2 key;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	assert_int_equal(imx_params_make(&elsewhere.params, &network, 1), ERR_OK);
	assert_int_equal(imx_issuer_make(&elsewhere.issuer, elsewhere.params, 3, &scene.issuer.key), ERR_OK);
	assert_int_equal(imx_scene_verify(&elsewhere, buf_bytes(&token)), ERR_PROOF);
	imx_params_free(elsewhere.params);
	elsewhere = scene;
	scalar_random(&secret, scene.rng);
	g2_mul_generator(&key, &secret);
	assert_int_equal(imx_issuer_make(&elsewhere.issuer, scene.params, 3, &key), ERR_OK);
	assert_int_equal(imx_scene_verify(&elsewhere, buf_bytes(&token)), ERR_PROOF);
	buf_release(&token);
}

/* ---- F1, F3: points and scalars that are none ---- */

static void every_bad_point_is_refused(void **state)
{
	static const enum imx_point all[] = {IMX_N, IMX_E1, IMX_E2, IMX_ABAR, IMX_BBAR, IMX_D, IMX_N_ALL, IMX_F};
	const uint8_t identity[G1_SIZE] = {0xc0};
	uint8_t kept[G1_SIZE], *at;
	struct buf token;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		at = place_of(&token, all[i]);
		memcpy(kept, at, G1_SIZE);
		torsion_add(at);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_POINT);
		torsion_add(at);
		torsion_add(at); /* three times a point of order 3 is nothing */
		assert_memory_equal(at, kept, G1_SIZE);
		memcpy(at, identity, G1_SIZE);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_POINT);
		memset(at, 0xff, G1_SIZE);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_POINT);
		memcpy(at, kept, G1_SIZE);
	}
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

static void a_scalar_has_one_encoding(void **state)
{
	uint8_t kept[SCALAR_SIZE], *at;
	struct buf token;
	size_t tried = 0;

	(void)state;
	imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
	for (at = token.data + token.len - 9 * SCALAR_SIZE; at < token.data + token.len; at += SCALAR_SIZE) {
		memcpy(kept, at, SCALAR_SIZE);
		if (scalar_add_order(at)) {
			assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_POINT);
			tried++;
		}
		memset(at, 0, SCALAR_SIZE);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_POINT);
		memcpy(at, kept, SCALAR_SIZE);
	}
	assert_true(tried > 0);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

/* Parts of a good token in another good one, of the same or another holder. */
static void spliced_tokens_do_not_hold(void **state)
{
	static const size_t parts[][2] = {{IMX_N, 1}, {IMX_E1, 2}, {IMX_ABAR, 3}, {IMX_N_ALL, 1}, {IMX_F, 1}, {IMX_E2, 1}, {IMX_D, 1}};
	struct buf token, foreign;

	(void)state;
	for (int same = 0; same < 2; same++) {
		imx_scene_token(&scene, &foreign, same ? &holder : &other, SCENE_FLAGS, 5, 3);
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			imx_scene_token(&scene, &token, &holder, SCENE_FLAGS, 4, 2);
			memcpy(place_of(&token, (enum imx_point)parts[i][0]), place_of(&foreign, (enum imx_point)parts[i][0]),
			       parts[i][1] * G1_SIZE);
			assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_PROOF);
			buf_release(&token);
		}
		buf_release(&foreign);
	}
}

/* F1: with somebody else's signature, another secret, or attributes that were not signed. */
static void a_token_needs_its_credential(void **state)
{
	struct imx_credential wrong[4] = {holder, holder, holder, holder};
	struct buf token;

	(void)state;
	wrong[0].signature = other.signature;
	wrong[1].s = other.s;
	wrong[2].attributes.purpose = 9;
	wrong[3].attributes.epoch++;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(imx_credential_check(&wrong[i], scene.params, &scene.issuer), ERR_PROOF);
		imx_scene_token(&scene, &token, &wrong[i], SCENE_FLAGS, 4, 2);
		assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_PROOF);
		buf_release(&token);
	}
}

/* ---- F3, U2: pseudonyms ---- */

static bool same_point(struct buf *a, struct buf *b, enum imx_point point)
{
	return bytes_equal(point_of(a, point), point_of(b, point));
}

static void a_scope_has_one_pseudonym_of_a_holder(void **state)
{
	struct imx_act act = scene.act;
	struct buf first, second;

	(void)state;
	imx_scene_token(&scene, &first, &holder, SCENE_FLAGS, 4, 2);
	imx_scene_token(&scene, &second, &holder, SCENE_FLAGS, 4, 2);
	assert_true(same_point(&first, &second, IMX_N) && same_point(&first, &second, IMX_N_ALL));
	buf_release(&second);
	imx_scene_token(&scene, &second, &holder, SCENE_FLAGS, 5, 3);
	assert_false(same_point(&first, &second, IMX_N) || same_point(&first, &second, IMX_N_ALL));
	buf_release(&second);
	imx_scene_token(&scene, &second, &other, SCENE_FLAGS, 4, 2);
	assert_false(same_point(&first, &second, IMX_N) || same_point(&first, &second, IMX_N_ALL));
	buf_release(&second);
	scene.act.owner.b[5] ^= 1; /* for another owner: sweeping is counted over all */
	imx_scene_token(&scene, &second, &holder, SCENE_FLAGS, 4, 2);
	assert_false(same_point(&first, &second, IMX_N));
	assert_true(same_point(&first, &second, IMX_N_ALL));
	scene.act = act;
	buf_release(&first);
	buf_release(&second);
}

static void a_rule_knows_who_it_names(void **state)
{
	const unsigned flags = SCENE_FLAGS | IMX_HAS_N_ORG | IMX_HAS_N_ME;
	uint8_t organisation[G1_SIZE], person[G1_SIZE];
	struct buf token;
	struct g1 name;

	(void)state;
	imx_rule_name(&name, scene.params, IMX_ORGANISATION, &scene.act.owner, &holder.o);
	g1_write(organisation, &name);
	imx_rule_name(&name, scene.params, IMX_PERSON, &scene.act.owner, &holder.s);
	g1_write(person, &name);
	imx_scene_token(&scene, &token, &holder, flags, 4, 2);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&token)), ERR_OK);
	assert_true(bytes_equal(point_of(&token, IMX_N_ORG), bytes_of(organisation, G1_SIZE)));
	assert_true(bytes_equal(point_of(&token, IMX_N_ME), bytes_of(person, G1_SIZE)));
	buf_release(&token);
	imx_scene_token(&scene, &token, &other, flags, 4, 2);
	assert_false(bytes_equal(point_of(&token, IMX_N_ORG), bytes_of(organisation, G1_SIZE)));
	buf_release(&token);
}

/* A later act of the hands that asked, with a credential of a later epoch, has the N of then. */
static void what_follows_a_request_has_its_pseudonym(void **state)
{
	struct imx_act act = scene.act;
	struct buf request, release;

	(void)state;
	imx_scene_token(&scene, &request, &holder, SCENE_FLAGS, 4, 2);
	scene.act.continued = true;
	scene.act.continued_epoch = SCENE_EPOCH;
	scene.act.ph.b[0] ^= 1;
	scene.act.owner_key = NULL;
	imx_scene_token(&scene, &release, &holder, 0, 4, 0);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&release)), ERR_OK);
	assert_true(same_point(&request, &release, IMX_N));
	buf_release(&release);
	imx_scene_token(&scene, &release, &other, 0, 4, 0);
	assert_int_equal(imx_scene_verify(&scene, buf_bytes(&release)), ERR_OK);
	assert_false(same_point(&request, &release, IMX_N));
	scene.act = act;
	buf_release(&request);
	buf_release(&release);
}

/* ---- O1: who opens it finds its maker ---- */

static void the_owner_finds_the_maker(void **state)
{
	struct imx_token token;
	struct g1 found, expected;
	struct scalar stranger;
	struct buf made;

	(void)state;
	imx_scene_token(&scene, &made, &holder, SCENE_FLAGS, 4, 2);
	assert_int_equal(imx_token_parse(&token, buf_bytes(&made)), ERR_OK);
	imx_owner_open(&found, &token, &scene.owner_secret);
	imx_scene_upk(&expected, &holder);
	assert_true(g1_equal(&found, &expected));
	scalar_random(&stranger, scene.rng);
	imx_owner_open(&found, &token, &stranger);
	assert_false(g1_equal(&found, &expected));
	buf_release(&made);
}

/* Two answers of one maker to two challenges give away all that is proven, and E1, E2, F, N are made of just that: an
 * accepted token has a maker who knows it.  Here a random source repeats, and nothing fresh comes to its help.
 */
static void fixed_fill(void *self, uint8_t *out, size_t len)
{
	(void)self;
	memset(out, 7, len);
}

static void with_fixed_randomness(struct imx_token *ret, struct bytes fresh)
{
	const struct rng fixed = {fixed_fill, NULL};
	struct buf token = BUF_INIT;
	struct imx_prepared *p;

	assert_int_equal(imx_prepare(&p, scene.params, &scene.issuer, &scene.auditors, &holder, false, fresh, &fixed), ERR_OK);
	assert_int_equal(imx_finish(&token, p, &scene.act, SCENE_FLAGS, 4, 2), ERR_OK);
	assert_int_equal(imx_token_parse(ret, buf_bytes(&token)), ERR_OK);
	buf_release(&token);
}

/* (answer - answer') / (challenge - challenge'). */
static void extract(struct scalar *ret, const struct scalar *a, const struct scalar *b, const struct imx_token t[2])
{
	struct scalar difference;

	scalar_sub(&difference, &t[0].challenge, &t[1].challenge);
	scalar_inverse(&difference, &difference);
	scalar_sub(ret, a, b);
	scalar_mul(ret, ret, &difference);
}

static void two_answers_give_the_secrets(void **state)
{
	struct imx_act act = scene.act;
	struct imx_token t[2];
	struct scalar s, o, k;
	struct g1 e1;

	(void)state;
	with_fixed_randomness(&t[0], bytes_str("same"));
	scene.act.ph.b[3] ^= 1;
	with_fixed_randomness(&t[1], bytes_str("same"));
	scene.act = act;
	assert_true(g1_equal(&t[0].point[IMX_ABAR], &t[1].point[IMX_ABAR]));
	extract(&s, &t[0].m_hat[3], &t[1].m_hat[3], t);
	extract(&o, &t[0].m_hat[2], &t[1].m_hat[2], t);
	extract(&k, &t[0].k_hat, &t[1].k_hat, t);
	assert_true(scalar_equal(&s, &holder.s));
	assert_true(scalar_equal(&o, &holder.o));
	g1_mul_generator(&e1, &k);
	assert_true(g1_equal(&e1, &t[0].point[IMX_E1]));
}

/* S1: the same broken source, with something fresh: nothing of the two tokens can be put together. */
static void what_is_fresh_stands_in_for_a_broken_source(void **state)
{
	struct imx_token t[2];
	struct scalar s;

	(void)state;
	with_fixed_randomness(&t[0], bytes_str("first"));
	with_fixed_randomness(&t[1], bytes_str("second"));
	for (enum imx_point p = IMX_E1; p <= IMX_D; p++)
		assert_false(g1_equal(&t[0].point[p], &t[1].point[p]));
	extract(&s, &t[0].m_hat[3], &t[1].m_hat[3], t);
	assert_false(scalar_equal(&s, &holder.s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_has_692_bytes_and_holds),
		cmocka_unit_test(every_set_of_points_holds),
		cmocka_unit_test(a_shown_jurisdiction_is_the_signed_one),
		cmocka_unit_test(no_changed_bit_is_accepted),
		cmocka_unit_test(other_lengths_are_refused),
		cmocka_unit_test(a_token_stands_for_one_act),
		cmocka_unit_test(another_network_schema_or_issuer_is_another),
		cmocka_unit_test(every_bad_point_is_refused),
		cmocka_unit_test(a_scalar_has_one_encoding),
		cmocka_unit_test(spliced_tokens_do_not_hold),
		cmocka_unit_test(a_token_needs_its_credential),
		cmocka_unit_test(a_scope_has_one_pseudonym_of_a_holder),
		cmocka_unit_test(a_rule_knows_who_it_names),
		cmocka_unit_test(what_follows_a_request_has_its_pseudonym),
		cmocka_unit_test(the_owner_finds_the_maker),
		cmocka_unit_test(two_answers_give_the_secrets),
		cmocka_unit_test(what_is_fresh_stands_in_for_a_broken_source),
	};

	seeded_rng_init(&seeded, test_seed());
	return cmocka_run_group_tests(tests, setup, teardown);
}
