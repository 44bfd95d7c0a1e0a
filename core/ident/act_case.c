/* SPDX-License-Identifier: Apache-2.0 */
/* The second officer's half: nothing of a case is believed that can be computed. */
#include "core/ident/act_case.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/ident/lint.h"

struct judging {
	struct act_view *view;
	const Medlock__ActCase *m;
	const Medlock__Body *body;
	const struct network_id *network;
	struct enrolment e;
	struct profile_plan plan;
	struct cert_summary leaf, issuing;
	struct time_ms signed_at;
};

static enum err differs(struct err_info *info, const char *what)
{
	return err_set(info, ERR_CONFLICT, "%s: the act does not do what lies beside it", what);
}

static void fact(struct act_view *v, const char *field, const char *text)
{
	struct profile_line *l = &v->facts[v->fact_count];

	ASSERT(v->fact_count < ACT_CASE_LINES_MAX);
	v->fact_count++;
	(void)snprintf(l->field, sizeof(l->field), "%s", field);
	(void)snprintf(l->issued, sizeof(l->issued), "%s", text);
}

static void fact_hex(struct act_view *v, const char *field, struct bytes bytes)
{
	char hex[2 * HASH_SIZE + 1];

	ASSERT(bytes.len <= HASH_SIZE);
	hex_encode(hex, bytes.data, bytes.len);
	fact(v, field, hex);
}

static void fact_time(struct act_view *v, const char *field, struct time_ms t)
{
	char time[TIME_TEXT];

	time_format(time, t);
	fact(v, field, time);
}

/* What the certificate says, read from its own bytes. */
static void facts(struct judging *j)
{
	struct act_view *v = j->view;
	const struct cert_summary *s = &j->leaf;

	fact_hex(v, "serial", bytes_of(s->serial, sizeof(s->serial)));
	fact(v, "subject's network", s->subject.organisation);
	fact(v, "subject's organisation", s->subject.unit);
	fact(v, "subject's name", s->subject.common_name);
	fact_time(v, "valid from", s->not_before);
	fact_time(v, "valid until", s->not_after);
	fact(v, "signature", s->signature_algorithm);
	fact_hex(v, "key, SHA-256", BYTES_ID(s->spki_sha256));
	fact_hex(v, "certificate, SHA-256", BYTES_ID(s->sha256));
	fact_hex(v, "issuer, SHA-256", BYTES_ID(j->issuing.sha256));
	if (j->body->action_case == MEDLOCK__BODY__ACTION_CERT_REVOKE && j->m->since != 0)
		fact_time(v, "not trusted since, as said", (struct time_ms){j->m->since});
}

/* ---- the certificate ---- */

static enum err lint(struct judging *j, struct err_info *info)
{
	struct lint_context c = {.profile = j->view->profile, .issuer = &j->issuing, .now = j->signed_at,
				 .spki_sha256 = j->e.csr.spki_sha256};
	const char *broken;
	char network[CERT_TEXT_MAX];

	profile_network_name(network, j->network);
	c.network_name = network;
	broken = lint_certificate(&j->leaf, &c);
	if (broken != NULL)
		return err_set(info, ERR_LINT, "profile %s, rule %s", c.profile->name, broken);
	while (lint_rule(j->view->rules) != NULL)
		j->view->rules++;
	return ERR_OK;
}

static enum err check_chain(struct judging *j, struct err_info *info)
{
	const struct bytes issuing = wire_bytes(j->m->issuing);
	const struct cert_chain chain = {.root = wire_bytes(j->m->root), .between = &issuing, .between_count = 1};

	return x509_verify(wire_bytes(j->m->certificate), &chain, j->signed_at, CERT_EKU_CLIENT, info);
}

/* The plan that this program makes of the request, at the second at which the certificate was made. */
static enum err compare_plan(struct judging *j, struct err_info *info)
{
	const struct profile_wish wish = {.csr = &j->e.csr, .account = j->e.account, .name = j->e.wire->name,
					  .organisation = j->e.wire->organisation,
					  .minor_until = {j->e.wire->minor_until}};
	const struct profile_plan *p = &j->plan;

	TRY(profile_plan_leaf(&j->plan, j->view->profile, &wish, j->network, &j->issuing, j->signed_at, info));
	if (strcmp(p->common_name, j->leaf.subject.common_name) != 0 || strcmp(p->unit, j->leaf.subject.unit) != 0 ||
	    strcmp(p->organisation, j->leaf.subject.organisation) != 0)
		return differs(info, "the certificate's subject");
	if (p->fields.not_before.v != j->leaf.not_before.v || p->fields.not_after.v != j->leaf.not_after.v)
		return differs(info, "the certificate's validity");
	memcpy(j->view->lines, p->lines, sizeof(p->lines));
	j->view->line_count = p->line_count;
	return ERR_OK;
}

