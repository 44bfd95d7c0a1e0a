/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/view.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "core/crypto/secret.h"
#include "core/health/view_text.h"

#define VIEW_ROWS_MAX 20000u
#define SUMMARY_ROOM 64u /* rows that say why a section is empty */

static const char *const titles[VIEW_SECTIONS] = {
	"Patient", "Alerts", "Allergies", "Problems", "Medicines", "Results", "Vital signs",
	"Vaccines", "Procedures", "Letters", "Other",
};

const char *view_section_title(enum view_section section)
{
	ASSERT(section < VIEW_SECTIONS);
	return titles[section];
}

static const struct { const char *type; enum view_section section; } sections[] = {
	{"Patient", VIEW_PATIENT}, {"Flag", VIEW_ALERTS}, {"AllergyIntolerance", VIEW_ALLERGIES},
	{"Condition", VIEW_PROBLEMS}, {"MedicationStatement", VIEW_MEDICINES}, {"MedicationRequest", VIEW_MEDICINES},
	{"MedicationAdministration", VIEW_MEDICINES}, {"MedicationDispense", VIEW_MEDICINES},
	{"Observation", VIEW_RESULTS}, {"DiagnosticReport", VIEW_RESULTS}, {"Immunization", VIEW_VACCINES},
	{"Procedure", VIEW_PROCEDURES}, {"DocumentReference", VIEW_LETTERS}, {"ImagingStudy", VIEW_RESULTS},
	{"DeviceUseStatement", VIEW_OTHER}, {"Encounter", VIEW_OTHER}, {"CarePlan", VIEW_OTHER}, {"Goal", VIEW_OTHER},
	{"FamilyMemberHistory", VIEW_OTHER}, {"ServiceRequest", VIEW_OTHER},
};

/* An observation may be in several categories. */
static bool is_vital_sign(struct json_object *observation)
{
	struct json_object *list = fhir_member(observation, "category");

	if (list == NULL || !json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		if (fhir_has_code(json_object_array_get_idx(list, i), NULL, "vital-signs"))
			return true;
	}
	return false;
}

static bool section_of(enum view_section *ret, const struct fhir_resource *r)
{
	if (strcmp(r->type, "Observation") == 0 && is_vital_sign(r->object)) {
		*ret = VIEW_VITAL_SIGNS;
		return true;
	}
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strcmp(sections[i].type, r->type) == 0) {
			*ret = sections[i].section;
			return true;
		}
	}
	return false;
}

/* Park a text in the view and give it back as a string; the buffer's memory never moves. */
static const char *keep(struct view *v, struct buf *text)
{
	if (text->len == 0 || buf_error(text) != ERR_OK) {
		buf_release(text);
		return "";
	}
	if (v->text_count == v->text_size) {
		size_t size = v->text_size ? 2 * v->text_size : 64;
		struct buf *grown = realloc(v->texts, size * sizeof(*grown));

		if (grown == NULL) {
			buf_release(text);
			return "";
		}
		v->texts = grown;
		v->text_size = size;
	}
	v->texts[v->text_count] = *text;
	*text = (struct buf)BUF_INIT;
	return buf_text(&v->texts[v->text_count++]);
}

static void human_name(struct buf *out, struct json_object *person)
{
	struct json_object *name = fhir_first(person, "name");
	struct json_object *given = fhir_first(name, "given");

	buf_append_text(out, fhir_text(name, "text"));
	if (out->len > 0)
		return;
	if (given != NULL && json_object_is_type(given, json_type_string))
		buf_printf(out, "%s ", json_object_get_string(given));
	buf_append_text(out, fhir_text(name, "family"));
}

/* What a row is called: the medicine, the test, the problem. */
static void title_of(struct buf *out, const struct fhir_file *f, const struct fhir_resource *r)
{
	static const char *const concepts[] = {"code", "medicationCodeableConcept", "vaccineCode", "type",
					       "relationship"};
	struct json_object *reference = fhir_member(r->object, "medicationReference");

	if (strcmp(r->type, "Patient") == 0)
		human_name(out, r->object);
	if (strcmp(r->type, "DocumentReference") == 0)
		buf_append_text(out, fhir_text(r->object, "description"));
	for (size_t i = 0; i < sizeof(concepts) / sizeof(concepts[0]) && out->len == 0; i++) {
		const char *absent = view_absent(fhir_member(r->object, concepts[i]));

		if (absent != NULL)
			buf_append_text(out, absent);
	}
	for (size_t i = 0; i < sizeof(concepts) / sizeof(concepts[0]) && out->len == 0; i++)
		buf_append_text(out, fhir_concept(fhir_member(r->object, concepts[i])));
	if (out->len == 0)
		buf_append_text(
			out, fhir_concept(fhir_member(fhir_target(f, r->object, fhir_text(reference, "reference")),
						  "code")));
	if (out->len == 0)
		buf_append_text(out, fhir_text(reference, "display"));
	if (out->len == 0)
		buf_printf(out, "%s", r->type);
}

/* Only what the record says. */
static void view_person(struct buf *out, struct json_object *patient)
{
	const char *born = fhir_text(patient, "birthDate"), *gender = fhir_text(patient, "gender");

	buf_printf(out, "%s%s%s%s", born[0] ? "born " : "", born, born[0] && gender[0] ? ", " : "", gender);
}

