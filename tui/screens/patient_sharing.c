/* SPDX-License-Identifier: Apache-2.0 */
/* My sharing: the rules as sentences, and what can be done with them. */
#include "tui/screens/patient_sharing.h"

#include <stdio.h>
#include <stdlib.h>

#include "tui/screens/line_form.h"
#include "tui/screens/patient_try.h"
#include "tui/screens/views.h"

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)draft;
	(void)task;
	return app_consent_show(a, model, info);
}

static void release(void *model)
{
	app_policy_release(model);
}

static const struct app_rule *rule_at(const struct view *v, int id)
{
	const struct app_policy *m = v->model;

	return id > 0 && (size_t)id <= m->count ? &m->rules[id - 1] : NULL;
}

static void say_state(const struct view *v, struct page *p)
{
	const struct app_policy *m = v->model;
	char version[SAY_NUMBER];

	if (m->paused)
		page_say(p, v, ROLE_DANGER, WORD_SHARING_PAUSED, NULL);
	if (m->preset != NULL)
		page_pair_text(p, v, WORD_SHARING_PRESET, ROLE_PLAIN, say_code(v, "preset", m->preset));
	else
		page_pair_say(p, v, WORD_SHARING_PRESET, ROLE_PLAIN, WORD_SHARING_OWN, NULL);
	if (m->preset != NULL) {
		page_pair_say(p, v, WORD_SHARING_EMERGENCY, m->emergency_off ? ROLE_WARN : ROLE_PLAIN,
			      m->emergency_off ? WORD_SHARING_EMERGENCY_OFF : WORD_SHARING_EMERGENCY_ON, NULL);
		page_pair_say(p, v, WORD_SHARING_RESEARCH, ROLE_PLAIN,
			      m->research ? WORD_SHARING_RESEARCH_ON : WORD_SHARING_RESEARCH_OFF, NULL);
	}
	page_pair_say(p, v, WORD_SHARING_ELSE, ROLE_PLAIN,
		      strcmp(m->default_effect, "ask") == 0 ? WORD_SHARING_ELSE_ASK : WORD_SHARING_ELSE_NO, NULL);
	page_pair_say(p, v, WORD_SHARING_VERSION, ROLE_DIM, WORD_SHARING_VERSION_IS, say_number(version, m->version), NULL);
}

static void list(const struct view *v, struct page *p)
{
	const struct app_policy *m = v->model;
	const struct page_column columns[] = {
		{word(v->language, WORD_SHARING_NUMBER), 3, 4, 0, true}, {word(v->language, WORD_SHARING_RULE), 30, 110, 0,
				false},
	};

	page_columns(p, columns, 2);
	for (size_t i = 0; i < m->count; i++) {
		char number[SAY_NUMBER];
		const char *const cells[] = {say_number(number, m->rules[i].id), m->rules[i].sentence};

		page_row(p, (int)i + 1, ROLE_PLAIN, cells);
	}
	if (m->count == 0)
		page_say(p, v, ROLE_DIM, WORD_SHARING_NONE, NULL);
	page_blank(p);
	say_state(v, p);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct app_rule *rule = rule_at(v, id);
	char number[SAY_NUMBER];

	if (rule == NULL) {
		page_say(p, v, ROLE_PLAIN, WORD_SHARING_HOW, NULL);
		return;
	}
	page_head(p, v, WORD_SHARING_ONE, say_number(number, rule->id), NULL);
	page_text(p, ROLE_PLAIN, rule->sentence);
	page_blank(p);
	page_say(p, v, ROLE_DIM, WORD_SHARING_HOW, NULL);
}

static void third(const struct view *v, struct page *p, int id)
{
	const struct app_rule *rule = rule_at(v, id);

	page_head(p, v, WORD_SHARING_EXACT, NULL);
	if (rule != NULL)
		page_text(p, ROLE_DIM, rule->json);
}

/* ---- acts ---- */

static void add(struct act *ret, const struct view *v, int id)
{
	const struct rule_draft d = {.purposes = 1};

	(void)v;
	(void)id;
	act_open(ret, &view_patient_rule, &d, sizeof(d));
}

static void remove_rule(struct act *ret, const struct view *v, int id)
{
	const struct app_rule *rule = rule_at(v, id);
	struct change_draft d = {.kind = CHANGE_REMOVE};

	if (rule == NULL) {
		act_refuse(ret, WORD_SHARING_NO_RULE, NULL);
		return;
	}
	d.rule = rule->id;
	act_open(ret, &view_patient_change, &d, sizeof(d));
}

