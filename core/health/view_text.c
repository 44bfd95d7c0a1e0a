/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/view.h"
#include "core/health/view_text.h"

#include <json-c/json.h>
#include <stdio.h>

#define NUMBER_DIGITS_MAX 18u
#define COMPONENTS_MAX 32u

/* A decimal exactly as the file has it. */
static const char *number_text(struct json_object *o)
{
	if (o == NULL || !(json_object_is_type(o, json_type_double) || json_object_is_type(o, json_type_int)))
		return "";
	return json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN);
}

static const char *unit_text(struct json_object *quantity)
{
	const char *unit = fhir_text(quantity, "unit");

	return unit[0] != '\0' ? unit : fhir_text(quantity, "code");
}

void view_quantity(struct buf *out, struct json_object *quantity)
{
	const char *comparator = fhir_text(quantity, "comparator"), *unit = unit_text(quantity);
	const char *value = number_text(fhir_member(quantity, "value"));

	if (value[0] == '\0')
		return;
	buf_printf(out, "%s%s%s%s%s", comparator, comparator[0] ? " " : "", value, unit[0] ? " " : "", unit);
}

static void plain_value(struct buf *out, struct json_object *owner)
{
	struct json_object *found;

	if (json_object_is_type(fhir_member(owner, "valueBoolean"), json_type_boolean))
		buf_append_text(out, json_object_get_boolean(fhir_member(owner, "valueBoolean")) ? "yes" : "no");
	else if ((found = fhir_member(owner, "valueInteger")) != NULL)
		buf_append_text(out, number_text(found));
	else if (fhir_text(owner, "valueString")[0] != '\0')
		buf_append_text(out, fhir_text(owner, "valueString"));
	else if (fhir_text(owner, "valueDateTime")[0] != '\0')
		buf_append_text(out, fhir_text(owner, "valueDateTime"));
	else if (fhir_text(owner, "valueTime")[0] != '\0')
		buf_append_text(out, fhir_text(owner, "valueTime"));
}

static void pair_value(struct buf *out, struct json_object *pair, const char *first, const char *second,
		       const char *between)
{
	view_quantity(out, fhir_member(pair, first));
	buf_append_text(out, between);
	view_quantity(out, fhir_member(pair, second));
}

/* value[x] of an observation or of one component. */
static void one_value(struct buf *out, struct json_object *owner)
{
	struct json_object *found;

	if ((found = fhir_member(owner, "valueQuantity")) != NULL)
		view_quantity(out, found);
	else if ((found = fhir_member(owner, "valueCodeableConcept")) != NULL)
		buf_append_text(out, fhir_concept(found));
	else if ((found = fhir_member(owner, "valueRange")) != NULL)
		pair_value(out, found, "low", "high", " - ");
	else if ((found = fhir_member(owner, "valueRatio")) != NULL)
		pair_value(out, found, "numerator", "denominator", " : ");
	else if ((found = fhir_member(owner, "valuePeriod")) != NULL)
		buf_printf(out, "%s - %s", fhir_text(found, "start"), fhir_text(found, "end"));
	else if (fhir_member(owner, "valueSampledData") != NULL)
		buf_append_text(out, "a series of samples");
	else if ((found = fhir_member(owner, "dataAbsentReason")) != NULL)
		buf_printf(out, "no value: %s", fhir_concept(found));
	else
		plain_value(out, owner);
}

void view_value(struct buf *out, struct json_object *owner)
{
	struct json_object *components = fhir_member(owner, "component");
	size_t count;

	one_value(out, owner);
	if (components == NULL || !json_object_is_type(components, json_type_array))
		return;
	count = json_object_array_length(components);
	for (size_t i = 0; i < count && i < COMPONENTS_MAX; i++) {
		struct json_object *component = json_object_array_get_idx(components, i);

		buf_printf(out, "%s%s ", out->len ? "; " : "", fhir_concept(fhir_member(component, "code")));
		one_value(out, component);
	}
	if (count > COMPONENTS_MAX)
		buf_printf(out, "; and %zu parts more: read the original", count - COMPONENTS_MAX);
}

