/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about what is stored. */
#include "core/ledger/replica_internal.h"

static enum err get_decoded(struct replica *r, ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d,
				const struct state_key *key, struct err_info *info)
{
	struct buf value = BUF_INIT;
	enum err e = replica_get(r, &value, NULL, state_key_bytes(key), info);

	if (e == ERR_OK && wire_decode(ret, d, buf_bytes(&value), REPLICA_VALUE_DECODED_MAX, info) != ERR_OK)
		e = err_set(info, ERR_DAMAGED, "a row of the replica");
	buf_release(&value);
	return e;
}

#define GET(ret, type, key) get_decoded(r, (ProtobufCMessage **)(void *)(ret), &type##__descriptor, &(key), info)

enum err replica_account(struct replica *r, Medlock__AccountState **ret, const struct account_id *account,
			 struct err_info *info)
{
	struct state_key key = state_key_account(account);

	return GET(ret, medlock__account_state, key);
}

enum err replica_network(struct replica *r, Medlock__Network **ret, struct err_info *info)
{
	struct state_key key = state_key_network();

	return GET(ret, medlock__network, key);
}

enum err replica_policy(struct replica *r, Medlock__PolicyState **ret, const struct account_id *owner,
			struct err_info *info)
{
	struct state_key key = state_key_policy(owner);

	return GET(ret, medlock__policy_state, key);
}

enum err replica_record(struct replica *r, Medlock__RecordState **ret, const struct record_id *record,
			struct err_info *info)
{
	struct state_key key = state_key_record(record);

	return GET(ret, medlock__record_state, key);
}

enum err replica_request(struct replica *r, Medlock__RequestState **ret, const struct request_id *request,
			 struct err_info *info)
{
	struct state_key key = state_key_request(request);

	return GET(ret, medlock__request_state, key);
}

/* ---- lists --------------------------------------------------------------------------------- */

struct rules_walk {
	replica_each_rule *each;
	void *self;
};

static enum err walk_rule(void *context, struct bytes key, struct bytes value)
{
	struct rules_walk *w = context;
	Medlock__RuleState *rule;
	enum err e;

	(void)key;
	if (WIRE_DECODE(&rule, medlock__rule_state, value, REPLICA_VALUE_DECODED_MAX, NULL) != ERR_OK)
		return ERR_DAMAGED;
	e = w->each(w->self, rule);
	WIRE_FREE(rule);
	return e;
}

enum err replica_rules(struct replica *r, const struct account_id *owner, replica_each_rule *each, void *self,
		       struct err_info *info)
{
	struct rules_walk w = {each, self};
	struct state_key prefix = state_key_rules(owner);

	return replica_scan(r, state_key_bytes(&prefix), walk_rule, &w, info);
}

struct accounts_walk {
	replica_each_account *each;
	void *self;
};

static enum err walk_account(void *context, struct bytes key, struct bytes value)
{
	struct accounts_walk *w = context;
	Medlock__AccountState *account;
	struct account_id id;
	enum err e;

	if (key.len != 2 + ID_SIZE ||
	    WIRE_DECODE(&account, medlock__account_state, value, REPLICA_VALUE_DECODED_MAX, NULL) != ERR_OK)
		return ERR_DAMAGED;
	ID_COPY(id, key.data + 2);
	e = w->each(w->self, &id, account);
	WIRE_FREE(account);
	return e;
}

enum err replica_accounts(struct replica *r, replica_each_account *each, void *self, struct err_info *info)
{
	struct accounts_walk w = {each, self};

	return replica_scan(r, bytes_str("a"), walk_account, &w, info);
}

/* Keys come from the tables for people, which have the order; values from the rows themselves. */
typedef enum err each_key(void *self, struct bytes id, struct bytes value);

static enum err value_of(struct replica *r, sqlite3_stmt *s, each_key *each, void *self, struct err_info *info)
{
	struct buf value = BUF_INIT;
	struct bytes key = db_column_bytes(s, 0);
	enum err e = key.len == 2 + ID_SIZE ? replica_get(r, &value, NULL, key, info) : ERR_DAMAGED;

