/* SPDX-License-Identifier: Apache-2.0 */
/* Short words for common codes that come without a display (assets/words/codes.txt), for reading only. */
#ifndef MEDLOCK_HEALTH_CODE_WORDS_H
#define MEDLOCK_HEALTH_CODE_WORDS_H

/* NULL when the table has none; lives for ever. */
const char *code_words(const char *system, const char *code);

#endif