static size_t length_of(struct json_object *list)
{
	return list != NULL && json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

void view_range(struct buf *out, struct json_object *observation)
{
	struct json_object *range = fhir_first(observation, "referenceRange");
	struct json_object *low = fhir_member(range, "low"), *high = fhir_member(range, "high");
	size_t others = length_of(fhir_member(observation, "referenceRange"));
	const char *from = number_text(fhir_member(low, "value"));
	const char *other_unit = strcmp(unit_text(low), unit_text(high)) != 0 ? unit_text(low) : "";
	bool has_low = from[0] != '\0', has_high = number_text(fhir_member(high, "value"))[0] != '\0';

	if (has_low && has_high)
		buf_printf(out, "%s%s%s - ", from, other_unit[0] != '\0' ? " " : "", other_unit);
	else if (has_low)
		buf_append_text(out, "at least ");
	else if (has_high)
		buf_append_text(out, "at most ");
	if (has_high)
		view_quantity(out, high);
	else if (has_low)
		view_quantity(out, low);
	else
		buf_append_text(out, fhir_text(range, "text"));
	if (out->len > 0 && others > 1)
		buf_printf(out, " (one of %zu ranges)", others);
}

static const struct { const char *code, *words;
} flags[] = {
	{"HH", "!! HIGH"},      {"LL", "!! LOW"},       {"AA", "!! ABNORMAL"},
	{"HU", "HIGH"},         {"LU", "LOW"},          {"H", "HIGH"},
	{"L", "LOW"},           {"A", "ABNORMAL"},      {"N", ""},
	{"POS", "POSITIVE"},    {"NEG", "NEGATIVE"},    {"DET", "DETECTED"},
	{"ND", "NOT DETECTED"}, {"R", "RESISTANT"},     {"S", "SUSCEPTIBLE"},
	{"I", "INTERMEDIATE"},  {"<", "OFF SCALE LOW"}, {">", "OFF SCALE HIGH"},
};

/* A plain decimal as digits scaled by 10^NUMBER_DIGITS_MAX / 2; false when it has an exponent or too many digits. */
static bool scaled(int64_t *ret, const char *text)
{
	int64_t value = 0;
	unsigned fraction = 0, digits = 0;
	bool negative = text[0] == '-', point = false;

	for (const char *c = text + negative; *c != '\0'; c++) {
		if (*c == '.' && !point) {
			point = true;
			continue;
		}
		if (*c < '0' || *c > '9' || ++digits > NUMBER_DIGITS_MAX / 2)
			return false;
		value = 10 * value + (*c - '0');
		fraction += point;
	}
	for (; fraction < NUMBER_DIGITS_MAX / 2; fraction++)
		value *= 10;
	*ret = negative ? -value : value;
	return digits > 0;
}

int view_compare(bool *ret_known, const char *x, const char *y)
{
	int64_t a = 0, b = 0;

	*ret_known = scaled(&a, x) && scaled(&b, y);
	return *ret_known ? (a > b) - (a < b) : 0;
}

void view_code(struct buf *out, struct json_object *resource)
{
	struct json_object *coding = fhir_first(fhir_member(resource, "code"), "coding");

	if (fhir_text(coding, "code")[0] != '\0')
		buf_printf(out, "%s|%s", fhir_text(coding, "system"), fhir_text(coding, "code"));
}

const char *view_number(struct json_object *observation)
{
	struct json_object *value = fhir_member(observation, "valueQuantity");

	return fhir_text(value, "comparator")[0] == '\0' ? number_text(fhir_member(value, "value")) : "";
}

const char *view_unit(struct json_object *observation)
{
	return fhir_text(fhir_member(observation, "valueQuantity"), "code");
}

const char *view_absent(struct json_object *concept)
{
	static const struct { const char *begins, *ends, *words; } said[] = {
		{"no-known-", "", "None known."}, {"no-", "-info", "Nothing is said about it: no information."},
	};
	struct json_object *coding = fhir_first(concept, "coding");
	const char *system = fhir_text(coding, "system"), *code = fhir_text(coding, "code");

	if (strstr(system, "absent-unknown-uv-ips") == NULL)
		return NULL;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++) {
		size_t begin = strlen(said[i].begins), end = strlen(said[i].ends), len = strlen(code);

		if (len >= begin + end && strncmp(code, said[i].begins, begin) == 0 &&
		    strcmp(code + len - end, said[i].ends) == 0)
			return said[i].words;
	}
	return NULL;
}

const char *view_trend(const char *const *numbers, size_t count)
{
	size_t first = count > 3 ? count - 3 : 0;
	unsigned up = 0, down = 0, same = 0;

	for (size_t i = first + 1; i < count; i++) {
		bool known;
		int step = view_compare(&known, numbers[i], numbers[i - 1]);

		if (!known)
			return "";
		up += step > 0;
		down += step < 0;
		same += step == 0;
	}
	if (up + down + same == 0)
		return "";
	if (up + down == 0)
		return "unchanged";
	return down == 0 ? "rising" : up == 0 ? "falling" : "varying";
}

