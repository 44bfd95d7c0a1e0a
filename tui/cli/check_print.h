/* SPDX-License-Identifier: Apache-2.0 */
/* A list of checks in both outputs; ERR_CHECKS when one failed. */
#ifndef MEDLOCK_TUI_CHECK_PRINT_H
#define MEDLOCK_TUI_CHECK_PRINT_H

#include "core/app/ca.h"
#include "tui/cli/cli.h"

enum err cli_checks(struct cli *c, const struct app_checks *all) MUST_USE;

#endif
