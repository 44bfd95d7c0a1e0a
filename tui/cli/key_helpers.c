/* SPDX-License-Identifier: Apache-2.0 */
/* medlock key helpers, helping, help, refuse: getting an account back by people one trusts. */
#include "core/app/helpers.h"
#include "core/app/new_keys.h"
#include "tui/cli/cli.h"
#include "tui/cli/key_parts.h"

#include <stdlib.h>

static enum err number_of(struct cli *c, uint32_t *ret, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || n > APP_HELPERS_MAX)
		return err_set(&c->info, ERR_USAGE, "'%s' is no number of helpers", text);
	*ret = (uint32_t)n;
	return ERR_OK;
}

static enum err helpers(struct cli *c)
{
	uint32_t needed = 0;

	if (cli_value(c, "needed") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --needed N: how many of them together bring the account back");
	TRY(number_of(c, &needed, cli_value(c, "needed")));
	TRY(app_helpers_set(c->app, c->arguments, c->argument_count, needed, &c->info));
	if (c->json) {
		json_uint(&c->w, "helpers", c->argument_count);
		json_uint(&c->w, "needed", needed);
	}
	cli_say(c, "Each of the %zu helpers was sent a share; any %u of them together bring your\n"
		   "account back, and so could take it over. Your devices are told when somebody\n"
		   "tries, and you have 72 hours to say no: medlock key refuse. The same people,\n"
		   "with an officer, can give the account new keys, which do not open old records.\n"
		   "Ask each of them to run: medlock key helping\n", c->argument_count, needed);
	return ERR_OK;
}

static void helped_json(struct cli *c, const struct app_helped *h)
{
	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "account", BYTES_ID(h->account));
	json_uint(&c->w, "needed", h->needed);
	json_uint(&c->w, "of", h->of);
	if (h->since.v != 0)
		json_time(&c->w, "since", h->since.v);
	json_boolean(&c->w, "given", h->given);
	json_end_object(&c->w);
}

static void say_helped(struct cli *c, const struct app_helped *h)
{
	char account[ID_HEX];

	hex_encode(account, h->account.b, ID_SIZE);
	cli_say(c, "%s: one of %u shares, %u are needed%s\n    account %s\n",
		cli_foreign(c, app_name(c->app, h->account.b)), h->of, h->needed,
		h->given ? "; you gave it" : h->since.v != 0 ? "; a recovery is under way" : "", account);
}

static enum err helping(struct cli *c)
{
	struct app_helped_list list;