	if (e == ERR_OK)
		e = each(self, bytes_of(key.data + 2, ID_SIZE), buf_bytes(&value));
	buf_release(&value);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static enum err walk_keys(struct replica *r, const char *sql, const struct account_id *of, each_key *each, void *self,
			  struct err_info *info)
{
	char hex[ID_HEX];
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	TRY(db_statement(&s, r->db, sql, info));
	if (of != NULL) {
		hex_encode(hex, of->b, ID_SIZE);
		db_bind_text(s, 1, hex);
	}
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		e = value_of(r, s, each, self, info);
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

struct records_walk {
	replica_each_record *each;
	void *self;
};

static enum err walk_record(void *self, struct bytes id, struct bytes value)
{
	struct records_walk *w = self;
	Medlock__RecordState *record;
	struct record_id name;
	enum err e;

	if (WIRE_DECODE(&record, medlock__record_state, value, REPLICA_VALUE_DECODED_MAX, NULL) != ERR_OK)
		return ERR_DAMAGED;
	ID_COPY(name, id.data);
	e = w->each(w->self, &name, record);
	WIRE_FREE(record);
	return e;
}

enum err replica_records(struct replica *r, const struct account_id *owner, replica_each_record *each, void *self,
			 struct err_info *info)
{
	struct records_walk w = {each, self};

	if (owner != NULL)
		return walk_keys(r, "SELECT key FROM record WHERE owner = ?1 ORDER BY number DESC", owner,
				 walk_record, &w, info);
	return walk_keys(r, "SELECT key FROM record ORDER BY height DESC, id", NULL, walk_record, &w, info);
}

struct requests_walk {
	replica_each_request *each;
	void *self;
};

static enum err walk_request(void *self, struct bytes id, struct bytes value)
{
	struct requests_walk *w = self;
	Medlock__RequestState *request;
	struct request_id name;
	enum err e;

	if (WIRE_DECODE(&request, medlock__request_state, value, REPLICA_VALUE_DECODED_MAX, NULL) != ERR_OK)
		return ERR_DAMAGED;
	ID_COPY(name, id.data);
	e = w->each(w->self, &name, request);
	WIRE_FREE(request);
	return e;
}

enum err replica_requests(struct replica *r, const struct account_id *requester, replica_each_request *each,
			  void *self, struct err_info *info)
{
	struct requests_walk w = {each, self};

	if (requester != NULL)
		return walk_keys(r, "SELECT key FROM request WHERE requester = ?1 ORDER BY height DESC, id",
				 requester, walk_request, &w, info);
	return walk_keys(r, "SELECT key FROM request ORDER BY height DESC, id", NULL, walk_request, &w, info);
}

/* ---- events -------------------------------------------------------------------------------- */

static enum err give_event(sqlite3_stmt *s, const struct account_id *owner, replica_each_event *each, void *self,
			   struct err_info *info)
{
	struct bytes raw = db_column_bytes(s, 1);
	Medlock__Event *event;
	enum err e;

