/* SPDX-License-Identifier: Apache-2.0 */
/* Every text of the screens, by its id, in the languages of assets/words.
 *
 * A text has places for values: `{1}` to `{9}`; `{1|record|records}` is the first form when value 1 is exactly "1", else the
 * second; `{{` is a brace.  The build fails when a language lacks a text or its places differ (tui/words/words.awk).  Pure
 * functions; texts live for ever.
 */
#ifndef MEDLOCK_WORDS_H
#define MEDLOCK_WORDS_H

#include <stdarg.h>

#include "core/base/places.h"

enum word {
	WORD_NONE,
#define WORD(name, id, ...) WORD_##name, /* `overview.nothing-new` is WORD_OVERVIEW_NOTHING_NEW */
#include "tui/words/words.inc"
#undef WORD
	WORD_COUNT
};
enum language { LANGUAGE_EN, LANGUAGE_NL, LANGUAGE_COUNT }; /* in the order of LANGUAGES in the Makefile */

const char *word(enum language l, enum word w); /* as it is written, with its places */
const char *word_id(enum word w);
enum word word_by_id(const char *id); /* WORD_NONE */

/* The text with its values; one value for each place. */
void words_fill(struct buf *out, enum language l, enum word w, const char *const *values, size_t count);
void words_say(struct buf *out, enum language l, enum word w, ... /* const char *, NULL at the end */);
void words_vsay(struct buf *out, enum language l, enum word w, va_list values);

enum err language_parse(enum language *ret, const char *name) MUST_USE; /* "en", "nl"; ERR_NOT_FOUND */
const char *language_code(enum language l); /* "en" */
const char *language_name(enum language l); /* "English" */
/* The language's texts by id, for the parts of the program below the screens; NULL for English, which they speak. */
const struct translation *language_translation(enum language l);
/* "nl_NL.UTF-8" is Dutch; NULL, "C" and what is not known are English. */
enum language language_of_locale(const char *locale);

#endif
