/* SPDX-License-Identifier: Apache-2.0 */
/* One blob of the cache to the peers, in pieces, from where each peer stands. */
#include "core/vault/internal.h"

#define CONFLICTS_MAX 4

struct upload {
	struct vault *v;
	const struct peer_address *peer;
	const struct blob_id *id;
	uint64_t size;
	struct buf ticket, piece;
	struct peer_call call;
	int64_t ticket_at;
	bool has_ticket;
};

static enum err refresh(struct upload *u, struct err_info *info)
{
	const struct clock *c = u->v->clock;
	const int64_t now = c->steady_ms(c->self);

	if (u->has_ticket && now - u->ticket_at < VAULT_TICKET_MS)
		return ERR_OK;
	buf_clear(&u->ticket);
	TRY(u->v->keys.ticket(u->v->keys.self, &u->ticket, u->peer, TICKET_PUT, u->id, u->size, NULL, NULL, info));
	TRY(buf_error(&u->ticket));
	u->call.authorization = buf_text(&u->ticket);
	u->ticket_at = now;
	u->has_ticket = true;
	return ERR_OK;
}

static enum err where(struct upload *u, struct peer_blob *ret, struct err_info *info)
{
	enum err e = peer_blob_head(&u->call, ret, u->id, info);

	if (e == ERR_NOT_FOUND) {
		*ret = (struct peer_blob){0, u->size};
		return ERR_OK;
	}
	if (e == ERR_OK && ret->size != u->size)
		return err_set(info, ERR_PEER, "%s says another size of the blob", u->peer->url);
	return e;
}

static enum err send_piece(struct upload *u, struct peer_blob *at, struct err_info *info)
{
	enum err e;

	buf_clear(&u->piece);
	e = blob_store_read(cache_store(u->v->cache), &u->piece, u->id, at->held, VAULT_PIECE);
	if (e != ERR_OK || u->piece.len == 0)
		return err_set(info, e == ERR_OK ? ERR_DAMAGED : e, "reading the cache");
	return peer_blob_put(&u->call, at, u->id, at->held, u->size, buf_bytes(&u->piece), info);
}

static enum err upload_to(struct upload *u, struct err_info *info)
{
	struct peer_blob at;
	int conflicts = 0;
	enum err e;

	TRY(refresh(u, info));
	TRY(where(u, &at, info));
	while (at.held < u->size) {
		const uint64_t before = at.held;

		TRY(task_check(u->v->task));
		TRY(refresh(u, info));
		e = send_piece(u, &at, info);
		if (e == ERR_CONFLICT && ++conflicts <= CONFLICTS_MAX)
			e = where(u, &at, info);
		else if (e == ERR_OK && (at.held <= before || at.size != u->size))
			e = err_set(info, ERR_PEER, "%s takes a piece and does not count it", u->peer->url);
		TRY(e);
		task_progress(u->v->task, "uploading", at.held, u->size);
	}
	return ERR_OK;
}

enum err vault_upload(struct vault *v, uint32_t *ret_copies, const struct blob_id *id, uint64_t size,
		struct err_info *info)
{
	const uint32_t named = v->row->parameters != NULL ? v->row->parameters->copies : 0, wanted = named > 0
			? named : 1;
	struct peer_address peers[PEERS_MAX];
	const size_t count = vault_peers(v, peers, PEERS_MAX);
	enum err e = err_set(info, ERR_NETWORK, "the network names no peer");
	uint32_t copies = 0;

	for (size_t i = 0; i < count && copies < wanted; i++) {
		struct upload u = {.v = v, .peer = &peers[i], .id = id, .size = size,
				   .call = {.http = v->http, .peer = &peers[i], .task = v->task}};

		e = upload_to(&u, info);
		buf_release(&u.ticket);
		buf_release(&u.piece);
		if (vault_is_final(e))
			return e;
		copies += e == ERR_OK;
	}
	if (copies < wanted)
		return err_wrap(info, e == ERR_OK ? ERR_NETWORK : e, "%u of %u copies", copies, wanted);
	*ret_copies = copies;
	return ERR_OK;
}
