/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/views.h"

static const struct { const struct view_ops *ops; uint32_t tab_in; } rows[] = {
#define VIEW(name, modes) {&view_##name, (modes)},
#include "tui/screens/views.def"
#undef VIEW
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct view_ops *view_at(size_t index)
{
	return index < ROWS ? rows[index].ops : NULL;
}

const struct view_ops *view_by_name(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].ops->name, name) == 0)
			return rows[i].ops;
	return NULL;
}

const struct view_ops *view_tab(uint32_t mode, size_t n)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].tab_in & mode) != 0 && n-- == 0)
			return rows[i].ops;
	return NULL;
}
