/* SPDX-License-Identifier: Apache-2.0 */
/* replica.db: a verified copy of the ledger, or of the part that concerns one person (design/03, docs/formats/replica.md).
 *
 * Light: headers verified by skipping verification, and rows of the state with proofs against them: the own account with
 * the complete list of its events, policy and rules, own records, own requests.  Full: every block verified and
 * re-executed, every state root compared.  Both answer the same questions.  Nothing unverified is ever stored; each step is
 * one SQLite transaction, so that a kill at any time leaves a replica that goes on.
 *
 * One thread at a time; two processes may open it, writers wait for each other (ERR_BUSY after DB_BUSY_MS).
 * Messages that come out are freed with WIRE_FREE.
 */
#ifndef MEDLOCK_LEDGER_REPLICA_H
#define MEDLOCK_LEDGER_REPLICA_H

#include "chain/contract/contract.h"
#include "chain/light/verify.h"
#include "chain/proto/genesis.h"
#include "core/ledger/link.h"

struct replica;

struct replica_options {
	const char *path;
	struct bytes genesis;       /* canonical */
	bool full;
	struct account_id account;  /* whose own rows a light replica keeps */
	const struct clock *clock;
	bool unsynced;              /* tests */
};

/* ERR_NETWORK_ID (made for another genesis), ERR_CONFLICT (made in the other mode), ERR_WRONG_PROFILE (light, and made for
 * another account), ERR_NEWER, ERR_FORMAT (another kind of database), ERR_DAMAGED, ERR_BUSY.
 */
enum err replica_open(struct replica **ret, const struct replica_options *options, struct err_info *info) MUST_USE;
void replica_free(struct replica *r);

/* ---- sync ---- */

struct replica_sync_report {
	uint64_t height;   /* newest verified */
	uint64_t tip;      /* newest that a good peer claimed */
	uint64_t headers;  /* headers verified in this run */
	uint64_t events;   /* events added */
};

/* From the first peer of the link that serves, in order; a peer that contradicts itself or a verified header is dropped
 * (LINK_DROPPED), the headers kept as evidence, and the next one tried.  ERR_NETWORK when none serves, ERR_INCOMPLETE,
 * ERR_PROOF, ERR_CHAIN, ERR_APP_HASH when the last one tried lied, ERR_CANCELLED.  What was verified stays.
 */
enum err replica_sync(struct replica *r, struct replica_sync_report *ret, struct link *l,
		      struct err_info *info) MUST_USE;

/* The rows a light replica keeps beyond the account's own: records this person deposited, requests made.  Remembered. */
enum err replica_watch_record(struct replica *r, const struct record_id *record, struct err_info *info) MUST_USE;
enum err replica_watch_request(struct replica *r, const struct request_id *request, struct err_info *info) MUST_USE;

/* Whoever named this account as proxy: her account, list, rules and records come with each sync while it stands, from the
 * first time that this person acts for her (anybody can name anybody, and must not make others' work).  Forgotten when
 * she takes it back.
 */
enum err replica_watch_owner(struct replica *r, const struct account_id *owner, struct err_info *info) MUST_USE;
enum err replica_unwatch_owner(struct replica *r, const struct account_id *owner, struct err_info *info) MUST_USE;

/* Fetch one row with its proof now and keep it (light); full: a plain read.  Value appended.  request: NULL, or the one
 * whose grant lists the record.  ERR_NOT_FOUND when it is proven absent, or the peer does not give it.
 */
enum err replica_prove(struct replica *r, struct buf *ret, struct link *l, struct bytes key,
		       const struct request_id *request, struct err_info *info) MUST_USE;

/* ---- questions: from what is stored, offline ---- */

struct replica_status {
	uint64_t height;       /* newest verified header; 0: only the genesis */
	uint64_t state_height; /* its app_hash is the state after this height */
	struct hash32 block_hash, app_hash;
	struct time_ms time;
	char chain_id[CHAIN_ID_MAX + 1];
	uint64_t headers, blocks, txs, evidence; /* stored */
	bool full, solo;
	uint64_t operators;
};
enum err replica_status(struct replica *r, struct replica_status *ret, struct err_info *info) MUST_USE;

/* A row of the state as stored; ERR_NOT_FOUND. ret_height (may be NULL): state height at which it was last proven. */
enum err replica_get(struct replica *r, struct buf *ret, uint64_t *ret_height, struct bytes key,
		     struct err_info *info) MUST_USE;

