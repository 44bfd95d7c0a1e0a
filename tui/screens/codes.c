/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/codes.h"

#include <ctype.h>
#include <stdio.h>

const char *const code_purposes[] = {"TREAT", "COC", "HQUALIMP", "HRESCH", "DSRCH", "PUBHLTH", "SUPNWK", "HPAYMT", NULL};
const char *const code_categories[] = {"SUM", "DX", "ALG", "MED", "IMM", "LAB", "VIT", "IMG", "PRC", "ENC", "DOC", "GEN",
				       "SOC", "FAM", "CAR", "DEV", "DIR", "OTH", NULL};
const char *const code_labels[] = {"MH", "PSY", "SUD", "HIV", "SEX", "PREGNANT", "VIO", "GDIS", "TBOO", NULL};

const char *say_code(const struct view *v, const char *group, const char *code)
{
	char id[64];
	size_t len = (size_t)snprintf(id, sizeof(id), "%s.", group);
	enum word w;

	for (const char *at = code; *at != '\0' && len < sizeof(id) - 1; at++) {
		if (isalnum((unsigned char)*at))
			id[len++] = (char)tolower((unsigned char)*at);
		else if (id[len - 1] != '-' && id[len - 1] != '.')
			id[len++] = '-';
	}
	id[len] = '\0';
	w = word_by_id(id);
	return w == WORD_NONE ? code : word(v->language, w);
}

const char *say_error(enum language l, enum err e)
{
	return say_code(&(const struct view){.language = l}, "error", err_row(e)->code);
}

const char *say_next(enum language l, enum err e)
{
	return say_code(&(const struct view){.language = l}, "next", err_row(e)->code);
}

const char *say_codes(char out[SAY_CODES], const struct view *v, const char *group, const char *codes)
{
	size_t len = 0;

	out[0] = '\0';
	while (*codes != '\0' && len < SAY_CODES) {
		size_t size = strcspn(codes, ",");
		char code[32];

		snprintf(code, sizeof(code), "%.*s", (int)size, codes);
		len += (size_t)snprintf(out + len, SAY_CODES - len, "%s%s", len > 0 ? ", " : "", say_code(v, group, code));
		codes += size + (codes[size] == ',');
	}
	return out;
}

int code_index(const char *const *codes, const char *code)
{
	for (int i = 0; codes[i] != NULL; i++)
		if (strcmp(codes[i], code) == 0)
			return i;
	return -1;
}
