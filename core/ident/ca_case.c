/* SPDX-License-Identifier: Apache-2.0 */
/* The keeper's half of a case: out of the register, sealed to the officers. */
#include "core/ident/act_case.h"

#include "core/ident/ca_internal.h"

static const struct ca_item *item_of(struct ca_fold *f, const struct act_case_of *of)
{
	const struct ca_item *item;

	if (of->request != NULL) {
		item = ca_fold_request(f, of->request);
		return item != NULL ? ca_fold_made(f, item) : NULL;
	}
	item = ca_fold_serial(f, of->serial);
	if (item == NULL || !of->newest)
		return item;
	item = ca_fold_account(f, &item->row.account);
	while (item != NULL && !item->issued)
		item = ca_fold_earlier(f, item);
	return item;
}

static enum err fill(struct ca *ca, struct ca_fold *f, const struct ca_item *item, struct buf *out, Medlock__ActCase *m,
		     const struct ca_issuers *issuers, const struct seal_public *officers, size_t officer_count,
		     struct err_info *info)
{
	const struct ca_item *asked = ca_fold_request(f, &item->row.request);
	Medlock__RegisterCertificate *certificate;
	Medlock__RegisterRequest *request;
	enum err e;

	if (asked == NULL)
		return err_set(info, ERR_DAMAGED, "a certificate without a request in the register");
	TRY(CA_COLUMN(&certificate, ca, &item->row, medlock__register_certificate, info));
	e = CA_COLUMN(&request, ca, &asked->row, medlock__register_request, info);
	if (e != ERR_OK) {
		WIRE_FREE(certificate);
		return e;
	}
	m->certificate = certificate->certificate;
	m->salt = certificate->salt;
	m->issuing = wire_data(buf_bytes(&ca_issuer_at(issuers, item->row.at)->der));
	m->root = wire_data(ca_root(ca));
	m->request = request->request;
	m->received = asked->row.at.v;
	m->profile = item->row.profile;
	m->since = item->proposed_since.v;
	e = enrolment_seal(out, NULL, &m->base, officers, officer_count, ca->o.rng, info);
	WIRE_FREE(certificate);
	WIRE_FREE(request);
	return e;
}

enum err act_case_make(struct buf *out, struct ca *ca, const struct act_case_of *of, const struct hash32 *body,
		       const struct seal_public *officers, size_t officer_count, struct err_info *info)
{
	Medlock__ActCase m = MEDLOCK__ACT_CASE__INIT;
	const struct ca_item *item;
	struct ca_issuers issuers;
	struct ca_fold f;
	enum err e;

	ASSERT((of->request == NULL) != (of->serial == NULL));
	m.body = wire_data(BYTES_ID(*body));
	m.entered = ca->o.clock->now(ca->o.clock->self).v;
	TRY(ca_issuers_load(&issuers, ca, info));
	e = ca_fold_load(&f, ca, info);
	if (e != ERR_OK) {
		ca_issuers_release(&issuers);
		return e;
	}
	item = item_of(&f, of);
	e = item == NULL ? err_set(info, ERR_NOT_FOUND, "no such certificate in the register")
			 : fill(ca, &f, item, out, &m, &issuers, officers, officer_count, info);
	ca_issuers_release(&issuers);
	ca_fold_release(&f);
	return e;
}
