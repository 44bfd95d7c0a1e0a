/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/view.h"

#include "fhir_help.h"

static struct fhir_file file;
static struct view shown;

static void show(const char *text)
{
	view_release(&shown);
	fhir_release(&file);
	file = read_fhir(text);
	assert_int_equal(view_make(&shown, &file), ERR_OK);
}

static int release_all(void **state)
{
	view_release(&shown);
	view_release(&shown);
	view_release(NULL);
	fhir_release(&file);
	return 0;
}

#define ENTRY(r) "{\"resource\":" r "}"
#define BUNDLE(list) "{\"resourceType\":\"Bundle\",\"entry\":[" list "]}"
#define OBS(members) "{\"resourceType\":\"Observation\",\"status\":\"final\"," members "}"
#define QUANTITY(value, unit) "{\"value\":" value ",\"unit\":\"" unit "\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"" unit "\"}"

static void expect_detail(const char *members, const char *detail)
{
	char text[2048];

	snprintf(text, sizeof(text), OBS("%s"), members);
	show(text);
	assert_int_equal(shown.count, 1);
	assert_string_equal(shown.rows[0].detail, detail);
}

static void test_decimals_stand_as_received(void **state)
{
	static const char *const numbers[] = {"7.60", "7.600", "0.0", "1.0e3", "1E-2", "185", "-0.50", "100000000000000000000.001",
					      "3.14159265358979323846264338327950288"};
	char members[256], detail[128];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(members, sizeof(members), "\"valueQuantity\":{\"value\":%s,\"unit\":\"mmol/L\"}", numbers[i]);
		snprintf(detail, sizeof(detail), "%s mmol/L", numbers[i]);
		expect_detail(members, detail);
	}
}

static void test_values_of_every_kind(void **state)
{
	expect_detail("\"valueQuantity\":{\"value\":5,\"comparator\":\"<\",\"code\":\"mg\"}", "< 5 mg");
	expect_detail("\"valueString\":\"clear\"", "clear");
	expect_detail("\"valueBoolean\":true", "yes");
	expect_detail("\"valueBoolean\":false", "no");
	expect_detail("\"valueInteger\":3", "3");
	expect_detail("\"valueCodeableConcept\":{\"coding\":[{\"display\":\"Never smoked\"}]}", "Never smoked");
	expect_detail("\"valueDateTime\":\"2023-05\"", "2023-05");
	expect_detail("\"valueRange\":{\"low\":{\"value\":1.0},\"high\":{\"value\":2.50,\"unit\":\"L\"}}", "1.0 - 2.50 L");
	expect_detail("\"valueRatio\":{\"numerator\":{\"value\":1},\"denominator\":{\"value\":128}}", "1 : 128");
	expect_detail("\"dataAbsentReason\":{\"coding\":[{\"code\":\"unknown\",\"display\":\"Unknown\"}]}", "no value: Unknown");
	expect_detail("\"component\":[{\"code\":{\"text\":\"Systolic\"},\"valueQuantity\":{\"value\":120,\"unit\":\"mmHg\"}},"
		      "{\"code\":{\"text\":\"Diastolic\"},\"valueQuantity\":{\"value\":80,\"unit\":\"mmHg\"}}]",
		      "Systolic 120 mmHg; Diastolic 80 mmHg");
}

static void expect_flag(const char *members, const char *range, const char *flag)
{
	char text[2048];

	snprintf(text, sizeof(text), OBS("%s"), members);
	show(text);
	if (strcmp(shown.rows[0].range, range) != 0 || strcmp(shown.rows[0].flag, flag) != 0)
		fail_msg("%s: range '%s' flag '%s'", members, shown.rows[0].range, shown.rows[0].flag);
}

#define VALUE(v) "\"valueQuantity\":" QUANTITY(v, "mmol/L")
#define RANGE(l, h) "\"referenceRange\":[{\"low\":" QUANTITY(l, "mmol/L") ",\"high\":" QUANTITY(h, "mmol/L") "}]"

