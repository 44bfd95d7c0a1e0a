/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/check.h"

#include <json-c/json.h>
#include <stdlib.h>

/* https://hl7.org/fhir/R4/resource.html, domainresource.html: what every resource may have. */
static const struct { const char *member, *words; enum json_type type; } members[] = {
	{"id", "a text", json_type_string}, {"implicitRules", "a text", json_type_string},
	{"language", "a text", json_type_string}, {"status", "a text", json_type_string},
	{"meta", "an object", json_type_object}, {"text", "an object", json_type_object},
	{"contained", "a list", json_type_array}, {"extension", "a list", json_type_array},
	{"modifierExtension", "a list", json_type_array},
};

static enum err check_members(const struct fhir_resource *r, struct err_info *info)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct json_object *found = fhir_member(r->object, members[i].member);

		if (found != NULL && !json_object_is_type(found, members[i].type))
			return err_set(info, ERR_FHIR, "%.64s.%s is not %s", r->type, members[i].member, members[i].words);
	}
	return ERR_OK;
}

static const char *url_of(const struct fhir_resource *r)
{
	return r->full_url != NULL ? r->full_url : "";
}

static int compare_identity(const struct fhir_resource *x, const struct fhir_resource *y)
{
	int order = strcmp(x->type, y->type);

	if (order == 0)
		order = strcmp(fhir_text(x->object, "id"), fhir_text(y->object, "id"));
	return order != 0 ? order : strcmp(url_of(x), url_of(y));
}

/* Equal ones in the order of the file. */
static int by_identity(const void *a, const void *b)
{
	const struct fhir_resource *const *x = a, *const *y = b;
	int order = compare_identity(*x, *y);

	return order != 0 ? order : (*x > *y) - (*x < *y);
}

static enum err check_identities(const struct fhir_file *f, struct err_info *info)
{
	const struct fhir_resource **list = calloc(f->count + 1, sizeof(*list));
	enum err e = ERR_OK;

	if (list == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < f->count; i++)
		list[i] = &f->resources[i];
	qsort(list, f->count, sizeof(*list), by_identity);
	for (size_t i = 1; i < f->count && e == ERR_OK; i++)
		if (fhir_text(list[i]->object, "id")[0] != '\0' && compare_identity(list[i - 1], list[i]) == 0)
			e = err_set(info, ERR_FHIR, "resources %zu and %zu have the same type, id and fullUrl",
				    (size_t)(list[i - 1] - f->resources) + 1, (size_t)(list[i] - f->resources) + 1);
	free(list);
	return e;
}

enum err health_check(const struct fhir_file *f, struct err_info *info)
{
	bool history = f->bundle_type != NULL && strcmp(f->bundle_type, "history") == 0;

	for (size_t i = 0; i < f->count; i++)
		TRY(check_members(&f->resources[i], info));
	return history ? ERR_OK : check_identities(f, info);
}
