/* SPDX-License-Identifier: Apache-2.0 */
/* medlock key: the keystore of this profile. */
#include <string.h>

#include "core/app/ca.h"
#include "core/app/keys.h"
#include "core/app/new_keys.h"
#include "tui/cli/cli.h"
#include "tui/cli/key_parts.h"
#include "tui/cli/qr.h"

static void card_status(struct cli *c, const struct app_card *card)
{
	char at[TIME_TEXT];

	if (card->rehearsed_at.v != 0) {
		time_format(at, card->rehearsed_at);
		cli_say(c, "Card     typed back on %.10s\n", at);
	} else if (card->shown_at.v != 0) {
		time_format(at, card->shown_at);
		cli_say(c, "Card     shown on %.10s, never typed back: medlock key rehearse\n", at);
	} else {
		cli_say(c, "Card     NONE. If this device is lost, the account is lost:\n         medlock key card\n");
	}
}

static enum err status(struct cli *c)
{
	struct app_card card;
	struct app_me me;
	struct time_ms announced;
	char account[ID_HEX], at[TIME_TEXT];

	app_me(c->app, &me);
	TRY(app_new_keys_announced(c->app, &announced, &c->info));
	TRY(app_key_card_state(c->app, &card, &c->info));
	hex_encode(account, me.account.b, ID_SIZE);
	if (c->json) {
		json_hex(&c->w, "account", BYTES_ID(me.account));
		json_string(&c->w, "mode", me.mode);
		json_hex(&c->w, "network", BYTES_ID(me.network));
		json_string(&c->w, "age_recipient", me.age_recipient);
		json_uint(&c->w, "slots", me.keystore_slots);
		json_uint(&c->w, "generation", card.generation);
		if (card.shown_at.v != 0)
			json_time(&c->w, "card_shown", card.shown_at.v);
		if (card.rehearsed_at.v != 0)
			json_time(&c->w, "card_rehearsed", card.rehearsed_at.v);
	}
	if (announced.v != 0)
		time_format(at, announced);
	if (c->json && announced.v != 0)
		json_time(&c->w, "new_keys_announced", announced.v);
	if (announced.v != 0)
		cli_say(c, "Keys     NEW ONES WERE ANNOUNCED by helpers and an officer, in force at\n"
			   "         %.16s UTC. If that is not you: medlock key refuse\n", at);
	cli_say(c, "Account  %s\nMode     %s\nReads    %s\nSlots    %u\nKeys     of generation %u\n", account, me.mode,
		me.age_recipient, me.keystore_slots, card.generation);
	card_status(c, &card);
	return ERR_OK;
}

static enum err change(struct cli *c)
{
	TRY(app_key_change(c->app, cli_value(c, "new-passphrase-file"), &c->info));
	cli_say(c, "The passphrase was changed.\n");
	return ERR_OK;
}

static enum err export(struct cli *c)
{
	if (cli_value(c, "out") == NULL)
		return err_set(&c->info, ERR_USAGE, "say --out FILE");
	TRY(app_key_export_identity(c->app, cli_value(c, "out"), &c->info));
	if (c->json)
		json_string(&c->w, "path", cli_value(c, "out"));
	cli_say(c, "The identity was written. Whoever has this file reads all your records: keep it offline.\n");
	return ERR_OK;
}

/* ---- the recovery card ---- */

/* "word word …" as a page: six rows of four with their numbers, and what the card is. */
static void card_page(struct buf *out, const struct secret *words)
{
	const char *at = (const char *)words->data;

	buf_append_text(out, "SECRET: medlock recovery card\n\n");
	for (unsigned i = 1; *at != '\0'; i++) {
		size_t len = strcspn(at, " ");

		buf_printf(out, "  %2u %-10.*s%s", i, (int)len, at, i % 4 == 0 ? "\n" : "");
		at += len + (at[len] == ' ');
	}
	buf_append_text(out, "\nThese words are your keys: whoever has them reads your records and acts in\n"
			     "your name, without this device and without its passphrase. Write them on\n"
			     "paper, keep it where you keep your passport, and tell nobody. They open\n"
			     "your account on a new device (medlock key recover). If you lose the paper:\n"
			     "medlock key rotate, and a new card. If you lose both paper and device,\n"
			     "nobody can bring the account back but helpers whom you named.\n");
}

