/* SPDX-License-Identifier: Apache-2.0 */
/* medlock ca: the desk of the certificate authority. */
#include "core/app/ca.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "tui/cli/check_print.h"
#include "tui/cli/cli.h"

static void enrolment_json(struct cli *c, const struct app_enrolment *e)
{
	json_string(&c->w, "id", e->id);
	json_string(&c->w, "kind", e->kind);
	json_string(&c->w, "name", e->name);
	json_string(&c->w, "profile", e->profile);
	json_hex(&c->w, "account", BYTES_ID(e->account));
	if (e->expires.v != 0)
		json_time(&c->w, "expires", e->expires.v);
	json_begin_object(&c->w, "approvals");
	json_uint(&c->w, "have", e->approvals_have);
	json_uint(&c->w, "need", e->approvals_need);
	json_end_object(&c->w);
}

static void fetched_json(struct cli *c, const struct app_queue *q)
{
	json_begin_object(&c->w, "fetched");
	json_uint(&c->w, "entered", q->entered);
	json_uint(&c->w, "refused", q->refused);
	json_uint(&c->w, "unreachable", q->silent);
	if (q->why[0] != '\0')
		json_string(&c->w, "why", q->why);
	json_end_object(&c->w);
}

static void say_fetched(struct cli *c, const struct app_queue *q)
{
	if (q->entered > 0)
		cli_say(c, "%zu new from the peers.\n", q->entered);
	if (q->refused > 0)
		cli_say(c, "%zu from the peers not entered. The first one:\n  %s\n", q->refused, cli_foreign(c, q->why));
	else if (q->why[0] != '\0')
		cli_say(c, "Not all was fetched: %s.\n", cli_foreign(c, q->why));
	if (q->silent > 0)
		cli_say(c, "%zu peers could not be asked for requests.\n", q->silent);
}

static void say_request(struct cli *c, const struct app_enrolment *e)
{
	char end[TIME_TEXT] = "";

	time_format(end, e->expires);
	cli_say(c, "%s  %-10s %-10s %u/%u %s\n", e->id, e->kind, e->profile, e->approvals_have, e->approvals_need,
		cli_foreign(c, e->name));
	if (e->expires.v != 0)
		cli_say(c, "  expires on %.10s\n", end);
}

static enum err queue(struct cli *c)
{
	struct app_queue q;

	TRY(app_ca_queue(c->app, &q, &c->info));
	if (c->json) {
		json_begin_array(&c->w, "queue");
		for (size_t i = 0; i < q.count; i++) {
			json_begin_object(&c->w, NULL);
			enrolment_json(c, &q.rows[i]);
			json_end_object(&c->w);
		}
		json_end_array(&c->w);
		fetched_json(c, &q);
	}
	say_fetched(c, &q);
	for (size_t i = 0; i < q.count; i++)
		say_request(c, &q.rows[i]);
	if (q.count == 0)
		cli_say(c, "The queue is empty.\n");
	app_queue_release(&q);
	return ERR_OK;
}

