/* SPDX-License-Identifier: Apache-2.0 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "chain/proto/tx.h"
#include "chain/proto/wire.h"
#include "core/consent/policy.h"

#define PATH_MAX_TEXT 96u
#define ACTOR_ID_MAX 48u

/* One rule while it is read: the message's lists point into this. */
struct reader {
	struct err_info *info;
	char path[PATH_MAX_TEXT];
	Medlock__RuleState state;
	Medlock__Rule rule;
	Medlock__Actor actor[RULE_ACTORS_MAX], *actors[RULE_ACTORS_MAX];
	uint8_t actor_id[RULE_ACTORS_MAX][ACTOR_ID_MAX];
	uint32_t purposes[RULE_CODES_MAX], categories[RULE_CODES_MAX], labels[RULE_CODES_MAX];
	uint32_t obligations[RULE_CODES_MAX], terms[RULE_CODES_MAX];
	uint8_t record[RULE_RECORDS_MAX][ID_SIZE], organisation[RULE_ORGANISATIONS_MAX][ID_SIZE];
	ProtobufCBinaryData records[RULE_RECORDS_MAX], organisations[RULE_ORGANISATIONS_MAX];
	Medlock__Period data;
	Medlock__Research research;
	uint8_t project[ID_SIZE];
	bool used_up; /* "uses_left": 0, which only a rule that stands already can say */
};

static enum err bad(const struct reader *r, const char *key, const char *what)
{
	return err_set(r->info, ERR_POLICY, "%s.%s: %s", r->path, key, what);
}

static enum err read_text(const struct reader *r, const char **ret, const char *key, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_string))
		return bad(r, key, "not a text");
	*ret = json_object_get_string(v);
	return ERR_OK;
}

static enum err read_code(const struct reader *r, uint32_t *ret, const char *key, struct json_object *v,
			  enum code_set set)
{
	const struct code_row *row;
	const char *text;

	TRY(read_text(r, &text, key, v));
	row = code_by_text(set, text);
	if (!row)
		return bad(r, key, "an unknown code");
	*ret = row->number;
	return ERR_OK;
}

static enum err read_list(const struct reader *r, size_t *ret, const char *key, struct json_object *v, size_t max)
{
	if (!json_object_is_type(v, json_type_array))
		return bad(r, key, "not a list");
	*ret = json_object_array_length(v);
	if (*ret == 0)
		return bad(r, key, "an empty list; leave it out to mean any");
	return *ret > max ? bad(r, key, "too many entries") : ERR_OK;
}

static enum err read_codes(const struct reader *r, uint32_t *codes, size_t *ret_count, const char *key,
			   struct json_object *v, enum code_set set)
{
	size_t count;

	TRY(read_list(r, &count, key, v, RULE_CODES_MAX));
	for (size_t i = 0; i < count; i++)
		TRY(read_code(r, &codes[i], key, json_object_array_get_idx(v, i), set));
	*ret_count = count;
	return ERR_OK;
}

static enum err read_id(const struct reader *r, uint8_t out[ID_SIZE], const char *key, struct json_object *v)
{
	const char *text;

	TRY(read_text(r, &text, key, v));
	return hex_decode(out, ID_SIZE, text) ? bad(r, key, "not 64 hex digits") : ERR_OK;
}

static enum err read_ids(const struct reader *r, uint8_t (*bytes)[ID_SIZE], ProtobufCBinaryData *ids, size_t *ret_count,
			 size_t max, const char *key, struct json_object *v)
{
	size_t count;

	TRY(read_list(r, &count, key, v, max));
	for (size_t i = 0; i < count; i++) {
		TRY(read_id(r, bytes[i], key, json_object_array_get_idx(v, i)));
		ids[i] = wire_data(bytes_of(bytes[i], ID_SIZE));
	}
	*ret_count = count;
	return ERR_OK;
}

static enum err read_boolean(const struct reader *r, int *ret, const char *key, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_boolean))
		return bad(r, key, "neither true nor false");
	*ret = json_object_get_boolean(v);
	return ERR_OK;
}

static enum err read_number(const struct reader *r, uint32_t *ret, const char *key, struct json_object *v)
{
	int64_t n;

	if (!json_object_is_type(v, json_type_int))
		return bad(r, key, "not a whole number");
	n = json_object_get_int64(v);
	if (n < 0 || n > UINT32_MAX)
		return bad(r, key, "out of range");
	*ret = (uint32_t)n;
	return ERR_OK;
}

