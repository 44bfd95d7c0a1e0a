/* SPDX-License-Identifier: Apache-2.0 */
/* The document: which release, which dialect, and from it rules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/consent/check.h"
#include "core/consent/fhir_parts.h"

#define PATH_TEXT 80u
#define RULES_MAX (RULES_PER_ACCOUNT_MAX + 1u)
#define LEVELS_MAX 2u /* of provisions below the root */

/* What the rules were made of, for those that contradict each other. */
struct origin {
	char path[PATH_TEXT];
	size_t parent; /* the place of the rule that it excepts from, + 1; 0: none */
	uint32_t number;
};

struct document {
	struct err_info *info;
	const struct policy *current;
	const struct account_id *owner;
	unsigned release;     /* 4, 5; 0: not known yet */
	uint32_t base;        /* R4's policyRule: EFFECT_PERMIT, EFFECT_DENY; 0: none */
	uint32_t decision;    /* R5 */
	uint32_t default_effect;
	struct fhir_period period; /* R5: of the whole */
	struct json_object *root;  /* R4: an object; R5: a list */
	bool typed, active, scope, combining;
	struct buf text;      /* the policy as policy_read takes it */
	struct json_writer w;
	struct origin origin[RULES_MAX];
	size_t count;
};

/* ---- members of the document --------------------------------------------------------------------- */

static enum err release(struct document *d, const struct fhir_at *at, unsigned number)
{
	if (d->release && d->release != number)
		return element_refuse(d->info, at, number == 4 ? "is of R4, and what stands before it of R5"
							     : "is of R5, and what stands before it of R4");
	d->release = number;
	return ERR_OK;
}

static enum err take_type(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	const char *text;

	TRY(element_text(&text, at, v, info));
	((struct document *)to)->typed = true;
	return strcmp(text, "Consent") == 0 ? ERR_OK : element_refuse(info, at, "is not Consent");
}

static enum err take_status(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	const char *text;

	TRY(element_text(&text, at, v, info));
	((struct document *)to)->active = true;
	return strcmp(text, "active") == 0 ? ERR_OK : element_refuse(info, at, "is not active: it does not hold");
}

static enum err take_scope(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct document *d = to;
	struct fhir_coding c;

	TRY(release(d, at, 4));
	TRY(element_concept(&c, at, v, FHIR_THO "consentscope", info));
	d->scope = true;
	if (strcmp(c.code, "patient-privacy") != 0 && strcmp(c.code, "research") != 0)
		return element_refuse(info, at, "is not about who may see what (patient-privacy, research)");
	return ERR_OK;
}

/* What kind of paper it is.  Codes that limit what is consented to (EMRGONLY, RSDID, …) are no part of that. */
static enum err take_category_coding(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct fhir_coding c;

	(void)to;
	TRY(element_coding(&c, at, v, info));
	if (strcmp(c.system, FHIR_LOINC) == 0 || strcmp(c.system, FHIR_THO "consentcategorycodes") == 0)
		return ERR_OK;
	if (strcmp(c.system, FHIR_THO "v3-ActCode") == 0 &&
	    (strcmp(c.code, "INFA") == 0 || strcmp(c.code, "INFAO") == 0 || strcmp(c.code, "IDSCL") == 0))
		return ERR_OK;
	return element_refuse(info, at, "may limit what is consented to; the provisions must say it");
}

static enum err take_category_codings(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_each(to, at, v, info, take_category_coding);
}

static enum err take_category(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	static const struct fhir_member_row table[] = {{"coding", take_category_codings}, {"text", NULL}, {NULL, NULL}};

	return element_members(table, to, at, v, info);
}

static enum err take_categories(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return element_each(to, at, v, info, take_category);
}

/* Another system's number of a patient says nothing to us; an account of the ledger does. */
static enum err take_person(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	const struct document *d = to;
	struct json_object *identifier, *system, *value;
	char own[ID_HEX];

	if (!json_object_is_type(v, json_type_object))
		return element_refuse(info, at, "is not an object");
	if (!d->owner || !json_object_object_get_ex(v, "identifier", &identifier) ||
	    !json_object_is_type(identifier, json_type_object) ||
	    !json_object_object_get_ex(identifier, "system", &system) ||
	    !json_object_object_get_ex(identifier, "value", &value) || !json_object_is_type(system, json_type_string) ||
	    strcmp(json_object_get_string(system), FHIR_ACCOUNT) != 0)
		return ERR_OK;
	hex_encode(own, d->owner->b, ID_SIZE);
	if (!json_object_is_type(value, json_type_string) || strcmp(json_object_get_string(value), own) != 0)
		return element_refuse(info, at, "is another person");
	return ERR_OK;
}

