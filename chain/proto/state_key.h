/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of the authenticated state: one tag byte, then each part as length byte and bytes.  The table below is the whole
 * state (docs/FORMATS.md); no two rows can give the same key.
 *
 *   'a' account            AccountState        'r' record             RecordState
 *   'p' owner              PolicyState         'o' owner, be64 number record id (32 bytes)
 *   'u' owner, be32 rule   RuleState           'q' request            RequestState
 *   'n'                    Network             'x' be64 valid_until, replay key  ReplayState
 *   'g' account, be32 generation  KeysState  'i' sign key (32)     SIGN_ROW_SIZE bytes: account, be32 generation of this key
 *   'd' owner              ProxiesState        'w' request            QuestionsState
 *   'c' u (48)             1 byte: capsule seen    'k' key (32)       1 byte: request key seen
 */
#ifndef MEDLOCK_PROTO_STATE_KEY_H
#define MEDLOCK_PROTO_STATE_KEY_H

#include "core/base/buf.h"

#define STATE_KEY_BYTES_MAX 80u
#define SIGN_ROW_SIZE (ID_SIZE + 4u)

struct state_key {
	uint8_t len;
	uint8_t b[STATE_KEY_BYTES_MAX];
};

static inline struct bytes state_key_bytes(const struct state_key *k)
{
	return bytes_of(k->b, k->len);
}

struct state_key state_key_account(const struct account_id *account);
struct state_key state_key_keys(const struct account_id *account, uint32_t generation); /* from 1 */
/* Sign keys that an account gave up or changed to: none of them serves again, and whoever has only the key finds the name. */
struct state_key state_key_sign(struct bytes key);
struct state_key state_key_policy(const struct account_id *owner);
struct state_key state_key_rule(const struct account_id *owner, uint32_t rule);
struct state_key state_key_rules(const struct account_id *owner); /* prefix of all of an owner's */
struct state_key state_key_record(const struct record_id *record);
struct state_key state_key_owned(const struct account_id *owner, uint64_t number);
struct state_key state_key_request(const struct request_id *request);
struct state_key state_key_questions(const struct request_id *request);
struct state_key state_key_proxies(const struct account_id *owner);
struct state_key state_key_network(void);
struct state_key state_key_replay(uint64_t valid_until, const struct hash32 *replay);
struct state_key state_key_replay_until(uint64_t valid_until); /* prefix */
struct state_key state_key_capsule(struct bytes u);
struct state_key state_key_request_key(struct bytes key);

/* Bytes off a wire that are a key of the table above: ERR_FORMAT otherwise. */
enum err state_key_parse(struct state_key *ret, struct bytes in) MUST_USE;

#endif
