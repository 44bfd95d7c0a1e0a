/* SPDX-License-Identifier: Apache-2.0 */
/* medlock log: who looked, who was refused. */
#include "core/app/log.h"

#include <string.h>

#include "core/base/files.h"
#include "core/base/text.h"
#include "tui/cli/question.h"

static void record_json(struct json_writer *w, const struct app_event_record *r)
{
	json_begin_object(w, NULL);
	json_hex(w, "record", BYTES_ID(r->record));
	json_string(w, "decision", r->decision);
	json_string(w, "form", r->form);
	json_uint(w, "rule", r->rule);
	json_string(w, "reason", r->reason);
	json_end_object(w);
}

/* One decision for the whole event: what most of its records got, "mixed" otherwise. */
static const char *overall(const struct app_event *e)
{
	const char *first = e->count ? e->records[0].decision : "";

	for (size_t i = 1; i < e->count; i++) {
		if (strcmp(e->records[i].decision, first) != 0)
			return "mixed";
	}
	return first;
}

static void proxy_json(struct cli *c, struct json_writer *w, const struct app_named *p)
{
	json_begin_object(w, "proxy");
	json_string(w, "owner", app_name(c->app, p->owner.b));
	json_string(w, "delegate", app_name(c->app, p->delegate.b));
	json_hex(w, "account", BYTES_ID(p->delegate));
	json_string(w, "scope", p->scope);
	if (p->until.v != 0)
		json_time(w, "until", p->until.v);
	json_boolean(w, "removed", p->removed);
	json_end_object(w);
}

static void question_json(struct cli *c, struct json_writer *w, const struct app_questioned *q)
{
	json_begin_object(w, "question");
	json_boolean(w, "reply", q->reply);
	json_time(w, "due", q->due.v);
	json_string(w, "owner", app_name(c->app, q->owner.b));
	json_string(w, "reader", app_name(c->app, q->reader.b));
	json_end_object(w);
}

static void event_json(struct cli *c, struct json_writer *w, const struct app_event *e)
{
	json_begin_object(w, NULL);
	json_uint(w, "n", e->n);
	json_uint(w, "height", e->height);
	json_time(w, "at", e->at.v);
	json_string(w, "kind", e->kind);
	json_string(w, "who", app_name(c->app, e->who.b));
	json_hex(w, "account", BYTES_ID(e->who));
	json_string(w, "org", bytes_is_zero(BYTES_ID(e->org)) ? "" : app_name(c->app, e->org.b));
	json_string(w, "role", e->role);
	json_string(w, "purpose", e->purpose);
	json_boolean(w, "emergency", e->emergency);
	json_string(w, "decision", overall(e));
	json_uint(w, "rule", e->count ? e->records[0].rule : 0);
	json_string(w, "form", e->count ? e->records[0].form : "");
	json_uint(w, "policy_version", e->policy_version);
	json_hex(w, "tx", BYTES_ID(e->tx));
	if (!bytes_is_zero(BYTES_ID(e->request)))
		json_hex(w, "request", BYTES_ID(e->request));
	if (e->proxy != NULL)
		proxy_json(c, w, e->proxy);
	if (e->hold[0] != '\0')
		json_string(w, "hold", e->hold);
	if (e->question.is)
		question_json(c, w, &e->question);
	json_begin_array(w, "records");
	for (size_t i = 0; i < e->count; i++)
		record_json(w, &e->records[i]);
	json_end_array(w);
	json_end_object(w);
}

static const char *keys_deed(const char *change)
{
	static const struct { const char *change, *words;
	} deeds[] = {
		{"changed", "changed the keys of this account: devices with the old ones are dead"},
		{"announced", "(your helpers, with the authority) announced new keys for this account"},
		{"cancelled", "refused the keys that helpers had announced"},
		{"helpers", "named the helpers of this account"},
	};

	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (strcmp(deeds[i].change, change) == 0)
			return deeds[i].words;
	}
	return "changed keys";
}

