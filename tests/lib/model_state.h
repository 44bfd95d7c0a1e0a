/* SPDX-License-Identifier: Apache-2.0 */
/* The arrays of the model of the contract, and what its actions share.  Inside tests/lib/model_*.c. */
#ifndef MEDLOCK_TESTS_MODEL_STATE_H
#define MEDLOCK_TESTS_MODEL_STATE_H

#include "chain/proto/limits.h"
#include "chain/proto/state.pb-c.h"
#include "chain/proto/tx.h"
#include "model_consent.h"
#include "model_contract.h"

/* A name of 32 bytes that may be absent. */
struct m_name {
	size_t len;
	uint8_t b[32];
};

struct m_account {
	struct hash32 id;
	Medlock__KeySet *keys;
	uint32_t role, rights, purposes[ACCOUNT_PURPOSES_MAX];
	size_t purpose_count;
	struct m_name certificate, organisation;
	int64_t not_after;
	bool revoked;
	uint32_t revoke_reason;
	uint64_t revoked_height, anchored_height, event_count;
	struct hash32 event_head;
	uint32_t generation;
	struct m_name helpers;
	Medlock__PendingKeys *pending;
	int64_t minor_until;
};

/* One change of keys, or an announced one: what the holder left for herself, from when on; and the keys that serve nobody again. */
struct m_keys {
	struct hash32 account;
	uint32_t generation;
	Medlock__KeysState *state;
};
struct m_sign {
	struct hash32 key, account;
	uint32_t generation;
};

struct m_policy {
	struct hash32 owner;
	uint64_t version;
	uint32_t default_effect, next_rule;
	bool paused;
};

struct m_rule {
	struct hash32 owner;
	Medlock__Rule *rule;
	uint64_t policy_version, height;
	int64_t time;
	uint32_t uses_spent;
};

struct m_record {
	struct hash32 id, depositor;
	Medlock__RecordDeposit *deposit;
	uint64_t height, number;
	int64_t time;
	uint32_t status;
	struct m_name superseded_by, first;
};

struct m_decided {
	struct hash32 record;
	uint32_t decision, form, rule, reason, obligations;
};

struct m_request {
	struct hash32 id, requester;
	Medlock__AccessRequest *asked;
	struct m_decided *given; /* granted or asked */
	size_t given_count;
	uint64_t height;
	int64_t time, expires;
	bool closed;
	struct m_name review;
};

struct m_proxy {
	struct hash32 owner, delegate;
	uint32_t scope;
	int64_t from, to, time;
	uint64_t height;
	bool by_authority;
};

struct m_question {
	struct hash32 request, asker, text;
	uint64_t height, reply_height;
	int64_t time, due, reply_time;
	struct m_name reply;
};

struct m_replay {
	uint64_t valid_until;
	struct hash32 key, tx;
	struct buf data;
};

struct model {
	struct m_account *accounts;
	struct m_policy *policies;
	struct m_rule *rules;
	struct m_record *records;
	struct m_request *requests;
	struct m_replay *replays;
	struct m_proxy *proxies;
	struct m_question *questions;
	struct m_keys *keys;
	struct m_sign *signs;
	struct model_event *events;
	size_t account_count, policy_count, rule_count, record_count, request_count, replay_count, event_count, keys_count, sign_count, proxy_count,
		question_count;
	Medlock__Network *network;
};

/* One more entry, all zero, at the end of an array. */
#define M_APPEND(array, count) (*(void **)&(array) = m_grow((array), &(count), sizeof(*(array))), &(array)[(count) - 1])
void *m_grow(void *array, size_t *count, size_t size);

/* Deep copy of a message, freed with wire_free. */
void *m_clone(const void *message);

bool m_is(ProtobufCBinaryData x, const struct hash32 *id);
struct hash32 m_id(ProtobufCBinaryData x);
struct m_name m_name(ProtobufCBinaryData x);
ProtobufCBinaryData m_data(const struct hash32 *id);
ProtobufCBinaryData m_name_data(const struct m_name *x);

/* NULL when there is none. */
struct m_account *m_account(const struct model *m, const struct hash32 *id);
struct m_policy *m_policy(const struct model *m, const struct hash32 *owner);
struct m_rule *m_rule(const struct model *m, const struct hash32 *owner, uint32_t id);
struct m_record *m_record(const struct model *m, const struct hash32 *id);
struct m_request *m_request(const struct model *m, const struct hash32 *id);
uint64_t m_record_count(const struct model *m, const struct hash32 *owner);
void m_rule_remove(struct model *m, struct m_rule *rule);

