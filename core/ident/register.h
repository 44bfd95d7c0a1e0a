/* SPDX-License-Identifier: Apache-2.0 */
/* The authority's register: an append-only, hash-chained list of what the desk received, decided and issued.
 *
 * SQLite, one table, no update and no delete.  Each row's hash covers the row and the hash of the row before.  Names and
 * certificates stand in sealed columns: whoever copies the file learns numbers, times and random ids.  A decision that
 * also stands on the ledger is two rows, one before and one after, so that a cut can be resumed.
 *
 * What is noticed when: the whole chain is checked when the desk opens and by its doctor, and again by register_follow
 * after another connection wrote to the file: a row changed, removed or added between two acts, and a register put back to
 * an earlier state, are found by the second act.  So is another file in this one's place.  New rows are checked before
 * they are believed.  Bytes changed past SQLite in a file that is open are found at the next opening.  A chain cut at its
 * end while nobody had it open shows on the ledger alone (the doctor compares).
 * docs/formats/register.md.  One thread at a time; a second process gets ERR_BUSY.
 */
#ifndef MEDLOCK_IDENT_REGISTER_H
#define MEDLOCK_IDENT_REGISTER_H

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/crypto/hash.h"
#include "core/crypto/x509.h"

struct ca_register;

enum register_kind {
	REGISTER_AUTHORITY = 1, /* root and issuing: of the ceremony, or renewed */
	REGISTER_REQUEST = 2,   /* received */
	REGISTER_REJECTED = 3,
	REGISTER_SIGNED = 4,    /* certificate made, not yet on the ledger */
	REGISTER_ISSUED = 5,    /* stands on the ledger */
	REGISTER_REVOKING = 6,
	REGISTER_REVOKED = 7,
	REGISTER_CRL = 8,
	REGISTER_ROOT_LIST = 20, /* a revocation list of the root after that of the ceremony */
	REGISTER_PROPOSED = 30, /* a revocation that waits for a second officer: since when */
	REGISTER_HOLDING = 31,  /* a hold and its release can come again and again: before and after each, as 6 and 7 */
	REGISTER_HELD = 32,
	REGISTER_RELEASING = 33,
	REGISTER_RELEASED = 34
};

#define REGISTER_ID_SIZE 16
#define REGISTER_SEALED_MAX (4u * 1024 * 1024)

struct register_id { uint8_t b[REGISTER_ID_SIZE]; }; /* of a request */

/* A row.  What does not apply is zero. */
struct register_row {
	uint64_t seq; /* from 1, without gaps */
	enum register_kind kind;
	struct time_ms at;
	struct register_id request;
	struct account_id account;
	uint8_t serial[CERT_SERIAL_SIZE];
	struct hash32 key;      /* SHA-256 of the SubjectPublicKeyInfo */
	uint32_t profile;
	uint64_t number;        /* of a revocation list; height on the ledger for issued and revoked */
	struct time_ms until;   /* not_after of a certificate, nextUpdate of a list */
	struct tx_id tx;
	struct buf sealed;      /* as stored; released by register_row_release */
	struct hash32 hash;
};
void register_row_release(struct register_row *r);

/* ERR_NOT_FOUND when there is none and create is false, ERR_BUSY, ERR_DAMAGED, ERR_NEWER. */
enum err register_open(struct ca_register **ret, const char *path, bool create, struct err_info *info) MUST_USE;
void register_free(struct ca_register *r);

/* Append: seq and hash are set here, and the row is durable on return.  sealed is what ca_keys sealed with
 * register_aad.  ERR_DUPLICATE: this serial, or this request, has a row of this kind already.
 */
enum err register_append(struct ca_register *r, struct register_row *row, struct err_info *info) MUST_USE;

/* What the sealed column is bound to: kind, request, account and serial. */
struct hash32 register_aad(const struct register_row *row);

/* Each row in order of seq; the row lives during the call only.  A visitor that fails ends the walk with its error. */
typedef enum err register_visit(void *self, const struct register_row *row);
enum err register_walk(struct ca_register *r, register_visit *visit, void *self, struct err_info *info) MUST_USE;

/* How far somebody has read; zero: nothing. */
struct register_head { uint64_t seq; struct hash32 hash; int64_t version; };
/* Visit the rows after the head in order, each after its hash was found to continue the chain, and move the head past it.
 * ERR_DAMAGED: what was read before is no longer what was read, or a new row does not continue it.  A visitor's failure leaves
 * the head before that row.
 */
enum err register_follow(struct ca_register *r, struct register_head *head, register_visit *visit, void *self,
			 struct err_info *info) MUST_USE;

/* ERR_NOT_FOUND. */
enum err register_of_seq(struct ca_register *r, struct register_row *ret, uint64_t seq, struct err_info *info) MUST_USE;

/* The newest row of a kind, or of one serial.  ERR_NOT_FOUND. */
enum err register_newest(struct ca_register *r, struct register_row *ret, enum register_kind kind,
			 struct err_info *info) MUST_USE;
enum err register_of_serial(struct ca_register *r, struct register_row *ret, enum register_kind kind,
			    const uint8_t serial[CERT_SERIAL_SIZE], struct err_info *info) MUST_USE;

/* The number in the newest row of a kind; 0 when there is none. */
enum err register_last_number(struct ca_register *r, uint64_t *ret, enum register_kind kind,
			      struct err_info *info) MUST_USE;

/* A consistent copy into a new file, while this one is open.  ERR_DUPLICATE. */
enum err register_copy(struct ca_register *r, const char *path, struct err_info *info) MUST_USE;

/* Every hash again from the start.  ERR_DAMAGED names the first wrong row.  ret_rows and ret_head may be NULL. */
enum err register_verify(struct ca_register *r, uint64_t *ret_rows, struct hash32 *ret_head,
			 struct err_info *info) MUST_USE;

#endif
