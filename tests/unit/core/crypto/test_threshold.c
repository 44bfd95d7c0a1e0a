/* SPDX-License-Identifier: Apache-2.0 */
/* Capsules open with any t shares and no fewer, for their own label only; a cheating custodian is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/crypto/threshold.h"

#define SEED 23
#define SHAPES 12 /* random (t, n) */

static struct seeded_rng seeded;

static const struct rng *rng(void)
{
	return &seeded.rng;
}

static int setup(void **state)
{
	(void)state;
	print_message("seed %d\n", SEED);
	seeded_rng_init(&seeded, SEED);
	return 0;
}

/* A dealt key, one capsule for LABEL with a wrapped file key, and everybody's answer to it. */
struct scene {
	struct threshold_key key;
	struct key_share shares[THRESHOLD_N_MAX];
	struct capsule capsule;
	struct capsule_key kek;
	uint8_t file_key[CAPSULE_FILE_KEY_SIZE], body[CAPSULE_BODY_SIZE];
	struct decryption_share answers[THRESHOLD_N_MAX];
	struct bytes contexts[THRESHOLD_N_MAX];
};

static struct scene scene; /* 80 KiB: too much for a stack frame */
static const char label_text[] = "record_deposit by account 7, rendition 1";
static const char context_text[] = "grant 12, record 3";

static void make_scene(uint16_t t, uint16_t n)
{
	struct capsule_draft draft;
	struct bytes label = bytes_str(label_text);

	threshold_deal(&scene.key, scene.shares, t, n, rng());
	capsule_begin(&draft, &scene.kek, &scene.key, rng());
	uint8_t u[G1_SIZE];

	capsule_draft_u(&draft, u);
	rng_fill(rng(), scene.file_key, sizeof(scene.file_key));
	assert_int_equal(capsule_wrap(scene.body, &scene.kek, u, scene.file_key), ERR_OK);
	capsule_finish(&scene.capsule, &draft, label, rng());
	assert_true(scalar_is_zero(&draft.r));
	assert_int_equal(capsule_check(&scene.capsule, label), ERR_OK);
	for (size_t i = 0; i < n; i++) {
		scene.contexts[i] = bytes_str(context_text);
		assert_int_equal(key_share_check(&scene.key, &scene.shares[i]), ERR_OK);
		assert_int_equal(capsule_answer(&scene.answers[i], &scene.shares[i], &scene.capsule, label,
						scene.contexts[i], rng()), ERR_OK);
	}
}

/* What unwrapping with the shares at these places gives. */
static enum err try_open(const size_t *places, size_t count)
{
	struct decryption_share some[THRESHOLD_N_MAX];
	uint8_t file_key[CAPSULE_FILE_KEY_SIZE];
	struct capsule_key kek;
	uint16_t cheat = 0;

	for (size_t i = 0; i < count; i++)
		some[i] = scene.answers[places[i]];
	TRY(capsule_open(&kek, &cheat, &scene.key, &scene.capsule, some, scene.contexts, count, NULL));
	TRY(capsule_unwrap(file_key, &kek, scene.capsule.b, scene.body));
	assert_memory_equal(kek.b, scene.kek.b, sizeof(kek.b));
	assert_memory_equal(file_key, scene.file_key, sizeof(file_key));
	return ERR_OK;
}

static void test_one_of_one(void **state)
{
	const size_t first = 0;

	(void)state;
	make_scene(1, 1);
	assert_int_equal(try_open(&first, 1), ERR_OK);
	assert_int_equal(try_open(&first, 0), ERR_RANGE);
}

static void test_every_three_of_five(void **state)
{
	(void)state;
	make_scene(3, 5);
	for (unsigned set = 0; set < 32; set++) {
		size_t places[5], count = 0;

		for (size_t i = 0; i < 5; i++)
			if (set >> i & 1)
				places[count++] = i;
		assert_int_equal(try_open(places, count), count >= 3 ? ERR_OK : ERR_RANGE);
	}
	const size_t backwards[3] = {4, 2, 0}, twice[3] = {1, 3, 1};

	assert_int_equal(try_open(backwards, 3), ERR_OK);
	assert_int_equal(try_open(twice, 3), ERR_DUPLICATE);
}

