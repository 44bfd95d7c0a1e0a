/* SPDX-License-Identifier: Apache-2.0 */
/* medlock consent receipt: what taking access away did. */
#include "core/app/receipt.h"

#include "core/base/text.h"
#include "tui/cli/undo.h"

#define DAY_AND_MINUTE 16

static void say_peers(struct cli *c, const struct app_receipt *r)
{
	cli_say(c, "  %zu of %zu peers have reached that block.\n", r->peers_at_height, r->peer_count);
	for (size_t i = 0; i < r->peer_count; i++) {
		const struct app_receipt_peer *p = &r->peers[i];
		const char *kind = p->custodian ? "custodian" : "peer";

		if (!p->answered)
			cli_say(c, "    %s %s does not answer: nobody can say what it knows.\n", kind, cli_foreign(c, p->url));
		else if (!p->reached)
			cli_say(c, "    %s %s is at block %llu: until it follows, it goes by the rules before.\n", kind,
				cli_foreign(c, p->url), (unsigned long long)p->height);
	}
}

static void say_copies_in_short(struct cli *c, const struct app_receipt *r)
{
	cli_say(c, "  %llu key%s released before: what was opened then cannot be called back.\n",
		(unsigned long long)r->records, r->records == 1 ? " was" : "s were");
	if (r->records > 0)
		cli_say(c, "  'medlock consent receipt' says who has copies.\n");
}

void cli_receipt_in_short(struct cli *c, bool taken)
{
	struct app_receipt r = {0};
	enum err e = app_consent_receipt(c->app, &r, 0, NULL);

	if (c->json) {
		json_uint(&c->w, "peers_at_height", r.peers_at_height);
		json_uint(&c->w, "peers", r.peer_count);
		json_uint(&c->w, "copies", r.records);
	}
	if (e != ERR_OK) {
		cli_say(c, "  Who knows of it could not be found out now: ask 'medlock consent receipt'.\n");
		return;
	}
	say_peers(c, &r);
	if (taken)
		say_copies_in_short(c, &r);
	app_receipt_release(&r);
}

/* ---- the whole receipt ------------------------------------------------------------------------------ */

static void write_peers(struct cli *c, const struct app_receipt *r)
{
	json_uint(&c->w, "peers_at_height", r->peers_at_height);
	json_begin_array(&c->w, "peers");
	for (size_t i = 0; i < r->peer_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "url", r->peers[i].url);
		json_boolean(&c->w, "custodian", r->peers[i].custodian);
		json_boolean(&c->w, "answered", r->peers[i].answered);
		json_uint(&c->w, "height", r->peers[i].height);
		json_boolean(&c->w, "reached", r->peers[i].reached);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void write_copies(struct cli *c, const struct app_receipt *r)
{
	json_uint(&c->w, "copies", r->records);
	json_uint(&c->w, "later", r->later);
	json_begin_array(&c->w, "holders");
	for (size_t i = 0; i < r->copy_count; i++) {
		const struct app_receipt_copy *x = &r->copies[i];

		json_begin_object(&c->w, NULL);
		json_string(&c->w, "who", app_name(c->app, x->who.b));
		json_hex(&c->w, "account", BYTES_ID(x->who));
		json_hex(&c->w, "request", BYTES_ID(x->request));
		json_string(&c->w, "purpose", x->purpose);
		json_string(&c->w, "form", x->form);
		json_boolean(&c->w, "emergency", x->emergency);
		json_time(&c->w, "last", x->last.v);
		json_uint(&c->w, "records", x->records);
		json_uint(&c->w, "later", x->later);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void say_copies(struct cli *c, const struct app_receipt *r)
{
	if (r->records == 0)
		cli_say(c, "  No key was released before: nobody got a copy this way.\n");
	else
		cli_say(c, "  Keys were released before, so these may have copies, which cannot be called back:\n");
	for (size_t i = 0; i < r->copy_count; i++) {
		const struct app_receipt_copy *x = &r->copies[i];
		char when[TIME_TEXT];

		time_format(when, x->last);
		when[10] = ' ';
		if (x->records > 0)
			cli_say(c, "    %s: %zu record%s%s%s, for %s%s, last on %.*s\n",
				cli_foreign(c, app_name(c->app, x->who.b)), x->records, x->records == 1 ? "" : "s",
				x->form[0] ? ", " : "", x->form, x->purpose, x->emergency ? " in an emergency" : "",
				DAY_AND_MINUTE, when);
	}
	if (r->later > 0)
		cli_say(c, "  %llu key%s written down after that block: on the way just then, or allowed since.\n",
			(unsigned long long)r->later, r->later == 1 ? " was" : "s were");
	cli_say(c, "  Whoever wrote a record may have kept it: consent is about what others get.\n");
}

static void print_receipt(struct cli *c, const struct app_receipt *r)
{
	char when[TIME_TEXT];

	time_format(when, r->at);
	when[10] = ' ';
	if (c->json) {
		json_uint(&c->w, "version", r->version);
		json_uint(&c->w, "height", r->height);
		json_time(&c->w, "at", r->at.v);
		json_boolean(&c->w, "paused", r->paused);
		write_peers(c, r);
		write_copies(c, r);
	}
	cli_say(c, "Policy version %llu%s holds from block %llu on (%.*s).\n", (unsigned long long)r->version,
		r->paused ? ", a pause," : "", (unsigned long long)r->height, DAY_AND_MINUTE, when);
	say_peers(c, r);
	say_copies(c, r);
}

static enum err receipt(struct cli *c)
{
	struct app_receipt r;
	uint64_t version = 0;

	if (c->argument_count > 0 &&
	    (parse_u64(&version, bytes_str(c->arguments[0]), UINT64_MAX) != ERR_OK || version == 0))
		return err_set(&c->info, ERR_USAGE, "'%s' is no version of the policy", c->arguments[0]);
	TRY(app_consent_receipt(c->app, &r, version, &c->info));
	print_receipt(c, &r);
	app_receipt_release(&r);
	return ERR_OK;
}

const struct command receipt_commands[] = {
	{"consent", "receipt", "[VERSION]", 0, 1, CLI_KEYS, "what a change did: who has copies, which peers know of it",
	 cli_for_options, (const char *const[]){"consent receipt", "consent receipt 5 --json", NULL}, receipt},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
