/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/propose.h"

#include "core/health/check.h"

#include "fhir_help.h"

#define ACT "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define CONF "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
#define ICD10 "http://hl7.org/fhir/sid/icd-10"

static struct label_rules *rules;
static struct fhir_file file;

static struct proposal propose(const char *text)
{
	struct proposal p;

	fhir_release(&file);
	file = read_fhir(text);
	health_propose(&p, rules, &file);
	return p;
}

static int release_file(void **state)
{
	fhir_release(&file);
	return 0;
}

static bool has_label(const struct proposal *p, const char *label)
{
	for (size_t i = 0; i < p->label_count; i++) {
		if (strcmp(p->labels[i], label) == 0)
			return true;
	}
	return false;
}

static void expect_category(const char *members, const char *category)
{
	char text[1024];
	struct proposal p;

	snprintf(text, sizeof(text), "{\"resourceType\":%s}", members);
	p = propose(text);
	if (strcmp(p.category, category) != 0)
		fail_msg("%s is %s, not %s", members, p.category, category);
}

static void test_category_by_type(void **state)
{
	static const char *const pairs[][2] = {
		{"\"Condition\"", "DX"}, {"\"AllergyIntolerance\"", "ALG"}, {"\"MedicationStatement\"", "MED"},
		{"\"MedicationRequest\"", "MED"}, {"\"Immunization\"", "IMM"}, {"\"Procedure\"", "PRC"},
		{"\"ImagingStudy\"", "IMG"}, {"\"DocumentReference\"", "DOC"}, {"\"Encounter\"", "ENC"},
		{"\"FamilyMemberHistory\"", "FAM"}, {"\"CarePlan\"", "CAR"}, {"\"Device\"", "DEV"}, {"\"Patient\"", "DEM"},
		{"\"Claim\"", "INS"}, {"\"Consent\"", "DIR"}, {"\"Specimen\"", "LAB"}, {"\"MolecularSequence\"", "GEN"},
		{"\"QuestionnaireResponse\"", "SOC"}, {"\"Basic\"", "OTH"}, {"\"NoSuchType\"", "OTH"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		expect_category(pairs[i][0], pairs[i][1]);
}

static void test_category_of_an_observation(void **state)
{
	static const char *const pairs[][2] = {
		{"laboratory", "LAB"}, {"vital-signs", "VIT"}, {"imaging", "IMG"}, {"procedure", "PRC"},
		{"social-history", "SOC"}, {"survey", "SOC"}, {"unheard-of", "LAB"},
	};
	char members[256];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		snprintf(members, sizeof(members), "\"Observation\",\"category\":[{\"text\":\"x\"},{\"coding\":[{\"code\":\"%s\"}]}]",
			 pairs[i][0]);
		expect_category(members, pairs[i][1]);
	}
	expect_category("\"Observation\"", "LAB");
	expect_category("\"Observation\",\"category\":\"x\"", "LAB");
	expect_category("\"Observation\",\"category\":{\"coding\":[{\"code\":\"vital-signs\"}]}", "VIT");
	expect_category("\"DiagnosticReport\"", "LAB");
	expect_category("\"DiagnosticReport\",\"category\":[{\"coding\":[{\"code\":\"RAD\"}]}]", "IMG");
	expect_category("\"DiagnosticReport\",\"category\":[{\"coding\":[{\"code\":\"GE\"}]}]", "GEN");
}

#define ENTRY(r) "{\"resource\":" r "}"
#define BUNDLE(list) "{\"resourceType\":\"Bundle\",\"entry\":[" list "]}"

static void test_category_of_a_bundle(void **state)
{
	struct proposal p = propose(BUNDLE(ENTRY("{\"resourceType\":\"Patient\"}") "," ENTRY("{\"resourceType\":\"Organization\"}") ","
					   ENTRY("{\"resourceType\":\"DiagnosticReport\"}") "," ENTRY("{\"resourceType\":\"Observation\"}")));

	assert_string_equal(p.category, "LAB");
	p = propose(BUNDLE(ENTRY("{\"resourceType\":\"Condition\"}") "," ENTRY("{\"resourceType\":\"Immunization\"}")));
	assert_string_equal(p.category, "OTH");
	p = propose(BUNDLE(""));
	assert_string_equal(p.category, "OTH");
	p = propose(BUNDLE(ENTRY("{\"resourceType\":\"Composition\",\"type\":{\"coding\":[{\"code\":\"60591-5\"}]}}") ","
			   ENTRY("{\"resourceType\":\"Condition\"}")));
	assert_string_equal(p.category, "SUM");
	p = propose(BUNDLE(ENTRY("{\"resourceType\":\"Composition\",\"type\":{\"coding\":[{\"code\":\"34117-2\"}]}}")));
	assert_string_equal(p.category, "DOC");
}

static void test_security_labels_become_labels_and_confidentiality(void **state)
{
	struct proposal p = propose(
		"{\"resourceType\":\"Condition\",\"meta\":{\"security\":[{\"system\":\"" ACT "\",\"code\":\"HIV\"},"
		"{\"system\":\"" ACT "\",\"code\":\"HIV\"},{\"system\":\"elsewhere\",\"code\":\"PSY\"},"
		"{\"system\":\"" ACT "\",\"code\":\"NOLABEL\"},{\"system\":\"" CONF "\",\"code\":\"V\"}]}}");

	assert_int_equal(p.label_count, 1);
	assert_true(has_label(&p, "HIV"));
	assert_string_equal(p.confidentiality, "V");
}

static void test_labels_of_the_bundle_itself_count(void **state)
{
	struct proposal p = propose("{\"resourceType\":\"Bundle\",\"meta\":{\"security\":[{\"system\":\"" CONF
				    "\",\"code\":\"R\"}]},\"entry\":[]}");

	assert_string_equal(p.confidentiality, "R");
	assert_int_equal(p.label_count, 0);
}

static void test_codes_raise(void **state)
{
	static const char *const pairs[][2] = {
		{"F32.1", "PSY"}, {"F10.2", "ETHUD"}, {"F11.2", "OPIOIDUD"}, {"F12", "SUD"}, {"B20", "HIV"}, {"Z21", "HIV"},
		{"O80", "PREGNANT"}, {"T74.1", "VIO"}, {"A51.0", "STD"}, {"D57.1", "SCA"},
	};
	char text[512];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct proposal p;

		snprintf(text, sizeof(text), "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"" ICD10
			 "\",\"code\":\"%s\"}]}}", pairs[i][0]);
		p = propose(text);
		if (!has_label(&p, pairs[i][1]))
			fail_msg("%s did not give %s", pairs[i][0], pairs[i][1]);
		assert_string_equal(p.confidentiality, "R");
	}
}

