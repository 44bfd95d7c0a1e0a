/* SPDX-License-Identifier: Apache-2.0 */
/* Changing consent: from words or a whole policy to one transaction, with who gains and who loses. */
#include <stdlib.h>

#include "core/app/care_team_edit.h"
#include "core/app/consent.h"
#include "core/app/records.h"
#include "core/app/undo.h"
#include "core/base/text.h"
#include "core/consent/fhir_consent.h"
#include "core/consent/preset.h"

static enum err actor_by_name(struct app *a, Medlock__Actor **ret, const char *who, struct err_info *info)
{
	const struct book_row *row = book_by_name(&a->book, who);
	char word[32 + ID_HEX];

	if (row == NULL)
		return err_set(info, ERR_NO_CONTACT, "'%s'", who);
	hex_encode(word + (row->kind == BOOK_ORGANISATION ? 13 : 0), row->id, ID_SIZE);
	if (row->kind == BOOK_ORGANISATION)
		memcpy(word, "organisation:", 13);
	return actor_of_word(ret, word);
}

enum err app_actor(struct app *a, Medlock__Actor **ret, const char *who, struct err_info *info)
{
	enum err e = actor_of_word(ret, who);

	return e == ERR_NOT_FOUND ? actor_by_name(a, ret, who, info) : e;
}

/* Ids that words of a rule stand for. */
struct resolved {
	struct hash32 records[RULE_RECORDS_MAX], authors[RULE_ORGANISATIONS_MAX];
	size_t record_count, author_count;
};

static enum err resolve_author(struct app *a, struct hash32 *ret, const char *who, struct err_info *info)
{
	Medlock__Actor *actor;
	enum err e = ERR_OK;

	TRY(app_actor(a, &actor, who, info));
	if (actor->kind == ACTOR_ORGANISATION && actor->id.len == ID_SIZE)
		ID_COPY(*ret, actor->id.data);
	else
		e = err_set(info, ERR_POLICY, "author: '%.40s' is no organisation", who);
	WIRE_FREE(actor);
	return e;
}

static enum err resolve(struct app *a, struct resolved *ret, const struct app_rule_words *said, struct err_info *info)
{
	for (const char *const *text = said->record; *text != NULL; text++) {
		struct record_id id;

		TRY(app_record_find(a, &id, *text, info));
		ID_COPY(ret->records[ret->record_count++], id.b);
	}
	for (const char *const *who = said->author; *who != NULL; who++)
		TRY(resolve_author(a, &ret->authors[ret->author_count++], *who, info));
	return ERR_OK;
}

/* The live policy with one rule more. */
static enum err with_rule(struct app *a, struct policy *wanted, const struct app_rule_words *said,
			  char **ret_sentence, struct err_info *info)
{
	struct sentence_names names = app_sentence_names(a);
	struct rule_words words = {
		.effect = said->effect,
		.purposes = said->purpose,
		.categories = said->category,
		.labels = said->label,
		.form = said->form,
		.until = said->until,
		.uses = said->uses,
		.lock = said->lock,
		.emergency_ok = said->emergency_ok,
		.any_label = said->any_label,
		.from = said->from,
		.data_from = said->data_from,
		.data_to = said->data_to,
		.confidentiality = said->confidentiality,
		.visibility = said->visibility,
		.obligations = said->obligation,
		.terms = said->term,
		.project = said->project,
	};
	struct resolved ids = {0};
	Medlock__Actor *actor = NULL;
	Medlock__Rule *rule = NULL;
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT;
	struct buf sentence = BUF_INIT;
	enum err e = said->who ? app_rule_actor(a, &actor, said->who, info) : ERR_OK;

	words.who = actor;
	if (e == ERR_OK)
		e = resolve(a, &ids, said, info);
	words.records = ids.records;
	words.record_count = ids.record_count;
	words.authors = ids.authors;
	words.author_count = ids.author_count;
	if (e == ERR_OK)
		e = rule_of_words(&rule, &words, info);
	if (e == ERR_OK) {
		state.rule = rule;
		e = policy_add(wanted, &state);
	}
	if (e == ERR_OK)
		e = care_team_fill(a, wanted, info);
	if (e == ERR_OK) {
		sentence_of_rule(&sentence, wanted->rules[wanted->count - 1]->rule, &names);
		*ret_sentence = app_text(&sentence);
	}
	buf_release(&sentence);
	WIRE_FREE(rule);
	WIRE_FREE(actor);
	return e;
}

/* What a permit keeps back: a rule of its own, for the same people and purposes. */
static enum err with_exception(struct app *a, struct policy *wanted, const struct app_rule_words *said,
			       char **ret_sentence, struct err_info *info)
{
	struct app_rule_words kept = {.effect = "deny", .who = said->who, .from = said->from, .until = said->until};
	char *first = *ret_sentence, *second = NULL;
	struct buf both = BUF_INIT;
	enum err e;

	memcpy(kept.purpose, said->purpose, sizeof(kept.purpose));
	memcpy(kept.category, said->category, sizeof(kept.category));
	memcpy(kept.label, said->except, sizeof(kept.label));
	e = with_rule(a, wanted, &kept, &second, info);
	if (e == ERR_OK) {
		buf_printf(&both, "%s %s", first != NULL ? first : "", second != NULL ? second : "");
		*ret_sentence = app_text(&both);
		free(first);
	}
	free(second);
	buf_release(&both);
	return e;
}

