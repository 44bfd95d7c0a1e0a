/* SPDX-License-Identifier: Apache-2.0 */
/* medlock enrolment: the certificate of this profile, asked for and answered. */
#include "tui/cli/enrolment.h"

#include "core/base/clock.h"
#include "tui/cli/cli.h"

static void asked_json(struct cli *c, const struct app_asked *s)
{
	json_string(&c->w, "state", app_asked_text(s->state));
	if (s->at.v != 0) {
		json_time(&c->w, "at", s->at.v);
		json_time(&c->w, "expires", s->until.v);
		json_boolean(&c->w, "sent", s->sent);
	}
	if (s->unsent[0] != '\0')
		json_string(&c->w, "unsent", s->unsent);
	if (s->words[0] != '\0')
		json_string(&c->w, "words", s->words);
	if (s->serial[0] != '\0') {
		json_string(&c->w, "serial", s->serial);
		json_time(&c->w, "renew_from", s->renew_from.v);
	}
	if (s->not_after.v != 0)
		json_time(&c->w, "not_after", s->not_after.v);
}

static void say_waiting(struct cli *c, const struct app_asked *s)
{
	char at[TIME_TEXT], until[TIME_TEXT];

	time_format(at, s->at);
	time_format(until, s->until);
	cli_say(c, "Asked for a certificate on %.10s; no answer yet. The request ends on %.10s.\n", at, until);
	if (!s->sent)
		cli_say(c, "No peer has taken it yet: `medlock sync` tries again.\n");
	if (s->unsent[0] != '\0')
		cli_say_wrapped(c, "  ", cli_foreign(c, s->unsent));
}

static void say_certified(struct cli *c, const struct app_asked *s)
{
	char end[TIME_TEXT], from[TIME_TEXT];

	time_format(end, s->not_after);
	time_format(from, s->renew_from);
	if (s->serial[0] != '\0')
		cli_say(c, "Certified: %s, until %.10s.\nRenew it from %.10s: medlock enrolment renew\n", s->serial, end, from);
	else if (s->not_after.v != 0)
		cli_say(c, "On the ledger this account is certified until %.10s. There is no certificate here\n"
			   "for its keys of now: `medlock enrolment renew` asks for one.\n", end);
}

void enrolment_say(struct cli *c, const struct app_asked *s)
{
	switch (s->state) {
	case APP_ASKED_WAITING:
		say_waiting(c, s);
		break;
	case APP_ASKED_CERTIFIED:
		break;
	case APP_ASKED_REFUSED:
		cli_say(c, "The certificate authority has refused. Its words:\n");
		cli_say_wrapped(c, "  ", cli_foreign(c, s->words));
		cli_say(c, "When that is mended, ask again: medlock enrolment renew\n");
		break;
	case APP_ASKED_EXPIRED:
		cli_say(c, "Nobody answered in time. Ask again: medlock enrolment renew\n");
		break;
	case APP_ASKED_NOTHING:
		cli_say(c, "This profile waits for no certificate.\n");
		break;
	}
	say_certified(c, s);
}

static void print(struct cli *c, const struct app_asked *s)
{
	if (c->json)
		asked_json(c, s);
	enrolment_say(c, s);
}

static enum err status(struct cli *c)
{
	struct app_asked s;

	TRY(app_asked(c->app, &s, &c->info));
	print(c, &s);
	return ERR_OK;
}

static enum err renew(struct cli *c)
{
	const struct app_asking asking = {cli_value(c, "name"), cli_value(c, "organisation")};
	struct app_asked s;

	TRY(app_ask(c->app, &s, &asking, &c->info));
	print(c, &s);
	return ERR_OK;
}

static enum err take(struct cli *c)
{
	struct app_asked s;

	TRY(app_ask_take(c->app, &s, c->arguments[0], &c->info));
	print(c, &s);
	return ERR_OK;
}

static const struct cli_option renew_options[] = {
	{"name", "TEXT", "for the certificate authority only; else as the last time"},
	{"organisation", "TEXT", "where you work; else as the last time"},
	{NULL, NULL, NULL},
};

const struct command enrolment_commands[] = {
	{"enrolment", "status", "", 0, 0, CLI_KEYS, "what became of my request for a certificate", NULL,
	 (const char *const[]){"enrolment status", NULL}, status},
	{"enrolment", "renew", "", 0, 0, CLI_KEYS, "ask for the next certificate, or again after a refusal", renew_options,
	 (const char *const[]){"enrolment renew", "enrolment renew --name 'A. Vermeer'", NULL}, renew},
	{"enrolment", "take", "FILE", 1, 1, CLI_KEYS, "an answer of the certificate authority that came as a file", NULL,
	 (const char *const[]){"enrolment take answer.age", NULL}, take},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