static void test_ordinary_codes_do_not(void **state)
{
	static const char *const codes[] = {"E11.9", "I10", "B2", "Z2", "A4", "T7", "", "f32"};
	char text[512];

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct proposal p;

		snprintf(text, sizeof(text), "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"" ICD10
			 "\",\"code\":\"%s\"},{\"system\":\"http://snomed.info/sct\",\"code\":\"F32\"}]}}", codes[i]);
		p = propose(text);
		assert_int_equal(p.label_count, 0);
		assert_string_equal(p.confidentiality, "N");
	}
}

static void test_a_label_never_lowers(void **state)
{
	struct proposal p = propose("{\"resourceType\":\"Condition\",\"meta\":{\"security\":[{\"system\":\"" CONF "\",\"code\":\"L\"}]},"
				    "\"code\":{\"coding\":[{\"system\":\"" ICD10 "\",\"code\":\"F20\"}]}}");

	assert_string_equal(p.confidentiality, "R");
	p = propose("{\"resourceType\":\"Condition\",\"meta\":{\"security\":[{\"system\":\"" CONF "\",\"code\":\"L\"}]}}");
	assert_string_equal(p.confidentiality, "L");
	p = propose("{\"resourceType\":\"Condition\",\"meta\":{\"security\":[{\"system\":\"" CONF "\",\"code\":\"V\"},"
		    "{\"system\":\"" CONF "\",\"code\":\"N\"},{\"system\":\"" CONF "\",\"code\":\"secret\"}]}}");
	assert_string_equal(p.confidentiality, "V");
}

static void expect_period(const char *text, const char *from, const char *to)
{
	struct proposal p = propose(text);
	char shown[TIME_TEXT];

	assert_true(p.period_known);
	time_format(shown, p.from);
	assert_string_equal(shown, from);
	time_format(shown, p.to);
	assert_string_equal(shown, to);
}

static void test_the_period_covers_partial_dates(void **state)
{
	expect_period("{\"resourceType\":\"Condition\",\"onsetDateTime\":\"2019\",\"recordedDate\":\"2019-03-04\"}",
		      "2019-01-01T00:00:00Z", "2020-01-01T00:00:00Z");
	expect_period("{\"resourceType\":\"Observation\",\"effectivePeriod\":{\"start\":\"2021-02\",\"end\":\"2021-04\"}}",
		      "2021-02-01T00:00:00Z", "2021-05-01T00:00:00Z");
	expect_period(BUNDLE(ENTRY("{\"resourceType\":\"Patient\",\"birthDate\":\"1960-01-01\"}") ","
			     ENTRY("{\"resourceType\":\"Immunization\",\"occurrenceDateTime\":\"2020-10-05\"}") ","
			     ENTRY("{\"resourceType\":\"Immunization\",\"occurrenceDateTime\":\"2018-10\"}")),
		      "2018-10-01T00:00:00Z", "2020-10-06T00:00:00Z");
}

