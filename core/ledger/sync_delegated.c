/* SPDX-License-Identifier: Apache-2.0 */
/* Light: those whom the own account acts for.  A peer serves their rows while the proxy stands; what it no longer serves
 * stays as it was proven, and its height says how old it is.
 */
#include <stdlib.h>

#include "chain/contract/proxy.h"
#include "core/ledger/replica_internal.h"

#define EDGE_MS RELEASE_CLOCK_MS /* our clock and a peer's may differ by so much */

/* By the stored row: do we act for her at this time? */
static bool stands(struct replica *r, const struct account_id *owner, int64_t now)
{
	struct state_key key = state_key_proxies(owner);
	Medlock__ProxiesState *row = NULL;
	struct buf value = BUF_INIT;
	bool yes = replica_get(r, &value, NULL, state_key_bytes(&key), NULL) == ERR_OK &&
		   WIRE_DECODE(&row, medlock__proxies_state, buf_bytes(&value), REPLICA_VALUE_DECODED_MAX, NULL) == ERR_OK &&
		   proxy_allows(row, &r->account, 0, (struct time_ms){now}) == ERR_OK;

	WIRE_FREE(row);
	buf_release(&value);
	return yes;
}

/* Named without doubt, so that a peer that does not give her rows withholds them. */
static bool is_owed(struct replica *r, const struct peer_call *call, const struct account_id *owner)
{
	struct state_key key = state_key_proxies(owner);
	int64_t now = r->clock->now(r->clock->self).v;

	return sync_prove(r, NULL, call, state_key_bytes(&key), NULL, NULL) == ERR_OK && stands(r, owner, now - EDGE_MS) &&
	       stands(r, owner, now + EDGE_MS);
}

/* ERR_NOT_FOUND for the row of proxies: taken back since our list was read, which the next sync shows. */
static enum err sync_owner(struct replica *r, struct replica_sync_report *report, const struct peer_call *call,
			   const struct account_id *owner, struct err_info *info)
{
	struct state_key key = state_key_proxies(owner);
	enum err e = sync_prove(r, NULL, call, state_key_bytes(&key), NULL, info);

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !stands(r, owner, r->clock->now(r->clock->self).v)))
		return ERR_OK;
	if (e == ERR_OK)
		e = sync_account(r, report, call, owner, info);
	return e == ERR_INCOMPLETE && !is_owed(r, call, owner) ? ERR_OK : e;
}

/* Her list named it; one that is not given stays on the list. */
static enum err sync_record(struct replica *r, const struct peer_call *call, const struct hash32 *name, struct err_info *info)
{
	struct record_id id, earlier;
	struct state_key key;
	Medlock__RecordState *record = NULL;
	enum err e;

	ID_COPY(id, name->b);
	key = state_key_record(&id);
	e = sync_prove(r, NULL, call, state_key_bytes(&key), NULL, info);
	if (e != ERR_OK)
		return e == ERR_NOT_FOUND ? ERR_OK : e;
	e = replica_record(r, &record, &id, info);
	if (e == ERR_OK && record->deposit->supersedes.len == ID_SIZE) {
		ID_COPY(earlier, record->deposit->supersedes.data);
		key = state_key_record(&earlier);
		e = sync_prove(r, NULL, call, state_key_bytes(&key), NULL, info);
	}
	WIRE_FREE(record);
	if (e == ERR_OK || e == ERR_NOT_FOUND)
		e = replica_unwatch(r, WATCH_DELEGATED, BYTES_ID(*name), info);
	return e;
}

static enum err sync_records(struct replica *r, const struct peer_call *call, struct err_info *info)
{
	struct id_list list = {0};
	enum err e = replica_watched(r, &list, WATCH_DELEGATED, info);

	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		task_progress(call->task, "records", i, list.count);
		e = task_check(call->task);
		if (e == ERR_OK)
			e = sync_record(r, call, &list.ids[i], info);
	}
	free(list.ids);
	return e;
}

enum err sync_delegated(struct replica *r, struct replica_sync_report *report, const struct peer_call *call,
			struct err_info *info)
{
	struct id_list owners = {0};
	enum err e = replica_watched(r, &owners, WATCH_PROXY, info);

	for (size_t i = 0; e == ERR_OK && i < owners.count; i++) {
		struct account_id owner;

		ID_COPY(owner, owners.ids[i].b);
		e = task_check(call->task);
		if (e == ERR_OK)
			e = sync_owner(r, report, call, &owner, info);
	}
	if (e == ERR_OK && owners.count > 0)
		e = sync_records(r, call, info);
	free(owners.ids);
	return e;
}
