/* SPDX-License-Identifier: Apache-2.0 */
/* Asking, listing, closing. */
#include "core/app/requests.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/id_search.h"
#include "core/app/internal.h"
#include "core/base/files.h"

bool app_duty_next(uint32_t duties, uint32_t *n, struct app_duty *ret)
{
	for (; *n < 32; (*n)++) {
		if ((duties >> *n & 1u) == 0)
			continue;
		*ret = (struct app_duty){code_text(CODES_OBLIGATION, *n), sentence_duty(*n)};
		(*n)++;
		return true;
	}
	return false;
}

static enum err fill_decided(struct app_request *r, Medlock__Decided *const *records, size_t count)
{
	r->records = calloc(count + 1, sizeof(*r->records));
	if (r->records == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct app_decided *d = &r->records[r->count++];

		if (records[i]->record.len == ID_SIZE)
			ID_COPY(d->record, records[i]->record.data);
		for (size_t o = 0; o < records[i]->n_obligations; o++)
			d->duties |= 1u << (records[i]->obligations[o] & 31u);
		d->decision = code_text(CODES_DECISION, records[i]->decision);
		d->form = records[i]->form ? code_text(CODES_FORM, records[i]->form) : "";
		r->granted += records[i]->decision == DECISION_GRANTED;
		r->asked += records[i]->decision == DECISION_ASKED;
	}
	return ERR_OK;
}

static enum err fill_request(struct app_request *r, const struct request_id *id, const Medlock__RequestState *s)
{
	*r = (struct app_request){
		.request = *id,
		.purpose = code_text(CODES_PURPOSE, s->purpose),
		.emergency = s->emergency,
		.closed = s->closed,
		.height = s->height,
		.at = {s->time},
		.expires = {s->expires},
	};
	ID_COPY(r->owner, s->owner.data);
	return fill_decided(r, s->records, s->n_records);
}

void app_request_release(struct app_request *r)
{
	if (r == NULL)
		return;
	free(r->records);
	*r = (struct app_request){0};
}

/* The ends of a period of which only one was said. */
#define DATA_FIRST "1850-01-01"
#define DATA_LAST "2200-01-01"

/* ---- new ----------------------------------------------------------------------------------- */

/* What the action points into. */
struct lists {
	uint32_t categories[RULE_CODES_MAX];
	struct record_id ids[REQUEST_RECORDS_MAX];
	ProtobufCBinaryData records[REQUEST_RECORDS_MAX];
	Medlock__Period period;
	uint8_t project[ID_SIZE];
};

static enum err fill_lists(Medlock__AccessRequest *action, struct lists *l, const struct app_ask *ask,
			   struct err_info *info)
{
	for (size_t i = 0; ask->category[i] != NULL; i++) {
		const struct code_row *row = code_by_text(CODES_CATEGORY, ask->category[i]);

		if (row == NULL || i == RULE_CODES_MAX)
			return err_set(info, ERR_USAGE, "'%s' is no category", ask->category[i]);
		l->categories[action->n_categories++] = row->number;
	}
	for (size_t i = 0; ask->record[i] != NULL; i++) {
		if (i == REQUEST_RECORDS_MAX || hex_decode(l->ids[i].b, ID_SIZE, ask->record[i]) != ERR_OK)
			return err_set(info, ERR_USAGE, "'%s' is no record's id (64 hex digits)", ask->record[i]);
		l->records[action->n_records++] = wire_data(BYTES_ID(l->ids[i]));
	}
	action->categories = l->categories;
	action->records = l->records;
	return ERR_OK;
}

static enum err fill_date(int64_t *ret, const char *date, struct err_info *info)
{
	struct time_ms t;

