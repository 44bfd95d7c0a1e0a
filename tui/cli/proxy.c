/* SPDX-License-Identifier: Apache-2.0 */
/* medlock proxy: who acts for me, and for whom I act. */
#include "core/app/proxy.h"

#include <string.h>

#include "tui/cli/undo.h"

static void proxy_json(struct cli *c, const char *key, const struct app_proxy *p)
{
	json_begin_object(&c->w, key);
	json_string(&c->w, "owner", app_name(c->app, p->owner.b));
	json_string(&c->w, "who", app_name(c->app, p->delegate.b));
	json_hex(&c->w, "account", BYTES_ID(p->delegate));
	json_string(&c->w, "scope", p->scope);
	if (p->from.v != 0)
		json_time(&c->w, "from", p->from.v);
	if (p->until.v != 0)
		json_time(&c->w, "until", p->until.v);
	json_boolean(&c->w, "by_authority", p->by_authority);
	json_string(&c->w, "state", p->state);
	json_end_object(&c->w);
}

/* "  bram        consent, asks   until 2027-01-01   ended" */
static void say_proxy(struct cli *c, const struct app_proxy *p, const struct account_id *other)
{
	char until[TIME_TEXT] = "";

	time_format(until, p->until);
	cli_say(c, "  %-20s %-18s", cli_foreign(c, app_name(c->app, other->b)), p->scope);
	if (p->until.v != 0)
		cli_say(c, " until %.10s %.5s", until, until + 11);
	if (strcmp(p->state, "stands") != 0)
		cli_say(c, "  %s", p->state);
	if (p->by_authority)
		cli_say(c, "  (named by the certificate authority)");
	cli_say(c, "\n");
}

static enum err list(struct cli *c)
{
	struct app_proxies all;

	TRY(app_proxy_list(c->app, &all, &c->info));
	if (c->json)
		json_begin_array(&c->w, "proxies");
	for (size_t i = 0; c->json && i < all.mine_count; i++)
		proxy_json(c, NULL, &all.mine[i]);
	if (c->json) {
		json_end_array(&c->w);
		json_begin_array(&c->w, "acts_for");
	}
	for (size_t i = 0; c->json && i < all.other_count; i++)
		proxy_json(c, NULL, &all.others[i]);
	if (c->json)
		json_end_array(&c->w);
	cli_say(c, all.mine_count ? "Who acts for %s:\n" : "Nobody acts for %s.\n",
		cli_value(c, "for") ? cli_foreign(c, cli_value(c, "for")) : "me");
	for (size_t i = 0; i < all.mine_count; i++)
		say_proxy(c, &all.mine[i], &all.mine[i].delegate);
	if (all.other_count)
		cli_say(c, "For whom I act (with --for NAME):\n");
	for (size_t i = 0; i < all.other_count; i++)
		say_proxy(c, &all.others[i], &all.others[i].owner);
	app_proxies_release(&all);
	return ERR_OK;
}

static void print_done(struct cli *c, const struct app_proxied *done, const struct app_proxy_wish *wish)
{
	const struct app_proxy *p = &done->proxy;
	struct buf line = BUF_INIT;
	char until[TIME_TEXT];

	if (c->json) {
		json_hex(&c->w, "tx", BYTES_ID(done->tx));
		json_uint(&c->w, "height", done->height);
		json_boolean(&c->w, "dry_run", wish->dry_run);
		json_boolean(&c->w, "widens", done->widens);
		if (!wish->remove)
			proxy_json(c, "proxy", p);
	}
	buf_append_text(&line, app_name(c->app, p->delegate.b));
	buf_append_text(&line, wish->remove ? " no longer acts for " : " may act for ");
	buf_append_text(&line, app_name(c->app, p->owner.b));
	if (!wish->remove)
		buf_printf(&line, ": %s", p->scope);
	if (p->until.v != 0) {
		time_format(until, p->until);
		buf_printf(&line, "; until %.10s %.5s", until, until + 11);
	}
	cli_say(c, "%s.\n", cli_foreign(c, buf_text(&line)));
	if (wish->dry_run && done->widens)
		cli_say(c, "Nothing was changed (--dry-run).  It widens access: it would wait %u s.\n", APP_UNDO_SECONDS);
	else if (wish->dry_run)
		cli_say(c, "Nothing was changed (--dry-run).\n");
	else
		cli_say(c, "From block %llu on.\n", (unsigned long long)done->height);
	if (wish->remove && !wish->dry_run)
		cli_say(c, "What was opened or copied before cannot be called back.\n");
	buf_release(&line);
}

static enum err set(struct cli *c, struct app_proxy_wish *wish)
{
	struct app_proxied done;

	wish->who = c->arguments[0];
	wish->dry_run = cli_switch(c, "dry-run");
	TRY(app_proxy_set(c->app, &done, wish, &c->info));
	print_done(c, &done, wish);
	return ERR_OK;
}

static enum err add(struct cli *c)
{
	struct app_proxy_wish wish = {.until = cli_value(c, "until"), .undo = cli_undo(c)};

	TRY(cli_gather(c, wish.scope, sizeof(wish.scope) / sizeof(wish.scope[0]), "scope"));
	return set(c, &wish);
}

static enum err remove_proxy(struct cli *c)
{
	struct app_proxy_wish wish = {.remove = true};

	return set(c, &wish);
}

static const struct cli_option add_options[] = {
	{"scope", "WHAT…", "consent (rules and pause), asks (answers), read (records); without it all three"},
	{"until", "DATE", "when it ends by itself"},
	{"for", "WHO", "the certificate authority only: a minor"},
	CLI_DRY_RUN, CLI_NOW,
	{NULL, NULL, NULL},
};
static const struct cli_option remove_options[] = {
	{"for", "WHO", "the certificate authority only: a minor"},
	CLI_DRY_RUN,
	{NULL, NULL, NULL},
};

const struct command proxy_commands[] = {
	{"proxy", "list", "", 0, 0, CLI_KEYS, "who acts for me, and for whom I act", cli_for_options,
	 (const char *const[]){"proxy list", "proxy list --json", NULL}, list},
	{"proxy", "add", "WHO", 1, 1, CLI_KEYS, "let somebody act for me", add_options,
	 (const char *const[]){"proxy add bram", "proxy add bram --scope asks --scope read --until 2027-01-31 --now", NULL},
	 add},
	{"proxy", "remove", "WHO", 1, 1, CLI_KEYS, "let nobody of that name act for me any more", remove_options,
	 (const char *const[]){"proxy remove bram", NULL}, remove_proxy},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
