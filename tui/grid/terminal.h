/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal: shows grids, tells keys.  The only file behind it knows curses.
 *
 * One at a time in a process, used by one thread.  Whatever ends it, the screen it drew is erased before the person's own comes
 * back: a record must not stay in a scrollback.
 */
#ifndef MEDLOCK_GRID_TERMINAL_H
#define MEDLOCK_GRID_TERMINAL_H

#include "tui/grid/keys.h"
#include "tui/grid/theme.h"

struct terminal;
struct terminal_options {
	enum theme theme; /* THEME_MONO is taken where there are no colours */
	bool ascii;       /* taken where the locale has no UTF-8 */
	bool mouse;
};

/* Takes over standard input and output.  ERR_TERMINAL: it is no terminal, or one whose cursor cannot be placed (TERM=dumb). */
enum err terminal_open(struct terminal **ret, const struct terminal_options *options, struct err_info *info) MUST_USE;
void terminal_free(struct terminal *t); /* erases, and gives the person's screen back */

/* Other colours from the next paint on. */
void terminal_theme(struct terminal *t, enum theme theme);
bool terminal_is_ascii(const struct terminal *t);
int terminal_input(const struct terminal *t); /* a file descriptor to wait on */
void terminal_size(const struct terminal *t, int *ret_columns, int *ret_rows);
/* After SIGWINCH or SIGCONT: the size is asked for, and the next paint draws all. */
void terminal_resized(struct terminal *t);

/* A grid of the terminal's size, or one that is cut to it. */
void terminal_paint(struct terminal *t, const struct grid *g);
void terminal_redraw(struct terminal *t); /* Ctrl-L: the next paint draws all */

/* The next key that has come; ERR_NOT_FOUND: none now; ERR_IO: the terminal has gone. */
enum err terminal_key(struct terminal *t, struct key *ret) MUST_USE;

/* Before the process stops (Ctrl-Z), and after it goes on. */
void terminal_suspend(struct terminal *t);
void terminal_resume(struct terminal *t);

#endif
