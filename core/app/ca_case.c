/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/app/ca_acts.h"
#include "core/base/files.h"
#include "core/ident/act_case.h"

/* ---- the keeper ---- */

static enum err make(struct app *a, struct buf *out, struct ca *desk, const char *kind, const char *id,
		     const struct hash32 *body, struct err_info *info)
{
	struct seal_public officers[AGE_RECIPIENTS_MAX];
	uint8_t serial[CERT_SERIAL_SIZE];
	struct register_id request;
	const bool enrol = strcmp(kind, ACT_ENROL) == 0;
	size_t count = 0;

	TRY(enrol ? hex_decode(request.b, sizeof(request.b), id) : hex_decode(serial, sizeof(serial), id));
	TRY(app_desks(a, officers, &count, info));
	const struct act_case_of of = {enrol ? &request : NULL, enrol ? NULL : serial, strcmp(kind, ACT_RELEASE) == 0};

	return act_case_make(out, desk, &of, body, officers, count, info);
}

enum err ca_case_write(struct app *a, struct ca *desk, const char *kind, const char *id, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	struct tx tx;
	enum err e;

	TRY(acts_path(a, path, kind, id, "act", info));
	TRY(acts_read(&tx, path, info));
	e = make(a, &file, desk, kind, id, &tx.body_hash, info);
	tx_release(&tx);
	if (e == ERR_OK)
		e = acts_path(a, path, kind, id, "case", info);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

/* ---- what was looked at ---- */

static enum err seen_path(struct app *a, char path[PROFILE_PATH_MAX], const struct act_row *row, struct err_info *info)
{
	char folder[PROFILE_PATH_MAX], name[80];

	TRY(profile_path(&a->profile, folder, "seen"));
	TRY(files_mkdir(folder, info));
	snprintf(name, sizeof(name), "%s-%s", row->kind, row->id);
	return files_join(path, PROFILE_PATH_MAX, folder, name);
}

enum err ca_case_seen(struct app *a, struct hash32 *ret, const struct act_row *row, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf seen = BUF_INIT;
	enum err e;

	TRY(seen_path(a, path, row, info));
	e = files_read(&seen, path, sizeof(ret->b), NULL);
	if (e == ERR_OK && seen.len == sizeof(ret->b))
		memcpy(ret->b, seen.data, sizeof(ret->b));
	else
		e = err_set(info, ERR_UNSEEN, "'medlock ca show %.8s' shows what this does", row->id);
	buf_release(&seen);
	return e;
}

void ca_case_forget(struct app *a, const struct act_row *row)
{
	char path[PROFILE_PATH_MAX];

	if (seen_path(a, path, row, NULL) == ERR_OK)
		(void)unlink(path); /* what is left of an act that is done binds nobody */
}

/* ---- the second officer ---- */

/* Commitment to the account's newest certificate. */
static bool anchored_of(struct app *a, struct hash32 *ret, const struct account_id *id)
{
	Medlock__AccountState *state;
	bool have;

	if (replica_account(a->replica, &state, id, NULL) != ERR_OK)
		return false;
	have = state->certificate.len == sizeof(ret->b);
	if (have)
		memcpy(ret->b, state->certificate.data, sizeof(ret->b));
	WIRE_FREE(state);
	return have;
}

static enum err judge(struct app *a, struct act_view *ret, const struct act_row *row, const struct tx *tx,
		      struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT, plain = BUF_INIT;
	struct hash32 anchored;
	const bool known = anchored_of(a, &anchored, &row->account);
	enum err e = acts_path(a, path, row->kind, row->id, "case", info);

	if (e == ERR_OK)
		e = files_read(&file, path, ENROLMENT_FILE_MAX, info);
	if (e == ERR_NOT_FOUND)
		e = err_set(info, e, "nothing lies beside this act: whoever began it repeats the command");
	if (e == ERR_OK)
		e = keyholder_open_age(a->keys, &plain, buf_bytes(&file), info);
	if (e == ERR_OK)
		e = act_case_judge(ret, buf_bytes(&plain), tx->body, &tx->body_hash, &a->profile.network,
				   known ? &anchored : NULL, info);
	buf_release(&file);
	buf_release(&plain);
	return e;
}

static void add_line(struct app_enrolment *ret, const struct profile_line *l)
{
	struct app_enrolment_row *row;

	if (ret->row_count == sizeof(ret->rows) / sizeof(ret->rows[0]))
		return;
	row = &ret->rows[ret->row_count++];
	memcpy(row->field, l->field, sizeof(row->field));
	memcpy(row->requested, l->requested, sizeof(row->requested));
	snprintf(row->issued, sizeof(row->issued), "%s", l->dropped ? "(dropped)" : l->issued);
}

static void fill(struct app *a, struct app_enrolment *ret, const struct act_row *row, const struct tx *tx,
		 const struct act_view *v)
{
	const Medlock__Approvals *first = tx->wire->auth->approvals;

	*ret = (struct app_enrolment){.account = row->account, .approvals_have = 1, .approvals_need = OFFICERS_NEEDED,
				      .received = v->received, .entered = v->entered};
	snprintf(ret->id, sizeof(ret->id), "%s", row->id);
	snprintf(ret->kind, sizeof(ret->kind), "%s", ca_acts_words(row));
	snprintf(ret->name, sizeof(ret->name), "%.127s", v->name);
	snprintf(ret->profile, sizeof(ret->profile), "%s", v->profile->name);
	snprintf(ret->entered_by, sizeof(ret->entered_by), "%.127s", app_name(a, first->signatures[0]->account.data));
	snprintf(ret->lint, sizeof(ret->lint), "all %zu rules hold", v->rules);
	if (tx->action == ACTION_CERT_REVOKE) {
		const char *reason = ca_reason_text((enum cert_reason)row->reason);
		struct profile_line why = {.field = "reason"}, which = {.field = "on the ledger"};

		snprintf(why.issued, sizeof(why.issued), "%s", reason);
		snprintf(which.issued, sizeof(which.issued), "%s", v->newest ? "the account's newest certificate"
			 : "the account has a newer one: all its certificates end");
		add_line(ret, &why);
		add_line(ret, &which);
	}
	for (size_t i = 0; i < v->fact_count; i++)
		add_line(ret, &v->facts[i]);
	for (size_t i = 0; i < v->line_count; i++)
		add_line(ret, &v->lines[i]);
}

static enum err remember(struct app *a, const struct act_row *row, const struct hash32 *body, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(seen_path(a, path, row, info));
	return files_write(path, BYTES_ID(*body), info);
}

enum err ca_case_show(struct app *a, struct app_enrolment *ret, const char *id, struct err_info *info)
{
	struct act_view *view = calloc(1, sizeof(*view));
	char path[PROFILE_PATH_MAX];
	struct act_row row;
	struct tx tx;
	enum err e = view != NULL ? acts_find(a, &row, NULL, id, info) : err_set(info, ERR_MEMORY, "an act");

	if (e == ERR_OK)
		e = acts_path(a, path, row.kind, row.id, "act", info);
	if (e == ERR_OK)
		e = acts_read(&tx, path, info);
	if (e == ERR_OK) {
		e = judge(a, view, &row, &tx, info);
		if (e == ERR_OK)
			e = remember(a, &row, &tx.body_hash, info);
		if (e == ERR_OK)
			fill(a, ret, &row, &tx, view);
		tx_release(&tx);
	}
	free(view);
	return e;
}
