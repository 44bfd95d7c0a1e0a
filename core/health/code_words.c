/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/code_words.h"

#include <stddef.h>
#include <string.h>

static const char *const lines[] = {
#include "assets/words/codes.inc"
};

static const struct { const char *uri, *name; } systems[] = {
	{"http://loinc.org", "loinc"},
	{"http://snomed.info/sct", "sct"},
	{"http://hl7.org/fhir/sid/cvx", "cvx"},
	{"http://www.whocc.no/atc", "atc"},
	{"http://hl7.org/fhir/sid/icd-10", "icd10"},
	{"http://hl7.org/fhir/sid/icd-10-cm", "icd10"},
	{"http://hl7.org/fhir/sid/icd-10-nl", "icd10"},
};

/* What follows a word and a space at the start of a line; NULL when the line begins otherwise. */
static const char *after(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

const char *code_words(const char *system, const char *code)
{
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]) && name == NULL; i++)
		if (strcmp(systems[i].uri, system) == 0)
			name = systems[i].name;
	for (size_t i = 0; name != NULL && code[0] != '\0' && i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *rest = after(lines[i], name);

		rest = rest != NULL ? after(rest, code) : NULL;
		if (rest != NULL)
			return rest;
	}
	return NULL;
}