	if (event_parse(&event, owner, (uint64_t)db_column_int(s, 0), raw, info) != ERR_OK)
		return err_set(info, ERR_DAMAGED, "event %lld in the replica", (long long)db_column_int(s, 0));
	e = each(self, event, raw);
	WIRE_FREE(event);
	return e;
}

/* select has the owner as ?1, the first and the last n as ?2 and ?3. */
static enum err walk_events(struct replica *r, const char *select, const struct account_id *owner, uint64_t from_n,
			    uint64_t to_n, replica_each_event *each, void *self, struct err_info *info)
{
	char hex[ID_HEX];
	sqlite3_stmt *s;
	bool row = true;
	enum err e;

	hex_encode(hex, owner->b, ID_SIZE);
	TRY(db_statement(&s, r->db, select, info));
	db_bind_text(s, 1, hex);
	db_bind_int(s, 2, (int64_t)from_n);
	db_bind_int(s, 3, to_n > INT64_MAX ? INT64_MAX : (int64_t)to_n);
	e = db_step(r->db, s, &row, info);
	while (e == ERR_OK && row) {
		e = give_event(s, owner, each, self, info);
		if (e == ERR_OK)
			e = db_step(r->db, s, &row, info);
	}
	db_done(s);
	return e;
}

enum err replica_events(struct replica *r, const struct account_id *owner, uint64_t from_n, uint64_t to_n,
			replica_each_event *each, void *self, struct err_info *info)
{
	return walk_events(r, "SELECT n, bytes FROM event WHERE owner = ?1 AND n >= ?2 AND n <= ?3 ORDER BY n", owner,
			   from_n, to_n, each, self, info);
}

enum err replica_events_newest(struct replica *r, const struct account_id *owner, replica_each_event *each, void *self,
			       struct err_info *info)
{
	return walk_events(r, "SELECT n, bytes FROM event WHERE owner = ?1 AND n >= ?2 AND n <= ?3 ORDER BY n DESC", owner, 1,
			   UINT64_MAX, each, self, info);
}

static enum err chain_event(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct replica_log *log = self;

	if (event->n != log->count + 1)
		return ERR_INCOMPLETE; /* the caller says which */
	log->head = event_head_next(&log->head, raw);
	log->count++;
	return ERR_OK;
}

/* The account row, which in a light replica must still have its proof: it says how long the list is. */
static enum err proven_account(struct replica *r, Medlock__AccountState **ret, uint64_t *ret_height,
			       const struct account_id *owner, struct err_info *info)
{
	struct state_key key = state_key_account(owner);
	struct buf value = BUF_INIT;
	enum err e = replica_get(r, &value, ret_height, state_key_bytes(&key), info);

	if (e == ERR_OK && !r->full)
		e = replica_check_proven(r, state_key_bytes(&key), buf_bytes(&value), *ret_height, info);
	if (e == ERR_OK &&
	    WIRE_DECODE(ret, medlock__account_state, buf_bytes(&value), REPLICA_VALUE_DECODED_MAX, NULL) != ERR_OK)
		e = err_set(info, ERR_DAMAGED, "the stored row of the account");
	buf_release(&value);
	return e;
}

static enum err time_of_proof(struct replica *r, struct replica_log *log, struct err_info *info)
{
	uint64_t height = r->full ? log->proven_at : log->proven_at + 1;
	struct block_header h;

	log->proven_time.v = r->genesis->time;
	if (height == 0)
		return ERR_OK;
	TRY(replica_read_header(r, &h, height, info));
	log->proven_time = block_time_ms(h.time);
	return ERR_OK;
}

enum err replica_log_verify(struct replica *r, struct replica_log *ret, const struct account_id *owner,
				struct err_info *info)
{
	struct replica_log log = {0};
	Medlock__AccountState *account;
	enum err e;

	TRY(proven_account(r, &account, &log.proven_at, owner, info));
	e = replica_events(r, owner, 1, UINT64_MAX, chain_event, &log, info);
	if (e == ERR_INCOMPLETE)
		err_set(info, e, "entry %llu is not here", (unsigned long long)log.count + 1);
	if (e == ERR_OK && log.count != account->event_count)
		e = err_set(info, ERR_INCOMPLETE, "%llu entries are here, the ledger counts %llu",
				(unsigned long long)log.count, (unsigned long long)account->event_count);
	if (e == ERR_OK && log.count > 0 && !bytes_equal(BYTES_ID(log.head), wire_bytes(account->event_head)))
		e = err_set(info, ERR_INCOMPLETE, "an entry is not what the ledger's chain says");
	if (e == ERR_OK)
		e = time_of_proof(r, &log, info);
	WIRE_FREE(account);
	if (e == ERR_OK)
		*ret = log;
	return e;
}
