/* SPDX-License-Identifier: Apache-2.0 */
/* A QR code in half blocks, two modules a character, with the quiet zone that readers need. */
#ifndef MEDLOCK_TUI_CLI_QR_H
#define MEDLOCK_TUI_CLI_QR_H

#include "core/base/buf.h"

/* Letters, digits and spaces, in any case (the code has capitals).  paper: ink draws the dark modules; else the light ones are
 * drawn, for terminals, most of which are dark.  ERR_TOO_LARGE: more than a code holds; ERR_MEMORY. */
enum err cli_qr(struct buf *out, const char *text, bool paper) MUST_USE;

#endif