static enum err take_patient(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	TRY(release(to, at, 4));
	return take_person(to, at, v, info);
}

static enum err take_subject(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	TRY(release(to, at, 5));
	return take_person(to, at, v, info);
}

static enum err take_r4(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	(void)v;
	(void)info;
	return release(to, at, 4);
}

static enum err take_r5(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	(void)v;
	(void)info;
	return release(to, at, 5);
}

static enum err take_date_time(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct time_ms from, end;

	TRY(release(to, at, 4));
	return element_time(&from, &end, at, v, info);
}

static enum err take_date(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct time_ms from, end;

	TRY(release(to, at, 5));
	return element_time(&from, &end, at, v, info);
}

static enum err take_period(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct document *d = to;

	TRY(release(d, at, 5));
	return element_period(&d->period, at, v, info);
}

static enum err take_policy_rule(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct document *d = to;
	struct fhir_coding c;

	TRY(release(d, at, 4));
	TRY(element_concept(&c, at, v, FHIR_THO "v3-ActCode", info));
	if (strcmp(c.code, "OPTIN") == 0)
		d->base = EFFECT_PERMIT;
	else if (strcmp(c.code, "OPTOUT") == 0)
		d->base = EFFECT_DENY;
	else
		return element_refuse(info, at, "is neither OPTIN nor OPTOUT: what it excepts is not said here");
	return ERR_OK;
}

static enum err take_decision(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct document *d = to;
	const char *text;

	TRY(release(d, at, 5));
	TRY(element_text(&text, at, v, info));
	if (strcmp(text, "permit") != 0 && strcmp(text, "deny") != 0)
		return element_refuse(info, at, "is neither permit nor deny");
	d->decision = strcmp(text, "permit") == 0 ? EFFECT_PERMIT : EFFECT_DENY;
	return ERR_OK;
}

static enum err take_provision(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	struct document *d = to;

	if (!json_object_is_type(v, json_type_array) && !json_object_is_type(v, json_type_object))
		return element_refuse(info, at, "is neither an object nor a list");
	d->root = v;
	return release(d, at, json_object_is_type(v, json_type_array) ? 5 : 4);
}

static enum err take_combining(void *to, const struct fhir_at *at, struct json_object *v, struct err_info *info)
{
	return fhir_combining(&((struct document *)to)->combining, at, v, info);
}

static const struct fhir_member_row members[] = {
	{"resourceType", take_type}, {"status", take_status}, {"category", take_categories}, {"provision", take_provision},
	{"modifierExtension", take_combining}, {"meta", NULL}, {"language", NULL}, {"text", NULL}, {"contained", NULL},
	{"identifier", NULL}, {"sourceAttachment", NULL}, {"sourceReference", NULL}, {"verification", NULL},
	{"scope", take_scope}, {"patient", take_patient}, {"dateTime", take_date_time}, {"performer", take_r4},
	{"organization", take_r4}, {"policyRule", take_policy_rule}, {"subject", take_subject}, {"date", take_date},
	{"period", take_period}, {"grantor", take_r5}, {"manager", take_r5}, {"controller", take_r5},
	{"decision", take_decision}, {NULL, NULL}};

/* ---- rules --------------------------------------------------------------------------------------- */

static bool stands(const struct policy *current, uint32_t number)
{
	for (size_t i = 0; current && i < current->count; i++)
		if (current->rules[i]->rule->id == number)
			return true;
	return false;
}

static void keep_path(char out[PATH_TEXT], const struct fhir_at *at)
{
	struct err_info words = {0};

	/* The refusal's own words begin with the path. */
	element_refuse(&words, at, "");
	snprintf(out, PATH_TEXT, "%.*s", (int)(PATH_TEXT - 1), words.detail);
	if (strchr(out, ':'))
		*strchr(out, ':') = '\0';
}

