/* SPDX-License-Identifier: Apache-2.0 */
/* The desk for its officers, the checks of a profile, and the keys. */
#include "core/app/ca.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/app/ca_acts.h"
#include "core/app/ca_case.h"
#include "core/app/ca_checks.h"
#include "core/app/ca_enrol.h"
#include "core/app/ca_spread.h"
#include "core/app/internal.h"
#include "core/base/files.h"
#include "core/ident/enrolment.h"

static void fill_enrolment(struct app_enrolment *e, const struct ca_request *r)
{
	*e = (struct app_enrolment){.account = r->account, .expires = r->expires, .received = r->at,
				    .approvals_have = r->approvals.have, .approvals_need = r->approvals.need};
	snprintf(e->id, sizeof(e->id), "%s", r->id_text);
	snprintf(e->name, sizeof(e->name), "%.127s", r->name);
	snprintf(e->profile, sizeof(e->profile), "%s", r->profile->name);
	snprintf(e->kind, sizeof(e->kind), "%s", r->renewal ? "renewal" : "enrolment");
}

/* Requests of the register.  An office needs two officers where the network has two. */
static enum err add_requests(struct app *a, struct app_queue *made, struct ca *ca, struct err_info *info)
{
	struct ca_requests q = {0};
	bool two = acts_needed(a);
	enum err e;

	TRY(ca_queue(ca, &q, info));
	made->rows = calloc(q.count + 1, sizeof(*made->rows));
	e = made->rows ? ERR_OK : ERR_MEMORY;
	for (size_t i = 0; e == ERR_OK && i < q.count; i++) {
		struct app_enrolment *row = &made->rows[made->count++];

		fill_enrolment(row, &q.rows[i]);
		if (!two)
			row->approvals_need = 1;
		row->approvals_have = q.rows[i].signed_not_anchored ? 1 : 0;
	}
	ca_requests_release(&q);
	return e;
}

enum err app_ca_queue(struct app *a, struct app_queue *ret, struct err_info *info)
{
	struct app_queue made = {0};
	struct ca *ca = NULL;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = app_desk(a, &ca, info);
	if (e == ERR_OK)
		e = ca_acts_settle(a, ca, info);
	if (e == ERR_OK)
		ca_keep_list(a, ca);
	if (e == ERR_OK)
		e = ca_fetch(a, ca, &made, info);
	if (e == ERR_OK)
		e = add_requests(a, &made, ca, info);
	else if (e == ERR_ROLE && acts_may_agree(a))
		e = ERR_OK;
	made.keeps = ca != NULL;
	if (e == ERR_OK)
		e = ca_acts_queue(a, &made, !made.keeps, info);
	if (e == ERR_OK)
		*ret = made;
	else
		app_queue_release(&made);
	return e;
}

void app_queue_release(struct app_queue *q)
{
	if (q == NULL)
		return;
	free(q->rows);
	*q = (struct app_queue){0};
}

/* A row from a clock that is ahead would stop the desk until that day: nothing is signed before the newest row.  Peers
 * say what time it is, when one can be asked.
 */
static enum err desk_in_time(struct app *a, struct ca **ret, struct err_info *info)
{
	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, ret, info));
	ca_keep_list(a, *ret);
	return ERR_OK;
}

enum err app_ca_import(struct app *a, struct app_enrolment *ret, const char *path, struct err_info *info)
{
	char text[2 * REGISTER_ID_SIZE + 1];
	struct buf file = BUF_INIT;
	struct register_id id;
	struct ca *ca;
	enum err e;

	TRY(desk_in_time(a, &ca, info));
	e = files_read(&file, path, ENROLMENT_FILE_MAX, info);
	if (e == ERR_OK)
		e = ca_import(ca, &id, buf_bytes(&file), info);
	buf_release(&file);
	if (e != ERR_OK)
		return err_wrap(info, e, "%s", path);
	hex_encode(text, id.b, REGISTER_ID_SIZE);
	return app_ca_show(a, ret, text, info);
}

