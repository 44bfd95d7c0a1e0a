/* SPDX-License-Identifier: Apache-2.0 */
/* Research: how many records consent gives without names, asking for them, and looking at what was got.
 *
 * A count is asked for by a key of its own: peers allow so many of them a day.
 */
#include "tui/screens/institute_research.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

enum { ID_PROJECT = 1, ID_PURPOSE = 100, ID_CATEGORY = 300 };

static void list(const struct view *v, struct page *p)
{
	const struct research_draft *d = v->draft;
	const char *const *codes = request_purposes(MODE_RESEARCH);

	page_field_say(p, v, ID_PROJECT, WORD_RESEARCH_PROJECT, d->project);
	page_head(p, v, WORD_REQUEST_PURPOSE, NULL);
	for (int i = 0; codes[i] != NULL; i++)
		page_choice(p, ID_PURPOSE + i, say_use(v, codes[i]), d->purpose == i, true);
	page_head(p, v, WORD_RESEARCH_KIND, NULL);
	page_choice_say(p, v, ID_CATEGORY, WORD_RESEARCH_ANY, d->category == 0, true);
	for (int i = 0; code_categories[i] != NULL; i++)
		page_choice(p, ID_CATEGORY + i + 1, say_code(v, "category", code_categories[i]), d->category == i + 1, true);
}

static void detail(const struct view *v, struct page *p, int id)
{
	const struct research_draft *d = v->draft;

	(void)id;
	page_head(p, v, WORD_RESEARCH_HEAD, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_WISH,
		 d->category == 0 ? word(v->language, WORD_RESEARCH_ANY)
				  : say_code(v, "category", code_categories[d->category - 1]),
		 say_use(v, request_purposes(MODE_RESEARCH)[d->purpose]), NULL);
	page_blank(p);
	page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_COUNT, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_FLOOR, NULL);
	page_blank(p);
	page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_ASK, NULL);
	page_say(p, v, ROLE_PLAIN, WORD_RESEARCH_CHECK, NULL);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct research_draft d = *(const struct research_draft *)v->draft;

	if (id == ID_PROJECT && text == NULL)
		return;
	if (id == ID_PROJECT)
		snprintf(d.project, sizeof(d.project), "%.*s", (int)sizeof(d.project) - 1, text);
	else if (id >= ID_CATEGORY)
		d.category = id - ID_CATEGORY;
	else
		d.purpose = id - ID_PURPOSE;
	act_draft(ret, &d, sizeof(d));
}

static void count(struct act *ret, const struct view *v, int id)
{
	const struct research_draft *d = v->draft;
	uint8_t project[ID_SIZE];

	(void)id;
	if (d->project[0] != '\0' && hex_decode(project, ID_SIZE, d->project) != ERR_OK) {
		act_refuse(ret, WORD_RESEARCH_BAD_PROJECT, NULL);
		return;
	}
	act_line(ret, "research", "count");
	act_option(ret, "--purpose", request_purposes(MODE_RESEARCH)[d->purpose]);
	act_option(ret, "--category", d->category == 0 ? NULL : code_categories[d->category - 1]);
	act_option(ret, "--project", d->project);
	ret->shows = true;
}

/* The same wish as a request to one person. */
static void ask(struct act *ret, const struct view *v, int id)
{
	const struct research_draft *d = v->draft;
	struct request_draft r = {.purpose = d->purpose};

	(void)id;
	r.categories = d->category == 0 ? 0 : 1u << (d->category - 1);
	snprintf(r.project, sizeof(r.project), "%s", d->project);
	act_open(ret, &view_institute_request, &r, sizeof(r));
}

static void risk(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_RESEARCH_RISK, .help = WORD_RESEARCH_RISK_HELP, .label = WORD_GET_FOLDER,
				    .shows = true};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"record", "risk"}, 2);
	act_line_form(ret, &d);
}

static const struct view_act acts[] = {{ACTION_COUNT, count}, {ACTION_ADD, ask}, {ACTION_VERIFY, risk}, {ACTION_NONE, NULL}};

const struct view_ops view_institute_research = {
	.name = "institute-research", .title = WORD_TAB_RESEARCH, .modes = MODE_RESEARCH, .split = SPLIT_RIGHT,
	.draft_size = sizeof(struct research_draft), .list = list, .detail = detail, .chosen = chosen, .acts = acts,
};
