/* SPDX-License-Identifier: Apache-2.0 */
/* One record as it was deposited, byte for byte: for those who doubt what the other views make of it. */
#include <stdio.h>

#include "tui/screens/patient_records.h"
#include "tui/screens/views.h"

#define RAW_LINES_MAX 2000u /* on one page; a file of its own shows the rest */
#define RAW_LINE_MAX 4000u  /* longer ones are cut into several */

static enum err load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	return view_record.load(model, a, draft, task, info);
}

static void release(void *model)
{
	view_record.release(model);
}

static size_t line_end(struct bytes text, size_t at)
{
	size_t end = at;

	while (end < text.len && text.data[end] != '\n' && end - at < RAW_LINE_MAX)
		end++;
	return end;
}

/* The page gates each line: a control character of the record does nothing here. */
static size_t lines(struct page *p, struct bytes text)
{
	char line[RAW_LINE_MAX + 1];
	size_t at = 0;

	for (size_t count = 0; at < text.len && count < RAW_LINES_MAX; count++) {
		size_t end = line_end(text, at);

		memcpy(line, text.data + at, end - at);
		line[end - at] = '\0';
		page_text(p, ROLE_PLAIN, line);
		at = end + (end < text.len && text.data[end] == '\n');
	}
	return text.len - at;
}

static void list(const struct view *v, struct page *p)
{
	const struct record_model *m = v->model;
	char number[SAY_NUMBER];
	size_t rest;

	if (m->attachment != NULL) {
		page_head(p, v, WORD_RECORD_ATTACHMENT, m->attachment, NULL);
		page_say(p, v, ROLE_PLAIN, WORD_RECORD_ATTACHMENT_HOW, NULL);
		return;
	}
	rest = lines(p, buf_bytes(&m->bytes));
	if (rest > 0)
		page_say(p, v, ROLE_NOTE, WORD_RAW_REST, say_number(number, rest), NULL);
}

const struct view_ops view_record_raw = {
	.name = "record-raw", .title = WORD_RAW_TITLE, .modes = MODE_ANY, .model_size = sizeof(struct record_model),
	.draft_size = sizeof(struct record_draft), .load = load, .release = release, .list = list,
};
