/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that are pressed while their page is still on its way: kept in order, and pressed when it is there.
 *
 * They were meant for that page alone.  When another one is on top, when something is asked before danger, or when the screens
 * are locked, what is left of them is dropped: a key never answers a question that was not on the screen.
 */
#include "tui/screens/session_parts.h"

static bool is_typing(const struct session *s)
{
	return s->overlay == OVERLAY_FIELD || s->overlay == OVERLAY_FILTER;
}

/* The page is not there, or a form's answer to what was typed last is not. */
static bool page_is_due(const struct open_view *v, bool acts)
{
	return v->loading && v->ops->load != NULL && (v->model == NULL || (v->ops->draft_loads && acts));
}

static bool is_for_the_page(const struct session *s, const struct open_view *v, enum action action)
{
	switch (action) {
	case ACTION_NONE:
		return s->ahead_count > 0; /* letters of a word that is looked for */
	case ACTION_OPEN:
	case ACTION_TICK:
	case ACTION_FILTER:
	case ACTION_DOWN:
	case ACTION_UP:
	case ACTION_PAGE_DOWN:
	case ACTION_PAGE_UP:
	case ACTION_FIRST:
	case ACTION_LAST:
	case ACTION_NEXT:
	case ACTION_PREVIOUS:
		return true;
	default:
		return view_answers(v->ops, action) != NULL || s->ahead_count > 0;
	}
}

bool ahead_keeps(struct session *s, const struct key *key)
{
	const struct open_view *v = stack_top(s);
	enum action action = session_action(s, key);
	bool leaves = action == ACTION_BACK || action == ACTION_CANCEL || action == ACTION_LOCK || action == ACTION_QUIT;

	if (leaves || s->overlay != OVERLAY_NONE || s->locked || key->press == PRESS_CLICK || key->press == PRESS_PASTE) {
		ahead_forget(s);
		return false;
	}
	if (v == NULL || !page_is_due(v, view_answers(v->ops, action) != NULL) || !is_for_the_page(s, v, action))
		return false;
	s->ahead_of = v;
	if (s->ahead_count < AHEAD_MAX)
		s->ahead[s->ahead_count++] = *key;
	return true;
}

void ahead_forget(struct session *s)
{
	explicit_bzero(s->ahead, sizeof(s->ahead));
	s->ahead_count = 0;
}

void ahead_press(struct session *s)
{
	struct key keys[AHEAD_MAX];
	size_t count = s->ahead_count;
	const struct open_view *v = stack_top(s);

	if (count == 0 || (v == s->ahead_of && v != NULL && v->loading))
		return;
	memcpy(keys, s->ahead, sizeof(keys));
	ahead_forget(s);
	if (v == NULL || (v->ops->load != NULL && v->model == NULL)) /* it did not come */
		count = 0;
	for (size_t i = 0; i < count; i++) {
		if (stack_top(s) != s->ahead_of || s->locked || (s->overlay != OVERLAY_NONE && !is_typing(s)))
			break;
		if (!ahead_keeps(s, &keys[i]))
			session_press(s, &keys[i]);
	}
	explicit_bzero(keys, sizeof(keys));
}