static void test_a_flag_is_computed_from_one_plain_range(void **state)
{
	expect_flag(VALUE("7.61") "," RANGE("4.0", "7.60"), "4.0 - 7.60 mmol/L", "HIGH (calc)");
	expect_flag(VALUE("7.6") "," RANGE("4.0", "7.60"), "4.0 - 7.60 mmol/L", "");
	expect_flag(VALUE("4") "," RANGE("4.0", "7.60"), "4.0 - 7.60 mmol/L", "");
	expect_flag(VALUE("3.999") "," RANGE("4.0", "7.60"), "4.0 - 7.60 mmol/L", "LOW (calc)");
	expect_flag(VALUE("-3") "," RANGE("-2", "2"), "-2 - 2 mmol/L", "LOW (calc)");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"high\":" QUANTITY("5", "mmol/L") "}]", "at most 5 mmol/L", "HIGH (calc)");
	expect_flag(VALUE("1") ",\"referenceRange\":[{\"low\":" QUANTITY("5", "mmol/L") "}]", "at least 5 mmol/L", "LOW (calc)");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"low\":" QUANTITY("900", "mg/L") ",\"high\":" QUANTITY("5", "g/L") "}]",
		    "900 mg/L - 5 g/L", "");
}

static void test_many_parts_are_counted(void **state)
{
	struct buf text = BUF_INIT;

	buf_append_text(&text, "{\"resourceType\":\"Observation\",\"status\":\"final\",\"component\":[");
	for (unsigned i = 0; i < 40; i++)
		buf_printf(&text, "%s{\"code\":{\"text\":\"part\"},\"valueInteger\":%u}", i > 0 ? "," : "", i);
	buf_append_text(&text, "]}");
	show(buf_text(&text));
	assert_non_null(strstr(shown.rows[0].detail, "part 31; and 8 parts more: read the original"));
	buf_release(&text);
	(void)state;
}

static void test_no_flag_is_computed_where_it_could_be_wrong(void **state)
{
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"high\":" QUANTITY("5", "mg/dL") "}]", "at most 5 mg/dL", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"age\":{},\"high\":" QUANTITY("5", "mmol/L") "}]", "at most 5 mmol/L", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"type\":{},\"high\":" QUANTITY("5", "mmol/L") "}]", "at most 5 mmol/L", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"appliesTo\":[{}],\"high\":" QUANTITY("5", "mmol/L") "}]", "at most 5 mmol/L", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"high\":" QUANTITY("5", "mmol/L") "},{\"high\":" QUANTITY("8", "mmol/L") "}]",
		    "at most 5 mmol/L (one of 2 ranges)", "");
	expect_flag("\"valueQuantity\":{\"value\":9,\"comparator\":\"<\",\"code\":\"x\"},\"referenceRange\":[{\"high\":{\"value\":5,\"code\":\"x\"}}]",
		    "at most 5 x", "");
	expect_flag("\"valueQuantity\":{\"value\":9,\"unit\":\"x\"},\"referenceRange\":[{\"high\":{\"value\":5,\"unit\":\"x\"}}]", "at most 5 x", "");
	expect_flag(VALUE("9e0") "," RANGE("1", "2"), "1 - 2 mmol/L", "");
	expect_flag(VALUE("12345678901.5") "," RANGE("1", "2"), "1 - 2 mmol/L", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"text\":\"below 5\"}]", "below 5", "");
	expect_flag(VALUE("9") ",\"referenceRange\":{\"high\":5}", "", "");
	expect_flag(VALUE("9") ",\"referenceRange\":[{\"low\":{},\"high\":{\"value\":5}}]", "at most 5", "");
}

#define INTERPRETATION(code) "\"interpretation\":[{\"coding\":[{\"code\":\"" code "\"}]}]"

static void test_a_given_flag_stands(void **state)
{
	expect_flag(VALUE("9") "," RANGE("1", "2") "," INTERPRETATION("N"), "1 - 2 mmol/L", "");
	expect_flag(VALUE("9") "," INTERPRETATION("HH"), "", "!! HIGH");
	expect_flag(VALUE("9") "," INTERPRETATION("LL"), "", "!! LOW");
	expect_flag(VALUE("9") "," INTERPRETATION("H"), "", "HIGH");
	expect_flag(VALUE("9") "," INTERPRETATION("A"), "", "ABNORMAL");
	expect_flag(VALUE("9") ",\"interpretation\":[{\"text\":\"a bit high\"}]", "", "a bit high");
	expect_flag(VALUE("9") ",\"interpretation\":\"H\"", "", "");
}

