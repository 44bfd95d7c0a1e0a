/* SPDX-License-Identifier: Apache-2.0 */
/* medlock request: ask for records, get what was granted. */
#include "core/app/requests.h"
#include "core/app/review.h"

#include <string.h>

#include "tui/cli/question.h"

static void decided_json(struct cli *c, const struct app_decided *d)
{
	struct app_duty duty;

	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "record", BYTES_ID(d->record));
	json_string(&c->w, "decision", d->decision);
	json_string(&c->w, "form", d->form);
	json_begin_array(&c->w, "obligations");
	for (uint32_t n = 0; app_duty_next(d->duties, &n, &duty);)
		json_string(&c->w, NULL, duty.code);
	json_end_array(&c->w);
	json_end_object(&c->w);
}

/* What the owner asks of who reads. */
static void say_duties(struct cli *c, const struct app_decided *d)
{
	struct app_duty duty;
	struct buf line = BUF_INIT;

	for (uint32_t n = 0; app_duty_next(d->duties, &n, &duty);)
		buf_printf(&line, "%s%s", line.len > 0 ? "; " : "", duty.words);
	if (line.len > 0 && buf_error(&line) == ERR_OK)
		cli_say_wrapped(c, "    your duty: ", buf_text(&line));
	buf_release(&line);
}

static void request_members(struct cli *c, const struct app_request *r)
{
	json_hex(&c->w, "request", BYTES_ID(r->request));
	json_hex(&c->w, "tx", BYTES_ID(r->tx));
	json_uint(&c->w, "height", r->height);
	json_string(&c->w, "as", "certificate");
	json_hex(&c->w, "owner", BYTES_ID(r->owner));
	json_string(&c->w, "purpose", r->purpose);
	json_boolean(&c->w, "emergency", r->emergency);
	json_time(&c->w, "at", r->at.v);
	json_time(&c->w, "expires", r->expires.v);
	json_string(&c->w, "state", r->closed ? "closed" : "open");
	json_begin_array(&c->w, "records");
	for (size_t i = 0; i < r->count; i++)
		decided_json(c, &r->records[i]);
	json_end_array(&c->w);
	json_string(&c->w, "note", APP_INCOMPLETE_NOTE);
}

static void say_request(struct cli *c, const struct app_request *r)
{
	char id[ID_HEX], at[TIME_TEXT];

	hex_encode(id, r->request.b, ID_SIZE);
	time_format(at, r->at);
	cli_say(c, "Request %.12s  for %s, %s, %.16s%s%s\n", id, cli_foreign(c, app_name(c->app, r->owner.b)),
		r->purpose, at, r->emergency ? ", EMERGENCY" : "",
		r->closed ? ", closed" : r->emergency ? ": you owe a review (medlock request review)" : "");
	for (size_t i = 0; i < r->count; i++) {
		hex_encode(id, r->records[i].record.b, ID_SIZE);
		cli_say(c, "  %.12s  %s %s\n", id, r->records[i].decision, r->records[i].form);
		say_duties(c, &r->records[i]);
	}
	if (r->count == 0)
		cli_say(c, "  Nothing was granted.\n");
	cli_say(c, "%s\n", APP_INCOMPLETE_NOTE);
}

static void print_request(struct cli *c, const struct app_request *r)
{
	if (c->json)
		request_members(c, r);
	say_request(c, r);
}

/* Exit 5 when nothing is granted, 8 when all of it is asked. */
static enum err outcome(const struct app_request *r)
{
	if (r->granted > 0)
		return ERR_OK;
	return r->asked > 0 ? ERR_PENDING : ERR_NOTHING_GRANTED;
}

static enum err new(struct cli *c)
{
	struct app_ask ask = {
		.purpose = cli_value(c, "purpose"), .form = cli_value(c, "form"), .reason = cli_value(c, "reason"),
		.emergency = cli_switch(c, "emergency"), .dry_run = cli_switch(c, "dry-run"),
		.data_from = cli_value(c, "data-from"), .data_to = cli_value(c, "data-to"), .project = cli_value(c, "project"),
	};
	struct app_request r = {0};
	enum err e;

	if (cli_value(c, "owner") == NULL || ask.purpose == NULL)
		return err_set(&c->info, ERR_USAGE, "say --owner WHO and --purpose CODE");
	if (cli_value(c, "as") != NULL && strcmp(cli_value(c, "as"), "certificate") != 0)
		return err_set(&c->info, ERR_USAGE, "--as %s: this profile acts by certificate", cli_value(c, "as"));
	TRY(app_find(c->app, &ask.owner, cli_value(c, "owner"), &c->info));
	TRY(cli_gather(c, ask.category, sizeof(ask.category) / sizeof(ask.category[0]), "category"));
	TRY(cli_gather(c, ask.record, sizeof(ask.record) / sizeof(ask.record[0]), "record"));
	e = app_request_new(c->app, &r, &ask, &c->info);
	if (e == ERR_OK && ask.dry_run)
		cli_say(c, "Nothing was sent (--dry-run).\n");
	if (e == ERR_OK && !ask.dry_run) {
		print_request(c, &r);
		e = outcome(&r);
	}
	app_request_release(&r);
	return e;
}

static enum err list(struct cli *c)
{
	struct app_requests all;

	TRY(app_request_list(c->app, &all, &c->info));
	if (c->json) {
		json_begin_array(&c->w, "requests");
		for (size_t i = 0; i < all.count; i++) {
			json_begin_object(&c->w, NULL);
			request_members(c, &all.rows[i]);
			json_end_object(&c->w);
		}
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < all.count; i++)
		say_request(c, &all.rows[i]);
	if (all.count == 0)
		cli_say(c, "No requests yet.\n");
	app_requests_release(&all);
	return ERR_OK;
}

