/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/check.h"

#include <json-c/json.h>

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

static bool same_identity(const struct fhir_resource *x, const struct fhir_resource *y)
{
	const char *a = x->full_url != NULL ? x->full_url : "", *b = y->full_url != NULL ? y->full_url : "";
	const char *id = fhir_text(x->object, "id");

	return id[0] != '\0' && strcmp(x->type, y->type) == 0 && strcmp(id, fhir_text(y->object, "id")) == 0 &&
	       strcmp(a, b) == 0;
}

enum err health_check(const struct fhir_file *f, struct err_info *info)
{
	bool history = f->bundle_type != NULL && strcmp(f->bundle_type, "history") == 0;

	for (size_t i = 0; i < f->count; i++)
		TRY(check_members(&f->resources[i], info));
	for (size_t i = 1; !history && i < f->count; i++)
		if (same_identity(f->by_id[i - 1], f->by_id[i]))
			return err_set(info, ERR_FHIR, "resources %zu and %zu have the same type, id and fullUrl",
				       (size_t)(f->by_id[i - 1] - f->resources) + 1, (size_t)(f->by_id[i] - f->resources) + 1);
	return ERR_OK;
}