static void test_sections_in_the_order_of_a_summary(void **state)
{
	static const enum view_section order[] = {VIEW_PATIENT, VIEW_ALERTS, VIEW_ALLERGIES, VIEW_ALLERGIES, VIEW_PROBLEMS,
						  VIEW_MEDICINES, VIEW_RESULTS, VIEW_RESULTS, VIEW_VITAL_SIGNS, VIEW_VACCINES,
						  VIEW_PROCEDURES, VIEW_LETTERS, VIEW_OTHER};

	show(BUNDLE(
		ENTRY("{\"resourceType\":\"Encounter\"}") "," ENTRY("{\"resourceType\":\"DocumentReference\",\"description\":\"Letter\"}") ","
		ENTRY("{\"resourceType\":\"Procedure\"}") "," ENTRY("{\"resourceType\":\"Immunization\"}") ","
		ENTRY(OBS("\"category\":[{\"text\":\"x\"},{\"coding\":[{\"code\":\"vital-signs\"}]}]")) ","
		ENTRY(OBS("\"effectiveDateTime\":\"2020-01\",\"code\":{\"text\":\"old\"}")) ","
		ENTRY(OBS("\"effectiveDateTime\":\"2021\",\"code\":{\"text\":\"new\"}")) ","
		ENTRY("{\"resourceType\":\"MedicationStatement\"}") "," ENTRY("{\"resourceType\":\"Condition\"}") ","
		ENTRY("{\"resourceType\":\"AllergyIntolerance\",\"code\":{\"text\":\"dust\"},\"recordedDate\":\"2024\",\"criticality\":\"low\"}") ","
		ENTRY("{\"resourceType\":\"AllergyIntolerance\",\"code\":{\"text\":\"penicillin\"},\"recordedDate\":\"2001\",\"criticality\":\"high\"}") ","
		ENTRY("{\"resourceType\":\"Flag\"}") "," ENTRY("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"Ada\"],\"family\":\"Example\"}]}") ","
		ENTRY("{\"resourceType\":\"Practitioner\"}")));
	assert_int_equal(shown.count, sizeof(order) / sizeof(order[0]));
	for (size_t i = 0; i < shown.count; i++)
		assert_int_equal(shown.rows[i].section, order[i]);
	assert_string_equal(shown.rows[0].title, "Ada Example");
	assert_string_equal(shown.rows[2].title, "penicillin");
	assert_string_equal(shown.rows[3].title, "dust");
	assert_string_equal(shown.rows[6].title, "new");
	assert_string_equal(shown.rows[7].title, "old");
	assert_int_equal(shown.not_shown, 1);
	for (enum view_section s = 0; s < VIEW_SECTIONS; s++)
		assert_true(view_section_title(s)[0] != '\0');
}

#define SECTION(code, rest) "{\"code\":{\"coding\":[{\"code\":\"" code "\"}]}" rest "}"
#define REASON(code) ",\"emptyReason\":{\"coding\":[{\"code\":\"" code "\"}]}"

static void test_three_texts_for_empty_sections(void **state)
{
	show(BUNDLE(ENTRY("{\"resourceType\":\"Composition\",\"section\":["
			  SECTION("48765-2", REASON("nilknown")) "," SECTION("11450-4", REASON("notasked")) ","
			  SECTION("10160-0", REASON("unavailable")) "," SECTION("30954-2", "") ","
			  SECTION("11369-6", ",\"entry\":[{\"reference\":\"Immunization/1\"}]") "," SECTION("47519-4", ",\"entry\":[]") ","
			  SECTION("99999-9", REASON("nilknown")) "]}")));
	assert_int_equal(shown.count, 5);
	assert_int_equal(shown.rows[0].section, VIEW_ALLERGIES);
	assert_string_equal(shown.rows[0].title, "None known.");
	assert_int_equal(shown.rows[1].section, VIEW_PROBLEMS);
	assert_string_equal(shown.rows[1].title, "Not asked.");
	assert_int_equal(shown.rows[2].section, VIEW_MEDICINES);
	assert_non_null(strstr(shown.rows[2].title, "Nothing to show"));
	assert_non_null(strstr(shown.rows[3].title, "Nothing to show"));
	assert_int_equal(shown.rows[4].section, VIEW_PROCEDURES);
	assert_non_null(strstr(shown.rows[4].title, "Nothing to show"));
}

