/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/care_team.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/care_team_edit.h"

/* ---- who is in it ---- */

/* As the first rule for it has it; false: no rule is. */
static bool read_rules(const struct policy *p, struct care_team *ret, const uint8_t id[ID_SIZE])
{
	for (size_t i = 0; i < p->count; i++) {
		const uint8_t *team = care_team_of(p->rules[i]->rule);

		if (team != NULL && memcmp(team, id, ID_SIZE) == 0 && p->rules[i]->rule->n_actors > 1) {
			care_team_read(ret, p->rules[i]->rule);
			return true;
		}
	}
	return false;
}

/* The rules are what counts; a team without one is in the book alone. */
static bool read_team(struct app *a, const struct policy *p, struct care_team *ret, const uint8_t id[ID_SIZE])
{
	const struct book_team *known = book_team_by_id(&a->book, id);

	if (read_rules(p, ret, id))
		return true;
	if (known != NULL)
		*ret = known->team;
	return known != NULL;
}

static const char *plain_name(const char *who)
{
	return strncmp(who, "team:", 5) == 0 ? who + 5 : who;
}

enum err app_rule_actor(struct app *a, Medlock__Actor **ret, const char *who, struct err_info *info)
{
	bool meant = plain_name(who) != who;
	enum err e = meant ? ERR_NO_CONTACT : app_actor(a, ret, who, info);
	const struct book_team *team = e == ERR_NO_CONTACT ? book_team_by_name(&a->book, plain_name(who)) : NULL;
	char word[16 + ID_HEX];

	if (team == NULL)
		return meant ? err_set(info, ERR_NOT_FOUND, "there is no care team '%.40s': medlock consent team list",
				       plain_name(who)) : e;
	snprintf(word, sizeof(word), "%s:", code_text(CODES_ACTOR, ACTOR_CARE_TEAM));
	hex_encode(word + strlen(word), team->team.id, ID_SIZE);
	return actor_of_word(ret, word);
}

enum err care_team_fill(struct app *a, struct policy *wanted, struct err_info *info)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const Medlock__Rule *rule = wanted->rules[i]->rule;
		const uint8_t *id = care_team_of(rule);
		struct care_team team;

		if (id == NULL || rule->id != 0 || rule->n_actors != 1)
			continue;
		if (!read_team(a, wanted, &team, id))
			return err_set(info, ERR_NOT_FOUND, "a rule is for a care team that this device does not know");
		TRY(care_team_apply(wanted, &team));
	}
	return ERR_OK;
}

/* ---- changing it ---- */

static enum err member_of(struct app *a, struct care_member *ret, const char *who, struct err_info *info)
{
	Medlock__Actor *actor;
	enum err e = ERR_OK;

	TRY(app_actor(a, &actor, who, info));
	if ((actor->kind != ACTOR_ACCOUNT && actor->kind != ACTOR_ORGANISATION) || actor->id.len != ID_SIZE) {
		e = err_set(info, ERR_USAGE, "'%.40s' is no person and no organisation", who);
	} else {
		ret->kind = actor->kind;
		memcpy(ret->id, actor->id.data, ID_SIZE);
	}
	WIRE_FREE(actor);
	return e;
}

static enum err change_members(struct app *a, struct care_team *t, const struct app_care_team_edit *edit,
			       struct err_info *info)
{
	for (const char *const *who = edit->members; *who != NULL; who++) {
		struct care_member m;
		enum err e;

		TRY(member_of(a, &m, *who, info));
		e = edit->remove ? care_team_drop(t, &m) : care_team_add(t, &m);
		if (e == ERR_NOT_FOUND)
			return err_set(info, e, "'%.40s' is not in the team", *who);
		if (e == ERR_LIMIT)
			return err_set(info, e, "a care team has at most %u members", CARE_TEAM_MAX);
	}
	return ERR_OK;
}

static enum err new_team(struct app *a, struct book_team *ret, const char *name, struct err_info *info)
{
	if (name[0] == '\0' || strlen(name) >= BOOK_NAME_MAX || strchr(name, ':') != NULL)
		return err_set(info, ERR_USAGE, "a name has 1 to %u bytes and no colon", BOOK_NAME_MAX - 1);
	if (book_by_name(&a->book, name) != NULL || code_by_text(CODES_ROLE, name) != NULL || strcmp(name, "everyone") == 0)
		return err_set(info, ERR_USAGE, "'%.40s' names somebody else already", name);
	*ret = (struct book_team){0};
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	rng_fill(rng_system(), ret->team.id, ID_SIZE);
	return ERR_OK;
}