static enum err read_time(const struct reader *r, int64_t *ret, const char *key, struct json_object *v)
{
	struct time_ms t;
	const char *text;

	TRY(read_text(r, &text, key, v));
	if (time_parse(&t, text))
		return bad(r, key, "not a date or time of RFC 3339");
	*ret = t.v;
	return ERR_OK;
}

static enum err read_actor(struct reader *r, size_t i, struct json_object *v)
{
	Medlock__Actor *a = NULL;
	const char *text;

	TRY(read_text(r, &text, "actors", v));
	if (actor_of_word(&a, text))
		return bad(r, "actors", "an unknown actor");
	r->actor[i] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	r->actor[i].kind = a->kind;
	r->actor[i].role = a->role;
	if (a->id.len && a->id.len <= ACTOR_ID_MAX) {
		memcpy(r->actor_id[i], a->id.data, a->id.len);
		r->actor[i].id = wire_data(bytes_of(r->actor_id[i], a->id.len));
	}
	r->actors[i] = &r->actor[i];
	WIRE_FREE(a);
	return ERR_OK;
}

static enum err read_actors(struct reader *r, struct json_object *v)
{
	size_t count;

	TRY(read_list(r, &count, "actors", v, RULE_ACTORS_MAX));
	for (size_t i = 0; i < count; i++)
		TRY(read_actor(r, i, json_object_array_get_idx(v, i)));
	r->rule.actors = r->actors;
	r->rule.n_actors = count;
	return ERR_OK;
}

static enum err read_data(struct reader *r, struct json_object *v)
{
	bool from = false, to = false;

	if (!json_object_is_type(v, json_type_object))
		return bad(r, "data", "not an object");
	json_object_object_foreach(v, key, member)
	{
		if (strcmp(key, "from") == 0) {
			TRY(read_time(r, &r->data.from, "data.from", member));
			from = true;
		} else if (strcmp(key, "to") == 0) {
			TRY(read_time(r, &r->data.to, "data.to", member));
			to = true;
		} else {
			return bad(r, "data", "an unknown member");
		}
	}
	r->rule.data = &r->data;
	return from && to ? ERR_OK : bad(r, "data", "needs from and to");
}

static enum err read_research(struct reader *r, struct json_object *v)
{
	if (!json_object_is_type(v, json_type_object))
		return bad(r, "research", "not an object");
	json_object_object_foreach(v, key, member)
	{
		if (strcmp(key, "terms") == 0) {
			r->research.terms = r->terms;
			TRY(read_codes(r, r->terms, &r->research.n_terms, "research.terms", member, CODES_DUO));
		} else if (strcmp(key, "project") == 0) {
			TRY(read_id(r, r->project, "research.project", member));
			r->research.project = wire_data(bytes_of(r->project, ID_SIZE));
		} else {
			return bad(r, "research", "an unknown member");
		}
	}
	r->rule.research = &r->research;
	return ERR_OK;
}

static enum err read_uses(struct reader *r, struct json_object *v)
{
	TRY(read_number(r, &r->rule.uses_left, "uses_left", v));
	r->used_up = r->rule.uses_left == 0;
	return ERR_OK;
}

/* The members that are lists or objects.  ERR_NOT_FOUND: it is none of them. */
static enum err read_compound(struct reader *r, const char *key, struct json_object *v)
{
	Medlock__Rule *to = &r->rule;

	if (strcmp(key, "actors") == 0)
		return read_actors(r, v);
	if (strcmp(key, "purposes") == 0)
		return read_codes(r, to->purposes = r->purposes, &to->n_purposes, key, v, CODES_PURPOSE);
	if (strcmp(key, "categories") == 0)
		return read_codes(r, to->categories = r->categories, &to->n_categories, key, v, CODES_CATEGORY);
	if (strcmp(key, "labels") == 0)
		return read_codes(r, to->labels = r->labels, &to->n_labels, key, v, CODES_LABEL);
	if (strcmp(key, "obligations") == 0)
		return read_codes(r, to->obligations = r->obligations, &to->n_obligations, key, v, CODES_OBLIGATION);
	if (strcmp(key, "records") == 0)
		return read_ids(r, r->record, to->records = r->records, &to->n_records, RULE_RECORDS_MAX, key, v);
	if (strcmp(key, "author_organisations") == 0)
		return read_ids(r, r->organisation, to->author_organisations = r->organisations,
				&to->n_author_organisations, RULE_ORGANISATIONS_MAX, key, v);
	if (strcmp(key, "data") == 0)
		return read_data(r, v);
	return strcmp(key, "research") == 0 ? read_research(r, v) : ERR_NOT_FOUND;
}

