/* SPDX-License-Identifier: Apache-2.0 */
/* Records: list, find, read, export. */
#include "core/app/records.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/id_search.h"
#include "core/app/internal.h"
#include "core/app/requests.h"

static void fill_labels(char out[128], const Medlock__RecordDeposit *d)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < d->n_labels && len + 12 < 128; i++)
		len += (size_t)snprintf(out + len, 128 - len, "%s%s", i ? "," : "",
					code_text(CODES_LABEL, d->labels[i]));
}

static void fill_record(struct app_record *r, const struct record_id *id, const Medlock__RecordState *s)
{
	const Medlock__RecordDeposit *d = s->deposit;

	*r = (struct app_record){
		.record = *id,
		.category = code_text(CODES_CATEGORY, d->category),
		.height = s->height,
		.at = {s->time},
		.confidentiality = code_text(CODES_CONFIDENTIALITY, d->confidentiality),
		.status = code_text(CODES_RECORD_STATUS, s->status),
		.period_known = d->period != NULL,
	};
	ID_COPY(r->owner, d->owner.data);
	ID_COPY(r->from, s->depositor.data);
	if (s->superseded_by.len == ID_SIZE)
		ID_COPY(r->newer, s->superseded_by.data);
	fill_labels(r->labels, d);
	if (d->period != NULL) {
		r->period_from.v = d->period->from;
		r->period_to.v = d->period->to;
	}
	for (size_t i = 0; i < d->n_renditions && i < 2; i++) {
		struct app_rendition *x = &r->renditions[r->rendition_count++];

		x->form = code_text(CODES_FORM, d->renditions[i]->form);
		x->bytes = d->renditions[i]->size;
		ID_COPY(x->blob, d->renditions[i]->blob.data);
	}
}

struct gather {
	struct app_records list;
	const struct account_id *depositor; /* NULL: any */
};

static enum err take(void *self, const struct record_id *id, const Medlock__RecordState *record)
{
	struct gather *g = self;
	struct app_record *grown;

