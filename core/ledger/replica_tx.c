/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction: from our own blocks, or from a peer with its inclusion proof. */
#include "core/crypto/hash.h"
#include "core/ledger/replica_internal.h"

void replica_tx_release(struct replica_tx *t)
{
	if (t == NULL)
		return;
	buf_release(&t->tx);
	buf_release(&t->data);
}

static enum err body_at(struct replica *r, struct replica_tx *t, struct err_info *info)
{
	sqlite3_stmt *s;
	struct block block;
	bool row = false;
	enum err e;

	TRY(db_statement(&s, r->db, "SELECT body FROM block WHERE height = ?1", info));
	db_bind_int(s, 1, (int64_t)t->height);
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_OK)
		e = block_decode(&block, db_column_bytes(s, 0), info);
	if (e == ERR_OK) {
		if (t->index < block.tx_count)
			buf_append_bytes(&t->tx, block.txs[t->index]);
		block_release(&block);
	}
	db_done(s);
	return e;
}

static enum err own_tx(struct replica *r, struct replica_tx *t, const struct tx_id *id, struct err_info *info)
{
	sqlite3_stmt *s;
	bool row = false;
	enum err e;

	TRY(db_statement(
		&s, r->db, "SELECT height, position, code, data FROM tx WHERE id = ?1 ORDER BY seq LIMIT 1", info));
	db_bind_bytes(s, 1, BYTES_ID(*id));
	e = db_step(r->db, s, &row, info);
	if (e == ERR_OK && row) {
		t->height = (uint64_t)db_column_int(s, 0);
		t->index = (uint32_t)db_column_int(s, 1);
		t->code = (uint32_t)db_column_int(s, 2);
		db_column_append(&t->data, s, 3);
		t->proven = true;
	}
	db_done(s);
	if (e != ERR_OK)
		return e;
	return row ? body_at(r, t, info) : ERR_NOT_FOUND;
}

/* The peer's word, then its proof against a header that we verified. */
static enum err check_reply(struct replica *r, struct replica_tx *t, const Medlock__TxReply *reply,
				const struct tx_id *id, struct err_info *info)
{
	struct block_header header;
	struct hash32 data_hash, hash;
	uint32_t index;

	t->height = reply->height;
	t->index = reply->index;
	t->code = reply->code;
	buf_append_bytes(&t->data, wire_bytes(reply->data));
	if (reply->height == 0 || replica_read_header(r, &header, reply->height, NULL) != ERR_OK)
		return ERR_OK; /* not in a block that we hold yet */
	if (header.data_hash.len != ID_SIZE)
		return err_set(info, ERR_PROOF, "block %llu holds no transactions",
			       (unsigned long long)reply->height);
	ID_COPY(data_hash, header.data_hash.b);
	if (inclusion_verify(&index, wire_bytes(reply->inclusion), &data_hash, id) != ERR_OK || index != reply->index)
		return err_set(info, ERR_PROOF, "the transaction is not where the peer says");
	t->proven = true;
	hash = hash_sha256(wire_bytes(reply->body));
	if (reply->body.len > 0 && ID_EQUAL(hash, *id))
		buf_append_bytes(&t->tx, wire_bytes(reply->body));
	return buf_error(&t->tx);
}

static enum err ask_peer(struct replica *r, struct replica_tx *t, struct link *l, size_t peer, const struct tx_id *id,
			 struct err_info *info)
{
	Medlock__TxReply *reply;
	struct peer_call call;
	enum err e;

	replica_tx_release(t);
	*t = (struct replica_tx){0};
	TRY(link_call(l, &call, peer, true, info));
	TRY(peer_tx(&call, &reply, id, info));
	e = check_reply(r, t, reply, id, info);
	WIRE_FREE(reply);
	if (e == ERR_PROOF)
		l->peers[peer].state = LINK_DROPPED;
	return e;
}

enum err replica_tx(struct replica *r, struct replica_tx *ret, struct link *l, const struct tx_id *id,
			struct err_info *info)
{
	struct replica_tx t = {0};
	enum err e = own_tx(r, &t, id, info);
	size_t peers = e == ERR_NOT_FOUND && l != NULL ? l->count : 0;

	for (size_t i = 0; i < peers && !t.proven; i++)
		if (l->peers[i].state != LINK_DROPPED)
			e = ask_peer(r, &t, l, i, id, info);
	if (e != ERR_OK) {
		replica_tx_release(&t);
		return e;
	}
	*ret = t;
	return ERR_OK;
}
