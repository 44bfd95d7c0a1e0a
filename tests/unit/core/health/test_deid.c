/* SPDX-License-Identifier: Apache-2.0 */
/* What stays of a record without names: rules one by one, then markers planted in every place of every public example. */
#include "fhir_help.h"

#include <json-c/json.h>

#include "core/base/json.h"
#include "core/health/deid.h"
#include "core/health/deid_rules.h"
#include "seed.h"

#define NOW_2026 INT64_C(1790000000000)
#define TEXT_MARKER "Qx7 planted Zj9"
#define DIGITS_MARKER "918273645546372815"
#define PLANT_AT_MOST (MEDLOCK_SLOW ? 40u : 400u) /* places of one file */
#ifdef MEDLOCK_SANITIZED
#define MEDLOCK_SLOW 1
#else
#define MEDLOCK_SLOW 0
#endif

static struct deid_rules *rules;

static int setup(void **state)
{
	struct err_info info = {0};

	if (deid_rules_new(&rules, &info) != ERR_OK)
		fail_msg("%s", info.detail);
	return 0;
}

static int teardown(void **state)
{
	deid_rules_free(rules);
	return 0;
}

static void make(struct buf *out, struct deid_report *report, const char *text)
{
	struct fhir_file f = read_fhir(text);

	assert_int_equal(deid_make(out, report, rules, &f, (struct time_ms){NOW_2026}, rng_system(), NULL), ERR_OK);
	assert_int_equal(json_check(buf_bytes(out), NULL), ERR_OK);
	fhir_release(&f);
}

/* The whole output without its pseudonym and tags, which every resource has. */
static void expect(const char *text, const char *wanted)
{
	static const char meta[] = "\"meta\":{\"security\":[{\"system\":"
				   "\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"PSEUDED\"},"
				   "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\","
				   "\"code\":\"REDACTED\"}]}";
	struct deid_report report;
	struct buf out = BUF_INIT;
	const char *at;

	make(&out, &report, text);
	at = strstr(buf_text(&out), meta);
	assert_non_null(at);
	at += strlen(meta);
	if (strcmp(at, wanted) != 0)
		fail_msg("\n got  %s\n want %s", at, wanted);
	deid_report_release(&report);
	buf_release(&out);
}

static bool lost(const struct deid_report *r, const char *path)
{
	for (size_t i = 0; i < r->loss_count; i++)
		if (strcmp(r->losses[i].path, path) == 0)
			return true;
	return false;
}

static void names_and_dates_go(void **state)
{
	expect("{\"resourceType\":\"Patient\",\"id\":\"anna-1\",\"name\":[{\"family\":\"Berg\"}],\"gender\":\"female\","
	       "\"birthDate\":\"1979-03-14\",\"telecom\":[{\"value\":\"1\"}],"
	       "\"address\":[{\"city\":\"Lund\",\"postalCode\":\"22100\",\"country\":\"SE\"}],"
	       "\"identifier\":[{\"value\":\"7\"}],\"_gender\":{\"id\":\"x\"},\"photo\":[{}],\"contact\":[{}]}",
	       ",\"gender\":\"female\",\"birthDate\":\"1979\",\"address\":[{\"country\":\"SE\"}]}");
}

static void what_turns_the_meaning_is_masked(void **state)
{
	expect("{\"resourceType\":\"AllergyIntolerance\",\"verificationStatus\":{\"text\":\"refuted\"}}",
	       ",\"verificationStatus\":" "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\","
	       "\"valueCode\":\"masked\"}]}}");
	(void)state;
}

static void the_very_old_have_no_year(void **state)
{
	expect("{\"resourceType\":\"Patient\",\"birthDate\":\"1931-01-01\"}",
	       ",\"_birthDate\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\","
	       "\"valueCode\":\"masked\"}]}}");
	expect("{\"resourceType\":\"AllergyIntolerance\",\"onsetAge\":{\"value\":800000,\"unit\":\"h\","
	       "\"system\":\"http://unitsofmeasure.org\",\"code\":\"h\"}}",
	       ",\"onsetAge\":{\"value\":90,\"unit\":\"a\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}}");
	expect("{\"resourceType\":\"AllergyIntolerance\",\"onsetAge\":{\"value\":93,\"unit\":\"a\","
	       "\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"},\"recordedDate\":\"1935\"}",
	       ",\"onsetAge\":{\"value\":90,\"unit\":\"a\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}}");
	expect("{\"resourceType\":\"AllergyIntolerance\",\"onsetAge\":{\"value\":1110,"
	       "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mo\"}}",
	       ",\"onsetAge\":{\"value\":90,\"unit\":\"a\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}}");
}