/* ret_place: + 1, as origin.parent counts. */
static enum err add_rule(struct document *d, size_t *ret_place, const struct fhir_rule *r, size_t parent,
			 const struct fhir_at *at)
{
	const struct fhir_at id = element_member(at, "id");
	struct origin *o = &d->origin[d->count];

	if (d->count == RULES_PER_ACCOUNT_MAX)
		return err_set(d->info, ERR_LIMIT, "more than %u provisions", RULES_PER_ACCOUNT_MAX);
	for (size_t i = 0; r->number && i < d->count; i++)
		if (d->origin[i].number == r->number)
			return element_refuse(d->info, &id, "is there twice");
	keep_path(o->path, at);
	o->parent = parent;
	o->number = r->number;
	TRY(fhir_rule_write(&d->w, r, stands(d->current, r->number) ? r->number : 0, at, d->info));
	*ret_place = ++d->count;
	return ERR_OK;
}

/* ---- dialect B: each level excepts from the one above ----------------------------------------------- */

static enum err read_exceptions(struct document *d, struct json_object *list, const struct fhir_at *at,
				const struct fhir_rule *parent, size_t place, unsigned level);

static enum err read_exception(struct document *d, struct fhir_rule *r, struct json_object *v, const struct fhir_at *at,
			       const struct fhir_rule *parent, size_t place, unsigned level)
{
	const struct fhir_at type = element_member(at, "type"), below = element_member(at, "provision");

	TRY(fhir_provision(r, at, v, d->release == 5, d->info));
	if (r->type)
		return element_refuse(d->info, &type, "is given here and not beside it: two dialects in one file");
	if (r->modified)
		return element_refuse(d->info, at, "has a modifier, which only provisions with a type can have here");
	if (!r->scope)
		return element_refuse(d->info, at, "excepts everything from what it is in");
	r->type = parent->type == EFFECT_PERMIT ? EFFECT_DENY : EFFECT_PERMIT;
	TRY(fhir_inherit(r, parent, at, d->info));
	TRY(add_rule(d, &place, r, place, at));
	if (!r->children)
		return ERR_OK;
	if (level == LEVELS_MAX)
		return element_refuse(d->info, &below, "is an exception to an exception to an exception: one level too deep");
	return read_exceptions(d, r->children, &below, r, place, level + 1);
}

static enum err read_exceptions(struct document *d, struct json_object *list, const struct fhir_at *at,
				const struct fhir_rule *parent, size_t place, unsigned level)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const struct fhir_at here = element_item(at, i);
		struct fhir_rule *r = calloc(1, sizeof(*r));
		enum err e = ERR_MEMORY;

		if (r)
			e = read_exception(d, r, json_object_array_get_idx(list, i), &here, parent, place, level);
		free(r);
		TRY(e);
	}
	return ERR_OK;
}

/* The root of B and C as a rule: a denial is what holds anyway. */
static enum err add_root(struct document *d, size_t *ret_place, const struct fhir_rule *root, const struct fhir_at *at)
{
	*ret_place = 0;
	return root->type == EFFECT_PERMIT ? add_rule(d, ret_place, root, 0, at) : ERR_OK;
}

static enum err read_r5(struct document *d, const struct fhir_at *top)
{
	const struct fhir_at decision = element_member(top, "decision"), below = element_member(top, "provision");
	struct fhir_rule *root = calloc(1, sizeof(*root));
	size_t place = 0;
	enum err e = ERR_OK;

	if (!root)
		return ERR_MEMORY;
	root->type = d->decision;
	root->valid = d->period;
	if (!d->decision)
		e = element_refuse(d->info, &decision, "is missing: what holds where no provision does?");
	if (e == ERR_OK)
		e = add_root(d, &place, root, top);
	if (e == ERR_OK && d->root)
		e = read_exceptions(d, d->root, &below, root, place, 1);
	free(root);
	return e;
}

/* ---- dialects A and C: children with a type of their own -------------------------------------------- */

/* Readers differ on whether the root's period holds for what stands alone below it (a permit would outlive the consent). */
static bool borrows_period(const struct fhir_rule *root, const struct fhir_rule *r)
{
	return root && (root->valid.has_from || root->valid.has_to) && r->type == EFFECT_PERMIT && !r->valid.has_from &&
	       !r->valid.has_to;
}