/* t - 1 shares, taken for a key with a smaller threshold, give a key that opens nothing. */
static void test_too_few(void **state)
{
	uint8_t file_key[CAPSULE_FILE_KEY_SIZE];
	struct capsule_key kek;

	(void)state;
	make_scene(3, 5);
	scene.key.t = 2;
	assert_int_equal(capsule_combine(&kek, &scene.key, &scene.capsule, scene.answers, 2), ERR_OK);
	assert_memory_not_equal(kek.b, scene.kek.b, sizeof(kek.b));
	assert_int_equal(capsule_unwrap(file_key, &kek, scene.capsule.b, scene.body), ERR_DECRYPT);
}

static void test_cheat_is_named(void **state)
{
	struct err_info info = {0};
	struct capsule_key kek;
	uint16_t cheat = 0;

	(void)state;
	make_scene(3, 5);
	g1_add(&scene.answers[1].point, &scene.answers[1].point, &scene.answers[1].point);
	assert_int_equal(capsule_open(&kek, &cheat, &scene.key, &scene.capsule, scene.answers, scene.contexts, 3, &info),
			 ERR_CUSTODIAN);
	assert_int_equal(cheat, 2);
	assert_non_null(strstr(info.detail, "custodian 2"));
	const size_t honest[3] = {0, 2, 4};

	assert_int_equal(try_open(honest, 3), ERR_OK);
	make_scene(3, 5); /* a share of another custodian under a false number; a number that nobody has */
	scene.answers[2].index = 4;
	assert_int_equal(decryption_share_check(&scene.key, &scene.capsule, &scene.answers[2], scene.contexts[2], NULL),
			 ERR_CUSTODIAN);
	scene.answers[2].index = 6;
	assert_int_equal(decryption_share_check(&scene.key, &scene.capsule, &scene.answers[2], scene.contexts[2], NULL),
			 ERR_CUSTODIAN);
	scene.contexts[0] = bytes_str("grant 13, record 3");
	assert_int_equal(decryption_share_check(&scene.key, &scene.capsule, &scene.answers[0], scene.contexts[0], NULL),
			 ERR_CUSTODIAN);
}

static void test_eleven_of_sixteen(void **state)
{
	size_t places[11];

	(void)state;
	make_scene(11, 16);
	for (size_t i = 0; i < 11; i++)
		places[i] = 15 - i;
	assert_int_equal(try_open(places, 11), ERR_OK);
	assert_int_equal(try_open(places, 10), ERR_RANGE);
}

static void test_random_shapes(void **state)
{
	(void)state;
	for (int round = 0; round < SHAPES; round++) {
		uint16_t n = (uint16_t)(1 + rng_below(rng(), 9)), t = (uint16_t)(1 + rng_below(rng(), n));
		size_t places[10];

		make_scene(t, n);
		for (size_t i = 0; i < n; i++)
			places[i] = i;
		for (size_t i = n; i-- > 1;) {
			size_t j = (size_t)rng_below(rng(), i + 1), swap = places[i];

			places[i] = places[j];
			places[j] = swap;
		}
		assert_int_equal(try_open(places, t), ERR_OK);
	}
}

static void test_largest(void **state)
{
	struct g1 share;

	(void)state;
	threshold_deal(&scene.key, scene.shares, THRESHOLD_N_MAX, THRESHOLD_N_MAX, rng());
	assert_int_equal(key_share_check(&scene.key, &scene.shares[THRESHOLD_N_MAX - 1]), ERR_OK);
	threshold_public_share(&share, &scene.key, THRESHOLD_N_MAX);
	assert_false(g1_is_identity(&share));
}