static void comparison_json(struct cli *c, const struct app_enrolment *e)
{
	json_begin_array(&c->w, "comparison");
	for (size_t i = 0; i < e->row_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "field", e->rows[i].field);
		json_string(&c->w, "requested", e->rows[i].requested);
		json_string(&c->w, "issued", e->rows[i].issued);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void entry_json(struct cli *c, const struct app_enrolment *e)
{
	json_time(&c->w, "received", e->received.v);
	if (e->entered_by[0] != '\0') {
		json_string(&c->w, "entered_by", e->entered_by);
		json_time(&c->w, "entered", e->entered.v);
	}
	json_string(&c->w, "lint", e->lint);
}

static void say_entry(struct cli *c, const struct app_enrolment *e)
{
	char time[TIME_TEXT];

	time_format(time, e->received);
	cli_say(c, "Received %s; lint: %s.\n", time, cli_foreign(c, e->lint));
	if (e->entered_by[0] == '\0')
		return;
	time_format(time, e->entered);
	cli_say(c, "Entered by %s at %s. Checked here against what you would sign; you agree to exactly this with\n",
		cli_foreign(c, e->entered_by), time);
	if (strcmp(e->kind, "enrolment") == 0)
		cli_say(c, "  medlock ca approve %.8s\n", e->id);
	else if (strcmp(e->kind, "release") == 0)
		cli_say(c, "  medlock ca release %.8s --confirm %s\n", e->id, e->id + strlen(e->id) - 4);
	else
		cli_say(c, "  medlock ca revoke %.8s --reason %s --confirm %s\n", e->id, e->rows[0].issued,
			e->id + strlen(e->id) - 4);
}

#define REQUESTED_COLUMNS 30
#define ISSUED_COLUMNS 50

/* What does not fit beside each other comes below each other: a hash is compared whole or not at all. */
static void say_row(struct cli *c, const struct app_enrolment_row *row)
{
	const char *requested = cli_foreign(c, row->requested), *issued = cli_foreign(c, row->issued);

	if (strlen(requested) <= REQUESTED_COLUMNS && strlen(requested) + strlen(issued) <= ISSUED_COLUMNS) {
		cli_say(c, "  %-24s %-30s %s\n", row->field, requested, issued);
		return;
	}
	cli_say(c, "  %s\n", row->field);
	if (requested[0] != '\0' && strcmp(requested, issued) != 0)
		cli_say(c, "      requested  %s\n", requested);
	cli_say(c, "      %s  %s\n", strcmp(requested, issued) == 0 ? "both     " : "issued   ", issued);
}

static void print_enrolment(struct cli *c, const struct app_enrolment *e)
{
	if (c->json) {
		enrolment_json(c, e);
		entry_json(c, e);
		comparison_json(c, e);
	}
	cli_say(c, "%s: %s, profile %s\n  %-24s %-30s %s\n", e->id, cli_foreign(c, e->name), e->profile, "field",
		"requested", e->entered_by[0] == '\0' ? "would be issued" : "in the certificate");
	for (size_t i = 0; i < e->row_count; i++)
		say_row(c, &e->rows[i]);
	say_entry(c, e);
}

static enum err show(struct cli *c)
{
	struct app_enrolment e = {0};

	TRY(app_ca_show(c->app, &e, c->arguments[0], &c->info));
	print_enrolment(c, &e);
	return ERR_OK;
}

static enum err import(struct cli *c)
{
	struct app_enrolment e = {0};

	TRY(app_ca_import(c->app, &e, c->arguments[0], &c->info));
	print_enrolment(c, &e);
	return ERR_OK;
}

static void answer_json(struct cli *c, const struct app_ca_act *act)
{
	if (act->answer[0] == '\0')
		return;
	json_string(&c->w, "answer", act->answer);
	json_boolean(&c->w, "answer_sent", act->answer_sent);
}

static void say_answer(struct cli *c, const struct app_ca_act *act)
{
	if (act->answer_sent)
		cli_say(c, "The answer waits at the peers for its holder.\n");
	else if (act->answer[0] != '\0')
		cli_say(c, "No peer took the answer for its holder: repeat this command, or hand over\n  %s\n", act->answer);
}

static void print_act(struct cli *c, const struct app_ca_act *act, const char *what, bool pending)
{
	if (c->json) {
		json_string(&c->w, "serial", act->serial);
		json_hex(&c->w, "tx", BYTES_ID(act->tx));
		json_uint(&c->w, "height", act->height);
		json_begin_object(&c->w, "approvals");
		json_uint(&c->w, "have", act->approvals_have);
		json_uint(&c->w, "need", act->approvals_need);
		json_end_object(&c->w);
		answer_json(c, act);
	}
	if (cli_switch(c, "dry-run"))
		cli_say(c, "Nothing was done (--dry-run).\n");
	else if (pending)
		cli_say(c, "Signed by you; nothing has changed yet.\n");
	else
		cli_say(c, "Certificate %s %s, on the ledger in block %llu.\n", act->serial, what,
			(unsigned long long)act->height);
	say_answer(c, act);
}

/* An act that waits for a colleague is shown as far as it is. */
static enum err acted(struct cli *c, enum err e, const struct app_ca_act *act, const char *what)
{
	if (e == ERR_OK || e == ERR_PENDING)
		print_act(c, act, what, e == ERR_PENDING);
	return e;
}

static enum err approve(struct cli *c)
{
	struct app_ca_act act = {0};

	return acted(c, app_ca_approve(c->app, &act, c->arguments[0], cli_switch(c, "dry-run"), &c->info), &act, "issued");
}

static enum err reject(struct cli *c)
{
	const char *reason = cli_value(c, "reason");
	struct app_ca_act act;

	if (reason == NULL)
		return err_set(&c->info, ERR_USAGE, "say --reason TEXT: the requester reads it");
	TRY(app_ca_reject(c->app, &act, c->arguments[0], reason, &c->info));
	if (c->json)
		answer_json(c, &act);
	cli_say(c, "Rejected.\n");
	say_answer(c, &act);
	return ERR_OK;
}

static void certificate_json(struct cli *c, const struct app_certificate *x)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "serial", x->serial);
	json_string(&c->w, "name", x->name);
	json_string(&c->w, "profile", x->profile);
	json_hex(&c->w, "account", BYTES_ID(x->account));
	json_time(&c->w, "not_after", x->not_after.v);
	json_string(&c->w, "state", x->state);
	json_end_object(&c->w);
}