/* The first four letters of each word tell it; fewer make a smaller code.  medlock key recover reads them so. */
static enum err card_code(struct buf *out, const struct secret *words, bool paper)
{
	struct buf letters = BUF_INIT;
	enum err e;

	for (const char *at = (const char *)words->data; *at != '\0';) {
		size_t len = strcspn(at, " ");

		if (letters.len > 0)
			buf_append_byte(&letters, ' ');
		buf_append(&letters, at, len < 4 ? len : 4);
		at += len + (at[len] == ' ');
	}
	e = buf_error(&letters);
	buf_append_text(out, "\nFor a camera, instead of typing (the first four letters of each word):\n\n");
	if (e == ERR_OK)
		e = cli_qr(out, buf_text(&letters), paper);
	secret_wipe(letters.data, letters.len);
	buf_release(&letters);
	return e;
}

static enum err write_card(struct cli *c, const char *path, const struct buf *page)
{
	enum err e;

	if (buf_error(page) != ERR_OK)
		return buf_error(page);
	e = app_write_new(path, buf_bytes(page), &c->info);
	if (e == ERR_OK)
		cli_say(c, "The card was written to %s. Print it, then delete the file.\n", path);
	return e;
}

/* To a file, or to the person; in JSON the words themselves. */
static enum err show_card(struct cli *c)
{
	const char *path = cli_value(c, "out");
	struct secret *words;
	struct buf page = BUF_INIT;
	enum err e;

	TRY(app_key_card(c->app, &words, &c->info));
	card_page(&page, words);
	e = cli_switch(c, "qr") ? card_code(&page, words, path != NULL) : buf_error(&page);
	if (e == ERR_OK && path != NULL)
		e = write_card(c, path, &page);
	else if (e == ERR_OK && !c->json)
		cli_say(c, "%s", buf_text(&page));
	if (e == ERR_OK && c->json && path != NULL)
		json_string(&c->w, "path", path);
	else if (e == ERR_OK && c->json)
		json_string(&c->w, "words", (const char *)words->data);
	secret_free(words);
	if (page.data != NULL)
		secret_wipe(page.data, page.len);
	buf_release(&page);
	return e;
}

static enum err rehearse(struct cli *c)
{
	uint32_t wrong = 0;
	struct buf places = BUF_INIT;
	enum err e;

	TRY(app_key_rehearse(c->app, &wrong, cli_value(c, "words-file"), &c->info));
	if (c->json)
		json_boolean(&c->w, "right", wrong == 0);
	if (wrong == 0) {
		cli_say(c, "All 24 words are right: this card brings the account back.\n");
		return ERR_OK;
	}
	for (unsigned i = 0; i < 24; i++)
		if (wrong >> i & 1u)
			buf_printf(&places, "%s%u", places.len > 0 ? ", " : "", i + 1);
	e = err_set(&c->info, ERR_CONFIRM, "not the words of this account's card: %s. The card may be of earlier keys",
		    buf_text(&places));
	buf_release(&places);
	return e;
}

static enum err rotate(struct cli *c)
{
	struct app_rotated done;

	TRY(app_key_rotate(c->app, &done, &c->info));
	if (c->json) {
		json_hex(&c->w, "tx", BYTES_ID(done.tx));
		json_uint(&c->w, "height", done.height);
		json_uint(&c->w, "generation", done.generation);
	}
	cli_say(c, "The keys were changed in block %llu. Every other device of this account is\n"
		   "dead from there on, and so is the old card. Records, rules and log stay.\n"
		   "This is the new card:\n\n", (unsigned long long)done.height);
	return show_card(c);
}

/* Open what was just made, fetch everything, and lock the lost device out. */
static enum err settle_in(struct cli *c)
{
	struct app_options options = {.home = c->home, .passphrase_file = c->passphrase_file, .task = &c->task};
	struct app_sync sync;

	TRY(app_open(&c->app, &options, &c->info));
	TRY(app_unlock(c->app, &c->info));
	TRY(app_sync(c->app, &sync, &c->info));
	cli_say(c, "Your rules, records and log are here again.\n");
	if (cli_switch(c, "keep-devices") || cli_switch(c, "device")) {
		cli_say(c, "Your other devices work as before. If one is lost: medlock key rotate\n");
		return ERR_OK;
	}
	return rotate(c);
}

static enum err recover(struct cli *c)
{
	struct app_recovery r = {
		.home = c->home, .mode = cli_value(c, "mode"), .peer_url = cli_value(c, "peer"), .pin = cli_value(c, "pin"),
		.words_file = cli_value(c, "words-file"), .passphrase_file = c->passphrase_file,
	};
	struct account_id account;

