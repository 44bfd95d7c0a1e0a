/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: taking them in, looking at them, refusing them. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/ident/ca_internal.h"

bool ca_is_waiting(const struct ca *ca, const struct ca_item *r)
{
	int64_t age = ca->o.clock->now(ca->o.clock->self).v - r->row.at.v;

	return !r->rejected && !r->issued && (r->signed_ || age <= ENROLMENT_LIFE_MS);
}

enum err ca_holds(struct ca *ca, const struct enrolment *e, struct err_info *info)
{
	enum err err;

	ASSERT(ca->o.ledger.holds != NULL);
	err = ca->o.ledger.holds(ca->o.ledger.self, &e->account, e->wire->keys, info);
	if (err == ERR_NOT_FOUND)
		return e->named ? err_set(info, err, "the request names an account that does not exist") : ERR_OK;
	return err;
}

/* What speaks against this key and account, by what was issued before. */
static enum err check_history(struct ca_fold *f, const struct enrolment *e, struct err_info *info)
{
	for (size_t i = 0; i < f->certificate_count; i++) {
		const struct ca_item *c = &f->certificates[i];
		const bool same_key = ID_EQUAL(c->row.key, e->csr.spki_sha256);

		if (same_key && c->row.profile != (uint32_t)e->profile->number)
			return err_set(info, ERR_LINT, "this key stands in a certificate of another profile");
		if (same_key && !ID_EQUAL(c->row.account, e->account))
			return err_set(info, ERR_LINT, "this key stands in another account's certificate");
		if (ID_EQUAL(c->row.account, e->account) && c->revoking)
			return ca_refuse_revoked(c, info);
	}
	for (size_t i = 0, open = 0; i < f->request_count; i++)
		if (ca_is_waiting(f->ca, &f->requests[i]) && ++open >= CA_QUEUE_MAX)
			return err_set(info, ERR_LIMIT, "the queue holds %u requests", CA_QUEUE_MAX);
	return ERR_OK;
}

static enum err enter(struct ca *ca, struct register_id *ret, const struct enrolment *e, struct bytes plain,
		      struct err_info *info)
{
	Medlock__RegisterRequest m = MEDLOCK__REGISTER_REQUEST__INIT;
	struct register_row row = {.kind = REGISTER_REQUEST, .account = e->account, .key = e->csr.spki_sha256,
				   .profile = (uint32_t)e->profile->number};
	struct ca_fold f;
	enum err err;

	memcpy(row.request.b, e->id.b, sizeof(row.request.b));
	TRY(ca_fold_load(&f, ca, info));
	err = ca_fold_request(&f, &row.request) != NULL ? err_set(info, ERR_DUPLICATE, "this request is known")
							: check_history(&f, e, info);
	ca_fold_release(&f);
	TRY(err);
	TRY(ca_holds(ca, e, info));
	TRY(ca_now(ca, &row.at, info));
	m.request = wire_data(plain);
	TRY(ca_append(ca, &row, &m.base, info));
	*ret = row.request;
	return ERR_OK;
}

enum err ca_import(struct ca *ca, struct register_id *ret, struct bytes file, struct err_info *info)
{
	struct enrolment *e;
	struct buf plain = BUF_INIT;
	enum err err;

	if (file.len > ENROLMENT_FILE_MAX)
		return err_set(info, ERR_TOO_LARGE, "an enrolment file");
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return err_set(info, ERR_MEMORY, "an enrolment");
	buf_init(&plain, ENROLMENT_FILE_MAX);
	err = ca->o.keys.open_request(ca->o.keys.self, &plain, file, info);
	if (err == ERR_OK)
		err = enrolment_parse(e, buf_bytes(&plain), &ca->o.network, ca->o.clock->now(ca->o.clock->self), info);
	if (err == ERR_OK)
		err = enter(ca, ret, e, buf_bytes(&plain), info);
	buf_release(&plain);
	enrolment_release(e);
	free(e);
	return err;
}

enum err ca_ready(struct ca *ca, struct err_info *info)
{
	struct time_ms now;

	return ca_now(ca, &now, info);
}

/* ---- looking ---- */

void ca_fill_request(struct ca_request *ret, const struct ca_item *item, const struct enrolment *e, struct ca_fold *f)
{
	memset(ret, 0, sizeof(*ret));
	ret->id = item->row.request;
	hex_encode(ret->id_text, ret->id.b, sizeof(ret->id.b));
	ret->profile = e->profile;
	ret->account = e->account;
	(void)snprintf(ret->name, sizeof(ret->name), "%s", e->wire->name);
	(void)snprintf(ret->organisation, sizeof(ret->organisation), "%s", e->wire->organisation);
	ret->at = item->row.at;
	ret->expires.v = item->row.at.v + ENROLMENT_LIFE_MS;
	ret->approvals = (struct ca_approvals){item->signed_ ? e->profile->approvals : 0, e->profile->approvals};
	ret->signed_not_anchored = item->signed_ && !item->issued;
	for (const struct ca_item *c = ca_fold_account(f, &e->account); c != NULL; c = ca_fold_earlier(f, c))
		ret->renewal = ret->renewal || c->issued;
}

