/* SPDX-License-Identifier: Apache-2.0 */
/* medlock ca revoke, release and crl. */
#include "core/app/ca_ceremony.h"
#include "core/app/ca_end.h"

#include "tui/cli/cli.h"

/* ---- JSON ---- */

static void siblings_json(struct cli *c, const struct app_ca_end *e)
{
	json_begin_array(&c->w, "siblings");
	for (size_t i = 0; i < e->sibling_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "serial", e->siblings[i].serial);
		json_string(&c->w, "name", e->siblings[i].name);
		json_string(&c->w, "profile", e->siblings[i].profile);
		json_boolean(&c->w, "ends_too", e->siblings[i].same_account);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void affected_json(struct cli *c, const struct app_ca_end *e)
{
	if (e->since.v == 0)
		return;
	json_time(&c->w, "since", e->since.v);
	json_begin_object(&c->w, "affected");
	json_uint(&c->w, "entries", e->entries);
	json_uint(&c->w, "people", e->owners);
	json_end_object(&c->w);
}

static void peers_json(struct cli *c, const struct app_ca_end *e)
{
	if (e->peers == NULL)
		return;
	json_uint(&c->w, "crl", e->crl);
	json_begin_object(&c->w, "peers");
	json_uint(&c->w, "have", e->peers_have);
	json_uint(&c->w, "of", e->peer_count);
	json_end_object(&c->w);
	json_begin_array(&c->w, "peer_list");
	for (size_t i = 0; i < e->peer_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "url", e->peers[i].url);
		json_uint(&c->w, "height", e->peers[i].height);
		json_uint(&c->w, "crl", e->peers[i].crl);
		json_boolean(&c->w, "has", e->peers[i].refuses);
		if (e->peers[i].why[0] != '\0')
			json_string(&c->w, "why", e->peers[i].why);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void end_json(struct cli *c, const struct app_ca_end *e, enum err outcome)
{
	json_string(&c->w, "serial", e->act.serial);
	json_hex(&c->w, "account", BYTES_ID(e->act.account));
	if (outcome != ERR_CONFIRM) {
		json_hex(&c->w, "tx", BYTES_ID(e->act.tx));
		json_uint(&c->w, "height", e->act.height);
		json_begin_object(&c->w, "approvals");
		json_uint(&c->w, "have", e->act.approvals_have);
		json_uint(&c->w, "need", e->act.approvals_need);
		json_end_object(&c->w);
	}
	siblings_json(c, e);
	affected_json(c, e);
	peers_json(c, e);
}

/* ---- words ---- */

static void say_siblings(struct cli *c, const struct app_ca_end *e)
{
	for (size_t i = 0; i < e->sibling_count; i++) {
		const struct app_ca_sibling *x = &e->siblings[i];

		cli_say(c, "%s  %s %s: %s\n", x->serial, x->profile, cli_foreign(c, x->name),
			x->same_account ? "of the same account, goes with it" : "of the same organisation, stays");
	}
	if (e->since.v != 0) {
		char since[TIME_TEXT];

		time_format(since, e->since);
		cli_say(c, "Since %.16s the account made %llu entries, in the lists of %llu people.\n", since,
			(unsigned long long)e->entries, (unsigned long long)e->owners);
	}
}

static void say_peers(struct cli *c, const struct app_ca_end *e)
{
	if (e->peers == NULL)
		return;
	if (e->crl == 0)
		cli_say(c, "%zu of %zu peers have the block; who keeps the register makes the list with the next command.\n",
			e->peers_have, e->peer_count);
	else
		cli_say(c, "%zu of %zu peers have it and serve revocation list %llu.\n", e->peers_have, e->peer_count,
			(unsigned long long)e->crl);
	for (size_t i = 0; i < e->peer_count; i++) {
		const struct app_ca_peer *p = &e->peers[i];

		if (!p->refuses)
			cli_say(c, "  not yet: %s, block %llu, list %llu%s%s\n", cli_foreign(c, p->url),
				(unsigned long long)p->height, (unsigned long long)p->crl, p->why[0] != '\0' ? ": " : "",
				cli_foreign(c, p->why));
	}
	if (e->peers_have < e->peer_count)
		cli_say(c, "'medlock ca crl --wait' goes on with them.\n");
}

static void say_done(struct cli *c, const struct app_ca_end *e, const char *done, enum err outcome)
{
	if (outcome == ERR_CONFIRM)
		return;
	if (cli_switch(c, "dry-run"))
		cli_say(c, "Nothing was done (--dry-run).\n");
	else if (outcome == ERR_PENDING && e->act.height == 0)
		cli_say(c, "Signed by you; nothing has changed yet.\n");
	else
		cli_say(c, "Certificate %s %s, on the ledger in block %llu.\n", e->act.serial,
			e->hold ? "put on hold" : done, (unsigned long long)e->act.height);
}

/* What is awaited, or would end, is shown as far as it is known. */
static enum err ended(struct cli *c, enum err outcome, struct app_ca_end *e, const char *done)
{
	if (outcome != ERR_OK && outcome != ERR_PENDING && outcome != ERR_CONFIRM)
		return outcome;
	if (c->json && e->act.serial[0] != '\0')
		end_json(c, e, outcome);
	say_siblings(c, e);
	say_done(c, e, done, outcome);
	say_peers(c, e);
	app_ca_end_release(e);
	return outcome;
}

/* ---- commands ---- */

static struct app_ca_wish wish_of(struct cli *c)
{
	return (struct app_ca_wish){.serial = c->arguments[0], .reason = cli_value(c, "reason"),
				    .confirm = cli_value(c, "confirm"), .dry_run = cli_switch(c, "dry-run"),
				    .wait = cli_switch(c, "wait")};
}

static enum err revoke(struct cli *c)
{
	struct app_ca_wish wish = wish_of(c);
	struct app_ca_end e = {0};
	const char *since = cli_value(c, "since");

	if (wish.reason == NULL)
		return err_set(&c->info, ERR_USAGE, "say --reason: key-compromise, affiliation-changed, superseded, hold, …");
	if (since != NULL && time_parse(&wish.since, since) != ERR_OK)
		return err_set(&c->info, ERR_USAGE, "'%s' is not a date", since);
	return ended(c, app_ca_revoke(c->app, &e, &wish, &c->info), &e, "revoked");
}

static enum err release(struct cli *c)
{
	const struct app_ca_wish wish = wish_of(c);
	struct app_ca_end e = {0};

	return ended(c, app_ca_release(c->app, &e, &wish, &c->info), &e, "released");
}

static enum err root_list(struct cli *c, const char *out)
{
	const struct app_root root = {cli_value(c, "root"), cli_value(c, "root-passphrase-file")};
	uint64_t number;

	if (out == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE: the root's list goes to no peer");
	TRY(app_ca_root_list(c->app, &number, &root, out, &c->info));
	if (c->json) {
		json_uint(&c->w, "revoked", 0);
		json_uint(&c->w, "crl", number);
		json_uint(&c->w, "number", number);
		json_string(&c->w, "path", out);
	}
	cli_say(c, "The root's revocation list %llu, good for a year, written to %s.\n", (unsigned long long)number,
		cli_foreign(c, out));
	return ERR_OK;
}

static enum err crl(struct cli *c)
{
	const char *out = cli_value(c, "out");
	struct app_ca_end end = {0};
	uint64_t revoked = 0;
	enum err e;

	if (cli_value(c, "root") != NULL)
		return root_list(c, out);
	e = app_ca_crl(c->app, &end, &revoked, out, cli_switch(c, "wait"), &c->info);
	if (e != ERR_OK && e != ERR_PENDING)
		return e;
	if (c->json) {
		json_uint(&c->w, "revoked", revoked);
		json_uint(&c->w, "number", end.crl);
		if (out != NULL)
			json_string(&c->w, "path", out);
		peers_json(c, &end);
	}
	cli_say(c, "Revocation list %llu with %llu certificates%s%s.\n", (unsigned long long)end.crl,
		(unsigned long long)revoked, out != NULL ? " written to " : "", out != NULL ? cli_foreign(c, out) : "");
	say_peers(c, &end);
	app_ca_end_release(&end);
	return e;
}

static const struct cli_option revoke_options[] = {
	{"reason", "REASON", "key-compromise, affiliation-changed, superseded, cessation, privilege-withdrawn, hold"},
	{"since", "DATE", "from when on the key is not to be trusted: goes into the list"},
	{"confirm", "XXXX", "the last four digits of the serial"}, {"dry-run", NULL, "show what would happen"},
	{"wait", NULL, "until all peers refuse it, a minute at most"}, {NULL, NULL, NULL},
};
static const struct cli_option release_options[] = {
	{"confirm", "XXXX", "the last four digits of the serial"}, {"dry-run", NULL, "show what would happen"},
	{"wait", NULL, "until all peers have the new list, a minute at most"}, {NULL, NULL, NULL},
};
static const struct cli_option crl_options[] = {
	{"out", "FILE", "a copy of it (DER)"}, {"wait", NULL, "until all peers have it, a minute at most"},
	{"root", "FILE", "the root key: the root's own list, instead of the desk's"},
	{"root-passphrase-file", "FILE", "the root key's own passphrase, else it is asked for"}, {NULL, NULL, NULL}};

const struct command ca_end_commands[] = {
	{"ca", "revoke", "SERIAL", 1, 1, CLI_KEYS, "end a certificate, here and on the ledger, or put it on hold",
	 revoke_options,
	 (const char *const[]){"ca revoke 5c0f --reason superseded --confirm 5c0f",
			       "ca revoke 5c0f --reason key-compromise --since 2026-01-01 --dry-run", NULL}, revoke},
	{"ca", "release", "SERIAL", 1, 1, CLI_KEYS, "a certificate on hold counts again", release_options,
	 (const char *const[]){"ca release 5c0f --confirm 5c0f", NULL}, release},
	{"ca", "crl", "", 0, 0, CLI_KEYS, "the revocation list: made anew when it is due, and given to the peers",
	 crl_options,
	 (const char *const[]){"ca crl --out medlock.crl", "ca crl --wait", NULL}, crl},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