	if (r.mode == NULL)
		r.mode = "patient";
	if (r.peer_url == NULL || r.pin == NULL)
		return err_set(&c->info, ERR_USAGE, "say --peer and --pin");
	r.from_device = cli_switch(c, "device");
	r.account = cli_value(c, "account");
	r.new_keys_path = cli_value(c, "new-keys");
	if (r.new_keys_path != NULL && (r.from_device || !cli_switch(c, "helpers")))
		return err_set(&c->info, ERR_USAGE, "--new-keys goes with --helpers");
	if (r.from_device || cli_switch(c, "helpers")) {
		TRY(key_recover_by_helpers(c, &r));
		cli_say(c, "The account was found.\n");
		if (r.new_keys_path != NULL)
			cli_say(c, "These are new keys: records that were sealed to the old ones stay closed, rules\n"
				   "and log are yours. Ask whoever deposited them for new copies.\n");
		return settle_in(c);
	}
	TRY(app_recover(&account, &r, &c->task, &c->info));
	if (c->json)
		json_hex(&c->w, "account", BYTES_ID(account));
	cli_say(c, "The account was found.\n");
	return settle_in(c);
}

static const struct cli_option card_options[] = {
	{"out", "FILE", "into a new file, to be printed and deleted"},
	{"qr", NULL, "with a QR code"},
	{NULL, NULL, NULL},
};
static const struct cli_option rehearse_options[] = {
	{"words-file", "FILE", "the words (else asked on the terminal)"}, {NULL, NULL, NULL},
};
static const struct cli_option recover_options[] = {
	{"peer", "URL", "https://host:port of a peer"},
	{"pin", "HASH", "SHA-256 of the peer's key, from its operator"},
	{"mode", "MODE", "what the account was certified for (patient)"},
	{"words-file", "FILE", "the words of the card (else asked on the terminal)"},
	{"helpers", NULL, "by helpers instead of a card"},
	{"device", NULL, "from my other device instead of a card; both are mine afterwards"},
	{"account", "HEX", "with --helpers, --device: 12 or more digits that my account begins with; with --new-keys all"},
	{"new-keys", "FILE", "with --helpers: too few shares are left, they and an officer approve new keys"},
	{"keep-devices", NULL, "do not change the keys: nothing was lost or stolen"},
	{"out", "FILE", "the new card into a new file"},
	{"qr", NULL, "the new card with a QR code"},
	{NULL, NULL, NULL},
};
static const struct cli_option change_options[] = {
	{"new-passphrase-file", "FILE", "the new passphrase (else asked on the terminal)"}, {NULL, NULL, NULL},
};
static const struct cli_option export_options[] = {{"out", "FILE", "a new file"}, {NULL, NULL, NULL}};

const struct command key_commands[] = {
	{"key", "status", "", 0, 0, CLI_KEYS, "account, mode and key slots", NULL,
	 (const char *const[]){"key status", NULL}, status},
	{"key", "change", "", 0, 0, CLI_KEYS, "change the passphrase", change_options,
	 (const char *const[]){"key change --new-passphrase-file new.txt", NULL}, change},
	{"key", "export", "", 0, 0, CLI_KEYS, "my age identity, which opens my records with plain age",
	 export_options, (const char *const[]){"key export --out identity.txt", NULL}, export},
	{"key", "card", "", 0, 0, CLI_KEYS, "show the recovery card: 24 words that bring the account back", card_options,
	 (const char *const[]){"key card", "key card --out card.txt", NULL}, show_card},
	{"key", "rehearse", "", 0, 0, CLI_KEYS, "type the card back, to know that it works", rehearse_options,
	 (const char *const[]){"key rehearse", NULL}, rehearse},
	{"key", "recover", "", 0, 0, CLI_NOTHING, "the account on a new machine, from its recovery card; lost devices are dead",
	 recover_options,
	 (const char *const[]){"key recover --peer https://peer.example:7443"
			       " --pin 4f1c09d2a7b35e8860f4a1c2d39e57b81c6d0f2a4b8e93175cd2e0f6a9b43817",
			       NULL},
	 recover},
	{"key", "rotate", "", 0, 0, CLI_KEYS, "change the keys: every other device, and the old card, are dead", card_options,
	 (const char *const[]){"key rotate", NULL}, rotate},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
