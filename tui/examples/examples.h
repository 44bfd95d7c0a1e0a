/* SPDX-License-Identifier: Apache-2.0 */
/* A world that is written down, for pictures and for tests: the same on every machine and every run.
 *
 * Each example fills the model of one view as its load would.  The view and all that draws it are the program's own; only
 * what is known is from here.  Everybody in it is invented.
 */
#ifndef MEDLOCK_EXAMPLES_H
#define MEDLOCK_EXAMPLES_H

#include "tui/screens/session.h"

#define EXAMPLE_NOW_MS 1795442520000ll /* 2026-11-23T14:02:00Z */

/* model: zeroed, ops->model_size bytes, released by ops->release; draft: zeroed, ops->draft_size bytes. */
typedef enum err example_fill(void *model, void *draft);

#define EXAMPLE(view, mode, person) enum err example_##view(void *model, void *draft);
#include "tui/examples/examples.def"
#undef EXAMPLE

struct example {
	const char *name; /* of the view */
	const struct view_ops *view;
	example_fill *fill;
	const char *mode, *person;
};
const struct example *example_at(size_t index);          /* NULL past the end */
const struct example *example_by_name(const char *name); /* NULL */

/* A session that shows it, without a profile. */
struct example_look { enum language language; bool ascii; };
enum err example_session(struct session **ret, const struct example *x, struct example_look look,
			 struct err_info *info) MUST_USE;

/* Results, medicines and an allergy, for several views. */
struct app_summary;
void example_summary(struct app_summary *m);

/* For filling: a copy of a text on the heap, an id of one repeated byte, a moment so many minutes before now. */
char *example_text(const char *text);
void example_id(uint8_t ret[ID_SIZE], uint8_t byte);
struct time_ms example_before(int64_t minutes);

#endif
