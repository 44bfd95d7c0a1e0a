/* SPDX-License-Identifier: Apache-2.0 */
/* The list of certificates. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ident/ca_internal.h"

static const char *state_of(const struct ca_item *c, struct time_ms now)
{
	if (c->revoked)
		return "revoked";
	if (c->hold == CA_HELD)
		return "hold";
	if (c->hold == CA_RELEASING)
		return "releasing";
	if (c->revoking)
		return "revoking";
	if (!c->issued)
		return "signed";
	return c->row.until.v <= now.v ? "expired" : "valid";
}

static enum err list_one(struct ca *ca, struct ca_certificate *ret, const struct ca_item *c, struct time_ms now,
			 struct err_info *info)
{
	Medlock__RegisterCertificate *m;

	TRY(CA_COLUMN(&m, ca, &c->row, medlock__register_certificate, info));
	memcpy(ret->serial, c->row.serial, sizeof(ret->serial));
	hex_encode(ret->serial_text, ret->serial, sizeof(ret->serial));
	(void)snprintf(ret->name, sizeof(ret->name), "%s", m->name);
	(void)snprintf(ret->organisation, sizeof(ret->organisation), "%s", m->organisation);
	WIRE_FREE(m);
	ret->profile = profile_by_number(c->row.profile);
	if (ret->profile == NULL)
		return err_set(info, ERR_DAMAGED, "a certificate of an unknown profile in the register");
	ret->account = c->row.account;
	ret->issued = c->row.at;
	ret->not_after = c->row.until;
	ret->state = state_of(c, now);
	ret->reason = c->revoking ? ca_reason_text(c->revocation.reason) : "";
	if (c->revoking)
		ret->ended = c->revocation.revoked_at;
	return ERR_OK;
}

static int by_account(const void *x, const void *y)
{
	const struct ca_certificate *a = *(const struct ca_certificate *const *)x;
	const struct ca_certificate *b = *(const struct ca_certificate *const *)y;
	int order = memcmp(a->account.b, b->account.b, ID_SIZE);

	return order != 0 ? order : (a > b) - (a < b); /* the list is in the order of the register */
}

/* A renewal takes the place of what the account had. */
static enum err mark_superseded(struct ca_certificates *list, struct err_info *info)
{
	struct ca_certificate **by = calloc(list->count + 1, sizeof(struct ca_certificate *)), *later = NULL;

	if (by == NULL)
		return err_set(info, ERR_MEMORY, "the list of certificates");
	for (size_t i = 0; i < list->count; i++)
		by[i] = &list->rows[i];
	qsort(by, list->count, sizeof(struct ca_certificate *), by_account);
	for (size_t i = list->count; i-- > 0;) {
		if (later != NULL && ID_EQUAL(later->account, by[i]->account) && strcmp(by[i]->state, "valid") == 0)
			by[i]->state = "superseded";
		else if (strcmp(by[i]->state, "signed") != 0)
			later = by[i];
	}
	free(by);
	return ERR_OK;
}

enum err ca_list(struct ca *ca, struct ca_certificates *ret, struct err_info *info)
{
	const struct time_ms now = ca->o.clock->now(ca->o.clock->self);
	struct ca_certificates list = {0};
	struct ca_fold f;
	enum err e = ERR_OK;

	TRY(ca_fold_load(&f, ca, info));
	list.rows = calloc(f.certificate_count + 1, sizeof(*list.rows));
	if (list.rows == NULL)
		e = err_set(info, ERR_MEMORY, "the list of certificates");
	for (size_t i = 0; e == ERR_OK && i < f.certificate_count; i++) {
		e = list_one(ca, &list.rows[i], &f.certificates[i], now, info);
		list.count++;
	}
	ca_fold_release(&f);
	if (e == ERR_OK)
		e = mark_superseded(&list, info);
	if (e == ERR_OK)
		*ret = list;
	else
		ca_certificates_release(&list);
	return e;
}

void ca_certificates_release(struct ca_certificates *c)
{
	if (c == NULL)
		return;
	free(c->rows);
	memset(c, 0, sizeof(*c));
}
