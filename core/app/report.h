/* SPDX-License-Identifier: Apache-2.0 */
/* What is not right in a record: said by its owner, in a sealed letter, to who deposited it and can make a new version.
 *
 * It is a letter and no act: the ledger does not learn that there was one, and the record stays as it is until its
 * depositor amends it.
 */
#ifndef MEDLOCK_APP_REPORT_H
#define MEDLOCK_APP_REPORT_H

#include "core/app/mail.h"

struct app_report {
	struct record_id record;
	struct account_id to; /* who deposited it */
};
/* record: the first digits of an own record's id.  text: 1 to 4,000 bytes of UTF-8 without control characters; lines may end.
 * ERR_USAGE: the text; ERR_NOT_FOUND; ERR_NO_CONTACT: the depositor's keys are not known; as app_mail_send.
 */
enum err app_record_report(struct app *a, struct app_report *ret, const char *record, const char *text,
			   struct err_info *info) MUST_USE;

#endif
