/* SPDX-License-Identifier: Apache-2.0 */
/* FHIR Consents from others: three dialects told apart, and what is not understood is refused with its path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/consent/fhir_consent.h"

#define THO "http://terminology.hl7.org/CodeSystem/"
#define OURS "https://medlock.example/fhir/"
#define ID64 "0100000000000000000000000000000000000000000000000000000000000000"
#define HEAD "\"resourceType\":\"Consent\",\"status\":\"active\""
#define R4 HEAD ",\"scope\":{\"coding\":[{\"system\":\"" THO "consentscope\",\"code\":\"patient-privacy\"}]}"
#define BASE(code) ",\"policyRule\":{\"coding\":[{\"system\":\"" THO "v3-ActCode\",\"code\":\"" code "\"}]}"
#define PURPOSE(code) "\"purpose\":[{\"system\":\"" THO "v3-ActReason\",\"code\":\"" code "\"}]"
#define LABEL(code) "\"securityLabel\":[{\"system\":\"" THO "v3-ActCode\",\"code\":\"" code "\"}]"
#define LEVEL(code) "\"securityLabel\":[{\"system\":\"" THO "v3-Confidentiality\",\"code\":\"" code "\"}]"
#define TYPE(code) "\"class\":[{\"system\":\"http://hl7.org/fhir/resource-types\",\"code\":\"" code "\"}]"
#define WHO(word) "\"actor\":[{\"role\":{\"coding\":[{\"system\":\"" THO "v3-ParticipationType\",\"code\":\"IRCP\"}]},"      \
		  "\"reference\":{\"identifier\":{\"system\":\"" OURS "actor\",\"value\":\"" word "\"}}}]"
#define MODIFIER(name, value) "\"modifierExtension\":[{\"url\":\"" OURS name "\"," value "}]"

/* What a file becomes: the default and the rules in short, or the beginning of the refusal. */
static const struct {
	const char *file, *expected;
} files[] = {
	/* ---- A ---- */
	{"{" R4 BASE("OPTOUT") "}", "deny"},
	{"{" R4 BASE("OPTIN") "}", "deny; permit any_label"},
	{"{" R4 BASE("OPTIN") ",\"provision\":{\"provision\":[{\"type\":\"deny\"," LABEL("PSY") "}]}}",
	 "deny; permit any_label; deny labels=PSY"},
	{"{" R4 BASE("OPTOUT") ",\"provision\":{\"provision\":[{\"type\":\"permit\"," PURPOSE("TREAT") "}]}}",
	 "deny; permit purposes=TREAT any_label"},
	{"{" R4 BASE("OPTIN") ",\"provision\":{" PURPOSE("TREAT") "}}", "!Consent.provision.purpose: without a type beside it"},
	{"{" R4 BASE("OPTIN") ",\"provision\":{\"provision\":[{\"type\":\"permit\"," PURPOSE("TREAT") "}]}}",
	 "!Consent.provision.provision[0].type: permits what the base policy permits"},
	{"{" R4 BASE("OPTIN") ",\"provision\":{\"provision\":[{" PURPOSE("TREAT") "}]}}",
	 "!Consent.provision.provision[0].type: is missing"},
	{"{" R4 ",\"provision\":{\"provision\":[{\"type\":\"permit\"}]}}", "!Consent.policyRule: is missing"},
	{"{" R4 BASE("OPTINR") "}", "!Consent.policyRule: is neither OPTIN nor OPTOUT"},
	/* ---- B ---- */
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{" PURPOSE("HMARKT") "}]}",
	 "deny; permit any_label; deny purposes=HMARKT"},
	{"{" HEAD ",\"decision\":\"deny\",\"provision\":[{" PURPOSE("TREAT") "}]}", "deny; permit purposes=TREAT any_label"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{" PURPOSE("TREAT") ",\"provision\":[{" WHO("clinician") "}]}]}",
	 "deny; permit any_label; deny purposes=TREAT; permit actors=clinician purposes=TREAT any_label"},
	{"{" R4 ",\"provision\":{\"type\":\"permit\"," PURPOSE("TREAT") ",\"provision\":[{" LEVEL("R") "}]}}",
	 "deny; permit purposes=TREAT any_label; deny purposes=TREAT confidentiality=R"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{" PURPOSE("TREAT") ",\"provision\":[{" PURPOSE("HRESCH") "}]}]}",
	 "!Consent.provision[0].provision[0].purpose: names what the provision above does not"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{" LABEL("PSY") ",\"provision\":[{" WHO("clinician") "}]}]}",
	 "!Consent.provision[0].provision[0]: permits some of what is denied by its label"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{" PURPOSE("TREAT") ",\"provision\":[{" WHO("clinician")
	 ",\"provision\":[{" LABEL("PSY") "}]}]}]}", "!Consent.provision[0].provision[0].provision: is an exception to an"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{\"type\":\"deny\"," PURPOSE("TREAT") "}]}",
	 "!Consent.provision[0].type: is not understood here"},
	{"{" HEAD ",\"decision\":\"permit\",\"provision\":[{}]}", "!Consent.provision[0]: excepts everything"},
	{"{" HEAD ",\"subject\":{},\"provision\":[]}", "!Consent.decision: is missing"},
	{"{" HEAD ",\"decision\":\"permit\",\"period\":{\"start\":\"2026\",\"end\":\"2026-06\"}}",
	 "deny; permit any_label from=2026-01-01T00:00:00Z until=2026-07-01T00:00:00Z"},
	/* ---- C ---- */
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," PURPOSE("TREAT") "," LEVEL("N") "}]}}",
	 "deny; permit purposes=TREAT any_label confidentiality=N"},
	{"{" R4 ",\"provision\":{\"type\":\"permit\"," LEVEL("N") ",\"provision\":[{\"type\":\"permit\"," WHO(ID64) "," LEVEL("R") "}]}}",
	 "deny; permit any_label confidentiality=N; permit actors=" ID64 " any_label confidentiality=R"},
	{"{" R4 ",\"provision\":{\"type\":\"permit\"," PURPOSE("TREAT") ",\"provision\":[{\"type\":\"deny\"," TYPE("Condition") "}]}}",
	 "deny; permit purposes=TREAT any_label; deny categories=DX"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"},{" PURPOSE("TREAT") "}]}}",
	 "!Consent.provision.provision[1].type: is missing"},
	{"{" R4 ",\"provision\":{\"type\":\"permit\",\"provision\":[{" PURPOSE("TREAT") "},{\"type\":\"deny\"}]}}",
	 "!Consent.provision.provision[1].type: is given here and not beside it"},
	{"{" R4 BASE("OPTIN") ",\"provision\":{\"type\":\"deny\"}}", "!Consent.provision.type: says the opposite of policyRule"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"provision\":[{\"type\":\"deny\"}]}]}}",
	 "!Consent.provision.provision[0].provision: is a third level"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," WHO("clinician") "},{\"type\":\"deny\","
	 PURPOSE("TREAT") "}]}}", "!Consent.provision.provision[1]: contradicts Consent.provision.provision[0] in part"},
	{"{" R4 ",\"provision\":{\"type\":\"permit\"," PURPOSE("TREAT") ",\"provision\":[{\"type\":\"deny\"}]}}",
	 "!Consent.provision.provision[0]: is wider than Consent.provision"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," LABEL("PSY") "}]}}",
	 "!Consent.provision.provision[0].securityLabel: permits only what is marked so"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"period\":{\"end\":\"2026-12-31\"},\"provision\":[{\"type\":\"permit\","
	 PURPOSE("TREAT") "}]}}", "!Consent.provision.provision[0].period: is missing, and the root has one"},
	/* ---- two releases in one ---- */
	{"{" R4 ",\"decision\":\"deny\"}", "!Consent.decision: is of R5, and what stands before it of R4"},
	{"{" HEAD ",\"decision\":\"deny\"" BASE("OPTIN") "}", "!Consent.policyRule: is of R4, and what stands before it of R5"},
	{"{" R4 ",\"provision\":[]}", "!Consent.provision: is of R5"},
	{"{" HEAD "}", "!Consent: is neither R4 nor R5"},
	/* ---- extensions of ours ---- */
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"deny\"," MODIFIER("lock", "\"valueCode\":\"absolute\"") "}]}}",
	 "deny; deny lock"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"deny\"," MODIFIER("ask", "\"valueBoolean\":true") "}]}}",
	 "deny; ask any_label"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," MODIFIER("ask", "\"valueBoolean\":true") "}]}}",
	 "!Consent.provision.provision[0]: asks and permits"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\"," MODIFIER("default", "\"valueCode\":\"ask\"") "}}", "ask"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\"," MODIFIER("lock", "\"valueCode\":\"absolute\"") "}}",
	 "!Consent.provision: has a modifier that does not go with the root"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"deny\",\"modifierExtension\":[{\"url\":\"" OURS "lock\","
	 "\"valueCode\":\"absolute\"},{\"url\":\"" OURS "lock\",\"valueCode\":\"emergency-passes\"}]}]}}",
	 "!Consent.provision.provision[0].modifierExtension[1]: is there twice"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"modifierExtension\":[{\"url\":\"" OURS
	 "sensitivity\",\"valueCode\":\"none\"},{\"url\":\"" OURS "sensitivity\",\"valueCode\":\"any\"}]}]}}",
	 "!Consent.provision.provision[0].modifierExtension[1]: says something else"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," MODIFIER("uses", "\"valuePositiveInt\":0") "}]}}",
	 "!Consent.provision.provision[0].modifierExtension[0].valuePositiveInt: is not a whole number"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"modifierExtension\":[{\"url\":"
	 "\"http://example.org/x\",\"valueBoolean\":true}]}]}}",
	 "!Consent.provision.provision[0].modifierExtension[0]: is a modifier that is not understood"},
	{"{" R4 ",\"modifierExtension\":[{\"url\":\"http://example.org/x\",\"valueCode\":\"x\"}]}", "!Consent.modifierExtension[0].url"},
	/* ---- what nobody may guess ---- */
	{"{\"status\":\"active\",\"decision\":\"deny\"}", "!Consent.resourceType: is missing"},
	{"{\"resourceType\":\"Patient\"}", "!Consent.resourceType: is not Consent"},
	{"{\"resourceType\":\"Consent\",\"status\":\"draft\"}", "!Consent.status: is not active"},
	{"{" R4 ",\"policy\":[{\"uri\":\"urn:x\"}]}", "!Consent.policy: is not understood here"},
	{"{" R4 ",\"_status\":{}}", "!Consent._status: is not understood here"},
	{"{" R4 ",\"dateTime\":\"2026-02-30\"}", "!Consent.dateTime: is no date or time of the calendar"},
	{"{" R4 ",\"dateTime\":20260101}", "!Consent.dateTime: is not a text"},
	{"{" R4 ",\"provision\":{\"type\":true}}", "!Consent.provision.type: is not a text"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"purpose\":{}}]}}",
	 "!Consent.provision.provision[0].purpose: is not a list"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"purpose\":[]}]}}",
	 "!Consent.provision.provision[0].purpose: is an empty list"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," PURPOSE("TREATT") "}]}}",
	 "!Consent.provision.provision[0].purpose[0]: is a code that no rule can name"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," TYPE("Observation") "}]}}",
	 "!Consent.provision.provision[0].class[0]: is not exactly one of the kinds"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"code\":[]}]}}",
	 "!Consent.provision.provision[0].code: is not understood here"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"actor\":[{\"reference\":{\"reference\":\"#a\"}}]}]},"
	 "\"contained\":[{\"resourceType\":\"Group\",\"id\":\"a\",\"managingEntity\":{\"reference\":\"#a\"}}]}",
	 "!Consent.provision.provision[0].actor[0].reference.reference: says not who this is"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\"," WHO("nobody") "}]}}",
	 "!Consent.provision.provision[0].actor[0].reference: is nobody that a rule can name"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"id\":\"rule-1\",\"type\":\"permit\"},{\"id\":\"rule-1\",\"type\":\"permit\"}]}}",
	 "!Consent.provision.provision[1].id: is there twice"},
	{"{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"period\":{\"start\":\"2026-05\",\"end\":\"2026-04\"}}]}}",
	 "!Consent.provision.provision[0].period: ends before it starts"},
	{"{" R4 ",\"patient\":{\"identifier\":{\"system\":\"" OURS "account\",\"value\":\"" ID64 "\"}}}",
	 "!Consent.patient: is another person"},
	{"[]", "!Consent: is not an object"},
};