/* root: NULL when it has no type. */
static enum err read_child(struct document *d, struct fhir_rule *r, struct json_object *v, const struct fhir_at *at,
			   const struct fhir_rule *root, uint32_t base, size_t place)
{
	const struct fhir_at type = element_member(at, "type"), below = element_member(at, "provision");
	const struct fhir_at period = element_member(at, "period");

	TRY(fhir_provision(r, at, v, false, d->info));
	if (!r->type)
		return element_refuse(d->info, &type, "is missing: nobody can tell what it does");
	if (r->children)
		return element_refuse(d->info, &below, "is a third level, which has no agreed meaning where each has a type");
	if (borrows_period(root, r))
		return element_refuse(d->info, &period, "is missing, and the root has one: does that hold here?");
	/* OPTIN permits everything: what is permitted once more is often meant as the only thing. */
	if (base == EFFECT_PERMIT && r->type == EFFECT_PERMIT)
		return element_refuse(d->info, &type, "permits what the base policy permits: is it meant as all that is?");
	if (r->type == EFFECT_PERMIT)
		place = 0; /* no exception to a permit above */
	return add_rule(d, &place, r, place, at);
}

static enum err read_children(struct document *d, struct json_object *list, const struct fhir_at *at,
			      const struct fhir_rule *root, uint32_t base, size_t place)
{
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		const struct fhir_at here = element_item(at, i);
		struct fhir_rule *r = calloc(1, sizeof(*r));
		enum err e = r ? read_child(d, r, json_object_array_get_idx(list, i), &here, root, base, place) : ERR_MEMORY;

		free(r);
		TRY(e);
	}
	return ERR_OK;
}

static bool has_type(struct json_object *v)
{
	return json_object_is_type(v, json_type_object) && json_object_object_get_ex(v, "type", NULL);
}

static enum err read_a(struct document *d, const struct fhir_rule *root, const struct fhir_at *top)
{
	const struct fhir_at at = element_member(top, "provision"), rule = element_member(top, "policyRule");
	struct fhir_rule *all;
	size_t place = 0;
	enum err e = ERR_OK;

	if (!d->base)
		return element_refuse(d->info, &rule, "is missing, and so is a type at the root: nobody can tell what holds");
	if (root && root->scope) {
		const struct fhir_at here = element_member(&at, root->scope);

		return element_refuse(d->info, &here, "without a type beside it: is it what the base policy covers, or what it"
				   " excepts?");
	}
	if (d->base == EFFECT_PERMIT) {
		all = calloc(1, sizeof(*all));
		if (!all)
			return ERR_MEMORY;
		all->type = EFFECT_PERMIT;
		e = add_rule(d, &place, all, 0, &rule);
		free(all);
	}
	if (e == ERR_OK && root && root->children) {
		const struct fhir_at below = element_member(&at, "provision");

		e = read_children(d, root->children, &below, NULL, d->base, place);
	}
	return e;
}

static bool says_more_than_default(const struct fhir_rule *r)
{
	return r->ask || r->lock || r->sensitivity || r->research || r->authors || r->form || r->visibility || r->uses ||
	       r->obligations.count || r->terms.count || r->beside_marks || r->project[0] != '\0';
}

static enum err read_typed_root(struct document *d, struct fhir_rule *root, const struct fhir_at *at)
{
	const struct fhir_at type = element_member(at, "type"), below = element_member(at, "provision");
	size_t place;

	if (d->base && d->base != root->type)
		return element_refuse(d->info, &type, "says the opposite of policyRule");
	if (root->modified && (root->default_effect != EFFECT_ASK || root->type != EFFECT_DENY || root->scope ||
			       says_more_than_default(root)))
		return element_refuse(d->info, at, "has a modifier that does not go with the root");
	if (root->default_effect)
		d->default_effect = root->default_effect;
	root->default_effect = 0;
	TRY(add_root(d, &place, root, at));
	if (!root->children)
		return ERR_OK;
	if (has_type(json_object_array_get_idx(root->children, 0)))
		return read_children(d, root->children, &below, root, 0, place);
	return read_exceptions(d, root->children, &below, root, place, 1);
}

static enum err read_r4(struct document *d, const struct fhir_at *top)
{
	const struct fhir_at at = element_member(top, "provision"), scope = element_member(top, "scope");
	struct fhir_rule *root;
	enum err e;

	if (!d->scope)
		return element_refuse(d->info, &scope, "is missing");
	if (!d->root)
		return read_a(d, NULL, top);
	root = calloc(1, sizeof(*root));
	if (!root)
		return ERR_MEMORY;
	e = fhir_provision(root, &at, d->root, false, d->info);
	if (e == ERR_OK && root->type)
		e = read_typed_root(d, root, &at);
	else if (e == ERR_OK && root->modified)
		e = element_refuse(d->info, &at, "has a modifier, which only provisions with a type can have here");
	else if (e == ERR_OK)
		e = read_a(d, root, top);
	free(root);
	return e;
}

