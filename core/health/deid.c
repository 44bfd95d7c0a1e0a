/* SPDX-License-Identifier: Apache-2.0 */
/* The walk: which resources stay, which elements of them, what is lost. */
#include "core/health/deid.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/crypto/hash.h"
#include "core/crypto/secret.h"
#include "core/health/deid_parts.h"

#define BASE_URL "http://deid.invalid/" /* names nothing: RFC 2606 */
#define TAG_SYSTEM "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"

struct deid_mark deid_mark(const struct deid *d)
{
	return (struct deid_mark){d->w.out->len, d->w};
}

void deid_back(struct deid *d, struct deid_mark to)
{
	if (d->w.out->len > to.len)
		d->w.out->len = to.len;
	d->w = to.w;
}

/* ---- elements ---- */

static bool group(struct deid *d, const char *key, const struct deid_node *node, struct json_object *object);

static bool one(struct deid *d, const char *key, const struct deid_node *node, struct json_object *value)
{
	return node->action == DEID_GROUP ? group(d, key, node, value) : deid_value(d, key, node, value);
}

static bool is_primitive(enum deid_action action)
{
	return action == DEID_BOOLEAN || action == DEID_NUMBER || action == DEID_ENUM || action == DEID_YEAR ||
	       action == DEID_COUNTRY;
}

/* FHIR wants the element: it says that it is hidden. */
static void mask(struct deid *d, const struct deid_node *node, bool list)
{
	char key[DEID_NAME_MAX + 1];

	snprintf(key, sizeof(key), "%s%s", is_primitive(node->action) ? "_" : "", node->name);
	if (list)
		json_begin_array(&d->w, key);
	json_raw(&d->w, list ? NULL : key, bytes_str(DEID_MASKED));
	if (list)
		json_end_array(&d->w);
}

static bool items(struct deid *d, const struct deid_node *node, struct json_object *list)
{
	struct deid_mark mark = deid_mark(d);
	size_t count = json_object_array_length(list);
	bool any = false;

	json_begin_array(&d->w, node->name);
	for (size_t i = 0; i < count; i++) {
		if (one(d, NULL, node, json_object_array_get_idx(list, i)))
			any = true;
		else if (node->action != DEID_GROUP)
			deid_lose(d, node, "");
	}
	json_end_array(&d->w);
	if (!any)
		deid_back(d, mark);
	return any;
}

/* One member of an object: by its rule, or lost. */
static bool member(struct deid *d, const struct deid_node *node, const char *name, struct json_object *value)
{
	const struct deid_node *child = deid_child(d->rules, node, name);
	bool list = json_object_is_type(value, json_type_array), kept;

	if (child == NULL) {
		deid_lose(d, node, name);
		return false;
	}
	kept = list ? items(d, child, value) : one(d, child->name, child, value);
	if (!kept && !list && child->action != DEID_GROUP)
		deid_lose(d, child, "");
	if (!kept && child->required)
		mask(d, child, list);
	return kept;
}

static bool members(struct deid *d, const struct deid_node *node, struct json_object *object)
{
	bool any = false;

	json_object_object_foreach(object, name, value)
		any = member(d, node, name, value) || any;
	return any;
}

static bool group(struct deid *d, const char *key, const struct deid_node *node, struct json_object *object)
{
	struct deid_mark mark = deid_mark(d);
	bool any;

	if (!json_object_is_type(object, json_type_object)) {
		deid_lose(d, node, "");
		return false;
	}
	json_begin_object(&d->w, key);
	any = members(d, node, object);
	json_end_object(&d->w);
	if (!any)
		deid_back(d, mark);
	return any;
}

/* ---- resources ---- */

static int by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)(*(struct deid_slot *const *)a)->object;
	uintptr_t y = (uintptr_t)(*(struct deid_slot *const *)b)->object;

	return (x > y) - (x < y);
}

static const struct deid_slot *slot_of(const struct deid *d, struct json_object *object)
{
	const struct deid_slot wanted = {.object = object}, *key = &wanted;
	struct deid_slot **found = bsearch(&key, d->by_object, d->slot_count, sizeof(struct deid_slot *), by_address);

	return found != NULL ? *found : NULL;
}

static int compare_names(const struct deid_slot *slot, struct json_object *holder, const char *id)
{
	uintptr_t x = (uintptr_t)slot->holder, y = (uintptr_t)holder;

	return x != y ? (x > y) - (x < y) : strcmp(fhir_text(slot->object, "id"), id);
}

/* Equal ones as in the file. */
static int by_name(const void *a, const void *b)
{
	const struct deid_slot *x = *(struct deid_slot *const *)a, *y = *(struct deid_slot *const *)b;
	int order = compare_names(x, y->holder, fhir_text(y->object, "id"));

	return order != 0 ? order : (x > y) - (x < y);
}