static enum err read_member(struct reader *r, const char *key, struct json_object *v)
{
	Medlock__Rule *to = &r->rule;
	enum err e = read_compound(r, key, v);

	if (e != ERR_NOT_FOUND)
		return e;
	if (strcmp(key, "id") == 0)
		return read_number(r, &to->id, key, v);
	if (strcmp(key, "effect") == 0)
		return read_code(r, &to->effect, key, v, CODES_EFFECT);
	if (strcmp(key, "any_label") == 0)
		return read_boolean(r, &to->any_label, key, v);
	if (strcmp(key, "confidentiality") == 0)
		return read_code(r, &to->confidentiality, key, v, CODES_CONFIDENTIALITY);
	if (strcmp(key, "form") == 0)
		return read_code(r, &to->form, key, v, CODES_FORM);
	if (strcmp(key, "from") == 0)
		return read_time(r, &to->valid_from, key, v);
	if (strcmp(key, "until") == 0)
		return read_time(r, &to->valid_to, key, v);
	if (strcmp(key, "uses_left") == 0)
		return read_uses(r, v);
	if (strcmp(key, "visibility") == 0)
		return read_code(r, &to->visibility, key, v, CODES_VISIBILITY);
	if (strcmp(key, "lock") == 0)
		return read_boolean(r, &to->lock, key, v);
	if (strcmp(key, "emergency_ok") == 0)
		return read_boolean(r, &to->emergency_ok, key, v);
	return strcmp(key, "text") == 0 ? ERR_OK : bad(r, key, "an unknown member");
}

/* What makes two rules alike for their owner: how they print. */
static bool prints_alike(const Medlock__RuleState *x, const struct reader *r)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct json_writer w;
	Medlock__RuleState left = *x;
	Medlock__Rule rule = *x->rule;
	bool alike;

	if (rule.uses_left) {
		rule.uses_left = rule.uses_left > x->uses_spent ? rule.uses_left - x->uses_spent : 0;
		if ((rule.uses_left == 0) != r->used_up)
			return false;
	} else if (r->used_up) {
		return false;
	}
	left.rule = &rule;
	left.uses_spent = 0;
	json_writer_init(&w, &a);
	policy_write_rule(&w, &left, NULL);
	json_writer_init(&w, &b);
	policy_write_rule(&w, &r->state, NULL);
	alike = !buf_error(&a) && !buf_error(&b) && bytes_equal(buf_bytes(&a), buf_bytes(&b));
	buf_release(&a);
	buf_release(&b);
	return alike;
}

static const Medlock__RuleState *standing(const struct policy *current, uint32_t id)
{
	for (size_t i = 0; current && i < current->count; i++)
		if (current->rules[i]->rule->id == id)
			return current->rules[i];
	return NULL;
}

static enum err check_rule(struct reader *r)
{
	const Medlock__Rule *x = &r->rule;

	if (x->effect == 0)
		return bad(r, "effect", "is missing");
	if (x->lock && x->effect != EFFECT_DENY)
		return bad(r, "lock", "only a deny can be locked");
	if (x->emergency_ok && !x->lock)
		return bad(r, "emergency_ok", "only with a lock");
	if (x->valid_to && x->valid_to <= x->valid_from)
		return bad(r, "until", "not after from");
	return x->data && x->data->to <= x->data->from ? bad(r, "data", "to is not after from") : ERR_OK;
}

static enum err keep_or_add(struct policy *to, struct reader *r, const struct policy *current)
{
	const Medlock__RuleState *old = r->rule.id ? standing(current, r->rule.id) : NULL;

	if (r->rule.id && !old)
		return bad(r, "id", "no rule of this number stands; leave it out for a new rule");
	if (standing(to, r->rule.id) && r->rule.id)
		return bad(r, "id", "twice");
	if (old && prints_alike(old, r))
		return policy_add(to, old);
	if (r->used_up)
		return bad(r, "uses_left", "at least 1; leave it out for no limit");
	r->rule.id = 0;
	return policy_add(to, &r->state);
}

