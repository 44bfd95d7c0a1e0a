/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation list that reaches a peer: only what its own certificates vouch for, and only as long as it is good. */
#include "chain/proto/crl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "chain/proto/limits.h"
#include "lists.h"

#define NOW 1800000000000ll
#define MAY (CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN)

static const struct time_ms now = {NOW};

static enum err parse(const struct buf *b, struct time_ms at)
{
	struct crl_put p;
	enum err e = crl_put_parse(&p, buf_bytes(b), at, NULL);

	if (e == ERR_OK)
		crl_put_release(&p);
	return e;
}

static void test_says_what_it_is(void **state)
{
	struct buf b = BUF_INIT, list = BUF_INIT;
	struct list_maker m;
	struct crl_put p;

	(void)state;
	list_maker_init(&m, now, MAY);
	list_make(&b, &list, &m, 7, now, (struct time_ms){NOW + 7 * MS_PER_DAY});
	assert_int_equal(crl_put_parse(&p, buf_bytes(&b), now, NULL), ERR_OK);
	assert_int_equal(p.number, 7);
	assert_int_equal(p.this_update.v, NOW);
	assert_int_equal(p.next_update.v, NOW + 7 * MS_PER_DAY);
	assert_true(bytes_equal(wire_bytes(p.wire->list), buf_bytes(&list)));
	crl_put_release(&p);
	buf_release(&b);
	buf_release(&list);
	list_maker_release(&m);
}

static void test_times(void **state)
{
	struct buf b = BUF_INIT;
	struct list_maker m;

	(void)state;
	list_maker_init(&m, now, MAY);
	list_make(&b, NULL, &m, 1, now, (struct time_ms){NOW + 7 * MS_PER_DAY});
	assert_int_equal(parse(&b, (struct time_ms){NOW + 7 * MS_PER_DAY - 1}), ERR_OK);
	assert_int_equal(parse(&b, (struct time_ms){NOW + 7 * MS_PER_DAY}), ERR_EXPIRED);
	assert_int_equal(parse(&b, (struct time_ms){NOW - CRL_CLOCK_MS}), ERR_OK);
	assert_int_equal(parse(&b, (struct time_ms){NOW - CRL_CLOCK_MS - 1000}), ERR_CLOCK);
	buf_clear(&b);
	list_make(&b, NULL, &m, 1, now, (struct time_ms){NOW + CRL_LIFE_MAX_MS + 1000});
	assert_int_equal(parse(&b, now), ERR_FORMAT);
	buf_release(&b);
	list_maker_release(&m);
}

static void test_signatures(void **state)
{
	struct buf b = BUF_INIT, list = BUF_INIT, mixed = BUF_INIT;
	struct list_maker m, other;

	(void)state;
	list_maker_init(&m, now, MAY);
	list_maker_init(&other, now, MAY);
	list_make(&b, &list, &m, 1, now, (struct time_ms){NOW + MS_PER_DAY});
	list_wrap(&mixed, &other, buf_bytes(&list)); /* the other's chain is good, and did not sign this */
	assert_int_equal(parse(&mixed, now), ERR_SIGNATURE);
	buf_release(&mixed);
	buf_release(&other.root);
	buf_append_bytes(&other.root, buf_bytes(&m.root)); /* the issuer that this root never certified */
	list_wrap(&mixed, &other, buf_bytes(&list));
	assert_int_equal(parse(&mixed, now), ERR_CERTIFICATE);
	buf_release(&mixed);
	list.data[list.len - 1] ^= 1;
	list_wrap(&mixed, &m, buf_bytes(&list));
	assert_int_equal(parse(&mixed, now), ERR_SIGNATURE);
	buf_release(&mixed);
	buf_release(&b);
	buf_release(&list);
	list_maker_release(&m);
	list_maker_release(&other);
}

static void test_shapes(void **state)
{
	struct buf b = BUF_INIT;
	struct list_maker m;

	(void)state;
	list_maker_init(&m, now, CERT_USE_CERT_SIGN);
	list_make(&b, NULL, &m, 1, now, (struct time_ms){NOW + MS_PER_DAY});
	assert_int_equal(parse(&b, now), ERR_FORMAT); /* its issuer may not sign lists */
	list_maker_release(&m);
	list_maker_init(&m, now, MAY);
	buf_clear(&b);
	list_make(&b, NULL, &m, 1, now, (struct time_ms){NOW + MS_PER_DAY});
	for (size_t len = 0; len < b.len; len += 7) {
		struct buf cut = BUF_INIT;

		buf_append(&cut, b.data, len);
		assert_int_not_equal(parse(&cut, now), ERR_OK);
		buf_release(&cut);
	}
	buf_append_byte(&b, 0);
	assert_int_not_equal(parse(&b, now), ERR_OK);
	assert_non_null(buf_reserve(&b, CRL_PUT_MAX));
	b.len = CRL_PUT_MAX + 1;
	assert_int_equal(parse(&b, now), ERR_TOO_LARGE);
	buf_release(&b);
	list_maker_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_what_it_is), cmocka_unit_test(test_times), cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
