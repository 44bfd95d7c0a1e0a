/* SPDX-License-Identifier: Apache-2.0 */
/* A change of consent on the terminal: who gains and loses, and the wait before it when it widens access. */
#ifndef MEDLOCK_TUI_UNDO_H
#define MEDLOCK_TUI_UNDO_H

#include "core/app/consent.h"
#include "tui/cli/cli.h"

/* The wait as --now says, watched on stderr: on a terminal a count-down, else one line. */
struct app_undo cli_undo(struct cli *c);

/* Make the change, with the wait as the options say, and print it in both outputs. */
enum err cli_change(struct cli *c, struct app_consent_edit *edit) MUST_USE;

/* After access was taken away (or given back): which peers know, and how many copies there are.  The act is done: what
 * cannot be found out is left at 0 and said so.
 */
void cli_receipt_in_short(struct cli *c, bool taken);

#define CLI_DRY_RUN {"dry-run", NULL, "show what would change, change nothing"}
#define CLI_NOW {"now", NULL, "do not wait, even when it widens access"}

#endif
