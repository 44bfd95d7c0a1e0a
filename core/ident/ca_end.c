/* SPDX-License-Identifier: Apache-2.0 */
/* Ending certificates, holding and releasing them. */
#include "core/ident/ca_internal.h"

enum err ca_refuse_revoked(const struct ca_item *c, struct err_info *info)
{
	return c->hold == CA_FREE ? err_set(info, ERR_REVOKED, "this account was revoked: it needs new keys")
				  : err_set(info, ERR_REVOKED, "this account is on hold: release it first");
}

static bool is_hold(enum cert_reason reason)
{
	return reason == CERT_REASON_HOLD;
}

static struct register_row row_of(const struct ca_item *c, enum register_kind kind)
{
	struct register_row row = {.kind = kind, .request = c->row.request, .account = c->row.account, .key = c->row.key,
				   .profile = c->row.profile};

	memcpy(row.serial, c->row.serial, sizeof(row.serial));
	return row;
}

/* A row before the ledger. */
static enum err note(struct ca *ca, const struct ca_item *c, enum register_kind kind, enum cert_reason reason,
		     struct time_ms since, struct err_info *info)
{
	Medlock__RegisterRevocation m = MEDLOCK__REGISTER_REVOCATION__INIT;
	struct register_row row = row_of(c, kind);

	TRY(ca_now(ca, &row.at, info));
	if (since.v > row.at.v)
		return err_set(info, ERR_RANGE, "the date since when lies in the future");
	m.reason = (uint32_t)reason;
	m.since = since.v;
	return ca_append(ca, &row, &m.base, info);
}

/* A row after it. */
static enum err note_done(struct ca *ca, const struct ca_act *act, const struct ca_item *c, enum register_kind kind,
			  struct err_info *info)
{
	struct register_row row = row_of(c, kind);

	TRY(ca_now(ca, &row.at, info));
	row.tx = act->tx;
	row.number = act->height;
	return ca_append(ca, &row, NULL, info);
}

/* Whether the account has a certificate on the ledger: else it has nothing there to end. */
static bool is_anchored(const struct ca_fold *f, const struct account_id *account)
{
	for (size_t i = 0; i < f->certificate_count; i++)
		if (f->certificates[i].issued && ID_EQUAL(f->certificates[i].row.account, *account))
			return true;
	return false;
}

static void fill_act(struct ca_act *act, const struct ca_item *c)
{
	memcpy(act->serial, c->row.serial, sizeof(act->serial));
	hex_encode(act->serial_text, act->serial, sizeof(act->serial));
	act->account = c->row.account;
	act->approvals = (struct ca_approvals){1, 1};
}

/* ---- revoking ---- */

struct ending {
	struct ca_fold *f;
	const struct ca_item *c; /* the one that was named; its account's others go with it */
	enum cert_reason reason;
	struct time_ms since;
};

/* An end that was cut goes on as it began; a hold that stands can become an end. */
static bool goes_on(const struct ca_item *x)
{
	return x->revoking && (x->hold == CA_FREE || x->hold == CA_HOLDING);
}

static bool is_done(const struct ca_item *x, enum cert_reason reason)
{
	return x->revoked || (x->hold == CA_HELD && is_hold(reason));
}

static enum err begin(struct ending *e, const struct ca_item *x, struct err_info *info)
{
	if (goes_on(x) || is_done(x, e->reason))
		return ERR_OK;
	return note(e->f->ca, x, is_hold(e->reason) ? REGISTER_HOLDING : REGISTER_REVOKING, e->reason, e->since, info);
}

static enum err to_ledger(struct ending *e, struct ca_act *act, struct err_info *info)
{
	Medlock__CertRevoke m = MEDLOCK__CERT_REVOKE__INIT;
	struct ca *ca = e->f->ca;
	enum err err;

	m.account = wire_data(BYTES_ID(e->c->row.account));
	m.reason = (uint32_t)e->reason;
	if (!is_anchored(e->f, &e->c->row.account))
		return ERR_OK;
	ASSERT(ca->o.ledger.revoke != NULL);
	err = ca->o.ledger.revoke(ca->o.ledger.self, &act->tx, &act->height, &m, info);
	return err == ERR_OK || err == ERR_DUPLICATE
		       ? ERR_OK
		       : err_wrap(info, err, "the list says revoked, the ledger not yet; revoke again to finish");
}

/* Each certificate of the account: one that stayed off the list would still open a door where only the list is asked.  The
 * one that was named is begun first and done last, so that its state says whether something is left to do.
 */
static const struct ca_item *nth(const struct ca_fold *f, const struct ca_item *named, size_t i, bool first)
{
	const struct ca_item *x;

	if (i == (first ? 0 : f->certificate_count))
		return named;
	x = &f->certificates[first ? i - 1 : i];
	return x != named && ID_EQUAL(x->row.account, named->row.account) ? x : NULL;
}

static enum err each(struct ending *e, const struct ca_act *act, bool begins, struct err_info *info)
{
	for (size_t i = 0; i <= e->f->certificate_count; i++) {
		const struct ca_item *x = nth(e->f, e->c, i, begins);

		if (x == NULL)
			continue;
		if (begins)
			TRY(begin(e, x, info));
		else if (!is_done(x, e->reason))
			TRY(note_done(e->f->ca, act, x, is_hold(e->reason) ? REGISTER_HELD : REGISTER_REVOKED, info));
	}
	return ERR_OK;
}

