/* SPDX-License-Identifier: Apache-2.0 */
/* The model's questions: one list for all requests, in the order in which they were asked. */
#include "model_state.h"

#define WEEK (7ll * 24 * 3600 * 1000)

/* The n-th of a request, from 0; NULL. */
static struct m_question *nth(const struct model *m, const struct hash32 *request, size_t n)
{
	for (size_t i = 0; i < m->question_count; i++)
		if (ID_EQUAL(m->questions[i].request, *request) && n-- == 0)
			return &m->questions[i];
	return NULL;
}

size_t m_question_count(const struct model *m, const struct hash32 *request)
{
	size_t n = 0;

	while (nth(m, request, n))
		n++;
	return n;
}

const struct m_question *m_question_newest(const struct model *m, const struct hash32 *request)
{
	size_t n = m_question_count(m, request);

	return n ? nth(m, request, n - 1) : NULL;
}

static enum err check_ask(const struct m_act *a, const struct m_request *request)
{
	struct hash32 owner = m_id(request->asked->owner);
	const struct m_question *newest = m_question_newest(a->m, &request->id);
	enum err e = m_acts_for(a->m, &owner, &a->who, SCOPE_ASKS, a->block->time);

	if (e == ERR_ROLE)
		return ERR_NOT_FOUND;
	TRY(e);
	if (ID_EQUAL(request->requester, owner) || ID_EQUAL(request->requester, a->who))
		return ERR_ROLE;
	if (newest && newest->reply.len == 0)
		return ERR_DUPLICATE;
	return m_question_count(a->m, &request->id) == 8 ? ERR_LIMIT : ERR_OK;
}

static enum err check_reply(const struct m_act *a, const struct m_request *request)
{
	const struct m_question *newest = m_question_newest(a->m, &request->id);

	if (!ID_EQUAL(request->requester, a->who) || !newest)
		return ERR_NOT_FOUND;
	return newest->reply.len ? ERR_DUPLICATE : ERR_OK;
}

static struct m_question *note(struct m_act *a, const struct m_request *request, const Medlock__Question *x)
{
	struct m_question *q;

	if (x->reply) {
		q = nth(a->m, &request->id, m_question_count(a->m, &request->id) - 1);
		q->reply = m_name(x->text);
		q->reply_height = a->block->height;
		q->reply_time = a->block->time;
		return q;
	}
	q = M_APPEND(a->m->questions, a->m->question_count);
	q->request = request->id;
	q->asker = a->who;
	q->text = m_id(x->text);
	q->height = a->block->height;
	q->time = a->block->time;
	q->due = q->time + (a->m->network->parameters->question_ms ? (int64_t)a->m->network->parameters->question_ms : WEEK);
	return q;
}

enum err m_question_act(struct m_act *a, const Medlock__Question *x)
{
	struct hash32 id = m_id(x->request), owner;
	const struct m_request *request = m_request(a->m, &id);
	Medlock__Event hers = MEDLOCK__EVENT__INIT, theirs;
	Medlock__Questioned q = MEDLOCK__QUESTIONED__INIT;

	if (!request)
		return ERR_NOT_FOUND;
	TRY(x->reply ? check_reply(a, request) : check_ask(a, request));
	owner = m_id(request->asked->owner);
	q.reply = x->reply;
	q.text = x->text;
	q.due = note(a, request, x)->due;
	q.owner = m_data(&owner);
	q.reader = m_data(&request->requester);
	hers.request = x->request;
	hers.purpose = request->asked->purpose;
	hers.emergency = request->asked->emergency;
	hers.question = &q;
	theirs = hers;
	m_tell(a, &owner, &hers);
	m_tell(a, &request->requester, &theirs);
	m_result(a, &id, 0, NULL, 0);
	return ERR_OK;
}
