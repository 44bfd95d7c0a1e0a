/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent preset, template: rules to begin with, in words. */
#include <string.h>

#include "tui/cli/undo.h"

/* ---- presets ------------------------------------------------------------------------------------ */

static enum err on_or_off(struct cli *c, bool *ret, const char *option, bool otherwise)
{
	const char *said = cli_value(c, option);

	*ret = otherwise;
	if (said == NULL)
		return ERR_OK;
	*ret = strcmp(said, "on") == 0;
	return *ret || strcmp(said, "off") == 0 ? ERR_OK : err_set(&c->info, ERR_USAGE, "--%s is on or off", option);
}

static enum err preset(struct cli *c)
{
	struct app_preset choice = {.name = c->arguments[0]};
	struct app_consent_edit edit = {.preset = &choice, .dry_run = cli_switch(c, "dry-run")};
	bool emergency;

	TRY(on_or_off(c, &emergency, "emergencies", true));
	TRY(on_or_off(c, &choice.research, "research", false));
	choice.emergency_off = !emergency;
	return cli_change(c, &edit);
}

/* ---- templates ---------------------------------------------------------------------------------- */

static void print_template(struct cli *c, const struct app_template_row *x)
{
	if (c->json) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "name", x->name);
		json_string(&c->w, "words", x->words);
		json_end_object(&c->w);
	}
	cli_say(c, "%s\n", x->name);
	cli_say_wrapped(c, "    ", x->words);
}

/* name NULL: all of them. */
static size_t print_templates(struct cli *c, const char *name)
{
	struct app_template_row x;
	size_t found = 0;

	if (c->json)
		json_begin_array(&c->w, "templates");
	for (size_t i = 0; app_template_at(i, &x); i++) {
		if (name != NULL && strcmp(name, x.name) != 0)
			continue;
		print_template(c, &x);
		found++;
	}
	if (c->json)
		json_end_array(&c->w);
	return found;
}

static enum err show_template(struct cli *c, const char *name)
{
	if (print_templates(c, name) == 0)
		return err_set(&c->info, ERR_NOT_FOUND, "'%.40s' is no template: see 'medlock consent template list'", name);
	cli_say(c, "Use it with 'medlock consent template apply %s --who WHO'.\n", name);
	return ERR_OK;
}

static enum err apply(struct cli *c, const char *name)
{
	struct app_template use = {.name = name, .who = cli_value(c, "who"), .until = cli_value(c, "until")};
	struct app_consent_edit edit = {.template = &use, .dry_run = cli_switch(c, "dry-run")};

	if (use.who == NULL)
		return err_set(&c->info, ERR_USAGE, "say --who WHO: for whom");
	return cli_change(c, &edit);
}

static enum err template(struct cli *c)
{
	const char *act = c->argument_count > 0 ? c->arguments[0] : "list";
	const char *name = c->argument_count > 1 ? c->arguments[1] : NULL;

	if (strcmp(act, "list") == 0 && name == NULL) {
		print_templates(c, NULL);
		return ERR_OK;
	}
	if (strcmp(act, "show") == 0 && name != NULL)
		return show_template(c, name);
	if (strcmp(act, "apply") == 0 && name != NULL)
		return apply(c, name);
	return err_set(&c->info, ERR_USAGE, "say list, show NAME, or apply NAME --who WHO");
}

static const struct cli_option preset_options[] = {
	{"emergencies", "on|off", "whether an emergency opens what the preset closes (default on)"},
	{"research", "on|off", "records without names for research (default off)"}, CLI_DRY_RUN, CLI_NOW, CLI_FOR,
	{NULL, NULL, NULL},
};
static const struct cli_option template_options[] = {
	{"who", "WHO", "for whom: a contact, account, organisation or role"},
	{"until", "DATE", "another end than the template's"},
	CLI_DRY_RUN, CLI_NOW, CLI_FOR, {NULL, NULL, NULL},
};

const struct command consent_preset_commands[] = {
	{"consent", "preset", "open|careful|closed", 1, 1, CLI_KEYS, "replace all rules by a preset", preset_options,
	 (const char *const[]){"consent preset careful --dry-run", "consent preset closed --research on", NULL}, preset},
	{"consent", "template", "list|show NAME|apply NAME", 0, 2, CLI_KEYS, "rules for the usual cases", template_options,
	 (const char *const[]){"consent template list", "consent template apply second-opinion --who okafor --dry-run", NULL},
	 template},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