static void test_status_in_words(void **state)
{
	show("{\"resourceType\":\"Condition\",\"verificationStatus\":{\"coding\":[{\"code\":\"refuted\"}]},"
	     "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]}}");
	assert_string_equal(shown.rows[0].status, "refuted");
	show("{\"resourceType\":\"Condition\",\"verificationStatus\":{\"coding\":[{\"code\":\"entered-in-error\"}]}}");
	assert_string_equal(shown.rows[0].status, "entered in error");
	show("{\"resourceType\":\"Condition\",\"clinicalStatus\":{\"coding\":[{\"code\":\"remission\"}]}}");
	assert_string_equal(shown.rows[0].status, "remission");
	show("{\"resourceType\":\"MedicationStatement\",\"status\":\"stopped\"}");
	assert_string_equal(shown.rows[0].status, "stopped");
	show("{\"resourceType\":\"Condition\",\"verificationStatus\":{\"coding\":[{\"code\":\"differential\"}]},"
	     "\"clinicalStatus\":{\"text\":\"Aktiv\",\"coding\":[{\"code\":\"active\",\"display\":\"Active\"}]}}");
	assert_string_equal(shown.rows[0].status, "active, differential");
	show("{\"resourceType\":\"AllergyIntolerance\",\"verificationStatus\":{\"text\":\"ruled out\"},"
	     "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]}}");
	assert_string_equal(shown.rows[0].status, "active, ruled out");
	show("{\"resourceType\":\"Condition\",\"verificationStatus\":{\"coding\":[{\"code\":\"confirmed\"}]},"
	     "\"clinicalStatus\":{\"coding\":[{\"code\":\"resolved\",\"display\":\"Resolved\"}]}}");
	assert_string_equal(shown.rows[0].status, "resolved");
}

static void test_medicines_by_reference_with_dose(void **state)
{
	show(BUNDLE(ENTRY("{\"resourceType\":\"Medication\",\"id\":\"m\",\"code\":{\"text\":\"Metformin\"}}") ","
		    ENTRY("{\"resourceType\":\"MedicationRequest\",\"medicationReference\":{\"reference\":\"Medication/m\"},"
			  "\"requester\":{\"display\":\"Dr. Example\"},\"dosageInstruction\":[{\"doseAndRate\":[{\"doseQuantity\":"
			  "{\"value\":2.50,\"unit\":\"mg\"}}],\"route\":{\"text\":\"oral\"}}]}")));
	assert_string_equal(shown.rows[0].title, "Metformin");
	assert_string_equal(shown.rows[0].detail, "2.50 mg, oral");
	assert_string_equal(shown.rows[0].source, "Dr. Example");
	show("{\"resourceType\":\"MedicationRequest\",\"contained\":[{\"resourceType\":\"Medication\",\"id\":\"m\","
	     "\"code\":{\"text\":\"Aspirin\"}}],\"medicationReference\":{\"reference\":\"#m\"}}");
	assert_string_equal(shown.rows[0].title, "Aspirin");
}

static void check_strings(const struct view *v)
{
	for (size_t i = 0; i < v->count; i++) {
		const struct view_row *r = &v->rows[i];

		assert_true(r->section < VIEW_SECTIONS);
		assert_true(r->date && r->title && r->detail && r->range && r->flag && r->status && r->source);
		assert_true(i == 0 || r->section >= v->rows[i - 1].section);
	}
}

