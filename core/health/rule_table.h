/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in tables of rules: one text for each line, of assets/. */
#ifndef MEDLOCK_HEALTH_RULE_TABLE_H
#define MEDLOCK_HEALTH_RULE_TABLE_H

#include "core/base/err.h"

/* Takes one line into rules; any failure makes the table unusable. */
typedef enum err rule_line_take(void *rules, const char *line);

/* Each line in order, without empty ones and those that begin with #.  ERR_FORMAT names the table and the line (from 1). */
enum err rule_table_read(void *rules, const char *const *lines, size_t count, const char *name, rule_line_take *take,
			 struct err_info *info) MUST_USE;

#endif