static bool same_unit(struct json_object *x, struct json_object *y)
{
	return fhir_text(x, "code")[0] != '\0' && strcmp(fhir_text(x, "code"), fhir_text(y, "code")) == 0 &&
	       strcmp(fhir_text(x, "system"), fhir_text(y, "system")) == 0;
}

/* -1 below, 1 above, 0 inside or not comparable. */
static int against(struct json_object *value, struct json_object *limit)
{
	int64_t v, l;

	if (limit == NULL || !same_unit(value, limit) || fhir_text(value, "comparator")[0] != '\0')
		return 0;
	if (!scaled(&v, number_text(fhir_member(value, "value"))) ||
		!scaled(&l, number_text(fhir_member(limit, "value"))))
		return 0;
	return v < l ? -1 : v > l;
}

/* One unconditional range: no population, no age, no type. */
static void computed_flag(struct buf *out, struct json_object *observation)
{
	struct json_object *ranges = fhir_member(observation, "referenceRange");
	struct json_object *range = fhir_first(observation, "referenceRange");
	struct json_object *value = fhir_member(observation, "valueQuantity");

	if (range == NULL || value == NULL || json_object_array_length(ranges) != 1)
		return;
	if (fhir_member(range, "appliesTo") || fhir_member(range, "age") || fhir_member(range, "type"))
		return;
	if (against(value, fhir_member(range, "low")) < 0)
		buf_append_text(out, "LOW (calc)");
	else if (against(value, fhir_member(range, "high")) > 0)
		buf_append_text(out, "HIGH (calc)");
}

void view_flag(struct buf *out, struct json_object *observation)
{
	struct json_object *first = fhir_first(observation, "interpretation");

	if (first == NULL) {
		computed_flag(out, observation);
		return;
	}
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (fhir_has_code(first, NULL, flags[i].code)) {
			buf_append_text(out, flags[i].words);
			return;
		}
	}
	buf_append_text(out, fhir_concept(first));
}

static void append_part(struct buf *out, size_t start, const char *part)
{
	if (part[0] != '\0')
		buf_printf(out, "%s%s", out->len > start ? ", " : "", part);
}

/* "2 times every 1 d", "every 6 h"; the words of a code stand before both. */
static void append_timing(struct buf *out, size_t start, struct json_object *timing)
{
	struct json_object *repeat = fhir_member(timing, "repeat");
	const char *often = number_text(fhir_member(repeat, "frequency")), *period = number_text(fhir_member(repeat, "period"));
	const char *words = fhir_concept(fhir_member(timing, "code"));

	append_part(out, start, words);
	if (words[0] == '\0' && period[0] != '\0')
		buf_printf(out, "%s%s%severy %s %s", out->len > start ? ", " : "", often, often[0] != '\0' ? " times " : "",
			   period, fhir_text(repeat, "periodUnit"));
}

static void append_amount(struct buf *out, size_t start, struct json_object *dosage)
{
	struct json_object *dose = fhir_first(dosage, "doseAndRate"), *needed = fhir_member(dosage, "asNeededBoolean");

	if (fhir_member(dose, "doseRange") != NULL)
		pair_value(out, fhir_member(dose, "doseRange"), "low", "high", " - ");
	else
		view_quantity(out, fhir_member(dose, "doseQuantity"));
	view_quantity(out, fhir_member(dosage, "dose")); /* of an administration */
	append_timing(out, start, fhir_member(dosage, "timing"));
	if ((json_object_is_type(needed, json_type_boolean) && json_object_get_boolean(needed)) ||
	    fhir_member(dosage, "asNeededCodeableConcept") != NULL)
		append_part(out, start, "as needed");
}

/* Its own words, which are the whole of it, else its parts. */
static void one_dose(struct buf *out, struct json_object *dosage)
{
	size_t before = out->len;

	buf_append_text(out, fhir_text(dosage, "text"));
	if (out->len == before)
		append_amount(out, before, dosage);
	append_part(out, before, fhir_concept(fhir_member(dosage, "route")));
}

/* Every step of a dose that changes: the first alone would be a wrong dose. */
void view_dose(struct buf *out, struct json_object *medication)
{
	struct json_object *list = fhir_member(medication, "dosage");

	if (json_object_is_type(list, json_type_object)) { /* what was administered has one dose */
		one_dose(out, list);
		return;
	}
	if (length_of(list) == 0)
		list = fhir_member(medication, "dosageInstruction");
	for (size_t i = 0; i < length_of(list); i++) {
		if (i > 0)
			buf_append_text(out, "; then ");
		one_dose(out, json_object_array_get_idx(list, i));
	}
}