static enum err show(struct cli *c)
{
	struct app_request r = {0};

	TRY(app_request_show(c->app, &r, c->arguments[0], &c->info));
	print_request(c, &r);
	app_request_release(&r);
	return ERR_OK;
}

static enum err close_request(struct cli *c)
{
	struct app_request r = {0};

	TRY(app_request_close(c->app, &r, c->arguments[0], &c->info));
	print_request(c, &r);
	app_request_release(&r);
	return ERR_OK;
}

static enum err review(struct cli *c)
{
	struct app_request r = {0};

	if (cli_value(c, "text") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --text: what you did and why, for the person whose records these are");
	TRY(app_request_review(c->app, &r, c->arguments[0], cli_value(c, "text"), &c->info));
	print_request(c, &r);
	app_request_release(&r);
	return ERR_OK;
}

static void file_json(struct cli *c, const struct app_file *f)
{
	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "record", BYTES_ID(f->record));
	json_string(&c->w, "form", f->form);
	json_string(&c->w, "path", f->path);
	json_hex(&c->w, "sha256", BYTES_ID(f->sha256));
	json_uint(&c->w, "bytes", f->bytes);
	json_end_object(&c->w);
}

static void print_files(struct cli *c, const struct app_files *all)
{
	if (c->json) {
		json_begin_array(&c->w, "files");
		for (size_t i = 0; i < all->count; i++)
			file_json(c, &all->rows[i]);
		json_end_array(&c->w);
		json_begin_array(&c->w, "custodians");
		for (size_t i = 0; i < all->custodian_count; i++) {
			json_begin_object(&c->w, NULL);
			json_hex(&c->w, "peer", BYTES_ID(all->custodians[i].peer));
			json_boolean(&c->w, "ok", all->custodians[i].ok);
			json_end_object(&c->w);
		}
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < all->count; i++)
		cli_say(c, "%s, %llu bytes, verified:\n  %s\n", all->rows[i].form,
			(unsigned long long)all->rows[i].bytes, all->rows[i].path);
	cli_say(c, "%s\n", APP_INCOMPLETE_NOTE);
}

static enum err get(struct cli *c)
{
	struct app_files all = {0};
	const char *out = cli_value(c, "out");
	enum err e;

	if (out == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out DIR");
	e = app_request_get(c->app, &all, c->arguments[0], out, &c->info);
	if (e == ERR_OK)
		print_files(c, &all);
	app_files_release(&all);
	return e;
}

static const struct cli_option new_options[] = {
	{"owner", "WHO", "whose records"}, {"purpose", "CODE", "purpose of use: TREAT, …"},
	{"category", "CODE…", "only these kinds (repeat)"}, {"record", "ID…", "only these records (repeat)"},
	{"data-from", "DATE", "only records with data from this day on"},
	{"data-to", "DATE", "only records with data before this day"},
	{"project", "ID", "for this research project, 64 hex digits"},
	{"form", "FORM", "full or deid"}, {"as", "HOW", "certificate"},
	{"emergency", NULL, "break the glass: needs the emergency right; told to the owner at once"},
	{"reason", "CODE", "why it is an emergency: unconscious, life-threatening, cannot-ask"},
	{"wait", NULL, "wait for the block (always done)"}, {"dry-run", NULL, "send nothing"}, {NULL, NULL, NULL},
};
static const struct cli_option get_options[] = {{"out", "DIR", "where the files go"}, {NULL, NULL, NULL}};

static const struct cli_option reply_options[] = {
	{"text", "TEXT", "your answer; - reads standard input; without it an unsent text is sent"}, {NULL, NULL, NULL},
};
static const struct cli_option review_options[] = {{"text", "TEXT", "what you did and why"}, {NULL, NULL, NULL}};

const struct command request_commands[] = {
	{"request", "new", "", 0, 0, CLI_KEYS, "ask for somebody's records", new_options,
	 (const char *const[]){"request new --owner anna --purpose TREAT --wait",
			       "request new --owner anna --purpose TREAT --category LAB",
			       "request new --owner anna --purpose TREAT --data-from 2025-01-01", NULL}, new},
	{"request", "list", "", 0, 0, CLI_KEYS, "my requests and what was granted", NULL,
	 (const char *const[]){"request list", NULL}, list},
	{"request", "show", "REQUEST", 1, 1, CLI_KEYS, "one request", NULL,
	 (const char *const[]){"request show 4f1c09", NULL}, show},
	{"request", "get", "REQUEST", 1, 1, CLI_KEYS, "get and open the granted records", get_options,
	 (const char *const[]){"request get 4f1c09 --out records", NULL}, get},
	{"request", "review", "REQUEST", 1, 1, CLI_KEYS, "end an emergency with your account of it, for the owner",
	 review_options,
	 (const char *const[]){"request review 4f1c09 --text 'unconscious after a fall; read the allergies'", NULL}, review},
	{"request", "questions", "", 0, 0, CLI_KEYS, "what owners ask about my requests", NULL,
	 (const char *const[]){"request questions", NULL}, question_to_me},
	{"request", "reply", "REQUEST", 1, 1, CLI_KEYS, "answer the question about a request", reply_options,
	 (const char *const[]){"request reply 4f1c09 --text 'Your GP asked me to look at the results of May.'", NULL},
	 question_reply},
	{"request", "close", "REQUEST", 1, 1, CLI_KEYS, "end a grant early", NULL,
	 (const char *const[]){"request close 4f1c09", NULL}, close_request},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
