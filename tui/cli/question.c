/* SPDX-License-Identifier: Apache-2.0 */
/* medlock log ask, log questions, request questions, request reply. */
#include "tui/cli/question.h"

#include <string.h>

#include "core/base/files.h"
#include "core/base/text.h"

#define TEXT_FILE_MAX 16384u /* more than any text may have: the limit is said where it is known */

static void question_json(struct cli *c, const struct app_posed *q)
{
	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "request", BYTES_ID(q->request));
	json_uint(&c->w, "n", q->n);
	json_string(&c->w, "asker", app_name(c->app, q->asker.b));
	json_string(&c->w, "owner", app_name(c->app, q->owner.b));
	json_string(&c->w, "reader", app_name(c->app, q->reader.b));
	json_hex(&c->w, "account", BYTES_ID(q->reader));
	json_string(&c->w, "purpose", q->purpose);
	json_boolean(&c->w, "emergency", q->emergency);
	json_time(&c->w, "at", q->asked.v);
	json_time(&c->w, "due", q->due.v);
	json_string(&c->w, "state", q->state);
	if (q->answered.v != 0)
		json_time(&c->w, "answered", q->answered.v);
	if (q->text != NULL)
		json_string(&c->w, "text", q->text);
	if (q->reply != NULL)
		json_string(&c->w, "reply", q->reply);
	json_boolean(&c->w, "unsent", q->unsent);
	json_end_object(&c->w);
}

void questions_json(struct cli *c, const struct app_questions *list)
{
	json_begin_array(&c->w, "questions");
	for (size_t i = 0; i < list->count; i++)
		question_json(c, &list->rows[i]);
	json_end_array(&c->w);
}

static bool is_me(const struct cli *c, const struct account_id *id)
{
	struct app_me me;

	app_me(c->app, &me);
	return ID_EQUAL(me.account, *id);
}

static const char *who(struct cli *c, const struct account_id *id, const char *me)
{
	return is_me(c, id) ? me : app_name(c->app, id->b);
}

static void due_words(struct buf *out, const struct app_posed *q)
{
	int64_t late = clock_real()->now(NULL).v - q->due.v, days = late / MS_PER_DAY;
	char at[TIME_TEXT];

	time_format(at, q->answered.v != 0 ? q->answered : q->due);
	if (q->answered.v != 0)
		buf_printf(out, "answered %.10s %.5s", at, at + 11);
	else if (late <= 0)
		buf_printf(out, "an answer is due by %.10s %.5s", at, at + 11);
	else if (days == 0)
		buf_printf(out, "NOT ANSWERED, due since %.10s %.5s", at, at + 11);
	else
		buf_printf(out, "NOT ANSWERED, due %lld day%s ago", (long long)days, days == 1 ? "" : "s");
}

static void say_text(struct cli *c, const char *lead, const char *text, const char *missing)
{
	struct buf line = BUF_INIT;

	if (text == NULL)
		buf_printf(&line, "(%s)", missing);
	else
		buf_append_text(&line, text);
	cli_say_wrapped(c, lead, cli_foreign(c, buf_text(&line)));
	buf_release(&line);
}

static void say_question(struct cli *c, const struct app_posed *q)
{
	struct buf line = BUF_INIT;
	char lead[48], id[ID_HEX], at[TIME_TEXT];
	bool mine = is_me(c, &q->asker), to_me = is_me(c, &q->reader);

	hex_encode(id, q->request.b, ID_SIZE);
	time_format(at, q->asked);
	snprintf(lead, sizeof(lead), "%4llu  %.10s %.5s  ", (unsigned long long)q->n, at, at + 11);
	buf_printf(&line, "%s", who(c, &q->asker, "you"));
	buf_printf(&line, " asked %s", who(c, &q->reader, "you"));
	buf_printf(&line, " about request %.12s", id);
	if (is_me(c, &q->owner))
		buf_append_text(&line, " for your records");
	else
		buf_printf(&line, " for %s's records", app_name(c->app, q->owner.b));
	buf_printf(&line, " (%s%s): ", q->purpose, q->emergency ? ", EMERGENCY" : "");
	due_words(&line, q);
	cli_say_wrapped(c, lead, cli_foreign(c, buf_text(&line)));
	buf_release(&line);
	say_text(c, "      asked: ", q->text,
		 to_me ? "the text has not been received yet" :
		 mine  ? "the text was written on another device" : "who asked has the text");
	if (q->answered.v != 0)
		say_text(c, "      reply: ", q->reply,
			 mine  ? "the text has not been received yet" :
			 to_me ? "the text was written on another device" : "who asked has the text");
	if (q->unsent && to_me)
		cli_say(c, "      The text was not sent yet: 'medlock request reply %.12s' sends it.\n", id);
	else if (q->unsent)
		cli_say(c, "      The text was not sent yet: 'medlock log ask %llu' sends it.\n", (unsigned long long)q->n);
	else if (to_me && q->answered.v == 0)
		cli_say(c, "      Answer with 'medlock request reply %.12s --text …'.\n", id);
}

