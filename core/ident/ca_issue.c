/* SPDX-License-Identifier: Apache-2.0 */
/* Approval: from a request to a certificate that stands on the ledger, in steps that can be repeated. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ident/ca_internal.h"

struct approval {
	struct ca *ca;
	struct enrolment e;
	struct profile_plan plan;
	struct cert_summary summary;
	struct buf certificate;
	uint8_t salt[CA_SALT_SIZE];
	uint8_t serial[CERT_SERIAL_SIZE];
	struct time_ms now;
	bool renewal;
};

static enum err plan(struct approval *a, struct err_info *info)
{
	const struct profile_wish wish = {.csr = &a->e.csr, .account = a->e.account, .name = a->e.wire->name,
					  .organisation = a->e.wire->organisation,
					  .minor_until = {a->e.wire->minor_until}};
	struct register_row taken;
	enum err e;

	TRY(profile_plan_leaf(&a->plan, a->e.profile, &wish, &a->ca->o.network, &a->ca->issuing_summary, a->now, info));
	ca_new_serial(a->plan.fields.serial, a->ca->o.rng);
	e = register_of_serial(a->ca->reg, &taken, REGISTER_SIGNED, a->plan.fields.serial, NULL);
	if (e == ERR_OK) {
		register_row_release(&taken);
		return err_set(info, ERR_INTERNAL, "the random generator repeats a serial");
	}
	if (e != ERR_NOT_FOUND)
		return err_set(info, e, "register");
	return ca_trial(&a->ca->trial, &a->plan, &a->ca->issuing_summary, a->ca->network_name, a->now, info);
}

static enum err check_signed(struct approval *a, struct err_info *info)
{
	const struct bytes issuing = ca_issuing(a->ca);
	const struct cert_chain chain = {.root = ca_root(a->ca), .between = &issuing, .between_count = 1};

	TRY(ca_lint(&a->summary, buf_bytes(&a->certificate), a->e.profile, &a->e.csr.spki_sha256,
			&a->ca->issuing_summary,
		    a->ca->network_name, a->now, info));
	return x509_verify(buf_bytes(&a->certificate), &chain, a->now, CERT_EKU_CLIENT, info);
}

static enum err sign(struct approval *a, const struct register_id *id, struct err_info *info)
{
	Medlock__RegisterCertificate m = MEDLOCK__REGISTER_CERTIFICATE__INIT;
	struct register_row row = {.kind = REGISTER_SIGNED, .at = a->now, .request = *id, .account = a->e.account,
				   .key = a->e.csr.spki_sha256, .profile = (uint32_t)a->e.profile->number};

	TRY(a->ca->o.keys.issue(a->ca->o.keys.self, &a->certificate, CA_KEY_ISSUING, &a->plan.fields,
			ca_issuing(a->ca), info));
	TRY(check_signed(a, info));
	rng_fill(a->ca->o.rng, a->salt, sizeof(a->salt));
	memcpy(a->serial, a->plan.fields.serial, sizeof(a->serial));
	memcpy(row.serial, a->serial, sizeof(row.serial));
	row.until = a->summary.not_after;
	m.certificate = wire_data(buf_bytes(&a->certificate));
	m.salt = wire_data(bytes_of(a->salt, sizeof(a->salt)));
	m.name = a->e.wire->name;
	m.organisation = a->e.wire->organisation;
	m.profile = row.profile;
	m.request = wire_data(BYTES_ID(*id));
	return ca_append(a->ca, &row, &m.base, info);
}

/* The certificate of an approval that was begun before. */
static enum err reload(struct approval *a, const struct register_row *row, struct err_info *info)
{
	Medlock__RegisterCertificate *m;
	enum err e = ERR_OK;

	TRY(CA_COLUMN(&m, a->ca, row, medlock__register_certificate, info));
	if (m->salt.len != sizeof(a->salt))
		e = err_set(info, ERR_DAMAGED, "a certificate of the register");
	else
		memcpy(a->salt, m->salt.data, sizeof(a->salt));
	buf_append_bytes(&a->certificate, wire_bytes(m->certificate));
	WIRE_FREE(m);
	TRY(e);
	TRY(buf_error(&a->certificate));
	memcpy(a->serial, row->serial, sizeof(a->serial));
	return x509_parse(&a->summary, buf_bytes(&a->certificate), info);
}

static enum err anchor(struct approval *a, struct ca_act *act, const struct register_id *id, struct err_info *info)
{
	Medlock__CertAnchor m = MEDLOCK__CERT_ANCHOR__INIT;
	uint32_t purposes[CERT_PROFILE_PURPOSES_MAX];
	const struct hash32 commitment = certificate_commitment(a->salt, buf_bytes(&a->certificate));
	struct register_row row = {.kind = REGISTER_ISSUED, .request = *id, .account = a->e.account,
				   .key = a->e.csr.spki_sha256, .profile = (uint32_t)a->e.profile->number};
	enum err e;

