/* SPDX-License-Identifier: Apache-2.0 */
/* What the register says, for people outside: a signed export of decisions, one certificate, and a copy of the file. */
#ifndef MEDLOCK_IDENT_CA_EXPORT_H
#define MEDLOCK_IDENT_CA_EXPORT_H

#include "core/ident/ca.h"

enum ca_export_format { CA_EXPORT_JSON, CA_EXPORT_CSV };

/* Every decision of the register since a time (0: all), oldest first: issued, rejected, revoked, held, released, and what of
 * these the ledger has not confirmed; each with its row's number and hash, and at the end the head of the whole chain.  CSV is
 * RFC 4180 with a header; a field that a spreadsheet would take for a formula begins with an apostrophe.  Names and reasons
 * pass the text gate.  signature: ECDSA-SHA256 by the issuing key over the bytes of text, DER.  Both are appended.
 * *ret_rows: without the head.
 */
enum err ca_export(struct ca *ca, struct buf *text, struct buf *signature, uint64_t *ret_rows, enum ca_export_format format,
		   struct time_ms since, struct err_info *info) MUST_USE;

/* The same decisions as rows, for a screen; without the chain's head.  Foreign text: gate before showing. */
struct ca_decision {
	const char *entry;    /* "issued", "rejected", "revoked", "revoking", "held", "holding", "released" */
	char profile[24];
	char serial[2 * CERT_SERIAL_SIZE + 1], name[CERT_TEXT_MAX], organisation[CERT_TEXT_MAX], reason[160];
	struct time_ms at;
	uint64_t row, height; /* height: on the ledger; 0: it has not confirmed it, or never learns it */
	struct hash32 hash;   /* of the register's row */
};
struct ca_decisions { struct ca_decision *rows; size_t count; };
enum err ca_decisions(struct ca *ca, struct ca_decisions *ret, struct err_info *info) MUST_USE;
void ca_decisions_release(struct ca_decisions *d);

/* One field of a CSV file, quoted; for tests. */
void ca_csv_field(struct buf *out, struct bytes text);

/* DER of a certificate of this register, appended.  ERR_NOT_FOUND. */
enum err ca_certificate_der(struct ca *ca, struct buf *der, const uint8_t serial[CERT_SERIAL_SIZE],
			    struct err_info *info) MUST_USE;

/* A consistent copy of the register in a new file; its chain is verified there.  ERR_DUPLICATE when the file exists. */
struct ca_copied { uint64_t rows; struct hash32 head; };
enum err ca_copy(struct ca *ca, struct ca_copied *ret, const char *path, struct err_info *info) MUST_USE;

#endif
