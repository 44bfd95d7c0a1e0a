/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the command line, run inside of a program that has a profile open: what a screen does is what its line does. */
#ifndef MEDLOCK_TUI_LINE_H
#define MEDLOCK_TUI_LINE_H

#include "core/app/app.h"

struct cli_result { struct buf words; /* what the command prints for people, also before it fails; begins zeroed */ };

/* words: the line without "medlock"; the app is open and awake, its keys are unlocked.  Nothing goes to stdout or stderr, and
 * nothing comes from stdin.  --for holds for this line alone.  ERR_USAGE also for commands that open or make profiles
 * themselves, start programs or read "-", and for --json, -C and --passphrase-file.  Cancelled by the task that the app was
 * opened with.
 */
enum err cli_run_line(struct cli_result *ret, struct app *a, const char *const *words, size_t count,
		      struct err_info *info) MUST_USE;
void cli_result_release(struct cli_result *r);

/* The words as one line for a shell, quoted where they must be. */
void cli_show_line(struct buf *out, const char *const *words, size_t count);

#endif
