/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent asks, consent answer: what others ask of me. */
#include "core/app/asks.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/cli/undo.h"

#define DAYS_MAX 3650u

static void ask_json(struct cli *c, const struct app_waiting *w)
{
	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "ask", BYTES_ID(w->request));
	json_string(&c->w, "who", app_name(c->app, w->who.b));
	json_hex(&c->w, "account", BYTES_ID(w->who));
	json_string(&c->w, "purpose", w->purpose);
	if (w->form != NULL)
		json_string(&c->w, "form", w->form);
	if (!bytes_is_zero(BYTES_ID(w->project)))
		json_hex(&c->w, "project", BYTES_ID(w->project));
	json_time(&c->w, "at", w->at.v);
	json_time(&c->w, "until", w->until.v);
	json_begin_array(&c->w, "records");
	for (size_t i = 0; i < w->count; i++)
		json_hex(&c->w, NULL, BYTES_ID(w->records[i]));
	json_end_array(&c->w);
	json_end_object(&c->w);
}

static void say_terms(struct buf *line, const struct app_waiting *w)
{
	char project[ID_HEX];

	if (w->form != NULL)
		buf_append_text(line, strcmp(w->form, "deid") == 0 ? ", without names" : ", as they are");
	if (bytes_is_zero(BYTES_ID(w->project)))
		return;
	hex_encode(project, w->project.b, ID_SIZE);
	buf_printf(line, ", for project %.12s", project);
}

/* "4ba0c896ec3b  okafor asks for 2 records for TREAT, as they are; until 2026-11-24 09:30" */
static void say_ask(struct cli *c, const struct app_waiting *w)
{
	struct buf line = BUF_INIT;
	char id[ID_HEX], lead[24], until[TIME_TEXT];

	hex_encode(id, w->request.b, ID_SIZE);
	time_format(until, w->until);
	snprintf(lead, sizeof(lead), "%.12s  ", id);
	buf_printf(&line, "%s asks for %zu record%s for %s", app_name(c->app, w->who.b), w->count, w->count == 1 ? "" : "s",
		   w->purpose);
	say_terms(&line, w);
	buf_printf(&line, "; until %.10s %.5s", until, until + 11);
	cli_say_wrapped(c, lead, cli_foreign(c, buf_text(&line)));
	buf_release(&line);
}

static enum err asks(struct cli *c)
{
	struct app_asks list;

	TRY(app_asks_list(c->app, &list, &c->info));
	if (c->json) {
		json_begin_array(&c->w, "asks");
		for (size_t i = 0; i < list.count; i++)
			ask_json(c, &list.rows[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < list.count; i++)
		say_ask(c, &list.rows[i]);
	if (list.count > 0)
		cli_say(c, "Answer with 'medlock consent answer ASK --once', --yes, --no or --never.\n"
			   "Who gets no answer in time gets nothing.\n");
	else
		cli_say(c, "Nobody waits for an answer.\n");
	app_asks_release(&list);
	return ERR_OK;
}

static enum err one_reply(struct cli *c, enum app_reply *ret)
{
	static const struct { const char *option; enum app_reply reply; } replies[] = {
		{"once", APP_REPLY_ONCE}, {"yes", APP_REPLY_YES}, {"no", APP_REPLY_NO}, {"never", APP_REPLY_NEVER},
	};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		if (!cli_switch(c, replies[i].option))
			continue;
		*ret = replies[i].reply;
		count++;
	}
	return count == 1 ? ERR_OK : err_set(&c->info, ERR_USAGE, "say one of --once, --yes, --no and --never");
}

static enum err days_of(struct cli *c, uint32_t *ret, enum app_reply reply)
{
	const char *text = cli_value(c, "days");
	uint64_t days = 0;

	if (text != NULL && reply != APP_REPLY_YES)
		return err_set(&c->info, ERR_USAGE, "--days goes with --yes");
	if (text != NULL && (parse_u64(&days, bytes_str(text), DAYS_MAX) != ERR_OK || days == 0))
		return err_set(&c->info, ERR_USAGE, "--days is a number from 1 to %u", DAYS_MAX);
	*ret = (uint32_t)days;
	return ERR_OK;
}

static enum err answer(struct cli *c)
{
	const struct app_undo undo = cli_undo(c);
	struct app_replied done;
	enum app_reply reply = APP_REPLY_NO;
	uint32_t days;

	TRY(one_reply(c, &reply));
	TRY(days_of(c, &days, reply));
	TRY(app_ask_answer(c->app, &done, c->arguments[0], reply, days, &undo, &c->info));
	if (c->json) {
		json_hex(&c->w, "ask", BYTES_ID(done.request));
		json_hex(&c->w, "tx", BYTES_ID(done.tx));
		json_uint(&c->w, "height", done.height);
		json_uint(&c->w, "records", done.records);
	}
	if (done.sentence != NULL)
		cli_say_wrapped(c, "", cli_foreign(c, done.sentence));
	cli_say(c, "Answered from block %llu on: %s to %zu record%s.\n", (unsigned long long)done.height,
		reply == APP_REPLY_ONCE || reply == APP_REPLY_YES ? "yes" : "no", done.records,
		done.records == 1 ? "" : "s");
	app_replied_release(&done);
	return ERR_OK;
}

static const struct cli_option answer_options[] = {
	{"once", NULL, "yes, this time"},
	{"yes", NULL, "yes, and these records again without asking"},
	{"days", "N", "with --yes: for so many days"},
	{"no", NULL, "not this time"},
	{"never", NULL, "no, and do not let them ask for this purpose again"},
	CLI_NOW,
	CLI_FOR,
	{NULL, NULL, NULL},
};

const struct command ask_commands[] = {
	{"consent", "asks", "", 0, 0, CLI_KEYS, "who waits for my answer", cli_for_options,
	 (const char *const[]){"consent asks", "consent asks --json", NULL}, asks},
	{"consent", "answer", "ASK", 1, 1, CLI_KEYS, "answer one", answer_options,
	 (const char *const[]){"consent answer 4f1c09 --once", "consent answer 4f1c09 --yes --days 30", NULL}, answer},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
