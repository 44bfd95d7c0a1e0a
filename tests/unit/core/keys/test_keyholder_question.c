/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "core/keys/keyholder.h"

static const struct network_id NETWORK = {{7}};

static struct keyholder *started(uint32_t capabilities, struct buf *file)
{
	struct keyholder *k = NULL;

	assert_int_equal(keyholder_start(&k, capabilities, NULL), ERR_OK);
	assert_int_equal(keyholder_create(k, file, &NETWORK, bytes_str("correct horse battery staple"), NULL, NULL), ERR_OK);
	assert_int_equal(keyholder_bind(k, &NETWORK, NULL), ERR_OK);
	return k;
}

/* Owners ask, readers answer: neither signs the other's half. */
static void test_signs_its_half_of_a_question(void **state)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__Question q = MEDLOCK__QUESTION__INIT;
	uint8_t id[32] = {3}, salt[16] = {4};

	(void)state;
	body.network_id = wire_data(BYTES_ID(NETWORK));
	body.salt = wire_data(bytes_of(salt, sizeof(salt)));
	body.valid_until = 10;
	body.action_case = MEDLOCK__BODY__ACTION_QUESTION;
	body.question = &q;
	q.request = q.text = wire_data(bytes_of(id, sizeof(id)));
	for (unsigned i = 0; i < 4; i++) {
		struct buf file = BUF_INIT, bytes = BUF_INIT;
		struct keyholder *k = started(i & 1 ? KEYHOLDER_OWNER : KEYHOLDER_REQUEST, &file);
		struct signature signature;

		q.reply = (i & 2) != 0;
		WIRE_ENCODE(&bytes, &body);
		assert_int_equal(keyholder_sign_body(k, &signature, buf_bytes(&bytes), NULL),
				 q.reply == !(i & 1) ? ERR_OK : ERR_ROLE);
		keyholder_free(k);
		buf_release(&file);
		buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_signs_its_half_of_a_question)};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