static void test_bad_dealing(void **state)
{
	struct scalar one;

	(void)state;
	scalar_from_u64(&one, 1);
	threshold_deal(&scene.key, scene.shares, 3, 5, rng());
	scalar_add(&scene.shares[3].x, &scene.shares[3].x, &one);
	assert_int_equal(key_share_check(&scene.key, &scene.shares[3]), ERR_PROOF);
	scene.shares[2].index = 2;
	assert_int_equal(key_share_check(&scene.key, &scene.shares[2]), ERR_PROOF);
	scene.shares[1].index = 0;
	assert_int_equal(key_share_check(&scene.key, &scene.shares[1]), ERR_PROOF);
	scene.shares[1].index = 6;
	assert_int_equal(key_share_check(&scene.key, &scene.shares[1]), ERR_PROOF);
}

static void test_capsule_bits(void **state)
{
	struct bytes label = bytes_str(label_text);
	struct decryption_share answer;
	struct capsule bad;

	(void)state;
	make_scene(2, 3);
	for (size_t bit = 0; bit < 8 * CAPSULE_SIZE; bit++) {
		bad = scene.capsule;
		bad.b[bit / 8] ^= (uint8_t)(1 << bit % 8);
		enum err e = capsule_check(&bad, label);

		assert_true(e == ERR_PROOF || e == ERR_POINT);
		if (bit % 64 == 0)
			assert_int_equal(capsule_answer(&answer, &scene.shares[0], &bad, label, label, rng()), e);
	}
}

