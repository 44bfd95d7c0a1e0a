/* SPDX-License-Identifier: Apache-2.0 */
/* medlock ledger: status, export, offline verification, one transaction. */
#include "core/app/ledger.h"
#include "tui/cli/cli.h"

static enum err status(struct cli *c)
{
	struct app_ledger s;
	char hash[ID_HEX];

	TRY(app_ledger_status(c->app, &s, &c->info));
	hex_encode(hash, s.app_hash.b, ID_SIZE);
	if (c->json) {
		json_uint(&c->w, "height", s.height);
		json_hex(&c->w, "app_hash", BYTES_ID(s.app_hash));
		json_string(&c->w, "chain", s.chain);
		json_string(&c->w, "engine", s.engine);
		json_uint(&c->w, "operators", s.operators);
	}
	cli_say(c, "Chain %s, block %llu, state %.16s.\n", s.chain, (unsigned long long)s.height, hash);
	if (s.solo)
		cli_say(c, "One operator: tamper-evident, not fault-tolerant.\n");
	return ERR_OK;
}

static void print_verified(struct cli *c, const struct app_verified *v)
{
	if (c->json) {
		json_uint(&c->w, "blocks", v->blocks);
		json_uint(&c->w, "txs", v->txs);
		json_boolean(&c->w, "ok", v->ok);
		if (v->ok)
			json_null(&c->w, "first_bad");
		else
			json_uint(&c->w, "first_bad", v->first_bad);
	}
}

static enum err export(struct cli *c) {
	struct app_verified v = {0};

	TRY(app_ledger_export(c->app, &v, c->arguments[0], &c->info));
	print_verified(c, &v);
	cli_say(c, "%llu blocks with %llu transactions written.\n", (unsigned long long)v.blocks,
		(unsigned long long)v.txs);
	return ERR_OK;
}

/* What was found, in both outputs.  When the genesis is damaged nothing stands, from the first block on. */
static enum err name_block(struct cli *c, struct app_verified *v, enum err e)
{
	if (v->first_bad == 0)
		v->first_bad = 1;
	v->ok = false;
	print_verified(c, v);
	return err_wrap(&c->info, e, "block %llu and what follows cannot be trusted",
			(unsigned long long)v->first_bad);
}

static enum err verify(struct cli *c)
{
	struct app_verified v = {0};
	enum err e = app_ledger_verify(c->app, &v, c->argument_count ? c->arguments[0] : NULL, &c->info);

	if (e != ERR_OK && (v.first_bad > 0 || err_row(e)->exit_status == err_row(ERR_CHAIN)->exit_status))
		return name_block(c, &v, e);
	TRY(e);
	print_verified(c, &v);
	cli_say(c, "%llu blocks with %llu transactions verified: nothing was changed.\n",
		(unsigned long long)v.blocks, (unsigned long long)v.txs);
	return ERR_OK;
}

static enum err tx(struct cli *c)
{
	struct app_tx t = {0};

	TRY(app_ledger_tx(c->app, &t, c->arguments[0], &c->info));
	if (c->json) {
		json_hex(&c->w, "tx", BYTES_ID(t.tx));
		json_uint(&c->w, "height", t.height);
		json_uint(&c->w, "index", t.index);
		json_uint(&c->w, "code", t.code);
		json_boolean(&c->w, "proven", t.proven);
		json_string(&c->w, "refusal", t.refusal);
		json_string(&c->w, "text", t.words ? t.words : "");
	}
	cli_say(c, "Block %llu, place %u%s. %s\n", (unsigned long long)t.height, t.index,
		t.proven ? ", proven" : "", t.words ? cli_foreign(c, t.words) : "");
	if (t.refusal[0] != '\0')
		cli_say(c, "It had no effect: %s.\n", t.refusal);
	app_tx_release(&t);
	return ERR_OK;
}

const struct command ledger_commands[] = {
	{"ledger", "status", "", 0, 0, CLI_KEYS, "height, state and engine", NULL,
	 (const char *const[]){"ledger status", NULL}, status},
	{"ledger", "export", "FILE", 1, 1, CLI_KEYS, "blocks and commits into a file", NULL,
	 (const char *const[]){"ledger export ledger.medlock", NULL}, export},
	{"ledger", "verify", "[FILE]", 0, 1, CLI_PROFILE, "verify an export offline, or the replica", NULL,
	 (const char *const[]){"ledger verify", "ledger verify ledger.medlock", NULL}, verify},
	{"ledger", "tx", "ID", 1, 1, CLI_KEYS, "one transaction or request", NULL,
	 (const char *const[]){"ledger tx 4f1c09", NULL}, tx},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
