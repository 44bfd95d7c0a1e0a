/* SPDX-License-Identifier: Apache-2.0 */
/* A FHIR R4 file as strict JSON: one resource, or a Bundle of them.
 *
 * Reads what https://hl7.org/fhir/R4/json.html allows, after the strict scanner of core/base/json.h: duplicate members, bad
 * UTF-8, deep nesting and integers past 64 bits never come this far.  Nothing is validated against profiles: a record is
 * kept byte for byte, and what cannot be shown is counted, not dropped.  Decimals keep their text.
 */
#ifndef MEDLOCK_HEALTH_FHIR_H
#define MEDLOCK_HEALTH_FHIR_H

#include "core/base/buf.h"

struct json_object;

#define FHIR_RESOURCES_MAX 10000u
#define FHIR_FILE_MAX (64u * 1024 * 1024)

struct fhir_resource {
	struct json_object *object; /* borrowed from the file */
	const char *type;           /* resourceType, borrowed */
	const char *full_url;       /* of its Bundle entry, or NULL */
};

struct fhir_file {
	struct json_object *root;
	struct fhir_resource *resources; /* the Bundle's, in order; or the one resource */
	size_t count;
	const struct fhir_resource **by_url, **by_id; /* sorted, for fhir_resolve: a file may be full of references */
	const char *bundle_type; /* NULL when the file is one resource */
};

/* ERR_JSON and its kin for what is not strict JSON, ERR_FHIR when it is not a resource, with the place in info. */
enum err fhir_read(struct fhir_file *ret, struct bytes text, struct err_info *info) MUST_USE;
void fhir_release(struct fhir_file *f);
/* Sort the resources of a file that was put together, for fhir_resolve. */
enum err fhir_index(struct fhir_file *f) MUST_USE;

/* Does the text look like JSON at all (first character past white space)?  Otherwise it is an attachment. */
bool fhir_looks_like_json(struct bytes text);

/* Look-ups that never fail: NULL or "" when absent or of another type. */
struct json_object *fhir_member(struct json_object *o, const char *name);
struct json_object *fhir_first(struct json_object *o, const char *name); /* first item of an array member */
const char *fhir_text(struct json_object *o, const char *name);          /* a string member, "" when absent */

/* A CodeableConcept in words: text, else a coding's display, else our words for its code, else the code. "" when empty. */
const char *fhir_concept(struct json_object *concept);
bool fhir_has_code(struct json_object *concept, const char *system, const char *code); /* system NULL: any */

/* The resource a Reference points to inside the same file, or NULL. */
const struct fhir_resource *fhir_resolve(const struct fhir_file *f, const char *reference);

/* What a Reference inside resource points to: a resource contained in it ("#id"), or one of the same file; or NULL. */
struct json_object *fhir_target(const struct fhir_file *f, struct json_object *resource, const char *reference);

#endif
