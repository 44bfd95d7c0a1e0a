/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/question.h"

#include <stdlib.h>

#include "chain/proto/limits.h"
#include "core/app/id_search.h"
#include "core/app/internal.h"
#include "core/app/log.h"
#include "core/app/promised.h"

/* ---- what the list says ---- */

struct gather {
	struct app_questions list;
	const struct account_id *owner, *reader; /* whose questions; NULL: any */
	const struct request_id *request;        /* NULL: any */
};

static bool is_wanted(const struct gather *g, const Medlock__Event *event)
{
	const Medlock__Questioned *q = event->question;

	if (event->kind != ACTION_QUESTION || q == NULL || q->text.len != sizeof(struct hash32) || q->owner.len != ID_SIZE ||
	    q->reader.len != ID_SIZE || event->request.len != ID_SIZE || event->actor.len != ID_SIZE)
		return false;
	return (g->owner == NULL || bytes_equal(wire_bytes(q->owner), BYTES_ID(*g->owner))) &&
	       (g->reader == NULL || bytes_equal(wire_bytes(q->reader), BYTES_ID(*g->reader))) &&
	       (g->request == NULL || bytes_equal(wire_bytes(event->request), BYTES_ID(*g->request)));
}

static enum err add(struct app_questions *list, const Medlock__Event *event)
{
	const Medlock__Questioned *from = event->question;
	struct app_posed *rows = realloc(list->rows, (list->count + 1) * sizeof(*rows)), *q;

	if (rows == NULL)
		return ERR_MEMORY;
	list->rows = rows;
	q = &rows[list->count++];
	*q = (struct app_posed){.n = event->n, .purpose = event->purpose ? code_text(CODES_PURPOSE, event->purpose) : "",
				   .emergency = event->emergency, .asked = {event->time}, .due = {from->due}};
	ID_COPY(q->request, event->request.data);
	ID_COPY(q->asker, event->actor.data);
	ID_COPY(q->owner, from->owner.data);
	ID_COPY(q->reader, from->reader.data);
	ID_COPY(q->promised, from->text.data);
	return ERR_OK;
}

static enum err take(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct gather *g = self;

	(void)raw;
	if (!is_wanted(g, event))
		return ERR_OK;
	if (!event->question->reply)
		return add(&g->list, event);
	for (size_t i = g->list.count; i-- > 0;) {
		struct app_posed *q = &g->list.rows[i];

		if (!bytes_equal(wire_bytes(event->request), BYTES_ID(q->request)))
			continue;
		q->answered.v = event->time;
		ID_COPY(q->promised_reply, event->question->text.data);
		break;
	}
	return ERR_OK;
}

static enum err gather(struct app *a, struct gather *g, const struct account_id *whose, struct err_info *info)
{
	int64_t now = clock_real()->now(NULL).v;
	struct replica_log log = {0};
	enum err e = replica_events(a->replica, whose, 1, UINT64_MAX, take, g, info);

	g->list.complete = e == ERR_OK && replica_log_verify(a->replica, &log, whose, NULL) == ERR_OK;
	g->list.checked_to = log.proven_at;
	g->list.checked_at = log.proven_time;
	for (size_t i = 0; i < g->list.count; i++) {
		struct app_posed *q = &g->list.rows[i];

		q->state = q->answered.v != 0 ? "answered" : now > q->due.v ? "overdue" : "waiting";
	}
	if (e != ERR_OK)
		app_questions_release(&g->list);
	return e;
}

void app_questions_release(struct app_questions *q)
{
	if (q == NULL)
		return;
	for (size_t i = 0; i < q->count; i++) {
		free(q->rows[i].text);
		free(q->rows[i].reply);
	}
	free(q->rows);
	*q = (struct app_questions){0};
}

/* ---- the texts ---- */

/* What the profile has; whatever is wrong with a file, the question itself stays to be shown. */
static void load_one(struct app *a, char **text, struct app_posed *q, const struct hash32 *promised, bool shown)
{
	Medlock__KeptText *k;
	bool own;

	if (*text != NULL || kept_text_read(a, &k, promised, NULL) != ERR_OK)
		return;
	own = bytes_equal(wire_bytes(k->from), BYTES_ID(a->me.account));
	*text = strdup(k->text->text);
	q->unsent |= own && !k->sent;
	q->unseen |= !own && !k->seen;
	if (shown && !own && !k->seen) {
		k->seen = true;
		(void)!kept_text_write(a, k, NULL); /* else it is said to be new once more */
	}
	WIRE_FREE(k);
}

