/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/submit.h"

#include <poll.h>

#include "core/crypto/hash.h"
#include "core/ledger/replica_internal.h"

void submitted_release(struct submitted *s)
{
	if (s != NULL)
		buf_release(&s->data);
}

void submit_describe(struct buf *out, const Medlock__Body *body)
{
	contract_describe(out, body);
}

/* Peers that may be asked, in order. */
static bool usable(const struct link *l, size_t peer)
{
	return l->peers[peer].state != LINK_DROPPED;
}

/* The newest height a peer claims; what is valid until too far ahead would be refused. */
static enum err newest_height(struct submitter *s, uint64_t *ret, struct err_info *info)
{
	enum err e = ERR_NETWORK;
	Medlock__StatusReply *status;
	struct peer_call call;

	for (size_t i = 0; i < s->link->count; i++) {
		if (!usable(s->link, i))
			continue;
		TRY(link_call(s->link, &call, i, false, info));
		e = peer_status(&call, &status, info);
		if (e != ERR_OK)
			continue;
		*ret = status->height;
		WIRE_FREE(status);
		return ERR_OK;
	}
	return s->link->count ? e : err_set(info, e, "no peer is known");
}

/* From the newest verified header: a peer that claims a far one could let in days later what it called refused.  Only
 * who has no header yet takes a peer's word.
 */
static enum err base_height(struct submitter *s, uint64_t *ret, struct err_info *info)
{
	if (s->replica != NULL && replica_tip(s->replica, ret, NULL) == ERR_OK && *ret > 0)
		return ERR_OK;
	return newest_height(s, ret, info);
}

/* Names of what the transaction makes, known before it is sent. */
static enum err fill_names(struct submitted *ret, struct bytes body, const struct account_id *account)
{
	struct hash32 hash = hash_sha256(body);

	ret->record = tx_record_id(&hash, account);
	ret->request = tx_request_id(&hash, account);
	return ERR_OK;
}

static enum err sign_filled(struct submitter *s, struct submitted *ret, struct buf *ret_tx, const Medlock__Body *body,
				struct err_info *info)
{
	struct buf bytes = BUF_INIT;
	struct hash32 hash;
	struct signature signature;
	enum err e = tx_body_encode(&bytes, &hash, body);

	if (e == ERR_OK)
		e = keyholder_sign_body(s->keys, &signature, buf_bytes(&bytes), info);
	if (e == ERR_OK)
		e = tx_assemble(ret_tx, &ret->tx, buf_bytes(&bytes), &s->link->account, &signature);
	if (e == ERR_OK)
		e = fill_names(ret, buf_bytes(&bytes), &s->link->account);
	buf_release(&bytes);
	return e;
}

enum err submit_sign(struct submitter *s, struct submitted *ret, struct buf *ret_tx, Medlock__Body *body,
		     struct err_info *info)
{
	const struct rng *rng = s->rng ? s->rng : rng_system();
	uint8_t salt[TX_SALT_SIZE];
	uint64_t height = 0;
	enum err e;

	TRY(base_height(s, &height, info));
	rng_fill(rng, salt, sizeof(salt));
	body->network_id = wire_data(BYTES_ID(s->link->network));
	body->salt = wire_data(bytes_of(salt, sizeof(salt)));
	body->valid_until = height + SUBMIT_AHEAD;
	e = sign_filled(s, ret, ret_tx, body, info);
	body->network_id = (ProtobufCBinaryData){0};
	body->salt = (ProtobufCBinaryData){0};
	return e;
}

/* A result as the ledger's own error. */
static enum err error_of(uint32_t code, struct err_info *info)
{
	enum err e = (enum err)-(int32_t)code;

	if (code == 0)
		return ERR_OK;
	if (err_row(e)->err != e)
		return err_set(info, ERR_PEER, "an unknown result %u", code);
	return err_set(info, e, "the ledger refused the transaction");
}

static enum err take_reply(struct submitted *ret, const Medlock__TxReply *reply)
{
	ret->height = reply->height;
	ret->index = reply->index;
	ret->code = reply->code;
	buf_clear(&ret->data);
	buf_append_bytes(&ret->data, wire_bytes(reply->data));
	return buf_error(&ret->data);
}

/* Its place in a block, against a header of ours.  A full replica knows the result as well: it executed the block. */
static enum err look_up(struct submitter *s, struct submitted *ret, struct err_info *info)
{
	struct replica_sync_report report;
	struct replica_tx t = {0};
	enum err e;

