/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read and write FHIR Consents share; private to core/consent. */
#ifndef MEDLOCK_CONSENT_FHIR_PARTS_H
#define MEDLOCK_CONSENT_FHIR_PARTS_H

#include <json-c/json.h>

#include "core/consent/fhir_consent.h"

/* Names of ours.  The host is one that nobody can own (RFC 2606): these are names, not addresses. */
#define FHIR_OURS "https://medlock.example/fhir/"
#define FHIR_ACTOR FHIR_OURS "actor"
#define FHIR_ACCOUNT FHIR_OURS "account"
#define FHIR_RECORD FHIR_OURS "record"
#define FHIR_CATEGORY FHIR_OURS "category"
#define FHIR_THO "http://terminology.hl7.org/CodeSystem/"
#define FHIR_LOINC "http://loinc.org"
#define FHIR_RESOURCE_TYPES "http://hl7.org/fhir/resource-types"

/* ---- where something stands, for messages; lives on the stack of the reader --------------------- */

struct fhir_at {
	const struct fhir_at *up;
	const char *name;
	size_t index; /* FHIR_NO_INDEX: not in a list */
};
#define FHIR_NO_INDEX SIZE_MAX
static inline struct fhir_at element_member(const struct fhir_at *up, const char *name)
{
	return (struct fhir_at){up, name, FHIR_NO_INDEX};
}
static inline struct fhir_at element_item(const struct fhir_at *list, size_t index)
{
	return (struct fhir_at){list->up, list->name, index};
}
/* "Consent.provision[0].type: why" */
enum err element_refuse(struct err_info *info, const struct fhir_at *at, const char *why);

/* ---- elements -------------------------------------------------------------------------------- */

struct fhir_member_row {
	const char *name;
	/* NULL: says nothing that changes the meaning. */
	enum err (*take)(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info);
};
/* Each member of an object by the table, ended by a NULL name; id and extension may stand everywhere.  What is not in the
 * table is refused.
 */
enum err element_members(const struct fhir_member_row *table, void *to, const struct fhir_at *at, struct json_object *v,
		      struct err_info *info) MUST_USE;
/* take for each item of a list that is not empty. */
enum err element_each(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info,
		   enum err (*take)(void *to, const struct fhir_at *at, struct json_object *v,
				    struct err_info *info)) MUST_USE;
enum err element_text(const char **ret, const struct fhir_at *at, struct json_object *v, struct err_info *info) MUST_USE;

struct fhir_coding {
	const char *system, *code; /* borrowed */
};
enum err element_coding(struct fhir_coding *ret, const struct fhir_at *at, struct json_object *v,
		     struct err_info *info) MUST_USE;
/* The coding of a CodeableConcept whose system is the one asked for; ERR_FHIR_CONSENT when none is. */
enum err element_concept(struct fhir_coding *ret, const struct fhir_at *at, struct json_object *v, const char *system,
		      struct err_info *info) MUST_USE;
/* FHIR's periods include the last instant of their end; ours do not.  has_*: whether the bound is there. */
struct fhir_period {
	bool has_from, has_to;
	int64_t from, to;
};
enum err element_period(struct fhir_period *ret, const struct fhir_at *at, struct json_object *v,
		     struct err_info *info) MUST_USE;
/* A time of any precision, as the interval that it covers. */
enum err element_time(struct time_ms *ret_from, struct time_ms *ret_to, const struct fhir_at *at, struct json_object *v,
		   struct err_info *info) MUST_USE;
/* The value of an identifier within our system; ERR_FHIR_CONSENT otherwise. */
enum err element_identifier(const char **ret, const struct fhir_at *at, struct json_object *v, const char *system,
			 const char *why, struct err_info *info) MUST_USE;
/* What a Reference names by identifier; anything else, a display included, names nobody for sure. */
enum err element_reference(const char **ret, const struct fhir_at *at, struct json_object *v, const char *system,
			const char *why, struct err_info *info) MUST_USE;

/* ---- one provision --------------------------------------------------------------------------- */

#define FHIR_ACTOR_WORD 128u

struct fhir_codes {
	uint32_t v[RULE_CODES_MAX];
	size_t count;
};
struct fhir_rule {
	uint32_t number; /* of the rule that it was written from; 0: none */
	uint32_t type;   /* EFFECT_PERMIT, EFFECT_DENY, 0: not said */
	bool ask, lock, emergency_ok, research, any_label, sensitivity, modified;
	struct fhir_codes purposes, categories, marks, spared, obligations, terms; /* marks: of securityLabel */
	uint32_t confidentiality, beside_marks; /* the latter from an extension, where securityLabel has marks */
	uint32_t form, visibility, uses;
	char actor[RULE_ACTORS_MAX][FHIR_ACTOR_WORD];
	size_t actors;
	char record[RULE_RECORDS_MAX][ID_HEX], author[RULE_ORGANISATIONS_MAX][ID_HEX], project[ID_HEX];
	size_t records, authors;
	struct fhir_period valid, data;
	const char *scope;            /* the first member that narrows it; NULL: it is about everything */
	struct json_object *children; /* borrowed; NULL: none */
	uint32_t default_effect;      /* root only: EFFECT_ASK when ours says so */
};
/* Once each, as a rule has them. */
enum err element_add_code(struct fhir_codes *to, const struct fhir_at *at, const char *text, enum code_set set,
			  struct err_info *info) MUST_USE;
enum err element_add_id(char (*list)[ID_HEX], size_t *count, size_t max, const struct fhir_at *at, const char *text,
			struct err_info *info) MUST_USE;
/* modifierExtension of a provision (to is a struct fhir_rule) and of the document; any that is not ours is refused. */
enum err fhir_modifiers(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info) MUST_USE;
enum err fhir_combining(bool *ret, const struct fhir_at *at, struct json_object *v, struct err_info *info) MUST_USE;
/* r5: without type, with the names of that release. */
enum err fhir_provision(struct fhir_rule *ret, const struct fhir_at *at, struct json_object *v, bool r5,
			struct err_info *info) MUST_USE;
/* The narrowing of parent as well, for an exception inside it. */
enum err fhir_inherit(struct fhir_rule *child, const struct fhir_rule *parent, const struct fhir_at *at,
		      struct err_info *info) MUST_USE;
/* As a rule that policy_read takes.  ERR_FHIR_CONSENT for a scope that a rule of this effect cannot have. */
enum err fhir_rule_write(struct json_writer *w, const struct fhir_rule *r, uint32_t number, const struct fhir_at *at,
			 struct err_info *info) MUST_USE;

#endif
