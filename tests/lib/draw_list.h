/* SPDX-License-Identifier: Apache-2.0 */
/* Random members of a policy: a list of some of the words, or no such member. */
#ifndef MEDLOCK_TESTS_DRAW_LIST_H
#define MEDLOCK_TESTS_DRAW_LIST_H

#include "core/base/buf.h"
#include "core/base/rng.h"

static inline bool once_in(const struct rng *g, unsigned n)
{
	return rng_below(g, n) == 0;
}

/* Once in rarely: ,"key":["word",…] with one word in each; nothing when none comes. */
static inline void draw_list(struct buf *out, const struct rng *g, const char *key, const char *const *words, size_t count,
			     unsigned rarely, unsigned each)
{
	bool any = false;

	if (!once_in(g, rarely))
		return;
	for (size_t i = 0; i < count; i++) {
		if (!once_in(g, each))
			continue;
		buf_printf(out, any ? ",\"%s\"" : ",\"%s\":[\"%s\"", any ? words[i] : key, words[i]);
		any = true;
	}
	if (any)
		buf_append_text(out, "]");
}

#endif
