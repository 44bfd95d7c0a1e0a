/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a certificate: why, since when, what goes with it, and how far the network knows. */
#include <stdio.h>

#include "tui/screens/ca_certificates.h"
#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

enum { ID_REASON = 1, ID_SINCE = 20 };

const char *const end_reasons[] = {
	"key-compromise", "affiliation-changed", "superseded", "cessation", "privilege-withdrawn", "hold", NULL,
};

/* ---- before ---- */

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct end_draft *d = draft;
	struct end_model *m = model;
	struct app_ca_wish wish = {.serial = d->serial, .reason = d->release ? NULL : end_reasons[d->reason], .dry_run = true,
				   .confirm = d->serial + strlen(d->serial) - 4};

	(void)task;
	if (d->since[0] != '\0' && time_parse(&wish.since, d->since) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%s' is not a date", d->since);
	m->e = d->release ? app_ca_release(a, &m->end, &wish, info) : app_ca_revoke(a, &m->end, &wish, info);
	return m->e == ERR_CONFIRM || m->e == ERR_PENDING ? ERR_OK : m->e;
}

static void release(void *model)
{
	app_ca_end_release(&((struct end_model *)model)->end);
}

static void siblings(const struct view *v, struct page *p, const struct app_ca_end *m)
{
	for (size_t i = 0; i < m->sibling_count; i++)
		page_say(p, v, m->siblings[i].same_account ? ROLE_WARN : ROLE_PLAIN,
			 m->siblings[i].same_account ? WORD_END_GOES : WORD_END_STAYS, m->siblings[i].name,
			 m->siblings[i].profile, NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct end_draft *d = v->draft;
	const struct end_model *m = v->model;
	char entries[SAY_NUMBER], owners[SAY_NUMBER];

	page_head(p, v, d->release ? WORD_END_RELEASE : WORD_END_REVOKE, d->name, d->profile, NULL);
	page_pair_text(p, v, WORD_CERTS_SERIAL, ROLE_PLAIN, d->serial);
	if (!d->release) {
		page_head(p, v, WORD_END_REASON, NULL);
		for (int i = 0; end_reasons[i] != NULL; i++)
			page_choice(p, ID_REASON + i, say_code(v, "reason", end_reasons[i]), d->reason == i, true);
		page_field_say(p, v, ID_SINCE, WORD_END_SINCE, d->since);
	}
	page_head(p, v, WORD_END_MEANS, NULL);
	if (m->end.sibling_count == 0)
		page_say(p, v, ROLE_DIM, WORD_END_ALONE, NULL);
	siblings(v, p, &m->end);
	if (m->end.since.v != 0)
		page_say(p, v, ROLE_WARN, WORD_END_ENTRIES, say_number(entries, m->end.entries),
			 say_number(owners, m->end.owners), NULL);
	page_say(p, v, ROLE_PLAIN, WORD_END_TWO, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct end_draft d = *(const struct end_draft *)v->draft;

	if (id == ID_SINCE && text != NULL)
		snprintf(d.since, sizeof(d.since), "%.*s", (int)sizeof(d.since) - 1, text);
	else if (id < ID_SINCE)
		d.reason = id - ID_REASON;
	act_draft(ret, &d, sizeof(d));
}

static void words_of(struct act *a, const struct end_draft *d)
{
	act_line(a, "ca", d->release ? "release" : "revoke");
	act_word(a, d->serial);
	if (d->release)
		return;
	act_option(a, "--reason", end_reasons[d->reason]);
	act_option(a, "--since", d->since);
}

static void sign(struct act *ret, const struct view *v, int id)
{
	const struct end_draft *d = v->draft;
	const char *last = d->serial + strlen(d->serial) - 4;

	(void)id;
	words_of(ret, d);
	act_option(ret, "--confirm", last);
	act_typed(ret, last, d->release ? WORD_END_RELEASE_QUESTION : WORD_END_QUESTION, d->name, NULL);
	ret->shows = true;
	ret->leaves = true;
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	const struct end_draft *d = v->draft;

	(void)id;
	words_of(ret, d);
	act_option(ret, "--confirm", d->serial + strlen(d->serial) - 4);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SIGN, sign}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_end = {
	.name = "ca-end", .title = WORD_END_TITLE, .modes = MODE_CA, .model_size = sizeof(struct end_model),
	.draft_size = sizeof(struct end_draft), .draft_loads = true, .load = load, .release = release, .list = list,
	.chosen = chosen, .acts = acts,
};

/* ---- after ---- */

static enum err revoked_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	struct revoked_model *m = model;
	enum err e;

	(void)draft;
	(void)task;
	TRY(app_ca_list(a, &m->certificates, info));
	e = app_ca_crl(a, &m->crl, &m->revoked, NULL, false, info);
	m->known = e == ERR_OK || e == ERR_PENDING;
	return m->known || e == ERR_ROLE ? ERR_OK : e;
}

static void revoked_release(void *model)
{
	struct revoked_model *m = model;

	app_certificates_release(&m->certificates);
	app_ca_end_release(&m->crl);
}

static void propagation(const struct view *v, struct page *p, const struct app_ca_end *m)
{
	char have[SAY_NUMBER], of[SAY_NUMBER], block[SAY_NUMBER], crl[SAY_NUMBER];

	page_head(p, v, WORD_REVOKED_WHERE, say_number(have, m->peers_have), say_number(of, m->peer_count), NULL);
	for (size_t i = 0; i < m->peer_count; i++) {
		const struct app_ca_peer *x = &m->peers[i];

		page_say(p, v, x->refuses ? ROLE_GOOD : ROLE_WARN, x->refuses ? WORD_REVOKED_PEER : WORD_REVOKED_NOT_YET,
				x->url,
			 say_number(block, x->height), say_number(crl, x->crl), x->why, NULL);
	}
}

static void revoked_list(const struct view *v, struct page *p)
{
	const struct revoked_model *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_QUEUE_NAME), 16, 44, 0, false},
		{word(v->language, WORD_QUEUE_PROFILE), 9, 16, 2, false},
	
		{word(v->language, WORD_CERTS_STATE), 8, 10, 0, false},
		{word(v->language, WORD_CERTS_SERIAL), 10, 41, 1, false},
	};
	size_t said = 0;
	char number[SAY_NUMBER], count[SAY_NUMBER];

	page_columns(p, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < m->certificates.count; i++) {
		const struct app_certificate *c = &m->certificates.rows[i];
		const char *const cells[] = {c->name, c->profile, say_code(v, "state", c->state), c->serial};

		if (strcmp(c->state, "revoked") != 0 && strcmp(c->state, "hold") != 0)
			continue;
		page_row(p, (int)i + 1, ROLE_PLAIN, cells);
		said++;
	}
	if (said == 0)
		page_say(p, v, ROLE_DIM, WORD_REVOKED_NONE, NULL);
	page_blank(p);
	if (!m->known) {
		page_say(p, v, ROLE_NOTE, WORD_REVOKED_NOT_HERE, NULL);
		return;
	}
	page_say(p, v, ROLE_PLAIN, WORD_REVOKED_LIST, say_number(number, m->crl.crl), say_number(count, m->revoked), NULL);
	propagation(v, p, &m->crl);
}

static void publish(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "ca", "crl");
	act_word(ret, "--wait");
	ret->shows = true;
}

static void export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_REVOKED_EXPORT, .label = WORD_FORM_FILE, .option = "--out"};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"ca", "crl"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act revoked_acts[] = {{ACTION_PUBLISH, publish}, {ACTION_EXPORT, export}, {ACTION_NONE, NULL}};

const struct view_ops view_ca_revoked = {
	.name = "ca-revoked", .title = WORD_TAB_REVOKED, .modes = MODE_CA, .model_size = sizeof(struct revoked_model),
	.load = revoked_load, .release = revoked_release, .list = revoked_list, .acts = revoked_acts,
};
