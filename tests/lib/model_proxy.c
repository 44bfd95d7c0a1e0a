/* SPDX-License-Identifier: Apache-2.0 */
/* The model's proxies: who acts for whom, and who may say so. */
#include "model_state.h"

#define YEARS_25 (25ll * 366 * 24 * 3600 * 1000)

static struct m_proxy *proxy_of(const struct model *m, const struct hash32 *owner, const struct hash32 *delegate)
{
	for (size_t i = 0; i < m->proxy_count; i++)
		if (ID_EQUAL(m->proxies[i].owner, *owner) && ID_EQUAL(m->proxies[i].delegate, *delegate))
			return &m->proxies[i];
	return NULL;
}

static bool is_over(const struct m_proxy *p, int64_t now)
{
	return p->to != 0 && p->to <= now;
}

enum err m_acts_for(const struct model *m, const struct hash32 *owner, const struct hash32 *account, uint32_t scope,
		    int64_t now)
{
	const struct m_proxy *p = proxy_of(m, owner, account);

	if (ID_EQUAL(*owner, *account))
		return ERR_OK;
	if (!p)
		return ERR_ROLE;
	if (p->from > now || is_over(p, now))
		return ERR_PROXY_ENDED;
	return (p->scope & scope) == scope ? ERR_OK : ERR_PROXY_SCOPE;
}

enum err m_check_minor(const struct m_act *a, const Medlock__CertAnchor *x)
{
	if (x->minor_until == 0)
		return ERR_OK;
	return x->minor_until > a->block->time && x->minor_until <= a->block->time + YEARS_25 ? ERR_OK : ERR_RANGE;
}

static size_t proxies_of(const struct model *m, const struct hash32 *owner)
{
	size_t n = 0;

	for (size_t i = 0; i < m->proxy_count; i++)
		n += ID_EQUAL(m->proxies[i].owner, *owner);
	return n;
}

static enum err check_put(const struct m_act *a, const Medlock__ProxySet *x, const struct m_account *owner, bool office)
{
	struct hash32 delegate = m_id(x->delegate);
	const struct m_account *him = m_account(a->m, &delegate);

	if (x->valid_to != 0 && x->valid_to <= a->block->time)
		return ERR_RANGE;
	if (office && (x->valid_to == 0 || x->valid_to > owner->minor_until))
		return ERR_RANGE;
	if (!him)
		return ERR_NOT_FOUND;
	if (him->role != ROLE_PATIENT)
		return ERR_ROLE;
	TRY(m_account_stands(him, a->block->time));
	return !proxy_of(a->m, &owner->id, &delegate) && proxies_of(a->m, &owner->id) == PROXIES_PER_ACCOUNT_MAX ? ERR_LIMIT
													       : ERR_OK;
}

static enum err check(const struct m_act *a, const Medlock__ProxySet *x, const struct hash32 *id, const struct m_proxy *old)
{
	const struct m_account *owner = m_account(a->m, id);
	bool office = !ID_EQUAL(*id, a->who);

	if (office && !m_is_authority(a))
		return ERR_ROLE;
	if (!owner)
		return ERR_NOT_FOUND;
	if (owner->role != ROLE_PATIENT)
		return ERR_ROLE;
	if (office && owner->minor_until <= a->block->time)
		return ERR_NOT_MINOR;
	if (old && !is_over(old, a->block->time) && old->by_authority != office)
		return ERR_ROLE;
	if (x->remove)
		return old ? ERR_OK : ERR_NOT_FOUND;
	return check_put(a, x, owner, office);
}

enum err m_proxy_set(struct m_act *a, const Medlock__ProxySet *x)
{
	struct hash32 owner = m_id(x->owner), delegate = m_id(x->delegate);
	struct m_proxy *to = proxy_of(a->m, &owner, &delegate);
	Medlock__Event hers = MEDLOCK__EVENT__INIT, his = MEDLOCK__EVENT__INIT;

	TRY(check(a, x, &owner, to));
	if (x->remove) {
		*to = a->m->proxies[--a->m->proxy_count];
	} else {
		if (!to)
			to = M_APPEND(a->m->proxies, a->m->proxy_count);
		*to = (struct m_proxy){.owner = owner, .delegate = delegate, .scope = x->scope, .from = x->valid_from,
				       .to = x->valid_to, .height = a->block->height, .time = a->block->time,
				       .by_authority = !ID_EQUAL(owner, a->who)};
	}
	hers.proxy = his.proxy = (Medlock__ProxySet *)(uintptr_t)x;
	m_tell(a, &owner, &hers);
	m_tell(a, &delegate, &his);
	m_result(a, NULL, 0, NULL, 0);
	return ERR_OK;
}