static void edit(struct act *ret, const struct view *v, int id)
{
	const struct app_rule *rule = rule_at(v, id);
	struct rule_draft d = {.purposes = 1};

	if (rule == NULL) {
		act_refuse(ret, WORD_SHARING_NO_RULE, NULL);
		return;
	}
	if (!rule_draft_of(&d, rule->json)) {
		act_refuse(ret, WORD_SHARING_NOT_IN_FORM, NULL);
		return;
	}
	d.replace = rule->id;
	act_open(ret, &view_patient_rule, &d, sizeof(d));
}

static int preset_index(const char *name)
{
	return name == NULL ? 1 : strcmp(name, "open") == 0 ? 0 : strcmp(name, "careful") == 0 ? 1 : 2;
}

static struct change_draft preset_draft(const struct view *v)
{
	const struct app_policy *m = v->model;

	return (struct change_draft){.kind = CHANGE_PRESET, .preset = preset_index(m->preset), .research = m->research,
				     .emergency_off = m->emergency_off};
}

static void preset(struct act *ret, const struct view *v, int id)
{
	const struct change_draft d = preset_draft(v);

	(void)id;
	act_open(ret, &view_patient_change, &d, sizeof(d));
}

/* A switch belongs to a preset: own rules say for themselves what research and emergencies get. */
static bool has_switches(struct act *ret, const struct view *v)
{
	const struct app_policy *m = v->model;

	if (m->preset == NULL)
		act_refuse(ret, WORD_SHARING_NO_SWITCH, NULL);
	return m->preset != NULL;
}

static void research(struct act *ret, const struct view *v, int id)
{
	struct change_draft d = preset_draft(v);

	(void)id;
	if (!has_switches(ret, v))
		return;
	d.research = !d.research;
	act_open(ret, &view_patient_change, &d, sizeof(d));
}

static void emergency(struct act *ret, const struct view *v, int id)
{
	struct change_draft d = preset_draft(v);

	(void)id;
	if (!has_switches(ret, v))
		return;
	d.emergency_off = !d.emergency_off;
	act_open(ret, &view_patient_change, &d, sizeof(d));
}

static void stop_all(struct act *ret, const struct view *v, int id)
{
	const struct app_policy *m = v->model;

	(void)id;
	if (m->paused) {
		act_refuse(ret, WORD_SHARING_PAUSED_ALREADY, NULL);
		return;
	}
	act_line(ret, "consent", "pause");
	act_yes(ret, WORD_SHARING_STOP_QUESTION, NULL);
	ret->shows = true;
}

static void resume(struct act *ret, const struct view *v, int id)
{
	const struct app_policy *m = v->model;

	(void)id;
	if (!m->paused) {
		act_refuse(ret, WORD_SHARING_NOT_PAUSED, NULL);
		return;
	}
	act_line(ret, "consent", "resume");
	act_word(ret, "--now");
	act_yes(ret, WORD_SHARING_RESUME_QUESTION, NULL);
	ret->waits = true;
}

static void try_as(struct act *ret, const struct view *v, int id)
{
	const struct try_draft d = {.purpose = 0};

	(void)v;
	(void)id;
	act_open(ret, &view_patient_try, &d, sizeof(d));
}

static void check(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "consent", "check");
	ret->shows = true;
}

static void receipt(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "consent", "receipt");
	ret->shows = true;
}

static void export(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "consent", "export");
	act_word(ret, "--fhir");
	ret->shows = true;
}

static const struct view_act acts[] = {
	{ACTION_ADD, add}, {ACTION_TRY, try_as}, {ACTION_PRESET, preset}, {ACTION_STOP_ALL, stop_all},
			{ACTION_REMOVE, remove_rule},
	{ACTION_EDIT, edit}, {ACTION_RESUME, resume}, {ACTION_RESEARCH, research}, {ACTION_IN_EMERGENCY, emergency},
	{ACTION_CHECK, check}, {ACTION_HISTORY, receipt}, {ACTION_RAW, export}, {ACTION_NONE, NULL},
};

const struct view_ops view_patient_sharing = {
	.name = "patient-sharing", .title = WORD_TAB_SHARING, .modes = MODE_PATIENT, .split = SPLIT_BELOW,
	.model_size = sizeof(struct app_policy), .load = load, .release = release, .list = list, .detail = detail,
			.third = third,
	.acts = acts,
};
