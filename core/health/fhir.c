/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/fhir.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/health/code_words.h"

struct json_object *fhir_member(struct json_object *o, const char *name)
{
	struct json_object *found = NULL;

	if (o == NULL || !json_object_is_type(o, json_type_object))
		return NULL;
	return json_object_object_get_ex(o, name, &found) ? found : NULL;
}

struct json_object *fhir_first(struct json_object *o, const char *name)
{
	struct json_object *list = fhir_member(o, name);

	if (list == NULL || !json_object_is_type(list, json_type_array) || json_object_array_length(list) == 0)
		return NULL;
	return json_object_array_get_idx(list, 0);
}

const char *fhir_text(struct json_object *o, const char *name)
{
	struct json_object *found = fhir_member(o, name);

	return found != NULL && json_object_is_type(found, json_type_string) ? json_object_get_string(found) : "";
}

const char *fhir_concept(struct json_object *concept)
{
	struct json_object *codings = fhir_member(concept, "coding");
	size_t count;

	if (fhir_text(concept, "text")[0] != '\0')
		return fhir_text(concept, "text");
	if (codings == NULL || !json_object_is_type(codings, json_type_array))
		return "";
	count = json_object_array_length(codings);
	for (size_t i = 0; i < count; i++) {
		const char *display = fhir_text(json_object_array_get_idx(codings, i), "display");

		if (display[0] != '\0')
			return display;
	}
	for (size_t i = 0; i < count; i++) {
		struct json_object *coding = json_object_array_get_idx(codings, i);
		const char *words = code_words(fhir_text(coding, "system"), fhir_text(coding, "code"));

		if (words != NULL)
			return words;
	}
	return fhir_text(fhir_first(concept, "coding"), "code");
}

bool fhir_has_code(struct json_object *concept, const char *system, const char *code)
{
	struct json_object *codings = fhir_member(concept, "coding");

	if (codings == NULL || !json_object_is_type(codings, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(codings); i++) {
		struct json_object *coding = json_object_array_get_idx(codings, i);

		if (strcmp(fhir_text(coding, "code"), code) != 0)
			continue;
		if (system == NULL || strcmp(fhir_text(coding, "system"), system) == 0)
			return true;
	}
	return false;
}

bool fhir_looks_like_json(struct bytes text)
{
	/* With a byte-order mark it is JSON that we refuse, not an attachment that goes without its labels. */
	if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		text = bytes_of(text.data + 3, text.len - 3);
	if (text.len >= 2 && (memcmp(text.data, "\xFF\xFE", 2) == 0 || memcmp(text.data, "\xFE\xFF", 2) == 0))
		return memchr(text.data, '{', text.len < 16 ? text.len : 16) != NULL;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\r' || text.data[i] == '\n')
			continue;
		return text.data[i] == '{' || text.data[i] == '[';
	}
	return false;
}

static enum err add_resource(struct fhir_file *f, struct json_object *object, const char *full_url,
			     struct err_info *info)
{
	const char *type = fhir_text(object, "resourceType");

	if (type[0] == '\0')
		return full_url == NULL
			       ? err_set(info, ERR_FHIR, "the object has no resourceType")
			       : err_set(info, ERR_FHIR, "resource %zu of the Bundle has no resourceType", f->count + 1);
	f->resources[f->count++] = (struct fhir_resource){object, type, full_url};
	return ERR_OK;
}

static enum err read_bundle(struct fhir_file *f, struct err_info *info)
{
	struct json_object *entries = fhir_member(f->root, "entry");
	size_t count = 0;

	f->bundle_type = fhir_text(f->root, "type");
	if (entries != NULL) {
		if (!json_object_is_type(entries, json_type_array))
			return err_set(info, ERR_FHIR, "Bundle.entry is not a list");
		count = json_object_array_length(entries);
	}
	if (count > FHIR_RESOURCES_MAX)
		return err_set(info, ERR_TOO_LARGE, "Bundle.entry has %zu resources, at most %u", count,
			       FHIR_RESOURCES_MAX);
	f->resources = calloc(count + 1, sizeof(*f->resources));
	if (f->resources == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct json_object *entry = json_object_array_get_idx(entries, i);
		struct json_object *object = fhir_member(entry, "resource");

		if (!json_object_is_type(entry, json_type_object))
			return err_set(info, ERR_FHIR, "Bundle.entry[%zu] is not an object", i);
		if (object != NULL)
			TRY(add_resource(f, object, fhir_text(entry, "fullUrl"), info));
	}
	return ERR_OK;
}

