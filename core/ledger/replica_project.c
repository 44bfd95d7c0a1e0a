/* SPDX-License-Identifier: Apache-2.0 */
/* The tables for people and tools: each stored row and event once more, in words.  They are never read back as truth. */
#include <stdio.h>

#include "core/ledger/replica_internal.h"

#define CODES_TEXT 256u

static void hex_of(char out[ID_HEX], ProtobufCBinaryData id)
{
	out[0] = '\0';
	if (id.len == ID_SIZE)
		hex_encode(out, id.data, ID_SIZE);
}

static void time_of(char out[TIME_TEXT], int64_t ms)
{
	out[0] = '\0';
	if (ms != 0)
		time_format(out, (struct time_ms){ms});
}

/* "LAB,MED" */
static void codes_of(char out[CODES_TEXT], enum code_set set, const uint32_t *numbers, size_t count)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && len + 16 < CODES_TEXT; i++)
		len += (size_t)snprintf(out + len, CODES_TEXT - len, "%s%s", i ? "," : "",
					code_text(set, numbers[i]));
}

static enum err run_bound(struct replica *r, sqlite3_stmt *s, const char *const *texts, size_t count,
			  struct err_info *info)
{
	for (size_t i = 0; i < count; i++)
		db_bind_text(s, (int)i + 1, texts[i]);
	return db_run(r->db, s, info);
}

static enum err project_account(struct replica *r, struct bytes id, const Medlock__AccountState *a,
				struct err_info *info)
{
	char account[ID_HEX], end[TIME_TEXT];
	sqlite3_stmt *s;

	hex_of(account, wire_data(id));
	time_of(end, a->not_after);
	TRY(db_statement(&s, r->db, "INSERT OR REPLACE INTO certificate(account, role, not_after, revoked, events)"
					" VALUES(?1, ?2, ?3, ?4, ?5)", info));
	db_bind_int(s, 4, a->revoked);
	db_bind_int(s, 5, (int64_t)a->event_count);
	return run_bound(r, s, (const char *const[]){account, code_text(CODES_ROLE, a->role), end}, 3, info);
}

static enum err project_record(struct replica *r, struct bytes key, struct bytes id, const Medlock__RecordState *x,
			       struct err_info *info)
{
	char record[ID_HEX], owner[ID_HEX], depositor[ID_HEX], at[TIME_TEXT], labels[CODES_TEXT];
	sqlite3_stmt *s;

	hex_of(record, wire_data(id));
	hex_of(owner, x->deposit->owner);
	hex_of(depositor, x->depositor);
	time_of(at, x->time);
	codes_of(labels, CODES_LABEL, x->deposit->labels, x->deposit->n_labels);
	TRY(db_statement(
		&s, r->db,
		"INSERT OR REPLACE INTO record(id, owner, category, labels, confidentiality, status,"
		" depositor, at, number, height, key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
		info));
	db_bind_int(s, 9, (int64_t)x->number);
	db_bind_int(s, 10, (int64_t)x->height);
	db_bind_bytes(s, 11, key);
	return run_bound(r, s,
			 (const char *const[]){record, owner, code_text(CODES_CATEGORY, x->deposit->category),
					       labels,
					       code_text(CODES_CONFIDENTIALITY, x->deposit->confidentiality),
					       code_text(CODES_RECORD_STATUS, x->status), depositor, at},
			 8, info);
}

static enum err project_rule(struct replica *r, struct bytes key, struct bytes owner_id, const Medlock__RuleState *x,
			     struct err_info *info)
{
	char owner[ID_HEX], purposes[CODES_TEXT], categories[CODES_TEXT], end[TIME_TEXT];
	sqlite3_stmt *s;

	hex_of(owner, wire_data(owner_id));
	codes_of(purposes, CODES_PURPOSE, x->rule->purposes, x->rule->n_purposes);
	codes_of(categories, CODES_CATEGORY, x->rule->categories, x->rule->n_categories);
	time_of(end, x->rule->valid_to);
	TRY(db_statement(&s, r->db,
			 "INSERT OR REPLACE INTO rule(owner, effect, purposes, categories, valid_to, id, key)"
			 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			 info));
	db_bind_int(s, 6, x->rule->id);
	db_bind_bytes(s, 7, key);
	return run_bound(
		r, s,
		(const char *const[]){owner, code_text(CODES_EFFECT, x->rule->effect), purposes, categories, end},
		5, info);
}

static enum err project_request(struct replica *r, struct bytes key, struct bytes id, const Medlock__RequestState *x,
				struct err_info *info)
{
	char request[ID_HEX], owner[ID_HEX], requester[ID_HEX], at[TIME_TEXT], expires[TIME_TEXT];
	sqlite3_stmt *s;
	int64_t granted = 0;

