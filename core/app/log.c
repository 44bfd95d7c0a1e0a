/* SPDX-License-Identifier: Apache-2.0 */
/* The access list of this account. */
#include "core/app/log.h"

#include <stdlib.h>

#include "core/app/internal.h"
#include "core/app/proxy.h"

struct gather {
	struct app_events list;
	struct time_ms since;
};

static enum err fill_records(struct app_event *e, const Medlock__Event *event)
{
	e->records = calloc(event->n_records + 1, sizeof(*e->records));
	if (e->records == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < event->n_records; i++) {
		const Medlock__Decided *d = event->records[i];
		struct app_event_record *r = &e->records[e->count++];

		if (d->record.len == ID_SIZE)
			ID_COPY(r->record, d->record.data);
		r->decision = d->decision ? code_text(CODES_DECISION, d->decision) : "";
		r->form = d->form ? code_text(CODES_FORM, d->form) : "";
		r->reason = d->reason ? code_text(CODES_DECISION_REASON, d->reason) : "";
		r->rule = d->rule;
	}
	return ERR_OK;
}

static void copy_id(uint8_t out[ID_SIZE], ProtobufCBinaryData x)
{
	if (x.len == ID_SIZE)
		memcpy(out, x.data, ID_SIZE);
}

static enum err fill_proxy(struct app_event *e, const Medlock__ProxySet *p)
{
	if (p == NULL)
		return ERR_OK;
	e->proxy = calloc(1, sizeof(*e->proxy));
	if (e->proxy == NULL)
		return ERR_MEMORY;
	copy_id(e->proxy->owner.b, p->owner);
	copy_id(e->proxy->delegate.b, p->delegate);
	app_scope_text(e->proxy->scope, p->scope);
	e->proxy->from.v = p->valid_from;
	e->proxy->until.v = p->valid_to;
	e->proxy->removed = p->remove;
	return ERR_OK;
}

static void fill_question(struct app_questioned *to, const Medlock__Questioned *q)
{
	if (q == NULL || q->text.len != sizeof(to->text.b))
		return;
	*to = (struct app_questioned){.is = true, .reply = q->reply, .due = {q->due}};
	copy_id(to->owner.b, q->owner);
	copy_id(to->reader.b, q->reader);
	memcpy(to->text.b, q->text.data, sizeof(to->text.b));
}

static enum err of_event(struct app_event *e, const Medlock__Event *event)
{
	*e = (struct app_event){
		.n = event->n,
		.height = event->height,
		.at = {event->time},
		.kind = code_text(CODES_ACTION, event->kind),
		.purpose = event->purpose ? code_text(CODES_PURPOSE, event->purpose) : "",
		.role = event->actor_role ? code_text(CODES_ROLE, event->actor_role) : "",
		.keys_change = event->keys_change ? code_text(CODES_KEYS_CHANGE, event->keys_change) : "",
		.hold = event->hold ? code_text(CODES_HOLD, event->hold) : "",
		.effective = {event->effective},
		.emergency = event->emergency,
		.paused = event->paused,
		.policy_version = event->policy_version,
	};
	copy_id(e->who.b, event->actor);
	copy_id(e->org.b, event->actor_organisation);
	copy_id(e->tx.b, event->tx);
	copy_id(e->request.b, event->request);
	fill_question(&e->question, event->question);
	TRY(fill_records(e, event));
	return fill_proxy(e, event->proxy);
}

static enum err take(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct gather *g = self;
	struct app_event *grown;

	(void)raw;
	if (event->time < g->since.v)
		return ERR_OK;
	grown = realloc(g->list.rows, (g->list.count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	g->list.rows = grown;
	return of_event(&g->list.rows[g->list.count++], event);
}

enum err app_log_list(struct app *a, struct app_events *ret, struct time_ms since, uint64_t n, struct err_info *info)
{
	struct gather g = {.since = since};
	struct app_log_state state;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = replica_events(a->replica, &a->owner, n ? n : 1, n ? n : UINT64_MAX, take, &g, info);
	if (e == ERR_OK && n > 0 && g.list.count == 0)
		e = err_set(info, ERR_NOT_FOUND, "there is no entry %llu", (unsigned long long)n);
	if (e == ERR_OK) {
		app_log_state(a, &state);
		g.list.complete = state.complete;
		g.list.checked_to = state.checked_to;
		g.list.checked_at = state.checked_at;
		*ret = g.list;
		return ERR_OK;
	}
	app_events_release(&g.list);
	return e;
}

struct each_walk {
	struct app *app;
	app_each_event *each;
	void *self;
};

static enum err give(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct each_walk *w = self;
	struct app_event one;
	enum err e = task_check(w->app->task);

	(void)raw;
	if (e != ERR_OK)
		return e;
	e = of_event(&one, event);
	if (e == ERR_OK)
		e = w->each(w->self, &one);
	app_event_release(&one);
	return e;
}

enum err app_log_each(struct app *a, app_each_event *each, void *self, struct err_info *info)
{
	struct each_walk w = {a, each, self};

	TRY(app_fresh_or_stored(a, info));
	return replica_events_newest(a->replica, &a->owner, give, &w, info);
}

void app_log_state(struct app *a, struct app_log_state *ret)
{
	struct replica_log log = {0};

	*ret = (struct app_log_state){.complete = replica_log_verify(a->replica, &log, &a->owner, NULL) == ERR_OK};
	ret->count = log.count;
	ret->checked_to = log.proven_at;
	ret->checked_at = log.proven_time;
}

void app_event_release(struct app_event *e)
{
	free(e->records);
	free(e->proxy);
	*e = (struct app_event){0};
}

void app_events_release(struct app_events *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++)
		app_event_release(&e->rows[i]);
	free(e->rows);
	*e = (struct app_events){0};
}

enum err app_log_verify(struct app *a, struct app_log_verified *ret, struct err_info *info)
{
	struct replica_log log;

	TRY(app_fresh_or_stored(a, info));
	TRY(replica_log_verify(a->replica, &log, &a->owner, info));
	*ret = (struct app_log_verified){log.count, log.proven_at, log.proven_time};
	return ERR_OK;
}
