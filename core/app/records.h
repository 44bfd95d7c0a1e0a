/* SPDX-License-Identifier: Apache-2.0 */
/* Records: list, deposit, read, export. */
#ifndef MEDLOCK_APP_RECORDS_H
#define MEDLOCK_APP_RECORDS_H

#include "core/app/app.h"

struct app_rendition {
	const char *form;
	struct blob_id blob;
	uint64_t bytes;
};

struct app_record {
	struct record_id record;
	struct account_id owner, from;
	const char *category, *confidentiality, *status;
	char labels[128]; /* "PSY,MH" */
	bool period_known;
	struct time_ms period_from, period_to, at;
	struct app_rendition renditions[2];
	size_t rendition_count;
	uint64_t height;
	struct record_id newer; /* of a superseded one, else zero */
};
struct app_records {
	struct app_record *rows;
	size_t count;
};
/* Own records, or those of owner that a grant lets this profile see. */
enum err app_record_list(struct app *a, struct app_records *ret, const struct account_id *owner,
			 struct err_info *info) MUST_USE;
/* What this profile deposited. */
enum err app_deposit_list(struct app *a, struct app_records *ret, struct err_info *info) MUST_USE;
void app_records_release(struct app_records *r);

struct app_deposit {
	const char *path;
	struct account_id owner;
	const char *category;        /* NULL: as proposed */
	const char *labels[22];      /* more than proposed; ended by NULL */
	const char *confidentiality; /* NULL: as proposed */
	bool lower;                  /* confidentiality may be below the proposal: ERR_USAGE without */
	bool full_only;              /* without the de-identified form that FHIR gets */
	bool dry_run;
	const struct record_id *supersedes; /* the version that this one replaces; NULL: a new record */
};
struct app_loss {
	char path[160]; /* "Patient.name", or a type that was left out whole; foreign text */
	uint64_t count;
};
/* What the de-identified form lost. */
struct app_losses {
	struct app_loss *rows; /* by path */
	size_t count;
	uint64_t further;      /* in more places than rows name */
	size_t kept, left_out; /* resources */
};
struct app_deposited {
	struct record_id record;
	struct tx_id tx;
	uint64_t height;
	struct app_record description; /* category, labels, period, renditions as registered */
	bool deid;		       /* made, and this was dropped: */
	struct app_losses dropped;
	const char *lowered_from; /* the confidentiality that was proposed, when what is registered is lower; or NULL */
	const char *is;     /* "FHIR", "a PDF document", … */
	size_t resources;
	struct app_reason { /* which code at which place proposed a label, or a confidentiality; foreign text */
		char what[12], place[96], code[32];
	} *reasons;
	size_t reason_count;
};
/* With supersedes: a record of the same owner that this profile deposited (else ERR_NOT_FOUND); its kind is kept unless
 * another is said, its labels and confidentiality are kept or raised.  ERR_CONFLICT: there is a newer version; ERR_ERASED.
 *
 * FHIR is registered in full and, unless full_only, without names and identifiers (profile deid-1); an attachment in
 * full alone.  The de-identified form is made in memory and never stands on the disk in plain.
 */
enum err app_deposit_put(struct app *a, struct app_deposited *ret, const struct app_deposit *d,
			 struct err_info *info) MUST_USE;
void app_deposited_release(struct app_deposited *d);

/* The row of one record as stored; ERR_NOT_FOUND. */
enum err app_record_show(struct app *a, struct app_record *ret, const struct record_id *record,
			 struct err_info *info) MUST_USE;

/* A record's bytes as deposited, verified and decrypted into memory; at most 64 MiB. */
enum err app_record_read(struct app *a, struct buf *ret, const struct record_id *record, const char *form,
			 struct err_info *info) MUST_USE;
/* What an attachment is: "a PDF document", … */
const char *app_attachment_words(struct bytes record);
void app_record_forget(struct buf *record); /* wipes, then releases */
/* The same, streamed into a new 0600 file at path. */
struct app_export {
	uint64_t bytes;
	struct hash32 sha256;
};
enum err app_record_export(struct app *a, struct app_export *ret, const struct record_id *record, const char *form,
			   const char *path, struct err_info *info) MUST_USE;
/* The encrypted file itself, which the plain age program opens with the owner's exported identity. */
enum err app_record_export_age(struct app *a, const struct record_id *record, const char *form, const char *path,
			       struct err_info *info) MUST_USE;

struct app_view_row {
	const char *section, *date, *title, *detail, *range, *flag, *status, *source;
};
struct app_view {
	struct app_view_row *rows;
	size_t count, not_shown, resources;
	void *owned;
};
/* Rows for reading; ERR_FHIR when the bytes are an attachment. */
enum err app_record_view(struct app_view *ret, struct bytes record, struct err_info *info) MUST_USE;
void app_view_release(struct app_view *v);

/* 64 hex digits, or the first digits of exactly one known record.  ERR_NOT_FOUND. */
enum err app_record_find(struct app *a, struct record_id *ret, const char *text, struct err_info *info) MUST_USE;

#endif
