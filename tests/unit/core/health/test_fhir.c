/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/fhir.h"

#include "fhir_help.h"

#define NEST 40u

static void refuse(const char *text, enum err expected)
{
	struct fhir_file f = {.count = 77};
	struct err_info info = {0};
	enum err e = fhir_read(&f, bytes_str(text), &info);

	if (e != expected)
		fail_msg("'%.60s' gave %d, not %d", text, e, expected);
	assert_int_equal(f.count, 77);
	assert_true(info.detail[0] != '\0');
}

static void test_one_resource(void **state)
{
	struct fhir_file f = read_fhir("{\"resourceType\":\"Patient\",\"id\":\"p\"}");

	assert_int_equal(f.count, 1);
	assert_string_equal(f.resources[0].type, "Patient");
	assert_null(f.resources[0].full_url);
	assert_null(f.bundle_type);
	fhir_release(&f);
	fhir_release(&f);
	fhir_release(NULL);
}

static void test_a_bundle_keeps_its_order_and_skips_empty_entries(void **state)
{
	struct fhir_file f = read_fhir(
		"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
		"{\"fullUrl\":\"urn:a\",\"resource\":{\"resourceType\":\"Condition\"}},{},{\"resource\":null},"
		"{\"resource\":{\"resourceType\":\"Procedure\"}}]}");

	assert_int_equal(f.count, 2);
	assert_string_equal(f.bundle_type, "collection");
	assert_string_equal(f.resources[0].type, "Condition");
	assert_string_equal(f.resources[0].full_url, "urn:a");
	assert_string_equal(f.resources[1].type, "Procedure");
	fhir_release(&f);
}

static void test_an_empty_bundle(void **state)
{
	struct fhir_file f = read_fhir("{\"resourceType\":\"Bundle\"}");

	assert_int_equal(f.count, 0);
	assert_string_equal(f.bundle_type, "");
	fhir_release(&f);
}

static void test_what_is_no_resource_is_refused(void **state)
{
	refuse("[]", ERR_FHIR);
	refuse("\"Patient\"", ERR_FHIR);
	refuse("null", ERR_FHIR);
	refuse("{}", ERR_FHIR);
	refuse("{\"resourceType\":\"\"}", ERR_FHIR);
	refuse("{\"resourceType\":5}", ERR_FHIR);
	refuse("{\"resourceType\":[\"Patient\"]}", ERR_FHIR);
	refuse("{\"resourceType\":\"Bundle\",\"entry\":{}}", ERR_FHIR);
	refuse("{\"resourceType\":\"Bundle\",\"entry\":\"x\"}", ERR_FHIR);
	refuse("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{}}]}", ERR_FHIR);
	refuse("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":\"Patient\"}]}", ERR_FHIR);
	refuse("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":[]}]}", ERR_FHIR);
}

static void test_what_is_no_strict_json_is_refused(void **state)
{
	refuse("", ERR_JSON);
	refuse("{\"resourceType\":\"Patient\"", ERR_JSON);
	refuse("{\"resourceType\":\"Patient\"} x", ERR_JSON);
	refuse("{'resourceType':'Patient'}", ERR_JSON);
	refuse("{\"resourceType\":\"Patient\",\"id\":\"\xC3\x28\"}", ERR_UTF8);
	refuse("{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}", ERR_JSON_DUPLICATE);
	refuse("{\"resourceType\":\"Patient\",\"id\":\"a\",\"\\u0069d\":\"b\"}", ERR_JSON_DUPLICATE);
	refuse("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"a\",\"family\":\"b\"}]}", ERR_JSON_DUPLICATE);
	refuse("{\"resourceType\":\"Patient\",\"multipleBirthInteger\":92233720368547758080}", ERR_JSON);
}

static void test_a_depth_bomb_is_refused(void **state)
{
	char text[4 * NEST + 64] = "{\"resourceType\":\"Patient\",\"x\":";

	for (unsigned i = 0; i < NEST; i++)
		strcat(text, "[");
	for (unsigned i = 0; i < NEST; i++)
		strcat(text, "]");
	strcat(text, "}");
	refuse(text, ERR_TOO_DEEP);
}

static void test_too_many_resources_are_refused(void **state)
{
	static const char one[] = "{\"resource\":{\"resourceType\":\"Flag\"}},";
	struct buf text = BUF_INIT;

	buf_append_text(&text, "{\"resourceType\":\"Bundle\",\"entry\":[");
	for (size_t i = 0; i <= FHIR_RESOURCES_MAX; i++)
		buf_append_text(&text, one);
	text.len--;
	buf_append_text(&text, "]}");
	assert_int_equal(buf_error(&text), ERR_OK);
	refuse(buf_text(&text), ERR_TOO_LARGE);
	buf_release(&text);
}

static void test_a_file_past_the_limit_is_refused_unread(void **state)
{
	struct fhir_file f;

	assert_int_equal(fhir_read(&f, bytes_of("{}", (size_t)FHIR_FILE_MAX + 1), NULL), ERR_TOO_LARGE);
}