static enum err read_root(struct fhir_file *f, struct err_info *info)
{
	if (!json_object_is_type(f->root, json_type_object))
		return err_set(info, ERR_FHIR, "the file is JSON, but not an object");
	if (strcmp(fhir_text(f->root, "resourceType"), "Bundle") == 0)
		return read_bundle(f, info);
	f->resources = calloc(1, sizeof(*f->resources));
	if (f->resources == NULL)
		return ERR_MEMORY;
	return add_resource(f, f->root, NULL, info);
}

static const char *url_of(const struct fhir_resource *r)
{
	return r->full_url != NULL ? r->full_url : "";
}

/* Equal keys: the first in the file comes first. */
static int in_file_order(const struct fhir_resource *x, const struct fhir_resource *y)
{
	return x < y ? -1 : x > y;
}

static int compare_urls(const void *a, const void *b)
{
	const struct fhir_resource *const *x = a, *const *y = b;
	int order = strcmp(url_of(*x), url_of(*y));

	return order != 0 ? order : in_file_order(*x, *y);
}

static int compare_ids(const void *a, const void *b)
{
	const struct fhir_resource *const *x = a, *const *y = b;
	int order = strcmp((*x)->type, (*y)->type);

	if (order == 0)
		order = strcmp(fhir_text((*x)->object, "id"), fhir_text((*y)->object, "id"));
	return order != 0 ? order : in_file_order(*x, *y);
}

enum err fhir_index(struct fhir_file *f)
{
	f->by_url = calloc(f->count + 1, sizeof(*f->by_url));
	f->by_id = calloc(f->count + 1, sizeof(*f->by_id));
	if (f->by_url == NULL || f->by_id == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < f->count; i++)
		f->by_url[i] = f->by_id[i] = &f->resources[i];
	qsort(f->by_url, f->count, sizeof(*f->by_url), compare_urls);
	qsort(f->by_id, f->count, sizeof(*f->by_id), compare_ids);
	return ERR_OK;
}

/* "Type/id" against the resource's own type and id: <0, 0, >0. */
static int compare_relative(const struct fhir_resource *r, const char *reference)
{
	size_t len = strcspn(reference, "/");
	int order = strncmp(r->type, reference, len);

	if (order != 0)
		return order;
	if (r->type[len] != '\0')
		return 1;
	return strcmp(fhir_text(r->object, "id"), reference + len + 1);
}

static int compare_url(const struct fhir_resource *r, const char *reference)
{
	return strcmp(url_of(r), reference);
}

/* The first entry of a sorted list that equals the reference. */
static const struct fhir_resource *find(const struct fhir_resource *const *list, size_t count, const char *reference,
					int (*compare)(const struct fhir_resource *r, const char *reference))
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(list[middle], reference) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && compare(list[low], reference) == 0 ? list[low] : NULL;
}

const struct fhir_resource *fhir_resolve(const struct fhir_file *f, const char *reference)
{
	const struct fhir_resource *found;
	const char *slash = strchr(reference, '/');

	if (reference[0] == '\0')
		return NULL;
	found = find(f->by_url, f->count, reference, compare_url);
	if (found == NULL && slash != NULL && slash[1] != '\0')
		found = find(f->by_id, f->count, reference, compare_relative);
	return found;
}

struct json_object *fhir_target(const struct fhir_file *f, struct json_object *resource, const char *reference)
{
	struct json_object *contained = fhir_member(resource, "contained");
	const struct fhir_resource *found;

	if (reference[0] != '#') {
		found = fhir_resolve(f, reference);
		return found != NULL ? found->object : NULL;
	}
	if (contained == NULL || !json_object_is_type(contained, json_type_array) || reference[1] == '\0')
		return NULL;
	for (size_t i = 0; i < json_object_array_length(contained); i++) {
		struct json_object *o = json_object_array_get_idx(contained, i);

		if (strcmp(fhir_text(o, "id"), reference + 1) == 0)
			return o;
	}
	return NULL;
}

enum err fhir_read(struct fhir_file *ret, struct bytes text, struct err_info *info)
{
	struct fhir_file f = {0};
	enum err e;

	if (text.len > FHIR_FILE_MAX)
		return err_set(info, ERR_TOO_LARGE, "%zu bytes of FHIR, at most %u", text.len, FHIR_FILE_MAX);
	TRY(json_read(&f.root, text, info));
	e = read_root(&f, info);
	if (e == ERR_OK)
		e = fhir_index(&f);
	if (e != ERR_OK) {
		fhir_release(&f);
		return e;
	}
	*ret = f;
	return ERR_OK;
}

void fhir_release(struct fhir_file *f)
{
	if (f == NULL)
		return;
	free(f->resources);
	free(f->by_url);
	free(f->by_id);
	if (f->root != NULL)
		json_object_put(f->root);
	*f = (struct fhir_file){0};
}
