/* SPDX-License-Identifier: Apache-2.0 */
/* HL7's twelve examples of R4 (npm hl7.fhir.r4.examples 4.0.1): each names people by numbers of its own, leaves its dialect
 * open, or says less than its title; which element makes it so is fixed here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "core/consent/fhir_consent.h"
#include "fhir_help.h"

static const struct {
	const char *name, *refused_at;
} examples[] = {
	{"Emergency", "Consent.category[0].coding[0]: may limit"},
	{"Out", "Consent.provision.actor[0].role: is not a recipient"},
	{"basic", "Consent.provision.period: without a type beside it"},
	{"grantor", "Consent.provision.actor[0].role: is not a recipient"},
	{"notAuthor", "Consent.provision.actor[0].role: is not a recipient"},
	{"notOrg", "Consent.provision.actor[0].reference.reference: says not who"},
	{"notThem", "Consent.provision.actor[0].reference.reference: says not who"},
	{"notThis", "Consent.provision.data[0].reference.reference: says not which record"},
	{"notTime", "Consent.provision.period: without a type beside it"},
	{"pkb", "Consent.provision.actor[0].reference.reference: says not who"},
	{"signature", "Consent.provision.actor[0].reference.reference: says not who"},
	{"smartonfhir", "Consent.provision.period: without a type beside it"},
};

static void test_examples(void **state)
{
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		struct err_info info = {0};
		struct policy p = {0};
		struct buf text = BUF_INIT;
		char path[4096];

		snprintf(path, sizeof(path), "%s/fhir/r4/Consent-consent-example-%s.json", vectors_folder(), examples[i].name);
		if (files_read(&text, path, FHIR_HELP_FILE_MAX, NULL) != ERR_OK)
			continue;
		found++;
		assert_int_equal(fhir_consent_read(&p, buf_bytes(&text), NULL, NULL, &info), ERR_FHIR_CONSENT);
		if (strncmp(info.detail, examples[i].refused_at, strlen(examples[i].refused_at)) != 0)
			fail_msg("%s: %s", examples[i].name, info.detail);
		buf_release(&text);
	}
	if (found == 0) {
		print_message("skipped: no vectors\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