static void load(struct app *a, struct app_questions *list, bool shown)
{
	for (size_t i = 0; i < list->count; i++) {
		struct app_posed *q = &list->rows[i];

		load_one(a, &q->text, q, &q->promised, shown);
		if (q->answered.v != 0)
			load_one(a, &q->reply, q, &q->promised_reply, shown);
	}
}

static struct promise promise_of(const struct app_posed *q, uint32_t kind)
{
	if (kind == LETTER_REPLY)
		return (struct promise){LETTER_REPLY, q->request, q->reader, q->promised_reply};
	return (struct promise){LETTER_QUESTION, q->request, q->asker, q->promised};
}

/* A letter that one of these waits for is kept; any other is the business of mail list. */
static enum err keep_letter(struct app *a, const struct app_questions *list, const struct app_letter *l)
{
	Medlock__KeptText k = MEDLOCK__KEPT_TEXT__INIT;
	enum err e = ERR_OK;

	if (letter_text_parse(&k.text, buf_bytes(&l->body), NULL) != ERR_OK)
		return ERR_OK;
	k.kind = l->kind;
	k.from = wire_data(BYTES_ID(l->from));
	k.seal = wire_data(BYTES_ID(l->seal));
	k.at = l->at.v;
	for (size_t i = 0; i < list->count && e == ERR_OK; i++) {
		struct promise p = promise_of(&list->rows[i], l->kind);

		if (promise_kept(&p, l->kind, k.text, &l->from))
			e = kept_text_write(a, &k, NULL);
	}
	WIRE_FREE(k.text);
	return e;
}

static bool waits_for(const struct app *a, const struct app_questions *list, uint32_t kind)
{
	bool waits = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct app_posed *q = &list->rows[i];

		if (kind == LETTER_QUESTION)
			waits |= q->text == NULL && ID_EQUAL(q->reader, a->me.account);
		else
			waits |= q->reply == NULL && q->answered.v != 0 && ID_EQUAL(q->asker, a->me.account);
	}
	return waits;
}

static void fetch(struct app *a, const struct app_questions *list, uint32_t kind)
{
	struct app_letters all;

	if (!waits_for(a, list, kind) || app_mail_list(a, &all, kind, NULL) != ERR_OK)
		return;
	for (size_t i = 0; i < all.count; i++)
		if (keep_letter(a, list, &all.rows[i]) != ERR_OK)
			break;
	app_letters_release(&all);
}

static void with_texts(struct app *a, struct app_questions *list, bool shown)
{
	load(a, list, shown);
	fetch(a, list, LETTER_QUESTION);
	fetch(a, list, LETTER_REPLY);
	load(a, list, shown);
}

/* ---- lists ---- */

static struct gather of_side(const struct app *a, enum app_question_side side)
{
	return side == APP_QUESTIONS_ASKED ? (struct gather){.owner = &a->owner} : (struct gather){.reader = &a->me.account};
}

static const struct account_id *list_of(const struct app *a, enum app_question_side side)
{
	return side == APP_QUESTIONS_ASKED ? &a->owner : &a->me.account;
}

enum err app_question_list(struct app *a, struct app_questions *ret, enum app_question_side side, struct err_info *info)
{
	struct gather g = of_side(a, side);

	TRY(app_fresh_or_stored(a, info));
	TRY(gather(a, &g, list_of(a, side), info));
	with_texts(a, &g.list, true);
	*ret = g.list;
	return ERR_OK;
}

enum err app_question_about(struct app *a, struct app_questions *ret, const struct request_id *request, struct err_info *info)
{
	struct gather g = {.request = request};

	TRY(app_fresh_or_stored(a, info));
	TRY(gather(a, &g, &a->owner, info));
	with_texts(a, &g.list, true);
	*ret = g.list;
	return ERR_OK;
}

enum err app_question_news(struct app *a, struct app_question_news *ret, struct err_info *info)
{
	struct gather g = {.request = NULL};

	*ret = (struct app_question_news){0};
	TRY(gather(a, &g, &a->me.account, info));
	with_texts(a, &g.list, false);
	for (size_t i = 0; i < g.list.count; i++) {
		const struct app_posed *q = &g.list.rows[i];

		if (ID_EQUAL(q->reader, a->me.account))
			ret->waiting += q->answered.v == 0;
		else if (q->answered.v == 0)
			ret->overdue += strcmp(q->state, "overdue") == 0;
		else
			ret->unread += ID_EQUAL(q->asker, a->me.account) && (q->reply == NULL || q->unseen);
	}
	app_questions_release(&g.list);
	return ERR_OK;
}

