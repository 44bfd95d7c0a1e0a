/* SPDX-License-Identifier: Apache-2.0 */
/* From a grant to a file key: shares of the custodians, checked one by one. */
#include "core/vault/release.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/proto/release.h"
#include "core/vault/internal.h"

#define NUMBER_TEXT 16

struct release {
	struct vault *v;
	const struct release_wish *w;
	const Medlock__Rendition *r;
	struct threshold_key key;
	struct capsule capsule;
	struct decryption_share good[THRESHOLD_N_MAX];
	size_t good_count;
	struct release_report *report;
	enum err worst; /* the most telling of the refusals */
	struct err_info words;
};

static void report_add(struct release_report *report, struct bytes account, enum err e)
{
	struct release_custodian *row;

	if (report == NULL || account.len != ID_SIZE)
		return;
	for (size_t i = 0; i < report->count; i++)
		if (bytes_equal(BYTES_ID(report->rows[i].account), account)) {
			/* One failure in several releases is what a person must see. */
			report->rows[i].ok = report->rows[i].ok && e == ERR_OK;
			report->rows[i].err = report->rows[i].err != ERR_OK ? report->rows[i].err : e;
			return;
		}
	if (report->count == CUSTODIANS_MAX)
		return;
	row = &report->rows[report->count++];
	ID_COPY(row->account, account.data);
	row->ok = e == ERR_OK;
	row->err = e;
}

/* A refusal says more than a cheat, a cheat more than silence. */
static int weight(enum err e)
{
	switch ((int)e) {
	case ERR_OK:
		return 0;
	case ERR_WITHDRAWN:
	case ERR_EXPIRED:
	case ERR_REVOKED:
	case ERR_REFUSED:
	case ERR_PAUSED:
		return 3;
	case ERR_CUSTODIAN:
		return 2;
	default:
		return 1;
	}
}

static void note(struct release *x, struct bytes account, enum err e, const struct err_info *words)
{
	report_add(x->report, account, e);
	if (weight(e) > weight(x->worst)) {
		x->worst = e;
		x->words = *words;
	}
}

static bool have_index(const struct release *x, uint16_t index)
{
	for (size_t i = 0; i < x->good_count; i++)
		if (x->good[i].index == index)
			return true;
	return false;
}

/* A share as it came: its own index, its proof for this context. */
static enum err judge(struct release *x, const uint8_t share[DECRYPTION_SHARE_SIZE], uint32_t index,
		struct bytes context,
		      struct err_info *info)
{
	struct decryption_share s;

	if (decryption_share_parse(&s, share) != ERR_OK || s.index != index || have_index(x, s.index))
		return err_set(info, ERR_CUSTODIAN, "custodian %u sent a share that is none of its own",
				(unsigned)index);
	TRY(decryption_share_check(&x->key, &x->capsule, &s, context, info));
	x->good[x->good_count++] = s;
	return ERR_OK;
}

static void bind(struct release_binding *b, const struct release *x, const struct account_id *custodian)
{
	b->network = x->v->network;
	b->request = *x->w->request;
	b->record = x->w->record;
	b->form = x->w->form;
	b->custodian = *custodian;
	b->key_generation = x->r->key_generation;
	memcpy(b->u, x->capsule.b, sizeof(b->u));
}

static enum err call_custodian(struct release *x, struct buf *ret_sealed, const struct account_id *custodian,
			       uint32_t index, struct err_info *info)
{
	struct buf request = BUF_INIT;
	struct peer_address peer;
	const struct peer_call call = {.http = x->v->http, .peer = &peer, .task = x->v->task};
	Medlock__ReleaseReply *reply = NULL;
	enum err e = vault_peer_of(x->v, &peer, BYTES_ID(*custodian));

	if (e != ERR_OK)
		return err_set(info, ERR_NETWORK, "custodian %u has no address in the network row", (unsigned)index);
	e = x->v->keys.release_request(x->v->keys.self, &request, x->w->request, &x->w->record, x->w->form, custodian,
			info);
	if (e == ERR_OK)
		e = buf_error(&request);
	if (e == ERR_OK)
		e = peer_release(&call, &reply, buf_bytes(&request), info);
	buf_release(&request);
	TRY(e);
	buf_append_bytes(ret_sealed, wire_bytes(reply->sealed));
	if (reply->index != index)
		e = err_set(info, ERR_CUSTODIAN, "%s answers as another custodian", peer.url);
	WIRE_FREE(reply);
	return e == ERR_OK ? buf_error(ret_sealed) : e;
}

static enum err ask_one(struct release *x, const Medlock__Custodian *c, struct err_info *info)
{
	uint8_t share[DECRYPTION_SHARE_SIZE], context[RELEASE_CONTEXT_SIZE];
	struct release_binding binding;
	struct account_id custodian;
	struct buf sealed = BUF_INIT;
	enum err e;

	if (c->account.len != sizeof(custodian.b))
		return err_set(info, ERR_FORMAT, "a custodian in the network row");
	ID_COPY(custodian, c->account.data);
	e = call_custodian(x, &sealed, &custodian, c->index, info);
	if (e == ERR_OK) {
		e = x->v->keys.release_open(x->v->keys.self, share, x->w->request, &x->w->record, x->w->form,
				&custodian,
					    x->r->key_generation, capsule_u(&x->capsule), buf_bytes(&sealed), info);
		if (e == ERR_DECRYPT || e == ERR_TRUNCATED || e == ERR_FORMAT || e == ERR_TOO_LARGE)
			e = err_set(info, ERR_CUSTODIAN, "the answer of custodian %u does not open",
					(unsigned)c->index);
	}
	if (e == ERR_OK) {
		bind(&binding, x, &custodian);
		release_context(context, &binding);
		e = judge(x, share, c->index, bytes_of(context, sizeof(context)), info);
	}
	buf_release(&sealed);
	secret_wipe(share, sizeof(share));
	return e;
}

