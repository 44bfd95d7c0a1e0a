/* SPDX-License-Identifier: Apache-2.0 */
/* The network as this profile sees it, and what can be checked about it and about this program now. */
#include "tui/screens/common_network.h"

#include <stdio.h>

#include "tui/screens/common_acts.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct network_model *m = model;
	enum err e;

	(void)draft;
	(void)task;
	e = app_sync(a, &m->sync, info);
	m->offline = e == ERR_NETWORK;
	if (e != ERR_OK && !m->offline)
		return e;
	return app_ledger_status(a, &m->ledger, info);
}

static void ledger(const struct view *v, struct page *p, const struct network_model *m)
{
	char number[SAY_NUMBER], hash[ID_HEX];

	page_head(p, v, WORD_NETWORK_LEDGER, NULL);
	page_pair_text(p, v, WORD_NETWORK_BLOCK, ROLE_PLAIN, say_number(number, m->ledger.height));
	hex_encode(hash, m->ledger.app_hash.b, ID_SIZE);
	page_pair_text(p, v, WORD_NETWORK_HASH, ROLE_DIM, hash);
	page_pair_text(p, v, WORD_NETWORK_CHAIN, ROLE_PLAIN, m->ledger.chain);
	page_pair_text(p, v, WORD_NETWORK_OPERATORS, ROLE_PLAIN, say_number(number, m->ledger.operators));
	if (m->ledger.solo)
		page_say(p, v, ROLE_NOTE, WORD_NETWORK_SOLO, NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct network_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_NETWORK_PEER), 16, 60, 0, false},
		{word(v->language, WORD_NETWORK_BLOCK), 6, 10, 1, true},
		{word(v->language, WORD_NETWORK_STATE), 8, 14, 0, false},
	};

	if (m->offline)
		page_say(p, v, ROLE_WARN, WORD_NETWORK_OFFLINE, NULL);
	page_columns(p, columns, 3);
	for (size_t i = 0; i < m->sync.peer_count; i++) {
		const struct app_peer *x = &m->sync.peers[i];
		char number[SAY_NUMBER];
		const char *const cells[] = {x->url, say_number(number, x->height), x->state};

		page_row(p, (int)i + 1, strcmp(x->state, "ok") == 0 ? ROLE_PLAIN : ROLE_WARN, cells);
	}
	page_blank(p);
	ledger(v, p, m);
}

static void check_up(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "doctor", "");
	ret->shows = true;
}

static const struct view_act network_acts[] = {
	{ACTION_VERIFY, common_ledger_verify}, {ACTION_SYNC, common_reload}, {ACTION_CHECK, check_up}, {ACTION_NONE, NULL},
};

const struct view_ops view_network = {
	.name = "network", .title = WORD_VIEW_NETWORK, .modes = MODE_ANY, .model_size = sizeof(struct network_model),
			.load = load,
	.list = list, .acts = network_acts,
};

/* ---- about ---- */

static void about(const struct view *v, struct page *p)
{
	page_head(p, v, WORD_ABOUT_NAME, MEDLOCK_VERSION, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_ABOUT_WHAT, NULL);
	page_blank(p);
	page_say(p, v, ROLE_PLAIN, WORD_ABOUT_VERIFY, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_ABOUT_CHECK, NULL);
	page_say(p, v, ROLE_DIM, WORD_ABOUT_LICENCE, NULL);
}

static const struct view_act about_acts[] = {{ACTION_VERIFY, common_ledger_verify}, {ACTION_CHECK, check_up},
		{ACTION_NONE, NULL}};

const struct view_ops view_about = {.name = "about", .title = WORD_VIEW_ABOUT, .list = about, .acts = about_acts};
