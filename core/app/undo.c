/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/undo.h"

#include <stdlib.h>
#include <time.h>

#include "core/consent/check.h"

#define LOOK_MS 50

/* ---- who gains, who loses ------------------------------------------------------------------ */

static enum err sentences(struct app *a, char ***ret, size_t *ret_count, const struct preview_change *list,
			  size_t count, const struct preview_world *w)
{
	struct sentence_names names = app_sentence_names(a);

	*ret = calloc(count + 1, sizeof(**ret));
	if (*ret == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < count; i++) {
		struct buf text = BUF_INIT;

		preview_change_sentence(&text, &list[i], &w->actors[list[i].actor], &names);
		(*ret)[(*ret_count)++] = app_text(&text);
		buf_release(&text);
	}
	return ERR_OK;
}

static enum err count_people(struct app *a, struct app_change *ret, const struct preview_world *w,
			     const struct policy *before, const struct policy *after)
{
	struct preview_diff d = {0};
	enum err e = preview_diff(&d, before, after, w->actors, w->actor_count,
				  &(struct preview_records){w->records, w->record_count}, clock_real()->now(NULL));

	if (e == ERR_OK)
		e = sentences(a, &ret->gains, &ret->gain_count, d.gains, d.gain_count, w);
	if (e == ERR_OK)
		e = sentences(a, &ret->losses, &ret->loss_count, d.losses, d.loss_count, w);
	preview_diff_release(&d);
	return e;
}

enum err app_as_paused(struct policy *ret, const struct policy *p)
{
	struct policy left = {.version = p->version, .default_effect = EFFECT_DENY};
	Medlock__RuleState state = MEDLOCK__RULE_STATE__INIT;
	Medlock__Rule stop = MEDLOCK__RULE__INIT;
	enum err e;

	stop.effect = EFFECT_DENY;
	stop.lock = true;
	stop.emergency_ok = true;
	state.rule = &stop;
	e = policy_add(&left, &state);
	for (size_t i = 0; e == ERR_OK && i < p->count; i++)
		if (p->rules[i]->rule->lock && !p->rules[i]->rule->emergency_ok)
			e = policy_add(&left, p->rules[i]);
	if (e != ERR_OK) {
		policy_release(&left);
		return e;
	}
	*ret = left;
	return ERR_OK;
}

static enum err find_widening(struct app *a, struct app_change *ret, const struct policy *before,
			      const struct policy *after, struct err_info *info)
{
	struct check_findings x = {0};
	struct buf text = BUF_INIT;
	enum err e = check_widens(&x, before, after, clock_real()->now(NULL), info);

	if (e == ERR_LIMIT) {
		ret->widens = true; /* not shown to be harmless */
		return ERR_OK;
	}
	if (e == ERR_OK && x.count > 0) {
		ret->widens = true;
		app_say_case(&text, a, &x.rows[0]);
		ret->example = app_text(&text);
		buf_release(&text);
	}
	check_findings_release(&x);
	return e;
}

/* During a pause a change shows in emergencies only; the rest shows when the pause ends. */
static enum err find_widening_paused(struct app *a, struct app_change *ret, const struct policy *before,
				     const struct policy *after, struct err_info *info)
{
	struct policy then = {0}, now = {0};
	enum err e = app_as_paused(&then, before);

	if (e == ERR_OK)
		e = app_as_paused(&now, after);
	if (e == ERR_OK)
		e = find_widening(a, ret, &then, &now, info);
	policy_release(&then);
	policy_release(&now);
	return e;
}

enum err app_draft(struct app *a, struct app_change *ret, const struct preview_world *w, const struct policy *before,
		   const struct policy *after, struct err_info *info)
{
	struct check_findings less = {0};
	enum err e;

	TRY(count_people(a, ret, w, before, after));
	e = check_widens(&less, after, before, clock_real()->now(NULL), info);
	ret->narrows = e == ERR_LIMIT || less.count > 0;
	check_findings_release(&less);
	if (e != ERR_OK && e != ERR_LIMIT)
		return e;
	return after->paused ? find_widening_paused(a, ret, before, after, info)
			     : find_widening(a, ret, before, after, info);
}

/* ---- the wait ------------------------------------------------------------------------------ */

static enum err count_down(struct app *a, const struct app_change *draft, const struct app_undo *undo)
{
	const struct timespec look = {.tv_nsec = LOOK_MS * 1000000};
	const struct clock *clock = clock_real();
	int64_t end = clock->steady_ms(clock->self) + 1000 * (int64_t)APP_UNDO_SECONDS, left;
	unsigned shown = APP_UNDO_SECONDS + 1;

	while ((left = end - clock->steady_ms(clock->self)) > 0) {
		unsigned seconds = (unsigned)((left + 999) / 1000);

		if (task_cancelled(a->task))
			return ERR_UNDONE;
		if (seconds < shown && undo->waiting != NULL)
			undo->waiting(undo->self, draft, seconds);
		shown = seconds < shown ? seconds : shown;
		nanosleep(&look, NULL);
	}
	return task_cancelled(a->task) ? ERR_UNDONE : ERR_OK;
}

/* Others may have used the profile meanwhile. */
static enum err come_back(struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct app_sync ignored;
	struct book book = {0};

	TRY(profile_path(&a->profile, path, "book"));
	TRY(book_read(&book, a->keys, path, info));
	book_release(&a->book);
	a->book = book;
	return app_sync(a, &ignored, info);
}

enum err app_undo_wait(struct app *a, const struct app_change *draft, const struct app_undo *undo, struct err_info *info)
{
	/* An open full replica holds its state in memory: nobody else may move it on. */
	bool open = !profile_is_full(&a->profile);
	enum err e, locked = ERR_OK;

	if (undo == NULL || undo->now)
		return ERR_OK;
	if (open)
		app_lock_release(a);
	e = count_down(a, draft, undo);
	if (open)
		locked = app_lock(a, e == ERR_OK ? info : NULL);
	if (e != ERR_OK)
		return e; /* undone: nothing follows that needs the lock */
	return locked == ERR_OK ? come_back(a, info) : locked;
}
