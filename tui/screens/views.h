/* SPDX-License-Identifier: Apache-2.0 */
/* All screens, as data: the table of tui/screens/views.def. */
#ifndef MEDLOCK_SCREENS_VIEWS_H
#define MEDLOCK_SCREENS_VIEWS_H

#include "tui/screens/view.h"

#define VIEW(name, modes) extern const struct view_ops view_##name;
#include "tui/screens/views.def"
#undef VIEW

#define TABS_MAX 9u

const struct view_ops *view_at(size_t index);          /* NULL past the end */
const struct view_ops *view_by_name(const char *name); /* NULL */
/* The n-th tab of a mode, from 0; NULL past the last. */
const struct view_ops *view_tab(uint32_t mode, size_t n);

#endif
