/* SPDX-License-Identifier: Apache-2.0 */
/* A light replica's own rows: account, events, policy and rules, records, requests, network; each with its proof. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ledger/replica_internal.h"

#define RULES_MARK_SIZE 16u
#define EVENTS_MARK_SIZE (8u + ID_SIZE)
#define POLICY_TRIES 3 /* a policy may change between two proofs */

/* ---- one row ------------------------------------------------------------------------------- */

static enum err header_for(struct replica *r, struct block_header *ret, const struct peer_call *call, uint64_t height,
			   struct err_info *info)
{
	uint64_t tip, added;

	TRY(replica_tip(r, &tip, info));
	if (height > tip)
		TRY(sync_headers(r, &added, call, height, info));
	return replica_read_header(r, ret, height, info);
}

/* An old proof could hide what happened since: the state shown is at least that of our newest header. */
static enum err check_row(struct replica *r, const struct peer_call *call, const Medlock__ProofReply *reply,
			  struct bytes key, uint64_t least, struct err_info *info)
{
	struct bytes value = wire_bytes(reply->value);
	struct block_header header;

	if (!bytes_equal(wire_bytes(reply->key), key))
		return err_set(info, ERR_PROOF, "the peer proves another row");
	if (reply->height + 1 < least)
		return err_set(info, ERR_PROOF, "the peer proves an old state (block %llu)",
			       (unsigned long long)reply->height);
	TRY(header_for(r, &header, call, reply->height + 1, info));
	if (light_check_row(&header, key, reply->present ? &value : NULL, wire_bytes(reply->proof)) != ERR_OK)
		return err_set(info, ERR_PROOF, "the proof of a row does not match header %llu",
			       (unsigned long long)reply->height + 1);
	return ERR_OK;
}

static enum err store_row(struct replica *r, const Medlock__ProofReply *reply, struct bytes key,
			  struct err_info *info)
{
	struct bytes value = wire_bytes(reply->value);
	bool own = !db_in_transaction(r->db);
	enum err e;

	if (own)
		TRY(db_begin(r->db, info));
	e = replica_put_row(r, key, reply->present ? &value : NULL, reply->height, wire_bytes(reply->proof), info);
	if (!own)
		return e;
	if (e != ERR_OK) {
		db_rollback(r->db);
		return e;
	}
	return db_commit(r->db, info);
}

/* ERR_NOT_FOUND: not given.  A row that is proven absent is an answer. */
static enum err prove(struct replica *r, struct buf *ret, bool *ret_present, const struct peer_call *call,
		      struct bytes key, const struct request_id *request, struct err_info *info)
{
	Medlock__ProofReply *reply;
	uint64_t least;
	enum err e;

	TRY(replica_tip(r, &least, info));
	TRY(peer_proof(call, &reply, key, request, info));
	e = check_row(r, call, reply, key, least, info);
	if (e == ERR_OK)
		e = store_row(r, reply, key, info);
	if (e == ERR_OK && ret != NULL) {
		buf_append_bytes(ret, wire_bytes(reply->value));
		e = buf_error(ret);
	}
	*ret_present = reply->present;
	WIRE_FREE(reply);
	return e;
}

enum err sync_prove(struct replica *r, struct buf *ret, const struct peer_call *call, struct bytes key,
			const struct request_id *request, struct err_info *info)
{
	bool present = false;
	enum err e = prove(r, ret, &present, call, key, request, info);

	return e == ERR_OK && !present ? ERR_NOT_FOUND : e;
}

/* A row of the network's or of the own account: every peer owes us its value or its absence.  "There is nothing", said
 * without a proof, would leave what is stored standing: an old list that still calls itself complete.
 */
static enum err prove_owed(struct replica *r, bool *ret_present, const struct peer_call *call,
			   const struct state_key *key, struct err_info *info)
{
	enum err e = prove(r, NULL, ret_present, call, state_key_bytes(key), NULL, info);

	return e == ERR_NOT_FOUND ? err_set(info, ERR_INCOMPLETE, "a row of the own account or network is withheld") : e;
}

bool sync_stored(struct replica *r, const struct state_key *key)
{
	struct buf value = BUF_INIT;
	bool there = replica_get(r, &value, NULL, state_key_bytes(key), NULL) == ERR_OK;

	buf_release(&value);
	return there;
}

