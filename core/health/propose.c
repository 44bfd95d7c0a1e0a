/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/propose.h"

#include <json-c/json.h>

#include "core/health/date.h"

#define WALK_DEPTH_MAX 32u
#define ACT_CODE "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define CONFIDENTIALITY "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

static const struct { const char *type, *category;
} type_category[] = {
	{"Condition", "DX"},
	{"AllergyIntolerance", "ALG"},
	{"Medication", "MED"},
	{"MedicationRequest", "MED"},
	{"MedicationStatement", "MED"},
	{"MedicationDispense", "MED"},
	{"MedicationAdministration", "MED"},
	{"Immunization", "IMM"},
	{"Specimen", "LAB"},
	{"ImagingStudy", "IMG"},
	{"Media", "IMG"},
	{"Procedure", "PRC"},
	{"Encounter", "ENC"},
	{"Appointment", "ENC"},
	{"DocumentReference", "DOC"},
	{"Composition", "DOC"},
	{"Binary", "DOC"},
	{"ClinicalImpression", "DOC"},
	{"MolecularSequence", "GEN"},
	{"QuestionnaireResponse", "SOC"},
	{"FamilyMemberHistory", "FAM"},
	{"CarePlan", "CAR"},
	{"Goal", "CAR"},
	{"CareTeam", "CAR"},
	{"ServiceRequest", "CAR"},
	{"Device", "DEV"},
	{"DeviceUseStatement", "DEV"},
	{"Patient", "DEM"},
	{"RelatedPerson", "DEM"},
	{"Coverage", "INS"},
	{"Claim", "INS"},
	{"ClaimResponse", "INS"},
	{"ExplanationOfBenefit", "INS"},
	{"Consent", "DIR"},
};

static const struct { const char *code, *category; } observation_category[] = {
	{"laboratory", "LAB"}, {"vital-signs", "VIT"}, {"exam", "VIT"}, {"imaging", "IMG"}, {"procedure", "PRC"},
	{"social-history", "SOC"}, {"survey", "SOC"}, {"therapy", "PRC"}, {"activity", "VIT"},
};

static const struct { const char *code, *category; } report_category[] = {
	{"LAB", "LAB"}, {"CH", "LAB"}, {"HM", "LAB"}, {"MB", "LAB"}, {"PAT", "LAB"}, {"RAD", "IMG"}, {"GE", "GEN"},
};

/* Who is meant or who did it: says nothing about what kind of data a Bundle holds. */
static const char *const context_types[] = {"Patient",      "Practitioner", "PractitionerRole",
						"Organization", "Location",     NULL};

static const struct { const char *system, *prefix, *label; } label_codes[] = {
#define LABEL(system, prefix, label) {system, prefix, label},
#include "core/health/labels.def"
#undef LABEL
};

static const char *const sensitivities[] = {
	"PSY",      "MH",  "BH",  "PSYTHPN", "ETH", "SUD",  "ETHUD", "OPIOIDUD", "HIV", "SEX", "STD",
	"PREGNANT", "SDV", "VIO", "GDIS",    "SCA", "ADOL", "TBOO",  "PHY",      "PRS", "PDS",
};

static const char confidentiality_order[][2] = {"U", "L", "M", "N", "R", "V"};

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

/* Does any concept of a list (or the concept itself) carry the code? */
static bool any_concept(struct json_object *o, const char *member, const char *code)
{
	struct json_object *found = fhir_member(o, member);

	if (found == NULL || !json_object_is_type(found, json_type_array))
		return fhir_has_code(found, NULL, code);
	for (size_t i = 0; i < json_object_array_length(found); i++) {
		if (fhir_has_code(json_object_array_get_idx(found, i), NULL, code))
			return true;
	}
	return false;
}

static const char *category_of(const struct fhir_resource *r)
{
	if (strcmp(r->type, "Observation") == 0) {
		for (size_t i = 0; i < COUNT(observation_category); i++) {
			if (any_concept(r->object, "category", observation_category[i].code))
				return observation_category[i].category;
		}
		return "LAB";
	}
	if (strcmp(r->type, "DiagnosticReport") == 0) {
		for (size_t i = 0; i < COUNT(report_category); i++) {
			if (any_concept(r->object, "category", report_category[i].code))
				return report_category[i].category;
		}
		return "LAB";
	}
	for (size_t i = 0; i < COUNT(type_category); i++) {
		if (strcmp(type_category[i].type, r->type) == 0)
			return type_category[i].category;
	}
	return "OTH";
}

