/* SPDX-License-Identifier: Apache-2.0 */
/* What a person sees and does, without a terminal: views on a stack, what is typed, what is asked before danger, what came of
 * it, when everything goes blank.  Keys and times come in, a grid or lines of words go out; work goes to the worker.
 *
 * One thread.  Nothing here waits.
 */
#ifndef MEDLOCK_SCREENS_SESSION_H
#define MEDLOCK_SCREENS_SESSION_H

#include "tui/grid/layout.h"
#include "tui/screens/view.h"
#include "tui/screens/worker.h"

#define SESSION_DEPTH_MAX 16u
#define SESSION_TOAST_MS 6000
#define SESSION_UNDO_MS (30 * 1000)

struct session;
struct session_options {
	const char *home, *passphrase_file; /* of the profile to open; home NULL: choose a person */
	const char *world;                  /* folder of a demo world, whose people can be switched between; NULL: none */
	const struct clock *clock;
	enum language language;
	enum theme theme;
	bool ascii;
	bool utc;     /* times are told in UTC, not in the zone of this machine */
	bool example; /* no profile and nobody to choose: session_show says what is seen */
};
enum err session_new(struct session **ret, const struct session_options *o, struct err_info *info) MUST_USE;
void session_free(struct session *s);

/* A view with a model that is given instead of loaded; both are taken over, draft is copied.  For pictures and tests. */
enum err session_show(struct session *s, const struct view_ops *ops, void *model, const void *draft, const char *mode,
		      const char *person) MUST_USE;

int session_wakes(const struct session *s); /* readable: call session_take */
void session_take(struct session *s);
/* Time passes: toasts go, waits end, idle screens go blank.  Returns when to be called again, in ms; -1: never. */
int session_tick(struct session *s);

void session_key(struct session *s, const struct key *key);
void session_draw(struct session *s, struct grid *g);

/* A person's keymap file (tui/screens/actions.h).  ERR_DUPLICATE also when two actions of one view share a key. */
enum err session_keymap(struct session *s, struct bytes text, struct err_info *info) MUST_USE;

/* How it looks now: a person can change it. */
struct screens_look { enum theme theme; bool ascii, covered; }; /* covered: locked or blank, nothing may be left */
struct screens_look session_look(const struct session *s);
void session_ascii(struct session *s); /* the terminal has nothing else */

enum session_want { WANT_NOTHING, WANT_QUIT, WANT_SUSPEND, WANT_REDRAW };
enum session_want session_wants(struct session *s); /* once */
uint64_t session_handled(const struct session *s);  /* keys, for tests */
bool session_idle(const struct session *s);         /* nothing runs or waits to run */

#endif
