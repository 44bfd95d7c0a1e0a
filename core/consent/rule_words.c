/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/proto/tx.h"
#include "chain/proto/wire.h"
#include "core/base/text.h"
#include "core/consent/policy.h"

#define ACTOR_COPY_MAX 4096u
#define RULE_COPY_MAX (64u * 1024)
#define ACTOR_ID_MAX 48u

static enum err copy_actor(Medlock__Actor **ret, const Medlock__Actor *a)
{
	struct buf b = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&b, a);
	e = buf_error(&b);
	if (!e)
		e = WIRE_DECODE(ret, medlock__actor, buf_bytes(&b), ACTOR_COPY_MAX, NULL);
	buf_release(&b);
	return e;
}

/* "organisation:HEX": the kind before the colon, 32 or 48 bytes behind it. */
static enum err prefixed(Medlock__Actor *a, uint8_t id[ACTOR_ID_MAX], const char *word)
{
	const char *colon = strchr(word, ':');
	char kind[32];
	const struct code_row *row;
	size_t len = colon ? (size_t)(colon - word) : 0;

	if (len == 0 || len >= sizeof(kind))
		return ERR_NOT_FOUND;
	memcpy(kind, word, len);
	kind[len] = '\0';
	row = code_by_text(CODES_ACTOR, kind);
	if (!row || row->number == ACTOR_EVERYONE || row->number == ACTOR_ROLE)
		return ERR_NOT_FOUND;
	len = row->number == ACTOR_PERSON_PSEUDONYM || row->number == ACTOR_ORGANISATION_PSEUDONYM ? ACTOR_ID_MAX
												  : ID_SIZE;
	if (hex_decode(id, len, colon + 1))
		return ERR_NOT_FOUND;
	a->kind = row->number;
	a->id = wire_data(bytes_of(id, len));
	return ERR_OK;
}

enum err actor_of_word(Medlock__Actor **ret, const char *word)
{
	Medlock__Actor a = MEDLOCK__ACTOR__INIT;
	uint8_t id[ACTOR_ID_MAX];
	const struct code_row *role = code_by_text(CODES_ROLE, word);

	if (strcmp(word, "everyone") == 0) {
		a.kind = ACTOR_EVERYONE;
	} else if (role) {
		a.kind = ACTOR_ROLE;
		a.role = role->number;
	} else if (hex_decode(id, ID_SIZE, word) == ERR_OK) {
		a.kind = ACTOR_ACCOUNT;
		a.id = wire_data(bytes_of(id, ID_SIZE));
	} else {
		TRY(prefixed(&a, id, word));
	}
	return copy_actor(ret, &a);
}

static enum err codes_of(uint32_t *codes, size_t *ret_count, const char *const *words, enum code_set set,
			 const char *what, struct err_info *info)
{
	size_t count = 0;

	for (; words && words[count]; count++) {
		const struct code_row *row = code_by_text(set, words[count]);

		if (!row)
			return err_set(info, ERR_POLICY, "%s: \"%.40s\" is not known", what, words[count]);
		if (count == RULE_CODES_MAX)
			return err_set(info, ERR_POLICY, "%s: more than %u", what, RULE_CODES_MAX);
		codes[count] = row->number;
	}
	*ret_count = count;
	return ERR_OK;
}

static enum err code_of(uint32_t *ret, const char *word, enum code_set set, const char *what, struct err_info *info)
{
	const struct code_row *row = word ? code_by_text(set, word) : NULL;

	if (word && !row)
		return err_set(info, ERR_POLICY, "%s: \"%.40s\" is not known", what, word);
	*ret = row ? row->number : 0;
	return ERR_OK;
}

/* A date, or a time with its zone. */
static enum err time_of(int64_t *ret, const char *word, const char *what, struct err_info *info)
{
	struct time_ms time = {0};

	if (word && (time_parse(&time, word) || time.v <= 0))
		return err_set(info, ERR_POLICY, "%s: \"%.40s\" is no date; one is 2027-01-31, or 2027-01-31T09:00:00Z", what,
			       word);
	*ret = time.v;
	return ERR_OK;
}

static enum err limits_of(Medlock__Rule *r, const struct rule_words *w, struct err_info *info)
{
	uint64_t uses = 0;

	if (w->uses && (parse_u64(&uses, bytes_str(w->uses), UINT32_MAX) || uses == 0))
		return err_set(info, ERR_POLICY, "uses: \"%.40s\" is not a number from 1", w->uses);
	TRY(time_of(&r->valid_from, w->from, "from", info));
	TRY(time_of(&r->valid_to, w->until, "until", info));
	if (r->valid_to && r->valid_to <= r->valid_from)
		return err_set(info, ERR_POLICY, "until: not after from");
	r->uses_left = (uint32_t)uses;
	r->lock = w->lock;
	r->emergency_ok = w->emergency_ok;
	r->any_label = w->any_label;
	if (r->lock && r->effect != EFFECT_DENY)
		return err_set(info, ERR_POLICY, "lock: only a deny can be locked");
	if (r->emergency_ok && !r->lock)
		return err_set(info, ERR_POLICY, "emergency: only with a lock");
	return ERR_OK;
}