static void test_nothing_that_changes_a_dose_is_left_out(void **state)
{
	show("{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"doNotPerform\":true,"
	     "\"medicationCodeableConcept\":{\"text\":\"Aspirin\"},\"dosageInstruction\":[{\"text\":\"100 mg a day\"}]}");
	assert_string_equal(shown.rows[0].detail, "DO NOT GIVE OR DO THIS. 100 mg a day");
	show("{\"resourceType\":\"MedicationRequest\",\"status\":\"active\",\"doNotPerform\":false,"
	     "\"medicationCodeableConcept\":{\"text\":\"Prednisolone\"},"
	     "\"dosageInstruction\":[{\"text\":\"40 mg for 5 days\"},{\"text\":\"20 mg for 5 days\"}]}");
	assert_string_equal(shown.rows[0].detail, "40 mg for 5 days; then 20 mg for 5 days");
	show("{\"resourceType\":\"MedicationAdministration\",\"status\":\"completed\","
	     "\"medicationCodeableConcept\":{\"text\":\"Morphine\"},\"dosage\":{\"dose\":" QUANTITY("5", "mg") ","
	     "\"route\":{\"text\":\"by mouth\"}}}");
	assert_string_equal(shown.rows[0].detail, "5 mg, by mouth");
	show("{\"resourceType\":\"MedicationRequest\",\"medicationCodeableConcept\":{\"text\":\"Ibuprofen\"},"
	     "\"dosageInstruction\":[{\"timing\":{\"repeat\":{\"frequency\":3,\"period\":1,\"periodUnit\":\"d\"}},"
	     "\"asNeededBoolean\":true,\"doseAndRate\":[{\"doseRange\":{\"low\":" QUANTITY("200", "mg") ",\"high\":"
	     QUANTITY("400", "mg") "}}]}]}");
	assert_string_equal(shown.rows[0].detail, "200 mg - 400 mg, 3 times every 1 d, as needed");
	show("{\"resourceType\":\"Condition\",\"modifierExtension\":[{\"url\":\"x\"}],\"code\":{\"text\":\"Asthma\"}}");
	assert_string_equal(shown.rows[0].detail, "CHANGED BY SOMETHING THAT IS NOT SHOWN HERE: read the original. ");
	show("{\"resourceType\":\"AllergyIntolerance\",\"criticality\":\"high\",\"reaction\":["
	     "{\"manifestation\":[{\"text\":\"rash\"}],\"severity\":\"mild\"},"
	     "{\"manifestation\":[{\"text\":\"wheeze\"},{\"text\":\"shock\"}],\"severity\":\"severe\"}]}");
	assert_string_equal(shown.rows[0].detail, "rash, mild, wheeze, shock, severe; high risk");
	(void)state;
}

static void test_members_of_the_wrong_type(void **state)
{
	static const char *const types[] = {"Patient", "Observation", "AllergyIntolerance", "Condition", "MedicationRequest",
					    "DiagnosticReport", "Composition", "DocumentReference"};
	static const char *const members[] = {
		"name", "code", "category", "valueQuantity", "valueCodeableConcept", "valueRange", "valuePeriod", "valueBoolean",
		"component", "referenceRange", "interpretation", "dosage", "dosageInstruction", "reaction", "criticality", "performer",
		"section", "medicationReference", "contained", "effectivePeriod", "clinicalStatus", "verificationStatus", "birthDate"};
	static const char *const values[] = {
		"5", "1.5", "\"x\"", "true", "null", "{}", "[]", "[5]", "[[{}]]", "[null]", "{\"coding\":5}", "{\"coding\":[5]}",
		"{\"coding\":[{\"code\":{},\"display\":[]}]}", "[{\"low\":5,\"high\":\"x\"}]", "{\"low\":[],\"high\":{\"value\":\"x\"}}",
		"{\"value\":\"7\"}", "{\"value\":{}}", "[{\"given\":[{}],\"family\":[]}]", "[{\"given\":[null]}]",
		"[{\"actor\":5}]", "{\"reference\":{}}", "[{\"entry\":5,\"code\":5}]", "[{\"resourceType\":5,\"id\":{}}]"};
	char text[512];

	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
		for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
			for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
				snprintf(text, sizeof(text), "{\"resourceType\":\"%s\",\"%s\":%s}", types[t], members[m], values[v]);
				show(text);
				check_strings(&shown);
			}
		}
	}
}

static void test_a_name_of_the_wrong_type_is_not_shown_as_json(void **state)
{
	show("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[{\"a\":1}],\"family\":\"Example\"}]}");
	assert_string_equal(shown.rows[0].title, "Example");
}

static size_t rows_seen;

static void view_vector(const char *name, struct bytes text)
{
	struct fhir_file f;
	struct view v;

	assert_int_equal(fhir_read(&f, text, NULL), ERR_OK);
	assert_int_equal(view_make(&v, &f), ERR_OK);
	check_strings(&v);
	rows_seen += v.count;
	view_release(&v);
	fhir_release(&f);
}

static void test_every_public_example_is_shown(void **state)
{
	rows_seen = 0;
	if (each_fhir_vector("ips", view_vector) + each_fhir_vector("r4", view_vector) == 0) {
		print_message("# skipped: no vectors\n");
		skip();
	}
	print_message("# %zu rows\n", rows_seen);
	assert_true(rows_seen > 200);
}