/* A row that may be absent or not ours to see; one that we saw before is ours to see. */
static enum err prove_if_there(struct replica *r, const struct peer_call *call, const struct state_key *key,
			       const struct request_id *request, struct err_info *info)
{
	enum err e = sync_prove(r, NULL, call, state_key_bytes(key), request, info);

	if (e == ERR_NOT_FOUND && sync_stored(r, key))
		return err_set(info, ERR_INCOMPLETE, "a row that was shown before is withheld");
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* ---- events -------------------------------------------------------------------------------- */

struct events_run {
	struct replica *r;
	const struct peer_call *call;
	const struct account_id *owner;
	struct replica_log log;  /* what is stored, then what was added */
	uint64_t added;
};

static enum err chain_stored(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct replica_log *log = self;

	(void)event;
	log->head = event_head_next(&log->head, raw);
	log->count++;
	return ERR_OK;
}

/* Records that an event changes are looked at again: new ones, those that a new one replaces, erased ones. */
static enum err watch_records(struct replica *r, const char *kind, const Medlock__Event *event, struct err_info *info)
{
	struct record_id id;

	if (event->kind != ACTION_RECORD_DEPOSIT && event->kind != ACTION_RECORD_AMEND && event->kind != ACTION_RECORD_ERASE)
		return ERR_OK;
	for (size_t i = 0; i < event->n_records; i++) {
		if (event->records[i]->record.len != ID_SIZE)
			continue;
		ID_COPY(id, event->records[i]->record.data);
		TRY(replica_watch(r, kind, BYTES_ID(id), info));
	}
	return ERR_OK;
}

/* Who named us and took it back shows us her row no more, so it goes. */
static enum err unwatch_owner(struct replica *r, const Medlock__Event *event, struct err_info *info)
{
	const Medlock__ProxySet *p = event->proxy;
	struct account_id owner;
	struct state_key key;

	if (p == NULL || !p->remove || p->owner.len != ID_SIZE ||
	    !bytes_equal(wire_bytes(p->delegate), BYTES_ID(r->account)))
		return ERR_OK;
	ID_COPY(owner, p->owner.data);
	key = state_key_proxies(&owner);
	TRY(replica_unwatch(r, WATCH_PROXY, BYTES_ID(owner), info));
	return replica_put_row(r, state_key_bytes(&key), NULL, 0, bytes_of(NULL, 0), info);
}

static enum err take_event(struct events_run *run, struct bytes raw, struct err_info *info)
{
	bool mine = ID_EQUAL(*run->owner, run->r->account);
	Medlock__Event *event;
	enum err e;

	if (event_parse(&event, run->owner, run->log.count + 1, raw, info) != ERR_OK)
		return err_wrap(info, ERR_INCOMPLETE, "entry %llu is withheld or changed",
				(unsigned long long)run->log.count + 1);
	run->log.head = event_head_next(&run->log.head, raw);
	run->log.count++;
	run->added++;
	e = replica_project_event(run->r, event, raw, info);
	if (e == ERR_OK)
		e = watch_records(run->r, mine ? WATCH_OWNED : WATCH_DELEGATED, event, info);
	if (e == ERR_OK && mine)
		e = unwatch_owner(run->r, event, info);
	WIRE_FREE(event);
	return e;
}

static enum err take_page(struct events_run *run, uint64_t want, struct err_info *info)
{
	Medlock__EventsReply *reply;
	enum err e = ERR_OK;

	TRY(peer_events(run->call, &reply, run->owner, run->log.count + 1, info));
	if (reply->n_events == 0)
		e = err_set(info, ERR_INCOMPLETE, "entry %llu of %llu is withheld",
				(unsigned long long)run->log.count + 1, (unsigned long long)want);
	for (size_t i = 0; e == ERR_OK && i < reply->n_events && run->log.count < want; i++)
		e = take_event(run, wire_bytes(reply->events[i]), info);
	WIRE_FREE(reply);
	return e;
}

static enum err take_events(struct events_run *run, const Medlock__AccountState *a, struct err_info *info)
{
	while (run->log.count < a->event_count) {
		TRY(task_check(run->call->task));
		TRY(take_page(run, a->event_count, info));
	}
	if (run->log.count > a->event_count ||
		(run->log.count > 0 && !bytes_equal(BYTES_ID(run->log.head), wire_bytes(a->event_head))))
		return err_set(info, ERR_INCOMPLETE, "the entries do not chain to what the ledger says");
	return ERR_OK;
}

/* "events" of our own account, "events:HEX" of another's that we act for. */
#define MARK_NAME 80u
static const char *mark_name(char out[MARK_NAME], const struct replica *r, const char *what, const struct account_id *owner)
{
	char hex[ID_HEX];

	if (ID_EQUAL(*owner, r->account))
		return what;
	hex_encode(hex, owner->b, ID_SIZE);
	snprintf(out, MARK_NAME, "%s:%s", what, hex);
	return out;
}

/* What the stored entries come to, as it was when they were stored. */
static void write_mark(uint8_t out[EVENTS_MARK_SIZE], const struct replica_log *log)
{
	put_be64(out, log->count);
	memcpy(out + 8, log->head.b, ID_SIZE);
}

/* Entries that were changed behind our back are our damage, and no peer's lie. */
static enum err read_stored(struct replica *r, struct replica_log *ret, const struct account_id *owner,
			    struct err_info *info)
{
	char name[MARK_NAME];
	uint8_t now[EVENTS_MARK_SIZE];
	struct buf then = BUF_INIT;
	enum err e;

	TRY(replica_events(r, owner, 1, UINT64_MAX, chain_stored, ret, info));
	write_mark(now, ret);
	e = replica_meta_get(r, &then, mark_name(name, r, "events", owner), info);
	if (e == ERR_NOT_FOUND && ret->count == 0)
		e = ERR_OK;
	else if (e == ERR_NOT_FOUND || (e == ERR_OK && !bytes_equal(buf_bytes(&then), bytes_of(now, sizeof(now)))))
		e = err_set(info, ERR_DAMAGED, "the stored entries are not those that were stored");
	buf_release(&then);
	return e;
}

static enum err store_events(struct events_run *run, const Medlock__AccountState *a, struct err_info *info)
{
	uint8_t mark[EVENTS_MARK_SIZE];
	char name[MARK_NAME];

	TRY(take_events(run, a, info));
	write_mark(mark, &run->log);
	return replica_meta_put(run->r, mark_name(name, run->r, "events", run->owner), bytes_of(mark, sizeof(mark)), info);
}

/* All or none: a list that does not chain leaves what was stored before. */
static enum err sync_events(struct replica *r, uint64_t *ret_added, const struct peer_call *call,
			    const struct account_id *owner, const Medlock__AccountState *a, struct err_info *info)
{
	struct events_run run = {.r = r, .call = call, .owner = owner};
	enum err e;

	TRY(read_stored(r, &run.log, owner, info));
	if (run.log.count == a->event_count && run.log.count == 0)
		return ERR_OK;
	TRY(db_begin(r->db, info));
	e = store_events(&run, a, info);
	if (e != ERR_OK) {
		db_rollback(r->db);
		return e;
	}
	TRY(db_commit(r->db, info));
	*ret_added += run.added;
	return ERR_OK;
}

/* ---- policy -------------------------------------------------------------------------------- */

static bool has_rule(const Medlock__PolicyState *p, uint32_t id)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		if (p->rules[i] == id)
			return true;
	}
	return false;
}

