/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the desk: what its files share. */
#ifndef MEDLOCK_IDENT_CA_INTERNAL_H
#define MEDLOCK_IDENT_CA_INTERNAL_H

#include "core/ident/ca.h"
#include "core/ident/lint.h"

#define CA_SALT_SIZE 16u
#define CA_COLUMN_DECODED_MAX (2u * REGISTER_SEALED_MAX)
#define CA_CERTIFICATES_MAX 1000000u

/* Where an item is, by the bytes that name it (random or hashes, so that they are their own hash). */
struct ca_index { uint32_t *slots; size_t size, used; };

/* The items of the register as far as it was read.  Views share the arrays: one that must grow meanwhile is retired and lives
 * until the last view is released.
 */
struct ca_retired { void *items; struct ca_retired *next; };
struct ca_book {
	struct register_head head;
	struct ca_item *requests, *certificates;
	size_t request_count, request_size, certificate_count, certificate_size;
	struct ca_index by_request, by_serial, by_account;
	struct time_ms newest;
	uint64_t list_changed;
	bool damaged; /* it was seen: this desk does nothing more, whatever the file says later */
	unsigned views;
	struct ca_retired *retired;
};

struct ca_trial_issuer;

struct ca {
	struct ca_options o;
	struct ca_register *reg;
	struct ca_book book;
	struct ca_trial_issuer *trial; /* NULL: no trial yet */
	struct buf root, issuing;
	struct cert_summary root_summary, issuing_summary;
	char network_name[CERT_TEXT_MAX];
};

/* One request or one certificate, folded from its rows. */
struct ca_item {
	struct register_row row; /* the REQUEST or SIGNED row, without its sealed column: ca_column reads it */
	bool rejected, signed_, issued, revoking, revoked;
	struct tx_id tx;
	uint64_t height;
	enum ca_hold { CA_FREE, CA_HOLDING, CA_HELD, CA_RELEASING } hold; /* other than CA_FREE: revoking, and not revoked */
	size_t made;    /* of a request: its certificate, from 1; 0: none */
	size_t earlier; /* of a certificate: the account's one before, from 1; 0: none */
	struct cert_revoked revocation; /* when revoking */
	struct time_ms proposed_since;  /* of a revocation that two officers agreed to since; 0: none */
};

/* A view of what the register says now.  Loading brings the desk's reading up to the newest row.  What is appended while a view
 * is held may show in its items, never in its counts.
 */
struct ca_fold {
	struct ca *ca;
	struct ca_item *requests, *certificates;
	size_t request_count, certificate_count;
	struct time_ms newest; /* time of the last row */
	uint64_t list_changed; /* number of the last row that changed what the revocation list says */
};
enum err ca_fold_load(struct ca_fold *ret, struct ca *ca, struct err_info *info) MUST_USE;
void ca_fold_release(struct ca_fold *f);
void ca_book_release(struct ca_book *b);
/* NULL: none. */
struct ca_item *ca_fold_request(const struct ca_fold *f, const struct register_id *id);
struct ca_item *ca_fold_serial(const struct ca_fold *f, const uint8_t serial[CERT_SERIAL_SIZE]);
struct ca_item *ca_fold_made(const struct ca_fold *f, const struct ca_item *request); /* its certificate */
/* The certificates of an account, the newest first. */
struct ca_item *ca_fold_account(const struct ca_fold *f, const struct account_id *account);
struct ca_item *ca_fold_earlier(const struct ca_fold *f, const struct ca_item *certificate);

/* Issuing certificates by the time since when they are the newest. */
#define CA_ISSUERS_MAX 64u
struct ca_issuer { struct time_ms at; struct cert_summary summary; struct buf der; };
struct ca_issuers { struct ca *ca; struct ca_issuer *rows; size_t count; };
enum err ca_issuers_load(struct ca_issuers *ret, struct ca *ca, struct err_info *info) MUST_USE;
const struct ca_issuer *ca_issuer_at(const struct ca_issuers *x, struct time_ms at); /* a view */
void ca_issuers_release(struct ca_issuers *x);

/* Append a row whose sealed column is message (NULL: empty). */
enum err ca_append(struct ca *ca, struct register_row *row, const ProtobufCMessage *message,
		struct err_info *info) MUST_USE;
/* The sealed column of a row as its message; WIRE_FREE. */
enum err ca_column(ProtobufCMessage **ret, struct ca *ca, const struct register_row *row,
		   const ProtobufCMessageDescriptor *d, struct err_info *info) MUST_USE;
#define CA_COLUMN(ret, ca, row, type, info) \
	ca_column((ProtobufCMessage **)(void *)(ret), ca, row, &type##__descriptor, info)

/* This clock must not be behind the register's last row. */
enum err ca_now(struct ca *ca, struct time_ms *ret, struct err_info *info) MUST_USE;

/* The enrolment of a request's row. */
enum err ca_enrolment(struct ca *ca, struct enrolment *ret, const struct register_row *row,
		struct err_info *info) MUST_USE;

/* Whether what the plan asks passes the lint, with throw-away keys, which keep holds for the next trial (NULL at first).
 * issuer NULL: self-signed.
 */
enum err ca_trial(struct ca_trial_issuer **keep, const struct profile_plan *plan, const struct cert_summary *issuer,
		  const char *network_name, struct time_ms now, struct err_info *info) MUST_USE;
void ca_trial_issuer_free(struct ca_trial_issuer *t);
/* Lint of a certificate that the real key signed. */
enum err ca_lint(struct cert_summary *ret, struct bytes der, const struct profile_row *profile,
		const struct hash32 *spki,
		 const struct cert_summary *issuer, const char *network_name, struct time_ms now,
				struct err_info *info) MUST_USE;

/* An open request that may still be approved; what is signed stays open until it is anchored. */
bool ca_is_waiting(const struct ca *ca, const struct ca_item *request);
/* The ledger must not have other keys for the account of a request. */
enum err ca_holds(struct ca *ca, const struct enrolment *e, struct err_info *info) MUST_USE;

void ca_new_serial(uint8_t out[CERT_SERIAL_SIZE], const struct rng *rng);

/* A row that names the authorities from now on, into the register and into ca; m's other fields go with it. */
enum err ca_authority_append(struct ca *ca, struct bytes root, struct bytes issuing, Medlock__RegisterCertificate *m,
			     struct err_info *info) MUST_USE;

/* The root's list, linted, not yet registered; out must be empty. */
enum err ca_root_list_make(struct ca *ca, struct buf *out, struct bytes root, const struct cert_summary *issuer,
			   uint64_t number, struct time_ms now, struct err_info *info) MUST_USE;

/* Why somebody whose certificate is on the list gets no other one. */
enum err ca_refuse_revoked(const struct ca_item *c, struct err_info *info);

/* Sign, lint and register a list of what the register says is revoked. */
enum err ca_crl_issue(struct ca *ca, uint64_t *ret_number, struct err_info *info) MUST_USE;

void ca_fill_request(struct ca_request *ret, const struct ca_item *item, const struct enrolment *e, struct ca_fold *f);

#endif
