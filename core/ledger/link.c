/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/link.h"

#include <stdio.h>

void link_init(struct link *l, struct http_client *http, struct keyholder *keys, const struct clock *clock,
	       struct task *task, const struct network_id *network, const struct account_id *account)
{
	*l = (struct link){.http = http, .keys = keys, .clock = clock, .task = task, .network = *network, .account = *account};
}

void link_release(struct link *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		buf_release(&l->peers[i].ticket);
	l->count = 0;
}

void link_add(struct link *l, const struct peer_address *peer)
{
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->peers[i].address.url, peer->url) == 0 && ID_EQUAL(l->peers[i].address.pin, peer->pin))
			return;
	}
	if (l->count < PEERS_MAX)
		l->peers[l->count++] = (struct link_peer){.address = *peer};
}

void link_add_network(struct link *l, const Medlock__Network *network)
{
	for (size_t i = 0; i < network->n_peers; i++) {
		const Medlock__Peer *p = network->peers[i];
		struct peer_address address;
		struct hash32 pin;

		if (p->spki.len != sizeof(pin.b))
			continue;
		ID_COPY(pin, p->spki.data);
		if (peer_address_set(&address, p->url, &pin) == ERR_OK)
			link_add(l, &address);
	}
}

enum err link_ticket_for(struct link *l, struct buf *ret_text, const struct peer_address *peer,
			 uint32_t purpose, const struct blob_id *blob, uint64_t size,
			 const struct request_id *request, const struct record_id *record,
			 const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	if (l->keys == NULL)
		return err_set(info, ERR_LOCKED, "a ticket needs the keys");
	t.network_id = wire_data(BYTES_ID(l->network));
	t.account = wire_data(BYTES_ID(l->account));
	t.not_after = l->clock->now(l->clock->self).v + LINK_TICKET_AHEAD_MS;
	t.spki = wire_data(BYTES_ID(peer->pin));
	t.purpose = purpose;
	t.size = size;
	if (blob != NULL)
		t.blob = wire_data(BYTES_ID(*blob));
	if (request != NULL)
		t.request = wire_data(BYTES_ID(*request));
	if (record != NULL)
		t.record = wire_data(BYTES_ID(*record));
	return keyholder_sign_ticket(l->keys, ret_text, &t, nonce, info);
}

/* A read ticket for this peer, made once for as long as it lives. */
static enum err link_ticket(struct link *l, size_t peer, const char **ret, struct err_info *info)
{
	struct link_peer *p = &l->peers[peer];
	struct time_ms now = l->clock->now(l->clock->self);

	if (p->ticket.len == 0 || now.v + MS_PER_SECOND >= p->ticket_until.v) {
		buf_clear(&p->ticket);
		TRY(link_ticket_for(l, &p->ticket, &p->address, TICKET_READ, NULL, 0, NULL, NULL, NULL, info));
		p->ticket_until.v = now.v + LINK_TICKET_AHEAD_MS;
	}
	*ret = buf_text(&p->ticket);
	return ERR_OK;
}

enum err link_call(struct link *l, struct peer_call *ret, size_t peer, bool read, struct err_info *info)
{
	struct peer_call c = {.http = l->http, .peer = &l->peers[peer].address, .task = l->task,
			      .timeout_ms = l->timeout_ms};

	ASSERT(peer < l->count);
	if (read)
		TRY(link_ticket(l, peer, &c.authorization, info));
	*ret = c;
	return ERR_OK;
}