	if (time_parse(&t, date) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%.40s' is no date; one is 2026-01-31", date);
	*ret = t.v;
	return ERR_OK;
}

static enum err fill_period(Medlock__AccessRequest *action, struct lists *l, const struct app_ask *ask, struct err_info *info)
{
	if (ask->data_from == NULL && ask->data_to == NULL)
		return ERR_OK;
	if (ask->record[0] != NULL)
		return err_set(info, ERR_USAGE, "name records or a period, not both");
	l->period = (Medlock__Period)MEDLOCK__PERIOD__INIT;
	TRY(fill_date(&l->period.from, ask->data_from ? ask->data_from : DATA_FIRST, info));
	TRY(fill_date(&l->period.to, ask->data_to ? ask->data_to : DATA_LAST, info));
	if (l->period.to <= l->period.from)
		return err_set(info, ERR_USAGE, "the period ends (%.40s) before it starts (%.40s)",
			       ask->data_to ? ask->data_to : DATA_LAST, ask->data_from ? ask->data_from : DATA_FIRST);
	action->period = &l->period;
	return ERR_OK;
}

static enum err fill_project(Medlock__AccessRequest *action, struct lists *l, const struct app_ask *ask, struct err_info *info)
{
	if (ask->project == NULL)
		return ERR_OK;
	if (hex_decode(l->project, ID_SIZE, ask->project) != ERR_OK)
		return err_set(info, ERR_USAGE, "a project is 64 hex digits");
	action->project = wire_data(bytes_of(l->project, ID_SIZE));
	return ERR_OK;
}

static enum err fill_codes(Medlock__AccessRequest *action, const struct app_ask *ask, struct err_info *info)
{
	const struct code_row *purpose = code_by_text(CODES_PURPOSE, ask->purpose);
	const struct code_row *form = code_by_text(CODES_FORM, ask->form ? ask->form : "full");
	const struct code_row *reason = ask->reason ? code_by_text(CODES_EMERGENCY_REASON, ask->reason) : NULL;

	if (purpose == NULL)
		return err_set(info, ERR_USAGE, "'%s' is no purpose of use", ask->purpose);
	if (form == NULL)
		return err_set(info, ERR_USAGE, "'%s' is neither full nor deid", ask->form);
	if (ask->emergency && reason == NULL)
		return err_set(info, ERR_USAGE,
			       "an emergency needs --reason: unconscious, life-threatening or cannot-ask");
	action->purpose = purpose->number;
	action->form = form->number;
	action->emergency = ask->emergency;
	action->reason = reason && ask->emergency ? reason->number : 0;
	return ERR_OK;
}

/* The nonce is safe on the disk before the request goes out: without it nothing granted could be opened. */
static enum err remember(struct app *a, const struct request_id *request, const uint8_t nonce[REQUEST_NONCE_SIZE],
			 struct err_info *info)
{
	struct book_request r = {.request = *request};
	char path[PROFILE_PATH_MAX];

	memcpy(r.nonce, nonce, REQUEST_NONCE_SIZE);
	TRY(book_add_request(&a->book, &r));
	TRY(profile_path(&a->profile, path, "book"));
	TRY(book_write(&a->book, a->keys, path, info));
	return replica_watch_request(a->replica, request, info);
}

static enum err send(struct app *a, struct submitted *done, Medlock__AccessRequest *action, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	Medlock__Body body = MEDLOCK__BODY__INIT;
	uint8_t nonce[REQUEST_NONCE_SIZE];
	struct sign_public sign;
	struct seal_public seal;
	struct buf tx = BUF_INIT;
	enum err e;

	rng_fill(rng_system(), nonce, sizeof(nonce));
	nonce[0] = (uint8_t)a->me.generation;
	TRY(keyholder_request_keys(a->keys, &sign, &seal, nonce, info));
	action->sign_key = wire_data(BYTES_ID(sign));
	action->seal_key = wire_data(BYTES_ID(seal));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = action;
	e = submit_sign(&s, done, &tx, &body, info);
	if (e == ERR_OK)
		e = remember(a, &done->request, nonce, info);
	if (e == ERR_OK)
		e = submit_again(&s, done, buf_bytes(&tx), info);
	buf_release(&tx);
	return e;
}

static enum err result_of(struct app *a, struct app_request *ret, const struct submitted *done, struct err_info *info)
{
	Medlock__RequestState *state;
	struct replica_sync_report report;
	enum err e;