/* One rule, or two: what is given, and what of it is kept back. */
static enum err with_rules(struct app *a, struct policy *wanted, const struct app_rule_words *said, char **ret_sentence,
			   struct err_info *info)
{
	struct app_rule_words given = *said;
	bool excepts = said->except[0] != NULL;

	if (excepts && (strcmp(said->effect, "permit") != 0 || said->label[0] != NULL))
		return err_set(info, ERR_USAGE, "what is kept back goes with a permit that names no labels");
	given.any_label = said->any_label || excepts;
	TRY(with_rule(a, wanted, &given, ret_sentence, info));
	return excepts ? with_exception(a, wanted, said, ret_sentence, info) : ERR_OK;
}

static enum err without_rule(struct app *a, struct policy *wanted, uint32_t id, char **ret_sentence,
			     struct err_info *info)
{
	struct sentence_names names = app_sentence_names(a);
	struct buf sentence = BUF_INIT;

	for (size_t i = 0; i < wanted->count; i++) {
		if (wanted->rules[i]->rule->id != id)
			continue;
		buf_append_text(&sentence, "Removed: ");
		sentence_of_rule(&sentence, wanted->rules[i]->rule, &names);
		*ret_sentence = app_text(&sentence);
		buf_release(&sentence);
		WIRE_FREE(wanted->rules[i]);
		memmove(wanted->rules + i, wanted->rules + i + 1, (wanted->count - i - 1) * sizeof(*wanted->rules));
		wanted->count--;
		return ERR_OK;
	}
	return err_set(info, ERR_NOT_FOUND, "there is no rule %u", id);
}

static enum err copy_policy(struct policy *ret, const struct policy *p)
{
	struct policy copy = {.version = p->version, .default_effect = p->default_effect, .paused = p->paused};

	for (size_t i = 0; i < p->count; i++) {
		if (policy_add(&copy, p->rules[i]) != ERR_OK) {
			policy_release(&copy);
			return ERR_MEMORY;
		}
	}
	*ret = copy;
	return ERR_OK;
}

static enum err as_preset(struct app *a, struct policy *ret, const struct policy *live, const struct app_preset *said,
			  char **ret_sentence, struct err_info *info)
{
	const struct preset_choice choice = {said->name, said->emergency_off, said->research};
	struct buf words = BUF_INIT;

	TRY(preset_policy(ret, &choice, live, info));
	preset_words(&words, &choice, a->words);
	*ret_sentence = app_text(&words);
	buf_release(&words);
	return ERR_OK;
}

static enum err with_template(struct app *a, struct policy *wanted, const struct app_template *said, char **ret_sentence,
			      struct err_info *info)
{
	struct sentence_names names = app_sentence_names(a);
	struct buf sentence = BUF_INIT;
	Medlock__Actor *who = NULL;
	size_t first = wanted->count;
	enum err e = app_rule_actor(a, &who, said->who, info);

	if (e == ERR_OK)
		e = template_apply(wanted, said->name, who, clock_real()->now(NULL), said->until, info);
	if (e == ERR_OK)
		e = care_team_fill(a, wanted, info);
	for (size_t i = first; e == ERR_OK && i < wanted->count; i++) {
		buf_append_text(&sentence, i > first ? " " : "");
		sentence_of_rule(&sentence, wanted->rules[i]->rule, &names);
	}
	*ret_sentence = app_text(&sentence);
	buf_release(&sentence);
	WIRE_FREE(who);
	return e;
}

bool app_template_at(size_t index, struct app_template_row *ret)
{
	return template_at(index, &ret->name, &ret->words);
}

static enum err in_place_of(struct app *a, struct policy *wanted, const struct app_consent_edit *edit, char **ret_sentence,
			    struct err_info *info)
{
	char *removed = NULL;

	if (edit->remove != 0)
		TRY(without_rule(a, wanted, edit->remove, &removed, info));
	free(removed);
	return with_rules(a, wanted, edit->add, ret_sentence, info);
}

static enum err want(struct app *a, struct policy *ret, const struct policy *live,
		     const struct app_consent_edit *edit, struct care_team_after *ret_team, char **ret_sentence,
		     struct err_info *info)
{
	enum err e;

	if (edit->replace.len > 0)
		return policy_read(ret, edit->replace, live, info);
	if (edit->fhir.len > 0)
		return fhir_consent_read(ret, edit->fhir, live, &a->owner, info);
	if (edit->preset != NULL)
		return as_preset(a, ret, live, edit->preset, ret_sentence, info);
	TRY(copy_policy(ret, live));
	if (edit->add != NULL)
		e = in_place_of(a, ret, edit, ret_sentence, info);
	else if (edit->template != NULL)
		e = with_template(a, ret, edit->template, ret_sentence, info);
	else if (edit->team != NULL)
		e = care_team_draft(a, ret, ret_team, edit->team, ret_sentence, info);
	else
		e = without_rule(a, ret, edit->remove, ret_sentence, info);
	if (e != ERR_OK)
		policy_release(ret);
	return e;
}