/* SHA-256(tag || parts). */
struct hash32 m_hash(const char *tag, const struct bytes *parts, size_t count);
#define M_HASH(tag, ...)                                                                           \
	m_hash((tag), (const struct bytes[]){__VA_ARGS__},                                         \
	       sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes))

/* Decisions as messages.  Release with m_decided_wire_release. */
struct m_decided_wire {
	Medlock__Decided *entries, **list;
	uint32_t (*obligations)[32];
	size_t count;
};
struct m_decided_wire m_decided_wire(const struct m_decided *from, size_t count);
void m_decided_wire_release(struct m_decided_wire *w);

/* One transaction on its way. */
struct m_act {
	struct model *m;
	const struct model_block *block;
	const struct tx *tx;
	struct hash32 tx_id, body_hash, who;
	struct m_account actor; /* as it was when the transaction began; its pointers are not owned */
	bool signed_by_one;
	uint32_t paid, room;
	struct model_result *result;
};

bool m_is_attested(const struct m_account *x, uint32_t purpose);
struct model_question m_question(const struct model *m, const struct m_account *who, const struct hash32 *id,
				 const Medlock__AccessRequest *x, int64_t now);
struct model_subject m_subject(const struct m_record *row);
struct model_decision m_consult(const struct model *m, const struct m_policy *policy, const struct model_question *q,
				const struct m_record *row);

enum err m_pay(struct m_act *a, uint32_t cost);
bool m_stands_in(ProtobufCBinaryData *list, size_t count, const struct hash32 *id);
enum err m_account_stands(const struct m_account *x, int64_t now); /* NULL: ERR_NOT_CERTIFIED */
bool m_is_authority(const struct m_act *a);

/* Fill what is the same in every event, append it to its owner's list. */
void m_tell(struct m_act *a, const struct hash32 *owner, Medlock__Event *event);
void m_result(struct m_act *a, const struct hash32 *id, uint64_t version, const struct m_decided *records, size_t count);

/* A change of the owner's rules: may it be (changes nothing), and then made; ret_put: RULES_PER_ACCOUNT_MAX ids. */
enum err m_rules_check(const struct m_act *a, const Medlock__ConsentSet *x);
void m_rules_change(struct m_act *a, uint32_t *ret_put, const Medlock__ConsentSet *x);

/* The keys that are the account's at this time, and their moving up into its row when they waited for it. */
const Medlock__KeySet *m_keys_of(const struct m_account *x, int64_t now);
void m_keys_settle(struct m_act *a, struct m_account *x);
/* The set is signed by its own key for this network and account, and its open key is proved to be owned. */
enum err m_keys_check(const Medlock__KeySet *keys, ProtobufCBinaryData signature, const struct hash32 *network,
		      ProtobufCBinaryData account);
/* Certified, standing, allowed, and the signature is theirs. */
enum err m_check_signer(const struct m_act *a, const Medlock__Signature *s);
/* Helpers and the authority sign together: who they are, their number (changes nothing). */
enum err m_helpers_check(const struct m_act *a, const Medlock__Approvals *list);
enum err m_account_keys(struct m_act *a, const Medlock__AccountKeys *x);
/* May account act for owner now, in all of this scope? */
enum err m_acts_for(const struct model *m, const struct hash32 *owner, const struct hash32 *account, uint32_t scope,
		    int64_t now);
enum err m_check_minor(const struct m_act *a, const Medlock__CertAnchor *x);

enum err m_proxy_set(struct m_act *a, const Medlock__ProxySet *x);
enum err m_cert_anchor(struct m_act *a, const Medlock__CertAnchor *x);
enum err m_cert_revoke(struct m_act *a, const Medlock__CertRevoke *x);
enum err m_record_deposit(struct m_act *a, const Medlock__RecordDeposit *x); /* and record_amend */
enum err m_record_erase(struct m_act *a, const Medlock__RecordErase *x);
enum err m_consent_set(struct m_act *a, const Medlock__ConsentSet *x);
enum err m_consent_pause(struct m_act *a, const Medlock__ConsentPause *x);
enum err m_access_request(struct m_act *a, const Medlock__AccessRequest *x);
enum err m_access_answer(struct m_act *a, const Medlock__AccessAnswer *x);
enum err m_access_close(struct m_act *a, const Medlock__AccessClose *x);
enum err m_release_receipt(struct m_act *a, const Medlock__ReleaseReceipt *x);
enum err m_question_act(struct m_act *a, const Medlock__Question *x);
size_t m_question_count(const struct model *m, const struct hash32 *request);
const struct m_question *m_question_newest(const struct model *m, const struct hash32 *request); /* NULL */
enum err m_network_set(struct m_act *a, const Medlock__NetworkSet *x);

#endif