/* What a kind of entry says to its owner. */
static const char *deed(const struct app_event *e)
{
	static const struct { const char *kind, *words;
	} deeds[] = {
		{"cert_anchor", "certified this account"},
		{"cert_revoke", "revoked this account"},
		{"record_deposit", "deposited"},
		{"record_amend", "deposited a new version,"},
		{"record_erase", "erased"},
		{"consent_set", "changed consent"},
		{"access_request", "asked to see"},
		{"access_answer", "answered a request for"},
		{"access_close", "closed a request for"},
		{"release_receipt", "released the key of"},
	};

	if (strcmp(e->kind, "consent_pause") == 0)
		return e->paused ? "paused all sharing" : "resumed sharing";
	if (strcmp(e->kind, "proxy_set") == 0)
		return e->proxy != NULL && e->proxy->removed ? "no longer wants" : "named";
	if (e->hold[0] != '\0')
		return strcmp(e->hold, "held") == 0 ? "put this account on hold" : "released this account from its hold";
	if (e->question.is)
		return e->question.reply ? "told" : "asked";
	if (strcmp(e->kind, "account_keys") == 0)
		return keys_deed(e->keys_change);
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (strcmp(deeds[i].kind, e->kind) == 0)
			return deeds[i].words;
	}
	return e->kind;
}

static size_t count_of(const struct app_event *e, const char *decision)
{
	size_t count = 0;

	for (size_t i = 0; i < e->count; i++)
		count += strcmp(e->records[i].decision, decision) == 0;
	return count;
}

/* What was decided: "1 granted, 1 refused". */
static void decided(struct buf *out, const struct app_event *e)
{
	size_t granted = count_of(e, "granted"), denied = count_of(e, "denied"), asked = count_of(e, "ask");

	if ((strcmp(e->kind, "access_request") != 0 && strcmp(e->kind, "access_answer") != 0) || granted + denied + asked == 0)
		return;
	buf_printf(out, ": %zu granted", granted);
	if (denied > 0)
		buf_printf(out, ", %zu refused", denied);
	if (asked > 0)
		buf_printf(out, ", %zu ask you", asked);
}

/* "bram to act for anna (consent, asks) until 2027-01-01" */
static void named(struct cli *c, struct buf *out, const struct app_named *p)
{
	char until[TIME_TEXT];

	buf_printf(out, " %s to act for", app_name(c->app, p->delegate.b));
	buf_printf(out, " %s", app_name(c->app, p->owner.b));
	if (!p->removed)
		buf_printf(out, " (%s)", p->scope);
	if (p->until.v != 0) {
		time_format(until, p->until);
		buf_printf(out, " until %.10s %.5s", until, until + 11);
	}
}

/* "anna asked okafor why he requested her records" and what came of it. */
static void questioned(struct cli *c, struct buf *out, const struct app_event *e)
{
	char due[TIME_TEXT];

	time_format(due, e->question.due);
	buf_printf(out, " %s", app_name(c->app, e->question.reply ? e->question.owner.b : e->question.reader.b));
	buf_append_text(out, e->question.reply ? " why the records were requested" : " why they requested the records of ");
	if (!e->question.reply)
		buf_printf(out, "%s", app_name(c->app, e->question.owner.b));
	if (e->purpose[0] != '\0')
		buf_printf(out, " for %s", e->purpose);
	if (!e->question.reply)
		buf_printf(out, ": due %.10s", due);
}