/* What "#id" means inside the resource that is read: fhir_target's answer, without a look at each one contained. */
static const struct deid_slot *contained_slot(const struct deid *d, const char *id)
{
	size_t low = 0, high = d->slot_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_names(d->by_name[middle], d->resource, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < d->slot_count && d->by_name[low]->object == d->resource) /* itself, of the same id */
		low++;
	return id[0] != '\0' && low < d->slot_count && compare_names(d->by_name[low], d->resource, id) == 0 ? d->by_name[low]
													 : NULL;
}

/* A pseudonym is a keyed hash of the place in this file, or of the foreign reference: equal ones stay equal inside this
 * record, and say nothing outside, because the key is forgotten.
 */
static void pseudonym(const struct deid *d, char out[DEID_PSEUDONYM_HEX], struct bytes what)
{
	struct hash32 h = hmac_sha256(bytes_of(d->key, sizeof(d->key)), what);

	hex_encode(out, h.b, (DEID_PSEUDONYM_HEX - 1) / 2);
}

/* That of a reference to "Type/id"; false when the resource has no id. */
static bool pseudonym_of_id(const struct deid *d, char out[DEID_PSEUDONYM_HEX], struct json_object *object)
{
	char reference[2 * DEID_NAME_MAX + 64];
	const char *id = fhir_text(object, "id");
	int len = snprintf(reference, sizeof(reference), "%s/%s", fhir_text(object, "resourceType"), id);

	if (id[0] == '\0' || len < 0 || (size_t)len >= sizeof(reference))
		return false;
	pseudonym(d, out, bytes_str(reference));
	return true;
}

/* Most lines of an export refer to the person of the line before. */
static void pseudonym_of_reference(struct deid *d, char out[DEID_PSEUDONYM_HEX], const char *reference)
{
	if (d->last[0] == '\0' || strcmp(d->last, reference) != 0) {
		size_t len = strlen(reference);

		pseudonym(d, d->last_pseudonym, bytes_str(reference));
		memcpy(d->last, reference, len < sizeof(d->last) ? len + 1 : 0);
		if (len >= sizeof(d->last))
			d->last[0] = '\0';
	}
	memcpy(out, d->last_pseudonym, DEID_PSEUDONYM_HEX);
}

/* "type/pseudonym" */
static void join(char out[DEID_NAME_MAX + DEID_PSEUDONYM_HEX], const char *type, const char *of)
{
	size_t len = strlen(type);

	memcpy(out, type, len);
	out[len] = '/';
	memcpy(out + len + 1, of, DEID_PSEUDONYM_HEX);
}

bool deid_reference(struct deid *d, char out[DEID_NAME_MAX + DEID_PSEUDONYM_HEX], const char *types,
		    const char *reference)
{
	const struct deid_slot *slot = reference[0] == '#' ? contained_slot(d, reference + 1)
							   : slot_of(d, fhir_target(d->file, d->resource, reference));
	char type[DEID_NAME_MAX], foreign[DEID_PSEUDONYM_HEX];
	size_t len = strcspn(reference, "/");

	if (slot != NULL) {
		if (slot->type == NULL || !deid_word(types, slot->type->name))
			return false;
		join(out, slot->type->name, slot->pseudonym);
		return true;
	}
	if (len == 0 || len >= sizeof(type) || reference[len] != '/' || reference[len + 1] == '\0')
		return false;
	memcpy(type, reference, len);
	type[len] = '\0';
	if (!deid_word(types, type) || deid_type(d->rules, type) == NULL)
		return false;
	pseudonym_of_reference(d, foreign, reference);
	join(out, type, foreign);
	return true;
}

static bool changes_meaning(const char *name)
{
	return (name[0] == 'm' && strcmp(name, "modifierExtension") == 0) ||
	       (name[0] == 'i' && strcmp(name, "implicitRules") == 0);
}

/* Something that changes the meaning of the rest, anywhere in a resource but in those that it contains. */
static bool is_modified(struct json_object *value)
{
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			if (is_modified(json_object_array_get_idx(value, i)))
				return true;
		return false;
	}
	if (!json_object_is_type(value, json_type_object))
		return false;
	json_object_object_foreach(value, name, inner) {
		if (changes_meaning(name))
			return true;
		if (inner != NULL && (name[0] != 'c' || strcmp(name, "contained") != 0) && is_modified(inner))
			return true;
	}
	return false;
}

