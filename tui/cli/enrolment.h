/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEDLOCK_TUI_CLI_ENROLMENT_H
#define MEDLOCK_TUI_CLI_ENROLMENT_H

#include "core/app/enrol.h"

struct cli;

/* Where a request for a certificate stands, and what to do about it. */
void enrolment_say(struct cli *c, const struct app_asked *s);

#endif