/* What the lint says to the certificate that would be issued: words, not an error. */
static void lint_words(struct ca *ca, struct app_enrolment *ret, const struct register_id *request)
{
	struct err_info why = {0};
	struct ca_act act;
	enum err e = ca_approve(ca, &act, NULL, request, true, &why);

	if (e == ERR_OK)
		snprintf(ret->lint, sizeof(ret->lint), "all rules hold");
	else
		snprintf(ret->lint, sizeof(ret->lint), "REFUSED: %.80s", why.detail[0] ? why.detail : err_text(e));
}

static enum err show_request(struct ca *ca, struct app_enrolment *ret, const struct register_id *request,
			     struct err_info *info)
{
	struct ca_comparison *c = calloc(1, sizeof(*c));
	enum err e = c ? ca_show(ca, c, request, info) : ERR_MEMORY;

	if (e == ERR_OK) {
		fill_enrolment(ret, &c->request);
		lint_words(ca, ret, request);
		for (size_t i = 0; i < c->line_count && i < sizeof(ret->rows) / sizeof(ret->rows[0]); i++) {
			struct app_enrolment_row *row = &ret->rows[ret->row_count++];

			memcpy(row->field, c->lines[i].field, sizeof(row->field));
			memcpy(row->requested, c->lines[i].requested, sizeof(row->requested));
			snprintf(row->issued, sizeof(row->issued), "%s",
				 c->lines[i].dropped ? "(dropped)" : c->lines[i].issued);
		}
	}
	free(c);
	return e;
}

enum err app_ca_show(struct app *a, struct app_enrolment *ret, const char *id, struct err_info *info)
{
	struct register_id request;
	struct ca *ca;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = app_desk(a, &ca, info);
	if (e == ERR_ROLE && acts_may_agree(a))
		return ca_case_show(a, ret, id, info);
	TRY(e);
	e = ca_find_request(ca, &request, id, info);
	if (e == ERR_NOT_FOUND && acts_needed(a))
		return ca_case_show(a, ret, id, info) == ERR_OK ? ERR_OK : err_set(info, e, "no request and no act begins so");
	TRY(e);
	return show_request(ca, ret, &request, info);
}

static void fill_act(struct app_ca_act *ret, const struct ca_act *act)
{
	*ret = (struct app_ca_act){.tx = act->tx, .height = act->height, .approvals_have = act->approvals.have,
				   .approvals_need = act->approvals.need};
	snprintf(ret->serial, sizeof(ret->serial), "%s", act->serial_text);
}

static enum err answer_to(struct app *a, struct ca *ca, struct app_ca_act *ret, const struct ca_act *act,
			  const struct register_id *request, const struct buf *answer, struct err_info *info)
{
	fill_act(ret, act);
	return ca_answer(a, ca, ret, request, answer, info);
}

enum err app_ca_approve(struct app *a, struct app_ca_act *ret, const char *id, bool dry_run, struct err_info *info)
{
	struct buf answer = BUF_INIT;
	struct ca_act act = {0};
	struct register_id request;
	struct ca *ca;
	enum err e;

	TRY(app_fresh(a, info));
	e = app_desk(a, &ca, info);
	if (e == ERR_ROLE && acts_may_agree(a))
		return ca_acts_agree(a, ret, ACT_ENROL, id, NULL, dry_run, info);
	TRY(e);
	TRY(ca_acts_settle(a, ca, info));
	ca_keep_list(a, ca);
	TRY(ca_find_request(ca, &request, id, info));
	hex_encode(a->act_id, request.b, REGISTER_ID_SIZE);
	e = ca_approve(ca, &act, &answer, &request, dry_run, info);
	if (e == ERR_OK && !dry_run)
		e = answer_to(a, ca, ret, &act, &request, &answer, info);
	else if (e == ERR_OK)
		fill_act(ret, &act);
	buf_release(&answer);
	if (e == ERR_PENDING)
		*ret = (struct app_ca_act){.approvals_have = 1, .approvals_need = OFFICERS_NEEDED};
	return ca_acts_began(a, ACT_ENROL, a->act_id, e, info);
}

