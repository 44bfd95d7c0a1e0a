/* SPDX-License-Identifier: Apache-2.0 */
/* One canonical form: every other encoding of the same message is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain/proto/state.pb-c.h"
#include "chain/proto/tx.pb-c.h"
#include "chain/proto/wire.h"

#define MEMORY 65536u

static enum err try(const ProtobufCMessageDescriptor *d, const char *raw, size_t len)
{
	ProtobufCMessage *m = NULL;
	enum err e = wire_decode(&m, d, bytes_of(raw, len), MEMORY, NULL);

	if (e)
		assert_null(m);
	wire_free(m);
	return e;
}

#define TRY_PERIOD(text) try(&medlock__period__descriptor, text, sizeof(text) - 1)
#define TRY_RULE(text) try(&medlock__rule__descriptor, text, sizeof(text) - 1)
#define TRY_PEER(text) try(&medlock__peer__descriptor, text, sizeof(text) - 1)
#define TRY_AUTH(text) try(&medlock__auth__descriptor, text, sizeof(text) - 1)

static void test_canonical_is_read(void **state)
{
	assert_int_equal(TRY_PERIOD(""), ERR_OK);
	assert_int_equal(TRY_PERIOD("\x08\x01\x10\x02"), ERR_OK);
	assert_int_equal(TRY_PERIOD("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), ERR_OK); /* -1 */
	assert_int_equal(TRY_PEER("\x12\x02\xc3\xa4"), ERR_OK);
}

static void test_other_encodings_are_refused(void **state)
{
	assert_int_equal(TRY_PERIOD("\x10\x02\x08\x01"), ERR_NOT_CANONICAL);	 /* order */
	assert_int_equal(TRY_PERIOD("\x08\x81\x00\x10\x02"), ERR_NOT_CANONICAL); /* long varint */
	assert_int_equal(TRY_PERIOD("\x08\x00\x10\x02"), ERR_NOT_CANONICAL);	 /* default spelled out */
	assert_int_equal(TRY_PERIOD("\x08\x01\x08\x01\x10\x02"), ERR_NOT_CANONICAL); /* twice */
	assert_int_equal(TRY_PERIOD("\x88\x00\x01\x10\x02"), ERR_NOT_CANONICAL);     /* long tag */
	assert_int_equal(TRY_PERIOD("\x08\x01\x10\x02\x18\x01"), ERR_FORMAT);	     /* unknown field */
	assert_int_equal(TRY_PERIOD("\x08\x01\x10"), ERR_FORMAT);		     /* cut */
	assert_int_equal(TRY_RULE("\x18\x02"), ERR_NOT_CANONICAL); /* a bool that is 2 */
	assert_int_equal(TRY_PEER("\x12\x02\xc3\x28"), ERR_UTF8);
	assert_int_equal(TRY_PEER("\x12\x03" "a\0b"), ERR_NOT_CANONICAL); /* a text with a NUL inside */
	assert_int_equal(TRY_RULE("\x6a\x02\x18\x01"), ERR_FORMAT); /* unknown field one level down */
	assert_int_equal(TRY_AUTH("\x0a\x00\x1a\x00"), ERR_NOT_CANONICAL); /* two of a oneof */
}

/* One of the two ways to write repeated numbers is ours; the other is refused. */
static void test_one_form_of_lists(void **state)
{
	enum err packed = TRY_RULE("\x32\x02\x01\x02");
	enum err single = TRY_RULE("\x30\x01\x30\x02");

	assert_int_equal(packed, ERR_OK);
	assert_int_equal(single, ERR_NOT_CANONICAL);
}

static void test_memory_is_bounded(void **state)
{
	uint8_t raw[4096];
	ProtobufCMessage *m = NULL;

	for (size_t i = 0; i < sizeof(raw); i += 2) {
		raw[i] = 0x2a; /* Rule.actors, empty */
		raw[i + 1] = 0;
	}
	assert_int_equal(wire_decode(&m, &medlock__rule__descriptor, bytes_of(raw, sizeof(raw)), 16384, NULL),
			 ERR_TOO_LARGE);
	assert_null(m);
	assert_int_equal(wire_decode(&m, &medlock__rule__descriptor, bytes_of(raw, sizeof(raw)), 1 << 20, NULL), ERR_OK);
	wire_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical_is_read),
		cmocka_unit_test(test_other_encodings_are_refused),
		cmocka_unit_test(test_one_form_of_lists),
		cmocka_unit_test(test_memory_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
