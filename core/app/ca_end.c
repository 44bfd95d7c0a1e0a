/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_end.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/ca_acts.h"
#include "core/app/ca_spread.h"
#include "core/base/files.h"

#define CONFIRM_DIGITS 4u

void app_ca_end_release(struct app_ca_end *e)
{
	if (e == NULL)
		return;
	free(e->siblings);
	free(e->peers);
	*e = (struct app_ca_end){0};
}

/* ---- what else counts ------------------------------------------------------------------------ */

static bool is_sibling(const struct ca_certificate *x, const struct ca_certificate *of)
{
	bool counts = strcmp(x->state, "valid") == 0 || strcmp(x->state, "superseded") == 0;

	if (!counts || strcmp(x->serial_text, of->serial_text) == 0)
		return false;
	return ID_EQUAL(x->account, of->account) ||
	       (of->organisation[0] != '\0' && strcmp(x->organisation, of->organisation) == 0);
}

static enum err list_siblings(struct ca *desk, struct app_ca_end *ret, const struct ca_certificate *of, struct err_info *info)
{
	struct ca_certificates all;

	TRY(ca_list(desk, &all, info));
	ret->siblings = calloc(all.count + 1, sizeof(*ret->siblings));
	for (size_t i = 0; ret->siblings != NULL && i < all.count; i++) {
		struct app_ca_sibling *to = &ret->siblings[ret->sibling_count];

		if (!is_sibling(&all.rows[i], of))
			continue;
		snprintf(to->serial, sizeof(to->serial), "%s", all.rows[i].serial_text);
		snprintf(to->name, sizeof(to->name), "%.127s", all.rows[i].name);
		snprintf(to->profile, sizeof(to->profile), "%s", all.rows[i].profile->name);
		to->same_account = ID_EQUAL(all.rows[i].account, of->account);
		ret->sibling_count++;
	}
	ca_certificates_release(&all);
	return ret->siblings == NULL ? err_set(info, ERR_MEMORY, "the certificates beside it") : ERR_OK;
}

static enum err count_acts(struct app *a, struct app_ca_end *ret, const struct ca_certificate *of, struct time_ms since,
			   struct err_info *info)
{
	struct replica_acts acts = {0};

	ret->since = since;
	if (since.v == 0)
		return ERR_OK;
	if (since.v > clock_real()->now(NULL).v)
		return err_set(info, ERR_RANGE, "the date since when lies in the future");
	TRY(replica_acts_since(a->replica, &acts, &of->account, since, info));
	ret->entries = acts.entries;
	ret->owners = acts.owners;
	return ERR_OK;
}

/* ---- the acts -------------------------------------------------------------------------------- */

struct ending {
	struct app *a;
	struct ca *desk; /* NULL: of a colleague, who agrees */
	struct app_ca_end *ret;
	const struct app_ca_wish *wish;
	struct ca_certificate certificate;
	enum cert_reason reason;
	bool release;
};

static enum err confirmed(const struct ending *x, struct err_info *info)
{
	const struct ca_certificate *c = &x->certificate;
	const char *last = c->serial_text + strlen(c->serial_text) - CONFIRM_DIGITS;

	if (x->wish->dry_run || (x->wish->confirm != NULL && strcmp(x->wish->confirm, last) == 0))
		return ERR_OK;
	return err_set(info, ERR_CONFIRM, "this %s certificate %s of %s: repeat with --confirm=%s",
		       x->release ? "releases" : x->reason == CERT_REASON_HOLD ? "puts on hold" : "ends", c->serial_text,
		       c->name, last);
}

static bool is_state(const struct ending *x, const char *state)
{
	return strcmp(x->certificate.state, state) == 0;
}

/* Whether a colleague must agree before anything happens: what was begun, or never reached the ledger, is finished alone. */
static bool is_proposal(const struct ending *x)
{
	if (x->wish->dry_run || !acts_needed(x->a))
		return false;
	if (x->release)
		return is_state(x, "hold");
	if (is_state(x, "hold"))
		return x->reason != CERT_REASON_HOLD;
	return !is_state(x, "revoked") && !is_state(x, "revoking") && !is_state(x, "signed");
}

/* The colleague compares the certificate with the one that the ledger names for the account. */
static enum err check_newest(struct ending *x, struct err_info *info)
{
	struct ca_certificates all;
	enum err e = ERR_OK;

	TRY(ca_list(x->desk, &all, info));
	for (size_t i = all.count; i-- > 0;) {
		if (!ID_EQUAL(all.rows[i].account, x->certificate.account) || strcmp(all.rows[i].state, "hold") != 0)
			continue;
		if (strcmp(all.rows[i].serial_text, x->certificate.serial_text) != 0)
			e = err_set(info, ERR_CONFLICT,
				    "the account's newest certificate is %s: release that one, this one follows",
				    all.rows[i].serial_text);
		break;
	}
	ca_certificates_release(&all);
	return e;
}

