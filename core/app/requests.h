/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for records, and getting what was granted. */
#ifndef MEDLOCK_APP_REQUESTS_H
#define MEDLOCK_APP_REQUESTS_H

#include "core/app/app.h"

/* Said with every answer, whatever it is. */
#define APP_INCOMPLETE_NOTE "This view may be incomplete: what is not shared with you is not listed."

struct app_decided {
	struct record_id record;
	const char *decision, *form;
	uint32_t duties; /* bit n for OBLIGATION n of codes.def */
};
/* A duty of the bits from number n on: its code, and in words.  false: none left.  Live for ever. */
struct app_duty { const char *code, *words; };
bool app_duty_next(uint32_t duties, uint32_t *n, struct app_duty *ret);

struct app_request {
	struct request_id request;
	struct tx_id tx;
	struct account_id owner;
	const char *purpose;
	bool emergency, closed;
	uint64_t height;
	struct time_ms at, expires;
	struct app_decided *records; /* granted and asked only */
	size_t count, granted, asked;
};
struct app_requests {
	struct app_request *rows;
	size_t count;
};

struct app_ask {
	struct account_id owner;
	const char *purpose;
	const char *category[17], *record[257]; /* ended by NULL */
	const char *form;                        /* NULL: full */
	const char *data_from, *data_to;         /* dates of the data, the second not included; NULL: open; not beside record */
	const char *project;                     /* 64 hex digits of a research project, or NULL */
	bool emergency;
	const char *reason; /* emergency: codes.def EMERGENCY_REASON */
	bool dry_run;
};
/* ERR_OK with what was decided, even when nothing was granted: count tells. */
enum err app_request_new(struct app *a, struct app_request *ret, const struct app_ask *ask,
			 struct err_info *info) MUST_USE;
enum err app_request_list(struct app *a, struct app_requests *ret, struct err_info *info) MUST_USE;
enum err app_request_show(struct app *a, struct app_request *ret, const char *request,
			  struct err_info *info) MUST_USE;
enum err app_request_close(struct app *a, struct app_request *ret, const char *request,
			   struct err_info *info) MUST_USE;
/* The same by id, with the commitment to a review (core/app/review.h) or NULL. */
enum err app_request_close_with(struct app *a, const struct request_id *request, const struct hash32 *review,
				struct err_info *info) MUST_USE;
void app_request_release(struct app_request *r);
void app_requests_release(struct app_requests *r);

struct app_file {
	struct record_id record;
	const char *form;
	char path[4096];
	struct hash32 sha256;
	uint64_t bytes;
};
struct app_custodian {
	struct account_id peer;
	bool ok;
};
struct app_files {
	struct app_file *rows;
	size_t count;
	struct app_custodian custodians[128];
	size_t custodian_count;
};
/* Release keys, fetch, decrypt each granted record into out/RECORD.FORM; goes on where it was cut. */
enum err app_request_get(struct app *a, struct app_files *ret, const char *request, const char *out,
			 struct err_info *info) MUST_USE;
void app_files_release(struct app_files *f);

#endif
