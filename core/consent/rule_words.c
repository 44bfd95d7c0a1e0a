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

static enum err limits_of(Medlock__Rule *r, const struct rule_words *w, struct err_info *info)
{
	uint64_t uses = 0;
	struct time_ms until = {0};

	if (w->uses && (parse_u64(&uses, bytes_str(w->uses), UINT32_MAX) || uses == 0))
		return err_set(info, ERR_POLICY, "uses: \"%.40s\" is not a number from 1", w->uses);
	if (w->until && (time_parse(&until, w->until) || until.v <= 0))
		return err_set(info, ERR_POLICY, "until: \"%.40s\" is not a date", w->until);
	r->uses_left = (uint32_t)uses;
	r->valid_to = until.v;
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

enum err rule_of_words(Medlock__Rule **ret, const struct rule_words *words, struct err_info *info)
{
	uint32_t purposes[RULE_CODES_MAX], categories[RULE_CODES_MAX], labels[RULE_CODES_MAX];
	Medlock__Rule r = MEDLOCK__RULE__INIT;
	Medlock__Actor *who = (Medlock__Actor *)(uintptr_t)words->who;

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
	return finish(ret, &r);
}
