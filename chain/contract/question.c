/* SPDX-License-Identifier: Apache-2.0 */
/* "Why did you look?": the owner asks about a request of her list, the requester answers, both for everybody to count.
 *
 * The ledger has who, when, until when, and a commitment to each text.  That a reply is overdue is for readers to see: no
 * timer changes the state.  A question waits for its reply before the next may be asked.
 */
#include "chain/contract/act.h"
#include "chain/contract/proxy.h"

struct asking {
	const Medlock__Question *body;
	struct request_id id;
	struct account_id owner, reader;
	Medlock__RequestState *request;
	Medlock__QuestionsState *row; /* NULL: nobody asked yet */
	int64_t due;
};

static bool is_open(const struct asking *x)
{
	return x->row && x->row->n_questions && x->row->questions[x->row->n_questions - 1]->reply.len == 0;
}

/* To whom the request does not belong it does not exist.  Nobody asks herself. */
static enum err check_asker(struct act *a, const struct asking *x)
{
	enum err e = acts_for(&a->rows, &x->owner, &a->who, SCOPE_ASKS, a->block->time);

	if (e)
		return e == ERR_ROLE ? ERR_NOT_FOUND : e;
	return ID_EQUAL(x->reader, x->owner) || ID_EQUAL(x->reader, a->who) ? ERR_ROLE : ERR_OK;
}

static enum err load(struct act *a, struct asking *x)
{
	enum err e;

	TRY(ROWS_GET(&a->rows, &x->request, medlock__request_state, state_key_request(&x->id)));
	ID_COPY(x->owner, x->request->owner.data);
	ID_COPY(x->reader, x->request->requester.data);
	if (!x->body->reply)
		TRY(check_asker(a, x));
	else if (!ID_EQUAL(x->reader, a->who))
		return ERR_NOT_FOUND;
	e = ROWS_GET(&a->rows, &x->row, medlock__questions_state, state_key_questions(&x->id));
	if (e && e != ERR_NOT_FOUND)
		return e;
	return x->row && x->row->n_questions > QUESTIONS_PER_REQUEST_MAX ? rows_fatal(&a->rows, ERR_DAMAGED) : ERR_OK;
}

static int64_t due_of(const struct act *a)
{
	const Medlock__Parameters *p = a->network->parameters;
	uint64_t ms = p && p->question_ms ? p->question_ms : QUESTION_MS_DEFAULT;

	return ms > (uint64_t)(INT64_MAX - a->block->time.v) ? INT64_MAX : a->block->time.v + (int64_t)ms;
}

static enum err ask(struct act *a, struct asking *x)
{
	Medlock__QuestionsState row = MEDLOCK__QUESTIONS_STATE__INIT;
	Medlock__QuestionState fresh = MEDLOCK__QUESTION_STATE__INIT, *list[QUESTIONS_PER_REQUEST_MAX];

	if (is_open(x))
		return ERR_DUPLICATE;
	row.questions = list;
	row.n_questions = x->row ? x->row->n_questions : 0;
	if (row.n_questions == QUESTIONS_PER_REQUEST_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < row.n_questions; i++)
		list[i] = x->row->questions[i];
	fresh.asker = wire_data(BYTES_ID(a->who));
	fresh.text = x->body->text;
	fresh.height = a->block->height;
	fresh.time = a->block->time.v;
	fresh.due = x->due = due_of(a);
	list[row.n_questions++] = &fresh;
	return ROWS_PUT(&a->rows, state_key_questions(&x->id), &row);
}

static enum err answer(struct act *a, struct asking *x)
{
	Medlock__QuestionState done, *open;
	enum err e;

	if (!x->row || x->row->n_questions == 0)
		return ERR_NOT_FOUND;
	if (!is_open(x))
		return ERR_DUPLICATE;
	open = x->row->questions[x->row->n_questions - 1];
	done = *open;
	done.reply = x->body->text;
	done.reply_height = a->block->height;
	done.reply_time = a->block->time.v;
	x->due = done.due;
	x->row->questions[x->row->n_questions - 1] = &done;
	e = ROWS_PUT(&a->rows, state_key_questions(&x->id), x->row);
	x->row->questions[x->row->n_questions - 1] = open;
	return e;
}

/* Both learn of it by their own lists: she that it is asked and answered, the reader that an answer is owed. */
static enum err tell(struct act *a, const struct asking *x)
{
	Medlock__Questioned q = MEDLOCK__QUESTIONED__INIT;
	const struct account_id *const lists[] = {&x->owner, &x->reader};

	q.reply = x->body->reply;
	q.text = x->body->text;
	q.due = x->due;
	q.owner = x->request->owner;
	q.reader = x->request->requester;
	for (size_t i = 0; i < 2; i++) {
		Medlock__Event event = MEDLOCK__EVENT__INIT;

		event.request = wire_data(BYTES_ID(x->id));
		event.purpose = x->request->purpose;
		event.emergency = x->request->emergency;
		event.question = &q;
		TRY(act_event_add(a, lists[i], &event));
	}
	return act_result(a, BYTES_ID(x->id), 0, NULL, 0);
}

enum err question_apply(struct act *a)
{
	struct asking x = {.body = a->tx->body->question};
	enum err e;

	ID_COPY(x.id, x.body->request.data);
	e = load(a, &x);
	if (!e)
		e = x.body->reply ? answer(a, &x) : ask(a, &x);
	if (!e)
		e = tell(a, &x);
	WIRE_FREE(x.row);
	WIRE_FREE(x.request);
	return e;
}

void question_describe(struct buf *out, const Medlock__Body *body)
{
	buf_append_text(out, body->question->reply ? "Answer the question about request " : "Ask why request ");
	describe_id(out, body->question->request);
	buf_append_text(out, body->question->reply ? "." : " was made.");
}
