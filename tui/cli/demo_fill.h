/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in the demo world before somebody looks at its screens. */
#ifndef MEDLOCK_TUI_DEMO_FILL_H
#define MEDLOCK_TUI_DEMO_FILL_H

#include "core/app/setup.h"
#include "tui/cli/cli.h"

/* Records, rules, requests, an emergency and a request for a certificate, by the same commands that people use; told on stderr.
 * ERR_INTERNAL when one ends otherwise than it must.
 */
enum err demo_fill(struct cli *c, const struct app_demo *d) MUST_USE;

#endif