void say_questions(struct cli *c, const struct app_questions *list)
{
	for (size_t i = 0; i < list->count; i++)
		say_question(c, &list->rows[i]);
}

void question_news(struct cli *c, const struct app_question_news *news)
{
	if (c->json) {
		json_uint(&c->w, "answers_unread", news->unread);
		json_uint(&c->w, "answers_overdue", news->overdue);
		json_uint(&c->w, "questions_waiting", news->waiting);
	}
	if (news->unread > 0)
		cli_say(c, "%zu of your questions %s answered: medlock log questions\n", news->unread,
			news->unread == 1 ? "is" : "are");
	if (news->overdue > 0)
		cli_say(c, "%zu of your questions %s not answered in time: medlock log questions\n", news->overdue,
			news->overdue == 1 ? "was" : "were");
	if (news->waiting > 0)
		cli_say(c, "%zu question%s for your answer: medlock request questions\n", news->waiting,
			news->waiting == 1 ? " waits" : "s wait");
}

/* What is open may have been answered since: of when the list is, belongs to it. */
static void checked(struct cli *c, const struct app_questions *list)
{
	char at[TIME_TEXT];

	if (c->json) {
		json_boolean(&c->w, "complete", list->complete);
		json_uint(&c->w, "checked_to", list->checked_to);
		if (list->complete)
			json_time(&c->w, "checked_at", list->checked_at.v);
	}
	time_format(at, list->checked_at);
	if (list->complete)
		cli_say(c, "Complete: proven up to block %llu, made %.10s %.5s UTC.\n",
			(unsigned long long)list->checked_to, at, at + 11);
	else
		cli_say(c, "NOT COMPLETE: what is here is not all that the ledger counts.\n");
}

static void print(struct cli *c, const struct app_questions *list, const char *none)
{
	if (c->json)
		questions_json(c, list);
	say_questions(c, list);
	if (list->count == 0)
		cli_say(c, "%s\n", none);
	checked(c, list);
}

enum err cli_text(struct cli *c, struct buf *text, const char **ret)
{
	*ret = cli_value(c, "text");
	if (*ret == NULL || strcmp(*ret, "-") != 0)
		return ERR_OK;
	TRY(files_read(text, "-", TEXT_FILE_MAX, &c->info));
	while (text->len > 0 && text->data[text->len - 1] == '\n')
		text->data[--text->len] = '\0';
	if (memchr(text->data, '\0', text->len) != NULL)
		return err_set(&c->info, ERR_USAGE, "the text has control characters or is not valid UTF-8");
	*ret = buf_text(text);
	return ERR_OK;
}

enum err question_ask(struct cli *c)
{
	struct app_questions all = {0};
	struct buf words = BUF_INIT;
	const char *text;
	uint64_t n;
	enum err e;

	if (parse_u64(&n, bytes_str(c->arguments[0]), UINT32_MAX) != ERR_OK || n == 0)
		return err_set(&c->info, ERR_USAGE, "'%s' is not the number of an entry", c->arguments[0]);
	e = cli_text(c, &words, &text);
	if (e == ERR_OK)
		e = app_question_ask(c->app, &all, n, text, &c->info);
	if (e == ERR_OK)
		print(c, &all, "");
	app_questions_release(&all);
	buf_release(&words);
	return e;
}

enum err question_reply(struct cli *c)
{
	struct app_questions all = {0};
	struct buf words = BUF_INIT;
	const char *text;
	enum err e = cli_text(c, &words, &text);

	if (e == ERR_OK)
		e = app_question_reply(c->app, &all, c->arguments[0], text, &c->info);
	if (e == ERR_OK)
		print(c, &all, "");
	app_questions_release(&all);
	buf_release(&words);
	return e;
}

static enum err list(struct cli *c, enum app_question_side side, const char *none)
{
	struct app_questions all;

	TRY(app_question_list(c->app, &all, side, &c->info));
	print(c, &all, none);
	app_questions_release(&all);
	return ERR_OK;
}

enum err question_asked(struct cli *c)
{
	return list(c, APP_QUESTIONS_ASKED, "No questions yet: 'medlock log ask N' asks about an entry of 'medlock log list'.");
}

enum err question_to_me(struct cli *c)
{
	return list(c, APP_QUESTIONS_TO_ME, "Nobody asks about your requests.");
}