	if (g->depositor != NULL && !bytes_equal(wire_bytes(record->depositor), BYTES_ID(*g->depositor)))
		return ERR_OK;
	grown = realloc(g->list.rows, (g->list.count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	g->list.rows = grown;
	fill_record(&g->list.rows[g->list.count++], id, record);
	return ERR_OK;
}

static enum err gather(struct app *a, struct app_records *ret, const struct account_id *owner,
		       const struct account_id *depositor, struct err_info *info)
{
	struct gather g = {.depositor = depositor};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = replica_records(a->replica, owner, take, &g, info);
	if (e != ERR_OK) {
		app_records_release(&g.list);
		return e;
	}
	*ret = g.list;
	return ERR_OK;
}

enum err app_record_list(struct app *a, struct app_records *ret, const struct account_id *owner,
			 struct err_info *info)
{
	if (owner == NULL && strcmp(options_text(&a->profile.options, "mode"), "patient") == 0)
		owner = &a->owner;
	return gather(a, ret, owner, NULL, info);
}

enum err app_deposit_list(struct app *a, struct app_records *ret, struct err_info *info)
{
	return gather(a, ret, NULL, &a->me.account, info);
}

enum err app_record_show(struct app *a, struct app_record *ret, const struct record_id *record, struct err_info *info)
{
	Medlock__RecordState *row;

	TRY(replica_record(a->replica, &row, record, info));
	fill_record(ret, record, row);
	WIRE_FREE(row);
	return ERR_OK;
}

void app_records_release(struct app_records *r)
{
	if (r == NULL)
		return;
	free(r->rows);
	*r = (struct app_records){0};
}

/* ---- one ----------------------------------------------------------------------------------- */

static enum err match(void *self, const struct record_id *id, const Medlock__RecordState *record)
{
	(void)record;
	id_search_look(self, id->b);
	return ERR_OK;
}

enum err app_record_find(struct app *a, struct record_id *ret, const char *text, struct err_info *info)
{
	struct id_search s;

	TRY(id_search_init(&s, text, "record", info));
	TRY(app_fresh_or_stored(a, info));
	TRY(replica_records(a->replica, NULL, match, &s, info));
	return id_search_end(&s, ret->b, info);
}

/* A grant of ours that lists the record, when it is not our own. */
struct grant_search {
	const struct record_id *record;
	uint32_t form; /* a grant in full covers the form without names too */
	struct request_id request;
	struct time_ms now;
	bool found, other_form;
};

static enum err match_grant(void *self, const struct request_id *id, const Medlock__RequestState *request)
{
	struct grant_search *s = self;

	for (size_t i = 0;
	     !s->found && !request->closed && request->expires > s->now.v && i < request->n_records; i++) {
		if (request->records[i]->decision != DECISION_GRANTED ||
			!bytes_equal(wire_bytes(request->records[i]->record), BYTES_ID(*s->record)))
			continue;
		if (request->records[i]->form > s->form) {
			s->other_form = true;
			continue;
		}
		s->found = true;
		s->request = *id;
	}
	return ERR_OK;
}

#define PROXY_PURPOSE "PWATRNY" /* HL7: asked by somebody with power of attorney */

/* Who acts for the owner has no key of hers: he asks like others, is granted as she would be, and stands in her list. */
static enum err ask_as_proxy(struct app *a, struct app_ask *ask, const char *form, struct err_info *info)
{
	struct app_request done = {0};
	enum err e;

	ask->owner = a->owner;
	ask->purpose = PROXY_PURPOSE;
	ask->form = form;
	e = app_request_new(a, &done, ask, info);
	app_request_release(&done);
	return e;
}

static enum err ask_for_one(struct app *a, const struct record_id *record, const char *form, struct err_info *info)
{
	struct app_ask ask = {0};
	char id[ID_HEX];

	hex_encode(id, record->b, ID_SIZE);
	ask.record[0] = id;
	return ask_as_proxy(a, &ask, form, info);
}

static enum err is_granted(struct app *a, bool *ret, const struct record_id *record, struct err_info *info)
{
	struct grant_search grant = {.record = record, .form = FORM_FULL, .now = clock_real()->now(NULL)};

	TRY(replica_requests(a->replica, &a->me.account, match_grant, &grant, info));
	*ret = grant.found;
	return ERR_OK;
}

enum err app_open_as_proxy(struct app *a, const struct app_records *list, struct err_info *info)
{
	char (*ids)[ID_HEX] = NULL;
	struct app_ask ask = {0};
	bool granted = false;
	size_t count = 0;
	enum err e = ERR_OK;

	if (ID_EQUAL(a->owner, a->me.account))
		return ERR_OK;
	ids = calloc(REQUEST_RECORDS_MAX, sizeof(*ids));
	for (size_t i = 0; ids != NULL && e == ERR_OK && i < list->count && count < REQUEST_RECORDS_MAX; i++) {
		if (!ID_EQUAL(list->rows[i].owner, a->owner) || strcmp(list->rows[i].status, "live") != 0)
			continue;
		e = is_granted(a, &granted, &list->rows[i].record, info);
		if (e != ERR_OK || granted)
			continue;
		hex_encode(ids[count], list->rows[i].record.b, ID_SIZE);
		ask.record[count] = ids[count];
		count++;
	}
	if (e == ERR_OK && count > 0)
		e = ask_as_proxy(a, &ask, code_text(CODES_FORM, FORM_FULL), info);
	free(ids);
	return ids != NULL ? e : ERR_MEMORY;
}

static enum err find_grant(struct app *a, struct grant_search *grant, const Medlock__RecordState *state, const char *form,
			   struct err_info *info)
{
	bool acting = !ID_EQUAL(a->owner, a->me.account) &&
		      bytes_equal(wire_bytes(state->deposit->owner), BYTES_ID(a->owner));

	TRY(replica_requests(a->replica, &a->me.account, match_grant, grant, info));
	if (grant->found || !acting)
		return ERR_OK;
	TRY(ask_for_one(a, grant->record, form, info));
	return replica_requests(a->replica, &a->me.account, match_grant, grant, info);
}

static enum err make_wish(struct app *a, struct release_wish *ret, struct grant_search *grant,
			  Medlock__RecordState **ret_state, const struct record_id *record, const char *form,
			  struct err_info *info)
{
	const struct code_row *row = code_by_text(CODES_FORM, form);

	if (row == NULL)
		return err_set(info, ERR_USAGE, "'%s' is neither full nor deid", form);
	TRY(replica_record(a->replica, ret_state, record, info));
	if ((*ret_state)->status == RECORD_STATUS_ERASED)
		return err_set(info, ERR_ERASED, "nobody can be given its key any more");
	*ret = (struct release_wish){.record = *record, .state = *ret_state, .form = row->number};
	if (bytes_equal(wire_bytes((*ret_state)->deposit->owner), BYTES_ID(a->me.account)))
		return ERR_OK;
	*grant = (struct grant_search){.record = record, .form = row->number, .now = clock_real()->now(NULL)};
	TRY(find_grant(a, grant, *ret_state, form, info));
	if (!grant->found)
		return err_set(info, ERR_REFUSED, grant->other_form ? "what was granted is the form without names"
								    : "no grant that stands covers this record");
	ret->request = &grant->request;
	return ERR_OK;
}

typedef enum err with_wish(struct vault *v, const struct release_wish *wish, void *self, struct err_info *info);

static enum err on_record(struct app *a, const struct record_id *record, const char *form, with_wish *act, void *self,
			  struct err_info *info)
{
	Medlock__RecordState *state = NULL;
	struct grant_search grant;
	struct release_wish wish;
	struct vault *v;
	enum err e;

	TRY(app_vault(a, &v, info));
	e = make_wish(a, &wish, &grant, &state, record, form, info);
	if (e == ERR_OK)
		e = act(v, &wish, self, info);
	WIRE_FREE(state);
	return e;
}

static enum err read_wish(struct vault *v, const struct release_wish *wish, void *self, struct err_info *info)
{
	struct release_report *report = calloc(1, sizeof(*report));
	enum err e = report ? vault_read(v, self, report, wish, VAULT_READ_MAX, info) : ERR_MEMORY;

	free(report);
	return e;
}

enum err app_record_read(struct app *a, struct buf *ret, const struct record_id *record, const char *form,
			 struct err_info *info)
{
	return on_record(a, record, form, read_wish, ret, info);
}

struct export_to {
	const char *path;
	struct vault_exported done;
	bool encrypted;
};

static enum err export_wish(struct vault *v, const struct release_wish *wish, void *self, struct err_info *info)
{
	struct export_to *x = self;
	struct release_report *report;
	enum err e;

	if (x->encrypted)
		return vault_export_age(v, &x->done, wish, x->path, false, info);
	report = calloc(1, sizeof(*report));
	e = report ? vault_export(v, &x->done, report, wish, x->path, false, info) : ERR_MEMORY;
	free(report);
	return e;
}

enum err app_record_export(struct app *a, struct app_export *ret, const struct record_id *record, const char *form,
			   const char *path, struct err_info *info)
{
	struct export_to x = {.path = path};

	TRY(on_record(a, record, form, export_wish, &x, info));
	*ret = (struct app_export){x.done.bytes, x.done.sha256};
	return ERR_OK;
}

enum err app_record_export_age(struct app *a, const struct record_id *record, const char *form, const char *path,
			       struct err_info *info)
{
	struct export_to x = {.path = path, .encrypted = true};

	return on_record(a, record, form, export_wish, &x, info);
}
