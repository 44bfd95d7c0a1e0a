/* SPDX-License-Identifier: Apache-2.0 */
/* A session on a terminal: keys, resizes, signals and work that is done, one after the other; what changed is painted. */
#ifndef MEDLOCK_SCREENS_LOOP_H
#define MEDLOCK_SCREENS_LOOP_H

#include "tui/screens/session.h"

struct loop_options {
	bool mouse;
	/* A file that says after each paint how many keys were handled and whether work is done; NULL: none. */
	const char *marks;
};

/* Until the person leaves or the terminal goes.  ERR_TERMINAL: it cannot be drawn on. */
enum err loop_run(struct session *s, const struct session_options *o, const struct loop_options *how,
		  struct err_info *info) MUST_USE;

/* The same by lines of words on stdin and stdout (tui/screens/plain.c). */
void plain_run(struct session *s);

#endif