struct stored_rules {
	uint32_t ids[RULES_PER_ACCOUNT_MAX + 1];
	size_t count;
};

static enum err note_rule(void *self, const Medlock__RuleState *rule)
{
	struct stored_rules *s = self;

	if (s->count <= RULES_PER_ACCOUNT_MAX)
		s->ids[s->count++] = rule->rule->id;
	return ERR_OK;
}

/* Rules whose uses are counted: somebody's request changes them without a new policy. */
static enum err note_counted(void *self, const Medlock__RuleState *rule)
{
	return rule->rule->uses_left == 0 ? ERR_OK : note_rule(self, rule);
}

/* Rules that the proven policy row does not list any more. */
static enum err drop_rules(struct replica *r, const struct account_id *owner, const Medlock__PolicyState *p,
			   struct err_info *info)
{
	struct stored_rules stored = {.count = 0};

	TRY(replica_rules(r, owner, note_rule, &stored, info));
	for (size_t i = 0; i < stored.count; i++) {
		struct state_key key = state_key_rule(owner, stored.ids[i]);

		if (!has_rule(p, stored.ids[i]))
			TRY(replica_put_row(r, state_key_bytes(&key), NULL, 0, bytes_of(NULL, 0), info));
	}
	return ERR_OK;
}

static enum err prove_rules(struct replica *r, const struct peer_call *call, const struct account_id *owner,
			    const uint32_t *ids, size_t count, struct err_info *info)
{
	bool present = false;

	for (size_t i = 0; i < count; i++) {
		struct state_key key = state_key_rule(owner, ids[i]);

		TRY(prove_owed(r, &present, call, &key, info));
		if (!present)
			return ERR_NOT_FOUND;
	}
	return ERR_OK;
}

