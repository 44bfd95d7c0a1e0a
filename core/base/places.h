/* SPDX-License-Identifier: Apache-2.0 */
/* A text with places for values: `{1}` to `{9}`; `{1|record|records}` is the first form when value 1 is exactly "1", else the
 * second; `{{` is a brace.
 */
#ifndef MEDLOCK_PLACES_H
#define MEDLOCK_PLACES_H

#include "core/base/buf.h"

#define PLACES_MAX 9u

/* The text is the program's own: a place without a value, or one that does not close, is ASSERTed.  values[i] is not NULL. */
void places_fill(struct buf *out, const char *text, const char *const *values, size_t count);

/* The texts of another language than the program's English, by id; NULL: not known, the English one is taken.  What text
 * returns lives for ever; from any thread.
 */
struct translation {
	const char *(*text)(const void *self, const char *id);
	const void *self;
};

#endif
