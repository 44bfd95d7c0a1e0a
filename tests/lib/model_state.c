/* SPDX-License-Identifier: Apache-2.0 */
/* The model's arrays: made from a genesis, searched, and written out as rows. */
#include "model_state.h"

#include <stdlib.h>

#include "core/crypto/hash.h"

void *m_grow(void *array, size_t *count, size_t size)
{
	uint8_t *more = realloc(array, (*count + 1) * size);

	ASSERT(more);
	memset(more + *count * size, 0, size);
	++*count;
	return more;
}

void *m_clone(const void *message)
{
	const ProtobufCMessage *from = message;
	struct buf b = BUF_INIT;
	ProtobufCMessage *copy;

	wire_encode(&b, from);
	ASSERT(buf_error(&b) == ERR_OK);
	copy = protobuf_c_message_unpack(from->descriptor, NULL, b.len, b.data);
	ASSERT(copy);
	buf_release(&b);
	return copy;
}

bool m_is(ProtobufCBinaryData x, const struct hash32 *id)
{
	return x.len == 32 && memcmp(x.data, id->b, 32) == 0;
}

struct hash32 m_id(ProtobufCBinaryData x)
{
	struct hash32 id;

	ASSERT(x.len == 32);
	memcpy(id.b, x.data, 32);
	return id;
}

struct m_name m_name(ProtobufCBinaryData x)
{
	struct m_name name = {.len = x.len};

	ASSERT(x.len == 0 || x.len == 32);
	if (x.len)
		memcpy(name.b, x.data, 32);
	return name;
}

ProtobufCBinaryData m_data(const struct hash32 *id)
{
	return wire_data(BYTES_ID(*id));
}

ProtobufCBinaryData m_name_data(const struct m_name *x)
{
	return wire_data(bytes_of(x->b, x->len));
}

struct hash32 m_hash(const char *tag, const struct bytes *parts, size_t count)
{
	struct buf all = BUF_INIT;
	struct hash32 h;

	buf_append_text(&all, tag);
	for (size_t i = 0; i < count; i++)
		buf_append_bytes(&all, parts[i]);
	ASSERT(buf_error(&all) == ERR_OK);
	h = hash_sha256(buf_bytes(&all));
	buf_release(&all);
	return h;
}

#define FIND(array, count, condition)                                                              \
	for (size_t i = 0; i < (count); i++)                                                       \
		if (condition)                                                                     \
			return &(array)[i];                                                        \
	return NULL

struct m_account *m_account(const struct model *m, const struct hash32 *id)
{
	FIND(m->accounts, m->account_count, ID_EQUAL(m->accounts[i].id, *id));
}

struct m_policy *m_policy(const struct model *m, const struct hash32 *owner)
{
	FIND(m->policies, m->policy_count, ID_EQUAL(m->policies[i].owner, *owner));
}

struct m_rule *m_rule(const struct model *m, const struct hash32 *owner, uint32_t id)
{
	FIND(m->rules, m->rule_count, m->rules[i].rule->id == id && ID_EQUAL(m->rules[i].owner, *owner));
}

struct m_record *m_record(const struct model *m, const struct hash32 *id)
{
	FIND(m->records, m->record_count, ID_EQUAL(m->records[i].id, *id));
}

struct m_request *m_request(const struct model *m, const struct hash32 *id)
{
	FIND(m->requests, m->request_count, ID_EQUAL(m->requests[i].id, *id));
}

uint64_t m_record_count(const struct model *m, const struct hash32 *owner)
{
	uint64_t n = 0;

	for (size_t i = 0; i < m->record_count; i++)
		n += m_is(m->records[i].deposit->owner, owner);
	return n;
}

void m_rule_remove(struct model *m, struct m_rule *rule)
{
	WIRE_FREE(rule->rule);
	*rule = m->rules[--m->rule_count];
}

struct m_decided_wire m_decided_wire(const struct m_decided *from, size_t count)
{
	struct m_decided_wire w = {.entries = calloc(count + 1, sizeof(*w.entries)),
				   .list = calloc(count + 1, sizeof(Medlock__Decided *)),
				   .obligations = calloc(count + 1, sizeof(*w.obligations)), .count = count};

	ASSERT(w.entries && w.list && w.obligations);
	for (size_t i = 0; i < count; i++) {
		Medlock__Decided *to = w.list[i] = &w.entries[i];

		*to = (Medlock__Decided)MEDLOCK__DECIDED__INIT;
		to->record = m_data(&from[i].record);
		to->decision = from[i].decision;
		to->form = from[i].form;
		to->rule = from[i].rule;
		to->reason = from[i].reason;
		to->obligations = w.obligations[i];
		for (uint32_t bit = 1; bit < 32; bit++)
			if (from[i].obligations >> bit & 1u)
				w.obligations[i][to->n_obligations++] = bit;
	}
	return w;
}

void m_decided_wire_release(struct m_decided_wire *w)
{
	free(w->entries);
	free(w->list);
	free(w->obligations);
}

static void add_genesis_account(struct model *m, const Medlock__GenesisAccount *from)
{
	struct m_account *to = M_APPEND(m->accounts, m->account_count);
	struct buf keys = BUF_INIT;

	WIRE_ENCODE(&keys, from->keys);
	ASSERT(buf_error(&keys) == ERR_OK);
	to->id = M_HASH("medlock-account-v1", buf_bytes(&keys));
	buf_release(&keys);
	to->keys = m_clone(from->keys);
	to->role = from->role;
	to->organisation = m_name(from->organisation);
	if (from->role == ROLE_PATIENT)
		*M_APPEND(m->policies, m->policy_count) =
			(struct m_policy){.owner = to->id, .version = 1, .default_effect = EFFECT_DENY, .next_rule = 1};
}

struct model *model_new(const Medlock__Genesis *genesis)
{
	struct model *m = calloc(1, sizeof(*m));

	ASSERT(m);
	for (size_t i = 0; i < genesis->n_accounts; i++)
		add_genesis_account(m, genesis->accounts[i]);
	m->network = m_clone(genesis->network);
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->account_count; i++) {
		WIRE_FREE(m->accounts[i].keys);
		WIRE_FREE(m->accounts[i].pending);
	}
	for (size_t i = 0; i < m->keys_count; i++)
		WIRE_FREE(m->keys[i].state);
	for (size_t i = 0; i < m->rule_count; i++)
		WIRE_FREE(m->rules[i].rule);
	for (size_t i = 0; i < m->record_count; i++)
		WIRE_FREE(m->records[i].deposit);
	for (size_t i = 0; i < m->request_count; i++) {
		WIRE_FREE(m->requests[i].asked);
		free(m->requests[i].given);
	}
	for (size_t i = 0; i < m->replay_count; i++)
		buf_release(&m->replays[i].data);
	for (size_t i = 0; i < m->event_count; i++)
		buf_release(&m->events[i].bytes);
	WIRE_FREE(m->network);
	free(m->accounts);
	free(m->keys);
	free(m->signs);
	free(m->policies);
	free(m->rules);
	free(m->records);
	free(m->requests);
	free(m->replays);
	free(m->proxies);
	free(m->questions);
	free(m->events);
	free(m);
}