static void detail_of(struct buf *out, const struct fhir_resource *r, enum view_section section)
{
	if (section == VIEW_PATIENT)
		view_person(out, r->object);
	else if (section == VIEW_MEDICINES)
		view_dose(out, r->object);
	else if (section == VIEW_ALLERGIES)
		view_reaction(out, r->object);
	else if (section == VIEW_RESULTS || section == VIEW_VITAL_SIGNS)
		view_value(out, r->object);
	if (section == VIEW_RESULTS && out->len == 0)
		buf_append_text(out, fhir_text(r->object, "conclusion"));
}

static void add_row(struct view *v, const struct fhir_file *f, const struct fhir_resource *r,
			enum view_section section)
{
	struct view_row *row = &v->rows[v->count++];
	struct buf text = BUF_INIT, whole = BUF_INIT;

	*row = (struct view_row){.section = section, .date = view_date(r->object),
				 .code = "", .number = "", .unit = ""};
	view_status(&text, r->object);
	row->status = keep(v, &text);
	title_of(&text, f, r);
	row->title = keep(v, &text);
	detail_of(&text, r, section);
	view_modifiers(&whole, r->object);
	buf_append_text(&whole, buf_text(&text));
	buf_release(&text);
	row->detail = keep(v, &whole);
	if (section == VIEW_RESULTS || section == VIEW_VITAL_SIGNS) {
		view_range(&text, r->object);
		row->range = keep(v, &text);
		view_flag(&text, r->object);
		row->flag = keep(v, &text);
		view_code(&text, r->object);
		row->code = keep(v, &text);
		row->number = view_number(r->object);
		row->unit = view_unit(r->object);
	} else {
		row->range = row->flag = "";
	}
	view_source(&text, f, r->object);
	row->source = keep(v, &text);
}

static const struct { const char *code; enum view_section section;
} summary_sections[] = {
	{"48765-2", VIEW_ALLERGIES},  {"11450-4", VIEW_PROBLEMS}, {"10160-0", VIEW_MEDICINES},
	{"30954-2", VIEW_RESULTS},    {"11369-6", VIEW_VACCINES}, {"47519-4", VIEW_PROCEDURES},
	{"8716-3", VIEW_VITAL_SIGNS}, {"104605-1", VIEW_ALERTS},
};

/* Why a section of a summary is empty, in words that do not say more than the record does. */
static const char *empty_words(struct json_object *section)
{
	struct json_object *reason = fhir_member(section, "emptyReason");

	if (fhir_has_code(reason, NULL, "nilknown"))
		return "None known.";
	if (fhir_has_code(reason, NULL, "notasked"))
		return "Not asked.";
	return "Nothing to show: the record does not say whether there is any.";
}

static void add_empty_sections(struct view *v, struct json_object *composition)
{
	struct json_object *list = fhir_member(composition, "section");

	if (list == NULL || !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *section = json_object_array_get_idx(list, i);

		if (fhir_first(section, "entry") != NULL)
			continue;
		for (size_t s = 0; s < sizeof(summary_sections) / sizeof(summary_sections[0]); s++) {
			if (v->count < v->size &&
				fhir_has_code(fhir_member(section, "code"), NULL, summary_sections[s].code))
				v->rows[v->count++] = (struct view_row){.section = summary_sections[s].section,
									.date = "",
									.title = empty_words(section),
									.detail = "",
									.range = "",
									.flag = "",
									.status = "",
									.source = "",
									.code = "",
									.number = "",
									.unit = ""};
		}
	}
}

static bool allergy_is_high(const struct view_row *row)
{
	return row->section == VIEW_ALLERGIES && strstr(row->detail, "high risk") != NULL;
}

static int compare_rows(const void *a, const void *b)
{
	const struct view_row *x = a, *y = b;
	int order;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	if (allergy_is_high(x) != allergy_is_high(y))
		return allergy_is_high(x) ? -1 : 1;
	order = strcmp(y->date, x->date);
	if (order != 0)
		return order;
	order = strcmp(x->title, y->title);
	return order != 0 ? order : strcmp(x->detail, y->detail);
}

enum err view_make(struct view *ret, const struct fhir_file *f)
{
	struct view v = {0};

	v.size = f->count + SUMMARY_ROOM < VIEW_ROWS_MAX ? f->count + SUMMARY_ROOM : VIEW_ROWS_MAX;
	v.rows = calloc(v.size, sizeof(*v.rows));
	if (v.rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < f->count && v.count < v.size; i++) {
		const struct fhir_resource *r = &f->resources[i];
		enum view_section section;

		if (section_of(&section, r))
			add_row(&v, f, r, section);
		else if (strcmp(r->type, "Composition") != 0)
			v.not_shown++;
	}
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->resources[i].type, "Composition") == 0)
			add_empty_sections(&v, f->resources[i].object);
	}
	qsort(v.rows, v.count, sizeof(*v.rows), compare_rows);
	*ret = v;
	return ERR_OK;
}

void view_release(struct view *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->text_count; i++) {
		secret_wipe(v->texts[i].data, v->texts[i].size);
		buf_release(&v->texts[i]);
	}
	free(v->texts);
	free(v->rows);
	*v = (struct view){0};
}
