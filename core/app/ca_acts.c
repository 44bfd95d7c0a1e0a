/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_acts.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/ca_case.h"
#include "core/app/ca_enrol.h"

#define CONFIRM_DIGITS 4u

/* ---- into the register ----------------------------------------------------------------------- */

/* The reason for which an account does not act; false when it does. */
static bool is_revoked(struct app *a, uint32_t *ret_reason, const struct account_id *id)
{
	Medlock__AccountState *row;
	bool revoked;

	if (replica_account(a->replica, &row, id, NULL) != ERR_OK)
		return false;
	revoked = row->revoked;
	*ret_reason = row->revoke_reason;
	WIRE_FREE(row);
	return revoked;
}

static enum err settle_revocation(struct app *a, struct ca *desk, const struct act_row *row, struct err_info *info)
{
	uint8_t serial[CERT_SERIAL_SIZE];
	uint32_t reason;
	struct ca_act act;
	enum err e;

	/* Of an account on hold an end still waits for the colleague. */
	if (!is_revoked(a, &reason, &row->account) || (reason == REVOKE_REASON_HOLD && row->reason != REVOKE_REASON_HOLD))
		return ERR_OK;
	TRY(hex_decode(serial, sizeof(serial), row->id));
	e = ca_revoke(desk, &act, serial, (enum cert_reason)reason, (struct time_ms){0}, false, info);
	return e == ERR_OK || e == ERR_DUPLICATE ? acts_forget(a, row, info) : e;
}

static enum err settle_release(struct app *a, struct ca *desk, const struct act_row *row, struct err_info *info)
{
	uint8_t serial[CERT_SERIAL_SIZE];
	uint32_t reason;
	struct ca_act act;
	enum err e;

	if (is_revoked(a, &reason, &row->account))
		return ERR_OK;
	TRY(hex_decode(serial, sizeof(serial), row->id));
	e = ca_release(desk, &act, serial, false, info);
	return e == ERR_OK || e == ERR_NOT_HELD ? acts_forget(a, row, info) : e;
}

static enum err settle_enrolment(struct app *a, struct ca *desk, const struct act_row *row, struct err_info *info)
{
	struct buf answer = BUF_INIT;
	struct app_ca_act ignored;
	struct register_id request;
	struct ca_act act;
	enum err e;

	if (!row->done)
		return ERR_OK;
	TRY(hex_decode(request.b, sizeof(request.b), row->id));
	snprintf(a->act_id, sizeof(a->act_id), "%.32s", row->id);
	e = ca_approve(desk, &act, &answer, &request, false, info);
	if (e == ERR_OK)
		e = ca_answer(a, desk, &ignored, &request, &answer, info);
	buf_release(&answer);
	return e == ERR_OK ? acts_forget(a, row, info) : e;
}

enum err ca_acts_settle(struct app *a, struct ca *desk, struct err_info *info)
{
	struct act_rows acts;
	enum err e = ERR_OK;

	TRY(acts_list(a, &acts, info));
	for (size_t i = 0; e == ERR_OK && i < acts.count; i++) {
		const struct act_row *row = &acts.rows[i];

		a->act_tx = row->done ? row->tx : (struct tx_id){{0}};
		e = strcmp(row->kind, ACT_REVOKE) == 0	  ? settle_revocation(a, desk, row, info)
		    : strcmp(row->kind, ACT_RELEASE) == 0 ? settle_release(a, desk, row, info)
							  : settle_enrolment(a, desk, row, info);
	}
	a->act_tx = (struct tx_id){{0}};
	acts_release(&acts);
	return e;
}

/* ---- the first and the second officer -------------------------------------------------------- */

enum err ca_acts_began(struct app *a, const char *kind, const char *id, enum err e, struct err_info *info)
{
	struct err_info words = {0};
	enum err written;

	if (e != ERR_PENDING)
		return e;
	written = ca_case_write(a, a->ca, kind, id, &words);
	return written == ERR_OK ? e : err_set(info, written, "%s", words.detail);
}

enum err ca_acts_revoke(struct app *a, struct app_ca_act *ret, const struct ca_certificate *of,
			enum cert_reason reason, struct err_info *info)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertRevoke m = MEDLOCK__CERT_REVOKE__INIT;

	m.account = wire_data(BYTES_ID(of->account));
	m.reason = (uint32_t)reason;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &m;
	*ret = (struct app_ca_act){.approvals_have = 1, .approvals_need = OFFICERS_NEEDED};
	snprintf(ret->serial, sizeof(ret->serial), "%s", of->serial_text);
	return ca_acts_began(a, ACT_REVOKE, of->serial_text, acts_propose(a, ACT_REVOKE, of->serial_text, &body, info), info);
}