/* ---- who wins ------------------------------------------------------------------------------------ */

static bool is_exception_to(const struct document *d, size_t rule, size_t other)
{
	for (size_t up = d->origin[rule - 1].parent; up; up = d->origin[up - 1].parent)
		if (up == other)
			return true;
	return false;
}

/* Exceptions win over what they except from; FHIR says nothing of any other two that meet. */
static enum err refuse_contradiction(const struct document *d, const struct check_finding *x)
{
	const struct origin *a = &d->origin[x->rule - 1], *b = &d->origin[x->other - 1];

	if (is_exception_to(d, x->rule, x->other))
		return ERR_OK;
	if (is_exception_to(d, x->other, x->rule) && x->decision.rule != x->rule)
		return ERR_OK; /* a third one decides there */
	if (is_exception_to(d, x->other, x->rule))
		return err_set(d->info, ERR_FHIR_CONSENT, "%s: is wider than %s, which it excepts from", b->path, a->path);
	return err_set(d->info, ERR_FHIR_CONSENT, "%s: contradicts %s in part, and nothing says which of them wins",
		       d->origin[(x->rule > x->other ? x->rule : x->other) - 1].path, a < b ? a->path : b->path);
}

static enum err check_meaning(const struct document *d, const struct policy *p)
{
	struct check_findings x = {0};
	struct policy numbered = {.default_effect = p->default_effect};
	enum err e = ERR_OK;

	if (d->combining)
		return ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < p->count; i++) {
		e = policy_add(&numbered, p->rules[i]);
		if (e == ERR_OK)
			numbered.rules[i]->rule->id = (uint32_t)i + 1;
	}
	if (e == ERR_OK)
		e = check_conflicts(&x, &numbered, (struct time_ms){0}, d->info);
	for (size_t i = 0; e == ERR_OK && i < x.count; i++)
		e = refuse_contradiction(d, &x.rows[i]);
	if (e == ERR_OK && x.more)
		e = err_set(d->info, ERR_LIMIT, "too many provisions meet each other");
	check_findings_release(&x);
	policy_release(&numbered);
	return e;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static enum err read_members(struct document *d, const struct fhir_at *top, struct json_object *tree)
{
	const struct fhir_at type = element_member(top, "resourceType"), status = element_member(top, "status");

	TRY(element_members(members, d, top, tree, d->info));
	if (!d->typed)
		return element_refuse(d->info, &type, "is missing");
	if (!d->active)
		return element_refuse(d->info, &status, "is missing");
	if (!d->release)
		return element_refuse(d->info, top, "is neither R4 nor R5: it has no member that tells them apart");
	return ERR_OK;
}

static enum err read_document(struct document *d, struct policy *ret, struct json_object *tree)
{
	const struct fhir_at top = {NULL, "Consent", FHIR_NO_INDEX};
	struct policy p;
	enum err e;

	TRY(read_members(d, &top, tree));
	json_writer_init(&d->w, &d->text);
	json_begin_object(&d->w, NULL);
	json_begin_array(&d->w, "rules");
	d->default_effect = EFFECT_DENY;
	TRY(d->release == 5 ? read_r5(d, &top) : read_r4(d, &top));
	json_end_array(&d->w);
	json_string(&d->w, "default", code_text(CODES_EFFECT, d->default_effect));
	json_end_object(&d->w);
	TRY(buf_error(&d->text));
	TRY(policy_read(&p, buf_bytes(&d->text), d->current, d->info));
	e = check_meaning(d, &p);
	if (e != ERR_OK) {
		policy_release(&p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}

enum err fhir_consent_read(struct policy *ret, struct bytes json, const struct policy *current,
			   const struct account_id *owner, struct err_info *info)
{
	struct err_info own = {0};
	struct json_object *tree = NULL;
	struct document *d;
	enum err e;

	TRY(json_read(&tree, json, info));
	d = calloc(1, sizeof(*d));
	if (d) {
		d->info = info ? info : &own;
		d->current = current;
		d->owner = owner;
		e = read_document(d, ret, tree);
		buf_release(&d->text);
	} else {
		e = ERR_MEMORY;
	}
	free(d);
	json_object_put(tree);
	return e;
}
