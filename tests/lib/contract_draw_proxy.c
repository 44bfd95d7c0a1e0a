/* SPDX-License-Identifier: Apache-2.0 */
/* Random proxies: patients name each other, the authority names somebody for minors. */
#include "contract_draw.h"

static void draw_scope(struct draw *d, Medlock__ProxySet *x)
{
	int64_t now = d->w->block.time.v;

	x->scope = 1 + (uint32_t)below(d, once_in(d, 30) ? 9 : 7);
	if (once_in(d, 6))
		x->valid_from = now + (int64_t)below(d, 1200000) - 600000;
	if (!once_in(d, 3))
		x->valid_to = now + (int64_t)below(d, (once_in(d, 3) ? 10 : 60) * MS_PER_DAY);
	if (once_in(d, 20))
		x->valid_to = now + (int64_t)below(d, 2);
	if (x->valid_to && x->valid_to <= x->valid_from)
		x->valid_from = 0;
}

static const struct world_account *draw_minor(struct draw *d)
{
	const struct model *m = d->model;

	for (size_t i = 0, at = below(d, m->account_count); i < m->account_count; i++, at = (at + 1) % m->account_count)
		if (m->accounts[at].minor_until && !once_in(d, 3))
			return draw_keys_of(d, &m->accounts[at].id);
	return NULL;
}

/* By the owner, or for a minor by the authority, mostly within the date. */
void draw_proxy(struct draw *d, struct buf *ret_tx)
{
	Medlock__ProxySet x = MEDLOCK__PROXY_SET__INIT;
	const struct world_account *minor = once_in(d, 2) ? draw_minor(d) : NULL, *owner = minor ? minor : draw_patient(d);
	const struct world_account *by = minor && !once_in(d, 4) ? &d->w->ca : owner;
	struct hash32 id = {{0}}, delegate = draw_nobody(d);
	const struct m_account *row;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	memcpy(id.b, owner->id.b, 32);
	if (!once_in(d, 40))
		memcpy(delegate.b, draw_person(d, once_in(d, 15) ? 0 : ROLE_PATIENT)->id.b, 32);
	row = m_account(d->model, &id);
	x.remove = once_in(d, 4);
	for (size_t i = 0; x.remove && i < d->model->proxy_count && !once_in(d, 6); i++)
		if (ID_EQUAL(d->model->proxies[i].owner, id))
			delegate = d->model->proxies[i].delegate;
	if (!x.remove)
		draw_scope(d, &x);
	if (!x.remove && row && by != owner && !once_in(d, 4)) {
		x.valid_from = 0;
		x.valid_to = row->minor_until + (int64_t)below(d, 4) - 3;
	}
	if (once_in(d, 40))
		id = draw_nobody(d);
	x.owner = m_data(&id);
	x.delegate = m_data(&delegate);
	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = &x;
	draw_finish(d, ret_tx, &body, once_in(d, 12) ? &d->w->ca : by);
}

static bool stands(const struct draw *d, const struct m_proxy *p)
{
	int64_t now = d->w->block.time.v;

	return p->from <= now && (p->to == 0 || p->to > now);
}

/* Somebody who acts for her, now and then one who does not any more or not yet; NULL when there is nobody. */
const struct world_account *draw_proxy_of(struct draw *d, const struct account_id *owner)
{
	const struct model *m = d->model;
	struct hash32 id;

	memcpy(id.b, owner->b, 32);
	for (size_t i = 0, at = m->proxy_count ? below(d, m->proxy_count) : 0; i < m->proxy_count; i++, at = (at + 1) % m->proxy_count)
		if (ID_EQUAL(m->proxies[at].owner, id) && (stands(d, &m->proxies[at]) || once_in(d, 4)))
			return draw_keys_of(d, &m->proxies[at].delegate);
	return NULL;
}
