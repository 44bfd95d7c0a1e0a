/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the limits take for one and the same. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "chain/net/http_conn.h"

static void read_as(int family, const char *text, const char *expected)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	char out[ADDRESS_TEXT];

	if (family == AF_INET6) {
		assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
		conn_address(out, (const struct sockaddr *)&six);
	} else {
		assert_int_equal(inet_pton(AF_INET, text, &four.sin_addr), 1);
		conn_address(out, (const struct sockaddr *)&four);
	}
	assert_string_equal(out, expected);
}

static void one_subscriber_is_one(void **state)
{
	(void)state;
	read_as(AF_INET, "192.0.2.7", "192.0.2.7");
	read_as(AF_INET6, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
	read_as(AF_INET6, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64");
	read_as(AF_INET6, "2001:db8:1:3::1", "2001:db8:1:3::/64");
	read_as(AF_INET6, "::ffff:192.0.2.7", "192.0.2.7");
	read_as(AF_INET6, "::1", "::1"); /* what asks whether it is this machine compares with it */
}

static void other_families_have_no_address(void **state)
{
	const struct sockaddr local = {.sa_family = AF_UNIX};
	char out[ADDRESS_TEXT] = "something";

	(void)state;
	conn_address(out, &local);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_subscriber_is_one),
		cmocka_unit_test(other_families_have_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
