/* SPDX-License-Identifier: Apache-2.0 */
/* Single values: what each action lets through. */
#include <stdio.h>
#include <stdlib.h>

#include "core/health/date.h"
#include "core/health/deid_parts.h"

#define SYSTEM_UCUM "http://unitsofmeasure.org"
#define NUMBER_MAX 32u
#define YEAR_DIGITS 4u /* which every FHIR date begins with */
#define SAMPLES_MAX (1024u * 1024)
#define SAMPLE_LETTERS "0123456789.-+eEUL"
#define SAMPLE_MAX 12u /* of one number: longer ones could be somebody's */

static const char *text_of(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

/* ---- plain ones ---- */

/* A number keeps its text; longer ones could hold more than a number. */
static bool number(struct deid *d, const char *key, struct json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))
		return false;
	text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);
	if (strlen(text) > NUMBER_MAX)
		return false;
	json_raw(&d->w, key, bytes_str(text));
	return true;
}

static bool boolean(struct deid *d, const char *key, struct json_object *value)
{
	if (!json_object_is_type(value, json_type_boolean))
		return false;
	json_boolean(&d->w, key, json_object_get_boolean(value));
	return true;
}

static bool word(struct deid *d, const char *key, const char *list, struct json_object *value)
{
	const char *text = text_of(value);

	if (text == NULL || !deid_word(list, text))
		return false;
	json_string(&d->w, key, text);
	return true;
}

static bool country(struct deid *d, const char *key, struct json_object *value)
{
	const char *text = text_of(value);

	if (text == NULL || !deid_code_allowed(d->rules, "urn:iso:std:iso:3166", text))
		return false;
	json_string(&d->w, key, text);
	return true;
}

/* ---- dates ---- */

int deid_year(const struct deid *d, const char *date)
{
	struct time_ms from, to;
	int year = 0;

	if (fhir_date_interval(&from, &to, date) != ERR_OK)
		return 0;
	for (size_t i = 0; i < YEAR_DIGITS; i++)
		year = 10 * year + (date[i] - '0');
	if (d->year - year > DEID_AGE_MAX || (d->birth_year != 0 && year - d->birth_year > DEID_AGE_MAX))
		return 0; /* somebody over 89: now, or then */
	return year;
}

static bool year(struct deid *d, const char *key, struct json_object *value)
{
	const char *text = text_of(value);
	int found = text != NULL ? deid_year(d, text) : 0;
	char out[12];

	if (found == 0)
		return false;
	snprintf(out, sizeof(out), "%04d", found);
	json_string(&d->w, key, out);
	return true;
}

static bool period(struct deid *d, const char *key, struct json_object *value)
{
	struct deid_mark mark = deid_mark(d);
	bool any;

	json_begin_object(&d->w, key);
	any = year(d, "start", fhir_member(value, "start"));
	any = year(d, "end", fhir_member(value, "end")) || any;
	json_end_object(&d->w);
	if (!any)
		deid_back(d, mark);
	return any;
}

/* ---- codes ---- */

static void lose_member(struct deid *d, const struct deid_node *node, struct json_object *value, const char *name)
{
	if (fhir_member(value, name) != NULL)
		deid_lose(d, node, name);
}

static bool coding(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	const char *system = fhir_text(value, "system"), *code = fhir_text(value, "code");

	if (!deid_code_allowed(d->rules, system, code))
		return false;
	json_begin_object(&d->w, key);
	json_string(&d->w, "system", system);
	json_string(&d->w, "code", code);
	json_end_object(&d->w);
	lose_member(d, node, value, "display");
	lose_member(d, node, value, "version"); /* eight digits there may be a day of birth */
	return true;
}

static bool concept(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	struct json_object *list = fhir_member(value, "coding");
	struct deid_mark mark = deid_mark(d);
	size_t count = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
	bool any = false;

	json_begin_object(&d->w, key);
	json_begin_array(&d->w, "coding");
	for (size_t i = 0; i < count; i++) {
		if (coding(d, NULL, node, json_object_array_get_idx(list, i)))
			any = true;
		else
			deid_lose(d, node, "coding");
	}
	json_end_array(&d->w);
	json_end_object(&d->w);
	if (!any)
		deid_back(d, mark);
	else
		lose_member(d, node, value, "text");
	return any;
}

/* ---- numbers with units ---- */

/* The unit of a Quantity: a UCUM code, or a unit word that is one, or a code of another known system, or none. */
static bool unit_of(const struct deid *d, struct json_object *value, const char **ret_system, const char **ret_code)
{
	const char *system = fhir_text(value, "system"), *code = fhir_text(value, "code");

	*ret_system = SYSTEM_UCUM;
	*ret_code = code[0] != '\0' ? code : fhir_text(value, "unit");
	if ((*ret_code)[0] == '\0' || ((code[0] == '\0' || strcmp(system, SYSTEM_UCUM) == 0) &&
				       deid_unit_allowed(d->rules, *ret_code)))
		return true;
	*ret_system = system;
	return code[0] != '\0' && deid_code_allowed(d->rules, system, code);
}