/* "  6  2026-11-23 09:12  okafor asked to see 2 records for TREAT: 1 granted, 1 refused" */
static void event_line(struct cli *c, const struct app_event *e)
{
	struct buf line = BUF_INIT;
	char at[TIME_TEXT], lead[48];

	time_format(at, e->at);
	snprintf(lead, sizeof(lead), "%4llu  %.10s %.5s  ", (unsigned long long)e->n, at, at + 11);
	buf_printf(&line, "%s%s %s", e->emergency ? "EMERGENCY: " : "", app_name(c->app, e->who.b), deed(e));
	if (e->count > 0)
		buf_printf(&line, " %zu record%s", e->count, e->count == 1 ? "" : "s");
	if (e->question.is)
		questioned(c, &line, e);
	else if (e->purpose[0] != '\0')
		buf_printf(&line, " for %s", e->purpose);
	if (e->proxy != NULL)
		named(c, &line, e->proxy);
	decided(&line, e);
	cli_say_wrapped(c, lead, cli_foreign(c, buf_text(&line)));
	buf_release(&line);
}

static enum err since_of(struct cli *c, struct time_ms *ret)
{
	if (cli_value(c, "since") != NULL && time_parse(ret, cli_value(c, "since")) != ERR_OK)
		return err_set(&c->info, ERR_USAGE, "'%s' is not a date", cli_value(c, "since"));
	return ERR_OK;
}

static enum err list_since(struct cli *c, struct app_events *ret)
{
	struct time_ms since = {0};

	TRY(since_of(c, &since));
	return app_log_list(c->app, ret, since, 0, &c->info);
}

static void list_json(struct cli *c, struct json_writer *w, const struct app_events *list)
{
	json_begin_array(w, "events");
	for (size_t i = 0; i < list->count; i++)
		event_json(c, w, &list->rows[i]);
	json_end_array(w);
	json_boolean(w, "complete", list->complete);
	json_uint(w, "checked_to", list->checked_to);
	if (list->complete)
		json_time(w, "checked_at", list->checked_at.v);
}

static enum err list(struct cli *c)
{
	struct app_events all;
	char at[TIME_TEXT];

	TRY(list_since(c, &all));
	if (c->json)
		list_json(c, &c->w, &all);
	for (size_t i = 0; i < all.count; i++)
		event_line(c, &all.rows[i]);
	time_format(at, all.checked_at);
	if (all.complete)
		cli_say(c, "Complete: proven up to block %llu, made %.10s %.5s UTC.\n", (unsigned long long)all.checked_to, at,
			at + 11);
	else
		cli_say(c, "NOT COMPLETE: what is here is not all that the ledger counts.\n");
	app_events_release(&all);
	return ERR_OK;
}

static void show_records(struct cli *c, const struct app_event *e)
{
	char id[ID_HEX];

	for (size_t i = 0; i < e->count; i++) {
		hex_encode(id, e->records[i].record.b, ID_SIZE);
		cli_say(c, "      %.12s  %s %s", id, e->records[i].decision, e->records[i].form);
		if (e->records[i].rule != 0)
			cli_say(c, " by rule %u of policy version %llu\n", e->records[i].rule,
				(unsigned long long)e->policy_version);
		else
			cli_say(c, " (%s)\n", e->records[i].reason);
	}
}

static enum err show(struct cli *c)
{
	struct app_questions about = {0};
	struct app_events one;
	enum err e = ERR_OK;
	uint64_t n;

	if (parse_u64(&n, bytes_str(c->arguments[0]), UINT32_MAX) != ERR_OK || n == 0)
		return err_set(&c->info, ERR_USAGE, "'%s' is not the number of an entry", c->arguments[0]);
	TRY(app_log_list(c->app, &one, (struct time_ms){0}, n, &c->info));
	if (!bytes_is_zero(BYTES_ID(one.rows[0].request)))
		e = app_question_about(c->app, &about, &one.rows[0].request, &c->info);
	if (e == ERR_OK && c->json) {
		list_json(c, &c->w, &one);
		questions_json(c, &about);
	}
	for (size_t i = 0; e == ERR_OK && i < one.count; i++) {
		event_line(c, &one.rows[i]);
		show_records(c, &one.rows[i]);
	}
	if (e == ERR_OK)
		say_questions(c, &about);
	app_questions_release(&about);
	app_events_release(&one);
	return e;
}

