/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the screens. */
#ifndef MEDLOCK_TUI_SCREENSHOT_H
#define MEDLOCK_TUI_SCREENSHOT_H

#include "tui/cli/cli.h"

/* With --size, --svg, --ascii, --theme, --language.  name "list": which there are.  ERR_NOT_FOUND, ERR_USAGE. */
enum err cli_screenshot(struct cli *c, const char *name) MUST_USE;

#endif
