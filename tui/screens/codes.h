/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of the ledger (chain/proto/codes.def) in words of the person's language. */
#ifndef MEDLOCK_SCREENS_CODES_H
#define MEDLOCK_SCREENS_CODES_H

#include "tui/screens/view.h"

/* group: "category", "purpose", "label", "code", "deed"; of the desk also "kind", "profile", "state", "reason", "field".  What
 * is no letter and no digit in the code is one '-' in the word's id.  The code itself when there are no words for it.  Lives
 * for ever, or as long as code.
 */
const char *say_code(const struct view *v, const char *group, const char *code);
/* What an error is, and what to do next, in a language: the words of its row in core/base/err.def.  Not for ERR_OK. */
const char *say_error(enum language l, enum err e);
const char *say_next(enum language l, enum err e);
/* Codes with commas between, in words: "psychiatry, HIV". */
#define SAY_CODES 256u
const char *say_codes(char out[SAY_CODES], const struct view *v, const char *group, const char *codes);

/* The codes that forms offer, in their order; ended by NULL. */
extern const char *const code_purposes[], *const code_categories[], *const code_labels[];
int code_index(const char *const *codes, const char *code); /* -1: not among them */

#endif