static enum err check_certificate(struct judging *j, struct err_info *info)
{
	TRY(x509_parse(&j->leaf, wire_bytes(j->m->certificate), info));
	TRY(x509_parse(&j->issuing, wire_bytes(j->m->issuing), info));
	j->signed_at.v = j->leaf.not_before.v + PROFILE_NOT_BEFORE_MS;
	TRY(enrolment_parse(&j->e, wire_bytes(j->m->request), j->network, (struct time_ms){j->m->received}, info));
	j->view->profile = profile_by_number(j->m->profile);
	if (j->view->profile == NULL || j->view->profile != j->e.profile)
		return differs(info, "the profile");
	(void)snprintf(j->view->name, sizeof(j->view->name), "%s", j->e.wire->name);
	(void)snprintf(j->view->organisation, sizeof(j->view->organisation), "%s", j->e.wire->organisation);
	TRY(lint(j, info));
	TRY(check_chain(j, info));
	return compare_plan(j, info);
}

/* ---- the body ---- */

static bool purposes_same(const Medlock__CertAnchor *a, const struct profile_row *p)
{
	size_t count = 0;

	while (count < CERT_PROFILE_PURPOSES_MAX && p->purposes[count] != 0)
		count++;
	return a->n_purposes == count &&
	       (count == 0 || memcmp(a->purposes, p->purposes, count * sizeof(*p->purposes)) == 0);
}

static bool keys_same(const Medlock__CertAnchor *a, const Medlock__EnrolmentRequest *r)
{
	struct buf have = BUF_INIT, want = BUF_INIT;
	bool same;

	if (a->keys == NULL)
		return true; /* a renewal: the account has its keys */
	WIRE_ENCODE(&have, a->keys);
	WIRE_ENCODE(&want, r->keys);
	same = buf_error(&have) == ERR_OK && buf_error(&want) == ERR_OK && bytes_equal(buf_bytes(&have), buf_bytes(&want));
	buf_release(&have);
	buf_release(&want);
	return same;
}

static bool commits(const struct judging *j, struct bytes commitment)
{
	struct hash32 h;

	if (j->m->salt.len != 16)
		return false;
	h = certificate_commitment(j->m->salt.data, wire_bytes(j->m->certificate));
	return bytes_equal(commitment, BYTES_ID(h));
}

static enum err judge_anchor(struct judging *j, struct err_info *info)
{
	const Medlock__CertAnchor *a = j->body->cert_anchor;
	const struct profile_row *p = j->view->profile;
	const bool organised = !p->pseudonymous;

	if (!bytes_equal(wire_bytes(a->account), BYTES_ID(j->e.account)) || !keys_same(a, j->e.wire))
		return differs(info, "the account");
	if (!commits(j, wire_bytes(a->certificate)) || a->not_after != j->leaf.not_after.v)
		return differs(info, "the certificate");
	if (a->role != p->role || a->rights != p->rights || !purposes_same(a, p) ||
	    (a->keys != NULL && a->minor_until != j->e.wire->minor_until) ||
	    !bytes_equal(wire_bytes(a->organisation), organised ? wire_bytes(j->e.wire->organisation_id) : bytes_of(NULL, 0)))
		return differs(info, "role, rights or organisation");
	return ERR_OK;
}

static enum err judge_revoke(struct judging *j, const struct hash32 *anchored, struct err_info *info)
{
	if (!bytes_equal(wire_bytes(j->body->cert_revoke->account), BYTES_ID(j->e.account)))
		return differs(info, "the account");
	j->view->newest = anchored != NULL && commits(j, BYTES_ID(*anchored));
	return ERR_OK;
}

static enum err judge(struct judging *j, const struct hash32 *body_hash, const struct hash32 *anchored, struct err_info *info)
{
	if (!bytes_equal(wire_bytes(j->m->body), BYTES_ID(*body_hash)))
		return differs(info, "its hash");
	j->view->received.v = j->m->received;
	j->view->entered.v = j->m->entered;
	TRY(check_certificate(j, info));
	facts(j);
	return j->body->action_case == MEDLOCK__BODY__ACTION_CERT_ANCHOR ? judge_anchor(j, info)
									 : judge_revoke(j, anchored, info);
}

enum err act_case_judge(struct act_view *ret, struct bytes plain, const Medlock__Body *body, const struct hash32 *body_hash,
			const struct network_id *network, const struct hash32 *anchored, struct err_info *info)
{
	struct act_view *view = calloc(1, sizeof(*view));
	struct judging *j = calloc(1, sizeof(*j));
	Medlock__ActCase *m = NULL;
	enum err e = view != NULL && j != NULL ? ERR_OK : err_set(info, ERR_MEMORY, "a case");

	ASSERT(body->action_case == MEDLOCK__BODY__ACTION_CERT_ANCHOR ||
	       body->action_case == MEDLOCK__BODY__ACTION_CERT_REVOKE);
	if (e == ERR_OK)
		e = WIRE_DECODE(&m, medlock__act_case, plain, ACT_CASE_DECODED_MAX, info);
	if (e == ERR_OK) {
		*j = (struct judging){.view = view, .m = m, .body = body, .network = network};
		e = judge(j, body_hash, anchored, info);
		enrolment_release(&j->e);
	}
	if (e == ERR_OK)
		*ret = *view;
	WIRE_FREE(m);
	free(view);
	free(j);
	return e;
}