/* The policy version whose rules are all stored (0: none), and how many entries the list had by then: a use is spent
 * with an entry.
 */
struct rules_mark {
	uint64_t version, events;
};

static struct rules_mark rules_mark(struct replica *r, const struct account_id *owner)
{
	char name[MARK_NAME];
	struct buf value = BUF_INIT;
	struct rules_mark mark = {0};

	if (replica_meta_get(r, &value, mark_name(name, r, "rules", owner), NULL) == ERR_OK && value.len == RULES_MARK_SIZE)
		mark = (struct rules_mark){get_be64(value.data), get_be64(value.data + 8)};
	buf_release(&value);
	return mark;
}

uint64_t replica_rules_version(struct replica *r)
{
	return rules_mark(r, &r->account).version;
}

static enum err sync_rules(struct replica *r, const struct peer_call *call, const struct account_id *owner,
			   const Medlock__PolicyState *p, uint64_t events, struct err_info *info)
{
	struct rules_mark mark = rules_mark(r, owner);
	char name[MARK_NAME];
	struct stored_rules counted = {.count = 0};
	uint8_t value[RULES_MARK_SIZE];

	if (mark.version == p->version && mark.events == events)
		return ERR_OK;
	if (mark.version == p->version) {
		TRY(replica_rules(r, owner, note_counted, &counted, info));
		TRY(prove_rules(r, call, owner, counted.ids, counted.count, info));
	} else {
		TRY(prove_rules(r, call, owner, p->rules, p->n_rules, info));
		TRY(drop_rules(r, owner, p, info));
	}
	put_be64(value, p->version);
	put_be64(value + 8, events);
	return replica_meta_put(r, mark_name(name, r, "rules", owner), bytes_of(value, sizeof(value)), info);
}

/* A rule that went between two proofs makes us look at the policy again. */
static enum err sync_policy(struct replica *r, const struct peer_call *call, const struct account_id *owner, uint64_t events,
			    struct err_info *info)
{
	struct state_key key = state_key_policy(owner), proxies = state_key_proxies(owner);
	Medlock__PolicyState *now;
	bool present = false;
	enum err e = ERR_NOT_FOUND;

	if (rules_mark(r, owner).events != events) /* who acts for her changes with an entry */
		TRY(prove_owed(r, &present, call, &proxies, info));
	for (int i = 0; e == ERR_NOT_FOUND && i < POLICY_TRIES; i++) {
		TRY(prove_owed(r, &present, call, &key, info));
		if (replica_policy(r, &now, owner, NULL) != ERR_OK)
			return ERR_OK; /* no policy: not a patient */
		e = sync_rules(r, call, owner, now, events, info);
		WIRE_FREE(now);
	}
	return e;
}

/* ---- watched rows --------------------------------------------------------------------------- */

static enum err prove_record(struct replica *r, const struct peer_call *call, const struct record_id *id,
			     const struct request_id *request, struct err_info *info)
{
	struct state_key key = state_key_record(id);
	Medlock__RecordState *record;
	struct record_id earlier;
	enum err e = prove_if_there(r, call, &key, request, info);

	if (e != ERR_OK || replica_record(r, &record, id, NULL) != ERR_OK)
		return e;
	if (record->deposit->supersedes.len == ID_SIZE && request == NULL) {
		ID_COPY(earlier, record->deposit->supersedes.data);
		key = state_key_record(&earlier);
		e = prove_if_there(r, call, &key, NULL, info);
	}
	WIRE_FREE(record);
	return e;
}

/* A record that nobody shows yet stays on the list; one that an event of ours names is owed. */
static enum err sync_record(struct replica *r, const struct peer_call *call, const char *kind, const struct hash32 *name,
			    struct err_info *info)
{
	struct record_id id;
	struct state_key key;