static enum err queue_rows(struct ca_fold *f, struct ca_requests *q, struct err_info *info)
{
	struct enrolment *e = calloc(1, sizeof(*e));
	enum err err = e == NULL ? ERR_MEMORY : ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < f->request_count; i++) {
		if (!ca_is_waiting(f->ca, &f->requests[i]))
			continue;
		err = ca_enrolment(f->ca, e, &f->requests[i].row, info);
		if (err != ERR_OK)
			break;
		ca_fill_request(&q->rows[q->count++], &f->requests[i], e, f);
		enrolment_release(e);
	}
	free(e);
	return err;
}

enum err ca_queue(struct ca *ca, struct ca_requests *ret, struct err_info *info)
{
	struct ca_requests q = {0};
	struct ca_fold f;
	enum err e;

	TRY(ca_fold_load(&f, ca, info));
	q.rows = calloc(f.request_count + 1, sizeof(*q.rows));
	e = q.rows == NULL ? err_set(info, ERR_MEMORY, "the queue") : queue_rows(&f, &q, info);
	ca_fold_release(&f);
	if (e == ERR_OK)
		*ret = q;
	else
		ca_requests_release(&q);
	return e;
}

void ca_requests_release(struct ca_requests *q)
{
	if (q == NULL)
		return;
	free(q->rows);
	memset(q, 0, sizeof(*q));
}

static bool hex_prefix(const char *full, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (full[i] != (text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i]))
			return false;
	return true;
}

static bool is_hex(const char *text, size_t max)
{
	size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, "0123456789abcdefABCDEF") == len;
}

enum err ca_find_request(struct ca *ca, struct register_id *ret, const char *text, struct err_info *info)
{
	const struct ca_item *found = NULL;
	size_t count = 0;
	struct ca_fold f;

	if (!is_hex(text, 2 * REGISTER_ID_SIZE))
		return err_set(info, ERR_FORMAT, "a request is named by hex digits");
	TRY(ca_fold_load(&f, ca, info));
	for (size_t i = 0; i < f.request_count; i++) {
		char id[2 * REGISTER_ID_SIZE + 1];

		hex_encode(id, f.requests[i].row.request.b, REGISTER_ID_SIZE);
		/* A whole id finds closed requests too, so that an answer can be made again. */
		if (hex_prefix(id, text) && (ca_is_waiting(ca, &f.requests[i]) || strlen(text) == 2 * REGISTER_ID_SIZE)) {
			found = &f.requests[i];
			count++;
		}
	}
	if (count == 1)
		*ret = found->row.request;
	ca_fold_release(&f);
	return count == 1 ? ERR_OK : err_set(info, ERR_NOT_FOUND, count == 0
			? "no such request" : "several requests begin so");
}

enum err ca_find_serial(struct ca *ca, struct ca_certificate *ret, const char *text, struct err_info *info)
{
	struct ca_certificates list;
	size_t count = 0, at = 0;

	if (!is_hex(text, 2 * CERT_SERIAL_SIZE))
		return err_set(info, ERR_FORMAT, "a serial is hex digits");
	TRY(ca_list(ca, &list, info));
	for (size_t i = 0; i < list.count; i++)
		if (hex_prefix(list.rows[i].serial_text, text)) {
			at = i;
			count++;
		}
	if (count == 1)
		*ret = list.rows[at];
	ca_certificates_release(&list);
	return count == 1 ? ERR_OK : err_set(info, ERR_NOT_FOUND, count == 0
			? "no such serial" : "several serials begin so");
}

static enum err compare(struct ca_fold *f, struct ca_comparison *ret, const struct ca_item *item, struct err_info *info)
{
	struct enrolment *e = calloc(1, sizeof(*e));
	struct profile_plan *plan = calloc(1, sizeof(*plan));
	enum err err = e == NULL || plan == NULL ? ERR_MEMORY : ca_enrolment(f->ca, e, &item->row, info);

