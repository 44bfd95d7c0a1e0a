/* SPDX-License-Identifier: Apache-2.0 */
/* Lines on a page: what a command said, and the messages of this session. */
#include "tui/screens/result.h"

#include <stdio.h>

#include "tui/screens/views.h"

static void list(const struct view *v, struct page *p)
{
	const struct result_draft *d = v->draft;
	const char *at = d->text;
	char line[1024];

	if (at[0] == '\0')
		page_say(p, v, ROLE_DIM, WORD_FRAME_NOTHING, NULL);
	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, at);
		page_text(p, ROLE_PLAIN, line);
		at += len + (at[len] != '\0');
	}
	if (d->cut)
		page_say(p, v, ROLE_NOTE, WORD_FRAME_CUT, NULL);
}

const struct view_ops view_result = {
	.name = "result", .title = WORD_VIEW_RESULT, .draft_size = sizeof(struct result_draft), .list = list,
};
const struct view_ops view_messages = {
	.name = "messages", .title = WORD_VIEW_MESSAGES, .draft_size = sizeof(struct result_draft), .list = list,
};