enum err replica_account(struct replica *r, Medlock__AccountState **ret, const struct account_id *account,
			 struct err_info *info) MUST_USE;
enum err replica_network(struct replica *r, Medlock__Network **ret, struct err_info *info) MUST_USE;
enum err replica_policy(struct replica *r, Medlock__PolicyState **ret, const struct account_id *owner,
			struct err_info *info) MUST_USE; /* ERR_NOT_FOUND: none was ever set */
enum err replica_record(struct replica *r, Medlock__RecordState **ret, const struct record_id *record,
			struct err_info *info) MUST_USE;
enum err replica_request(struct replica *r, Medlock__RequestState **ret, const struct request_id *request,
			 struct err_info *info) MUST_USE;

/* Lists: called for each until it returns other than ERR_OK, which is returned.  The messages live during the call. */
typedef enum err replica_each_rule(void *self, const Medlock__RuleState *rule);
enum err replica_rules(struct replica *r, const struct account_id *owner, replica_each_rule *each, void *self,
		       struct err_info *info) MUST_USE;
typedef enum err replica_each_record(void *self, const struct record_id *id, const Medlock__RecordState *record);
/* owner NULL: all that are stored. */
enum err replica_records(struct replica *r, const struct account_id *owner, replica_each_record *each, void *self,
			 struct err_info *info) MUST_USE;
typedef enum err replica_each_request(void *self, const struct request_id *id, const Medlock__RequestState *request);
/* requester NULL: all that are stored. */
enum err replica_requests(struct replica *r, const struct account_id *requester, replica_each_request *each,
			  void *self, struct err_info *info) MUST_USE;
/* Every account that is stored: in a full replica all of the ledger's. */
typedef enum err replica_each_account(void *self, const struct account_id *id, const Medlock__AccountState *account);
enum err replica_accounts(struct replica *r, replica_each_account *each, void *self, struct err_info *info) MUST_USE;
typedef enum err replica_each_event(void *self, const Medlock__Event *event, struct bytes raw);
enum err replica_events(struct replica *r, const struct account_id *owner, uint64_t from_n, uint64_t to_n,
			replica_each_event *each, void *self, struct err_info *info) MUST_USE;
/* All of them, the newest first. */
enum err replica_events_newest(struct replica *r, const struct account_id *owner, replica_each_event *each, void *self,
			       struct err_info *info) MUST_USE;

/* What somebody did since a time, by the stored entries: how many, in how many people's lists.  Full replicas have all. */
struct replica_acts { uint64_t entries, owners; };
enum err replica_acts_since(struct replica *r, struct replica_acts *ret, const struct account_id *actor, struct time_ms since,
			    struct err_info *info) MUST_USE;

/* Recompute the chain of an owner's stored events against the newest proven account row, which in a light replica must
 * still have its proof.  ERR_INCOMPLETE, ERR_DAMAGED (an event that is none), ERR_PROOF, ERR_CHAIN.
 */
struct replica_log {
	uint64_t count, proven_at;
	struct time_ms proven_time; /* of the block that shows it: a peer that stands still shows an old one */
	struct hash32 head;
};
enum err replica_log_verify(struct replica *r, struct replica_log *ret, const struct account_id *owner,
				struct err_info *info) MUST_USE;

/* One transaction: from the blocks, or from a peer with its inclusion proof checked; a peer whose proof is wrong is dropped
 * and the next one asked.  proven: that it stands there.  In a light replica code and data are the peer's word.
 */
struct replica_tx {
	uint64_t height;
	uint32_t index, code;
	struct buf tx, data; /* Tx and TxResult; empty when not known */
	bool proven;
};
enum err replica_tx(struct replica *r, struct replica_tx *ret, struct link *l, const struct tx_id *id,
			struct err_info *info) MUST_USE;
void replica_tx_release(struct replica_tx *t);

/* Check what is stored from the genesis on, without network.  Full: the blocks are run again, and headers, results, entries
 * and state must be what they make.  Light: every header by its commit and link, every row by its proof, every rule of
 * the proven policy there.  Both: the tables that lists are taken from say what the rows say.  ret_first_bad 0 when all is
 * well, or nothing is stored.  ERR_DAMAGED, ERR_CHAIN, ERR_APP_HASH, ERR_PROOF, ERR_FORMAT, ERR_BUSY.
 */
enum err replica_verify(struct replica *r, uint64_t *ret_blocks, uint64_t *ret_txs, uint64_t *ret_first_bad,
			struct task *task, struct err_info *info) MUST_USE;

#endif
