/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest group in a set of records without names, before somebody passes the set on. */
#ifndef MEDLOCK_APP_RISK_H
#define MEDLOCK_APP_RISK_H

#include "core/base/err.h"
#include "core/base/task.h"

struct app_risk {
	size_t people, groups, smallest, exposed, rare_codes, floor;
};

/* Every *.json and *.deid file of a folder, or the one file; each is one person.  Needs no profile.  ERR_NOT_FOUND
 * without any, and what core/health says of a file that is no FHIR, with its path.  ERR_CANCELLED.
 */
enum err app_record_risk(struct app_risk *ret, const char *path, struct task *task, struct err_info *info) MUST_USE;

#endif
