/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate authority's desk, by the profiles of its officers. */
#ifndef MEDLOCK_APP_CA_H
#define MEDLOCK_APP_CA_H

#include "core/app/app.h"

struct app_enrolment_row { /* requested versus issued */
	char field[32], requested[256], issued[256];
};
struct app_enrolment {
	char id[41], name[128], profile[24], kind[16];
	uint32_t approvals_have, approvals_need;
	struct account_id account;
	struct app_enrolment_row rows[40];
	size_t row_count;
};
struct app_queue {
	struct app_enrolment *rows;
	size_t count;
};
enum err app_ca_queue(struct app *a, struct app_queue *ret, struct err_info *info) MUST_USE;
/* Take an encrypted request file into the queue. */
enum err app_ca_import(struct app *a, struct app_enrolment *ret, const char *path, struct err_info *info) MUST_USE;
enum err app_ca_show(struct app *a, struct app_enrolment *ret, const char *id, struct err_info *info) MUST_USE;
void app_queue_release(struct app_queue *q);

struct app_certificate {
	char serial[41], name[128], profile[24], state[16];
	struct account_id account;
	struct time_ms not_after;
};
struct app_certificates {
	struct app_certificate *rows;
	size_t count;
};
enum err app_ca_list(struct app *a, struct app_certificates *ret, struct err_info *info) MUST_USE;
void app_certificates_release(struct app_certificates *c);

struct app_ca_act {
	char serial[41];
	struct tx_id tx;
	uint64_t height;
	uint32_t approvals_have, approvals_need;
};
enum err app_ca_approve(struct app *a, struct app_ca_act *ret, const char *id, bool dry_run,
			struct err_info *info) MUST_USE;
enum err app_ca_reject(struct app *a, const char *id, const char *reason, struct err_info *info) MUST_USE;
/* confirm: last four digits of the serial, else ERR_CONFIRM. */
enum err app_ca_revoke(struct app *a, struct app_ca_act *ret, const char *serial, const char *reason,
		       const char *confirm, bool dry_run, struct err_info *info) MUST_USE;
/* The newest revocation list, DER, into a file. */
enum err app_ca_crl(struct app *a, uint64_t *ret_number, const char *path, struct err_info *info) MUST_USE;

struct app_check {
	char what[64], words[192];
	bool ok;
};
struct app_checks {
	struct app_check rows[32];
	size_t count, failed;
};
enum err app_ca_doctor(struct app *a, struct app_checks *ret, struct err_info *info) MUST_USE;
/* The same for this profile: files, rights, clock, peer, replica, keys. */
enum err app_doctor(struct app *a, struct app_checks *ret, struct err_info *info) MUST_USE;

#endif