static void test_no_period_without_clinical_dates(void **state)
{
	struct proposal p = propose("{\"resourceType\":\"Patient\",\"birthDate\":\"1960-01-01\"}");

	assert_false(p.period_known);
	p = propose("{\"resourceType\":\"Condition\",\"onsetDateTime\":\"long ago\",\"recordedDate\":2019,\"onsetAge\":{\"value\":5}}");
	assert_false(p.period_known);
}

static void test_an_attachment(void **state)
{
	struct proposal p;

	health_propose_attachment(&p, "DOC");
	assert_string_equal(p.category, "DOC");
	assert_string_equal(p.confidentiality, "N");
	assert_int_equal(p.label_count, 0);
	assert_false(p.period_known);
}

static void test_dates_that_are_none(void **state)
{
	struct proposal p = propose("{\"resourceType\":\"Observation\",\"effectivePeriod\":{\"start\":\"2026-01-01\",\"end\":\"2026-02-30\"}}");

	assert_string_equal(p.bad_date, "Observation.effectivePeriod.end");
	p = propose("{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"2026-02-28\"}");
	assert_string_equal(p.bad_date, "");
}

static void expect_refused(const char *text, const char *words)
{
	struct fhir_file f = read_fhir(text);
	struct err_info info = {0};

	assert_int_equal(health_check(&f, &info), ERR_FHIR);
	assert_string_equal(info.detail, words);
	fhir_release(&f);
}

static void test_what_is_refused_at_deposit(void **state)
{
	struct fhir_file f;

	expect_refused("{\"resourceType\":\"Patient\",\"id\":5}", "Patient.id is not a text");
	expect_refused("{\"resourceType\":\"Patient\",\"contained\":{}}", "Patient.contained is not a list");
	expect_refused(BUNDLE(ENTRY("{\"resourceType\":\"Patient\",\"id\":\"a\"}") "," ENTRY("{\"resourceType\":\"Basic\"}") ","
			      ENTRY("{\"resourceType\":\"Patient\",\"id\":\"a\"}")),
		       "resources 1 and 3 have the same type, id and fullUrl");
	expect_refused(BUNDLE("{\"fullUrl\":\"urn:1\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"}},"
			      "{\"fullUrl\":\"urn:2\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"}},"
			      "{\"fullUrl\":\"urn:1\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"}}"),
		       "resources 1 and 3 have the same type, id and fullUrl");
	f = read_fhir(BUNDLE(ENTRY("{\"resourceType\":\"Patient\",\"id\":\"a\"}") "," ENTRY("{\"resourceType\":\"Basic\",\"id\":\"a\"}")));
	assert_int_equal(health_check(&f, NULL), ERR_OK);
	fhir_release(&f);
}

static void test_a_label_says_why(void **state)
{
	struct proposal p = propose(BUNDLE(ENTRY("{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"system\":\"" CONF "\",\"code\":\"V\"}]}}")
		"," ENTRY("{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"86406008\"}]}}")));

	assert_string_equal(p.confidentiality, "V"); /* also when it is the patient's resource that says so */
	assert_int_equal(p.reason_count, 2);
	assert_string_equal(p.reasons[0].what, "V");
	assert_string_equal(p.reasons[0].place, "Patient.meta.security");
	assert_string_equal(p.reasons[1].what, "HIV");
	assert_string_equal(p.reasons[1].place, "Condition.code.coding");
	assert_string_equal(p.reasons[1].code, "86406008");
}

static void test_psychotherapy_notes_are_very_restricted(void **state)
{
	struct proposal p = propose("{\"resourceType\":\"Condition\",\"meta\":{\"security\":[{\"system\":\"" ACT "\",\"code\":\"PSYTHPN\"}]}}");

	assert_string_equal(p.confidentiality, "V");
}

/* Part for part gives what the whole gives. */
static void test_parts_and_whole(void **state)
{
	static const char *const parts[] = {
		"{\"resourceType\":\"Patient\",\"birthDate\":\"1960-01-01\"}",
		"{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"2020-02-03\"}",
		"{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"2021\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"7918-6\"}]}}",
	};
	struct proposing parted;
	struct proposal p;

	health_propose_begin(&parted, rules);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct fhir_file f = read_fhir(parts[i]);

		health_propose_add(&parted, &f);
		fhir_release(&f);
	}
	health_propose_end(&p, &parted);
	assert_string_equal(p.category, "LAB");
	assert_string_equal(p.confidentiality, "R");
	assert_int_equal(p.label_count, 1);
	assert_true(has_label(&p, "HIV"));
	assert_true(p.period_known && p.from.v == 1580688000000 && p.to.v == 1640995200000);
}

