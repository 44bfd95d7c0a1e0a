/* SPDX-License-Identifier: Apache-2.0 */
/* medlock mail, medlock contact: letters that came, and people whose keys one has. */
#include <stdlib.h>

#include "core/app/contacts.h"
#include "core/app/review.h"
#include "tui/cli/cli.h"

static void letter_json(struct cli *c, const struct app_letter *l, const struct app_reading *r)
{
	json_begin_object(&c->w, NULL);
	json_string(&c->w, "kind", code_text(CODES_LETTER, l->kind));
	json_hex(&c->w, "from", BYTES_ID(l->from));
	json_time(&c->w, "at", l->at.v);
	json_string(&c->w, "text", r->text);
	if (r->is_promised) {
		json_hex(&c->w, "request", BYTES_ID(r->request));
		json_boolean(&c->w, "as_promised", r->as_promised);
	}
	if (r->is_report)
		json_hex(&c->w, "record", BYTES_ID(r->record));
	json_end_object(&c->w);
}

static const char *on(uint32_t kind)
{
	return kind == LETTER_REVIEW	 ? " on an emergency" :
	       kind == LETTER_QUESTION ? " asks why you looked (medlock request questions)" :
	       kind == LETTER_REPLY	 ? " answers your question (medlock log questions)" :
					   "";
}

static void say_letter(struct cli *c, const struct app_letter *l, const struct app_reading *r)
{
	struct buf line = BUF_INIT;
	char at[TIME_TEXT], lead[32], about[96], record[ID_HEX];

	time_format(at, l->at);
	snprintf(lead, sizeof(lead), "%.10s  ", at);
	if (r->is_report) {
		hex_encode(record, r->record.b, ID_SIZE);
		snprintf(about, sizeof(about), " finds record %.12s not right (medlock deposit amend %.12s)", record, record);
	}
	buf_printf(&line, "%s%s: %s%s", app_name(c->app, l->from.b), r->is_report ? about : on(l->kind), r->text,
		   r->as_promised ? "" : " (NOT the text that the ledger was promised)");
	cli_say_wrapped(c, lead, cli_foreign(c, buf_text(&line)));
	buf_release(&line);
}

static enum err list(struct cli *c)
{
	struct app_letters all;
	struct app_reading *r = calloc(1, sizeof(*r));
	enum err e = r == NULL ? ERR_MEMORY : app_mail_list(c->app, &all, 0, &c->info);

	if (e != ERR_OK) {
		free(r);
		return e;
	}
	if (c->json)
		json_begin_array(&c->w, "letters");
	for (size_t i = 0; i < all.count; i++) {
		if (app_letter_read(c->app, r, &all.rows[i], NULL) != ERR_OK)
			continue;
		if (c->json)
			letter_json(c, &all.rows[i], r);
		say_letter(c, &all.rows[i], r);
	}
	if (c->json) {
		json_end_array(&c->w);
		json_uint(&c->w, "odd", all.odd);
	}
	if (all.count == 0)
		cli_say(c, "No letters.\n");
	if (all.odd > 0)
		cli_say(c, "%zu messages are no letters to you by somebody whose keys the ledger has; passed over.\n",
			all.odd);
	app_letters_release(&all);
	free(r);
	return ERR_OK;
}

static enum err card(struct cli *c)
{
	char text[CONTACT_TEXT];

	app_contact_card(c->app, text);
	if (c->json)
		json_string(&c->w, "card", text);
	cli_say(c, "%s\n", text);
	return ERR_OK;
}

static enum err add(struct cli *c)
{
	TRY(app_contact_add(c->app, c->arguments[0], c->arguments[1], &c->info));
	cli_say(c, "%s is among your contacts.\n", cli_foreign(c, c->arguments[0]));
	return ERR_OK;
}

const struct command mail_commands[] = {
	{"mail", "list", "", 0, 0, CLI_KEYS, "letters that peers keep for me", NULL,
	 (const char *const[]){"mail list", NULL}, list},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
const struct command contact_commands[] = {
	{"contact", "card", "", 0, 0, CLI_KEYS, "my card, for somebody who is to write or deposit to me", NULL,
	 (const char *const[]){"contact card", NULL}, card},
	{"contact", "add", "NAME TEXT", 2, 2, CLI_KEYS, "somebody by the card that they gave me", NULL,
	 (const char *const[]){"contact add anna medlock-contact:4f1c…:9a02…", NULL}, add},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