	TRY(app_helping(c->app, &list, &c->info));
	if (c->json) {
		json_begin_array(&c->w, "shares");
		for (size_t i = 0; i < list.count; i++)
			helped_json(c, &list.rows[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < list.count; i++)
		say_helped(c, &list.rows[i]);
	if (list.count == 0)
		cli_say(c, "You keep nobody's share.\n");
	app_helped_release(&list);
	return ERR_OK;
}

static enum err help(struct cli *c)
{
	struct time_ms until = {0};
	char at[TIME_TEXT];
	enum err e = app_help(c->app, &until, c->arguments[0], c->arguments[1], cli_value(c, "confirm"), &c->info);

	if (e == ERR_PENDING) {
		time_format(at, until);
		return err_set(&c->info, e, "her devices were told; repeat this after %.16s UTC", at);
	}
	TRY(e);
	if (c->json)
		json_boolean(&c->w, "given", true);
	cli_say(c, "Your share was given to the new machine. Read her what her account begins with:\n"
		   "`medlock key helping` shows it.\n");
	return ERR_OK;
}

static void approval_json(struct cli *c, const struct app_new_keys *n)
{
	json_uint(&c->w, "helpers", n->helpers);
	json_uint(&c->w, "needed", n->needed);
	json_uint(&c->w, "officers", n->officers);
	if (n->height == 0)
		return;
	json_hex(&c->w, "tx", BYTES_ID(n->tx));
	json_uint(&c->w, "height", n->height);
	json_time(&c->w, "effective", n->effective.v);
}

static enum err approve(struct cli *c)
{
	struct app_new_keys done = {0};
	const char *file = c->arguments[1];
	char at[TIME_TEXT];
	enum err e = app_new_keys_approve(c->app, &done, c->arguments[0], file, cli_value(c, "confirm"), &c->info);

	if (c->json && (e == ERR_OK || e == ERR_PENDING))
		approval_json(c, &done);
	if (e == ERR_PENDING)
		cli_say(c, "Signed by you. Hand %s on: %u of %u helpers and %u of 1 officer\n"
			   "of the authority have signed.\n", file, done.helpers, done.needed, done.officers);
	TRY(e);
	time_format(at, done.effective);
	cli_say(c, "All have signed, and the new keys were announced in block %llu. Every device\n"
		   "of hers can say no until about %.16s UTC; then her new machine goes on.\n",
		(unsigned long long)done.height, at);
	return ERR_OK;
}

static enum err cancel(struct cli *c)
{
	bool refused = false;
	size_t told = 0;

	TRY(app_new_keys_refuse(c->app, &refused, &c->info));
	if (refused)
		cli_say(c, "The new keys that helpers and an officer announced will not come into force.\n");
	TRY(app_recovery_cancel(c->app, &told, &c->info));
	if (c->json) {
		json_boolean(&c->w, "refused", refused);
		json_uint(&c->w, "told", told);
	}
	if (told == 0 && refused)
		cli_say(c, "If somebody has your old device: medlock key rotate\n");
	else if (told == 0)
		cli_say(c, "No helper has told of a recovery.\n");
	else
		cli_say(c, "%zu helper%s told that it is not you. If somebody has your old device:\nmedlock key rotate\n",
			told, told == 1 ? " was" : "s were");
	return ERR_OK;
}

static enum err pair(struct cli *c)
{
	char account[ID_HEX];
	struct app_me me;

	TRY(app_key_pair(c->app, c->arguments[0], cli_value(c, "confirm"), &c->info));
	if (c->json)
		json_boolean(&c->w, "given", true);
	app_me(c->app, &me);
	hex_encode(account, me.account.b, ID_SIZE);
	cli_say(c, "The keys were handed to the new device. Repeat the command there with\n    --account %.12s\n"
		   "If you lose a device: medlock key rotate\n", account);
	return ERR_OK;
}

enum err key_recover_by_helpers(struct cli *c, const struct app_recovery *r)
{
	struct app_recovery_state state;
	enum err e = app_recover_by_helpers(&state, r, &c->task, &c->info);

	if (c->json && r->new_keys_path != NULL && state.words[0] != '\0')
		json_string(&c->w, "words", state.words);
	else if (c->json && state.text[0] != '\0') {
		json_string(&c->w, "recovery", state.text);
		json_string(&c->w, "words", state.words);
		json_uint(&c->w, "have", state.have);
		json_uint(&c->w, "need", state.need);
	}
	if (e == ERR_PENDING && r->new_keys_path != NULL)
		cli_say(c, "Give %s to one of your helpers, and read her these six words:\n\n  %s\n\n"
			   "She runs: medlock key approve YOU FILE --confirm 'WORDS'\n"
			   "and hands the file on, to as many helpers as you asked for and to an officer\n"
			   "of the authority, who hear the words from you too. 72 hours after the last one\n"
			   "repeat this command.\n", r->new_keys_path, state.words);
	else if (e == ERR_PENDING && r->from_device)
		cli_say(c, "On your other device:\n\n  medlock key pair %s \\\n    --confirm '%s'\n\n"
			   "Then repeat this command.\n", state.text, state.words);
	else if (e == ERR_PENDING)
		cli_say(c, "Send this to each of your helpers:\n\n  %s\n\nCall them, and read them these six words:\n\n  %s\n\n"
			   "They run: medlock key help YOU TEXT --confirm 'WORDS'\nand once more after 72 hours. Then repeat"
			   " this command. %u share%s here.\n", state.text, state.words, state.have,
			state.have == 1 ? " is" : "s are");
	if (e == ERR_OK && c->json)
		json_hex(&c->w, "account", BYTES_ID(state.account));
	return e;
}

static const struct cli_option helpers_options[] = {
	{"needed", "N", "how many of them together bring the account back, at least 2"}, {NULL, NULL, NULL},
};
static const struct cli_option help_options[] = {
	{"confirm", "WORDS", "the six words on the new machine's screen; a person reads hers to you"}, {NULL, NULL, NULL},
};

const struct command key_helper_commands[] = {
	{"key", "helpers", "WHO WHO", 2, APP_HELPERS_MAX, CLI_KEYS, "people who together bring the account back",
	 helpers_options, (const char *const[]){"key helpers bram okafor vos lind haddad --needed 3", NULL}, helpers},
	{"key", "helping", "", 0, 0, CLI_KEYS, "whose share I keep", NULL,
	 (const char *const[]){"key helping", NULL}, helping},
	{"key", "help", "WHO TEXT", 2, 2, CLI_KEYS, "give my share to somebody's new machine, after 72 hours", help_options,
	 (const char *const[]){"key help anna"
			       " medlock-recovery:4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817"
			       " --confirm 'grain sister void pulse amateur maple'",
			       NULL},
	 help},
	{"key", "approve", "WHO FILE", 2, 2, CLI_KEYS, "as her helper or as an officer: new keys for who lost everything",
	 help_options,
	 (const char *const[]){"key approve anna new-keys.medlock --confirm 'grain sister void pulse amateur maple'", NULL},
	 approve},
	{"key", "pair", "TEXT", 1, 1, CLI_KEYS, "hand my keys to my new device, which shows the text", help_options,
	 (const char *const[]){"key pair"
			       " medlock-recovery:4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817"
			       " --confirm 'grain sister void pulse amateur maple'",
			       NULL},
	 pair},
	{"key", "refuse", "", 0, 0, CLI_KEYS, "somebody tries to get my account by my helpers: say no", NULL,
	 (const char *const[]){"key refuse", NULL}, cancel},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