static void take_slot(struct deid *d, struct json_object *object, struct json_object *holder)
{
	struct deid_slot *s = &d->slots[d->slot_count];
	const char *name = fhir_text(object, "resourceType");
	uint8_t place[8];

	*s = (struct deid_slot){.object = object, .holder = holder, .type = deid_type(d->rules, name)};
	if (s->type != NULL && is_modified(object))
		s->type = NULL;
	if (s->type == NULL) {
		deid_lose(d, &d->rules->nodes[0], name);
		d->report.left_out++;
	} else {
		d->report.kept++;
	}
	put_be64(place, d->places++);
	if (!d->by_id || holder != object || !pseudonym_of_id(d, s->pseudonym, object))
		pseudonym(d, s->pseudonym, bytes_of(place, sizeof(place)));
	d->slot_count++;
}

static size_t contained_count(struct json_object *object)
{
	struct json_object *list = fhir_member(object, "contained");

	return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
}

static enum err take_slots(struct deid *d)
{
	size_t count = 0;

	for (size_t i = 0; i < d->file->count; i++)
		count += 1 + contained_count(d->file->resources[i].object);
	if (count > 2 * (size_t)FHIR_RESOURCES_MAX)
		return ERR_TOO_LARGE;
	d->slots = calloc(count + 1, sizeof(*d->slots));
	d->by_object = calloc(count + 1, sizeof(struct deid_slot *));
	d->by_name = calloc(count + 1, sizeof(struct deid_slot *));
	if (d->slots == NULL || d->by_object == NULL || d->by_name == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < d->file->count; i++) {
		struct json_object *object = d->file->resources[i].object;

		take_slot(d, object, object);
		for (size_t k = 0; k < contained_count(object); k++)
			take_slot(d, json_object_array_get_idx(fhir_member(object, "contained"), k), object);
	}
	for (size_t i = 0; i < d->slot_count; i++)
		d->by_object[i] = d->by_name[i] = &d->slots[i];
	qsort(d->by_object, d->slot_count, sizeof(struct deid_slot *), by_address);
	qsort(d->by_name, d->slot_count, sizeof(struct deid_slot *), by_name);
	return ERR_OK;
}

static void tags(struct deid *d)
{
	json_begin_object(&d->w, "meta");
	json_begin_array(&d->w, "security");
	for (size_t i = 0; i < 2; i++) {
		json_begin_object(&d->w, NULL);
		json_string(&d->w, "system", TAG_SYSTEM);
		json_string(&d->w, "code", i == 0 ? "PSEUDED" : "REDACTED");
		json_end_object(&d->w);
	}
	json_end_array(&d->w);
	json_end_object(&d->w);
}

static void resource(struct deid *d, const char *key, const struct deid_slot *s, bool tagged)
{
	d->resource = s->holder;
	json_begin_object(&d->w, key);
	json_string(&d->w, "resourceType", s->type->name);
	json_string(&d->w, "id", s->pseudonym);
	if (tagged)
		tags(d);
	json_object_object_foreach(s->object, name, value) {
		if (strcmp(name, "resourceType") != 0 && strcmp(name, "id") != 0 && strcmp(name, "contained") != 0)
			(void)member(d, s->type, name, value);
	}
	json_end_object(&d->w);
}

static void bundle(struct deid *d)
{
	char url[sizeof(BASE_URL) + DEID_NAME_MAX + DEID_PSEUDONYM_HEX];

	json_begin_object(&d->w, NULL);
	json_string(&d->w, "resourceType", "Bundle");
	tags(d);
	json_string(&d->w, "type", "collection");
	if (d->report.kept > 0)
		json_begin_array(&d->w, "entry");
	for (size_t i = 0; i < d->slot_count; i++) {
		const struct deid_slot *s = &d->slots[i];

		if (s->type == NULL)
			continue;
		snprintf(url, sizeof(url), BASE_URL "%s/%s", s->type->name, s->pseudonym);
		json_begin_object(&d->w, NULL);
		json_string(&d->w, "fullUrl", url);
		resource(d, "resource", s, false);
		json_end_object(&d->w);
	}
	if (d->report.kept > 0)
		json_end_array(&d->w);
	json_end_object(&d->w);
}

/* The patient's, when the file has just one: a second one's ages cannot be told apart. */
static int birth_year(const struct deid *d)
{
	struct json_object *patient = NULL;

	for (size_t i = 0; i < d->slot_count; i++) {
		if (strcmp(fhir_text(d->slots[i].object, "resourceType"), "Patient") != 0)
			continue;
		if (patient != NULL)
			return 0;
		patient = d->slots[i].object;
	}
	return deid_year(d, fhir_text(patient, "birthDate"));
}

