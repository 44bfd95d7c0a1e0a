/* SPDX-License-Identifier: Apache-2.0 */
/* What taking access away did, told as it is: who has copies, which peers know, what cannot be called back. */
#ifndef MEDLOCK_APP_RECEIPT_H
#define MEDLOCK_APP_RECEIPT_H

#include "core/app/app.h"

struct app_receipt_peer {
	char url[APP_URL];
	bool answered, custodian;
	uint64_t height; /* as it says itself; 0: no answer */
	bool reached;    /* it says that it is at the block or past it */
};
/* Keys that were released for one request: whoever asked may have opened the records. */
struct app_receipt_copy {
	struct request_id request;
	struct account_id who;
	const char *purpose;  /* "" when the request is not in the list */
	const char *form;     /* the most that was given */
	bool emergency;
	struct time_ms last;
	size_t records;       /* before the change */
	size_t later;         /* written down after it: on the way at that moment, or allowed by the rules that stand */
};
struct app_receipt {
	uint64_t version, height; /* of the policy, and the block from which it holds */
	struct time_ms at;
	bool paused;              /* the change was a pause */
	struct app_receipt_peer *peers;
	size_t peer_count, peers_at_height;
	struct app_receipt_copy *copies;
	size_t copy_count;
	uint64_t records, later;  /* sums over copies */
};

/* version: of the policy; 0: the newest change.  From the owner's own list of events, proven complete where the log says so,
 * and from each peer asked now.  ERR_NOT_FOUND when the list has no change of that version.
 */
enum err app_consent_receipt(struct app *a, struct app_receipt *ret, uint64_t version, struct err_info *info) MUST_USE;
void app_receipt_release(struct app_receipt *r);

#endif
