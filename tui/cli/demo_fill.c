/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/demo_fill.h"

#include <stdio.h>
#include <string.h>

#include "core/app/process.h"

#define WORDS 12
#define OUTPUT_MAX (256u * 1024)

/* who does it, how it ends, and the line; "@" stands for the folder of records, one word alone. */
static const struct step { const char *who; int status; const char *words[WORDS]; } steps[] = {
	{"jansen", 0, {"deposit", "put", "@anna/summary.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/medicines.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/allergies.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/labs-2026-03-10.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/labs-2026-06-16.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/labs-2026-09-15.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/mental-health.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@anna/letter-cardiology.json", "--owner", "anna"}},
	{"jansen", 0, {"deposit", "put", "@bram/summary.json", "--owner", "bram"}},
	{"okafor", 5, {"request", "new", "--owner", "anna", "--purpose", "TREAT"}},
	{"anna", 0, {"consent", "add", "--permit", "--who", "vos", "--purpose", "TREAT", "--category", "MED", "--now"}},
	{"anna", 0, {"consent", "add", "--ask", "--who", "lind", "--purpose", "HRESCH", "--form", "deid", "--now"}},
	{"vos", 0, {"request", "new", "--owner", "anna", "--purpose", "TREAT"}},
	{"lind", 8, {"request", "new", "--owner", "anna", "--purpose", "HRESCH", "--form", "deid"}},
	{"haddad", 0, {"request", "new", "--owner", "anna", "--purpose", "BTG", "--emergency", "--reason", "unconscious"}},
};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static const char *home_of(const struct app_demo *d, const char *name)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcmp(d->people[i].name, name) == 0)
			return d->people[i].home;
	return "";
}

static enum err run(struct cli *c, const char *const *words, const char *who, int expected)
{
	struct buf out = BUF_INIT;
	int status = 0;
	enum err e;

	buf_init(&out, OUTPUT_MAX);
	e = process_capture(&out, &status, words, true, &c->info);
	if (e == ERR_OK && status != expected)
		e = err_set(&c->info, ERR_INTERNAL, "'medlock %s %s' as %s ended with %d, not %d", words[3], words[4], who,
				status,
			    expected);
	buf_release(&out);
	return e;
}

static enum err take(struct cli *c, const struct app_demo *d, const struct step *s, const char *records)
{
	const char *words[WORDS + 4] = {c->program, "-C", home_of(d, s->who)};
	char path[4096 + 64];

	for (size_t i = 0; i < WORDS && s->words[i] != NULL; i++) {
		words[3 + i] = s->words[i];
		if (s->words[i][0] != '@')
			continue;
		snprintf(path, sizeof(path), "%s/demo/records/%s", records, s->words[i] + 1);
		words[3 + i] = path;
	}
	return run(c, words, s->who, s->status);
}

/* Somebody who wants to be an officer: two must agree. */
static enum err newcomer(struct cli *c, const struct app_demo *d)
{
	char home[4096 + 16], passphrase[4096 + 16];
	const char *const words[] = {
		c->program, "-C", home, "setup", "--mode", "officer", "--peer", d->peer_url, "--pin", d->pin, "--name",
		"N. Bakker", "--passphrase-file", passphrase, NULL,
	};

	snprintf(home, sizeof(home), "%s/newcomer", d->dir);
	snprintf(passphrase, sizeof(passphrase), "%s/passphrase", home_of(d, "anna"));
	return run(c, words, "newcomer", 0);
}

enum err demo_fill(struct cli *c, const struct app_demo *d)
{
	char assets[4096];

	TRY(app_assets(assets, c->program, &c->info));
	for (size_t i = 0; i < STEPS; i++) {
		cli_progress(c, "what happened before: records, rules, requests", i, STEPS + 1);
		TRY(task_check(&c->task));
		TRY(take(c, d, &steps[i], assets));
	}
	TRY(newcomer(c, d));
	cli_progress(c, "what happened before: records, rules, requests", STEPS + 1, STEPS + 1);
	return cli_flush(c);
}
