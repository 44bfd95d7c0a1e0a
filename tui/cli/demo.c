/* SPDX-License-Identifier: Apache-2.0 */
/* medlock demo: a synthetic network to try everything on, and its story told by real commands. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/app/setup.h"
#include "tui/cli/cli.h"
#include "tui/cli/demo_fill.h"
#include "tui/cli/screenshot.h"
#include "tui/cli/story.h"
#include "tui/screens/start.h"

static void person_json(struct cli *c, const struct app_demo_person *p)
{
	json_begin_object(&c->w, p->name);
	json_string(&c->w, "home", p->home);
	json_string(&c->w, "mode", p->mode);
	json_hex(&c->w, "account", BYTES_ID(p->account));
	json_end_object(&c->w);
}

static void demo_json(struct cli *c, const struct app_demo *d)
{
	json_string(&c->w, "dir", d->dir);
	json_hex(&c->w, "network", BYTES_ID(d->network));
	json_string(&c->w, "engine", d->engine);
	json_begin_array(&c->w, "peers");
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "url", d->peer_url);
	json_string(&c->w, "home", d->peer_home);
	json_int(&c->w, "pid", d->pid);
	json_end_object(&c->w);
	json_end_array(&c->w);
	json_begin_object(&c->w, "people");
	for (size_t i = 0; i < d->count; i++)
		person_json(c, &d->people[i]);
	json_end_object(&c->w);
}

static void say_world(struct cli *c, const struct app_demo *d)
{
	cli_say(c, "The demo network runs at %s (process %lld).\n", d->peer_url, (long long)d->pid);
	for (size_t i = 0; i < d->count; i++)
		cli_say(c, "  %-8s %-10s medlock -C %s …\n", d->people[i].name, d->people[i].mode, d->people[i].home);
	cli_say(c, "Stop it with 'medlock demo down %s'.\n", c->arguments[0]);
}

static enum err up(struct cli *c)
{
	struct app_demo *d;
	enum err e;

	if (cli_value(c, "engine") != NULL && strcmp(cli_value(c, "engine"), "solo") != 0)
		return err_set(&c->info, ERR_USAGE, "--engine %s: this build has solo", cli_value(c, "engine"));
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return ERR_MEMORY;
	e = app_demo_up(d, c->arguments[0], c->program, &c->task, &c->info);
	if (e == ERR_OK && c->json)
		demo_json(c, d);
	if (e == ERR_OK)
		say_world(c, d);
	free(d);
	return e;
}

static enum err down(struct cli *c)
{
	TRY(app_demo_down(c->arguments[0], &c->info));
	if (c->json)
		json_boolean(&c->w, "stopped", true);
	cli_say(c, "Stopped. 'medlock demo up %s' starts it again.\n", c->arguments[0]);
	return ERR_OK;
}

static bool on_screens(const struct cli *c)
{
	if (cli_switch(c, "story"))
		return false;
	return cli_switch(c, "plain-ui") || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

static enum err show_screens(struct cli *c, const struct app_demo *d)
{
	const struct start_options screens = {
		.world = d->dir, .plain = cli_switch(c, "plain-ui"), .marks = cli_value(c, "marks"),
		.theme = cli_value(c, "theme"), .language = cli_value(c, "language"), .ascii = cli_switch(c, "ascii"),
	};

	TRY(demo_fill(c, d));
	return start_screens(&screens, &c->info);
}

/* The network in dir, its screens or the story, and the network away again. */
static enum err play_in(struct cli *c, const char *dir)
{
	struct app_demo *d = calloc(1, sizeof(*d));
	enum err e, stopped;

	if (d == NULL)
		return ERR_MEMORY;
	e = app_demo_up(d, dir, c->program, &c->task, &c->info);
	if (e == ERR_OK)
		e = on_screens(c) ? show_screens(c, d) : story_tell(c, d);
	stopped = app_demo_down(dir, NULL);
	free(d);
	return e == ERR_OK ? stopped : e;
}

static enum err play(struct cli *c)
{
	char dir[] = "/tmp/medlock-demo-XXXXXX";
	enum err e;

	if (cli_value(c, "screenshot") != NULL)
		return cli_screenshot(c, cli_value(c, "screenshot"));
	if (mkdtemp(dir) == NULL)
		return err_set(&c->info, ERR_IO, "no folder under /tmp");
	fprintf(stderr, "Making a synthetic network in %s …\n", dir);
	e = play_in(c, dir);
	if (cli_switch(c, "keep"))
		fprintf(stderr, "The folder stays: medlock demo up %s\n", dir);
	else if (story_remove(dir) != ERR_OK)
		fprintf(stderr, "The folder %s could not be removed.\n", dir);
	return e;
}

static const struct cli_option play_options[] = {
	{"story", NULL, "play the story line by line, as without a terminal"},
	{"plain-ui", NULL, "its people's screens as lines of words"},
	{"marks", "FILE", SCREENS_MARKS_HELP},
	{"screenshot", "NAME", "one screen with invented people, always the same; list: which there are"},
	{"size", "COLUMNSxROWS", "of the screenshot; else 80x24"},
	{"svg", NULL, "the screenshot as SVG"},
	{"ascii", NULL, "in letters and signs of ASCII alone"},
	{"theme", "NAME", "dark, light, contrast or mono"},
	{"language", "NAME", "en or nl"},
	{"keep", NULL, "keep the folder afterwards"},
	{NULL, NULL, NULL},
};
static const struct cli_option up_options[] = {{"engine", "NAME", "solo"}, {NULL, NULL, NULL}};

const struct command demo_commands[] = {
	{"demo", "up", "DIR", 1, 1, CLI_NOTHING, "the demo network in DIR, left running", up_options,
	 (const char *const[]){"demo up /tmp/world", NULL}, up},
	{"demo", "down", "DIR", 1, 1, CLI_NOTHING, "stop it", NULL,
	 (const char *const[]){"demo down /tmp/world", NULL}, down},
	{"demo", "", "", 0, 0, CLI_NOTHING, "a throw-away network: its people's screens, or its story", play_options,
	 (const char *const[]){"demo", "demo --story", "demo --screenshot network --size 120x40", NULL}, play},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