	ID_COPY(id, name->b);
	key = state_key_record(&id);
	TRY(prove_record(r, call, &id, NULL, info));
	if (sync_stored(r, &key))
		return replica_unwatch(r, kind, BYTES_ID(*name), info);
	return strcmp(kind, WATCH_OWNED) != 0 ? ERR_OK : err_set(info, ERR_INCOMPLETE, "a record of the list is withheld");
}

/* Once proven a record is looked at again only when an event or a grant speaks of it. */
static enum err sync_records(struct replica *r, const struct peer_call *call, const char *kind, struct err_info *info)
{
	struct id_list list = {0};
	enum err e = replica_watched(r, &list, kind, info);

	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		task_progress(call->task, "records", i, list.count);
		e = task_check(call->task);
		if (e == ERR_OK)
			e = sync_record(r, call, kind, &list.ids[i], info);
	}
	free(list.ids);
	return e;
}

static enum err prove_granted(struct replica *r, const struct peer_call *call, const struct request_id *id,
			      const Medlock__RequestState *request, struct err_info *info)
{
	for (size_t i = 0; i < request->n_records; i++) {
		struct record_id record;
		Medlock__RecordState *known;

		if (request->records[i]->decision != DECISION_GRANTED || request->records[i]->record.len != ID_SIZE)
			continue;
		ID_COPY(record, request->records[i]->record.data);
		if (replica_record(r, &known, &record, NULL) == ERR_OK) {
			WIRE_FREE(known);
			continue;
		}
		TRY(prove_record(r, call, &record, id, info));
	}
	return ERR_OK;
}

/* A request that is over is not asked for again. */
static enum err sync_request(struct replica *r, const struct peer_call *call, const struct hash32 *name,
			     struct err_info *info)
{
	struct time_ms now = r->clock->now(r->clock->self);
	Medlock__RequestState *request;
	struct request_id id;
	struct state_key key;
	enum err e;

	ID_COPY(id, name->b);
	key = state_key_request(&id);
	TRY(prove_if_there(r, call, &key, NULL, info));
	if (replica_request(r, &request, &id, NULL) != ERR_OK)
		return ERR_OK;
	e = prove_granted(r, call, &id, request, info);
	if (e == ERR_OK && (request->closed || request->expires < now.v))
		e = replica_unwatch(r, WATCH_REQUEST, BYTES_ID(*name), info);
	WIRE_FREE(request);
	return e;
}

static enum err sync_requests(struct replica *r, const struct peer_call *call, struct err_info *info)
{
	struct id_list list = {0};
	enum err e = replica_watched(r, &list, WATCH_REQUEST, info);

	for (size_t i = 0; e == ERR_OK && i < list.count; i++)
		e = sync_request(r, call, &list.ids[i], info);
	free(list.ids);
	return e;
}

/* ---- all ----------------------------------------------------------------------------------- */

enum err sync_account(struct replica *r, struct replica_sync_report *report, const struct peer_call *call,
		      const struct account_id *owner, struct err_info *info)
{
	struct state_key key = state_key_account(owner);
	Medlock__AccountState *a;
	bool present = false;
	enum err e;

	TRY(prove_owed(r, &present, call, &key, info));
	e = replica_account(r, &a, owner, NULL);
	if (e == ERR_NOT_FOUND)
		return ERR_OK; /* not certified yet */
	if (e != ERR_OK)
		return e;
	e = sync_events(r, &report->events, call, owner, a, info);
	if (e == ERR_OK)
		e = sync_policy(r, call, owner, a->event_count, info);
	WIRE_FREE(a);
	return e;
}

enum err sync_light(struct replica *r, struct replica_sync_report *report, struct link *l, size_t peer, uint64_t tip,
			struct err_info *info)
{
	struct state_key network = state_key_network();
	struct peer_call call;
	bool present = false;
	uint64_t added = 0;

	TRY(link_call(l, &call, peer, true, info));
	TRY(sync_headers(r, &added, &call, tip, info));
	report->headers += added;
	TRY(prove_owed(r, &present, &call, &network, info));
	TRY(sync_account(r, report, &call, &r->account, info));
	TRY(sync_records(r, &call, WATCH_OWNED, info));
	TRY(sync_records(r, &call, WATCH_RECORD, info));
	TRY(sync_delegated(r, report, &call, info));
	return sync_requests(r, &call, info);
}
