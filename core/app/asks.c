/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/asks.h"

#include <stdlib.h>

#include "core/app/id_search.h"
#include "core/app/lasting.h"
#include "core/app/undo.h"
#include "core/consent/sentence.h"

/* ---- what waits ---- */

struct gather {
	struct app_asks list;
	int64_t grant_ms;
};

static struct app_waiting *of_request(struct app_asks *list, ProtobufCBinaryData request)
{
	for (size_t i = 0; i < list->count; i++)
		if (bytes_equal(wire_bytes(request), BYTES_ID(list->rows[i].request)))
			return &list->rows[i];
	return NULL;
}

static size_t asked_count(const Medlock__Event *event)
{
	size_t count = 0;

	for (size_t i = 0; i < event->n_records; i++)
		count += event->records[i]->decision == DECISION_ASKED;
	return count;
}

static void note_asked(struct app_waiting *w, const Medlock__Decided *d)
{
	ID_COPY(w->records[w->count], d->record.data);
	w->rules[w->count++] = d->rule;
	for (size_t i = 0; i < d->n_obligations; i++)
		w->duties |= 1u << (d->obligations[i] & 31u);
}

static enum err add_asked(struct gather *g, const Medlock__Event *event)
{
	struct app_waiting *rows = realloc(g->list.rows, (g->list.count + 1) * sizeof(*rows)), *w;
	size_t count = asked_count(event);

	if (rows == NULL)
		return ERR_MEMORY;
	g->list.rows = rows;
	w = &rows[g->list.count];
	*w = (struct app_waiting){.purpose = code_text(CODES_PURPOSE, event->purpose), .at = {event->time},
				  .until = {event->time + g->grant_ms}};
	w->records = calloc(count, sizeof(*w->records));
	w->rules = calloc(count, sizeof(*w->rules));
	g->list.count++;
	if (w->records == NULL || w->rules == NULL)
		return ERR_MEMORY;
	ID_COPY(w->request, event->request.data);
	ID_COPY(w->who, event->actor.data);
	for (size_t i = 0; i < event->n_records; i++)
		if (event->records[i]->decision == DECISION_ASKED)
			note_asked(w, event->records[i]);
	return ERR_OK;
}

static void take_answered(struct app_waiting *w, const Medlock__Event *event)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++) {
		bool answered = false;

		for (size_t k = 0; k < event->n_records && !answered; k++)
			answered = bytes_equal(wire_bytes(event->records[k]->record), BYTES_ID(w->records[i]));
		if (answered)
			continue;
		w->rules[kept] = w->rules[i];
		w->records[kept++] = w->records[i];
	}
	w->count = kept;
}

static void forget(struct app_waiting *w)
{
	free(w->records);
	free(w->rules);
}

/* What is over leaves the list at once: it stays as short as what waits, however long the history is. */
static void drop(struct app_asks *list, struct app_waiting *w)
{
	size_t behind = (size_t)(list->rows + list->count - w) - 1;

	forget(w);
	memmove(w, w + 1, behind * sizeof(*w));
	list->count--;
}

static void take_end(struct app_asks *list, const Medlock__Event *event)
{
	struct app_waiting *w = of_request(list, event->request);

	if (w == NULL)
		return;
	if (event->kind == ACTION_ACCESS_ANSWER)
		take_answered(w, event);
	if (event->kind == ACTION_ACCESS_CLOSE || w->count == 0)
		drop(list, w);
}

static enum err take(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct gather *g = self;

	(void)raw;
	if (event->kind == ACTION_ACCESS_REQUEST && asked_count(event) > 0)
		return add_asked(g, event);
	if (event->kind == ACTION_ACCESS_ANSWER || event->kind == ACTION_ACCESS_CLOSE)
		take_end(&g->list, event);
	return ERR_OK;
}

/* Without those that nobody waits for any more. */
static void drop_done(struct app_asks *list, struct time_ms now)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (now.v < list->rows[i].until.v)
			list->rows[kept++] = list->rows[i];
		else
			forget(&list->rows[i]);
	}
	list->count = kept;
}

static enum err grant_time(struct app *a, int64_t *ret_ms, struct err_info *info)
{
	Medlock__Network *network;

	TRY(replica_network(a->replica, &network, info));
	*ret_ms = (int64_t)(network->parameters != NULL && network->parameters->grant_ms > 0 ? network->parameters->grant_ms
											     : GRANT_MS_DEFAULT);
	WIRE_FREE(network);
	return ERR_OK;
}

static enum err waiting(struct app *a, struct app_asks *ret, struct err_info *info)
{
	struct gather g = {.grant_ms = 0};
	enum err e = grant_time(a, &g.grant_ms, info);

	if (e == ERR_OK)
		e = replica_events(a->replica, &a->owner, 1, UINT64_MAX, take, &g, info);
	if (e != ERR_OK) {
		app_asks_release(&g.list);
		return e;
	}
	drop_done(&g.list, clock_real()->now(NULL));
	*ret = g.list;
	return ERR_OK;
}

/* What the events do not say stands in the request's row.  Without it the ask can be answered all the same. */
static void look_at_request(struct app *a, struct app_waiting *w)
{
	struct state_key key = state_key_request(&w->request);
	Medlock__RequestState *row = NULL;
	enum err e = replica_prove(a->replica, NULL, &a->link, state_key_bytes(&key), NULL, NULL);

	if (e != ERR_OK && !app_is_offline(e))
		return;
	if (replica_request(a->replica, &row, &w->request, NULL) != ERR_OK)
		return;
	w->form = code_text(CODES_FORM, row->form);
	w->until.v = row->expires;
	if (row->project.len == ID_SIZE)
		ID_COPY(w->project, row->project.data);
	WIRE_FREE(row);
}