static void shuffle(size_t *order, size_t count, const struct rng *rng)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		const size_t j = (size_t)rng_below(rng, i), kept = order[i - 1];

		order[i - 1] = order[j];
		order[j] = kept;
	}
}

static enum err gather(struct release *x, struct err_info *info)
{
	size_t order[THRESHOLD_N_MAX];

	shuffle(order, x->v->row->n_custodians, x->v->rng);
	for (size_t i = 0; i < x->v->row->n_custodians && x->good_count < x->key.t; i++) {
		const Medlock__Custodian *c = x->v->row->custodians[order[i]];
		struct err_info words = {0};
		enum err e = ask_one(x, c, &words);

		if (vault_is_final(e))
			return err_set(info, e, "%s", words.detail);
		note(x, wire_bytes(c->account), e, &words);
		task_progress(x->v->task, "asking custodians", x->good_count, x->key.t);
	}
	if (x->good_count >= x->key.t)
		return ERR_OK;
	return err_set(info, x->worst != ERR_OK ? x->worst : ERR_NETWORK, "%zu of %u custodians released: %s",
			x->good_count,
		       (unsigned)x->key.t, x->words.detail);
}

/* The wrapped file key of the blob at hand. */
static enum err unwrap(struct release *x, struct secret **ret, const struct capsule_key *key, struct err_info *info)
{
	struct age_header *h = calloc(1, sizeof(*h));
	const struct age_stanza *s = NULL;
	struct secret *file_key = NULL;
	char generation[NUMBER_TEXT];
	enum err e = h == NULL ? ERR_MEMORY : vault_header(h, x->v, x->r, info);

	(void)snprintf(generation, sizeof(generation), "%u", (unsigned)x->r->key_generation);
	if (e == ERR_OK) {
		s = age_header_find(h, MEDLOCK_STANZA);
		if (s == NULL || s->args_count != 2 || strcmp(s->args[0], MEDLOCK_STANZA_VERSION) != 0 ||
		    strcmp(s->args[1], generation) != 0 || s->body.len != CAPSULE_BODY_SIZE)
			e = err_set(info, ERR_FORMAT, "the blob has no key for the custodians");
	}
	if (e == ERR_OK)
		e = secret_new(&file_key, CAPSULE_FILE_KEY_SIZE);
	if (e == ERR_OK)
		e = capsule_unwrap(file_key->data, key, x->capsule.b, s->body.data);
	if (e == ERR_OK)
		e = age_header_check(h, file_key);
	if (h != NULL)
		age_header_release(h);
	free(h);
	if (e != ERR_OK) {
		file_key = secret_free(file_key);
		return e == ERR_DECRYPT ? err_set(info, e, "the released key does not open this blob") : e;
	}
	*ret = file_key;
	return ERR_OK;
}

static enum err check_capsule(struct release *x, struct err_info *info)
{
	const Medlock__RecordState *s = x->w->state;
	struct account_id depositor;
	struct hash32 label;
	enum err e;

	if (x->r->capsule.len != CAPSULE_SIZE || s->depositor.len != sizeof(depositor.b))
		return err_set(info, ERR_FORMAT, "the record's capsule");
	if (x->r->key_generation != x->v->row->key_generation)
		return err_set(info, ERR_CONFLICT, "the custodians' key was changed after this deposit");
	memcpy(x->capsule.b, x->r->capsule.data, sizeof(x->capsule.b));
	ID_COPY(depositor, s->depositor.data);
	e = deposit_label(&label, &x->v->network, &depositor, s->deposit);
	if (e == ERR_OK)
		e = capsule_check(&x->capsule, BYTES_ID(label));
	return e == ERR_OK ? e : err_set(info, e, "the record's capsule was not made for this record");
}

static enum err run(struct release *x, struct secret **ret, struct err_info *info)
{
	struct capsule_key key;
	enum err e;

	TRY(vault_fetch(x->v, x->w, false, info));
	TRY(vault_threshold_key(&x->key, x->v->row, info));
	TRY(check_capsule(x, info));
	TRY(gather(x, info));
	e = capsule_combine(&key, &x->key, &x->capsule, x->good, x->good_count);
	if (e != ERR_OK)
		return err_set(info, e, "combining the shares");
	e = unwrap(x, ret, &key, info);
	capsule_key_wipe(&key);
	return e;
}

enum err release_key(struct vault *v, struct secret **ret_file_key, struct release_report *report,
		     const struct release_wish *wish, struct err_info *info)
{
	const Medlock__Rendition *r = vault_rendition(wish);
	struct release *x;
	enum err e;

	ASSERT(wish->request != NULL);
	if (r == NULL)
		return err_set(info, ERR_NOT_FOUND, "the record has no such form");
	x = calloc(1, sizeof(*x));
	if (x == NULL)
		return err_set(info, ERR_MEMORY, "a release");
	x->v = v;
	x->w = wish;
	x->r = r;
	x->report = report;
	e = run(x, ret_file_key, info);
	secret_wipe(x, sizeof(*x));
	free(x);
	return e;
}