static bool quantity(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	struct json_object *amount = fhir_member(value, "value"), *comparator = fhir_member(value, "comparator");
	struct deid_mark mark = deid_mark(d);
	const char *system, *code;
	bool old, kept = unit_of(d, value, &system, &code);

	json_begin_object(&d->w, key);
	old = kept && amount != NULL && deid_years(code, json_object_get_double(amount)) > DEID_AGE_MAX;
	if (old)
		json_uint(&d->w, "value", DEID_AGE_MAX + 1);
	else
		kept = kept && amount != NULL && number(d, "value", amount);
	if (!old && comparator != NULL && !word(d, "comparator", "<|<=|>=|>", comparator))
		kept = false; /* a number that loses its "less than" says something else */
	if (code[0] != '\0') {
		json_string(&d->w, "unit", old ? "a" : code);
		json_string(&d->w, "system", system);
		json_string(&d->w, "code", old ? "a" : code);
	}
	json_end_object(&d->w);
	if (!kept)
		deid_back(d, mark);
	else if (fhir_text(value, "unit")[0] != '\0' && strcmp(code, fhir_text(value, "unit")) != 0)
		deid_lose(d, node, "unit");
	return kept;
}

static bool pair(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value,
		 const char *first, const char *second, bool both)
{
	struct deid_mark mark = deid_mark(d);
	bool one, other;

	json_begin_object(&d->w, key);
	one = quantity(d, first, node, fhir_member(value, first));
	other = quantity(d, second, node, fhir_member(value, second));
	json_end_object(&d->w);
	if (both ? one && other : one || other)
		return true;
	deid_back(d, mark);
	return false;
}

/* Numbers in text: decimals, and E, U, L for off the scale (https://hl7.org/fhir/R4/datatypes.html#SampledData). */
static bool samples(const char *text)
{
	size_t len = strspn(text, SAMPLE_LETTERS " ");

	if (len == 0 || len > SAMPLES_MAX || text[len] != '\0')
		return false;
	for (; *text != '\0'; text += len + strspn(text + len, " ")) {
		len = strspn(text, SAMPLE_LETTERS);
		if (len > SAMPLE_MAX)
			return false;
	}
	return true;
}

static bool sampled(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	static const char *const numbers[] = {"factor", "lowerLimit", "upperLimit"};
	struct deid_mark mark = deid_mark(d);
	const char *data = fhir_text(value, "data");
	bool kept;

	json_begin_object(&d->w, key);
	kept = quantity(d, "origin", node, fhir_member(value, "origin")) &&
	       number(d, "period", fhir_member(value, "period")) &&
	       number(d, "dimensions", fhir_member(value, "dimensions")) && samples(data);
	for (size_t i = 0; kept && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (fhir_member(value, numbers[i]) != NULL)
			kept = number(d, numbers[i], fhir_member(value, numbers[i]));
	json_string(&d->w, "data", data);
	json_end_object(&d->w);
	if (!kept)
		deid_back(d, mark);
	return kept;
}

/* ---- references ---- */

static bool reference(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	char out[DEID_NAME_MAX + DEID_PSEUDONYM_HEX];

	if (!deid_reference(d, out, node->argument, fhir_text(value, "reference")))
		return false;
	json_begin_object(&d->w, key);
	json_string(&d->w, "reference", out);
	json_end_object(&d->w);
	lose_member(d, node, value, "display");
	return true;
}

bool deid_value(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	switch (node->action) {
	case DEID_BOOLEAN:
		return boolean(d, key, value);
	case DEID_NUMBER:
		return number(d, key, value);
	case DEID_ENUM:
		return word(d, key, node->argument, value);
	case DEID_CONCEPT:
		return concept(d, key, node, value);
	case DEID_CODING:
		return coding(d, key, node, value);
	case DEID_QUANTITY:
		return quantity(d, key, node, value);
	case DEID_RANGE:
		return pair(d, key, node, value, "low", "high", false);
	case DEID_RATIO:
		return pair(d, key, node, value, "numerator", "denominator", true);
	case DEID_YEAR:
		return year(d, key, value);
	case DEID_PERIOD:
		return period(d, key, value);
	case DEID_COUNTRY:
		return country(d, key, value);
	case DEID_REFERENCE:
		return reference(d, key, node, value);
	case DEID_SAMPLED:
		return sampled(d, key, node, value);
	case DEID_GROUP:
	case DEID_RESOURCE:
		break;
	}
	return false;
}
