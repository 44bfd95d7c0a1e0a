/* SPDX-License-Identifier: Apache-2.0 */
/* Time behind a seam.  Ledger time is milliseconds since 1970 UTC (time_ms); durations are ms as well. */
#ifndef MEDLOCK_BASE_CLOCK_H
#define MEDLOCK_BASE_CLOCK_H

#include "core/base/bytes.h"

struct time_ms { int64_t v; };

#define MS_PER_SECOND 1000
#define MS_PER_DAY (86400 * (int64_t)MS_PER_SECOND)

/* Where time comes from.  now: wall clock; steady: never goes back, only for differences. */
struct clock {
	struct time_ms (*now)(void *self);
	int64_t (*steady_ms)(void *self);
	void *self;
};

const struct clock *clock_real(void);

struct manual_clock { struct time_ms now; struct clock clock; };
void manual_clock_init(struct manual_clock *m, struct time_ms start); /* for tests: m->clock reads m->now */

#define TIME_TEXT 32
/* RFC 3339 UTC: "2026-11-22T09:30:00Z", with ".mmm" only when not a whole second. */
void time_format(char out[TIME_TEXT], struct time_ms t);
/* RFC 3339 date-time with Z or offset, or a date "2026-11-22" (midnight UTC).  ERR_FORMAT otherwise. */
enum err time_parse(struct time_ms *ret, const char *text) MUST_USE;

#endif