static char *sentence_of(const struct care_team_after *x, size_t rules)
{
	struct buf b = BUF_INIT;
	char *text;

	if (x->removed)
		buf_printf(&b, "The care team %s is no more, and %zu rule%s for it.", x->team.name, rules,
			   rules == 1 ? "" : "s");
	else
		buf_printf(&b, "The care team %s has %zu member%s.", x->team.name, x->team.team.count,
			   x->team.team.count == 1 ? "" : "s");
	text = app_text(&b);
	buf_release(&b);
	return text;
}

enum err care_team_draft(struct app *a, struct policy *wanted, struct care_team_after *ret,
			 const struct app_care_team_edit *edit, char **ret_sentence, struct err_info *info)
{
	const struct book_team *known = book_team_by_name(&a->book, edit->name);
	size_t rules = 0;

	*ret = (struct care_team_after){.removed = edit->remove && edit->members[0] == NULL};
	if (known == NULL && edit->remove)
		return err_set(info, ERR_NOT_FOUND, "there is no care team '%.40s': medlock consent team list", edit->name);
	if (known != NULL)
		ret->team = *known;
	else
		TRY(new_team(a, &ret->team, edit->name, info));
	(void)read_rules(wanted, &ret->team.team, ret->team.team.id);
	TRY(change_members(a, &ret->team.team, edit, info));
	if (ret->removed)
		rules = care_team_remove(wanted, ret->team.team.id);
	else
		TRY(care_team_apply(wanted, &ret->team.team));
	*ret_sentence = sentence_of(ret, rules);
	return ERR_OK;
}

enum err care_team_keep(struct app *a, const struct care_team_after *after, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	if (after->removed)
		book_drop_team(&a->book, after->team.team.id);
	else
		TRY(book_add_team(&a->book, &after->team));
	TRY(profile_path(&a->profile, path, "book"));
	return book_write(&a->book, a->keys, path, info);
}

/* ---- showing them ---- */

static enum err fill_row(struct app *a, struct app_care_team *to, const struct policy *p, const struct care_team *t)
{
	const struct book_team *known = book_team_by_id(&a->book, t->id);

	*to = (struct app_care_team){0};
	if (known != NULL)
		memcpy(to->name, known->name, sizeof(to->name));
	hex_encode(to->id, t->id, ID_SIZE);
	to->members = calloc(t->count + 1, sizeof(*to->members));
	if (to->members == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < t->count; i++) {
		to->members[i] = strdup(app_name(a, t->members[i].id));
		if (to->members[i] == NULL)
			return ERR_MEMORY;
		to->member_count++;
	}
	for (size_t i = 0; i < p->count; i++) {
		const uint8_t *id = care_team_of(p->rules[i]->rule);
		struct care_team other;

		if (id == NULL || memcmp(id, t->id, ID_SIZE) != 0)
			continue;
		care_team_read(&other, p->rules[i]->rule);
		to->rules++;
		to->differs |= other.count != t->count || p->rules[i]->rule->n_actors != t->count + 1;
		for (size_t m = 0; m < other.count; m++)
			to->differs |= !care_team_has(t, &other.members[m]);
	}
	return ERR_OK;
}

static bool is_listed(const struct app_care_teams *all, const uint8_t id[ID_SIZE])
{
	char hex[ID_HEX];

	hex_encode(hex, id, ID_SIZE);
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->rows[i].id, hex) == 0)
			return true;
	return false;
}

static enum err list_one(struct app *a, struct app_care_teams *all, const struct policy *p, const uint8_t id[ID_SIZE])
{
	struct care_team t = {0};

	if (is_listed(all, id))
		return ERR_OK;
	memcpy(t.id, id, ID_SIZE);
	(void)read_team(a, p, &t, id);
	all->count++;
	return fill_row(a, &all->rows[all->count - 1], p, &t);
}

static enum err list_all(struct app *a, struct app_care_teams *all, const struct policy *p)
{
	all->rows = calloc(a->book.team_count + p->count + 1, sizeof(*all->rows));
	if (all->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < a->book.team_count; i++)
		TRY(list_one(a, all, p, a->book.teams[i].team.id));
	for (size_t i = 0; i < p->count; i++) {
		const uint8_t *id = care_team_of(p->rules[i]->rule);

		if (id != NULL)
			TRY(list_one(a, all, p, id));
	}
	return ERR_OK;
}

enum err app_care_team_list(struct app *a, struct app_care_teams *ret, struct err_info *info)
{
	struct app_care_teams all = {0};
	struct policy p = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_policy_load(a, &p, &a->owner, info));
	e = list_all(a, &all, &p);
	policy_release(&p);
	if (e == ERR_OK)
		*ret = all;
	else
		app_care_teams_release(&all);
	return e;
}

void app_care_teams_release(struct app_care_teams *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++) {
		for (size_t m = 0; m < t->rows[i].member_count; m++)
			free(t->rows[i].members[m]);
		free(t->rows[i].members);
	}
	free(t->rows);
	*t = (struct app_care_teams){0};
}
