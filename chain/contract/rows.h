/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the state, decoded and encoded.  Inside the contract.
 *
 * A refusal and a broken store look alike to the caller of an action, so what is broken (a failing kv, a row that does
 * not decode, no memory) is remembered in `fatal`: whoever ends the transaction asks for it first.
 */
#ifndef MEDLOCK_CONTRACT_ROWS_H
#define MEDLOCK_CONTRACT_ROWS_H

#include "chain/contract/kv.h"
#include "chain/proto/state_key.h"
#include "chain/proto/wire.h"
#include "chain/proto/state.pb-c.h"

struct rows {
	struct contract_kv *kv;
	enum err fatal;
};

/* ERR_NOT_FOUND when there is no such row.  Free with WIRE_FREE. */
enum err rows_get(struct rows *s, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d,
		  struct state_key key) MUST_USE;
#define ROWS_GET(s, ret, type, key) rows_get(s, (ProtobufCMessage **)(void *)(ret), &type##__descriptor, key)

enum err rows_put(struct rows *s, struct state_key key, const ProtobufCMessage *m) MUST_USE;
#define ROWS_PUT(s, key, m) rows_put(s, key, (const ProtobufCMessage *)(m))

enum err rows_del(struct rows *s, struct state_key key) MUST_USE;

/* A row that only says "seen": ERR_DUPLICATE when it is there already, else it is there now. */
enum err rows_mark(struct rows *s, struct state_key key) MUST_USE;

/* A plain value under a key that needs no message. */
enum err rows_put_bytes(struct rows *s, struct state_key key, struct bytes value) MUST_USE;

/* Remember e as fatal and return it. */
enum err rows_fatal(struct rows *s, enum err e) MUST_USE;

/* All standing rules of a policy, in order of id.  Free with rows_rules_free. */
enum err rows_rules(struct rows *s, Medlock__RuleState ***ret, const struct account_id *owner,
		    const Medlock__PolicyState *policy) MUST_USE;
void rows_rules_free(Medlock__RuleState **rules, size_t count);

#endif
