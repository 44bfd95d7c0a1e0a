/* SPDX-License-Identifier: Apache-2.0 */
/* Peers in turn: the first that serves and does not lie. */
#include "core/ledger/replica_internal.h"

static bool is_lie(enum err e)
{
	return e == ERR_CHAIN || e == ERR_PROOF || e == ERR_INCOMPLETE || e == ERR_APP_HASH || e == ERR_FORMAT ||
	       e == ERR_NOT_CANONICAL;
}

/* Our own trouble, which another peer would not mend and this one is not to blame for. */
static bool is_ours(enum err e)
{
	return e == ERR_CANCELLED || e == ERR_LOCKED || e == ERR_KEYHOLDER || e == ERR_DISK_FULL || e == ERR_DAMAGED ||
	       e == ERR_BUSY || e == ERR_IO || e == ERR_MEMORY;
}

/* Nothing that could be judged came from this peer: another one is asked. */
static bool is_no_answer(enum err e)
{
	return e == ERR_NETWORK || e == ERR_TIMEOUT || e == ERR_TLS || e == ERR_PEER || e == ERR_BUSY_PEER;
}

/* A wrong clock makes every ticket void: say so, instead of what the peer makes of it. */
static enum err check_clock(const struct link *l, const Medlock__StatusReply *status, struct err_info *info)
{
	int64_t apart = (l->clock->now(l->clock->self).v - status->clock) / MS_PER_SECOND;

	if (apart <= RELEASE_CLOCK_MS / MS_PER_SECOND && apart >= -(RELEASE_CLOCK_MS / MS_PER_SECOND))
		return ERR_OK;
	return err_set(info, ERR_CLOCK, "it is %lld s %s the peer's", (long long)(apart < 0 ? -apart : apart),
		       apart < 0 ? "behind" : "ahead of");
}

static enum err ask_status(struct link *l, uint64_t *ret_tip, size_t peer, struct err_info *info)
{
	Medlock__StatusReply *status;
	struct peer_call call;
	enum err e = ERR_OK;

	TRY(link_call(l, &call, peer, false, info));
	TRY(peer_status(&call, &status, info));
	if (!bytes_equal(wire_bytes(status->network_id), BYTES_ID(l->network)))
		e = err_set(info, ERR_NETWORK_ID, "%s serves another network", l->peers[peer].address.url);
	if (e == ERR_OK)
		e = check_clock(l, status, info);
	*ret_tip = status->height;
	WIRE_FREE(status);
	return e;
}

static enum err sync_peer(struct replica *r, struct replica_sync_report *report, struct link *l, size_t peer,
			  struct err_info *info)
{
	struct peer_call call;
	uint64_t tip;

	TRY(ask_status(l, &tip, peer, info));
	l->peers[peer].height = tip;
	report->tip = tip > report->tip ? tip : report->tip;
	if (!r->full)
		return sync_light(r, report, l, peer, tip, info);
	TRY(link_call(l, &call, peer, true, info));
	return sync_full(r, report, &call, tip, info);
}

enum err replica_sync(struct replica *r, struct replica_sync_report *ret, struct link *l, struct err_info *info)
{
	struct replica_sync_report report = {0};
	enum err e = ERR_NETWORK;

	if (l->count == 0)
		return err_set(info, e, "no peer is known");
	TRY(replica_check_tip(r, info));
	for (size_t i = 0; i < l->count; i++) {
		if (l->peers[i].state == LINK_DROPPED)
			continue;
		e = sync_peer(r, &report, l, i, info);
		if (is_lie(e)) /* the peer's own failures name it already */
			err_wrap(info, e, "%s", l->peers[i].address.url);
		if (is_ours(e))
			break;
		l->peers[i].state = e == ERR_OK ? LINK_OK : is_lie(e) ? LINK_DROPPED : LINK_UNREACHABLE;
		if (e == ERR_OK)
			break;
	}
	if (replica_tip(r, &report.height, NULL) == ERR_OK)
		*ret = report;
	return e;
}

enum err replica_prove(struct replica *r, struct buf *ret, struct link *l, struct bytes key,
		       const struct request_id *request, struct err_info *info)
{
	struct peer_call call;
	enum err e = ERR_NETWORK;

	if (r->full)
		return replica_get(r, ret, NULL, key, info);
	if (l->count == 0)
		return err_set(info, e, "no peer is known");
	for (size_t i = 0; i < l->count; i++) {
		if (l->peers[i].state == LINK_DROPPED)
			continue;
		TRY(link_call(l, &call, i, true, info));
		e = sync_prove(r, ret, &call, key, request, info);
		if (!is_lie(e) && !is_no_answer(e))
			return e;
		l->peers[i].state = is_lie(e) ? LINK_DROPPED : LINK_UNREACHABLE;
	}
	return e;
}
