/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/propose.h"

#include <json-c/json.h>
#include <stdio.h>

#include "core/health/date.h"

#define WALK_DEPTH_MAX 32u
#define ACT_CODE "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define CONFIDENTIALITY "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

/* Who is meant or who did it: says nothing about what kind of data a Bundle holds. */
static const char *const context_types[] = {"Patient",      "Practitioner", "PractitionerRole",
						"Organization", "Location",     NULL};

static const char *const sensitivities[] = {
	"PSY",      "MH",  "BH",  "PSYTHPN", "ETH", "SUD",  "ETHUD", "OPIOIDUD", "HIV", "SEX", "STD",
	"PREGNANT", "SDV", "VIO", "GDIS",    "SCA", "ADOL", "TBOO",  "PHY",      "PRS", "PDS",
};

static const char confidentiality_order[][2] = {"U", "L", "M", "N", "R", "V"};

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

/* The category of the first code, in any concept of a list or in the concept itself, that the table has. */
static const char *by_code(const struct label_rules *rules, enum category_key key, struct json_object *o, const char *member)
{
	struct json_object *found = fhir_member(o, member);
	bool list = json_object_is_type(found, json_type_array);
	size_t count = list ? json_object_array_length(found) : found != NULL;

	for (size_t i = 0; i < count; i++) {
		struct json_object *concept = list ? json_object_array_get_idx(found, i) : found;
		struct json_object *codings = fhir_member(concept, "coding");
		size_t codes = json_object_is_type(codings, json_type_array) ? json_object_array_length(codings) : 0;

		for (size_t k = 0; k < codes; k++) {
			const char *code = fhir_text(json_object_array_get_idx(codings, k), "code");
			const char *category = label_category(rules, key, code);

			if (category != NULL)
				return category;
		}
	}
	return NULL;
}

static const char *category_of(const struct label_rules *rules, const struct fhir_resource *r)
{
	const char *found = NULL;
	bool observation = strcmp(r->type, "Observation") == 0, report = strcmp(r->type, "DiagnosticReport") == 0;

	if (observation || report) {
		found = by_code(rules, CATEGORY_BY_FINDING, r->object, "code");
		if (found == NULL)
			found = by_code(rules, observation ? CATEGORY_BY_OBSERVATION : CATEGORY_BY_REPORT, r->object,
					"category");
		return found != NULL ? found : "LAB";
	}
	if (strcmp(r->type, "Composition") == 0 || strcmp(r->type, "DocumentReference") == 0)
		found = by_code(rules, CATEGORY_BY_DOCUMENT, r->object, "type");
	if (found == NULL)
		found = label_category(rules, CATEGORY_BY_TYPE, r->type);
	return found != NULL ? found : "OTH";
}

static bool is_context(const char *type)
{
	for (size_t i = 0; context_types[i] != NULL; i++) {
		if (strcmp(context_types[i], type) == 0)
			return true;
	}
	return false;
}

static bool add_label(struct proposal *p, const char *label)
{
	for (size_t i = 0; i < p->label_count; i++) {
		if (strcmp(p->labels[i], label) == 0)
			return false;
	}
	if (p->label_count == PROPOSAL_LABELS_MAX)
		return false;
	p->labels[p->label_count++] = label;
	return true;
}

static bool raise_confidentiality(struct proposal *p, const char *code)
{
	size_t have = 0, want = COUNT(confidentiality_order);

	for (size_t i = 0; i < COUNT(confidentiality_order); i++) {
		if (strcmp(confidentiality_order[i], p->confidentiality) == 0)
			have = i;
		if (strcmp(confidentiality_order[i], code) == 0)
			want = i;
	}
	if (want == COUNT(confidentiality_order) || want <= have)
		return false;
	p->confidentiality = confidentiality_order[want];
	return true;
}

/* Where the walk is: the names from the resource down. */
struct place {
	const char *names[WALK_DEPTH_MAX + 2];
	size_t count;
	bool dates; /* count here for the period */
	const struct label_rules *rules;
};

static void spell(char out[PROPOSAL_PLACE_MAX], const struct place *at)
{
	size_t len = 0;

	for (size_t i = 0; i < at->count && len < PROPOSAL_PLACE_MAX; i++)
		len += (size_t)snprintf(out + len, PROPOSAL_PLACE_MAX - len, "%s%s", i > 0 ? "." : "", at->names[i]);
}

static void note(struct proposal *p, const char *what, const struct place *at, const char *code)
{
	struct proposal_reason *r = &p->reasons[p->reason_count];

	if (p->reason_count == COUNT(p->reasons))
		return;
	p->reason_count++;
	r->what = what;
	snprintf(r->code, sizeof(r->code), "%s", code);
	spell(r->place, at);
}

