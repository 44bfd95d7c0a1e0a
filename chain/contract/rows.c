/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/rows.h"

#include <stdlib.h>

#define ROW_DECODED_MAX (1024u * 1024)

enum err rows_fatal(struct rows *s, enum err e)
{
	if (!s->fatal)
		s->fatal = e;
	return e;
}

enum err rows_get(struct rows *s, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct state_key key)
{
	struct buf b = BUF_INIT;
	enum err e = s->kv->get(s->kv->self, &b, state_key_bytes(&key));

	if (e == ERR_NOT_FOUND) {
		buf_release(&b);
		return e;
	}
	if (!e)
		e = buf_error(&b);
	if (!e && wire_decode(ret, d, buf_bytes(&b), ROW_DECODED_MAX, NULL) != ERR_OK)
		e = ERR_DAMAGED;
	buf_release(&b);
	return e ? rows_fatal(s, e) : ERR_OK;
}

enum err rows_put_bytes(struct rows *s, struct state_key key, struct bytes value)
{
	enum err e = s->kv->put(s->kv->self, state_key_bytes(&key), value);

	return e ? rows_fatal(s, e) : ERR_OK;
}

enum err rows_put(struct rows *s, struct state_key key, const ProtobufCMessage *m)
{
	struct buf b = BUF_INIT;
	enum err e;

	wire_encode(&b, m);
	e = buf_error(&b);
	e = e ? rows_fatal(s, e) : rows_put_bytes(s, key, buf_bytes(&b));
	buf_release(&b);
	return e;
}

enum err rows_del(struct rows *s, struct state_key key)
{
	enum err e = s->kv->del(s->kv->self, state_key_bytes(&key));

	return e ? rows_fatal(s, e) : ERR_OK;
}

enum err rows_mark(struct rows *s, struct state_key key)
{
	static const uint8_t seen = 1;
	struct buf b = BUF_INIT;
	enum err e = s->kv->get(s->kv->self, &b, state_key_bytes(&key));

	buf_release(&b);
	if (e == ERR_OK)
		return ERR_DUPLICATE;
	return e == ERR_NOT_FOUND ? rows_put_bytes(s, key, bytes_of(&seen, 1)) : rows_fatal(s, e);
}

enum err rows_rules(struct rows *s, Medlock__RuleState ***ret, const struct account_id *owner,
		    const Medlock__PolicyState *policy)
{
	Medlock__RuleState **rules = calloc(policy->n_rules + 1, sizeof(*rules));
	enum err e = rules ? ERR_OK : rows_fatal(s, ERR_MEMORY);

	for (size_t i = 0; i < policy->n_rules && !e; i++) {
		e = ROWS_GET(s, &rules[i], medlock__rule_state, state_key_rule(owner, policy->rules[i]));
		if (e == ERR_NOT_FOUND)
			e = rows_fatal(s, ERR_DAMAGED);
	}
	if (e) {
		rows_rules_free(rules, policy->n_rules);
		return e;
	}
	*ret = rules;
	return ERR_OK;
}

void rows_rules_free(Medlock__RuleState **rules, size_t count)
{
	for (size_t i = 0; rules && i < count; i++)
		WIRE_FREE(rules[i]);
	free(rules);
}