	TRY(replica_sync(a->replica, &report, &a->link, info));
	TRY(replica_request(a->replica, &state, &done->request, info));
	e = fill_request(ret, &done->request, state);
	WIRE_FREE(state);
	ret->tx = done->tx;
	ret->height = done->height;
	return e;
}

enum err app_request_new(struct app *a, struct app_request *ret, const struct app_ask *ask, struct err_info *info)
{
	Medlock__AccessRequest action = MEDLOCK__ACCESS_REQUEST__INIT;
	struct lists *lists = calloc(1, sizeof(*lists));
	struct submitted done = {0};
	enum err e = lists ? fill_codes(&action, ask, info) : ERR_MEMORY;

	action.owner = wire_data(BYTES_ID(ask->owner));
	if (e == ERR_OK)
		e = fill_lists(&action, lists, ask, info);
	if (e == ERR_OK)
		e = fill_period(&action, lists, ask, info);
	if (e == ERR_OK)
		e = fill_project(&action, lists, ask, info);
	if (e == ERR_OK && !ask->dry_run)
		e = app_fresh(a, info);
	if (e == ERR_OK && !ask->dry_run)
		e = send(a, &done, &action, info);
	if (e == ERR_OK && !ask->dry_run)
		e = result_of(a, ret, &done, info);
	submitted_release(&done);
	free(lists);
	return e;
}

/* ---- list, show ------------------------------------------------------------------------------ */

static enum err take(void *self, const struct request_id *id, const Medlock__RequestState *state)
{
	struct app_requests *all = self;
	struct app_request *grown = realloc(all->rows, (all->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return ERR_MEMORY;
	all->rows = grown;
	TRY(fill_request(&all->rows[all->count], id, state));
	all->count++;
	return ERR_OK;
}

enum err app_request_list(struct app *a, struct app_requests *ret, struct err_info *info)
{
	struct app_requests all = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = replica_requests(a->replica, &a->me.account, take, &all, info);
	if (e != ERR_OK) {
		app_requests_release(&all);
		return e;
	}
	*ret = all;
	return ERR_OK;
}

void app_requests_release(struct app_requests *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		app_request_release(&r->rows[i]);
	free(r->rows);
	*r = (struct app_requests){0};
}

static enum err match(void *self, const struct request_id *id, const Medlock__RequestState *state)
{
	(void)state;
	id_search_look(self, id->b);
	return ERR_OK;
}

static enum err find(struct app *a, struct request_id *ret, const char *text, struct err_info *info)
{
	struct id_search s;

	TRY(id_search_init(&s, text, "request", info));
	TRY(app_fresh(a, info));
	TRY(replica_requests(a->replica, &a->me.account, match, &s, info));
	return id_search_end(&s, ret->b, info);
}

static enum err show(struct app *a, struct app_request *ret, const struct request_id *id, struct err_info *info)
{
	Medlock__RequestState *state;
	enum err e;

	TRY(replica_request(a->replica, &state, id, info));
	e = fill_request(ret, id, state);
	WIRE_FREE(state);
	return e;
}

enum err app_request_show(struct app *a, struct app_request *ret, const char *request, struct err_info *info)
{
	struct request_id id;

	TRY(find(a, &id, request, info));
	return show(a, ret, &id, info);
}

static bool shows_closed(struct app *a, const void *self)
{
	Medlock__RequestState *state;
	bool closed;

	if (replica_request(a->replica, &state, self, NULL) != ERR_OK)
		return false;
	closed = state->closed;
	WIRE_FREE(state);
	return closed;
}

static enum err close_request(struct app *a, struct submitted *done, const struct request_id *id, const struct hash32 *review,
			      struct err_info *info)
{
	struct submitter s = app_submitter(a);
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccessClose action = MEDLOCK__ACCESS_CLOSE__INIT;

	action.request = wire_data(BYTES_ID(*id));
	if (review != NULL)
		action.review = wire_data(BYTES_ID(*review));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_CLOSE;
	body.access_close = &action;
	TRY(submit_action(&s, done, &body, info));
	return app_await(a, shows_closed, id, info);
}

enum err app_request_close_with(struct app *a, const struct request_id *request, const struct hash32 *review,
				struct err_info *info)
{
	struct submitted done = {0};
	enum err e = close_request(a, &done, request, review, info);

	submitted_release(&done);
	return e;
}

enum err app_request_close(struct app *a, struct app_request *ret, const char *request, struct err_info *info)
{
	struct submitted done = {0};
	struct request_id id;
	enum err e;

	TRY(find(a, &id, request, info));
	e = close_request(a, &done, &id, NULL, info);
	if (e == ERR_OK)
		e = show(a, ret, &id, info);
	if (e == ERR_OK) {
		ret->tx = done.tx;
		ret->height = done.height;
	}
	submitted_release(&done);
	return e;
}

/* ---- get ----------------------------------------------------------------------------------- */

static void note_custodians(struct app_files *all, const struct release_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		size_t at = 0;

		while (at < all->custodian_count && !ID_EQUAL(all->custodians[at].peer, report->rows[i].account))
			at++;
		if (at == all->custodian_count && at < sizeof(all->custodians) / sizeof(all->custodians[0]))
			all->custodians[all->custodian_count++] =
				(struct app_custodian){report->rows[i].account, true};
		if (at < all->custodian_count)
			all->custodians[at].ok &= report->rows[i].ok;
	}
}

static enum err get_record(struct app *a, struct app_files *all, const struct request_id *request,
			   const struct app_decided *d, const char *out, struct err_info *info)
{
	const struct code_row *form = code_by_text(CODES_FORM, d->form);
	struct app_file *f = &all->rows[all->count];
	struct release_report *report = calloc(1, sizeof(*report));
	struct release_wish wish = {.record = d->record, .form = form ? form->number : FORM_FULL, .request = request};
	struct vault_exported done = {0};
	Medlock__RecordState *state = NULL;
	struct vault *v;
	char hex[ID_HEX];
	enum err e = report ? app_vault(a, &v, info) : ERR_MEMORY;

	hex_encode(hex, d->record.b, ID_SIZE);
	snprintf(f->path, sizeof(f->path), "%s/%s.%s", out, hex, d->form);
	if (e == ERR_OK)
		e = replica_record(a->replica, &state, &d->record, info);
	wish.state = state;
	if (e == ERR_OK)
		e = vault_export(v, &done, report, &wish, f->path, true, info);
	if (report != NULL)
		note_custodians(all, report);
	if (e == ERR_OK) {
		f->record = d->record;
		f->form = d->form;
		f->sha256 = done.sha256;
		f->bytes = done.bytes;
		all->count++;
	}
	WIRE_FREE(state);
	free(report);
	return e;
}

static enum err get_all(struct app *a, struct app_files *all, const struct app_request *r, const char *out,
			struct err_info *info)
{
	all->rows = calloc(r->count + 1, sizeof(*all->rows));
	if (all->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->records[i].decision, code_text(CODES_DECISION, DECISION_GRANTED)) != 0)
			continue;
		TRY(task_check(a->task));
		task_progress(a->task, "records", i, r->count);
		TRY(get_record(a, all, &r->request, &r->records[i], out, info));
	}
	return ERR_OK;
}

enum err app_request_get(struct app *a, struct app_files *ret, const char *request, const char *out,
			 struct err_info *info)
{
	struct app_files all = {0};
	struct app_request r = {0};
	struct request_id id;
	enum err e;

	TRY(find(a, &id, request, info));
	TRY(show(a, &r, &id, info));
	if (r.granted == 0)
		e = err_set(info, r.asked ? ERR_PENDING : ERR_NOTHING_GRANTED, "this request");
	else
		e = files_mkdir(out, info);
	if (e == ERR_OK)
		e = get_all(a, &all, &r, out, info);
	app_request_release(&r);
	if (e != ERR_OK) {
		app_files_release(&all);
		return e;
	}
	*ret = all;
	return ERR_OK;
}

void app_files_release(struct app_files *f)
{
	if (f == NULL)
		return;
	free(f->rows);
	*f = (struct app_files){0};
}
