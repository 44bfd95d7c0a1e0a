/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/proto/block_wire.h"

static ProtobufCBinaryData data_of(const struct digest *d)
{
	return wire_data(digest_bytes(d));
}

Comet__Timestamp wire_time(struct block_time t)
{
	Comet__Timestamp m = COMET__TIMESTAMP__INIT;

	m.seconds = t.seconds;
	m.nanos = t.nanos;
	return m;
}

void wire_id(struct wired_id *ret, const struct block_id *id)
{
	comet__block_id__init(&ret->m);
	comet__part_set_header__init(&ret->parts);
	ret->m.hash = data_of(&id->hash);
	ret->parts.total = id->total;
	ret->parts.hash = data_of(&id->parts);
	ret->m.part_set_header = &ret->parts; /* written even when empty */
}

void wire_header(struct wired_header *ret, const struct block_header *h)
{
	Comet__Header *m = &ret->m;

	comet__header__init(m);
	comet__version__init(&ret->version);
	ret->version.block = h->version_block;
	ret->version.app = h->version_app;
	ret->time = wire_time(h->time);
	wire_id(&ret->last, &h->last_block_id);
	m->version = &ret->version; /* these three are written even when empty */
	m->time = &ret->time;
	m->last_block_id = &ret->last.m;
	m->chain_id = (char *)(uintptr_t)h->chain_id;
	m->height = h->height;
	m->last_commit_hash = data_of(&h->last_commit_hash);
	m->data_hash = data_of(&h->data_hash);
	m->validators_hash = data_of(&h->validators_hash);
	m->next_validators_hash = data_of(&h->next_validators_hash);
	m->consensus_hash = data_of(&h->consensus_hash);
	m->app_hash = data_of(&h->app_hash);
	m->last_results_hash = data_of(&h->last_results_hash);
	m->evidence_hash = data_of(&h->evidence_hash);
	if (h->has_proposer)
		m->proposer_address = wire_data(BYTES_ID(h->proposer));
}

void wire_sig(struct wired_sig *ret, const struct commit_sig *s)
{
	comet__commit_sig__init(&ret->m);
	ret->time = wire_time(s->time);
	ret->m.block_id_flag = (uint32_t)s->flag;
	ret->m.timestamp = &ret->time;
	if (s->flag == COMMIT_ABSENT)
		return;
	ret->m.validator_address = wire_data(BYTES_ID(s->address));
	ret->m.signature = wire_data(BYTES_ID(s->signature));
}

void wire_commit(struct wired_commit *ret, const struct commit *c)
{
	ASSERT(c->count <= VALIDATORS_MAX);
	comet__commit__init(&ret->m);
	wire_id(&ret->id, &c->block_id);
	ret->m.height = c->height;
	ret->m.round = c->round;
	ret->m.block_id = &ret->id.m;
	for (uint32_t i = 0; i < c->count; i++) {
		wire_sig(&ret->sigs[i], &c->sigs[i]);
		ret->list[i] = &ret->sigs[i].m;
	}
	ret->m.n_signatures = c->count;
	ret->m.signatures = ret->list;
}

void header_encode(struct buf *out, const struct block_header *h)
{
	struct wired_header w;

	wire_header(&w, h);
	WIRE_ENCODE(out, &w.m);
}

void commit_encode(struct buf *out, const struct commit *c)
{
	struct wired_commit w;

	wire_commit(&w, c);
	WIRE_ENCODE(out, &w.m);
}

static ProtobufCBinaryData *data_list(const struct bytes *items, size_t count)
{
	ProtobufCBinaryData *list = calloc(count ? count : 1, sizeof(*list));

	for (size_t i = 0; list && i < count; i++)
		list[i] = wire_data(items[i]);
	return list;
}

void block_encode(struct buf *out, const struct block *b)
{
	Comet__Block m = COMET__BLOCK__INIT;
	Comet__Data data = COMET__DATA__INIT;
	Comet__EvidenceList evidence = COMET__EVIDENCE_LIST__INIT;
	struct wired_header header;
	struct wired_commit commit;

	wire_header(&header, &b->header);
	wire_commit(&commit, &b->last_commit);
	data.n_txs = b->tx_count;
	data.txs = data_list(b->txs, b->tx_count);
	evidence.n_evidence = b->evidence_count;
	evidence.evidence = data_list(b->evidence, b->evidence_count);
	m.header = &header.m;
	m.data = &data; /* these two are written even when empty */
	m.evidence = &evidence;
	m.last_commit = &commit.m;
	if (data.txs && evidence.evidence)
		WIRE_ENCODE(out, &m);
	else
		out->err = out->err ? out->err : ERR_MEMORY;
	free(data.txs);
	free(evidence.evidence);
}
