/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent team: people and organisations that rules are written for together. */
#include "core/app/care_team.h"

#include <string.h>

#include "tui/cli/undo.h"

#define MEMBERS_MAX 31u /* CARE_TEAM_MAX */

static void team_json(struct cli *c, const struct app_care_team *t)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "name", t->name);
	json_string(&c->w, "id", t->id);
	json_begin_array(&c->w, "members");
	for (size_t i = 0; i < t->member_count; i++)
		json_string(&c->w, NULL, t->members[i]);
	json_end_array(&c->w);
	json_uint(&c->w, "rules", t->rules);
	json_boolean(&c->w, "differs", t->differs);
	json_end_object(&c->w);
}

static void say_team(struct cli *c, const struct app_care_team *t)
{
	cli_say(c, "%s: %zu member%s, %u rule%s\n", t->name[0] ? cli_foreign(c, t->name) : t->id, t->member_count,
		t->member_count == 1 ? "" : "s", t->rules, t->rules == 1 ? "" : "s");
	for (size_t i = 0; i < t->member_count; i++)
		cli_say(c, "    %s\n", cli_foreign(c, t->members[i]));
	if (t->differs)
		cli_say(c, "    Its rules do not all have these members: adding or removing one makes them alike.\n");
}

static enum err list(struct cli *c)
{
	struct app_care_teams all;

	TRY(app_care_team_list(c->app, &all, &c->info));
	if (c->json)
		json_begin_array(&c->w, "teams");
	for (size_t i = 0; i < all.count; i++) {
		if (c->json)
			team_json(c, &all.rows[i]);
		say_team(c, &all.rows[i]);
	}
	if (c->json)
		json_end_array(&c->w);
	if (all.count == 0)
		cli_say(c, "No care teams. Make one: medlock consent team add NAME --member WHO\n");
	app_care_teams_release(&all);
	return ERR_OK;
}

static enum err change(struct cli *c, bool remove)
{
	const char *members[MEMBERS_MAX + 1];
	struct app_care_team_edit team = {.name = c->argument_count > 1 ? c->arguments[1] : NULL, .members = members,
					  .remove = remove};
	struct app_consent_edit edit = {.team = &team, .dry_run = cli_switch(c, "dry-run")};

	TRY(cli_gather(c, members, MEMBERS_MAX + 1, "member"));
	if (team.name == NULL)
		return err_set(&c->info, ERR_USAGE, "say which team: medlock consent team %s NAME", remove ? "remove" : "add");
	if (!remove && members[0] == NULL)
		return err_set(&c->info, ERR_USAGE, "say --member WHO: a contact, an organisation or an account");
	return cli_change(c, &edit);
}

static enum err team(struct cli *c)
{
	const char *what = c->argument_count > 0 ? c->arguments[0] : "list";

	if (strcmp(what, "list") == 0 && c->argument_count < 2)
		return list(c);
	if (strcmp(what, "add") == 0 || strcmp(what, "remove") == 0)
		return change(c, what[0] == 'r');
	return err_set(&c->info, ERR_USAGE, "'%.40s' is not list, add or remove", what);
}

static const struct cli_option team_options[] = {
	{"member", "WHO…", "a contact, organisation or account (repeat for more)"},
	CLI_DRY_RUN, CLI_NOW, CLI_FOR,
	{NULL, NULL, NULL},
};

const struct command consent_team_commands[] = {
	{"consent", "team", "[list | add NAME | remove NAME]", 0, 2, CLI_KEYS,
	 "care teams: add, members go; without --member, remove takes the team and its rules", team_options,
	 (const char *const[]){"consent team", "consent team add home --member okafor --member 'GP practice West'",
			       "consent team remove home --member okafor", NULL},
	 team},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