static void expect_trend(const char *trend, const char *a, const char *b, const char *c, const char *d)
{
	const char *const numbers[] = {a, b, c, d};
	size_t count = a == NULL ? 0 : b == NULL ? 1 : c == NULL ? 2 : d == NULL ? 3 : 4;

	assert_string_equal(view_trend(numbers, count), trend);
}

static void test_trends_in_words(void **state)
{
	expect_trend("", NULL, NULL, NULL, NULL);
	expect_trend("", "5", NULL, NULL, NULL);
	expect_trend("varying", "5.9", "5.10", "6", NULL);
	expect_trend("rising", "5.1", "5.2", "10", NULL);
	expect_trend("falling", "9", "10", "9.99", "9.98");
	expect_trend("unchanged", "6.0", "6.00", NULL, NULL);
	expect_trend("varying", "1", "3", "2", NULL);
	expect_trend("rising", "1", "1", "2", NULL);
	expect_trend("falling", "-1", "-1.5", NULL, NULL);
	expect_trend("", "1e3", "2", NULL, NULL);
	expect_trend("", "1234567890123456789", "2", NULL, NULL);
}

static void expect_person(const char *members, const char *detail)
{
	struct fhir_file f;
	struct view v;
	char text[256];

	snprintf(text, sizeof(text), "{\"resourceType\":\"Patient\"%s}", members);
	f = read_fhir(text);
	assert_int_equal(view_make(&v, &f), ERR_OK);
	assert_string_equal(v.rows[0].detail, detail);
	view_release(&v);
	fhir_release(&f);
}

static void test_a_person_of_whom_little_is_said(void **state)
{
	expect_person(",\"birthDate\":\"1979\",\"gender\":\"female\"", "born 1979, female");
	expect_person(",\"birthDate\":\"1979\"", "born 1979");
	expect_person(",\"gender\":\"female\"", "female");
	expect_person("", "");
}

/* Three texts that must not be mixed up, and words for a code that stands alone. */
static void test_absence_in_words(void **state)
{
	static const char *const pairs[][2] = {
		{"http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips\",\"code\":\"no-known-allergies", "None known."},
		{"http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips\",\"code\":\"no-allergy-info",
		 "Nothing is said about it: no information."},
		{"http://snomed.info/sct\",\"code\":\"716186003", "No known allergy"},
		{"http://snomed.info/sct\",\"code\":\"99999", "99999"},
		{"http://elsewhere.example\",\"code\":\"716186003", "716186003"},
	};
	char text[512];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct fhir_file f;
		struct view v;

		snprintf(text, sizeof(text), "{\"resourceType\":\"AllergyIntolerance\",\"code\":{\"coding\":[{\"system\":\"%s\"}]}}", pairs[i][0]);
		f = read_fhir(text);
		assert_int_equal(view_make(&v, &f), ERR_OK);
		assert_string_equal(v.rows[0].title, pairs[i][1]);
		view_release(&v);
		fhir_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimals_stand_as_received),
		cmocka_unit_test(test_values_of_every_kind),
		cmocka_unit_test(test_a_flag_is_computed_from_one_plain_range),
		cmocka_unit_test(test_many_parts_are_counted),
		cmocka_unit_test(test_no_flag_is_computed_where_it_could_be_wrong),
		cmocka_unit_test(test_a_given_flag_stands),
		cmocka_unit_test(test_sections_in_the_order_of_a_summary),
		cmocka_unit_test(test_three_texts_for_empty_sections),
		cmocka_unit_test(test_status_in_words),
		cmocka_unit_test(test_medicines_by_reference_with_dose),
		cmocka_unit_test(test_nothing_that_changes_a_dose_is_left_out),
		cmocka_unit_test(test_members_of_the_wrong_type),
		cmocka_unit_test(test_a_name_of_the_wrong_type_is_not_shown_as_json),
		cmocka_unit_test(test_every_public_example_is_shown),
		cmocka_unit_test(test_trends_in_words),
		cmocka_unit_test(test_a_person_of_whom_little_is_said),
		cmocka_unit_test(test_absence_in_words),
	};

	return cmocka_run_group_tests_name("health view", tests, NULL, release_all);
}