enum err app_ca_reject(struct app *a, struct app_ca_act *ret, const char *id, const char *reason, struct err_info *info)
{
	struct buf answer = BUF_INIT;
	struct register_id request;
	struct ca *ca;
	enum err e;

	TRY(desk_in_time(a, &ca, info));
	TRY(ca_find_request(ca, &request, id, info));
	*ret = (struct app_ca_act){0};
	e = ca_reject(ca, &answer, &request, reason, info);
	if (e == ERR_OK)
		e = ca_answer(a, ca, ret, &request, &answer, info);
	buf_release(&answer);
	return e;
}

enum err app_ca_list(struct app *a, struct app_certificates *ret, struct err_info *info)
{
	struct ca_certificates list = {0};
	struct app_certificates made = {0};
	struct ca *ca;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, &ca, info));
	TRY(ca_acts_settle(a, ca, info));
	ca_keep_list(a, ca);
	TRY(ca_list(ca, &list, info));
	made.rows = calloc(list.count + 1, sizeof(*made.rows));
	e = made.rows ? ERR_OK : ERR_MEMORY;
	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		const struct ca_certificate *c = &list.rows[i];
		struct app_certificate *x = &made.rows[made.count++];

		*x = (struct app_certificate){.account = c->account, .issued = c->issued, .not_after = c->not_after,
					      .reason = c->reason, .ended = c->ended};
		snprintf(x->serial, sizeof(x->serial), "%s", c->serial_text);
		snprintf(x->name, sizeof(x->name), "%.127s", c->name);
		snprintf(x->profile, sizeof(x->profile), "%s", c->profile->name);
		snprintf(x->state, sizeof(x->state), "%s", c->state);
		snprintf(x->organisation, sizeof(x->organisation), "%.127s", c->organisation);
	}
	ca_certificates_release(&list);
	if (e == ERR_OK)
		*ret = made;
	return e;
}

void app_certificates_release(struct app_certificates *c)
{
	if (c == NULL)
		return;
	free(c->rows);
	*c = (struct app_certificates){0};
}

/* ---- this profile ---------------------------------------------------------------------------- */

static void add_check(struct app_checks *all, const char *what, enum err e, const struct err_info *info,
		      const char *fine)
{
	const struct err_row *row = err_row(e);
	struct app_check *x = ca_check_add(all, what, e == ERR_OK ? CA_CHECK_FINE :
					   app_is_offline(e) ? CA_CHECK_WARN : CA_CHECK_BAD, row ? row->next : "");

	snprintf(x->words, sizeof(x->words), "%.180s", e == ERR_OK ? fine : info->detail[0] ? info->detail : err_text(e));
}

static enum err check_clock(struct app *a, struct err_info *info)
{
	Medlock__StatusReply *status;
	struct peer_call call;
	int64_t apart;

	TRY(link_call(&a->link, &call, 0, false, info));
	TRY(peer_status(&call, &status, info));
	apart = status->clock - clock_real()->now(NULL).v;
	WIRE_FREE(status);
	if (apart > RELEASE_CLOCK_MS || apart < -RELEASE_CLOCK_MS)
		return err_set(info, ERR_CLOCK, "this clock and the peer's are %lld s apart",
			       (long long)(apart / 1000));
	return ERR_OK;
}

/* ---- the register against the ledger --------------------------------------------------------- */

struct comparison {
	const struct ca_certificates *list;
	size_t unknown, not_listed, not_ended; /* accounts: without a row; ended there only; ended here only */
};

static enum err compare_account(void *self, const struct account_id *id, const Medlock__AccountState *account)
{
	struct comparison *x = self;
	bool known = false, ended = false;

