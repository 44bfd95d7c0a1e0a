/* SPDX-License-Identifier: Apache-2.0 */
/* A change that is one choice: a rule that goes, or a preset that takes the place of all rules. */
#include <stdio.h>

#include "tui/screens/patient_sharing.h"
#include "tui/screens/views.h"

enum { ID_PRESET = 1, ID_RESEARCH = 10, ID_EMERGENCY = 11 };

static const char *const presets[] = {"open", "careful", "closed"};

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	const struct change_draft *d = draft;
	const struct app_preset preset = {presets[d->preset], d->emergency_off, d->research};
	struct app_consent_edit edit = {.dry_run = true};

	(void)task;
	if (d->kind == CHANGE_REMOVE)
		edit.remove = d->rule;
	else
		edit.preset = &preset;
	return app_consent_change(a, model, &edit, info);
}

static void release(void *model)
{
	app_change_release(model);
}

static void list(const struct view *v, struct page *p)
{
	const struct change_draft *d = v->draft;
	char number[SAY_NUMBER];

	if (d->kind == CHANGE_REMOVE) {
		page_head(p, v, WORD_CHANGE_REMOVE, say_number(number, d->rule), NULL);
	} else {
		page_head(p, v, WORD_CHANGE_PRESET, NULL);
		for (int i = 0; i < 3; i++)
			page_choice(p, ID_PRESET + i, say_code(v, "preset", presets[i]), d->preset == i, true);
		page_blank(p);
		page_choice_say(p, v, ID_RESEARCH, WORD_CHANGE_RESEARCH, d->research, false);
		page_choice_say(p, v, ID_EMERGENCY, WORD_CHANGE_EMERGENCY, !d->emergency_off, false);
	}
	page_blank(p);
	page_change(p, v, v->model);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct change_draft d = *(const struct change_draft *)v->draft;

	(void)text;
	if (id == ID_RESEARCH)
		d.research = !d.research;
	else if (id == ID_EMERGENCY)
		d.emergency_off = !d.emergency_off;
	else
		d.preset = id - ID_PRESET;
	act_draft(ret, &d, sizeof(d));
}

static void words_of(struct act *a, const struct change_draft *d)
{
	char number[SAY_NUMBER];

	act_line(a, "consent", d->kind == CHANGE_REMOVE ? "remove" : "preset");
	act_word(a, d->kind == CHANGE_REMOVE ? say_number(number, d->rule) : presets[d->preset]);
	if (d->kind == CHANGE_REMOVE)
		return;
	act_option(a, "--research", d->research ? "on" : "off");
	act_option(a, "--emergencies", d->emergency_off ? "off" : "on");
}

static void sign(struct act *ret, const struct view *v, int id)
{
	const struct app_change *m = v->model;

	(void)id;
	words_of(ret, v->draft);
	act_word(ret, "--now");
	act_yes(ret, WORD_CHANGE_QUESTION, m->sentence != NULL ? m->sentence : "", NULL);
	ret->waits = m->widens;
	ret->leaves = true;
}

static void dry_run(struct act *ret, const struct view *v, int id)
{
	(void)id;
	words_of(ret, v->draft);
	act_word(ret, "--dry-run");
	ret->shows = true;
}

static const struct view_act acts[] = {{ACTION_SIGN, sign}, {ACTION_DRY_RUN, dry_run}, {ACTION_NONE, NULL}};

const struct view_ops view_patient_change = {
	.name = "patient-change", .title = WORD_CHANGE_TITLE, .modes = MODE_PATIENT,
	.model_size = sizeof(struct app_change), .draft_size = sizeof(struct change_draft), .draft_loads = true, .load = load,
	.release = release, .list = list, .chosen = chosen, .acts = acts,
};