/* ---- all versions ----
 *
 * Rules name a record by its first version (chain/contract/consent_eval.h); people and files name any.
 */

static void name_first(struct app *a, ProtobufCBinaryData *id)
{
	Medlock__RecordState *row;
	struct record_id record;

	ID_COPY(record, id->data);
	if (replica_record(a->replica, &row, &record, NULL) != ERR_OK)
		return;
	if (row->first.len == ID_SIZE)
		memcpy(id->data, row->first.data, ID_SIZE);
	WIRE_FREE(row);
}

static void drop_doubles(Medlock__Rule *rule)
{
	size_t kept = 0;

	for (size_t i = 0; i < rule->n_records; i++) {
		if (kept > 0 && bytes_equal(wire_bytes(rule->records[kept - 1]), wire_bytes(rule->records[i])))
			free(rule->records[i].data);
		else
			rule->records[kept++] = rule->records[i];
	}
	rule->n_records = kept;
}

static void name_firsts(struct app *a, struct policy *wanted)
{
	for (size_t i = 0; i < wanted->count; i++) {
		Medlock__Rule *rule = wanted->rules[i]->rule;

		if (rule->id != 0 || rule->n_records == 0)
			continue;
		for (size_t r = 0; r < rule->n_records; r++)
			if (rule->records[r].len == ID_SIZE)
				name_first(a, &rule->records[r]);
		rule_sort(rule);
		drop_doubles(rule);
	}
}

/* ---- sending -------------------------------------------------------------------------------- */

static bool shows_version(struct app *a, const void *self)
{
	Medlock__PolicyState *p;
	bool reached;

	if (replica_policy(a->replica, &p, &a->owner, NULL) != ERR_OK)
		return false;
	reached = p->version >= *(const uint64_t *)self;
	WIRE_FREE(p);
	return reached;
}

static enum err send(struct app *a, struct app_change *ret, Medlock__ConsentSet *change, uint64_t version,
		     struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	Medlock__Body body = MEDLOCK__BODY__INIT;
	enum err e;

	change->owner = wire_data(BYTES_ID(a->owner));
	change->expected_version = version;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = change;
	e = submit_action(&s, &done, &body, info);
	ret->height = done.height;
	ret->tx = done.tx;
	ret->version = version + 1;
	submitted_release(&done);
	if (e == ERR_CONFLICT)
		err_set(info, e, "the policy was changed elsewhere since version %llu", (unsigned long long)version);
	return e == ERR_OK ? app_await(a, shows_version, &ret->version, info) : e;
}

static enum err change_to(struct app *a, struct app_change *ret, const struct preview_world *w,
			  const struct policy *wanted, const struct app_consent_edit *edit, struct err_info *info)
{
	Medlock__ConsentSet change = MEDLOCK__CONSENT_SET__INIT;
	bool real;
	enum err e = app_draft(a, ret, w, &w->policy, wanted, info);

	if (e != ERR_OK)
		return e;
	policy_change(&change, &w->policy, wanted);
	ret->version = w->policy.version;
	real = !edit->dry_run && !policy_change_is_empty(&change);
	/* A file made from an older version would silently take back what was changed since. */
	if (real && wanted->version != w->policy.version)
		e = err_set(info, ERR_CONFLICT, "the file was made from version %llu, the policy is at %llu: compare them, then"
			    " set or leave out the file's \"version\"", (unsigned long long)wanted->version,
			    (unsigned long long)w->policy.version);
	if (e == ERR_OK && real && ret->widens)
		e = app_undo_wait(a, ret, &edit->undo, info);
	if (e == ERR_OK && real)
		e = send(a, ret, &change, w->policy.version, info);
	free(change.put);
	free(change.remove);
	return e;
}

enum err app_consent_change(struct app *a, struct app_change *ret, const struct app_consent_edit *edit,
				struct err_info *info)
{
	struct app_change done = {0};
	struct care_team_after team;
	struct preview_world w;
	struct policy wanted = {0};
	enum err e;

	TRY(app_fresh(a, info));
	TRY(preview_world_load(a, &w, info));
	e = want(a, &wanted, &w.policy, edit, &team, &done.sentence, info);
	if (e == ERR_OK) {
		name_firsts(a, &wanted);
		e = change_to(a, &done, &w, &wanted, edit, info);
		if (e == ERR_OK && edit->team != NULL && !edit->dry_run)
			e = care_team_keep(a, &team, info);
		policy_release(&wanted);
	}
	preview_world_release(&w);
	if (e != ERR_OK) {
		app_change_release(&done);
		return e;
	}
	*ret = done;
	return ERR_OK;
}

void app_change_release(struct app_change *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->gain_count; i++)
		free(c->gains[i]);
	for (size_t i = 0; i < c->loss_count; i++)
		free(c->losses[i]);
	free(c->gains);
	free(c->losses);
	free(c->sentence);
	free(c->example);
	*c = (struct app_change){0};
}
