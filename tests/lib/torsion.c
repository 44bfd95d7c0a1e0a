/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/torsion.h"

#include <openssl/bn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define MODULUS "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"
#define ORDER "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"
#define SIGN_FLAG 0x20
#define COMPRESSED_FLAG 0x80
#define FLAGS 0xe0

/* Numbers modulo p, all freed with the context. */
struct field { BN_CTX *bn; BIGNUM *p, *half, *x, *y, *slope, *x3, *y3, *two, *t; };

static void field_begin(struct field *f)
{
	f->bn = BN_CTX_new();
	assert_non_null(f->bn);
	BN_CTX_start(f->bn);
	BIGNUM **all[] = {&f->p, &f->half, &f->x, &f->y, &f->slope, &f->x3, &f->y3, &f->two, &f->t};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_non_null(*all[i] = BN_CTX_get(f->bn));
	BN_hex2bn(&f->p, MODULUS);
	BN_rshift1(f->half, f->p); /* the larger of y and -y is above it */
	BN_set_word(f->two, 2);
}

/* y^2 = x^3 + 4, the root that the flag names. */
static void lift(struct field *f, bool larger)
{
	BN_mod_sqr(f->t, f->x, f->p, f->bn);
	BN_mod_mul(f->t, f->t, f->x, f->p, f->bn);
	BN_add_word(f->t, 4);
	assert_non_null(BN_mod_sqrt(f->y, f->t, f->p, f->bn));
	if ((BN_cmp(f->y, f->half) > 0) != larger)
		BN_sub(f->y, f->p, f->y);
}

/* (x, y) + (0, 2) by the chord. */
static void add(struct field *f)
{
	BN_mod_sub(f->slope, f->y, f->two, f->p, f->bn);
	BN_mod_inverse(f->t, f->x, f->p, f->bn);
	BN_mod_mul(f->slope, f->slope, f->t, f->p, f->bn);
	BN_mod_sqr(f->x3, f->slope, f->p, f->bn);
	BN_mod_sub(f->x3, f->x3, f->x, f->p, f->bn);
	BN_mod_sub(f->y3, f->x, f->x3, f->p, f->bn);
	BN_mod_mul(f->y3, f->y3, f->slope, f->p, f->bn);
	BN_mod_sub(f->y3, f->y3, f->y, f->p, f->bn);
}

void torsion_add(uint8_t point[G1_SIZE])
{
	uint8_t plain[G1_SIZE];
	struct field f;

	memcpy(plain, point, G1_SIZE);
	plain[0] &= (uint8_t)~FLAGS;
	field_begin(&f);
	BN_bin2bn(plain, G1_SIZE, f.x);
	lift(&f, (point[0] & SIGN_FLAG) != 0);
	add(&f);
	assert_int_equal(BN_bn2binpad(f.x3, point, G1_SIZE), G1_SIZE);
	point[0] |= (uint8_t)(COMPRESSED_FLAG | (BN_cmp(f.y3, f.half) > 0 ? SIGN_FLAG : 0));
	BN_CTX_end(f.bn);
	BN_CTX_free(f.bn);
}

bool scalar_add_order(uint8_t scalar[SCALAR_SIZE])
{
	BIGNUM *s = BN_bin2bn(scalar, SCALAR_SIZE, NULL), *r = NULL;
	bool fits;

	assert_true(BN_hex2bn(&r, ORDER) > 0);
	assert_int_equal(BN_add(s, s, r), 1);
	fits = BN_num_bytes(s) <= SCALAR_SIZE;
	if (fits)
		assert_int_equal(BN_bn2binpad(s, scalar, SCALAR_SIZE), SCALAR_SIZE);
	BN_free(s);
	BN_free(r);
	return fits;
}