enum err ca_acts_release(struct app *a, struct app_ca_act *ret, const struct ca_certificate *of, struct err_info *info)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__AccountState *state;
	Medlock__CertAnchor m;
	enum err e;

	TRY(replica_account(a->replica, &state, &of->account, info));
	app_release_anchor(&m, state, &of->account);
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &m;
	*ret = (struct app_ca_act){.approvals_have = 1, .approvals_need = OFFICERS_NEEDED, .account = of->account};
	snprintf(ret->serial, sizeof(ret->serial), "%s", of->serial_text);
	e = acts_propose(a, ACT_RELEASE, of->serial_text, &body, info);
	WIRE_FREE(state);
	return ca_acts_began(a, ACT_RELEASE, of->serial_text, e, info);
}

enum err ca_acts_agree(struct app *a, struct app_ca_act *ret, const char *kind, const char *id, const char *confirm,
		       bool dry_run, struct err_info *info)
{
	bool release = strcmp(kind, ACT_RELEASE) == 0, confirms = release || strcmp(kind, ACT_REVOKE) == 0;
	struct hash32 seen;
	struct act_row row;
	const char *last;

	TRY(acts_find(a, &row, kind, id, info));
	last = row.id + strlen(row.id) - CONFIRM_DIGITS;
	if (confirms && !dry_run && (confirm == NULL || strcmp(confirm, last) != 0))
		return err_set(info, ERR_CONFIRM, "this %s certificate %s of account %s: repeat with --confirm=%s",
			       release ? "releases" : row.reason == REVOKE_REASON_HOLD ? "puts on hold" : "ends", row.id,
			       app_name(a, row.account.b), last);
	*ret = (struct app_ca_act){.approvals_have = dry_run ? 1 : OFFICERS_NEEDED, .approvals_need = OFFICERS_NEEDED,
				    .account = row.account};
	snprintf(ret->serial, sizeof(ret->serial), "%s", row.id);
	if (dry_run)
		return ERR_OK;
	TRY(ca_case_seen(a, &seen, &row, info));
	TRY(acts_agree(a, &row, &seen, &ret->height, &ret->tx, info));
	ca_case_forget(a, &row);
	return ERR_OK;
}

/* ---- the queue ------------------------------------------------------------------------------- */

const char *ca_acts_words(const struct act_row *row)
{
	if (strcmp(row->kind, ACT_REVOKE) == 0)
		return row->reason == REVOKE_REASON_HOLD ? "hold" : "revocation";
	return strcmp(row->kind, ACT_RELEASE) == 0 ? "release" : "enrolment";
}

static void fill_row(struct app *a, struct app_enrolment *to, const struct act_row *row)
{
	Medlock__AccountState *state;
	uint32_t role = row->role;

	*to = (struct app_enrolment){.account = row->account, .approvals_have = 1, .approvals_need = OFFICERS_NEEDED};
	snprintf(to->id, sizeof(to->id), "%s", row->id);
	snprintf(to->kind, sizeof(to->kind), "%s", ca_acts_words(row));
	snprintf(to->name, sizeof(to->name), "%s", app_name(a, row->account.b));
	if (role == 0 && replica_account(a->replica, &state, &row->account, NULL) == ERR_OK) {
		role = state->role;
		WIRE_FREE(state);
	}
	snprintf(to->profile, sizeof(to->profile), "%s", role ? code_text(CODES_ROLE, role) : "");
}

enum err ca_acts_queue(struct app *a, struct app_queue *q, bool with_enrolments, struct err_info *info)
{
	struct app_enrolment *more;
	struct act_rows acts;

	TRY(acts_list(a, &acts, info));
	more = realloc(q->rows, (q->count + acts.count + 1) * sizeof(*more));
	if (more == NULL) {
		acts_release(&acts);
		return err_set(info, ERR_MEMORY, "the queue");
	}
	q->rows = more;
	for (size_t i = 0; i < acts.count; i++) {
		if (!acts.rows[i].done && (with_enrolments || strcmp(acts.rows[i].kind, ACT_ENROL) != 0))
			fill_row(a, &q->rows[q->count++], &acts.rows[i]);
	}
	acts_release(&acts);
	return ERR_OK;
}