static bool is_context(const char *type)
{
	for (size_t i = 0; context_types[i] != NULL; i++) {
		if (strcmp(context_types[i], type) == 0)
			return true;
	}
	return false;
}

/* A patient summary is SUM; a Bundle of one kind is that kind; a mixture only matches rules about everything. */
static const char *category_of_file(const struct fhir_file *f)
{
	const char *found = NULL;

	for (size_t i = 0; i < f->count; i++) {
		const struct fhir_resource *r = &f->resources[i];

		if (strcmp(r->type, "Composition") == 0)
			return any_concept(r->object, "type", "60591-5") ? "SUM" : "DOC";
	}
	for (size_t i = 0; i < f->count; i++) {
		const char *category = category_of(&f->resources[i]);

		if (f->count > 1 && is_context(f->resources[i].type))
			continue;
		if (found != NULL && strcmp(found, category) != 0)
			return "OTH";
		found = category;
	}
	return found ? found : "OTH";
}

static void add_label(struct proposal *p, const char *label)
{
	for (size_t i = 0; i < p->label_count; i++) {
		if (strcmp(p->labels[i], label) == 0)
			return;
	}
	if (p->label_count < PROPOSAL_LABELS_MAX)
		p->labels[p->label_count++] = label;
}

static void raise_confidentiality(struct proposal *p, const char *code)
{
	size_t have = 0, want = COUNT(confidentiality_order);

	for (size_t i = 0; i < COUNT(confidentiality_order); i++) {
		if (strcmp(confidentiality_order[i], p->confidentiality) == 0)
			have = i;
		if (strcmp(confidentiality_order[i], code) == 0)
			want = i;
	}
	if (want < COUNT(confidentiality_order) && want > have)
		p->confidentiality = confidentiality_order[want];
}

/* A Coding: as a security label, and as a code that implies one. */
static void consider_coding(struct proposal *p, struct json_object *coding)
{
	const char *system = fhir_text(coding, "system"), *code = fhir_text(coding, "code");

	if (strcmp(system, CONFIDENTIALITY) == 0)
		raise_confidentiality(p, code);
	for (size_t i = 0; strcmp(system, ACT_CODE) == 0 && i < COUNT(sensitivities); i++) {
		if (strcmp(sensitivities[i], code) == 0)
			add_label(p, sensitivities[i]);
	}
	for (size_t i = 0; i < COUNT(label_codes); i++) {
		if (strcmp(system, label_codes[i].system) == 0 &&
			strncmp(code, label_codes[i].prefix, strlen(label_codes[i].prefix)) == 0)
			add_label(p, label_codes[i].label);
	}
}

static void consider_date(struct proposal *p, const char *text)
{
	struct time_ms from, to;

	if (fhir_date_interval(&from, &to, text) != ERR_OK)
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

static void walk(struct proposal *p, const char *member, struct json_object *o, unsigned depth)
{
	if (o == NULL || depth > WALK_DEPTH_MAX)
		return;
	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			walk(p, member, json_object_array_get_idx(o, i), depth + 1);
		return;
	}
	if (json_object_is_type(o, json_type_string) && is_clinical_date(member))
		consider_date(p, json_object_get_string(o));
	if (!json_object_is_type(o, json_type_object))
		return;
	if (fhir_member(o, "code") != NULL && fhir_member(o, "system") != NULL)
		consider_coding(p, o);
	json_object_object_foreach(o, name, value)
		walk(p, name, value, depth + 1);
}

void health_propose(struct proposal *ret, const struct fhir_file *f)
{
	*ret = (struct proposal){.category = category_of_file(f), .confidentiality = "U"};
	for (size_t i = 0; i < f->count; i++) {
		if (!is_context(f->resources[i].type) || f->count == 1)
			walk(ret, "", f->resources[i].object, 0);
	}
	walk(ret, "", fhir_member(f->root, "meta"), 0);
	if (strcmp(ret->confidentiality, "U") == 0)
		ret->confidentiality = "N";
	if (ret->label_count > 0)
		raise_confidentiality(ret, "R");
}

void health_propose_attachment(struct proposal *ret)
{
	*ret = (struct proposal){.category = "DOC", .confidentiality = "N"};
}