static int year_now(struct time_ms now)
{
	time_t seconds = (time_t)(now.v / MS_PER_SECOND);
	struct tm parts = {0};

	return gmtime_r(&seconds, &parts) != NULL ? parts.tm_year + 1900 : 0;
}

static enum err begin(struct deid *d)
{
	d->report.losses = calloc(DEID_LOSSES_MAX, sizeof(*d->report.losses));
	d->loss_keys = calloc(DEID_LOSSES_MAX, sizeof(*d->loss_keys));
	d->loss_table = calloc(DEID_LOSS_TABLE, sizeof(*d->loss_table));
	if (d->report.losses == NULL || d->loss_keys == NULL || d->loss_table == NULL)
		return ERR_MEMORY;
	return ERR_OK;
}

static void end_file(struct deid *d)
{
	free(d->slots);
	free(d->by_object);
	free(d->by_name);
	d->slots = NULL;
	d->by_object = d->by_name = NULL;
	d->slot_count = 0;
}

static void end(struct deid *d)
{
	end_file(d);
	secret_wipe(d->key, sizeof(d->key));
	free(d->loss_keys);
	free(d->loss_table);
}

static enum err run(struct deid *d)
{
	TRY(begin(d));
	TRY(take_slots(d));
	d->birth_year = birth_year(d);
	if (d->file->bundle_type == NULL && d->slot_count == 1 && d->report.kept == 1)
		resource(d, NULL, &d->slots[0], true);
	else
		bundle(d);
	deid_sort_losses(&d->report);
	return buf_error(d->w.out);
}

enum err deid_make(struct buf *out, struct deid_report *ret, const struct deid_rules *rules, const struct fhir_file *f,
		   struct time_ms now, const struct rng *rng, struct err_info *info)
{
	struct deid d = {.rules = rules, .file = f, .year = year_now(now)};
	size_t start = out->len;
	enum err e;

	rng_fill(rng, d.key, sizeof(d.key));
	json_writer_init(&d.w, out);
	e = run(&d);
	end(&d);
	if (e != ERR_OK) {
		if (out->len > start)
			out->len = start;
		deid_report_release(&d.report);
		return err_set(info, e, "while names and identifiers are removed");
	}
	*ret = d.report;
	return ERR_OK;
}

/* ---- line by line ---- */

struct deid_stream {
	struct deid d;
	size_t patients;
	int birth_year;
};

enum err deid_stream_new(struct deid_stream **ret, const struct deid_rules *rules, struct time_ms now, const struct rng *rng,
			 struct err_info *info)
{
	struct deid_stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return err_set(info, ERR_MEMORY, "while names and identifiers are removed");
	s->d.rules = rules;
	s->d.year = year_now(now);
	s->d.by_id = true;
	rng_fill(rng, s->d.key, sizeof(s->d.key));
	if (begin(&s->d) != ERR_OK) {
		deid_stream_free(s);
		return err_set(info, ERR_MEMORY, "while names and identifiers are removed");
	}
	*ret = s;
	return ERR_OK;
}

void deid_stream_free(struct deid_stream *s)
{
	if (s == NULL)
		return;
	end(&s->d);
	deid_report_release(&s->d.report);
	free(s);
}

void deid_stream_see(struct deid_stream *s, const struct fhir_file *line)
{
	for (size_t i = 0; i < line->count; i++) {
		if (strcmp(line->resources[i].type, "Patient") != 0)
			continue;
		s->birth_year = deid_year(&s->d, fhir_text(line->resources[i].object, "birthDate"));
		s->patients++;
	}
}

enum err deid_stream_add(struct deid_stream *s, struct buf *out, const struct fhir_file *line, struct err_info *info)
{
	struct deid *d = &s->d;
	enum err e;

	d->file = line;
	d->birth_year = s->patients == 1 ? s->birth_year : 0;
	e = take_slots(d);
	for (size_t i = 0; e == ERR_OK && i < d->slot_count; i++) {
		if (d->slots[i].type == NULL)
			continue;
		json_writer_init(&d->w, out);
		resource(d, NULL, &d->slots[i], true);
		buf_append_byte(out, '\n');
		e = buf_error(out);
	}
	end_file(d);
	d->file = NULL;
	return e == ERR_OK ? e : err_set(info, e, "while names and identifiers are removed");
}

enum err deid_stream_report(struct deid_report *ret, const struct deid_stream *s)
{
	struct deid_report made = s->d.report;

	made.losses = calloc(made.loss_count + 1, sizeof(*made.losses));
	if (made.losses == NULL)
		return ERR_MEMORY;
	if (made.loss_count > 0)
		memcpy(made.losses, s->d.report.losses, made.loss_count * sizeof(*made.losses));
	deid_sort_losses(&made);
	*ret = made;
	return ERR_OK;
}
