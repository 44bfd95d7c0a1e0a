/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/keys/shares.h"

#define N 5u
#define T 3u

struct scene {
	struct secret *master;
	struct share_of of;
	struct buf encoded[N];
	Medlock__RecoveryShare *shares[N];
};

static void make(struct scene *s, uint8_t fill)
{
	*s = (struct scene){.of = {{{1}}, {{2}}, 4}};
	assert_int_equal(secret_new(&s->master, 32), ERR_OK);
	memset(s->master->data, fill, 32);
	assert_int_equal(shares_make(s->encoded, N, T, s->master, &s->of, rng_system()), ERR_OK);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(share_parse(&s->shares[i], buf_bytes(&s->encoded[i])), ERR_OK);
}

static void drop(struct scene *s)
{
	for (size_t i = 0; i < N; i++) {
		WIRE_FREE(s->shares[i]);
		buf_release(&s->encoded[i]);
	}
	secret_free(s->master);
}

/* Every choice of helpers: three and more give the key back, fewer do not. */
static void test_every_subset(void **state)
{
	struct scene s;

	make(&s, 7);
	for (unsigned mask = 1; mask < 1u << N; mask++) {
		Medlock__RecoveryShare *chosen[N];
		struct secret *back = NULL;
		struct share_of of;
		size_t count = 0, odd = 0;
		enum err e;

		for (size_t i = 0; i < N; i++)
			if (mask >> i & 1u)
				chosen[count++] = s.shares[i];
		e = shares_combine(&back, &of, &odd, chosen, count);
		assert_int_equal(e, count >= T ? ERR_OK : ERR_RANGE);
		if (e == ERR_OK) {
			assert_true(secret_equal(secret_bytes(back), secret_bytes(s.master)));
			assert_true(ID_EQUAL(of.account, s.of.account) && of.generation == 4);
		}
		secret_free(back);
	}
	drop(&s);
}

/* Two shares and a guess: the commitments refuse it, so a helper who lies or a flipped bit is named before it spoils anything. */
static void test_each_changed_byte_is_refused(void **state)
{
	struct scene s;

	make(&s, 9);
	for (size_t at = 0; at < s.encoded[1].len; at++) {
		Medlock__RecoveryShare *m = NULL;

		s.encoded[1].data[at] ^= 1;
		if (share_parse(&m, buf_bytes(&s.encoded[1])) == ERR_OK) {
			Medlock__RecoveryShare *mixed[T] = {s.shares[0], m, s.shares[2]};
			struct secret *back = NULL;
			struct share_of of;
			size_t odd = 0;

			assert_int_equal(shares_combine(&back, &of, &odd, mixed, T), ERR_CONFLICT);
			assert_int_equal(odd, 1);
			WIRE_FREE(m);
		}
		s.encoded[1].data[at] ^= 1;
	}
	drop(&s);
}

static void test_sets_do_not_mix(void **state)
{
	Medlock__RecoveryShare *mixed[T], *twice[T];
	struct secret *back = NULL;
	struct scene s, other;
	struct share_of of;
	size_t odd = 0;

	make(&s, 1);
	make(&other, 1); /* the same key, split again */
	mixed[0] = s.shares[0], mixed[1] = s.shares[1], mixed[2] = other.shares[2];
	assert_int_equal(shares_combine(&back, &of, &odd, mixed, T), ERR_CONFLICT);
	assert_int_equal(odd, 2);
	twice[0] = s.shares[0], twice[1] = s.shares[1], twice[2] = s.shares[0];
	assert_int_equal(shares_combine(&back, &of, &odd, twice, T), ERR_DUPLICATE);
	assert_int_equal(shares_make(other.encoded, 3, 1, s.master, &s.of, rng_system()), ERR_RANGE);
	drop(&s);
	drop(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_subset), cmocka_unit_test(test_each_changed_byte_is_refused),
		cmocka_unit_test(test_sets_do_not_mix),
	};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
