/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/screens/common_acts.h"

#include "tui/screens/line_form.h"

void common_reload(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_reload(ret);
}

void common_ledger_verify(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "ledger", "verify");
	ret->shows = true;
}

void common_log_verify(struct act *ret, const struct view *v, int id)
{
	(void)v;
	(void)id;
	act_line(ret, "log", "verify");
	ret->shows = true;
}

void common_log_export(struct act *ret, const struct view *v, int id)
{
	struct line_form_draft d = {.title = WORD_LOOKED_EXPORT, .help = WORD_LOOKED_EXPORT_HELP, .label = WORD_FORM_FILE};

	(void)v;
	(void)id;
	line_form_words(&d, (const char *const[]){"log", "export"}, 2);
	act_line_form(ret, &d);
}
