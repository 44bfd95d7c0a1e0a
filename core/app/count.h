/* SPDX-License-Identifier: Apache-2.0 */
/* How many records consent gives a researcher without names, as a peer counts them. */
#ifndef MEDLOCK_APP_COUNT_H
#define MEDLOCK_APP_COUNT_H

#include "core/app/app.h"

struct app_count_wish {
	const char *purpose, *category, *label, *project; /* codes and 64 hex digits; NULL: any */
};
struct app_count {
	bool below; /* fewer owners than the floor: no numbers */
	uint64_t records, owners, floor, rounded;
};
/* ERR_ROLE: not a researcher, or the purpose is not attested; ERR_LIMIT: too often today, or too many records to look at. */
enum err app_count(struct app *a, struct app_count *ret, const struct app_count_wish *wish, struct err_info *info) MUST_USE;

#endif