static enum err propose(struct ending *x, struct err_info *info)
{
	if (x->release)
		TRY(check_newest(x, info));
	if (x->release)
		return ca_acts_release(x->a, &x->ret->act, &x->certificate, info);
	TRY(ca_propose(x->desk, x->certificate.serial, x->reason, x->wish->since, info));
	return ca_acts_revoke(x->a, &x->ret->act, &x->certificate, x->reason, info);
}

static enum err act(struct ending *x, struct err_info *info)
{
	struct app_ca_act *to = &x->ret->act;
	struct ca_act done = {0};

	if (x->release)
		TRY(ca_release(x->desk, &done, x->certificate.serial, x->wish->dry_run, info));
	else
		TRY(ca_revoke(x->desk, &done, x->certificate.serial, x->reason, x->wish->since, x->wish->dry_run, info));
	to->tx = done.tx;
	to->height = done.height;
	to->approvals_have = done.approvals.have;
	to->approvals_need = done.approvals.need;
	return x->wish->dry_run ? ERR_OK : ca_spread(x->a, x->desk, x->ret, done.height, x->wish->wait, info);
}

/* At the desk that has the register. */
static enum err at_desk(struct ending *x, struct err_info *info)
{
	enum err e;

	TRY(ca_acts_settle(x->a, x->desk, info));
	TRY(ca_find_serial(x->desk, &x->certificate, x->wish->serial, info));
	snprintf(x->ret->act.serial, sizeof(x->ret->act.serial), "%s", x->certificate.serial_text);
	x->ret->act.account = x->certificate.account;
	TRY(list_siblings(x->desk, x->ret, &x->certificate, info));
	TRY(count_acts(x->a, x->ret, &x->certificate, x->wish->since, info));
	TRY(confirmed(x, info));
	e = is_proposal(x) ? propose(x, info) : act(x, info);
	if (e != ERR_OK && e != ERR_PENDING)
		ca_keep_list(x->a, x->desk); /* of one that is revoked already the list may still be on its way */
	return e;
}

/* The colleague's half: the register and the list are the keeper's, who follows with her next command. */
static enum err agree(struct ending *x, struct err_info *info)
{
	TRY(ca_acts_agree(x->a, &x->ret->act, x->release ? ACT_RELEASE : ACT_REVOKE, x->wish->serial, x->wish->confirm,
			  x->wish->dry_run, info));
	return x->wish->dry_run ? ERR_OK : ca_spread(x->a, NULL, x->ret, x->ret->act.height, x->wish->wait, info);
}

static enum err end(struct ending *x, struct app_ca_end *ret, struct err_info *info)
{
	struct app_ca_end made = {0};
	enum err e;

	x->ret = &made;
	made.hold = x->reason == CERT_REASON_HOLD;
	TRY(app_fresh(x->a, info));
	e = app_desk(x->a, &x->desk, info);
	if (e == ERR_OK)
		e = at_desk(x, info);
	else if (e == ERR_ROLE && acts_may_agree(x->a))
		e = agree(x, info);
	if (e == ERR_OK || e == ERR_PENDING || e == ERR_CONFIRM)
		*ret = made;
	else
		app_ca_end_release(&made);
	return e;
}

enum err app_ca_revoke(struct app *a, struct app_ca_end *ret, const struct app_ca_wish *wish, struct err_info *info)
{
	struct ending x = {.a = a, .wish = wish};

	TRY(ca_reason_parse(&x.reason, wish->reason, info));
	return end(&x, ret, info);
}

enum err app_ca_release(struct app *a, struct app_ca_end *ret, const struct app_ca_wish *wish, struct err_info *info)
{
	struct ending x = {.a = a, .wish = wish, .release = true};

	return end(&x, ret, info);
}

/* ---- the list -------------------------------------------------------------------------------- */

static enum err write_list(struct ca *desk, uint64_t *ret_revoked, struct time_ms *ret_until, const char *path,
			   struct err_info *info)
{
	struct buf der = BUF_INIT;
	struct cert_crl list;
	enum err e = ca_crl(desk, &der, NULL, info);

	if (e == ERR_OK)
		e = x509_crl_parse(&list, buf_bytes(&der), bytes_of(NULL, 0), info);
	if (e == ERR_OK) {
		*ret_revoked = list.revoked_count;
		*ret_until = list.next_update;
		x509_crl_release(&list);
	}
	if (e == ERR_OK && path != NULL)
		e = files_write(path, buf_bytes(&der), info);
	buf_release(&der);
	return e;
}

enum err app_ca_crl(struct app *a, struct app_ca_end *ret, uint64_t *ret_revoked, const char *path, bool wait,
		    struct err_info *info)
{
	struct app_ca_end made = {0};
	struct ca *desk;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, &desk, info));
	TRY(ca_acts_settle(a, desk, info));
	TRY(write_list(desk, ret_revoked, &made.crl_until, path, info));
	e = ca_spread(a, desk, &made, 0, wait, info);
	if (e == ERR_OK || e == ERR_PENDING)
		*ret = made;
	else
		app_ca_end_release(&made);
	return e;
}
