/* SPDX-License-Identifier: Apache-2.0 */
/* medlock record erase: the order, and a receipt that says what is done, by whom it is confirmed, and what stays possible. */
#include "core/app/erase.h"
#include "tui/cli/record_print.h"

static void say_json(struct cli *c, const struct app_erased *x)
{
	json_hex(&c->w, "record", BYTES_ID(x->versions[0]));
	json_begin_array(&c->w, "versions");
	for (size_t i = 0; i < x->version_count; i++)
		json_hex(&c->w, NULL, BYTES_ID(x->versions[i]));
	json_end_array(&c->w);
	json_hex(&c->w, "tx", BYTES_ID(x->tx));
	json_uint(&c->w, "height", x->height);
	json_time(&c->w, "at", x->at.v);
	json_boolean(&c->w, "before", x->before);
	json_begin_array(&c->w, "peers");
	for (size_t i = 0; i < x->peer_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "url", x->peers[i].url);
		json_boolean(&c->w, "erased", x->peers[i].answered && x->peers[i].held == 0);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
	json_begin_array(&c->w, "readers");
	for (size_t i = 0; i < x->reader_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "who", app_name(c->app, x->readers[i].who.b));
		json_hex(&c->w, "account", BYTES_ID(x->readers[i].who));
		json_time(&c->w, "last", x->readers[i].last.v);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void say_peer(struct cli *c, const struct app_erased_peer *p)
{
	if (!p->answered)
		cli_say(c, "  %s does not answer: not confirmed. Repeat the command later.\n", p->url);
	else if (p->held > 0)
		cli_say(c, "  %s still has %u of %u files. Repeat the command later.\n", p->url, p->held, p->blobs);
	else
		cli_say(c, "  %s says that it has none of the %u files any more.\n", p->url, p->blobs);
}

static void say_words(struct cli *c, const struct app_erased *x)
{
	char id[ID_HEX], at[TIME_TEXT];

	hex_encode(id, x->versions[0].b, ID_SIZE);
	time_format(at, x->at);
	cli_say(c, "Record %.12s %s erased in block %llu, %s.\n", id, x->before ? "was" : "is",
		(unsigned long long)x->height, at);
	if (x->version_count > 1)
		cli_say(c, "With it %zu older version%s.\n", x->version_count - 1, x->version_count == 2 ? "" : "s");
	if (!bytes_is_zero(BYTES_ID(x->newer))) {
		hex_encode(id, x->newer.b, ID_SIZE);
		cli_say(c, "It was an old version: the newer one, %.12s, stays until you erase that.\n", id);
	}
	cli_say(c, "\nFrom that block on custodians that follow the ledger give nobody its key.\nThe peers' files:\n");
	for (size_t i = 0; i < x->peer_count; i++)
		say_peer(c, &x->peers[i]);
	cli_say(c, "The copy on this computer is deleted.\n\nWhat cannot be called back:\n");
	for (size_t i = 0; i < x->reader_count; i++) {
		time_format(at, x->readers[i].last);
		cli_say(c, "  %s was given the key, last on %s, and may have a copy.\n",
			cli_foreign(c, app_name(c->app, x->readers[i].who.b)), at);
	}
	if (x->reader_count == 0)
		cli_say(c, "  By your list nobody was ever given the key.\n");
	cli_say(c, "  Who deposited it may have the original.\n");
	cli_say(c, "  The deposit's transaction stays on the ledger: kind, labels, and the sealed key.\n");
	cli_say(c, "  So does the list of who looked.\n");
	cli_say(c, "  A backup may hold the encrypted file; with it custodians who act together against the rules\n"
		   "  could open it.\n");
}

enum err record_erase_command(struct cli *c)
{
	struct app_erased done = {.version_count = 0};
	struct record_id record;

	TRY(app_record_find(c->app, &record, c->arguments[0], &c->info));
	TRY(app_record_erase(c->app, &done, &record, cli_value(c, "confirm"), &c->info));
	if (c->json)
		say_json(c, &done);
	say_words(c, &done);
	app_erased_release(&done);
	return ERR_OK;
}