static enum err verify(struct cli *c)
{
	struct app_log_verified v;
	char at[TIME_TEXT];

	TRY(app_log_verify(c->app, &v, &c->info));
	if (c->json) {
		json_uint(&c->w, "events", v.count);
		json_boolean(&c->w, "complete", true);
		json_uint(&c->w, "checked_to", v.height);
		json_time(&c->w, "checked_at", v.at.v);
	}
	time_format(at, v.at);
	cli_say(c, "All %llu entries are here and unchanged.\nProven up to block %llu, made %.10s %.5s UTC.\n",
		(unsigned long long)v.count, (unsigned long long)v.height, at, at + 11);
	return ERR_OK;
}

static enum err list_text(struct cli *c, struct buf *out, size_t *ret_count)
{
	struct app_events all;
	struct json_writer w;

	TRY(list_since(c, &all));
	json_writer_init(&w, out);
	json_begin_object(&w, NULL);
	json_uint(&w, "v", 1);
	list_json(c, &w, &all);
	json_end_object(&w);
	*ret_count = all.count;
	app_events_release(&all);
	return buf_error(out);
}

static enum err fhir_text_of(struct cli *c, struct buf *out, size_t *ret_count)
{
	struct time_ms since = {0};

	TRY(since_of(c, &since));
	return app_log_audit(c->app, out, ret_count, since, &c->info);
}

static enum err export(struct cli *c)
{
	struct buf text = BUF_INIT;
	size_t count = 0;
	enum err e = cli_switch(c, "fhir") ? fhir_text_of(c, &text, &count) : list_text(c, &text, &count);

	buf_append_byte(&text, '\n');
	if (e == ERR_OK)
		e = buf_error(&text);
	if (e == ERR_OK)
		e = files_write(c->arguments[0], buf_bytes(&text), &c->info);
	if (e == ERR_OK && c->json)
		json_uint(&c->w, "events", count);
	if (e == ERR_OK)
		cli_say(c, "%zu entries written.\n", count);
	buf_release(&text);
	return e;
}

static const struct cli_option since_options[] = {
	{"since", "DATE", "from this day on"}, {"all", NULL, "all of it (the default)"}, CLI_FOR, {NULL, NULL, NULL},
};
static const struct cli_option export_options[] = {
	{"since", "DATE", "from this day on"},
	{"fhir", NULL, "as FHIR AuditEvents, for other programs"},
	CLI_FOR,
	{NULL, NULL, NULL},
};

static const struct cli_option ask_options[] = {
	{"text", "TEXT", "what you want to know; - reads standard input; without it an unsent text is sent"},
	CLI_FOR,
	{NULL, NULL, NULL},
};

const struct command log_commands[] = {
	{"log", "list", "", 0, 0, CLI_KEYS, "who looked, who was refused, what changed", since_options,
	 (const char *const[]){"log list", "log list --since 2026-01-01 --json", NULL}, list},
	{"log", "show", "N", 1, 1, CLI_KEYS, "one entry with each record, and what was asked about it", cli_for_options,
	 (const char *const[]){"log show 1", NULL}, show},
	{"log", "ask", "N", 1, 1, CLI_KEYS, "ask whoever is behind an entry why they looked", ask_options,
	 (const char *const[]){"log ask 6 --text 'Why did you need my laboratory results?'", "log ask 6 --text -",
			       NULL}, question_ask},
	{"log", "questions", "", 0, 0, CLI_KEYS, "what was asked about accesses, and the answers", cli_for_options,
	 (const char *const[]){"log questions", NULL}, question_asked},
	{"log", "verify", "", 0, 0, CLI_KEYS, "prove that nothing was left out or changed", cli_for_options,
	 (const char *const[]){"log verify", NULL}, verify},
	{"log", "export", "FILE", 1, 1, CLI_KEYS, "the whole list into a file", export_options,
	 (const char *const[]){"log export access-log.json", "log export audit.json --fhir", NULL}, export},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