static enum err finish(Medlock__Rule **ret, Medlock__Rule *r)
{
	struct buf b = BUF_INIT;
	enum err e;

	rule_sort(r);
	WIRE_ENCODE(&b, r);
	e = buf_error(&b);
	if (!e)
		e = WIRE_DECODE(ret, medlock__rule, buf_bytes(&b), RULE_COPY_MAX, NULL);
	buf_release(&b);
	return e;
}

/* What a rule points to while it is made. */
struct scope {
	uint32_t obligations[RULE_CODES_MAX], terms[RULE_CODES_MAX];
	ProtobufCBinaryData records[RULE_RECORDS_MAX], authors[RULE_ORGANISATIONS_MAX];
	Medlock__Period data;
	Medlock__Research research;
	uint8_t project[ID_SIZE];
};

static enum err ids_of(ProtobufCBinaryData *to, size_t max, const struct hash32 *from, size_t count, const char *what,
		       struct err_info *info)
{
	if (count > max)
		return err_set(info, ERR_POLICY, "%s: more than %zu", what, max);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < i; j++)
			if (ID_EQUAL(from[i], from[j]))
				return err_set(info, ERR_POLICY, "%s: one is there twice", what);
		to[i] = wire_data(BYTES_ID(from[i]));
	}
	return ERR_OK;
}

static enum err period_of(Medlock__Rule *r, struct scope *s, const struct rule_words *w, struct err_info *info)
{
	if (!w->data_from && !w->data_to)
		return ERR_OK;
	if (!w->data_from || !w->data_to)
		return err_set(info, ERR_POLICY, "data: say both from when and to when");
	TRY(time_of(&s->data.from, w->data_from, "data from", info));
	TRY(time_of(&s->data.to, w->data_to, "data to", info));
	if (s->data.to <= s->data.from)
		return err_set(info, ERR_POLICY, "data to: not after data from");
	r->data = &s->data;
	return ERR_OK;
}

static enum err research_of(Medlock__Rule *r, struct scope *s, const struct rule_words *w, struct err_info *info)
{
	s->research.terms = s->terms;
	TRY(codes_of(s->terms, &s->research.n_terms, w->terms, CODES_DUO, "term", info));
	if (w->project && hex_decode(s->project, ID_SIZE, w->project))
		return err_set(info, ERR_POLICY, "project: \"%.40s\" is not 64 hex digits", w->project);
	if (w->project)
		s->research.project = wire_data(bytes_of(s->project, ID_SIZE));
	if (s->research.n_terms > 0 || w->project)
		r->research = &s->research;
	return ERR_OK;
}

static enum err scope_of(Medlock__Rule *r, struct scope *s, const struct rule_words *w, struct err_info *info)
{
	TRY(ids_of(s->records, RULE_RECORDS_MAX, w->records, w->record_count, "records", info));
	TRY(ids_of(s->authors, RULE_ORGANISATIONS_MAX, w->authors, w->author_count, "authors", info));
	r->records = s->records;
	r->n_records = w->record_count;
	r->author_organisations = s->authors;
	r->n_author_organisations = w->author_count;
	r->obligations = s->obligations;
	TRY(codes_of(s->obligations, &r->n_obligations, w->obligations, CODES_OBLIGATION, "duty", info));
	TRY(code_of(&r->confidentiality, w->confidentiality, CODES_CONFIDENTIALITY, "confidentiality", info));
	TRY(code_of(&r->visibility, w->visibility, CODES_VISIBILITY, "visibility", info));
	TRY(period_of(r, s, w, info));
	return research_of(r, s, w, info);
}

enum err rule_of_words(Medlock__Rule **ret, const struct rule_words *words, struct err_info *info)
{
	uint32_t purposes[RULE_CODES_MAX], categories[RULE_CODES_MAX], labels[RULE_CODES_MAX];
	Medlock__Rule r = MEDLOCK__RULE__INIT;
	Medlock__Actor *who = (Medlock__Actor *)(uintptr_t)words->who;
	struct scope scope = {.data = MEDLOCK__PERIOD__INIT, .research = MEDLOCK__RESEARCH__INIT};

	TRY(code_of(&r.effect, words->effect, CODES_EFFECT, "effect", info));
	if (r.effect == 0)
		return err_set(info, ERR_POLICY, "effect: say permit, deny or ask");
	if (who && who->kind != ACTOR_EVERYONE) {
		r.actors = &who;
		r.n_actors = 1;
	}
	TRY(codes_of(r.purposes = purposes, &r.n_purposes, words->purposes, CODES_PURPOSE, "purpose", info));
	TRY(codes_of(r.categories = categories, &r.n_categories, words->categories, CODES_CATEGORY, "category", info));
	TRY(codes_of(r.labels = labels, &r.n_labels, words->labels, CODES_LABEL, "label", info));
	TRY(code_of(&r.form, words->form, CODES_FORM, "form", info));
	TRY(limits_of(&r, words, info));
	TRY(scope_of(&r, &scope, words, info));
	return finish(ret, &r);
}