/* A time is one however UCUM writes it. */
static void the_very_old_in_any_time_unit(void **state)
{
	static const struct { const char *value, *unit; bool old; } rows[] = {
		{"2.9", "Gs", true},	      {"2900", "Ms", true},	     {"2900000", "ks", true},   {"290000000", "das", true},
		{"2.9e12", "ms", true},	      {"93", "a{#}", true},	     {"1110", "mo{count}", true}, {"34", "10*3.d", true},
		{"93", "a1", true},	      {"93", "a+1", true},	     {"93", "1.a", true},	  {"9300", "%.a", true},
		{"9300", "a2/a.%", true},     {"34000", "d/{count}", true},  {"93", "mo.a/mo", true},  
		{"2.7", "Gs", false},	      {"120", "/min", false},	     {"120", "/a", false},	  {"120", "a2", false},
		{"9000000000", "m/s", false}, {"4000000000", "cs", false},   {"95", "kg", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf in = BUF_INIT, out = BUF_INIT;
		struct deid_report report = {0};

		buf_printf(&in, "{\"resourceType\":\"AllergyIntolerance\",\"onsetAge\":{\"value\":%s,\"system\":"
				"\"http://unitsofmeasure.org\",\"code\":\"%s\"}}", rows[i].value, rows[i].unit);
		make(&out, &report, buf_text(&in));
		if (rows[i].old != (strstr(buf_text(&out), "\"value\":90,\"unit\":\"a\"") != NULL))
			fail_msg("%s %s: %s", rows[i].value, rows[i].unit, buf_text(&out));
		deid_report_release(&report);
		buf_release(&in);
		buf_release(&out);
	}
}

static void numbers_keep_their_text_and_units(void **state)
{
	expect("{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"Kalium\",\"coding\":["
	       "{\"system\":\"http://loinc.org\",\"code\":\"2823-3\",\"display\":\"Potassium\"},"
	       "{\"system\":\"http://hospital.example\",\"code\":\"K\"}]},"
	       "\"valueQuantity\":{\"value\":4.10,\"comparator\":\"<\",\"unit\":\"mmol/l\","
	       "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"},\"note\":[{\"text\":\"she said\"}]}",
	       ",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2823-3\"}]},"
	       "\"valueQuantity\":{\"value\":4.10,\"comparator\":\"<\",\"unit\":\"mmol/L\","
	       "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"}}");
}

static void what_is_required_is_masked(void **state)
{
	expect("{\"resourceType\":\"Observation\",\"status\":\"as dr. Berg said\",\"code\":{\"text\":\"her mood\"},"
	       "\"valueString\":\"low\"}",
	       ",\"_status\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\","
	       "\"valueCode\":\"masked\"}]},\"code\":{\"extension\":[{\"url\":"
	       "\"http://hl7.org/fhir/StructureDefinition/data-absent-reason\",\"valueCode\":\"masked\"}]}}");
}