#define DAY_MS (24ll * 3600 * 1000)
#define EXPIRING_DAYS_MAX 3650

/* "30d": until when a certificate must end to be listed; INT64_MAX without the option. */
static enum err expiring_of(struct cli *c, int64_t *ret_until)
{
	const char *text = cli_value(c, "expiring");
	char *end;
	long days;

	*ret_until = INT64_MAX;
	if (text == NULL)
		return ERR_OK;
	days = text[0] >= '0' && text[0] <= '9' ? strtol(text, &end, 10) : -1;
	if (days < 0 || days > EXPIRING_DAYS_MAX || strcmp(end, "d") != 0)
		return err_set(&c->info, ERR_USAGE, "'%s' is not a number of days such as 30d", text);
	*ret_until = clock_real()->now(NULL).v + days * DAY_MS;
	return ERR_OK;
}

/* What ends soon and still counts: revoked and expired ones need nothing. */
static void keep_expiring(struct app_certificates *all, int64_t until)
{
	size_t kept = 0;

	for (size_t i = 0; until != INT64_MAX && i < all->count; i++)
		if (strcmp(all->rows[i].state, "valid") == 0 && all->rows[i].not_after.v <= until)
			all->rows[kept++] = all->rows[i];
	if (until != INT64_MAX)
		all->count = kept;
}

static enum err list(struct cli *c)
{
	struct app_certificates all;
	int64_t until;

	TRY(expiring_of(c, &until));
	TRY(app_ca_list(c->app, &all, &c->info));
	keep_expiring(&all, until);
	if (c->json) {
		json_begin_array(&c->w, "certificates");
		for (size_t i = 0; i < all.count; i++)
			certificate_json(c, &all.rows[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < all.count; i++) {
		char end[TIME_TEXT];

		time_format(end, all.rows[i].not_after);
		cli_say(c, "%.16s  %-10s %-10s until %.10s  %s\n", all.rows[i].serial, all.rows[i].profile,
			all.rows[i].state, end, cli_foreign(c, all.rows[i].name));
	}
	app_certificates_release(&all);
	return ERR_OK;
}

static enum err doctor(struct cli *c)
{
	struct app_checks all;

	TRY(app_ca_doctor(c->app, &all, &c->info));
	return cli_checks(c, &all);
}

static const struct cli_option dry_options[] = {{"dry-run", NULL, "show what would happen"}, {NULL, NULL, NULL}};
static const struct cli_option reject_options[] = {{"reason", "TEXT", "words for the requester"}, {NULL, NULL, NULL}};
static const struct cli_option list_options[] = {
	{"expiring", "DAYS", "only valid ones that end within, as 30d"}, {NULL, NULL, NULL}};

const struct command ca_commands[] = {
	{"ca", "queue", "", 0, 0, CLI_KEYS, "requests that wait, and acts that wait for a second officer", NULL,
	 (const char *const[]){"ca queue", NULL}, queue},
	{"ca", "import", "FILE", 1, 1, CLI_KEYS, "take an enrolment request into the queue", NULL,
	 (const char *const[]){"ca import enrolment.age", NULL}, import},
	{"ca", "show", "ID", 1, 1, CLI_KEYS, "a request, or what a colleague began: the whole certificate, checked", NULL,
	 (const char *const[]){"ca show 9d1e", NULL}, show},
	{"ca", "approve", "ID", 1, 1, CLI_KEYS, "issue the certificate and anchor it", dry_options,
	 (const char *const[]){"ca approve 9d1e", NULL}, approve},
	{"ca", "reject", "ID", 1, 1, CLI_KEYS, "refuse a request", reject_options,
	 (const char *const[]){"ca reject 9d1e --reason 'the badge has expired'", NULL}, reject},
	{"ca", "list", "", 0, 0, CLI_KEYS, "certificates issued", list_options,
	 (const char *const[]){"ca list", "ca list --expiring 30d", NULL}, list},
	{"ca", "doctor", "", 0, 0, CLI_KEYS, "check register, serials, certificates, lists, clocks and backup", NULL,
	 (const char *const[]){"ca doctor", NULL}, doctor},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