	TRY(replica_sync(s->replica, &report, s->link, info));
	e = replica_tx(s->replica, &t, s->link, &ret->tx, info);
	if (e == ERR_OK && t.proven) {
		ret->proven = true;
		ret->height = t.height;
		ret->index = t.index;
		ret->code = t.code;
	}
	replica_tx_release(&t);
	return e == ERR_NOT_FOUND || e == ERR_NETWORK || e == ERR_TIMEOUT || e == ERR_BUSY_PEER ? ERR_OK : e;
}

/* "It is in a block" is the peer's word until a header that we verified says so too: a lost withdrawal or revocation
 * must not look done.  Another peer may be a little behind the one that took it.
 */
static enum err prove_place(struct submitter *s, struct submitted *ret, struct err_info *info)
{
	const struct clock *clock = s->link->clock;
	int64_t until = clock->steady_ms(clock->self) + SUBMIT_PROOF_MS;

	if (s->replica == NULL)
		return ERR_OK;
	for (;;) {
		TRY(look_up(s, ret, info));
		if (ret->proven)
			return error_of(ret->code, info);
		if (clock->steady_ms(clock->self) >= until)
			return err_set(info, ERR_PROOF, "the peer says that it is in block %llu, and shows no proof",
				       (unsigned long long)ret->height);
		TRY(task_check(s->link->task));
		poll(NULL, 0, SUBMIT_RETRY_MS);
	}
}

/* One round: post to a peer and, when it was accepted without a block yet, wait for the next block there. */
static enum err post(struct submitter *s, struct submitted *ret, size_t peer, struct bytes tx, struct err_info *info)
{
	struct peer_call call;
	Medlock__TxReply *reply;
	Medlock__StatusReply *status;
	enum err e;

	TRY(link_call(s->link, &call, peer, false, info));
	TRY(peer_submit(&call, &reply, tx, info));
	e = take_reply(ret, reply);
	WIRE_FREE(reply);
	if (e != ERR_OK || ret->height > 0 || ret->code != 0)
		return e;
	if (peer_status_after(&call, &status, s->link->peers[peer].height, NULL) == ERR_OK) {
		s->link->peers[peer].height = status->height;
		WIRE_FREE(status);
	}
	return ERR_OK;
}

/* The peer or the way to it is at fault, not the transaction: it may be taken by another one, or a little later. */
static bool is_of_peer(enum err e)
{
	return e == ERR_NETWORK || e == ERR_TLS || e == ERR_PEER;
}

/* Worth waiting for. */
static bool is_slow(enum err e)
{
	return e == ERR_TIMEOUT || e == ERR_BUSY_PEER;
}

enum err submit_again(struct submitter *s, struct submitted *ret, struct bytes tx, struct err_info *info)
{
	int64_t until = s->link->clock->steady_ms(s->link->clock->self) + SUBMIT_WAIT_MS;
	enum err e = ERR_NETWORK;

	if (s->link->count == 0)
		return err_set(info, e, "no peer is known");
	for (size_t turn = 0; s->link->clock->steady_ms(s->link->clock->self) < until; turn++) {
		size_t peer = turn % s->link->count;

		TRY(task_check(s->link->task));
		if (usable(s->link, peer))
			e = post(s, ret, peer, tx, info);
		if (e == ERR_OK && ret->code != 0)
			return error_of(ret->code, info);
		if (e == ERR_OK && ret->height > 0)
			return prove_place(s, ret, info);
		if (e != ERR_OK && !is_slow(e) && (!is_of_peer(e) || turn + 1 >= SUBMIT_TURNS * s->link->count))
			return e;
		if (e != ERR_OK)
			poll(NULL, 0, SUBMIT_RETRY_MS);
	}
	if (e == ERR_OK)
		e = err_set(info, ERR_TIMEOUT, "the transaction is in no block after %d s", SUBMIT_WAIT_MS / 1000);
	return e;
}

enum err submit_action(struct submitter *s, struct submitted *ret, Medlock__Body *body, struct err_info *info)
{
	struct submitted done = {0};
	struct buf tx = BUF_INIT;
	enum err e = submit_sign(s, &done, &tx, body, info);

	if (e == ERR_OK)
		e = submit_again(s, &done, buf_bytes(&tx), info);
	buf_release(&tx);
	*ret = done;
	return e;
}
