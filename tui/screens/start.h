/* SPDX-License-Identifier: Apache-2.0 */
/* How the screens begin: from a bare `medlock` on a terminal, from `medlock tui` and from `medlock demo`. */
#ifndef MEDLOCK_SCREENS_START_H
#define MEDLOCK_SCREENS_START_H

#include "core/base/bytes.h"

#define SCREENS_MARKS_HELP "keep in FILE how many keys were handled: for scripts that drive the screens"

struct start_options {
	const char *home, *passphrase_file; /* NULL: as everywhere; home also when there is a world: its people */
	const char *world;                  /* a demo world's folder; NULL: none */
	const char *theme, *language;       /* NULL: the person's settings, else by terminal and locale */
	const char *marks;           /* struct loop_options */
	bool ascii, plain, mouse;
};

/* Until the person leaves.  Plain lines where asked for, by MEDLOCK_UI=plain, or where no cursor can be placed. */
enum err start_screens(const struct start_options *o, struct err_info *info) MUST_USE;

#endif
