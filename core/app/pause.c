/* SPDX-License-Identifier: Apache-2.0 */
/* Pause and resume. */
#include "core/app/consent.h"
#include "core/app/undo.h"

static bool shows_pause(struct app *a, const void *self)
{
	Medlock__PolicyState *p;
	bool same;

	if (replica_policy(a->replica, &p, &a->owner, NULL) != ERR_OK)
		return false;
	same = p->paused == *(const bool *)self;
	WIRE_FREE(p);
	return same;
}

static enum err submit_pause(struct app *a, struct app_pause *ret, bool paused, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause action = MEDLOCK__CONSENT_PAUSE__INIT;
	enum err e;

	action.owner = wire_data(BYTES_ID(a->owner));
	action.paused = paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &action;
	e = submit_action(&s, &done, &body, info);
	ret->height = done.height;
	ret->tx = done.tx;
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows_pause, &paused, info) : e;
}

/* The end of a pause gives all that the rules give. */
static enum err wait_to_resume(struct app *a, const struct app_undo *undo, struct err_info *info)
{
	struct app_change draft = {0};
	struct policy before = {0};
	struct preview_world w;
	enum err e;

	TRY(preview_world_load(a, &w, info));
	if (w.policy.paused) {
		e = app_as_paused(&before, &w.policy);
		w.policy.paused = false;
		if (e == ERR_OK)
			e = app_draft(a, &draft, &w, &before, &w.policy, info);
		if (e == ERR_OK && draft.widens)
			e = app_undo_wait(a, &draft, undo, info);
	} else {
		e = ERR_OK;
	}
	app_change_release(&draft);
	policy_release(&before);
	preview_world_release(&w);
	return e;
}

enum err app_consent_pause(struct app *a, struct app_pause *ret, bool paused, bool dry_run,
			   const struct app_undo *undo, struct err_info *info)
{
	struct app_pause done = {.paused = paused};

	TRY(app_fresh(a, info));
	if (!dry_run && !paused)
		TRY(wait_to_resume(a, undo, info));
	if (!dry_run)
		TRY(submit_pause(a, &done, paused, info));
	*ret = done;
	return ERR_OK;
}