	if (account->certificate.len == 0)
		return ERR_OK; /* of the genesis: no certificate was asked for */
	for (size_t i = 0; i < x->list->count; i++) {
		const struct ca_certificate *c = &x->list->rows[i];

		if (!ID_EQUAL(c->account, *id))
			continue;
		known = known || strcmp(c->state, "signed") != 0;
		ended = ended || strcmp(c->state, "revoked") == 0 || strcmp(c->state, "hold") == 0;
	}
	x->unknown += !known;
	x->not_listed += known && account->revoked && !ended;
	x->not_ended += ended && !account->revoked;
	return ERR_OK;
}

/* The chain of the register shows a changed row; rows that were cut off at its end are on the ledger all the same. */
static enum err check_ledger(struct app *a, struct ca *ca, struct err_info *info)
{
	struct ca_certificates list = {0};
	struct comparison x = {.list = &list};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(ca_list(ca, &list, info));
	e = replica_accounts(a->replica, compare_account, &x, info);
	ca_certificates_release(&list);
	if (e == ERR_OK && x.unknown + x.not_listed + x.not_ended > 0)
		e = err_set(info, ERR_DAMAGED, "%zu accounts without a row here, %zu ended on the ledger only, %zu here only",
			    x.unknown, x.not_listed, x.not_ended);
	return e;
}

enum err app_ca_doctor(struct app *a, struct app_checks *ret, struct err_info *info)
{
	struct err_info words = {0}, late = {0};
	struct ca_checks c = {0};
	struct ca *ca;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, &ca, info));
	TRY(ca_acts_settle(a, ca, info));
	TRY(ca_doctor(ca, &c, info));
	*ret = (struct app_checks){0};
	for (size_t i = 0; i < c.count; i++) {
		const struct ca_check *from = &c.rows[i];
		struct app_check *x = ca_check_add(ret, from->what, !from->ok ? CA_CHECK_BAD :
						   from->warn ? CA_CHECK_WARN : CA_CHECK_FINE, from->next);

		memcpy(x->words, from->words, sizeof(x->words));
	}
	ca_check_root_key(a, ret);
	ca_check_backup(a, ca, ret);
	add_check(ret, "clock and peer", check_clock(a, &late), &late, "agree");
	add_check(ret, "ledger", check_ledger(a, ca, &words), &words, "says what the register says");
	return ERR_OK;
}

/* ---- the checks of this profile -------------------------------------------------------------- */

static enum err check_account(struct app *a, struct err_info *info)
{
	Medlock__AccountState *me;
	enum err e = replica_account(a->replica, &me, &a->me.account, NULL);

	if (e == ERR_NOT_FOUND)
		return err_set(info, ERR_NOT_CERTIFIED,
			       "the certificate authority has not approved this account yet");
	if (e != ERR_OK)
		return e;
	if (me->revoked)
		e = err_set(info, ERR_REVOKED, "this account was revoked in block %llu",
				(unsigned long long)me->revoked_height);
	else if (me->not_after != 0 && me->not_after <= clock_real()->now(NULL).v)
		e = err_set(info, ERR_EXPIRED, "the certificate has expired");
	WIRE_FREE(me);
	return e;
}

enum err app_doctor(struct app *a, struct app_checks *ret, struct err_info *info)
{
	static const char *const files[] = {"keystore", "config", "replica.db"};
	struct app_checks all = {0};
	struct app_sync synced;
	char path[PROFILE_PATH_MAX];

	(void)info;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct err_info words = {0};
		enum err e = profile_path(&a->profile, path, files[i]);

		if (e == ERR_OK)
			e = files_check_private(path, &words);
		add_check(&all, files[i], e, &words, "only you can read it");
	}
	{
		struct err_info words = {0};

		add_check(&all, "peer", app_sync(a, &synced, &words), &words, "answers and tells the truth");
	}
	{
		struct err_info words = {0};

		add_check(&all, "clock", check_clock(a, &words), &words, "agrees with the peer's");
	}
	{
		struct err_info words = {0};

		add_check(&all, "certificate", check_account(a, &words), &words, "stands on the ledger");
	}
	*ret = all;
	return ERR_OK;
}
