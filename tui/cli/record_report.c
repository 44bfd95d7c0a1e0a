/* SPDX-License-Identifier: Apache-2.0 */
/* medlock record report: what is not right in a record, to who deposited it. */
#include "core/app/report.h"
#include "tui/cli/question.h"
#include "tui/cli/record_print.h"

enum err record_report_command(struct cli *c)
{
	struct app_report r;
	struct buf words = BUF_INIT;
	const char *text = NULL;
	char record[ID_HEX];
	enum err e = cli_text(c, &words, &text);

	if (e == ERR_OK && text == NULL)
		e = err_set(&c->info, ERR_USAGE, "say what is not right with --text TEXT, or --text - for standard input");
	if (e == ERR_OK)
		e = app_record_report(c->app, &r, c->arguments[0], text, &c->info);
	buf_release(&words);
	TRY(e);
	hex_encode(record, r.record.b, ID_SIZE);
	if (c->json) {
		json_string(&c->w, "record", record);
		json_hex(&c->w, "to", BYTES_ID(r.to));
	}
	cli_say(c, "%s has your letter. The record stays as it is until a new version of it is deposited.\n",
		cli_foreign(c, app_name(c->app, r.to.b)));
	return ERR_OK;
}
