/* SPDX-License-Identifier: Apache-2.0 */
/* One line an event, key=value, to a stream the program chooses.  Values pass the text gate.  By rule and by test no
 * health data, no names of people and no secrets are logged: ids, counts, sizes, times and error codes only.
 */
#ifndef MEDLOCK_BASE_LOG_H
#define MEDLOCK_BASE_LOG_H

#include <stdio.h>

#include "core/base/clock.h"

enum log_level { LOG_ERROR = 0, LOG_WARN = 1, LOG_INFO = 2, LOG_DEBUG = 3 };

struct log {
	FILE *stream; /* NULL: silent */
	enum log_level level;
	const struct clock *clock;
};

/* 2026-11-22T09:30:00Z info event="block" height=5 txs=1 — format gives the part after the event's name.
 * log may be NULL.  Safe from any thread: one line is one write.
 */
void log_event(const struct log *log, enum log_level level, const char *event, const char *format, ...)
	PRINTF_LIKE(4, 5);

#endif
