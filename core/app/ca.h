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
	struct time_ms expires; /* of a request; 0: an act */
	struct app_enrolment_row rows[56];
	size_t row_count;
	struct time_ms received;  /* by the desk; of `show`, and of requests in the queue */
	struct time_ms entered;   /* when the first officer began the act; 0: nobody did */
	char entered_by[128];     /* who that was; "" */
	char lint[96];            /* what the lint says to the certificate; of `show` */
};
struct app_queue {
	struct app_enrolment *rows;
	size_t count;
	/* Of the requests that peers had for the desk: entered now; not entered, and why the first one was not. */
	size_t entered, refused, silent; /* silent: peers that could not be asked */
	char why[192];
	bool keeps; /* this profile holds the register: the acts that wait are its own, for a colleague to agree to */
};
/* Fetches what peers have for the desk first.  A request that is refused here is passed over for good: its sender may ask
 * again.
 */
enum err app_ca_queue(struct app *a, struct app_queue *ret, struct err_info *info) MUST_USE;
/* Take an encrypted request file into the queue. */
enum err app_ca_import(struct app *a, struct app_enrolment *ret, const char *path, struct err_info *info) MUST_USE;
/* A request of the queue.  For a second officer an act that waits: the whole certificate, judged by her own program;
 * approving or revoking agrees to exactly that (ERR_CONFLICT when it changed since, ERR_UNSEEN when it was not looked at).
 */
enum err app_ca_show(struct app *a, struct app_enrolment *ret, const char *id, struct err_info *info) MUST_USE;
void app_queue_release(struct app_queue *q);

struct app_certificate {
	char serial[41], name[128], profile[24], state[16], organisation[128]; /* organisation: "" when it names none */
	const char *reason; /* why it ended, or is on hold, as RFC 5280 writes it; "" else */
	struct account_id account;
	struct time_ms issued, not_after, ended; /* ended: with reason */
};
struct app_certificates {
	struct app_certificate *rows;
	size_t count;
};
enum err app_ca_list(struct app *a, struct app_certificates *ret, struct err_info *info) MUST_USE;
void app_certificates_release(struct app_certificates *c);

struct app_ca_act {
	char serial[41];
	struct account_id account; /* of revocations and releases */
	struct tx_id tx;
	uint64_t height;
	uint32_t approvals_have, approvals_need;
	bool answer_sent;  /* a peer has the answer for the holder */
	char answer[4096]; /* where it lies as a file; empty: nowhere */
};
/* The same again of a request that is done sends its answer again. */
enum err app_ca_approve(struct app *a, struct app_ca_act *ret, const char *id, bool dry_run,
			struct err_info *info) MUST_USE;
/* reason: words for the requester.  Of ret only the answer is filled. */
enum err app_ca_reject(struct app *a, struct app_ca_act *ret, const char *id, const char *reason,
		       struct err_info *info) MUST_USE;

struct app_check {
	char what[64], words[192], next[160]; /* next: what to do, when it is not fine */
	bool ok, warn;                        /* warn: fine today, not for long; ok then */
};
struct app_checks {
	struct app_check rows[32];
	size_t count, failed, warned;
};
enum err app_ca_doctor(struct app *a, struct app_checks *ret, struct err_info *info) MUST_USE;
/* The same for this profile: files, rights, clock, peer, replica, keys. */
enum err app_doctor(struct app *a, struct app_checks *ret, struct err_info *info) MUST_USE;

#endif