enum err app_asks_list(struct app *a, struct app_asks *ret, struct err_info *info)
{
	TRY(app_fresh_or_stored(a, info));
	TRY(waiting(a, ret, info));
	for (size_t i = 0; i < ret->count; i++)
		look_at_request(a, &ret->rows[i]);
	return ERR_OK;
}

void app_asks_release(struct app_asks *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->count; i++)
		forget(&x->rows[i]);
	free(x->rows);
	*x = (struct app_asks){0};
}

/* ---- answering ---- */

static enum err with_rule(struct app *a, struct app_replied *ret, Medlock__AccessAnswer *action, struct lasting *l,
			  const struct app_waiting *w, enum app_reply reply, uint32_t days, struct err_info *info)
{
	struct sentence_names names = app_sentence_names(a);
	struct buf sentence = BUF_INIT;

	TRY(lasting_make(a, l, w, reply, days, info));
	sentence_of_rule(&sentence, &l->rule, &names);
	ret->sentence = app_text(&sentence);
	buf_release(&sentence);
	action->rules = &l->set;
	return ERR_OK;
}

/* The wait for a rule that lets more through than the policy does. */
static enum err wait_for_rule(struct app *a, struct lasting *l, const struct app_undo *undo, struct err_info *info)
{
	const struct sentence_names names = app_sentence_names(a);
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT;
	struct buf sentence = BUF_INIT;
	struct app_change draft = {0};
	struct policy after = {0};
	struct preview_world w;
	enum err e;

	TRY(preview_world_load(a, &w, info));
	after = (struct policy){.version = w.policy.version, .default_effect = w.policy.default_effect,
				.paused = w.policy.paused};
	e = ERR_OK;
	for (size_t i = 0; e == ERR_OK && i < w.policy.count; i++)
		e = policy_add(&after, w.policy.rules[i]);
	state.rule = &l->rule;
	if (e == ERR_OK)
		e = policy_add(&after, &state);
	if (e == ERR_OK) {
		sentence_of_rule(&sentence, &l->rule, &names);
		draft.sentence = app_text(&sentence);
		buf_release(&sentence);
		e = app_draft(a, &draft, &w, &w.policy, &after, info);
	}
	if (e == ERR_OK && draft.widens)
		e = app_undo_wait(a, &draft, undo, info);
	app_change_release(&draft);
	policy_release(&after);
	preview_world_release(&w);
	return e;
}

static bool shows_answer(struct app *a, const void *self)
{
	const struct app_replied *r = self;
	struct app_asks list;
	bool gone = true;

	if (waiting(a, &list, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < list.count; i++)
		gone &= !ID_EQUAL(list.rows[i].request, r->request);
	app_asks_release(&list);
	return gone;
}

static enum err send(struct app *a, struct app_replied *ret, Medlock__AccessAnswer *action, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct submitted done = {0};
	enum err e;

	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_ANSWER;
	body.access_answer = action;
	e = submit_action(&s, &done, &body, info);
	ret->tx = done.tx;
	ret->height = done.height;
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows_answer, ret, info) : e;
}

static enum err answer(struct app *a, struct app_replied *ret, const struct app_waiting *w, enum app_reply reply,
		       uint32_t days, const struct app_undo *undo, struct err_info *info)
{
	Medlock__AccessAnswer action = MEDLOCK__ACCESS_ANSWER__INIT;
	struct lasting *lasting = calloc(1, sizeof(*lasting));
	enum err e = lasting != NULL ? ERR_OK : ERR_MEMORY;

	ret->request = w->request;
	ret->records = w->count;
	action.owner = wire_data(BYTES_ID(a->owner));
	action.request = wire_data(BYTES_ID(w->request));
	action.answer = reply == APP_REPLY_ONCE || reply == APP_REPLY_YES ? ANSWER_YES : ANSWER_NO;
	if (e == ERR_OK && (reply == APP_REPLY_YES || reply == APP_REPLY_NEVER))
		e = with_rule(a, ret, &action, lasting, w, reply, days, info);
	if (e == ERR_OK && action.rules != NULL)
		e = wait_for_rule(a, lasting, undo, info);
	if (e == ERR_OK)
		e = send(a, ret, &action, info);
	if (lasting != NULL)
		lasting_release(lasting);
	free(lasting);
	return e;
}

static enum err find(struct app_waiting **ret, struct app_asks *list, const char *text, struct err_info *info)
{
	struct request_id id;
	struct id_search s;

	TRY(id_search_init(&s, text, "ask", info));
	for (size_t i = 0; i < list->count; i++)
		id_search_look(&s, list->rows[i].request.b);
	TRY(id_search_end(&s, id.b, info));
	*ret = of_request(list, wire_data(BYTES_ID(id)));
	return *ret != NULL ? ERR_OK : err_set(info, ERR_NOT_FOUND, "nothing is asked by a request of this id");
}

enum err app_ask_answer(struct app *a, struct app_replied *ret, const char *request, enum app_reply reply, uint32_t days,
			const struct app_undo *undo, struct err_info *info)
{
	struct app_replied done = {0};
	struct app_waiting *w;
	struct app_asks list;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(waiting(a, &list, info));
	e = find(&w, &list, request, info);
	if (e == ERR_OK)
		e = answer(a, &done, w, reply, days, undo, info);
	app_asks_release(&list);
	if (e != ERR_OK) {
		app_replied_release(&done);
		return e;
	}
	*ret = done;
	return ERR_OK;
}

void app_replied_release(struct app_replied *r)
{
	if (r == NULL)
		return;
	free(r->sentence);
	*r = (struct app_replied){0};
}
