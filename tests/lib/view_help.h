/* SPDX-License-Identifier: Apache-2.0 */
/* A view on what the example world holds, without a session: its pages as lines of words, its acts as what they would do. */
#ifndef MEDLOCK_TEST_VIEW_HELP_H
#define MEDLOCK_TEST_VIEW_HELP_H

#include "tui/examples/examples.h"
#include "tui/screens/views.h"

struct shown {
	const struct view_ops *ops;
	void *model, *draft;
	struct view view;
	struct act act; /* the last one asked for */
};

void show(struct shown *s, const struct view_ops *ops, example_fill *fill, uint32_t mode);
void hide(struct shown *s);

/* What an action on id says; a view that does not answer it fails the test. */
const struct act *act_of(struct shown *s, enum action action, int id);
/* What choosing id, or typing text into it, says. */
const struct act *choose(struct shown *s, int id, const char *text);
void is_line(const struct act *a, const char *line); /* "ca approve ID" */
void is_refused(const struct act *a, const char *with);

/* The list (id -1), or the page beside what is selected: holds what; where it stands. */
void says(struct shown *s, int id, const char *what);
int place(struct shown *s, const char *what);
/* What can be chosen and holds text. */
int id_of(struct shown *s, const char *text);

#endif