static void say_codes(struct buf *out, const char *name, enum code_set set, const uint32_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i ? "," : name, code_text(set, list[i]));
}

static void say_time(struct buf *out, const char *name, int64_t t)
{
	char text[TIME_TEXT];

	time_format(text, (struct time_ms){t});
	if (t)
		buf_printf(out, "%s%s", name, text);
}

static void say_rule(struct buf *out, const Medlock__Rule *r)
{
	buf_printf(out, "; %s", code_text(CODES_EFFECT, r->effect));
	for (size_t i = 0; i < r->n_actors; i++) {
		buf_append_text(out, i ? "," : " actors=");
		actor_word(out, r->actors[i]);
	}
	say_codes(out, " purposes=", CODES_PURPOSE, r->purposes, r->n_purposes);
	say_codes(out, " categories=", CODES_CATEGORY, r->categories, r->n_categories);
	say_codes(out, " labels=", CODES_LABEL, r->labels, r->n_labels);
	buf_append_text(out, r->any_label ? " any_label" : "");
	say_codes(out, " confidentiality=", CODES_CONFIDENTIALITY, &r->confidentiality, r->confidentiality != 0);
	say_time(out, " from=", r->valid_from);
	say_time(out, " until=", r->valid_to);
	buf_append_text(out, r->lock ? " lock" : "");
}

