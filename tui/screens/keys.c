/* SPDX-License-Identifier: Apache-2.0 */
/* My keys: slots, recovery card with its rehearsal, devices, helpers. */
#include "tui/screens/keys.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/new_keys.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct keys_model *m = model;

	(void)draft;
	(void)task;
	app_me(a, &m->me);
	TRY(app_key_card_state(a, &m->card, info));
	if (app_recoveries(a, &m->recoveries, NULL) != ERR_OK)
		m->recoveries = 0; /* offline: the rest is still true */
	TRY(app_new_keys_announced(a, &m->announced, info));
	if (app_helping(a, &m->helping, NULL) != ERR_OK)
		m->helping = (struct app_helped_list){0};
	m->helped = calloc(m->helping.count + 1, sizeof(*m->helped));
	if (m->helped == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < m->helping.count; i++)
		snprintf(m->helped[i], sizeof(m->helped[i]), "%s", app_name(a, m->helping.rows[i].account.b));
	return ERR_OK;
}

static void release(void *model)
{
	struct keys_model *m = model;

	app_helped_release(&m->helping);
	free(m->helped);
}

static void card(const struct view *v, struct page *p, const struct app_card *card)
{
	char day[SAY_TIME];

	page_head(p, v, WORD_KEYS_CARD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_KEYS_CARD_WHAT, NULL);
	if (card->shown_at.v == 0)
		page_say(p, v, ROLE_WARN, WORD_KEYS_CARD_NEVER, NULL);
	else if (card->rehearsed_at.v == 0)
		page_say(p, v, ROLE_WARN, WORD_KEYS_CARD_SHOWN, say_day(day, v, card->shown_at), NULL);
	else
		page_say(p, v, ROLE_GOOD, WORD_KEYS_CARD_REHEARSED, say_day(day, v, card->rehearsed_at), NULL);
}

static void helping(const struct view *v, struct page *p, const struct keys_model *m)
{
	page_head(p, v, WORD_KEYS_HELPING, NULL);
	if (m->helping.count == 0)
		page_say(p, v, ROLE_DIM, WORD_KEYS_HELPING_NONE, NULL);
	for (size_t i = 0; i < m->helping.count; i++) {
		char needed[SAY_NUMBER], of[SAY_NUMBER];

		page_say(p, v, m->helping.rows[i].since.v != 0 ? ROLE_WARN : ROLE_PLAIN,
			 m->helping.rows[i].since.v != 0 ? WORD_KEYS_HELPING_NOW : WORD_KEYS_HELPING_ONE, m->helped[i],
			 say_number(needed, m->helping.rows[i].needed), say_number(of, m->helping.rows[i].of), NULL);
	}
}

static void list(const struct view *v, struct page *p)
{
	const struct keys_model *m = v->model;
	char number[SAY_NUMBER], account[ID_HEX], when[SAY_TIME];

	if (m->recoveries > 0)
		page_say(p, v, ROLE_DANGER, WORD_OVERVIEW_RECOVERY, NULL);
	if (m->announced.v != 0)
		page_say(p, v, ROLE_DANGER, WORD_KEYS_ANNOUNCED, say_time(when, v, m->announced), NULL);
	hex_encode(account, m->me.account.b, ID_SIZE);
	page_pair_text(p, v, WORD_KEYS_ACCOUNT, ROLE_PLAIN, account);
	page_pair_text(p, v, WORD_KEYS_GENERATION, ROLE_PLAIN, say_number(number, m->card.generation));
	page_pair_text(p, v, WORD_KEYS_SLOTS, ROLE_PLAIN, say_number(number, m->me.keystore_slots));
	page_blank(p);
	card(v, p, &m->card);
	page_blank(p);
	helping(v, p, m);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_KEYS_LOST, NULL);
}

/* ---- acts ---- */

static void show_card(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_key_card, NULL, 0);
}

static void line(struct act *ret, const char *verb)
{
	act_line(ret, "key", verb);
	ret->shows = true;
}

static void rehearse(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	line(ret, "rehearse");
}

static void passphrase(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	line(ret, "change");
}

static void rotate(struct act *ret, const struct view *v, int id)
{
	const struct keys_model *m = v->model;
	char account[ID_HEX], typed[8];

	(void)id;
	hex_encode(account, m->me.account.b, ID_SIZE);
	snprintf(typed, sizeof(typed), "%.4s", account);
	line(ret, "rotate");
	act_typed(ret, typed, WORD_KEYS_ROTATE_QUESTION, NULL);
}

static void helpers(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_open(ret, &view_key_helpers, NULL, 0);
}

static void pair(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_KEYS_PAIR, .help = WORD_KEYS_PAIR_HELP, .label = WORD_KEYS_PAIR_TEXT,
				    .shows = true};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"key", "pair"}, 2);
	act_line_form(ret, &d);
}

static void refuse(struct act *ret, const struct view *v, int id)
{
	const struct keys_model *m = v->model;

	(void)id;
	if (m->recoveries == 0 && m->announced.v == 0) {
		act_refuse(ret, WORD_KEYS_NO_RECOVERY, NULL);
		return;
	}
	line(ret, "refuse");
	act_yes(ret, WORD_OVERVIEW_REFUSE_QUESTION, NULL);
}

static const struct view_act acts[] = {
	{ACTION_CARD, show_card}, {ACTION_REHEARSE, rehearse}, {ACTION_HELPERS, helpers}, {ACTION_PAIR, pair},
	{ACTION_PASSPHRASE, passphrase}, {ACTION_ROTATE, rotate}, {ACTION_NO, refuse}, {ACTION_NONE, NULL},
};

const struct view_ops view_keys = {
	.name = "keys", .title = WORD_TAB_KEYS, .modes = MODE_ANY, .model_size = sizeof(struct keys_model), .load = load,
	.release = release, .list = list, .acts = acts,
};

/* ---- the card ---- */

static enum err card_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct card_model *m = model;

	(void)draft;
	(void)task;
	m->at = clock_real()->now(NULL);
	return app_key_card(a, &m->words, info);
}

static void card_release(void *model)
{
	struct card_model *m = model;

	m->words = secret_free(m->words);
}

static void card_words(struct page *p, const char *at)
{
	char row[4 * 24];
	size_t len = 0;

	for (int n = 1; *at != '\0'; n++) {
		int size = (int)strcspn(at, " ");

		len += (size_t)snprintf(row + len, sizeof(row) - len, "%2d %-12.*s", n, size, at);
		if (n % 4 == 0) {
			page_text(p, ROLE_PLAIN, row);
			len = 0;
		}
		at += size + (at[size] == ' ');
	}
	explicit_bzero(row, sizeof(row));
}

static void card_list(const struct view *v, struct page *p)
{
	const struct card_model *m = v->model;

	page_head(p, v, WORD_CARD_TITLE, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_CARD_WHAT, NULL);
	page_blank(p);
	card_words(p, (const char *)m->words->data);
	page_blank(p);
	page_say(p, v, ROLE_NOTE, WORD_CARD_GOES, NULL);
}

const struct view_ops view_key_card = {
	.name = "key-card", .title = WORD_CARD_VIEW, .modes = MODE_ANY, .lives_ms = CARD_SHOWN_MS,
	.model_size = sizeof(struct card_model), .load = card_load, .release = card_release, .list = card_list,
};