	for (size_t i = 0; i < x->n_records; i++)
		granted += x->records[i]->decision == DECISION_GRANTED;
	hex_of(request, wire_data(id));
	hex_of(owner, x->owner);
	hex_of(requester, x->requester);
	time_of(at, x->time);
	time_of(expires, x->expires);
	TRY(db_statement(&s, r->db,
			 "INSERT OR REPLACE INTO request(id, owner, requester, purpose, at, expires, emergency,"
			 " closed, granted, height, key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
			 info));
	db_bind_int(s, 7, x->emergency);
	db_bind_int(s, 8, x->closed);
	db_bind_int(s, 9, granted);
	db_bind_int(s, 10, (int64_t)x->height);
	db_bind_bytes(s, 11, key);
	return run_bound(
		r, s,
		(const char *const[]){request, owner, requester, code_text(CODES_PURPOSE, x->purpose), at, expires},
		6, info);
}

/* A rule that was removed. */
static enum err drop_rule(struct replica *r, struct bytes key, struct err_info *info)
{
	sqlite3_stmt *s;

	TRY(db_statement(&s, r->db, "DELETE FROM rule WHERE key = ?1", info));
	db_bind_bytes(s, 1, key);
	return db_run(r->db, s, info);
}

/* Keys are tag byte, then length and id (chain/proto/state_key.h). */
static bool key_id(struct bytes *ret, struct bytes key)
{
	if (key.len < 2 + ID_SIZE || key.data[1] != ID_SIZE)
		return false;
	*ret = bytes_of(key.data + 2, ID_SIZE);
	return true;
}

#define DECODE(message, type, value) WIRE_DECODE(&(message), type, value, REPLICA_VALUE_DECODED_MAX, info)

static enum err project_present(struct replica *r, struct bytes key, struct bytes id, struct bytes value,
				struct err_info *info)
{
	Medlock__AccountState *account;
	Medlock__RecordState *record;
	Medlock__RuleState *rule;
	Medlock__RequestState *request;
	enum err e = ERR_OK;

	if (key.data[0] == 'a') {
		TRY(DECODE(account, medlock__account_state, value));
		e = project_account(r, id, account, info);
		WIRE_FREE(account);
	} else if (key.data[0] == 'r') {
		TRY(DECODE(record, medlock__record_state, value));
		e = project_record(r, key, id, record, info);
		WIRE_FREE(record);
	} else if (key.data[0] == 'u') {
		TRY(DECODE(rule, medlock__rule_state, value));
		e = project_rule(r, key, id, rule, info);
		WIRE_FREE(rule);
	} else if (key.data[0] == 'q') {
		TRY(DECODE(request, medlock__request_state, value));
		e = project_request(r, key, id, request, info);
		WIRE_FREE(request);
	}
	return e;
}

enum err replica_project_row(struct replica *r, struct bytes key, const struct bytes *value, struct err_info *info)
{
	struct bytes id;

	if (!key_id(&id, key))
		return ERR_OK;
	if (value == NULL)
		return key.data[0] == 'u' ? drop_rule(r, key, info) : ERR_OK;
	return project_present(r, key, id, *value, info);
}

enum err replica_project_event(struct replica *r, const Medlock__Event *event, struct bytes raw,
			       struct err_info *info)
{
	char owner[ID_HEX], actor[ID_HEX], request[ID_HEX], at[TIME_TEXT];
	int64_t decided[4] = {0};
	sqlite3_stmt *s;

	for (size_t i = 0; i < event->n_records; i++)
		decided[event->records[i]->decision & 3]++;
	hex_of(owner, event->owner);
	hex_of(actor, event->actor);
	hex_of(request, event->request);
	time_of(at, event->time);
	TRY(db_statement(
		&s, r->db,
		"INSERT INTO event(owner, at, kind, actor, purpose, request, n, height, granted, refused,"
		" asked, bytes) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
		info));
	db_bind_int(s, 7, (int64_t)event->n);
	db_bind_int(s, 8, (int64_t)event->height);
	db_bind_int(s, 9, decided[DECISION_GRANTED]);
	db_bind_int(s, 10, decided[DECISION_DENIED]);
	db_bind_int(s, 11, decided[DECISION_ASKED]);
	db_bind_bytes(s, 12, raw);
	return run_bound(r, s,
			 (const char *const[]){owner, at, code_text(CODES_ACTION, event->kind), actor,
					       event->purpose ? code_text(CODES_PURPOSE, event->purpose) : "",
					       request},
			 6, info);
}