static void test_files(void **state)
{
	static const struct account_id owner = {{7}};
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err_info info = {0};
		struct policy p = {0};
		struct buf said = BUF_INIT;
		bool refused = files[i].expected[0] == '!', right;
		enum err e = fhir_consent_read(&p, bytes_str(files[i].file), NULL, &owner, &info);

		if (e == ERR_OK) {
			buf_append_text(&said, code_text(CODES_EFFECT, p.default_effect));
			for (size_t k = 0; k < p.count; k++)
				say_rule(&said, p.rules[k]->rule);
		} else {
			buf_printf(&said, "!%s", info.detail);
			assert_int_equal(e, ERR_FHIR_CONSENT);
		}
		right = refused ? strncmp(buf_text(&said), files[i].expected, strlen(files[i].expected)) == 0
				: strcmp(buf_text(&said), files[i].expected) == 0;
		if (!right)
			print_message("%s\n  expected %s\n  got      %s\n", files[i].file, files[i].expected, buf_text(&said));
		wrong += !right;
		buf_release(&said);
		policy_release(&p);
	}
	assert_int_equal(wrong, 0);
}

/* What is no JSON, or JSON that two readers read in two ways. */
static void test_no_json(void **state)
{
	static const struct {
		const char *file;
		size_t len;
		enum err e;
	} bad[] = {
		{"\xef\xbb\xbf{}", 5, ERR_JSON}, {"\xff\xfe{\0}\0", 6, ERR_UTF8},
		{"{\"resourceType\":\"Consent\",\"resourceType\":\"Consent\"}", 51, ERR_JSON_DUPLICATE}, {"", 0, ERR_JSON},
		{"{\"resourceType\":\"Consent\",\"status\":\"act", 38, ERR_JSON},
	};
	struct buf deep = BUF_INIT, digits = BUF_INIT;
	struct policy p = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(fhir_consent_read(&p, bytes_of(bad[i].file, bad[i].len), NULL, NULL, NULL), bad[i].e);
	for (unsigned i = 0; i < 10000; i++)
		buf_append_text(&deep, "{\"provision\":");
	assert_int_equal(fhir_consent_read(&p, buf_bytes(&deep), NULL, NULL, NULL), ERR_TOO_DEEP);
	buf_append_text(&digits, "{" R4 ",\"provision\":{\"type\":\"deny\",\"provision\":[{\"type\":\"permit\",\"modifierExtension\":"
				 "[{\"url\":\"" OURS "uses\",\"valuePositiveInt\":1.");
	for (unsigned i = 0; i < 400; i++)
		buf_append_text(&digits, "0");
	buf_append_text(&digits, "}]}]}}");
	assert_int_equal(fhir_consent_read(&p, buf_bytes(&digits), NULL, NULL, NULL), ERR_JSON); /* too many digits */
	assert_int_equal(p.count, 0);
	buf_release(&deep);
	buf_release(&digits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_no_json)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
