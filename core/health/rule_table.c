/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/rule_table.h"

enum err rule_table_read(void *rules, const char *const *lines, size_t count, const char *name, rule_line_take *take,
			 struct err_info *info)
{
	for (size_t i = 0; i < count; i++) {
		if (lines[i][0] == '\0' || lines[i][0] == '#')
			continue;
		if (take(rules, lines[i]) != ERR_OK)
			return err_set(info, ERR_FORMAT, "line %zu of the table %s", i + 1, name);
	}
	return ERR_OK;
}
