/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/receipt.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/internal.h"

/* ---- from the list: the change, and the keys released ----------------------------------------------- */

/* One key of one record for one request, however many custodians had a share in it. */
struct released {
	size_t copy; /* place in the receipt */
	struct record_id record;
	uint64_t n;  /* of its first event */
};
struct gather {
	struct app_receipt *receipt;
	uint64_t wanted; /* version; 0: newest */
	uint64_t n;      /* of the change's event; 0: not met */
	struct released *released;
	size_t count, size, copies_size;
};

static bool changes_policy(const Medlock__Event *e)
{
	return e->kind == ACTION_CONSENT_SET || e->kind == ACTION_CONSENT_PAUSE ||
	       (e->kind == ACTION_ACCESS_ANSWER && e->n_rules_put > 0);
}

static void take_change(struct gather *g, const Medlock__Event *e)
{
	if (g->wanted != 0 && e->policy_version != g->wanted)
		return;
	g->n = e->n;
	g->receipt->version = e->policy_version;
	g->receipt->height = e->height;
	g->receipt->at.v = e->time;
	g->receipt->paused = e->kind == ACTION_CONSENT_PAUSE && e->paused;
}

/* Room for one item more, at least doubled. */
static enum err grow(void **list, size_t *size, size_t count, size_t item)
{
	size_t wanted = *size ? 2 * *size : 16;
	void *grown;

	if (count < *size)
		return ERR_OK;
	grown = realloc(*list, wanted * item);
	if (grown == NULL)
		return ERR_MEMORY;
	*list = grown;
	*size = wanted;
	return ERR_OK;
}

static size_t place_of(const struct app_receipt *r, ProtobufCBinaryData request)
{
	size_t i = 0;

	while (i < r->copy_count && !bytes_equal(wire_bytes(request), BYTES_ID(r->copies[i].request)))
		i++;
	return i;
}

static enum err add_copy(struct gather *g, const Medlock__Event *e)
{
	struct app_receipt *r = g->receipt;
	void *list = r->copies;

	TRY(grow(&list, &g->copies_size, r->copy_count, sizeof(*r->copies)));
	r->copies = list;
	r->copies[r->copy_count] = (struct app_receipt_copy){.purpose = "", .form = ""};
	if (e->request.len == ID_SIZE)
		ID_COPY(r->copies[r->copy_count].request, e->request.data);
	r->copy_count++;
	return ERR_OK;
}

/* Who asked stands in the event of the request. */
static enum err take_request(struct gather *g, const Medlock__Event *e)
{
	struct app_receipt *r = g->receipt;
	size_t i = place_of(r, e->request);

	if (i == r->copy_count)
		TRY(add_copy(g, e));
	if (e->actor.len == ID_SIZE)
		ID_COPY(r->copies[i].who, e->actor.data);
	r->copies[i].purpose = code_text(CODES_PURPOSE, e->purpose);
	r->copies[i].emergency = e->emergency;
	return ERR_OK;
}

static enum err take_record(struct gather *g, const Medlock__Event *e, size_t copy, const Medlock__Decided *d)
{
	struct released *x;
	void *list = g->released;

	for (size_t i = 0; i < g->count; i++)
		if (g->released[i].copy == copy && bytes_equal(wire_bytes(d->record), BYTES_ID(g->released[i].record)))
			return ERR_OK;
	TRY(grow(&list, &g->size, g->count, sizeof(*g->released)));
	g->released = list;
	x = &g->released[g->count++];
	*x = (struct released){.copy = copy, .n = e->n};
	if (d->record.len == ID_SIZE)
		ID_COPY(x->record, d->record.data);
	if (d->form == FORM_FULL || g->receipt->copies[copy].form[0] == '\0')
		g->receipt->copies[copy].form = d->form ? code_text(CODES_FORM, d->form) : "";
	g->receipt->copies[copy].last.v = e->time;
	return ERR_OK;
}