static enum err check_ending(const struct ending *e, struct err_info *info)
{
	if (is_done(e->c, e->reason))
		return err_set(info, ERR_DUPLICATE, e->c->revoked ? "it is revoked already" : "it is on hold already");
	if (is_hold(e->reason) && e->c->hold == CA_RELEASING)
		return err_set(info, ERR_CONFLICT, "its release was cut: release it again to finish");
	if (is_hold(e->reason) && !is_anchored(e->f, &e->c->row.account))
		return err_set(info, ERR_CONFLICT, "it is not on the ledger: approve it to the end, or revoke it for good");
	return ERR_OK;
}

/* A list that has no room is no reason to let somebody act on. */
static enum err no_list(enum err e, struct err_info *info)
{
	return e == ERR_OK ? e : err_set(info, e, "it stands on the ledger, which refuses it; the list has no room for it");
}

static enum err revoke(struct ending *e, struct ca_act *act, bool dry_run, struct err_info *info)
{
	enum err list;

	fill_act(act, e->c);
	if (goes_on(e->c))
		e->reason = e->c->revocation.reason;
	if (e->since.v == 0)
		e->since = e->c->proposed_since;
	TRY(check_ending(e, info));
	if (dry_run)
		return ERR_OK;
	TRY(each(e, act, true, info));
	list = ca_crl_issue(e->f->ca, &act->crl_number, info);
	if (list != ERR_OK && list != ERR_TOO_LARGE)
		return list;
	TRY(to_ledger(e, act, info));
	TRY(each(e, act, false, info));
	return no_list(list, info);
}

enum err ca_revoke(struct ca *ca, struct ca_act *ret, const uint8_t serial[CERT_SERIAL_SIZE], enum cert_reason reason,
		   struct time_ms since, bool dry_run, struct err_info *info)
{
	struct ending end = {.reason = reason, .since = since};
	struct ca_act act = {0};
	struct ca_fold f;
	enum err e;

	TRY(ca_fold_load(&f, ca, info));
	end.f = &f;
	end.c = ca_fold_serial(&f, serial);
	e = end.c == NULL ? err_set(info, ERR_NOT_FOUND, "no certificate of this issuer has this serial")
			  : revoke(&end, &act, dry_run, info);
	ca_fold_release(&f);
	if (e == ERR_OK)
		*ret = act;
	return e;
}

enum err ca_propose(struct ca *ca, const uint8_t serial[CERT_SERIAL_SIZE], enum cert_reason reason, struct time_ms since,
		    struct err_info *info)
{
	const struct ca_item *c;
	struct ca_fold f;
	enum err e;

	TRY(ca_fold_load(&f, ca, info));
	c = ca_fold_serial(&f, serial);
	e = c == NULL ? err_set(info, ERR_NOT_FOUND, "no certificate of this issuer has this serial")
	    : c->proposed_since.v == since.v ? ERR_OK
					     : note(ca, c, REGISTER_PROPOSED, reason, since, info);
	ca_fold_release(&f);
	return e;
}

/* ---- releasing ---- */

static enum err begin_release(struct ca_fold *f, const struct ca_item *c, struct err_info *info)
{
	for (size_t i = 0; i <= f->certificate_count; i++) {
		const struct ca_item *x = nth(f, c, i, true);

		if (x != NULL && x->hold == CA_HELD)
			TRY(note(f->ca, x, REGISTER_RELEASING, CERT_REASON_HOLD, (struct time_ms){0}, info));
	}
	return ERR_OK;
}

static enum err end_release(struct ca_fold *f, const struct ca_item *c, const struct ca_act *act, struct err_info *info)
{
	for (size_t i = 0; i <= f->certificate_count; i++) {
		const struct ca_item *x = nth(f, c, i, false);

		if (x != NULL && x->hold != CA_FREE)
			TRY(note_done(f->ca, act, x, REGISTER_RELEASED, info));
	}
	return ERR_OK;
}

/* It stays on the list until the ledger has let it go: a cut leaves too much refused, never too little. */
static enum err release(struct ca_fold *f, struct ca_act *act, const struct ca_item *c, bool dry_run, struct err_info *info)
{
	struct ca *ca = f->ca;
	enum err e;

	fill_act(act, c);
	if (c->hold != CA_HELD && c->hold != CA_RELEASING)
		return err_set(info, ERR_NOT_HELD, "%s",
			       c->revoked	       ? "it was revoked for good, which nothing undoes"
			       : c->hold == CA_HOLDING ? "its hold was cut: revoke it again to finish"
						       : "it never was, or was released since");
	if (dry_run)
		return ERR_OK;
	TRY(begin_release(f, c, info));
	ASSERT(ca->o.ledger.release != NULL);
	e = ca->o.ledger.release(ca->o.ledger.self, &act->tx, &act->height, &c->row.account, info);
	if (e != ERR_OK && e != ERR_DUPLICATE)
		return err_wrap(info, e, "it is still on hold; release it again to finish");
	TRY(end_release(f, c, act, info));
	return ca_crl_issue(ca, &act->crl_number, info);
}

enum err ca_release(struct ca *ca, struct ca_act *ret, const uint8_t serial[CERT_SERIAL_SIZE], bool dry_run,
		    struct err_info *info)
{
	const struct ca_item *c;
	struct ca_act act = {0};
	struct ca_fold f;
	enum err e;

	TRY(ca_fold_load(&f, ca, info));
	c = ca_fold_serial(&f, serial);
	e = c == NULL ? err_set(info, ERR_NOT_FOUND, "no certificate of this issuer has this serial")
		      : release(&f, &act, c, dry_run, info);
	ca_fold_release(&f);
	if (e == ERR_OK)
		*ret = act;
	return e;
}