/* ---- asking and answering ---- */

/* One half of a question on its way: kept first, then on the ledger, then sent.  Cut anywhere, the same command goes on. */
struct half {
	uint32_t kind;
	enum app_question_side side;
	struct request_id request;
	struct app_letter to; /* whom the letter goes to */
	bool answer;          /* to.seal came with a letter of theirs */
	struct hash32 promised;
};

static bool shows(struct app *a, const void *self)
{
	const struct half *h = self;
	struct gather g = of_side(a, h->side);
	bool there = false;

	g.request = &h->request;
	if (gather(a, &g, list_of(a, h->side), NULL) != ERR_OK)
		return false;
	for (size_t i = 0; i < g.list.count; i++)
		there |= ID_EQUAL(h->promised, g.list.rows[i].promised) || ID_EQUAL(h->promised, g.list.rows[i].promised_reply);
	app_questions_release(&g.list);
	return there;
}

static enum err act(struct app *a, const struct half *h, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__Question action = MEDLOCK__QUESTION__INIT;
	struct submitted done = {0};
	enum err e;

	action.request = wire_data(BYTES_ID(h->request));
	action.reply = h->kind == LETTER_REPLY;
	action.text = wire_data(BYTES_ID(h->promised));
	body.action_case = MEDLOCK__BODY__ACTION_QUESTION;
	body.question = &action;
	e = submit_action(&s, &done, &body, info);
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows, h, info) : e;
}

static enum err deliver(struct app *a, const struct half *h, Medlock__KeptText *k, struct err_info *info)
{
	enum err e = promised_send(a, k->text, h->kind, &h->to, h->answer, info);

	if (e != ERR_OK)
		return err_wrap(info, e, "it stands on the ledger, its text was not sent: repeat the command");
	k->sent = true;
	return kept_text_write(a, k, info);
}

static enum err first_time(struct app *a, struct half *h, const char *text, struct err_info *info)
{
	Medlock__KeptText k = MEDLOCK__KEPT_TEXT__INIT;
	struct seal_public key;
	struct promised p;

	if (text == NULL)
		return err_set(info, ERR_USAGE, "say --text");
	TRY(promised_make(&p, h->kind, &h->request, text, info));
	if (!h->answer)
		TRY(app_seal_of(a, &key, &h->to.from, info));
	h->promised = p.commitment;
	k.text = &p.text;
	k.kind = h->kind;
	k.from = wire_data(BYTES_ID(a->me.account));
	k.at = clock_real()->now(NULL).v;
	TRY(kept_text_write(a, &k, info));
	TRY(act(a, h, info));
	return deliver(a, h, &k, info);
}

/* What is promised already: its letter once more, if it is ours and the words are the same. */
static enum err again(struct app *a, struct half *h, const char *text, const char *otherwise, struct err_info *info)
{
	Medlock__KeptText *k;
	enum err e;

	if (kept_text_read(a, &k, &h->promised, NULL) != ERR_OK)
		return err_set(info, ERR_DUPLICATE, "%s", otherwise);
	if (!bytes_equal(wire_bytes(k->from), BYTES_ID(a->me.account)) || (text != NULL && strcmp(text, k->text->text) != 0))
		e = err_set(info, ERR_DUPLICATE, "%s", otherwise);
	else
		e = deliver(a, h, k, info);
	WIRE_FREE(k);
	return e;
}

static enum err about(struct app *a, struct app_questions *ret, const struct half *h, struct err_info *info)
{
	struct gather g = of_side(a, h->side);

	g.request = &h->request;
	TRY(gather(a, &g, list_of(a, h->side), info));
	load(a, &g.list, true);
	*ret = g.list;
	return ERR_OK;
}

struct reader_search {
	struct request_id request;
	struct account_id reader;
	bool found;
};

static enum err match_reader(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct reader_search *s = self;

	(void)raw;
	if (event->kind == ACTION_ACCESS_REQUEST && event->actor.len == ID_SIZE &&
	    bytes_equal(wire_bytes(event->request), BYTES_ID(s->request))) {
		ID_COPY(s->reader, event->actor.data);
		s->found = true;
	}
	return ERR_OK;
}

/* Entry n speaks of a request that somebody else made for these records. */
static enum err find_access(struct app *a, struct half *h, uint64_t n, struct err_info *info)
{
	struct reader_search s = {.found = false};
	struct app_events one;