static void test_label_bits(void **state)
{
	uint8_t label[sizeof(label_text) - 1];

	(void)state;
	make_scene(2, 3);
	for (size_t bit = 0; bit < 8 * sizeof(label); bit += 7) {
		memcpy(label, label_text, sizeof(label));
		label[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(capsule_check(&scene.capsule, bytes_of(label, sizeof(label))), ERR_PROOF);
	}
	assert_int_equal(capsule_check(&scene.capsule, bytes_of(label_text, sizeof(label) - 1)), ERR_PROOF);
	assert_int_equal(capsule_check(&scene.capsule, bytes_of(label_text, sizeof(label) + 1)), ERR_PROOF);
	assert_int_equal(capsule_check(&scene.capsule, bytes_of(NULL, 0)), ERR_PROOF);
}

/* What a thief would do: keep u, take its own r' for u', and prove again for a label of its own. */
static void test_stolen_u(void **state)
{
	struct bytes label = bytes_str("the thief's deposit");
	struct capsule_draft draft;
	struct capsule_key kek;
	struct capsule stolen;

	(void)state;
	make_scene(2, 3);
	capsule_begin(&draft, &kek, &scene.key, rng());
	capsule_finish(&stolen, &draft, label, rng());
	assert_int_equal(capsule_check(&stolen, label), ERR_OK);
	memcpy(stolen.b, scene.capsule.b, G1_SIZE);
	assert_int_equal(capsule_check(&stolen, label), ERR_PROOF);
	memcpy(stolen.b, scene.capsule.b, 2 * G1_SIZE);
	assert_int_equal(capsule_check(&stolen, label), ERR_PROOF);
	assert_memory_not_equal(kek.b, scene.kek.b, sizeof(kek.b));
}

static void test_share_bits(void **state)
{
	uint8_t good[DECRYPTION_SHARE_SIZE], bad[DECRYPTION_SHARE_SIZE];
	struct decryption_share share;

	(void)state;
	make_scene(2, 3);
	decryption_share_write(good, &scene.answers[0]);
	assert_int_equal(decryption_share_parse(&share, good), ERR_OK);
	assert_int_equal(decryption_share_check(&scene.key, &scene.capsule, &share, scene.contexts[0], NULL), ERR_OK);
	for (size_t bit = 0; bit < 8 * DECRYPTION_SHARE_SIZE; bit++) {
		memcpy(bad, good, sizeof(bad));
		bad[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (decryption_share_parse(&share, bad) != ERR_OK)
			continue;
		assert_int_equal(decryption_share_check(&scene.key, &scene.capsule, &share, scene.contexts[0], NULL),
				 ERR_CUSTODIAN);
	}
}

/* A share for one capsule says nothing about another. */
static void test_share_of_other_capsule(void **state)
{
	struct capsule_draft draft;
	struct capsule_key kek;
	struct capsule other;

	(void)state;
	make_scene(2, 3);
	capsule_begin(&draft, &kek, &scene.key, rng());
	capsule_finish(&other, &draft, bytes_str(label_text), rng());
	assert_int_equal(decryption_share_check(&scene.key, &other, &scene.answers[0], scene.contexts[0], NULL),
			 ERR_CUSTODIAN);
}

static void test_body(void **state)
{
	uint8_t file_key[CAPSULE_FILE_KEY_SIZE] = {0}, u[G1_SIZE];
	const uint8_t none[CAPSULE_FILE_KEY_SIZE] = {0};

	(void)state;
	make_scene(1, 2);
	memcpy(u, scene.capsule.b, G1_SIZE);
	u[20] ^= 1;
	assert_int_equal(capsule_unwrap(file_key, &scene.kek, u, scene.body), ERR_DECRYPT);
	scene.body[3] ^= 1;
	assert_int_equal(capsule_unwrap(file_key, &scene.kek, scene.capsule.b, scene.body), ERR_DECRYPT);
	assert_memory_equal(file_key, none, sizeof(none));
	scene.body[3] ^= 1;
	assert_int_equal(capsule_unwrap(file_key, &scene.kek, scene.capsule.b, scene.body), ERR_OK);
	capsule_key_wipe(&scene.kek);
	assert_true(bytes_is_zero(BYTES_ID(scene.kek)));
	key_share_wipe(&scene.shares[0]);
	assert_true(scalar_is_zero(&scene.shares[0].x));
}

static void test_key_wire(void **state)
{
	static uint8_t wire[THRESHOLD_KEY_SIZE_MAX + 1];
	struct threshold_key back = {0};

	(void)state;
	make_scene(3, 5);
	size_t size = threshold_key_write(wire, &scene.key);

	assert_int_equal(size, 4 + 3 * G1_SIZE);
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size)), ERR_OK);
	assert_int_equal(back.t, 3);
	assert_int_equal(back.n, 5);
	for (size_t i = 0; i < 3; i++)
		assert_true(g1_equal(&back.commitments[i], &scene.key.commitments[i]));
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size - 1)), ERR_FORMAT);
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size + 1)), ERR_FORMAT);
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, 0)), ERR_FORMAT);
	wire[3] = 2; /* t > n */
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size)), ERR_FORMAT);
	wire[3] = THRESHOLD_N_MAX + 1;
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size)), ERR_FORMAT);
	wire[3] = 5;
	wire[1] = 0;
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, 4)), ERR_FORMAT);
	wire[1] = 3;
	wire[4] &= 0x7f;
	assert_int_equal(threshold_key_parse(&back, bytes_of(wire, size)), ERR_POINT);
}

/* One run, written down, and checked with another implementation of the curve: these bytes are interfaces. */
static const char capsule_hex[] =
	"b57c2287624febc04840d889401042c82c987350a427f76e1923656e36bcad116ab5f9c8c6ab92926f4018684d408708"
	"92f296057189c9f9f9b3cebb138492e18e505aa126ea127b9aa4e4e7ce1878db87c1b3fc7f75527c5f552fa26572527a"
	"200b6e7f95818932a4af3e989df7b63a7c76f7f1468b3ef157f88a8c9d7d832829c2059c428af880007c7da75b913fde"
	"85771d62a8e24697f3a57e5fd3773740";
static const char kek_hex[] =
	"c30b68cbfd23a645d153210ccfd312e04001eb222f23e8e7a0beda720f1a619f";
static const char answer_hex[] =
	"0002b7db0f73ab67be1de2818618ae052796bef5afccb1444c7df3042d7cb307dd52c7eb7ba5e39bc72ab15199a7e3e6"
	"dd655a5ad44c5a54d7616dc4c53caaa504841bce85444b5fb909a41eb81a09036366477ac3adc3ab06db48471a9f4937"
	"086960d65e64afd2ca0ddcdbd6c130cd4edb";
