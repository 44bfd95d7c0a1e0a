/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vault/vault.h"

#include "core/vault/internal.h"

static bool peer_address_of(struct peer_address *ret, const Medlock__Peer *peer)
{
	struct hash32 pin;

	if (peer->spki.len != sizeof(pin.b))
		return false;
	memcpy(pin.b, peer->spki.data, sizeof(pin.b));
	return peer_address_set(ret, peer->url, &pin) == ERR_OK;
}

size_t vault_peers(const struct vault *v, struct peer_address *ret, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < v->row->n_peers && count < max; i++)
		count += peer_address_of(&ret[count], v->row->peers[i]);
	return count;
}

enum err vault_peer_of(const struct vault *v, struct peer_address *ret, struct bytes account)
{
	for (size_t i = 0; i < v->row->n_peers; i++)
		if (bytes_equal(wire_bytes(v->row->peers[i]->account), account) &&
				peer_address_of(ret, v->row->peers[i]))
			return ERR_OK;
	return ERR_NOT_FOUND;
}

enum err vault_threshold_key(struct threshold_key *ret, const Medlock__Network *row, struct err_info *info)
{
	struct buf b = BUF_INIT;
	enum err e;

	if (row->threshold == 0 || row->threshold > THRESHOLD_N_MAX || row->n_custodians > THRESHOLD_N_MAX ||
	    row->n_commitments != row->threshold)
		return err_set(info, ERR_FORMAT, "the network names no usable custodians");
	buf_append_byte(&b, (uint8_t)(row->threshold >> 8));
	buf_append_byte(&b, (uint8_t)row->threshold);
	buf_append_byte(&b, (uint8_t)(row->n_custodians >> 8));
	buf_append_byte(&b, (uint8_t)row->n_custodians);
	for (size_t i = 0; i < row->n_commitments; i++)
		buf_append_bytes(&b, wire_bytes(row->commitments[i]));
	e = buf_error(&b);
	if (e == ERR_OK)
		e = threshold_key_parse(ret, buf_bytes(&b));
	buf_release(&b);
	return e == ERR_OK ? e : err_set(info, e, "the custodians' key in the network row");
}

bool vault_is_final(enum err e)
{
	switch ((int)e) {
	case ERR_CANCELLED:
	case ERR_MEMORY:
	case ERR_IO:
	case ERR_DISK_FULL:
	case ERR_LOCKED:
	case ERR_KEYHOLDER:
	case ERR_INTERNAL:
		return true;
	default:
		return false;
	}
}