/* A Coding: as a security label, and as a code that implies one. */
static void consider_coding(struct proposal *p, const struct place *at, const char *system, const char *code)
{
	const char *label;
	size_t row = 0;

	if (strcmp(system, CONFIDENTIALITY) == 0 && raise_confidentiality(p, code) && strcmp(p->confidentiality, "N") > 0)
		note(p, p->confidentiality, at, code);
	for (size_t i = 0; strcmp(system, ACT_CODE) == 0 && i < COUNT(sensitivities); i++) {
		if (strcmp(sensitivities[i], code) == 0 && add_label(p, sensitivities[i]))
			note(p, sensitivities[i], at, code);
	}
	while ((label = label_of_code(at->rules, system, code, &row)) != NULL)
		if (add_label(p, label))
			note(p, label, at, code);
}

static void consider_date(struct proposal *p, const struct place *at, const char *text)
{
	struct time_ms from, to;

	if (fhir_date_interval(&from, &to, text) != ERR_OK) {
		if (p->bad_date[0] == '\0')
			spell(p->bad_date, at);
		return;
	}
	if (!at->dates)
		return;
	if (!p->period_known || from.v < p->from.v)
		p->from = from;
	if (!p->period_known || to.v > p->to.v)
		p->to = to;
	p->period_known = true;
}

/* Members that say when the care or the finding was; not birth dates, not when a record was printed or is planned. */
static bool is_clinical_date(const char *member)
{
	static const char *const names[] = {
		"effectiveDateTime", "effectiveInstant", "onsetDateTime", "abatementDateTime", "performedDateTime",
		"occurrenceDateTime", "authoredOn", "recordedDate", "date", "issued", "started", "collectedDateTime",
		"dateAsserted", "lastOccurrence", "start", "end",
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], member) == 0)
			return true;
	}
	return false;
}

static void walk(struct proposal *p, struct place *at, struct json_object *o)
{
	const char *member = at->names[at->count - 1];

	if (json_object_is_type(o, json_type_string) && is_clinical_date(member))
		consider_date(p, at, json_object_get_string(o));
	if (at->count > WALK_DEPTH_MAX)
		return;
	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			walk(p, at, json_object_array_get_idx(o, i));
		return;
	}
	if (!json_object_is_type(o, json_type_object))
		return;
	if (fhir_text(o, "code")[0] != '\0' && fhir_text(o, "system")[0] != '\0')
		consider_coding(p, at, fhir_text(o, "system"), fhir_text(o, "code"));
	json_object_object_foreach(o, name, value) {
		at->names[at->count++] = name;
		walk(p, at, value);
		at->count--;
	}
}

static void walk_from(struct proposal *p, const struct label_rules *rules, const char *name, struct json_object *o, bool dates)
{
	struct place at = {.names = {name}, .count = 1, .dates = dates, .rules = rules};

	if (o != NULL)
		walk(p, &at, o);
}

void health_propose_begin(struct proposing *p, const struct label_rules *rules)
{
	*p = (struct proposing){.rules = rules, .made = {.confidentiality = "U"}};
}

static void add_resource(struct proposing *p, const struct fhir_resource *r)
{
	const char *category = category_of(p->rules, r);
	bool context = is_context(r->type);

	if (strcmp(r->type, "Composition") == 0 && p->document == NULL)
		p->document = category;
	if (context && p->context == NULL)
		p->context = category;
	if (!context && p->category != NULL && strcmp(p->category, category) != 0)
		p->mixed = true;
	if (!context)
		p->category = category;
	walk_from(&p->made, p->rules, r->type, r->object, !context);
	if (p->count++ == 0 && context) {
		p->first = p->made;
		walk_from(&p->first, p->rules, r->type, r->object, true);
	}
}

void health_propose_add(struct proposing *p, const struct fhir_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		add_resource(p, &f->resources[i]);
	if (f->bundle_type != NULL)
		walk_from(&p->made, p->rules, "Bundle.meta", fhir_member(f->root, "meta"), false);
}

/* A patient summary is SUM; a record of one kind is that kind; a mixture only matches rules about everything. */
static const char *category_of_all(const struct proposing *p)
{
	if (p->document != NULL)
		return p->document;
	if (p->mixed)
		return "OTH";
	if (p->category != NULL)
		return p->category;
	return p->count == 1 && p->context != NULL ? p->context : "OTH";
}

void health_propose_end(struct proposal *ret, struct proposing *p)
{
	struct proposal *made = &p->made;

	if (p->count == 1 && p->context != NULL) {
		made->period_known = p->first.period_known;
		made->from = p->first.from;
		made->to = p->first.to;
	}
	made->category = category_of_all(p);
	if (strcmp(made->confidentiality, "U") == 0)
		made->confidentiality = "N";
	for (size_t i = 0; i < made->label_count; i++)
		(void)raise_confidentiality(made, label_confidentiality(p->rules, made->labels[i]));
	*ret = *made;
}

void health_propose(struct proposal *ret, const struct label_rules *rules, const struct fhir_file *f)
{
	struct proposing p;

	health_propose_begin(&p, rules);
	health_propose_add(&p, f);
	health_propose_end(ret, &p);
}

void health_propose_attachment(struct proposal *ret, const char *category)
{
	*ret = (struct proposal){.category = category, .confidentiality = "N"};
}
