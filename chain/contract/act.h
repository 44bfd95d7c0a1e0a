/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction while it is applied, and what its actions share.  Inside the contract. */
#ifndef MEDLOCK_CONTRACT_ACT_H
#define MEDLOCK_CONTRACT_ACT_H

#include "chain/contract/access.h"
#include "chain/contract/consent_eval.h"
#include "chain/contract/contract.h"
#include "chain/contract/rows.h"

struct act_event {
	struct account_id owner;
	uint64_t n;
	struct buf bytes;
};

struct act {
	struct rows rows;
	const struct contract_block *block;
	const struct tx *tx;
	const struct contract_verdicts *verdicts;
	struct account_id who;        /* who signed; zero for approvals */
	Medlock__AccountState *actor; /* its row when the transaction began; NULL for approvals */
	bool by_authorities;          /* two or more of them signed, each in good standing */
	Medlock__Network *network;
	uint32_t cost, cost_max;
	struct buf data;              /* canonical TxResult */
	struct act_event *events;
	size_t event_count;
};

/* The signers may do this, and they signed: ERR_NOT_CERTIFIED, ERR_REVOKED, ERR_EXPIRED, ERR_ROLE, ERR_SIGNATURE. */
enum err act_authorise(struct act *a) MUST_USE;
/* The one who signed is an authority, or all are who approved. */
bool act_is_authority(const struct act *a);
/* Who gives or takes away an office asks a colleague: ERR_FOUR_EYES for an authority alone, in a network with several. */
enum err act_four_eyes(const struct act *a) MUST_USE;
bool act_is_custodian(const struct act *a);

/* Keys that helpers announced and whose time has come move up into the account's row, which is changed and stored. */
enum err account_keys_settle(struct act *a, const struct account_id *id, Medlock__AccountState *row) MUST_USE;

/* Pay for records looked at: ERR_LIMIT when the block has no room left. */
enum err act_pay(struct act *a, uint32_t cost) MUST_USE;

/* The result of an action that took effect. */
enum err act_result(struct act *a, struct bytes id, uint64_t version, Medlock__Decided **records,
		    size_t count) MUST_USE;

/* Append to an owner's list: fills owner, n, height, time, kind, actor, tx and salt; the rest is the caller's. */
enum err act_event_add(struct act *a, const struct account_id *owner, Medlock__Event *event) MUST_USE;

/* The question that an account puts about owner's records, by what the state knows of it at `now`.  Only a broken store
 * fails it (s->fatal).
 */
enum err act_question(struct rows *s, struct consent_question *ret, const struct account_id *account,
		      const Medlock__AccountState *row, const struct account_id *owner, struct time_ms now) MUST_USE;
bool act_attested(const Medlock__AccountState *row, uint32_t purpose);

/* Names in descriptions. */
void describe_id(struct buf *out, ProtobufCBinaryData id); /* the first characters */

/* The actions: stateless check beyond tx_parse (NULL: none), effect, words. */
#define ACTION(code, name, check, roles, rights)                                                   \
	enum err name##_apply(struct act *a) MUST_USE;                                             \
	void name##_describe(struct buf *out, const Medlock__Body *body);
#include "chain/contract/actions.def"
#undef ACTION
enum err cert_anchor_check(const Medlock__Body *body) MUST_USE;
enum err access_request_check(const Medlock__Body *body) MUST_USE;

#endif
