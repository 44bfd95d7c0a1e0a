/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of `medlock key` share. */
#ifndef MEDLOCK_TUI_CLI_KEY_PARTS_H
#define MEDLOCK_TUI_CLI_KEY_PARTS_H

#include "core/app/keys.h"
#include "tui/cli/cli.h"

/* One step of it; ERR_PENDING while shares are awaited. */
enum err key_recover_by_helpers(struct cli *c, const struct app_recovery *r) MUST_USE;

#endif