	TRY(app_log_list(a, &one, (struct time_ms){0}, n, info));
	s.request = one.rows[0].request;
	app_events_release(&one);
	TRY(replica_events(a->replica, &a->owner, 1, UINT64_MAX, match_reader, &s, info));
	if (!s.found)
		return err_set(info, ERR_USAGE, "entry %llu is no access to these records: nobody can be asked about it",
			       (unsigned long long)n);
	if (ID_EQUAL(s.reader, a->me.account) || ID_EQUAL(s.reader, a->owner))
		return err_set(info, ERR_USAGE, "entry %llu is an access of %s", (unsigned long long)n,
			       ID_EQUAL(s.reader, a->me.account) ? "your own" : "the owner herself");
	h->request = s.request;
	h->to.from = s.reader;
	return ERR_OK;
}

static enum err ask(struct app *a, struct half *h, const char *text, const struct app_questions *earlier, struct err_info *info)
{
	const struct app_posed *last = earlier->count > 0 ? &earlier->rows[earlier->count - 1] : NULL;

	if (last != NULL && last->answered.v == 0) {
		h->promised = last->promised;
		return again(a, h, text, "a question about this access waits for its answer: medlock log questions", info);
	}
	if (earlier->count >= QUESTIONS_PER_REQUEST_MAX)
		return err_set(info, ERR_LIMIT, "%u questions about one access", QUESTIONS_PER_REQUEST_MAX);
	return first_time(a, h, text, info);
}

enum err app_question_ask(struct app *a, struct app_questions *ret, uint64_t n, const char *text, struct err_info *info)
{
	struct half h = {.kind = LETTER_QUESTION, .side = APP_QUESTIONS_ASKED};
	struct app_questions earlier;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(find_access(a, &h, n, info));
	TRY(about(a, &earlier, &h, info));
	e = ask(a, &h, text, &earlier, info);
	app_questions_release(&earlier);
	return e == ERR_OK ? about(a, ret, &h, info) : e;
}

/* The answer goes to whoever asked, by the keys that came with the question. */
static enum err reply(struct app *a, struct half *h, const struct app_posed *q, const char *text, struct err_info *info)
{
	Medlock__KeptText *k;

	h->to.from = q->asker;
	if (kept_text_read(a, &k, &q->promised, NULL) == ERR_OK) {
		h->answer = k->seal.len == SEAL_KEY_SIZE && seal_public_parse(&h->to.seal, wire_bytes(k->seal)) == ERR_OK;
		WIRE_FREE(k);
	} else if (q->answered.v == 0) {
		return err_set(info, ERR_PENDING, "the text of the question has not arrived yet");
	}
	if (q->answered.v == 0)
		return first_time(a, h, text, info);
	h->promised = q->promised_reply;
	return again(a, h, text, "this question is answered", info);
}

static bool is_first(const struct app_questions *list, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (ID_EQUAL(list->rows[i].request, list->rows[at].request))
			return false;
	return true;
}

static enum err find_question(const struct app_posed **ret, const struct app_questions *list, const char *request,
			      struct err_info *info)
{
	struct request_id id;
	struct id_search s;

	TRY(id_search_init(&s, request, "request", info));
	for (size_t i = 0; i < list->count; i++)
		if (is_first(list, i))
			id_search_look(&s, list->rows[i].request.b);
	if (s.found == 0)
		return err_set(info, ERR_NOT_FOUND, "nobody asked about a request '%s': medlock request questions", request);
	TRY(id_search_end(&s, id.b, info));
	for (size_t i = 0; i < list->count; i++)
		if (ID_EQUAL(list->rows[i].request, id))
			*ret = &list->rows[i];
	return ERR_OK;
}

enum err app_question_reply(struct app *a, struct app_questions *ret, const char *request, const char *text,
			    struct err_info *info)
{
	struct half h = {.kind = LETTER_REPLY, .side = APP_QUESTIONS_TO_ME};
	struct app_questions all;
	const struct app_posed *q = NULL;
	enum err e;

	TRY(app_fresh(a, info));
	TRY(app_question_list(a, &all, APP_QUESTIONS_TO_ME, info));
	e = find_question(&q, &all, request, info);
	if (e == ERR_OK) {
		h.request = q->request;
		e = reply(a, &h, q, text, info);
	}
	app_questions_release(&all);
	return e == ERR_OK ? about(a, ret, &h, info) : e;
}