static void test_looks_like_json(void **state)
{
	assert_true(fhir_looks_like_json(bytes_str(" \t\r\n{")));
	assert_true(fhir_looks_like_json(bytes_str("[1]")));
	assert_false(fhir_looks_like_json(bytes_str("%PDF-1.4 {")));
	assert_true(fhir_looks_like_json(bytes_str("\xEF\xBB\xBF\n{\"resourceType\"")));
	assert_true(fhir_looks_like_json(bytes_of("\xFF\xFE{\0\"\0", 6)));
	assert_true(fhir_looks_like_json(bytes_of("\xFE\xFF\0{\0\"", 6)));
	assert_false(fhir_looks_like_json(bytes_str("\xEF\xBB\xBF""a letter")));
	assert_false(fhir_looks_like_json(bytes_str("   ")));
	assert_false(fhir_looks_like_json(bytes_of(NULL, 0)));
}

static void test_look_ups_never_fail(void **state)
{
	struct fhir_file f = read_fhir("{\"resourceType\":\"Basic\",\"n\":5,\"s\":\"text\",\"a\":[],\"b\":[7],\"z\":null}");
	struct json_object *o = f.root;

	assert_null(fhir_member(NULL, "n"));
	assert_null(fhir_member(o, "absent"));
	assert_null(fhir_member(o, "z"));
	assert_null(fhir_member(fhir_member(o, "n"), "n"));
	assert_null(fhir_first(o, "a"));
	assert_null(fhir_first(o, "n"));
	assert_non_null(fhir_first(o, "b"));
	assert_string_equal(fhir_text(o, "n"), "");
	assert_string_equal(fhir_text(o, "s"), "text");
	assert_string_equal(fhir_text(NULL, "s"), "");
	assert_string_equal(fhir_concept(NULL), "");
	assert_string_equal(fhir_concept(fhir_member(o, "s")), "");
	assert_false(fhir_has_code(fhir_member(o, "b"), NULL, "x"));
	fhir_release(&f);
}

static void test_concept_in_words(void **state)
{
	struct fhir_file f = read_fhir(
		"{\"resourceType\":\"Basic\",\"text1\":{\"text\":\"T\",\"coding\":[{\"display\":\"D\"}]},"
		"\"display\":{\"coding\":[{\"code\":\"C\"},{\"display\":\"D\"}]},"
		"\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"C\"}]},\"empty\":{\"coding\":[]},\"wrong\":{\"coding\":{}}}");

	assert_string_equal(fhir_concept(fhir_member(f.root, "text1")), "T");
	assert_string_equal(fhir_concept(fhir_member(f.root, "display")), "D");
	assert_string_equal(fhir_concept(fhir_member(f.root, "code")), "C");
	assert_string_equal(fhir_concept(fhir_member(f.root, "empty")), "");
	assert_string_equal(fhir_concept(fhir_member(f.root, "wrong")), "");
	assert_true(fhir_has_code(fhir_member(f.root, "code"), "s", "C"));
	assert_true(fhir_has_code(fhir_member(f.root, "code"), NULL, "C"));
	assert_false(fhir_has_code(fhir_member(f.root, "code"), "t", "C"));
	fhir_release(&f);
}

static void test_references_inside_the_file(void **state)
{
	struct fhir_file f = read_fhir(
		"{\"resourceType\":\"Bundle\",\"entry\":["
		"{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"Medication\",\"id\":\"m\"}},"
		"{\"fullUrl\":\"https://x/Med/mm\",\"resource\":{\"resourceType\":\"Med\",\"id\":\"mm\"}}]}");

	assert_ptr_equal(fhir_resolve(&f, "urn:uuid:1"), &f.resources[0]);
	assert_ptr_equal(fhir_resolve(&f, "Medication/m"), &f.resources[0]);
	assert_ptr_equal(fhir_resolve(&f, "Med/mm"), &f.resources[1]);
	assert_null(fhir_resolve(&f, "Medication/mm"));
	assert_null(fhir_resolve(&f, "Medication/"));
	assert_null(fhir_resolve(&f, "Medication"));
	assert_null(fhir_resolve(&f, ""));
	fhir_release(&f);
}

static void read_vector(const char *file, struct bytes text)
{
	struct fhir_file f;
	struct err_info info = {0};

	if (fhir_read(&f, text, &info) != ERR_OK)
		fail_msg("%s: %s", file, info.detail);
	assert_true(f.count > 0);
	fhir_release(&f);
}

static void test_every_public_example_is_read(void **state)
{
	size_t count = each_fhir_vector("ips", read_vector) + each_fhir_vector("r4", read_vector);

	if (count == 0) {
		print_message("# skipped: no vectors\n");
		skip();
	}
	print_message("# %zu files\n", count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_resource),
		cmocka_unit_test(test_a_bundle_keeps_its_order_and_skips_empty_entries),
		cmocka_unit_test(test_an_empty_bundle),
		cmocka_unit_test(test_what_is_no_resource_is_refused),
		cmocka_unit_test(test_what_is_no_strict_json_is_refused),
		cmocka_unit_test(test_a_depth_bomb_is_refused),
		cmocka_unit_test(test_too_many_resources_are_refused),
		cmocka_unit_test(test_a_file_past_the_limit_is_refused_unread),
		cmocka_unit_test(test_looks_like_json),
		cmocka_unit_test(test_look_ups_never_fail),
		cmocka_unit_test(test_concept_in_words),
		cmocka_unit_test(test_references_inside_the_file),
		cmocka_unit_test(test_every_public_example_is_read),
	};

	return cmocka_run_group_tests_name("health fhir", tests, NULL, NULL);
}