	m.account = wire_data(BYTES_ID(a->e.account));
	if (!a->renewal) {
		m.keys = a->e.wire->keys;
		m.keys_signature = a->e.wire->keys_signature;
		m.minor_until = a->e.wire->minor_until;
	}
	m.role = a->e.profile->role;
	m.certificate = wire_data(BYTES_ID(commitment));
	m.not_after = a->summary.not_after.v;
	if (!a->e.profile->pseudonymous) /* a patient acts for nobody else, whatever the request says */
		m.organisation = a->e.wire->organisation_id;
	m.rights = a->e.profile->rights;
	/* A copy: whoever submits may sort lists in place. */
	memcpy(purposes, a->e.profile->purposes, sizeof(purposes));
	m.purposes = purposes;
	while (m.n_purposes < CERT_PROFILE_PURPOSES_MAX && purposes[m.n_purposes] != 0)
		m.n_purposes++;
	ASSERT(a->ca->o.ledger.anchor != NULL);
	e = a->ca->o.ledger.anchor(a->ca->o.ledger.self, &act->tx, &act->height, &m, info);
	if (e != ERR_OK && e != ERR_DUPLICATE)
		return err_wrap(info, e, "the certificate is signed but not on the ledger; approve again to finish");
	TRY(ca_now(a->ca, &row.at, info));
	memcpy(row.serial, a->serial, sizeof(row.serial));
	row.tx = act->tx;
	row.number = act->height;
	return ca_append(a->ca, &row, NULL, info);
}

static enum err answer(struct approval *a, struct buf *out, struct err_info *info)
{
	const struct enrolment_reply reply = {.request = a->e.id, .certificate = buf_bytes(&a->certificate),
					      .issuing = ca_issuing(a->ca), .root = ca_root(a->ca), .salt = a->salt};

	return enrolment_answer_make(out, &reply, &a->e.seal, a->ca->o.rng, info);
}

static void fill_act(struct ca_act *act, const struct approval *a)
{
	memcpy(act->serial, a->serial, sizeof(act->serial));
	hex_encode(act->serial_text, act->serial, sizeof(act->serial));
	act->account = a->e.account;
	act->approvals = (struct ca_approvals){a->e.profile->approvals, a->e.profile->approvals};
}

static enum err prepare(struct approval *a, struct ca_fold *f, const struct ca_item *request, struct err_info *info)
{
	if (request->rejected)
		return err_set(info, ERR_CONFLICT, "it was rejected; the person may ask anew");
	TRY(ca_enrolment(a->ca, &a->e, &request->row, info));
	if (!request->signed_) {
		if (!ca_is_waiting(a->ca, request))
			return err_set(info, ERR_EXPIRED, "the request is older than 30 days; the person may ask anew");
		TRY(ca_holds(a->ca, &a->e, info));
	}
	for (const struct ca_item *c = ca_fold_account(f, &a->e.account); c != NULL; c = ca_fold_earlier(f, c)) {
		if (c->revoking)
			return ca_refuse_revoked(c, info);
		a->renewal = a->renewal || (c->issued && !ID_EQUAL(c->row.request, request->row.request));
	}
	return ca_now(a->ca, &a->now, info);
}

static enum err approve(struct approval *a, struct ca_act *act, struct buf *ret_answer, struct ca_fold *f,
			const struct ca_item *request, bool dry_run, struct err_info *info)
{
	const struct ca_item *made;

	TRY(prepare(a, f, request, info));
	made = ca_fold_made(f, request);
	if (made == NULL) {
		TRY(plan(a, info));
		if (!dry_run)
			TRY(sign(a, &request->row.request, info));
	} else {
		TRY(reload(a, &made->row, info));
		act->tx = made->tx;
		act->height = made->height;
	}
	fill_act(act, a);
	if (dry_run)
		return ERR_OK;
	if (made == NULL || !made->issued)
		TRY(anchor(a, act, &request->row.request, info));
	return ret_answer == NULL ? ERR_OK : answer(a, ret_answer, info);
}

enum err ca_approve(struct ca *ca, struct ca_act *ret, struct buf *ret_answer, const struct register_id *id,
		bool dry_run,
		    struct err_info *info)
{
	struct approval *a = calloc(1, sizeof(*a));
	const struct ca_item *request;
	struct ca_act act = {0};
	struct ca_fold f;
	enum err e;

	if (a == NULL)
		return err_set(info, ERR_MEMORY, "approval");
	a->ca = ca;
	e = ca_fold_load(&f, ca, info);
	if (e == ERR_OK) {
		request = ca_fold_request(&f, id);
		e = request == NULL ? err_set(info, ERR_NOT_FOUND, "no such request")
				    : approve(a, &act, ret_answer, &f, request, dry_run, info);
		ca_fold_release(&f);
	}
	enrolment_release(&a->e);
	buf_release(&a->certificate);
	free(a);
	if (e == ERR_OK)
		*ret = act;
	return e;
}
