/* SPDX-License-Identifier: Apache-2.0 */
/* What lies over a view while something is typed or asked. */
#include <stdio.h>

#include "tui/screens/session_parts.h"

void overlay_close(struct session *s)
{
	if (s->overlay == OVERLAY_PROMPT)
		worker_answer(s->worker, NULL);
	input_release(&s->input);
	page_release(&s->commands);
	s->first = secret_free(s->first);
	s->overlay = OVERLAY_NONE;
}

static bool begin(struct session *s, enum overlay overlay, const char *text)
{
	overlay_close(s);
	if (input_init(&s->input, text) != ERR_OK) {
		session_say_error(s, ERR_MEMORY, NULL);
		return false;
	}
	s->overlay = overlay;
	return true;
}

void overlay_confirm(struct session *s, const struct act *act)
{
	struct act kept;

	act_copy(&kept, act);
	if (!begin(s, OVERLAY_CONFIRM, ""))
		return;
	act_copy(&s->act, &kept);
}

void overlay_field(struct session *s, const struct page_item *field)
{
	char text[INPUT_MAX + 1];

	snprintf(text, sizeof(text), "%s", field->text);
	begin(s, OVERLAY_FIELD, text);
}

void overlay_filter(struct session *s)
{
	begin(s, OVERLAY_FILTER, stack_top(s)->filter);
}

void overlay_commands(struct session *s, bool palette)
{
	s->palette = palette;
	s->command = (struct page_place){0};
	if (!begin(s, OVERLAY_COMMANDS, ""))
		return;
	commands_page(s, &s->commands, "");
	page_move(&s->commands, &s->command, 1);
}

/* ---- keys ---- */

static void field_key(struct session *s, const struct key *key)
{
	struct open_view *v = stack_top(s);
	struct view view = view_of(v);
	struct act act;

	if (key->press == PRESS_ESCAPE) {
		overlay_close(s);
		return;
	}
	if (input_key(&s->input, key) || (key->press != PRESS_ENTER && key->press != PRESS_TAB))
		return;
	act_begin(&act, s);
	if (v->ops->chosen != NULL)
		v->ops->chosen(&act, &view, view_selected(v), input_text(&s->input));
	overlay_close(s);
	session_do(s, &act);
	if (key->press == PRESS_TAB)
		session_act(s, ACTION_DOWN);
}

static void take_filter(struct session *s)
{
	struct open_view *v = stack_top(s);

	snprintf(v->filter, sizeof(v->filter), "%s", input_text(&s->input));
	v->made = false;
}

static void filter_key(struct session *s, const struct key *key)
{
	char text[VIEW_FILTER_MAX];

	snprintf(text, sizeof(text), "%s", key->press == PRESS_ESCAPE ? "" : stack_top(s)->filter);
	if (key->press == PRESS_ENTER || key->press == PRESS_ESCAPE) {
		overlay_close(s);
		view_find(stack_top(s), text);
	} else if (key->press == PRESS_DOWN || key->press == PRESS_UP) {
		overlay_close(s);
		view_find(stack_top(s), text);
		session_act(s, key->press == PRESS_DOWN ? ACTION_DOWN : ACTION_UP);
	} else if (input_key(&s->input, key)) {
		take_filter(s);
	}
}

/* Enter alone never confirms: `y`, or what was asked to be typed. */
static void confirm_key(struct session *s, const struct key *key)
{
	bool typed = s->act.confirm == CONFIRM_TYPED;

	if (key->press == PRESS_ESCAPE || (!typed && key->press == PRESS_CHARACTER && key->character == 'n')) {
		overlay_close(s);
		session_say_word(s, ROLE_NOTE, WORD_TOAST_NOT_DONE, NULL);
	} else if (s->pasting) {
		input_key(&s->input, &(struct key){.press = PRESS_CONTROL, .character = 'u'});
	} else if (!typed) {
		if (key->press == PRESS_CHARACTER && key->character == 'y')
			session_confirmed(s);
	} else if (key->press == PRESS_ENTER) {
		if (strcmp(input_text(&s->input), s->act.typed) == 0)
			session_confirmed(s);
		else
			session_say_word(s, ROLE_WARN, WORD_CONFIRM_OTHER, NULL);
	} else {
		input_key(&s->input, key);
	}
}

