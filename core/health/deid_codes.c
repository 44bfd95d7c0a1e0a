/* SPDX-License-Identifier: Apache-2.0 */
/* Which codes and units may stay: by the shape that their system gives them, so that a name in a code's place does not
 * pass.
 */
#include <stdlib.h>

#include "core/health/deid_rules.h"

#define CODE_MAX 64u
#define UNIT_MAX 40u
#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* "dddA" patterns: d a digit, A a capital letter, * a digit or capital letter. */
static bool looks_like(const char *pattern, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (pattern[i] == 'd' ? !digit(text[i]) : pattern[i] == 'A' ? !capital(text[i]) :
		    !digit(text[i]) && !capital(text[i]))
			return false;
	return true;
}

static bool digits_only(const char *code, size_t least, size_t most)
{
	size_t len = strspn(code, "0123456789");

	return code[len] == '\0' && len >= least && len <= most;
}

/* The check digit behind the hyphen: mod 10 with every second digit doubled, from the right (LOINC users' guide). */
static bool loinc(const char *code, const char *argument)
{
	size_t len = strspn(code, "0123456789");
	unsigned sum = 0;

	(void)argument;
	if (len == 0 || len > 7 || code[len] != '-' || !digit(code[len + 1]) || code[len + 2] != '\0')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned d = (unsigned)(code[len - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);

		sum += d / 10 + d % 10;
	}
	return (10 - sum % 10) % 10 == (unsigned)(code[len + 1] - '0');
}

/* SNOMED CT identifiers end in a Verhoeff check digit (SNOMED CT release file specification, section 5.5). */
static bool snomed(const char *code, const char *argument)
{
	static const char d[10][11] = {"0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
				       "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"};
	static const char p[8][11] = {"0123456789", "1576283094", "5803796142", "8916043527",
				      "9453126870", "4286573901", "2793806415", "7046913258"};
	unsigned check = 0;
	size_t len = strlen(code);

	(void)argument;
	if (!digits_only(code, 6, 18))
		return false;
	for (size_t i = 0; i < len; i++)
		check = (unsigned)(d[check][p[i % 8][code[len - 1 - i] - '0'] - '0'] - '0');
	return check == 0;
}

/* "F32", "N95.1", "M1A.00X0": a letter, a digit, a digit or letter; up to four behind the point (WHO, NCHS). */
static bool icd10(const char *code, const char *argument)
{
	size_t len = strlen(code);

	(void)argument;
	if (len < 3 || len > 8 || !looks_like("Ad*", code, 3))
		return false;
	return len == 3 || (code[3] == '.' && len > 4 && looks_like("****", code + 4, len - 4));
}

/* "L", "L02", "L02B", "L02BG", "L02BG03": the five levels (WHO). */
static bool atc(const char *code, const char *argument)
{
	size_t len = strlen(code);

	(void)argument;
	return (len == 1 || len == 3 || len == 4 || len == 5 || len == 7) && looks_like("AddAAdd", code, len);
}

/* Morphology: "8500/3". */
static bool icd_o(const char *code, const char *argument)
{
	(void)argument;
	return strlen(code) == 6 && looks_like("dddd", code, 4) && code[4] == '/' && digit(code[5]);
}

static bool country(const char *code, const char *argument)
{
	size_t len = strlen(code);

	(void)argument;
	return len == 2 ? looks_like("AA", code, 2) :
	       len == 3 && (looks_like("AAA", code, 3) || looks_like("ddd", code, 3));
}

static bool digits(const char *code, const char *argument)
{
	char *end;
	unsigned long least = strtoul(argument, &end, 10), most = strtoul(end, NULL, 10);

	return digits_only(code, least, most);
}

static bool words(const char *code, const char *argument)
{
	return deid_word(argument, code);
}

static const struct { const char *word; bool (*fits)(const char *code, const char *argument); } shapes[] = {
	{"loinc", loinc}, {"snomed", snomed}, {"icd10", icd10}, {"atc", atc}, {"icd-o", icd_o}, {"country", country},
	{"digits", digits}, {"words", words},
};

bool deid_code_allowed(const struct deid_rules *r, const char *system, const char *code)
{
	const char *shape = NULL;
	size_t len;

	for (size_t i = 0; i < r->system_count && shape == NULL; i++)
		if (bytes_equal(r->systems[i].uri, bytes_str(system)))
			shape = r->systems[i].shape;
	if (shape == NULL || strlen(code) > CODE_MAX)
		return false;
	len = strcspn(shape, " ");
	for (size_t i = 0; i < COUNT(shapes); i++)
		if (strlen(shapes[i].word) == len && memcmp(shapes[i].word, shape, len) == 0)
			return shapes[i].fits(code, shape[len] == ' ' ? shape + len + 1 : "");
	return false;
}

/* ---- units ---- */

static bool among(const struct bytes *list, size_t count, struct bytes word)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(list[i], word))
			return true;
	return false;
}

static bool metric(const struct deid_rules *r, struct bytes word)
{
	if (among(r->metric, r->metric_count, word))
		return true;
	for (size_t i = 0; i < r->prefix_count; i++) {
		size_t len = r->prefixes[i].len;

		if (word.len > len && memcmp(word.data, r->prefixes[i].data, len) == 0 &&
		    among(r->metric, r->metric_count, bytes_of(word.data + len, word.len - len)))
			return true;
	}
	return false;
}

/* A unit word, with an exponent ("m2", "cm-2", "10*12"), with one of the notes behind it, or a note alone. */
static bool term(const struct deid_rules *r, struct bytes word)
{
	size_t len = word.len;

	if (among(r->plain, r->plain_count, word) || among(r->notes, r->note_count, word) || metric(r, word))
		return true;
	for (size_t i = 0; i < len; i++)
		if (word.data[i] == '{' && i > 0)
			return among(r->notes, r->note_count, bytes_of(word.data + i, len - i)) &&
			       term(r, bytes_of(word.data, i));
	while (len > 0 && word.len - len < 2 && digit((char)word.data[len - 1]))
		len--;
	if (len > 0 && len < word.len && (word.data[len - 1] == '-' || word.data[len - 1] == '+'))
		len--;
	word = bytes_of(word.data, len);
	return len > 0 && (among(r->plain, r->plain_count, word) || metric(r, word));
}

/* Up to the next operator; one inside braces is part of the note. */
static size_t term_len(const char *unit)
{
	size_t len = 0;
	bool note = false;

	for (; unit[len] != '\0' && (note || (unit[len] != '/' && unit[len] != '.')); len++)
		note = unit[len] == '{' || (note && unit[len] != '}');
	return len;
}

bool deid_unit_allowed(const struct deid_rules *r, const char *unit)
{
	size_t len = strlen(unit);

	if (len == 0 || len > UNIT_MAX)
		return false;
	if (among(r->plain, r->plain_count, bytes_str(unit)))
		return true;
	if (*unit == '/')
		unit++; /* "/min" */
	do {
		len = term_len(unit);
		if (!term(r, bytes_of(unit, len)))
			return false;
		unit += len;
	} while (*unit != '\0' && *++unit != '\0');
	return true;
}
