/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate authority's desk: ceremony, queue, approve, reject, revoke, revocation list, health.
 *
 * Every decision is written to the register before and after it goes to the ledger, and each act can be repeated: what
 * was cut goes on from the row before.  The desk holds no key (core/ident/ca_keys.h) and knows the ledger only by two
 * calls.  One thread at a time.
 */
#ifndef MEDLOCK_IDENT_CA_H
#define MEDLOCK_IDENT_CA_H

#include "core/ident/ca_keys.h"
#include "core/ident/enrolment.h"
#include "core/ident/register.h"

#define CA_CRL_LIFE_MS (7ll * 24 * 3600 * 1000) /* re-issued at half of it */
#define CA_EXPIRY_NOTICE_MS (30ll * 24 * 3600 * 1000)
#define CA_QUEUE_MAX 4096u

/* How decisions reach the ledger.  Submits, waits for the block, ERR_OK only with code 0.  A repeated anchoring of the
 * same certificate for the same account, and a repeated revocation, count as done (ERR_DUPLICATE is taken as done).
 * Lists of the message may be sorted in place; everything else is the callee's to read only.
 */
struct ca_ledger {
	enum err (*anchor)(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const Medlock__CertAnchor *anchor,
			   struct err_info *info);
	enum err (*revoke)(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const Medlock__CertRevoke *revoke,
			   struct err_info *info);
	/* Whether these are the account's keys of now.  ERR_NOT_FOUND: no such account yet; ERR_KEYS_CHANGED: others are. */
	enum err (*holds)(void *self, const struct account_id *account, const Medlock__KeySet *keys, struct err_info *info);
	/* The account acts again, with the certificate that the ledger has for it on hold. */
	enum err (*release)(void *self, struct tx_id *ret_tx, uint64_t *ret_height, const struct account_id *account,
			    struct err_info *info);
	void *self;
};

struct ca_options {
	const char *register_path;
	struct ca_keys keys;
	struct ca_ledger ledger;   /* calls may be NULL when the desk only looks */
	const struct clock *clock;
	const struct rng *rng;
	struct network_id network;
};
struct ca;

/* ERR_NOT_FOUND before the ceremony (core/ident/ceremony.h). */
enum err ca_open(struct ca **ret, const struct ca_options *options, struct err_info *info) MUST_USE;
void ca_free(struct ca *ca);

/* Rows of the register, which were verified when it was opened; 0 when it cannot be read. */
uint64_t ca_rows(struct ca *ca);

/* DER of both authorities; views that live as long as the desk. */
struct bytes ca_root(const struct ca *ca);
struct bytes ca_issuing(const struct ca *ca);

/* ERR_CLOCK: this clock is behind the register, so that nothing can be entered. */
enum err ca_ready(struct ca *ca, struct err_info *info) MUST_USE;

/* Take an encrypted request file into the queue.  Refused and not entered: what enrolment_parse refuses; ERR_DUPLICATE
 * (this request is known); ERR_LINT (this key stands in another profile's certificate); ERR_KEYS_CHANGED (the account
 * exists and has other keys); ERR_NOT_FOUND (it names an account that does not exist).
 */
enum err ca_import(struct ca *ca, struct register_id *ret, struct bytes file, struct err_info *info) MUST_USE;

struct ca_approvals { uint32_t have, need; };

struct ca_request {
	struct register_id id;
	char id_text[2 * REGISTER_ID_SIZE + 1];
	const struct profile_row *profile;
	struct account_id account;
	char name[CERT_TEXT_MAX], organisation[CERT_TEXT_MAX]; /* foreign text: gate before showing */
	struct time_ms at, expires; /* expires: nobody approves it after this */
	struct ca_approvals approvals;
	bool signed_not_anchored; /* an approval that was cut: approve again to finish it */
	bool renewal;             /* the account has a certificate already */
};
struct ca_requests { struct ca_request *rows; size_t count; };
/* What waits: neither answered nor older than ENROLMENT_LIFE_MS. */
enum err ca_queue(struct ca *ca, struct ca_requests *ret, struct err_info *info) MUST_USE;
void ca_requests_release(struct ca_requests *q);

/* id: 32 hex digits, or the first digits of exactly one open request.  ERR_NOT_FOUND, ERR_FORMAT. */
enum err ca_find_request(struct ca *ca, struct register_id *ret, const char *text, struct err_info *info) MUST_USE;

struct ca_comparison {
	struct ca_request request;
	struct profile_line lines[PROFILE_ROWS_MAX];
	size_t line_count;
};
enum err ca_show(struct ca *ca, struct ca_comparison *ret, const struct register_id *id,
		struct err_info *info) MUST_USE;

struct ca_act {
	uint8_t serial[CERT_SERIAL_SIZE];
	char serial_text[2 * CERT_SERIAL_SIZE + 1];
	struct account_id account;
	struct tx_id tx;    /* zero with dry_run */
	uint64_t height;
	struct ca_approvals approvals;
	uint64_t crl_number; /* revoke: of the list made with it */
};