static const char x1_hex[] =
	"5bf9e3da0c3c186cfcb6bf41dae3b0d218febf96121a446551ee2e83fefc7025";
static const char x2_hex[] =
	"07d38506925b5ddb67e7562185447ca956fd398634fd06deb162a5bf97c6322d";
static const char key_hex[] =
	"00020003939efe432d444e4d4299fd3041cf6eab20762ac0cbab4d545890cb007fcce747d8edc8a33cb9c8b0caa14d73"
	"9f34d9c2b0faae099ce6f831c16735b54136f2ab1202299cdd8ac5b15045ca66c9351fe2b58483a08be3b608dae7ba49"
	"f8a1a76d";
static const char possession_hex[] =
	"630c97b1d37aaf0595187706d56130520f2d8fcd664812e26a7d8a35612a976d63f85cd50c2743ab2224b37e34e4e82d"
	"4d019485ee8ec57a442e5683e4f8d0c2";

static void known_shares(struct key_share shares[2])
{
	const char *text[2] = {x1_hex, x2_hex};
	uint8_t x[SCALAR_SIZE];

	for (uint16_t i = 0; i < 2; i++) {
		assert_int_equal(hex_decode(x, sizeof(x), text[i]), ERR_OK);
		assert_int_equal(scalar_parse(&shares[i].x, x), ERR_OK);
		shares[i].index = i + 1;
	}
}

static void test_known_answer(void **state)
{
	uint8_t wire[THRESHOLD_KEY_SIZE(2)], answer[DECRYPTION_SHARE_SIZE];
	struct bytes label = bytes_str("label"), contexts[2] = {bytes_str("here"), bytes_str("context")};
	struct decryption_share answers[2];
	struct capsule_key kek, want;
	struct key_share shares[2];
	uint16_t cheat;

	(void)state;
	known_shares(shares);
	assert_int_equal(hex_decode(scene.capsule.b, CAPSULE_SIZE, capsule_hex), ERR_OK);
	assert_int_equal(hex_decode(want.b, sizeof(want.b), kek_hex), ERR_OK);
	assert_int_equal(hex_decode(wire, sizeof(wire), key_hex), ERR_OK);
	assert_int_equal(hex_decode(answer, sizeof(answer), answer_hex), ERR_OK);
	assert_int_equal(threshold_key_parse(&scene.key, bytes_of(wire, sizeof(wire))), ERR_OK);
	assert_int_equal(key_share_check(&scene.key, &shares[1]), ERR_OK);
	assert_int_equal(decryption_share_parse(&answers[1], answer), ERR_OK);
	assert_int_equal(capsule_answer(&answers[0], &shares[0], &scene.capsule, label, contexts[0], rng()), ERR_OK);
	assert_int_equal(capsule_open(&kek, &cheat, &scene.key, &scene.capsule, answers, contexts, 2, NULL), ERR_OK);
	assert_memory_equal(kek.b, want.b, sizeof(kek.b));
}

static void test_known_possession(void **state)
{
	struct schnorr_proof proof;
	struct key_share shares[2];
	struct g1 public;

	(void)state;
	known_shares(shares);
	g1_mul_generator(&public, &shares[0].x);
	assert_int_equal(hex_decode(proof.b, sizeof(proof.b), possession_hex), ERR_OK);
	assert_int_equal(schnorr_verify(&proof, &public, bytes_str("who")), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_of_one),
		cmocka_unit_test(test_every_three_of_five),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_cheat_is_named),
		cmocka_unit_test(test_eleven_of_sixteen),
		cmocka_unit_test(test_random_shapes),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_bad_dealing),
		cmocka_unit_test(test_capsule_bits),
		cmocka_unit_test(test_label_bits),
		cmocka_unit_test(test_stolen_u),
		cmocka_unit_test(test_share_bits),
		cmocka_unit_test(test_share_of_other_capsule),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_key_wire),
		cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_known_possession),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
