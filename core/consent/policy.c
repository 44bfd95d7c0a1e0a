/* SPDX-License-Identifier: Apache-2.0 */
#include "core/consent/policy.h"

#include <stdlib.h>

#include "chain/proto/wire.h"

#define RULE_COPY_MAX (256u * 1024)

void policy_release(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		WIRE_FREE(p->rules[i]);
	free(p->rules);
	*p = (struct policy){0};
}

static enum err copy_rule(Medlock__RuleState **ret, const Medlock__RuleState *rule)
{
	struct buf b = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&b, rule);
	e = buf_error(&b);
	if (!e)
		e = WIRE_DECODE(ret, medlock__rule_state, buf_bytes(&b), RULE_COPY_MAX, NULL);
	buf_release(&b);
	return e;
}

enum err policy_add(struct policy *p, const Medlock__RuleState *rule)
{
	Medlock__RuleState **more = realloc(p->rules, (p->count + 1) * sizeof(*more));

	if (!more)
		return ERR_MEMORY;
	p->rules = more;
	TRY(copy_rule(&more[p->count], rule));
	p->count++;
	return ERR_OK;
}

static void write_codes(struct json_writer *w, const char *key, enum code_set set, const uint32_t *codes, size_t count)
{
	if (count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < count; i++)
		json_string(w, NULL, code_text(set, codes[i]));
	json_end_array(w);
}

static void write_ids(struct json_writer *w, const char *key, const ProtobufCBinaryData *ids, size_t count)
{
	if (count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < count; i++)
		json_hex(w, NULL, wire_bytes(ids[i]));
	json_end_array(w);
}

void actor_word(struct buf *out, const Medlock__Actor *a)
{
	char hex[2 * 48 + 1] = "";

	if (a->id.len <= 48)
		hex_encode(hex, a->id.data, a->id.len);
	if (a->kind == ACTOR_EVERYONE)
		buf_append_text(out, "everyone");
	else if (a->kind == ACTOR_ROLE)
		buf_append_text(out, code_text(CODES_ROLE, a->role));
	else if (a->kind == ACTOR_ACCOUNT)
		buf_append_text(out, hex);
	else
		buf_printf(out, "%s:%s", code_text(CODES_ACTOR, a->kind), hex);
}

static void write_actor(struct json_writer *w, const Medlock__Actor *a)
{
	struct buf b = BUF_INIT;

	actor_word(&b, a);
	json_string(w, NULL, buf_text(&b));
	buf_release(&b);
}

static void write_scope(struct json_writer *w, const Medlock__Rule *r)
{
	if (r->n_actors)
		json_begin_array(w, "actors");
	for (size_t i = 0; i < r->n_actors; i++)
		write_actor(w, r->actors[i]);
	if (r->n_actors)
		json_end_array(w);
	write_codes(w, "purposes", CODES_PURPOSE, r->purposes, r->n_purposes);
	write_codes(w, "categories", CODES_CATEGORY, r->categories, r->n_categories);
	write_codes(w, "labels", CODES_LABEL, r->labels, r->n_labels);
	if (r->any_label)
		json_boolean(w, "any_label", true);
	if (r->confidentiality)
		json_string(w, "confidentiality", code_text(CODES_CONFIDENTIALITY, r->confidentiality));
	write_ids(w, "records", r->records, r->n_records);
	write_ids(w, "author_organisations", r->author_organisations, r->n_author_organisations);
	if (r->data) {
		json_begin_object(w, "data");
		json_time(w, "from", r->data->from);
		json_time(w, "to", r->data->to);
		json_end_object(w);
	}
}

static void write_grant(struct json_writer *w, const Medlock__RuleState *state)
{
	const Medlock__Rule *r = state->rule;

	if (r->form)
		json_string(w, "form", code_text(CODES_FORM, r->form));
	if (r->valid_from)
		json_time(w, "from", r->valid_from);
	if (r->valid_to)
		json_time(w, "until", r->valid_to);
	if (r->uses_left)
		json_uint(w, "uses_left", r->uses_left > state->uses_spent ? r->uses_left - state->uses_spent : 0);
	if (r->visibility)
		json_string(w, "visibility", code_text(CODES_VISIBILITY, r->visibility));
	write_codes(w, "obligations", CODES_OBLIGATION, r->obligations, r->n_obligations);
	if (!r->research)
		return;
	json_begin_object(w, "research");
	write_codes(w, "terms", CODES_DUO, r->research->terms, r->research->n_terms);
	if (r->research->project.len)
		json_hex(w, "project", wire_bytes(r->research->project));
	json_end_object(w);
}

void policy_write_rule(struct json_writer *w, const Medlock__RuleState *rule, const struct sentence_names *names)
{
	struct buf text = BUF_INIT;
	Medlock__Rule left = *rule->rule;
	struct sentence_names english = names ? *names : (struct sentence_names){0};

	if (left.uses_left > rule->uses_spent)
		left.uses_left -= rule->uses_spent;
	json_begin_object(w, NULL);
	json_uint(w, "id", rule->rule->id);
	json_string(w, "effect", code_text(CODES_EFFECT, rule->rule->effect));
	write_scope(w, rule->rule);
	write_grant(w, rule);
	if (rule->rule->lock)
		json_boolean(w, "lock", true);
	if (rule->rule->emergency_ok)
		json_boolean(w, "emergency_ok", true);
	english.words = NULL; /* an interface: the same in every language */
	sentence_of_rule(&text, &left, &english);
	json_string(w, "text", buf_text(&text));
	json_end_object(w);
	buf_release(&text);
}

void policy_write(struct json_writer *w, const struct policy *p, const struct sentence_names *names)
{
	json_begin_object(w, NULL);
	json_uint(w, "version", p->version);
	json_string(w, "default", code_text(CODES_EFFECT, p->default_effect));
	json_boolean(w, "paused", p->paused);
	json_begin_array(w, "rules");
	for (size_t i = 0; i < p->count; i++)
		policy_write_rule(w, p->rules[i], names);
	json_end_array(w);
	json_end_object(w);
}

static bool stands_in(const struct policy *p, uint32_t id)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->rules[i]->rule->id == id)
			return true;
	return false;
}

void policy_change(Medlock__ConsentSet *ret, const struct policy *current, const struct policy *wanted)
{
	*ret = (Medlock__ConsentSet)MEDLOCK__CONSENT_SET__INIT;
	ret->expected_version = current->version;
	ret->put = calloc(wanted->count + 1, sizeof(*ret->put));
	ret->remove = calloc(current->count + 1, sizeof(*ret->remove));
	ASSERT(ret->put && ret->remove);
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->rules[i]->rule->id == 0)
			ret->put[ret->n_put++] = wanted->rules[i]->rule;
	for (size_t i = 0; i < current->count; i++)
		if (!stands_in(wanted, current->rules[i]->rule->id))
			ret->remove[ret->n_remove++] = current->rules[i]->rule->id;
	if (wanted->default_effect != current->default_effect)
		ret->default_effect = wanted->default_effect;
}

bool policy_change_is_empty(const Medlock__ConsentSet *change)
{
	return change->n_put == 0 && change->n_remove == 0 && change->default_effect == 0;
}