	if (err == ERR_OK) {
		const struct profile_wish wish = {.csr = &e->csr, .account = e->account, .name = e->wire->name,
						  .organisation = e->wire->organisation,
					  .minor_until = {e->wire->minor_until}};

		err = profile_plan_leaf(plan, e->profile, &wish, &f->ca->o.network, &f->ca->issuing_summary,
					f->ca->o.clock->now(f->ca->o.clock->self), info);
		if (err == ERR_OK) {
			ca_fill_request(&ret->request, item, e, f);
			memcpy(ret->lines, plan->lines, sizeof(ret->lines));
			ret->line_count = plan->line_count;
		}
		enrolment_release(e);
	}
	free(e);
	free(plan);
	return err;
}

enum err ca_show(struct ca *ca, struct ca_comparison *ret, const struct register_id *id, struct err_info *info)
{
	const struct ca_item *item;
	struct ca_fold f;
	enum err e;

	TRY(ca_fold_load(&f, ca, info));
	item = ca_fold_request(&f, id);
	e = item == NULL ? err_set(info, ERR_NOT_FOUND, "no such request") : compare(&f, ret, item, info);
	ca_fold_release(&f);
	return e;
}

/* ---- refusing ---- */

enum err ca_drop(struct ca *ca, struct hash32 *ret, const struct register_id *id, struct err_info *info)
{
	struct enrolment *e = calloc(1, sizeof(*e));
	const struct ca_item *item;
	struct ca_fold f;
	enum err err = e == NULL ? ERR_MEMORY : ca_fold_load(&f, ca, info);

	if (err == ERR_OK) {
		item = ca_fold_request(&f, id);
		err = item == NULL ? err_set(info, ERR_NOT_FOUND, "no such request") : ca_enrolment(ca, e, &item->row, info);
		ca_fold_release(&f);
		if (err == ERR_OK)
			*ret = enrolment_drop(&e->id);
		enrolment_release(e);
	}
	free(e);
	return err;
}

struct refusal {
	struct ca *ca;
	struct register_id id;
	char words[ENROLMENT_WORDS_MAX + 1];
};

/* The words of a refusal that is in the register. */
static enum err take_words(void *self, const struct register_row *row)
{
	struct refusal *x = self;
	Medlock__RegisterRequest *m;
	enum err e;

	if (row->kind != REGISTER_REJECTED || !ID_EQUAL(row->request, x->id))
		return ERR_OK;
	TRY(CA_COLUMN(&m, x->ca, row, medlock__register_request, NULL));
	e = strlen(m->reason) < sizeof(x->words) ? ERR_OK : ERR_DAMAGED;
	if (e == ERR_OK)
		memcpy(x->words, m->reason, strlen(m->reason) + 1);
	WIRE_FREE(m);
	return e;
}

static enum err enter_refusal(struct refusal *x, const struct ca_item *item, struct err_info *info)
{
	Medlock__RegisterRequest m = MEDLOCK__REGISTER_REQUEST__INIT;
	struct register_row row = {.kind = REGISTER_REJECTED, .request = x->id, .account = item->row.account};

	if (item->signed_)
		return err_set(info, ERR_CONFLICT, "it was approved: revoke the certificate instead");
	if (item->rejected)
		return register_walk(x->ca->reg, take_words, x, info);
	TRY(ca_now(x->ca, &row.at, info));
	m.reason = x->words;
	return ca_append(x->ca, &row, &m.base, info);
}

static enum err refuse(struct refusal *x, struct buf *ret_answer, const struct ca_item *item, struct enrolment *e,
		       struct err_info *info)
{
	TRY(ca_enrolment(x->ca, e, &item->row, info));
	TRY(enter_refusal(x, item, info));
	return enrolment_answer_make(ret_answer, &(struct enrolment_reply){.request = e->id, .words = x->words}, &e->seal,
				     x->ca->o.rng, info);
}

enum err ca_reject(struct ca *ca, struct buf *ret_answer, const struct register_id *id, const char *reason,
		   struct err_info *info)
{
	struct refusal x = {.ca = ca, .id = *id};
	size_t len = strlen(reason);
	const struct ca_item *item;
	struct enrolment *e;
	struct ca_fold f;
	enum err err;

	if (len == 0 || len > ENROLMENT_WORDS_MAX || !text_is_utf8(bytes_str(reason)))
		return err_set(info, ERR_USAGE, "the words for the requester have 1 to %u bytes of text", ENROLMENT_WORDS_MAX);
	memcpy(x.words, reason, len + 1);
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return err_set(info, ERR_MEMORY, "an enrolment");
	err = ca_fold_load(&f, ca, info);
	if (err == ERR_OK) {
		item = ca_fold_request(&f, id);
		err = item == NULL ? err_set(info, ERR_NOT_FOUND, "no such request") : refuse(&x, ret_answer, item, e, info);
		ca_fold_release(&f);
	}
	enrolment_release(e);
	free(e);
	return err;
}
