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

static enum err take(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct gather *g = self;
	struct app_event *e, *grown;

	(void)raw;
	if (event->time < g->since.v)
		return ERR_OK;
	grown = realloc(g->list.rows, (g->list.count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	g->list.rows = grown;
	e = &g->list.rows[g->list.count];
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
	g->list.count++; /* from here on released with the list */
	TRY(fill_records(e, event));
	return fill_proxy(e, event->proxy);
}

enum err app_log_list(struct app *a, struct app_events *ret, struct time_ms since, uint64_t n, struct err_info *info)
{
	struct gather g = {.since = since};
	struct replica_log log = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = replica_events(a->replica, &a->owner, n ? n : 1, n ? n : UINT64_MAX, take, &g, info);
	if (e == ERR_OK && n > 0 && g.list.count == 0)
		e = err_set(info, ERR_NOT_FOUND, "there is no entry %llu", (unsigned long long)n);
	if (e == ERR_OK) {
		g.list.complete = replica_log_verify(a->replica, &log, &a->owner, NULL) == ERR_OK;
		g.list.checked_to = log.proven_at;
		g.list.checked_at = log.proven_time;
		*ret = g.list;
		return ERR_OK;
	}
	app_events_release(&g.list);
	return e;
}

void app_events_release(struct app_events *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++) {
		free(e->rows[i].records);
		free(e->rows[i].proxy);
	}
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