static void test_members_of_the_wrong_type(void **state)
{
	static const char *const members[] = {"category", "code", "type", "meta", "security", "coding", "effectiveDateTime"};
	static const char *const values[] = {"5", "\"x\"", "{}", "[]", "[[]]", "[5]", "true", "null", "[null]",
					     "{\"coding\":5}", "{\"coding\":[5]}", "[{\"coding\":{}}]", "{\"security\":{\"code\":1,\"system\":2}}"};
	char text[512];

	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
		for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			struct proposal p;

			snprintf(text, sizeof(text), "{\"resourceType\":\"Observation\",\"%s\":%s}", members[m], values[v]);
			p = propose(text);
			assert_string_equal(p.category, "LAB");
			assert_string_equal(p.confidentiality, "N");
		}
	}
}

static void propose_vector(const char *name, struct bytes text)
{
	struct fhir_file f;
	struct proposal p;

	assert_int_equal(fhir_read(&f, text, NULL), ERR_OK);
	health_propose(&p, rules, &f);
	if (f.count > 1 && strcmp(f.resources[0].type, "Composition") == 0)
		assert_string_equal(p.category, "SUM");
	assert_true(p.confidentiality[0] != '\0');
	assert_int_equal(health_check(&f, NULL), ERR_OK);
	if (p.bad_date[0] != '\0')
		fail_msg("%s: %s is no date", name, p.bad_date);
	if (p.period_known)
		assert_true(p.from.v < p.to.v);
	fhir_release(&f);
}

static const struct { const char *file, *category, *label; } expected[] = {
	{"Observation-bmi.json", "VIT", NULL}, {"Condition-example.json", "DX", NULL}, {"Immunization-example.json", "IMM", NULL},
	{"AllergyIntolerance-example.json", "ALG", NULL}, {"Bundle-bundle-minimal.json", "SUM", NULL},
	{"Procedure-example.json", "PRC", NULL}, {"Encounter-example.json", "ENC", NULL}, {"Patient-example.json", "DEM", NULL},
	{"Observation-pregnancy-status-ips-example.json", "SOC", "PREGNANT"}, {"Observation-gender-identity.json", NULL, "SEX"},
};
static size_t found_expected;

static void compare_vector(const char *name, struct bytes text)
{
	struct fhir_file f;
	struct proposal p;

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		if (strcmp(expected[i].file, name) != 0)
			continue;
		found_expected++;
		assert_int_equal(fhir_read(&f, text, NULL), ERR_OK);
		health_propose(&p, rules, &f);
		if (expected[i].category != NULL && strcmp(p.category, expected[i].category) != 0)
			fail_msg("%s is %s, not %s", name, p.category, expected[i].category);
		if (expected[i].label != NULL && !has_label(&p, expected[i].label))
			fail_msg("%s has no %s", name, expected[i].label);
		if (expected[i].label == NULL)
			assert_int_equal(p.label_count, 0);
		fhir_release(&f);
	}
}

static void test_what_public_examples_are(void **state)
{
	found_expected = 0;
	if (each_fhir_vector("ips", compare_vector) + each_fhir_vector("r4", compare_vector) == 0) {
		print_message("# skipped: no vectors\n");
		skip();
	}
	assert_true(found_expected >= 6);
}

static void test_every_public_example_gets_a_proposal(void **state)
{
	if (each_fhir_vector("ips", propose_vector) + each_fhir_vector("r4", propose_vector) == 0) {
		print_message("# skipped: no vectors\n");
		skip();
	}
}

static int make_rules(void **state)
{
	return label_rules_new(&rules, NULL) == ERR_OK ? 0 : -1;
}

static int free_rules(void **state)
{
	label_rules_free(rules);
	return release_file(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_category_by_type),
		cmocka_unit_test(test_category_of_an_observation),
		cmocka_unit_test(test_category_of_a_bundle),
		cmocka_unit_test(test_security_labels_become_labels_and_confidentiality),
		cmocka_unit_test(test_labels_of_the_bundle_itself_count),
		cmocka_unit_test(test_codes_raise),
		cmocka_unit_test(test_ordinary_codes_do_not),
		cmocka_unit_test(test_a_label_never_lowers),
		cmocka_unit_test(test_the_period_covers_partial_dates),
		cmocka_unit_test(test_no_period_without_clinical_dates),
		cmocka_unit_test(test_an_attachment),
		cmocka_unit_test(test_dates_that_are_none),
		cmocka_unit_test(test_what_is_refused_at_deposit),
		cmocka_unit_test(test_a_label_says_why),
		cmocka_unit_test(test_psychotherapy_notes_are_very_restricted),
		cmocka_unit_test(test_parts_and_whole),
		cmocka_unit_test(test_members_of_the_wrong_type),
		cmocka_unit_test(test_every_public_example_gets_a_proposal),
		cmocka_unit_test(test_what_public_examples_are),
	};

	return cmocka_run_group_tests_name("health propose", tests, make_rules, free_rules);
}
