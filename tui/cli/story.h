/* SPDX-License-Identifier: Apache-2.0 */
/* The four steps and the withdrawal, told by running the real commands and showing what they print. */
#ifndef MEDLOCK_TUI_STORY_H
#define MEDLOCK_TUI_STORY_H

#include "core/app/setup.h"
#include "tui/cli/cli.h"

/* Each step must end as the story says: another exit status is ERR_INTERNAL with the command. */
enum err story_tell(struct cli *c, const struct app_demo *d) MUST_USE;

/* Remove the throw-away folder that was made for it. */
enum err story_remove(const char *dir) MUST_USE;

#endif
