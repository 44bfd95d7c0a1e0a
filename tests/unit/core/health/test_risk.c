/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of people who cannot be told apart. */
#include "fhir_help.h"

#include "core/health/risk.h"

static void add(struct risk *r, unsigned year, const char *sex, const char *code)
{
	char text[512];
	struct fhir_file f;

	snprintf(text, sizeof(text),
		 "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"gender\":\"%s\","
		 "\"birthDate\":\"%u\",\"meta\":{\"security\":[{\"system\":\"s\",\"code\":\"tag\"}]}}},{\"resource\":"
		 "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"%s\"}]},"
		 "\"x\":{\"value\":1,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}}}]}", sex, year, code);
	f = read_fhir(text);
	assert_int_equal(risk_add(r, &f, NULL), ERR_OK);
	fhir_release(&f);
}

static void equal_people_make_one_group(void **state)
{
	struct risk_found found;
	struct risk *r;

	assert_int_equal(risk_new(&r), ERR_OK);
	for (int i = 0; i < 12; i++)
		add(r, 1979, "female", "22298006");
	assert_int_equal(risk_find(&found, r), ERR_OK);
	assert_int_equal(found.people, 12);
	assert_int_equal(found.groups, 1);
	assert_int_equal(found.smallest, 12);
	assert_int_equal(found.exposed, 0);
	assert_int_equal(found.rare_codes, 0);
	risk_free(r);
}

static void another_year_sex_or_rare_code_stands_out(void **state)
{
	struct risk_found found;
	struct risk *r;

	assert_int_equal(risk_new(&r), ERR_OK);
	for (int i = 0; i < 12; i++)
		add(r, 1979, "female", "22298006");
	add(r, 1980, "female", "22298006");
	add(r, 1979, "male", "22298006");
	add(r, 1979, "female", "38341003");
	assert_int_equal(risk_find(&found, r), ERR_OK);
	assert_int_equal(found.groups, 4);
	assert_int_equal(found.smallest, 1);
	assert_int_equal(found.exposed, 3);
	assert_int_equal(found.rare_codes, 1);
	risk_free(r);
}

static void a_common_code_tells_nobody_apart(void **state)
{
	struct risk_found found;
	struct risk *r;

	assert_int_equal(risk_new(&r), ERR_OK);
	for (unsigned i = 0; i < 2 * RISK_FLOOR; i++)
		add(r, 1979, "female", i % 2 ? "22298006" : "38341003");
	assert_int_equal(risk_find(&found, r), ERR_OK);
	assert_int_equal(found.groups, 1);
	assert_int_equal(found.exposed, 0);
	risk_free(r);
	assert_int_equal(risk_new(&r), ERR_OK);
	assert_int_equal(risk_find(&found, r), ERR_OK);
	assert_int_equal(found.smallest, 0);
	risk_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_people_make_one_group),
		cmocka_unit_test(another_year_sex_or_rare_code_stands_out),
		cmocka_unit_test(a_common_code_tells_nobody_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