static void commands_key(struct session *s, const struct key *key)
{
	const int page = 10;

	if (key->press == PRESS_ESCAPE) {
		overlay_close(s);
	} else if (key->press == PRESS_ENTER) {
		struct input typed = s->input;

		s->input = (struct input){0};
		s->overlay = OVERLAY_NONE;
		page_release(&s->commands);
		commands_run(s, s->command.id, input_text(&typed));
		input_release(&typed);
	} else if (key->press == PRESS_DOWN || key->press == PRESS_UP) {
		page_move(&s->commands, &s->command, key->press == PRESS_DOWN ? 1 : -1);
	} else if (key->press == PRESS_PAGE_DOWN || key->press == PRESS_PAGE_UP) {
		page_move(&s->commands, &s->command, key->press == PRESS_PAGE_DOWN ? page : -page);
	} else if (input_key(&s->input, key)) {
		page_release(&s->commands);
		s->command = (struct page_place){0};
		commands_page(s, &s->commands, input_text(&s->input));
		page_move(&s->commands, &s->command, 1);
	}
}

/* ---- the worker's questions ---- */

static enum err on_ask(void *self, struct secret **ret, const char *question, bool repeated, struct err_info *info)
{
	const struct session *s = self;

	(void)info;
	return worker_ask(s->worker, ret, question, repeated);
}

void session_prompts(struct session *s)
{
	s->prompt = (struct app_prompt){.ask = on_ask, .self = s};
}

void overlay_prompt(struct session *s)
{
	char question[WORKER_QUESTION];
	bool repeated;

	if (!worker_question(s->worker, question, &repeated)) {
		if (s->overlay == OVERLAY_PROMPT)
			overlay_close(s);
		return;
	}
	if (s->overlay == OVERLAY_PROMPT || !begin(s, OVERLAY_PROMPT, ""))
		return;
	memcpy(s->question, question, sizeof(question));
	s->repeated = repeated;
}

/* What was typed, out of the line. */
static struct secret *typed_secret(struct session *s)
{
	struct secret *typed = NULL;

	if (secret_copy(&typed, bytes_of(s->input.memory->data, s->input.len)) != ERR_OK)
		session_say_error(s, ERR_MEMORY, NULL);
	input_release(&s->input);
	return typed;
}

static void answer(struct session *s)
{
	struct secret *typed = typed_secret(s);

	s->overlay = OVERLAY_NONE;
	if (typed != NULL && s->repeated && s->first == NULL) {
		s->first = typed;
		if (input_init(&s->input, "") == ERR_OK)
			s->overlay = OVERLAY_PROMPT;
		return;
	}
	if (typed != NULL && s->first != NULL && !secret_equal(secret_bytes(typed), secret_bytes(s->first))) {
		session_say_word(s, ROLE_WARN, WORD_PROMPT_DIFFERENT, NULL);
		typed = secret_free(typed);
		s->first = secret_free(s->first);
		if (input_init(&s->input, "") == ERR_OK)
			s->overlay = OVERLAY_PROMPT;
		return;
	}
	s->first = secret_free(s->first);
	worker_answer(s->worker, typed);
}

static void prompt_key(struct session *s, const struct key *key)
{
	if (key->press == PRESS_ESCAPE || (key->press == PRESS_CONTROL && key->character == 'c'))
		overlay_close(s);
	else if (!input_key(&s->input, key) && key->press == PRESS_ENTER && s->input.len > 0)
		answer(s);
}

void overlay_key(struct session *s, const struct key *key)
{
	switch (s->overlay) {
	case OVERLAY_FIELD:
		field_key(s, key);
		break;
	case OVERLAY_FILTER:
		filter_key(s, key);
		break;
	case OVERLAY_CONFIRM:
		confirm_key(s, key);
		break;
	case OVERLAY_COMMANDS:
		commands_key(s, key);
		break;
	case OVERLAY_PROMPT:
		prompt_key(s, key);
		break;
	case OVERLAY_NONE:
		break;
	}
}