static enum err read_rule(struct policy *to, struct json_object *v, size_t i, const struct policy *current,
			  struct err_info *info)
{
	struct reader *r = calloc(1, sizeof(*r));
	enum err e = ERR_OK;

	if (!r)
		return ERR_MEMORY;
	r->info = info;
	r->state = (Medlock__RuleState)MEDLOCK__RULE_STATE__INIT;
	r->rule = (Medlock__Rule)MEDLOCK__RULE__INIT;
	r->data = (Medlock__Period)MEDLOCK__PERIOD__INIT;
	r->research = (Medlock__Research)MEDLOCK__RESEARCH__INIT;
	r->state.rule = &r->rule;
	snprintf(r->path, sizeof(r->path), "rules[%zu]", i);
	if (!json_object_is_type(v, json_type_object)) {
		e = err_set(info, ERR_POLICY, "%s: not an object", r->path);
	} else {
		json_object_object_foreach(v, key, member)
		{
			e = e ? e : read_member(r, key, member);
		}
	}
	if (!e) {
		rule_sort(&r->rule);
		e = check_rule(r);
	}
	if (!e)
		e = keep_or_add(to, r, current);
	free(r);
	return e;
}

static enum err read_rules(struct policy *to, struct json_object *v, const struct policy *current,
			   struct err_info *info)
{
	if (!json_object_is_type(v, json_type_array))
		return err_set(info, ERR_POLICY, "rules: not a list");
	if (json_object_array_length(v) > RULES_PER_ACCOUNT_MAX)
		return err_set(info, ERR_POLICY, "rules: more than %u", RULES_PER_ACCOUNT_MAX);
	for (size_t i = 0; i < json_object_array_length(v); i++)
		TRY(read_rule(to, json_object_array_get_idx(v, i), i, current, info));
	return ERR_OK;
}

static enum err read_default(struct policy *to, struct json_object *v, struct err_info *info)
{
	const struct code_row *row = NULL;

	if (json_object_is_type(v, json_type_string))
		row = code_by_text(CODES_EFFECT, json_object_get_string(v));
	if (!row || row->number == EFFECT_PERMIT)
		return err_set(info, ERR_POLICY, "default: neither deny nor ask");
	to->default_effect = row->number;
	return ERR_OK;
}

static enum err read_version(struct policy *to, struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) < 0)
		return err_set(info, ERR_POLICY, "version: not a number");
	to->version = (uint64_t)json_object_get_int64(v);
	return ERR_OK;
}

/* "v" is the version of what a command prints: 1, when what it printed is read back whole. */
static enum err read_printed_version(struct json_object *v, struct err_info *info)
{
	if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) != 1)
		return err_set(info, ERR_POLICY, "v: this version reads 1");
	return ERR_OK;
}

static enum err read_top(struct policy *to, struct json_object *v, const struct policy *current, struct err_info *info)
{
	bool has_rules = false;
	enum err e = ERR_OK;

	if (!json_object_is_type(v, json_type_object))
		return err_set(info, ERR_POLICY, "not an object");
	json_object_object_foreach(v, key, member)
	{
		if (strcmp(key, "rules") == 0) {
			has_rules = true;
			e = read_rules(to, member, current, info);
		} else if (strcmp(key, "default") == 0) {
			e = read_default(to, member, info);
		} else if (strcmp(key, "version") == 0) {
			e = read_version(to, member, info);
		} else if (strcmp(key, "v") == 0) {
			e = read_printed_version(member, info);
		} else if (strcmp(key, "paused") != 0 && strcmp(key, "preset") != 0) {
			e = err_set(info, ERR_POLICY, "%.64s: an unknown member", key);
		}
		TRY(e);
	}
	return has_rules ? ERR_OK : err_set(info, ERR_POLICY, "rules: is missing");
}

enum err policy_read(struct policy *ret, struct bytes json, const struct policy *current, struct err_info *info)
{
	struct policy p = {.default_effect = current ? current->default_effect : EFFECT_DENY};
	struct json_object *tree = NULL;
	enum err e;

	if (current) {
		p.version = current->version;
		p.paused = current->paused;
	}
	TRY(json_read(&tree, json, info));
	e = read_top(&p, tree, current, info);
	json_object_put(tree);
	if (e) {
		policy_release(&p);
		return e;
	}
	*ret = p;
	return ERR_OK;
}
