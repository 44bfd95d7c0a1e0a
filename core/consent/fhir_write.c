/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "chain/proto/wire.h"
#include "core/consent/fhir_parts.h"

/* ---- extensions, whose list is opened by the first one ------------------------------------------ */

struct extensions {
	struct json_writer *w;
	bool open;
};

static void begin(struct extensions *x, const char *name)
{
	char url[128];

	if (!x->open)
		json_begin_array(x->w, "modifierExtension");
	x->open = true;
	snprintf(url, sizeof(url), FHIR_OURS "%s", name);
	json_begin_object(x->w, NULL);
	json_string(x->w, "url", url);
}

static void code(struct extensions *x, const char *name, const char *value)
{
	begin(x, name);
	json_string(x->w, "valueCode", value);
	json_end_object(x->w);
}

static void yes(struct extensions *x, const char *name)
{
	begin(x, name);
	json_boolean(x->w, "valueBoolean", true);
	json_end_object(x->w);
}

static void id(struct extensions *x, const char *name, ProtobufCBinaryData value)
{
	begin(x, name);
	json_hex(x->w, "valueString", wire_bytes(value));
	json_end_object(x->w);
}

static void codes(struct extensions *x, const char *name, enum code_set set, const uint32_t *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		code(x, name, code_text(set, list[i]));
}

static void finish(struct extensions *x)
{
	if (x->open)
		json_end_array(x->w);
}

/* What a permit spares: FHIR's permits cover records of any sensitivity. */
static void sensitivity(struct extensions *x, const Medlock__Rule *r)
{
	if (r->any_label && r->n_labels == 0)
		return;
	codes(x, "sensitivity", CODES_LABEL, r->labels, r->n_labels);
	if (r->any_label)
		code(x, "sensitivity", "any");
	else if (r->n_labels == 0)
		code(x, "sensitivity", "none");
}

static void research(struct extensions *x, const Medlock__Research *r)
{
	yes(x, "research");
	codes(x, "research-term", CODES_DUO, r->terms, r->n_terms);
	if (r->project.len)
		id(x, "research-project", r->project);
}

static void modifiers(struct json_writer *w, const Medlock__RuleState *state)
{
	const Medlock__Rule *r = state->rule;
	struct extensions x = {.w = w};

	if (r->effect == EFFECT_ASK)
		yes(&x, "ask");
	if (r->lock)
		code(&x, "lock", r->emergency_ok ? "emergency-passes" : "absolute");
	if (r->effect != EFFECT_DENY)
		sensitivity(&x, r);
	else if (r->n_labels && r->confidentiality)
		code(&x, "confidentiality", code_text(CODES_CONFIDENTIALITY, r->confidentiality));
	/* A reader to whom our kinds of data say nothing would take a denial of them for none. */
	if (r->effect == EFFECT_DENY && r->n_categories)
		yes(&x, "own-categories");
	for (size_t i = 0; i < r->n_author_organisations; i++)
		id(&x, "written-at", r->author_organisations[i]);
	if (r->form)
		code(&x, "form", code_text(CODES_FORM, r->form));
	if (r->visibility)
		code(&x, "visibility", code_text(CODES_VISIBILITY, r->visibility));
	codes(&x, "obligation", CODES_OBLIGATION, r->obligations, r->n_obligations);
	if (r->uses_left) {
		begin(&x, "uses");
		json_uint(w, "valuePositiveInt", r->uses_left - state->uses_spent);
		json_end_object(w);
	}
	if (r->research)
		research(&x, r->research);
	finish(&x);
}

/* ---- what FHIR has --------------------------------------------------------------------------- */

static void coding(struct json_writer *w, const char *key, const char *system, const char *value)
{
	json_begin_object(w, key);
	json_string(w, "system", system);
	json_string(w, "code", value);
	json_end_object(w);
}

static void concept(struct json_writer *w, const char *key, const char *system, const char *value)
{
	json_begin_object(w, key);
	json_begin_array(w, "coding");
	coding(w, NULL, system, value);
	json_end_array(w);
	json_end_object(w);
}

