/* SPDX-License-Identifier: Apache-2.0 */
/* Random questions about requests, and replies. */
#include "contract_draw.h"

/* Mostly one of somebody else's requests, and mostly one of the newest: so that some are asked often. */
static const struct m_request *draw_seen(struct draw *d)
{
	const struct model *m = d->model;
	size_t back = m->request_count < 6 || once_in(d, 3) ? m->request_count : 6;
	const struct m_request *x = NULL;

	for (int i = 0; i < 10 && m->request_count; i++) {
		x = &m->requests[m->request_count - 1 - below(d, back)];
		if (!m_is(x->asked->owner, &x->requester))
			return x;
	}
	return x;
}

/* One that waits for its reply, if there is any. */
static const struct m_request *draw_questioned(struct draw *d)
{
	const struct model *m = d->model;

	for (size_t i = 0, at = m->question_count ? below(d, m->question_count) : 0; i < m->question_count;
	     i++, at = (at + 1) % m->question_count)
		if (m->questions[at].reply.len == 0 || once_in(d, 12))
			return m_request(m, &m->questions[at].request);
	return NULL;
}

void draw_question(struct draw *d, struct buf *ret_tx)
{
	Medlock__Question x = MEDLOCK__QUESTION__INIT;
	bool reply = once_in(d, 2);
	const struct m_request *request = reply ? draw_questioned(d) : draw_seen(d);
	const struct world_account *by = NULL;
	struct hash32 id = draw_nobody(d), text = draw_nobody(d), owner;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	if (request && !once_in(d, 40)) {
		id = request->id;
		owner = m_id(request->asked->owner);
		by = draw_keys_of(d, reply != once_in(d, 20) ? &request->requester : &owner);
	}
	if (by && !reply)
		by = draw_actor_for(d, by);
	x.request = m_data(&id);
	x.reply = reply;
	x.text = m_data(&text);
	body.action_case = MEDLOCK__BODY__ACTION_QUESTION;
	body.question = &x;
	draw_finish(d, ret_tx, &body, by ? by : draw_person(d, 0));
}