/* Plan, lint, sign, lint, register, anchor, register.  ret_answer: the age file for the holder, appended (NULL: not
 * wanted).  dry_run: plan and lint with throw-away keys only.  A cut approval is finished with the same certificate;
 * an issued one gives its answer again.
 * ERR_LINT, ERR_CLOCK (this clock is behind the register), ERR_EXPIRED, ERR_KEYS_CHANGED, and what the ledger says.
 */
enum err ca_approve(struct ca *ca, struct ca_act *ret, struct buf *ret_answer, const struct register_id *id,
		bool dry_run,
		    struct err_info *info) MUST_USE;

/* Where the answer to a request waits for the holder (enrolment_drop). */
enum err ca_drop(struct ca *ca, struct hash32 *ret, const struct register_id *id, struct err_info *info) MUST_USE;

/* reason: words for the requester, 1..ENROLMENT_WORDS_MAX bytes of text.  ret_answer: the age file for the holder, appended;
 * of a request that was rejected before, with the words of then.  ERR_CONFLICT when it was approved.
 */
enum err ca_reject(struct ca *ca, struct buf *ret_answer, const struct register_id *id, const char *reason,
		   struct err_info *info) MUST_USE;

struct ca_certificate {
	uint8_t serial[CERT_SERIAL_SIZE];
	char serial_text[2 * CERT_SERIAL_SIZE + 1];
	char name[CERT_TEXT_MAX], organisation[CERT_TEXT_MAX]; /* foreign text */
	const struct profile_row *profile;
	struct account_id account;
	struct time_ms issued, not_after;
	const char *state; /* "valid", "superseded", "expired", "revoked", "hold", "revoking", "releasing", "signed" */
	const char *reason;   /* why it ended, or is on hold: ca_reason_text; "" else */
	struct time_ms ended; /* when that was registered; 0 else */
};
struct ca_certificates { struct ca_certificate *rows; size_t count; };
enum err ca_list(struct ca *ca, struct ca_certificates *ret, struct err_info *info) MUST_USE;
void ca_certificates_release(struct ca_certificates *c);

/* Text of a serial, 40 hex digits or the first of exactly one.  ERR_NOT_FOUND, ERR_FORMAT. */
enum err ca_find_serial(struct ca *ca, struct ca_certificate *ret, const char *text, struct err_info *info) MUST_USE;

/* As RFC 5280 writes it. */
const char *ca_reason_text(enum cert_reason reason);
/* RFC 5280 reason by number or by name ("keyCompromise", "superseded", …; case and "-" ignored).  ERR_USAGE. */
enum err ca_reason_parse(enum cert_reason *ret, const char *text, struct err_info *info) MUST_USE;

/* Register, new revocation list, ledger, register.  The ledger revokes the account, so siblings of it go with it.
 * CERT_REASON_HOLD: until a release; a certificate on hold can still be revoked for good.  since: from when on the key is not
 * to be trusted (the invalidity date of the list); 0: what ca_propose noted, else nothing is said.
 * ERR_DUPLICATE: it is so already; ERR_RANGE: since lies in the future; ERR_CONFLICT: a hold of what is not on the ledger.
 */
enum err ca_revoke(struct ca *ca, struct ca_act *ret, const uint8_t serial[CERT_SERIAL_SIZE], enum cert_reason reason,
		   struct time_ms since, bool dry_run, struct err_info *info) MUST_USE;

/* Register, ledger, register, new revocation list: the account acts again, and all its certificates leave the list.
 * ERR_NOT_HELD.
 */
enum err ca_release(struct ca *ca, struct ca_act *ret, const uint8_t serial[CERT_SERIAL_SIZE], bool dry_run,
		    struct err_info *info) MUST_USE;

/* Note since when, for a revocation that waits for a second officer.  ERR_RANGE. */
enum err ca_propose(struct ca *ca, const uint8_t serial[CERT_SERIAL_SIZE], enum cert_reason reason, struct time_ms since,
		    struct err_info *info) MUST_USE;

/* The list in force, DER, appended (out and ret_number may be NULL); a new one first when half of its life is over, or when it
 * does not say what the register says.
 */
enum err ca_crl(struct ca *ca, struct buf *out, uint64_t *ret_number, struct err_info *info) MUST_USE;

struct ca_check {
	char what[64], words[192];
	const char *next; /* what to do, when it is not fine; "" */
	bool ok, warn;    /* warn: fine today, not for long; ok then */
};
#define CA_CHECKS_MAX 24u
struct ca_checks { struct ca_check rows[CA_CHECKS_MAX]; size_t count, failed, warned; };
/* Register chain, serials, list age, clock, chain of certificates, lint of every issued one, expiry forecast, cut
 * acts. */
enum err ca_doctor(struct ca *ca, struct ca_checks *ret, struct err_info *info) MUST_USE;

#endif