static enum err take_release(struct gather *g, const Medlock__Event *e)
{
	size_t copy = place_of(g->receipt, e->request);

	if (copy == g->receipt->copy_count)
		TRY(add_copy(g, e));
	for (size_t i = 0; i < e->n_records; i++)
		TRY(take_record(g, e, copy, e->records[i]));
	return ERR_OK;
}

static enum err take(void *self, const Medlock__Event *e, struct bytes raw)
{
	struct gather *g = self;

	(void)raw;
	if (changes_policy(e))
		take_change(g, e);
	if (e->kind == ACTION_ACCESS_REQUEST)
		return take_request(g, e);
	return e->kind == ACTION_RELEASE_RECEIPT ? take_release(g, e) : ERR_OK;
}

static void count_released(struct gather *g)
{
	struct app_receipt *r = g->receipt;
	size_t kept = 0;

	for (size_t i = 0; i < g->count; i++) {
		bool before = g->released[i].n < g->n;

		r->copies[g->released[i].copy].records += before;
		r->copies[g->released[i].copy].later += !before;
		r->records += before;
		r->later += !before;
	}
	for (size_t i = 0; i < r->copy_count; i++)
		if (r->copies[i].records + r->copies[i].later > 0)
			r->copies[kept++] = r->copies[i];
	r->copy_count = kept;
}

static enum err read_list(struct app *a, struct app_receipt *ret, uint64_t version, struct err_info *info)
{
	struct gather g = {.receipt = ret, .wanted = version};
	enum err e = replica_events(a->replica, &a->owner, 1, UINT64_MAX, take, &g, info);

	if (e == ERR_OK && g.n == 0)
		e = version ? err_set(info, ERR_NOT_FOUND, "your list has no change of the rules to version %llu",
				      (unsigned long long)version)
			    : err_set(info, ERR_NOT_FOUND, "your list has no change of the rules yet");
	if (e == ERR_OK)
		count_released(&g);
	free(g.released);
	return e;
}

/* ---- from the peers --------------------------------------------------------------------------------- */

static bool is_custodian(const struct app *a, const char *url)
{
	for (size_t i = 0; a->network != NULL && i < a->network->n_peers; i++) {
		const Medlock__Peer *p = a->network->peers[i];

		if (strcmp(p->url, url) != 0)
			continue;
		for (size_t k = 0; k < a->network->n_custodians; k++)
			if (bytes_equal(wire_bytes(a->network->custodians[k]->account), wire_bytes(p->account)))
				return true;
	}
	return false;
}

static enum err ask_peers(struct app *a, struct app_receipt *ret)
{
	ret->peers = calloc(a->link.count + 1, sizeof(*ret->peers));
	if (ret->peers == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < a->link.count; i++) {
		struct app_receipt_peer *p = &ret->peers[ret->peer_count++];
		struct peer_call call;
		Medlock__StatusReply *status;

		snprintf(p->url, sizeof(p->url), "%s", a->link.peers[i].address.url);
		p->custodian = is_custodian(a, p->url);
		if (link_call(&a->link, &call, i, false, NULL) != ERR_OK || peer_status(&call, &status, NULL) != ERR_OK)
			continue;
		p->answered = true;
		p->height = status->height;
		p->reached = p->height >= ret->height;
		ret->peers_at_height += p->reached;
		WIRE_FREE(status);
	}
	return ERR_OK;
}

enum err app_consent_receipt(struct app *a, struct app_receipt *ret, uint64_t version, struct err_info *info)
{
	struct app_receipt made = {0};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = read_list(a, &made, version, info);
	if (e == ERR_OK)
		e = ask_peers(a, &made);
	if (e != ERR_OK) {
		app_receipt_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

void app_receipt_release(struct app_receipt *r)
{
	if (r == NULL)
		return;
	free(r->peers);
	free(r->copies);
	*r = (struct app_receipt){0};
}