static void codes_and_units_have_their_shape(void **state)
{
	static const struct { const char *system, *code; bool allowed; } codes[] = {
		{"http://loinc.org", "2823-3", true}, {"http://loinc.org", "2823-4", false},
		{"http://loinc.org", "Berg-1", false}, {"http://loinc.org", "", false},
		{"http://snomed.info/sct", "22298006", true}, {"http://snomed.info/sct", "22298007", false},
		{"http://hl7.org/fhir/sid/icd-10", "N95.1", true}, {"http://hl7.org/fhir/sid/icd-10", "BERG", false},
		{"http://hl7.org/fhir/sid/icd-10", "N95.", false}, {"http://www.whocc.no/atc", "C10AA01", true},
		{"http://www.whocc.no/atc", "ANNAB", false}, {"http://hospital.example", "2823-3", false}, {"", "", false},
		{"http://terminology.hl7.org/CodeSystem/condition-clinical", "active", true},
		{"http://terminology.hl7.org/CodeSystem/condition-clinical", "activ", false},
		{"http://terminology.hl7.org/CodeSystem/condition-clinical", "active|recurrence", false},
		{"http://hl7.org/fhir/sid/cvx", "1414", false}, {"http://hl7.org/fhir/sid/cvx", "141", true},
	};
	static const struct { const char *unit; bool allowed; } units[] = {
		{"mmol/L", true}, {"mg/dL", true}, {"10*12/L", true}, {"mL/min/{1.73_m2}", true}, {"mm[Hg]", true},
		{"/min", true}, {"kg/m2", true}, {"{score}", true}, {"1", true}, {"%", true}, {"g/cm-2", true},
		{"{of Anna}", false}, {"mg{of Anna}", false}, {"Anna", false}, {"", false}, {"mg//L", false}, {"/", false},
		{"mg/Anna", false}, {"12345678", false},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (deid_code_allowed(rules, codes[i].system, codes[i].code) != codes[i].allowed)
			fail_msg("%s %s", codes[i].system, codes[i].code);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (deid_unit_allowed(rules, units[i].unit) != units[i].allowed)
			fail_msg("%s", units[i].unit);
}

static void references_become_pseudonyms_of_this_record(void **state)
{
	static const char text[] =
		"{\"resourceType\":\"Bundle\",\"type\":\"document\",\"entry\":["
		"{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"7\",\"gender\":\"male\"}},"
		"{\"resource\":{\"resourceType\":\"Composition\",\"title\":\"Letter to Bram\"}},"
		"{\"resource\":{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"urn:uuid:1\",\"display\":\"Bram\"},"
		"\"asserter\":{\"reference\":\"#doc\"},\"recorder\":{\"reference\":\"Practitioner/vos\"},"
		"\"encounter\":{\"reference\":\"Composition/1\"},"
		"\"contained\":[{\"resourceType\":\"Practitioner\",\"id\":\"doc\",\"name\":[{\"family\":\"Okafor\"}]}]}}]}";
	struct deid_report first, second;
	struct buf one = BUF_INIT, two = BUF_INIT;
	const char *subject;
	char url[64];

	make(&one, &first, text);
	make(&two, &second, text);
	assert_int_equal(first.kept, 3);
	assert_int_equal(first.left_out, 1);
	assert_true(lost(&first, "Composition"));
	assert_true(lost(&first, "Condition.subject.display"));
	assert_true(lost(&first, "Condition.encounter"));
	assert_true(lost(&first, "Practitioner.name"));
	subject = strstr(buf_text(&one), "\"subject\":{\"reference\":\"Patient/");
	assert_non_null(subject);
	snprintf(url, sizeof(url), "deid.invalid/Patient/%.32s", strstr(subject, "Patient/") + strlen("Patient/"));
	assert_non_null(strstr(buf_text(&one), url));
	assert_null(strstr(buf_text(&two), url + strlen("deid.invalid/Patient/"))); /* other ones each time */
	assert_non_null(strstr(buf_text(&one), "\"asserter\":{\"reference\":\"Practitioner/"));
	assert_null(strstr(buf_text(&one), "vos"));
	deid_report_release(&first);
	deid_report_release(&second);
	buf_release(&one);
	buf_release(&two);
}

static void a_modifier_leaves_the_resource_out(void **state)
{
	struct deid_report report;
	struct buf out = BUF_INIT;

	make(&out, &report, "{\"resourceType\":\"Condition\",\"stage\":[{\"modifierExtension\":[{}]}]}");
	assert_int_equal(report.kept, 0);
	assert_true(lost(&report, "Condition"));
	assert_non_null(strstr(buf_text(&out), "\"resourceType\":\"Bundle\""));
	assert_null(strstr(buf_text(&out), "entry"));
	deid_report_release(&report);
	buf_release(&out);
}

/* ---- planted markers ---- */

struct places { struct json_object *rows[200000]; size_t count; };

static void gather(struct places *p, struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		for (size_t i = 0; i < json_object_array_length(value); i++)
			gather(p, json_object_array_get_idx(value, i));
	else if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, name, inner)
			if (name[0] != '\0')
				gather(p, inner);
	} else if (json_object_is_type(value, json_type_string) && p->count < sizeof(p->rows) / sizeof(p->rows[0]))
		p->rows[p->count++] = value;
}

static void check_clean(const char *file, struct json_object *root, const char *marker)
{
	const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN);
	struct deid_report report;
	struct buf out = BUF_INIT;
	struct fhir_file f, again;

	if (fhir_read(&f, bytes_str(text), NULL) != ERR_OK)
		return; /* the marker stands where it makes no FHIR any more */
	assert_int_equal(deid_make(&out, &report, rules, &f, (struct time_ms){NOW_2026}, rng_system(), NULL), ERR_OK);
	if (strstr(buf_text(&out), marker) != NULL)
		fail_msg("%s: %s", file, buf_text(&out));
	assert_int_equal(fhir_read(&again, buf_bytes(&out), NULL), ERR_OK);
	fhir_release(&again);
	deid_report_release(&report);
	buf_release(&out);
	fhir_release(&f);
}