static void codings(struct json_writer *w, const char *key, const char *system, enum code_set set, const uint32_t *list,
		    size_t count)
{
	if (count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < count; i++)
		coding(w, NULL, system, code_text(set, list[i]));
	json_end_array(w);
}

/* A period's end says its last instant, and a time without a fraction stands for its whole second. */
static void last_instant(struct json_writer *w, int64_t end)
{
	char text[TIME_TEXT], exact[TIME_TEXT + 4];

	time_format(text, (struct time_ms){end - 1});
	if (strchr(text, '.') == NULL)
		snprintf(exact, sizeof(exact), "%.*s.000Z", (int)(strlen(text) - 1), text);
	else
		snprintf(exact, sizeof(exact), "%s", text);
	json_string(w, "end", exact);
}

static void period(struct json_writer *w, const char *key, bool has_from, int64_t from, bool has_to, int64_t to)
{
	if (!has_from && !has_to)
		return;
	json_begin_object(w, key);
	if (has_from)
		json_time(w, "start", from);
	if (has_to)
		last_instant(w, to);
	json_end_object(w);
}

static const char *type_of(uint32_t kind)
{
	switch (kind) {
	case ACTOR_ORGANISATION:
	case ACTOR_ORGANISATION_PSEUDONYM:
		return "Organization";
	case ACTOR_ROLE:
		return "PractitionerRole";
	case ACTOR_CARE_TEAM:
		return "CareTeam";
	case ACTOR_PROJECT:
		return "ResearchStudy";
	case ACTOR_EVERYONE:
		return "Group";
	default:
		return "Practitioner";
	}
}

static void actor(struct json_writer *w, const Medlock__Actor *a, const struct sentence_names *names)
{
	struct buf word = BUF_INIT, shown = BUF_INIT;

	actor_word(&word, a);
	sentence_of_actor(&shown, a, names);
	json_begin_object(w, NULL);
	concept(w, "role", FHIR_THO "v3-ParticipationType", "IRCP");
	json_begin_object(w, "reference");
	json_string(w, "type", type_of(a->kind));
	json_begin_object(w, "identifier");
	json_string(w, "system", FHIR_ACTOR);
	json_string(w, "value", buf_text(&word));
	json_end_object(w);
	json_string(w, "display", buf_text(&shown));
	json_end_object(w);
	json_end_object(w);
	buf_release(&word);
	buf_release(&shown);
}

