/* SPDX-License-Identifier: Apache-2.0 */
/* medlock research: what a researcher may know before she asks anybody. */
#include "core/app/count.h"
#include "tui/cli/cli.h"

static void count_json(struct cli *c, const struct app_count *n)
{
	json_boolean(&c->w, "below", n->below);
	if (!n->below) {
		json_uint(&c->w, "count", n->records);
		json_uint(&c->w, "owners", n->owners);
	}
	json_uint(&c->w, "floor", n->floor);
	json_uint(&c->w, "rounded", n->rounded);
}

static enum err count(struct cli *c)
{
	const struct app_count_wish wish = {cli_value(c, "purpose"), cli_value(c, "category"), cli_value(c, "label"),
					    cli_value(c, "project")};
	struct app_count n;

	TRY(app_count(c->app, &n, &wish, &c->info));
	if (c->json)
		count_json(c, &n);
	if (n.below)
		cli_say(c, "Fewer than %llu people allow it: no number is told.\n", (unsigned long long)n.floor);
	else
		cli_say(c, "At least %llu records of %llu people, rounded down to %llu.\n", (unsigned long long)n.records,
			(unsigned long long)n.owners, (unsigned long long)n.rounded);
	return ERR_OK;
}

static const struct cli_option count_options[] = {
	{"purpose", "P", "what for: HRESCH, CLINTRCH, DSRCH, POARCH, …"}, {"category", "C", "records of this kind only"},
	{"label", "L", "records with this label only"}, {"project", "ID", "for this project, 64 hex digits"},
	{NULL, NULL, NULL},
};

const struct command research_commands[] = {
	{"research", "count", "", 0, 0, CLI_KEYS, "how many records consent gives without names", count_options,
	 (const char *const[]){"research count --purpose HRESCH --category LAB", NULL}, count},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