/* A day or month: four digits, a hyphen, two digits. */
static bool has_day(const char *text)
{
	for (; *text != '\0'; text++)
		if (strspn(text, "0123456789") == 4 && text[4] == '-' && strspn(text + 5, "0123456789") == 2)
			return true;
	return false;
}

static uint64_t planted;
static struct seeded_rng random_places;

static void plant(const char *file, struct bytes text)
{
	static struct places places;
	struct json_object *root;
	struct deid_report report;
	struct buf out = BUF_INIT;
	struct fhir_file f;
	uint64_t step, at;

	assert_int_equal(fhir_read(&f, text, NULL), ERR_OK);
	assert_int_equal(deid_make(&out, &report, rules, &f, (struct time_ms){NOW_2026}, rng_system(), NULL), ERR_OK);
	if (has_day(buf_text(&out)))
		fail_msg("%s: %s", file, buf_text(&out));
	fhir_release(&f);
	deid_report_release(&report);
	buf_release(&out);
	assert_int_equal(json_read(&root, text, NULL), ERR_OK);
	places.count = 0;
	gather(&places, root);
	step = places.count / PLANT_AT_MOST + 1;
	for (at = rng_below(&random_places.rng, step); at < places.count; at += step) {
		struct json_object *leaf = places.rows[at];
		char *old = strdup(json_object_get_string(leaf));

		json_object_set_string(leaf, TEXT_MARKER);
		check_clean(file, root, TEXT_MARKER);
		json_object_set_string(leaf, DIGITS_MARKER);
		check_clean(file, root, DIGITS_MARKER);
		json_object_set_string(leaf, old);
		free(old);
		planted++;
	}
	json_object_put(root);
}

static void planted_markers_never_pass(void **state)
{
	uint64_t seed = test_seed();
	size_t files;

	seeded_rng_init(&random_places, seed);
	files = each_fhir_vector("ips", plant) + each_fhir_vector("r4", plant);
	if (files == 0) {
		print_message("skipped: no vectors\n");
		skip();
	}
	print_message("# %zu files, %llu places\n", files, (unsigned long long)planted);
	assert_true(planted > files);
}

#define CONTAINED 10000u
#define REFERENCES 200000u

/* One resource that contains many and points to none of them, again and again. */
static void test_many_references_to_nothing_end_in_time(void **state)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct deid_report report;
	int64_t start = clock_real()->steady_ms(NULL);

	buf_append_text(&text, "{\"resourceType\":\"MedicationStatement\",\"contained\":[");
	for (size_t i = 0; i < CONTAINED; i++)
		buf_printf(&text, "%s{\"resourceType\":\"Condition\",\"id\":\"c%zu\"}", i > 0 ? "," : "", i);
	buf_append_text(&text, "],\"reasonReference\":[{\"reference\":\"#c77\"}");
	for (size_t i = 0; i < REFERENCES; i++)
		buf_append_text(&text, ",{\"reference\":\"#x\"}");
	buf_append_text(&text, "]}");
	make(&out, &report, buf_text(&text));
	assert_non_null(strstr(buf_text(&out), "\"reasonReference\":[{\"reference\":\"Condition/"));
	assert_true(clock_real()->steady_ms(NULL) - start < (MEDLOCK_SLOW ? 60000 : 10000));
	deid_report_release(&report);
	buf_release(&out);
	buf_release(&text);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_references_to_nothing_end_in_time),
		cmocka_unit_test(names_and_dates_go),
		cmocka_unit_test(what_turns_the_meaning_is_masked),
		cmocka_unit_test(the_very_old_have_no_year), cmocka_unit_test(the_very_old_in_any_time_unit),
		cmocka_unit_test(numbers_keep_their_text_and_units),
		cmocka_unit_test(what_is_required_is_masked),
		cmocka_unit_test(codes_and_units_have_their_shape),
		cmocka_unit_test(references_become_pseudonyms_of_this_record),
		cmocka_unit_test(a_modifier_leaves_the_resource_out),
		cmocka_unit_test(planted_markers_never_pass),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
