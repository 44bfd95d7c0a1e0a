/* SPDX-License-Identifier: Apache-2.0 */
/* Real resources in which one value at a time is of another type: nothing may crash, leak or show a null pointer. */
#include <json-c/json.h>

#include "core/base/rng.h"
#include "core/health/propose.h"
#include "core/health/view.h"
#include "fhir_help.h"

#define SEED 20221114u
#define MUTATIONS_A_FILE 24u
#define DEMO_FOLDER "assets/demo/records/anna"

static struct label_rules *rules;
static const char *const replacements[] = {
	"null", "true", "5", "7.60", "\"x\"", "\"\"", "{}", "[]", "[null]", "[5]", "{\"coding\":5}", "{\"value\":[]}",
	"[{\"reference\":\"#\"}]", "\"Patient/\"", "\"#x\"", "-92233720368547758.08e99",
};

static size_t count_nodes(struct json_object *o)
{
	size_t n = 1;

	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, name, value) {
			(void)name;
			n += count_nodes(value);
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			n += count_nodes(json_object_array_get_idx(o, i));
	}
	return n;
}

/* Replace the value whose place in pre-order is *at; true when it was inside o. */
static bool replace(struct json_object *o, size_t *at, struct json_object *with)
{
	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, name, value) {
			if ((*at)-- == 0) {
				json_object_object_add(o, name, with);
				return true;
			}
			if (replace(value, at, with))
				return true;
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++) {
			if ((*at)-- == 0) {
				json_object_array_put_idx(o, i, with);
				return true;
			}
			if (replace(json_object_array_get_idx(o, i), at, with))
				return true;
		}
	}
	return false;
}

static void read_propose_and_view(struct bytes text)
{
	struct fhir_file f = {0};
	struct proposal p;
	struct view v;

	if (fhir_read(&f, text, NULL) != ERR_OK)
		return;
	health_propose(&p, rules, &f);
	assert_true(p.category[0] != '\0' && p.label_count <= PROPOSAL_LABELS_MAX);
	assert_int_equal(view_make(&v, &f), ERR_OK);
	for (size_t i = 0; i < v.count; i++) {
		const struct view_row *r = &v.rows[i];

		assert_true(r->date && r->title && r->detail && r->range && r->flag && r->status && r->source && r->code && r->number && r->unit);
	}
	view_release(&v);
	fhir_release(&f);
}

static struct seeded_rng seeded;
static size_t tried;

static void mutate(const char *name, struct bytes text)
{
	char *copy = strndup((const char *)text.data, text.len);
	struct json_object *whole = json_tokener_parse(copy);
	size_t nodes = count_nodes(whole) - 1;

	for (size_t i = 0; i < MUTATIONS_A_FILE && nodes > 0; i++) {
		struct json_object *changed = json_tokener_parse(copy);
		size_t at = (size_t)rng_below(&seeded.rng, nodes);
		const char *value = replacements[rng_below(&seeded.rng, sizeof(replacements) / sizeof(replacements[0]))];

		assert_true(replace(changed, &at, json_tokener_parse(value)));
		read_propose_and_view(bytes_str(json_object_to_json_string_ext(changed, JSON_C_TO_STRING_PLAIN)));
		json_object_put(changed);
		tried++;
	}
	json_object_put(whole);
	free(copy);
}

static void test_our_records_with_values_of_another_type(void **state)
{
	struct buf text = BUF_INIT;

	seeded_rng_init(&seeded, SEED);
	print_message("# seed %u\n", SEED);
	assert_int_equal(files_read(&text, DEMO_FOLDER "/summary.json", FHIR_HELP_FILE_MAX, NULL), ERR_OK);
	for (unsigned round = 0; round < 40; round++)
		mutate("summary.json", buf_bytes(&text));
	buf_release(&text);
}

static void test_public_examples_with_values_of_another_type(void **state)
{
	tried = 0;
	seeded_rng_init(&seeded, SEED);
	if (each_fhir_vector("ips", mutate) + each_fhir_vector("r4", mutate) == 0) {
		print_message("# skipped: no vectors\n");
		skip();
	}
	print_message("# %zu inputs, seed %u\n", tried, SEED);
}

/* Ten thousand resources that all point to something that is not there: the look-ups stay bounded. */
static void test_many_dangling_references_end_in_time(void **state)
{
	struct buf text = BUF_INIT;

	buf_append_text(&text, "{\"resourceType\":\"Bundle\",\"entry\":[");
	for (size_t i = 0; i < FHIR_RESOURCES_MAX; i++)
		buf_printf(&text, "%s{\"fullUrl\":\"urn:%zu\",\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"%zu\","
			   "\"medicationReference\":{\"reference\":\"MedicationRequest/x\"},\"performer\":{\"reference\":\"urn:x\"},"
			   "\"author\":{\"reference\":\"urn:y\"},\"recorder\":{\"reference\":\"urn:z\"}}}", i ? "," : "", i, i);
	buf_append_text(&text, "]}");
	assert_int_equal(buf_error(&text), ERR_OK);
	read_propose_and_view(buf_bytes(&text));
	buf_release(&text);
}

static int make_rules(void **state)
{
	return label_rules_new(&rules, NULL) == ERR_OK ? 0 : -1;
}

static int free_rules(void **state)
{
	label_rules_free(rules);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_our_records_with_values_of_another_type),
		cmocka_unit_test(test_public_examples_with_values_of_another_type),
		cmocka_unit_test(test_many_dangling_references_end_in_time),
	};

	return cmocka_run_group_tests_name("health hostile", tests, make_rules, free_rules);
}
