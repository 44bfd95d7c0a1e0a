/* SPDX-License-Identifier: Apache-2.0 */
/* A blob into the cache: from where the last download stopped, from the next peer when one fails, checked by its
 * name. */
#include "core/vault/internal.h"

struct fetch {
	struct vault *v;
	const struct release_wish *wish;
	const struct peer_address *peer;
	struct blob_id id;
	uint64_t size;
	struct buf ticket, piece;
	struct peer_call call;
	int64_t ticket_at;
	bool has_ticket;
};

const Medlock__Rendition *vault_rendition(const struct release_wish *w)
{
	const Medlock__RecordDeposit *d = w->state->deposit;

	for (size_t i = 0; d != NULL && i < d->n_renditions; i++)
		if (d->renditions[i]->form == w->form)
			return d->renditions[i]->blob.len == ID_SIZE && d->renditions[i]->size > 0 &&
					       d->renditions[i]->size <= RECORD_SIZE_MAX ? d->renditions[i] : NULL;
	return NULL;
}

static enum err refresh(struct fetch *f, struct err_info *info)
{
	const struct clock *c = f->v->clock;
	const int64_t now = c->steady_ms(c->self);
	const struct record_id *record = f->wish->request != NULL ? &f->wish->record : NULL;

	if (f->has_ticket && now - f->ticket_at < VAULT_TICKET_MS)
		return ERR_OK;
	buf_clear(&f->ticket);
	TRY(f->v->keys.ticket(f->v->keys.self, &f->ticket, f->peer, TICKET_GET, &f->id, 0, f->wish->request, record,
			info));
	TRY(buf_error(&f->ticket));
	f->call.authorization = buf_text(&f->ticket);
	f->ticket_at = now;
	f->has_ticket = true;
	return ERR_OK;
}

static enum err pull(struct fetch *f, uint64_t *ret_begun_at, struct err_info *info)
{
	struct blob_store *store = cache_store(f->v->cache);
	struct peer_blob at;
	uint64_t have = 0;
	enum err e = blob_store_begin(store, &have, &f->id, f->size, info);

	if (e == ERR_DUPLICATE)
		return ERR_OK;
	TRY(e);
	*ret_begun_at = have;
	while (have < f->size) {
		TRY(task_check(f->v->task));
		TRY(refresh(f, info));
		buf_clear(&f->piece);
		TRY(peer_blob_get(&f->call, &f->piece, &at, &f->id, have, VAULT_PIECE, info));
		if (at.size != f->size || f->piece.len == 0)
			return err_set(info, ERR_PEER, "%s has another size of the blob than the ledger says",
					f->peer->url);
		TRY(blob_store_write(store, &have, &f->id, have, buf_bytes(&f->piece), info));
		task_progress(f->v->task, "downloading", have, f->size);
	}
	return blob_store_finish(store, &f->id, f->v->task, info);
}

static enum err pull_from(struct vault *v, const struct release_wish *w, const struct peer_address *peer,
			  const struct blob_id *id, uint64_t size, struct err_info *info)
{
	struct fetch f = {.v = v, .wish = w, .peer = peer, .id = *id, .size = size,
			  .call = {.http = v->http, .peer = peer, .task = v->task}};
	uint64_t begun_at = 0;
	enum err e = pull(&f, &begun_at, info);

	/* The bytes that were here before may be the wrong ones: once more from the start. */
	if (e == ERR_BLOB && begun_at > 0)
		e = pull(&f, &begun_at, info);
	buf_release(&f.ticket);
	buf_release(&f.piece);
	return e;
}

static enum err fetch_from_peers(struct vault *v, const struct release_wish *w, const struct blob_id *id, uint64_t size,
				 struct err_info *info)
{
	struct peer_address peers[PEERS_MAX];
	const size_t count = vault_peers(v, peers, PEERS_MAX);
	enum err e = err_set(info, ERR_NETWORK, "the network names no peer");

	TRY(cache_room(v->cache, size, info));
	for (size_t i = 0; i < count; i++) {
		e = pull_from(v, w, &peers[i], id, size, info);
		if (e == ERR_OK || vault_is_final(e))
			return e;
	}
	return e;
}

enum err vault_fetch(struct vault *v, const struct release_wish *wish, bool pin, struct err_info *info)
{
	const Medlock__Rendition *r = vault_rendition(wish);
	struct blob_id id;

	if (r == NULL)
		return err_set(info, ERR_NOT_FOUND, "the record has no such form");
	memcpy(id.b, r->blob.data, sizeof(id.b));
	if (!cache_has(v->cache, &id)) {
		if (v->http == NULL)
			return err_set(info, ERR_NETWORK, "the record is not in the cache");
		TRY(fetch_from_peers(v, wish, &id, r->size, info));
	}
	return pin && cache_may_stay(v->cache, r->size) ? cache_pin(v->cache, &id, true, info) : ERR_OK;
}
