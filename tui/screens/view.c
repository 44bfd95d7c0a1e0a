/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/view.h"

#include <stdio.h>

uint32_t mode_of(const char *mode)
{
	static const struct { const char *name; uint32_t bit; } modes[] = {
		{"patient", MODE_PATIENT}, {"clinician", MODE_INSTITUTE}, {"researcher", MODE_RESEARCH}, {"officer", MODE_CA},
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(mode, modes[i].name) == 0)
			return modes[i].bit;
	return MODE_OTHER;
}

bool view_filter(const char *filter, const char *const *texts, size_t count)
{
	bool inverse = filter[0] == '!';

	if (filter[inverse] == '\0')
		return true;
	for (size_t i = 0; i < count; i++)
		if (strcasestr(texts[i], filter + inverse) != NULL)
			return !inverse;
	return inverse;
}

/* ---- acts ---- */

static void say_into(char out[ACT_TEXT], enum language l, enum word w, va_list values)
{
	struct buf text = BUF_INIT;

	words_vsay(&text, l, w, values);
	snprintf(out, ACT_TEXT, "%s", buf_error(&text) == ERR_OK ? buf_text(&text) : "");
	buf_release(&text);
}

void act_refuse(struct act *a, enum word why, ...)
{
	va_list values;

	a->kind = ACT_REFUSE;
	va_start(values, why);
	say_into(a->text, a->language, why, values);
	va_end(values);
}

static void take_draft(struct act *a, const void *draft, size_t size)
{
	ASSERT(size <= sizeof(a->draft));
	if (size > 0)
		memcpy(a->draft, draft, size);
	a->draft_size = size;
}

void act_draft(struct act *a, const void *draft, size_t size)
{
	a->kind = ACT_DRAFT;
	take_draft(a, draft, size);
}

void act_open(struct act *a, const struct view_ops *view, const void *draft, size_t size)
{
	ASSERT(draft == NULL ? size == 0 : size == view->draft_size);
	a->kind = ACT_OPEN;
	a->view = view;
	take_draft(a, draft, size);
	if (draft == NULL) {
		memset(a->draft, 0, view->draft_size);
		a->draft_size = view->draft_size;
	}
}

void act_back(struct act *a)
{
	a->kind = ACT_BACK;
}

void act_reload(struct act *a)
{
	a->kind = ACT_RELOAD;
}

void act_person(struct act *a, const char *home)
{
	a->kind = ACT_PERSON;
	snprintf(a->home, sizeof(a->home), "%s", home);
}

void act_begin_profile(struct act *a, const void *begin, size_t size)
{
	a->kind = ACT_BEGIN;
	take_draft(a, begin, size);
}

void act_settings(struct act *a, const void *settings, size_t size)
{
	a->kind = ACT_SETTINGS;
	take_draft(a, settings, size);
}

void act_line(struct act *a, const char *noun, const char *verb)
{
	a->kind = ACT_LINE;
	act_word(a, noun);
	if (verb[0] != '\0')
		act_word(a, verb);
}

void act_word(struct act *a, const char *word)
{
	size_t size = strlen(word) + 1;

	if (a->word_count == ACT_WORDS_MAX || size > ACT_LINE_MAX - a->line_len) {
		a->too_long = true;
		return;
	}
	memcpy(a->line + a->line_len, word, size);
	a->words[a->word_count++] = a->line + a->line_len;
	a->line_len += size;
}

void act_option(struct act *a, const char *option, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	act_word(a, option);
	act_word(a, value);
}

void act_yes(struct act *a, enum word question, ...)
{
	va_list values;

	a->confirm = CONFIRM_YES;
	va_start(values, question);
	say_into(a->text, a->language, question, values);
	va_end(values);
}

void act_typed(struct act *a, const char *typed, enum word question, ...)
{
	va_list values;

	ASSERT(strlen(typed) < sizeof(a->typed));
	a->confirm = CONFIRM_TYPED;
	memcpy(a->typed, typed, strlen(typed) + 1);
	va_start(values, question);
	say_into(a->text, a->language, question, values);
	va_end(values);
}