static void records(struct json_writer *w, const Medlock__Rule *r)
{
	if (r->n_records == 0)
		return;
	json_begin_array(w, "data");
	for (size_t i = 0; i < r->n_records; i++) {
		json_begin_object(w, NULL);
		json_string(w, "meaning", "instance");
		json_begin_object(w, "reference");
		json_begin_object(w, "identifier");
		json_string(w, "system", FHIR_RECORD);
		json_hex(w, "value", wire_bytes(r->records[i]));
		json_end_object(w);
		json_end_object(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void security_labels(struct json_writer *w, const Medlock__Rule *r)
{
	if (r->effect == EFFECT_DENY && r->n_labels)
		codings(w, "securityLabel", FHIR_THO "v3-ActCode", CODES_LABEL, r->labels, r->n_labels);
	else if (r->confidentiality)
		codings(w, "securityLabel", FHIR_THO "v3-Confidentiality", CODES_CONFIDENTIALITY, &r->confidentiality, 1);
}

static void provision(struct json_writer *w, const Medlock__RuleState *state, const struct sentence_names *names)
{
	const Medlock__Rule *r = state->rule;
	char number[24];

	json_begin_object(w, NULL);
	snprintf(number, sizeof(number), "rule-%u", r->id);
	if (r->id)
		json_string(w, "id", number);
	modifiers(w, state);
	json_string(w, "type", r->effect == EFFECT_PERMIT ? "permit" : "deny");
	period(w, "period", r->valid_from != 0, r->valid_from, r->valid_to != 0, r->valid_to);
	if (r->n_actors)
		json_begin_array(w, "actor");
	for (size_t i = 0; i < r->n_actors; i++)
		actor(w, r->actors[i], names);
	if (r->n_actors)
		json_end_array(w);
	json_begin_array(w, "action");
	concept(w, NULL, FHIR_THO "consentaction", "access");
	json_end_array(w);
	security_labels(w, r);
	codings(w, "purpose", FHIR_THO "v3-ActReason", CODES_PURPOSE, r->purposes, r->n_purposes);
	codings(w, "class", FHIR_CATEGORY, CODES_CATEGORY, r->categories, r->n_categories);
	if (r->data)
		period(w, "dataPeriod", true, r->data->from, true, r->data->to);
	records(w, r);
	json_end_object(w);
}

/* ---- the document ---------------------------------------------------------------------------- */

static bool used_up(const Medlock__RuleState *s)
{
	return s->rule->uses_left && s->uses_spent >= s->rule->uses_left;
}

static void append_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			buf_append_text(out, "&amp;");
		else if (*text == '<')
			buf_append_text(out, "&lt;");
		else if (*text == '>')
			buf_append_text(out, "&gt;");
		else
			buf_append_byte(out, (uint8_t)*text);
	}
}

/* The rules as sentences, for people. */
static void narrative(struct json_writer *w, const struct policy *p, const struct sentence_names *names)
{
	struct buf div = BUF_INIT;

	buf_append_text(&div, "<div xmlns=\"http://www.w3.org/1999/xhtml\"><ul>");
	for (size_t i = 0; i < p->count; i++) {
		struct buf sentence = BUF_INIT;

		if (used_up(p->rules[i]))
			continue;
		sentence_of_rule(&sentence, p->rules[i]->rule, names);
		buf_append_text(&div, "<li>");
		append_escaped(&div, buf_text(&sentence));
		buf_append_text(&div, "</li>");
		buf_release(&sentence);
	}
	buf_printf(&div, "<li>What no rule decides: %s.</li></ul></div>",
		   p->default_effect == EFFECT_ASK ? "I am asked" : "nobody sees it");
	json_begin_object(w, "text");
	json_string(w, "status", "generated");
	json_string(w, "div", buf_text(&div));
	json_end_object(w);
	buf_release(&div);
}

/* Where rules of unlike effect meet, a reader must know that the most specific one wins, and among equals the denial. */
static void combining(struct json_writer *w, const struct policy *p)
{
	struct extensions x = {.w = w};
	bool differ = false;

	for (size_t i = 1; i < p->count; i++)
		differ |= p->rules[i]->rule->effect != p->rules[0]->rule->effect;
	if (differ)
		code(&x, "combining", "most-specific-then-deny");
	finish(&x);
}

static void root(struct json_writer *w, const struct policy *p, const struct sentence_names *names)
{
	struct extensions x = {.w = w};
	bool any = false;

	json_begin_object(w, "provision");
	if (p->default_effect == EFFECT_ASK)
		code(&x, "default", "ask");
	finish(&x);
	json_string(w, "type", "deny");
	for (size_t i = 0; i < p->count; i++)
		any |= !used_up(p->rules[i]);
	if (any)
		json_begin_array(w, "provision");
	for (size_t i = 0; i < p->count; i++)
		if (!used_up(p->rules[i]))
			provision(w, p->rules[i], names);
	if (any)
		json_end_array(w);
	json_end_object(w);
}

void fhir_consent_write(struct buf *out, const struct policy *p, const struct account_id *owner, struct time_ms at,
			const struct sentence_names *names)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_string(&w, "resourceType", "Consent");
	narrative(&w, p, names);
	combining(&w, p);
	json_string(&w, "status", "active");
	concept(&w, "scope", FHIR_THO "consentscope", "patient-privacy");
	json_begin_array(&w, "category");
	concept(&w, NULL, FHIR_LOINC, "59284-0");
	json_end_array(&w);
	json_begin_object(&w, "patient");
	json_begin_object(&w, "identifier");
	json_string(&w, "system", FHIR_ACCOUNT);
	json_hex(&w, "value", BYTES_ID(*owner));
	json_end_object(&w);
	json_end_object(&w);
	json_time(&w, "dateTime", at.v);
	concept(&w, "policyRule", FHIR_THO "v3-ActCode", "OPTOUT");
	root(&w, p, names);
	json_end_object(&w);
}
