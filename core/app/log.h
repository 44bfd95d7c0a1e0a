/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked: an account's events, provably all of them. */
#ifndef MEDLOCK_APP_LOG_H
#define MEDLOCK_APP_LOG_H

#include "core/app/app.h"

struct app_event_record {
	struct record_id record;
	const char *decision, *form, *reason;
	uint32_t rule;
};
/* Who may act for whom, as a proxy_set says it. */
struct app_named {
	struct account_id owner, delegate;
	char scope[32]; /* "consent,asks"; "" when removed */
	struct time_ms from, until; /* 0: from the start, without end */
	bool removed;
};
/* A question about a request, or its reply (core/app/question.h). */
struct app_questioned {
	bool is, reply;
	struct time_ms due;
	struct account_id owner, reader; /* whose records; who requested them */
	struct hash32 text;              /* commitment */
};
struct app_event {
	uint64_t n, height;
	struct time_ms at, effective; /* effective: of announced keys */
	const char *kind, *purpose, *role, *keys_change, *hold; /* "" when the event has none */
	struct account_id who;
	struct organisation_id org;
	struct tx_id tx;
	struct request_id request;
	bool emergency, paused;
	struct app_event_record *records;
	size_t count;
	uint64_t policy_version;
	struct app_named *proxy; /* proxy_set only, else NULL */
	struct app_questioned question;
};
void app_event_release(struct app_event *e);
struct app_events {
	struct app_event *rows;
	size_t count;
	bool complete;       /* count and chain equal the proven account row */
	uint64_t checked_to; /* height of the proof */
	struct time_ms checked_at; /* time of its block */
};
/* n = 0: all since `since`; otherwise that one. */
enum err app_log_list(struct app *a, struct app_events *ret, struct time_ms since, uint64_t n,
		      struct err_info *info) MUST_USE;
void app_events_release(struct app_events *e);

/* Entry after entry, the newest first, for lists that are too long to hold: e lives during the call, but what each moves out
 * of it (`kept = *e; *e = (struct app_event){0}`) is the caller's, to free with app_event_release.  Until each returns other
 * than ERR_OK, which is returned.  The task of the app cancels it between two entries.
 */
typedef enum err app_each_event(void *self, struct app_event *e);
enum err app_log_each(struct app *a, app_each_event *each, void *self, struct err_info *info) MUST_USE;

/* What a list shows below its rows: whether all that the ledger counts is stored, and up to which block that is proven.  Asks
 * nobody.
 */
struct app_log_state {
	bool complete;
	uint64_t count, checked_to; /* 0 when it is not complete */
	struct time_ms checked_at;
};
void app_log_state(struct app *a, struct app_log_state *ret);

/* The list as a FHIR R4 Bundle of AuditEvents, one line of JSON appended to out.  Each entry names its transaction, so that
 * what another program shows can be checked against the ledger.
 */
enum err app_log_audit(struct app *a, struct buf *out, size_t *ret_count, struct time_ms since,
		       struct err_info *info) MUST_USE;

/* Recompute the chain from the stored bytes against the proven row, after asking the peer for the newest.
 * ERR_INCOMPLETE when something is withheld or changed.
 */
struct app_log_verified {
	uint64_t count, height;
	struct time_ms at; /* of the block that proves it */
};
enum err app_log_verify(struct app *a, struct app_log_verified *ret, struct err_info *info) MUST_USE;

#endif