static void one_reaction(struct buf *out, struct json_object *reaction)
{
	struct json_object *list = fhir_member(reaction, "manifestation");
	const char *severity = fhir_text(reaction, "severity");

	for (size_t i = 0; i < length_of(list); i++)
		buf_printf(out, "%s%s", out->len ? ", " : "", fhir_concept(json_object_array_get_idx(list, i)));
	if (severity[0] != '\0')
		buf_printf(out, "%s%s", out->len ? ", " : "", severity);
}

void view_reaction(struct buf *out, struct json_object *allergy)
{
	struct json_object *list = fhir_member(allergy, "reaction");
	const char *criticality = fhir_text(allergy, "criticality");

	for (size_t i = 0; i < length_of(list); i++)
		one_reaction(out, json_object_array_get_idx(list, i));
	if (criticality[0] != '\0')
		buf_printf(out, "%s%s risk", out->len ? "; " : "", criticality);
}

void view_modifiers(struct buf *out, struct json_object *resource)
{
	struct json_object *not_done = fhir_member(resource, "doNotPerform");

	if (json_object_is_type(not_done, json_type_boolean) && json_object_get_boolean(not_done))
		buf_append_text(out, "DO NOT GIVE OR DO THIS. ");
	if (fhir_member(resource, "modifierExtension") != NULL || fhir_member(resource, "implicitRules") != NULL)
		buf_append_text(out, "CHANGED BY SOMETHING THAT IS NOT SHOWN HERE: read the original. ");
}

void view_source(struct buf *out, const struct fhir_file *f, struct json_object *resource)
{
	static const char *const members[] = {"performer",         "author",   "recorder", "asserter",
					      "informationSource", "requester"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && out->len == 0; i++) {
		struct json_object *who = fhir_first(resource, members[i]);
		struct json_object *target;

		if (who == NULL)
			who = fhir_member(resource, members[i]);
		if (fhir_member(who, "actor") != NULL)
			who = fhir_member(who, "actor");
		buf_append_text(out, fhir_text(who, "display"));
		target = fhir_target(f, resource, fhir_text(who, "reference"));
		if (out->len == 0 && target != NULL) {
			buf_append_text(out, fhir_text(target, "name"));
			if (out->len == 0)
				buf_append_text(out, fhir_text(fhir_first(target, "name"), "family"));
		}
	}
}

const char *view_date(struct json_object *resource)
{
	static const char *const members[] = {"effectiveDateTime",
					      "performedDateTime",
					      "occurrenceDateTime",
					      "onsetDateTime",
					      "authoredOn",
					      "date",
					      "dateAsserted",
					      "recordedDate",
					      "started",
					      "issued"};
	static const char *const periods[] = {"effectivePeriod", "performedPeriod", "onsetPeriod", "period"};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (fhir_text(resource, members[i])[0] != '\0')
			return fhir_text(resource, members[i]);
	}
	for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
		if (fhir_text(fhir_member(resource, periods[i]), "start")[0] != '\0')
			return fhir_text(fhir_member(resource, periods[i]), "start");
	}
	return "";
}

/* Both statuses have codes that are plain words, from a closed list; what else is said stands as it is. */
static const char *status_word(struct json_object *concept)
{
	static const char *const words[] = {
		"active", "recurrence", "relapse", "inactive", "remission", "resolved",
		"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error", "presumed",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (fhir_has_code(concept, NULL, words[i]))
			return words[i];
	return fhir_concept(concept);
}

void view_status(struct buf *out, struct json_object *resource)
{
	const char *verified = status_word(fhir_member(resource, "verificationStatus"));
	const char *clinical = status_word(fhir_member(resource, "clinicalStatus"));

	if (strcmp(verified, "entered-in-error") == 0)
		verified = "entered in error";
	if (strcmp(verified, "refuted") == 0 || strcmp(verified, "entered in error") == 0)
		clinical = "";
	else if (strcmp(verified, "confirmed") == 0)
		verified = "";
	if (clinical[0] == '\0' && verified[0] == '\0')
		clinical = fhir_text(resource, "status");
	buf_printf(out, "%s%s%s", clinical, clinical[0] != '\0' && verified[0] != '\0' ? ", " : "", verified);
}
