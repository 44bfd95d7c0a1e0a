/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for an owner: named by herself; for a minor by the authority, until the date of the first certificate. */
#include "chain/contract/act.h"
#include "chain/contract/proxy.h"

struct naming {
	const Medlock__ProxySet *body;
	struct account_id owner, delegate;
	bool by_authority;
	Medlock__AccountState *row;   /* the owner's */
	Medlock__ProxiesState *there; /* NULL: none yet */
};

/* Only the owner; and the authority for an account that is a minor's still. */
static enum err check_right(const struct act *a, const struct naming *n)
{
	if (n->row->role != ROLE_PATIENT)
		return ERR_ROLE;
	return n->by_authority && n->row->minor_until <= a->block->time.v ? ERR_NOT_MINOR : ERR_OK;
}

/* Somebody who is himself on the ledger as a person and in good standing, for a time that is not over. */
static enum err check_delegate(struct act *a, const struct naming *n)
{
	const Medlock__ProxySet *b = n->body;
	Medlock__AccountState *row = NULL;
	enum err e;

	if (b->valid_to && b->valid_to <= a->block->time.v)
		return ERR_RANGE;
	if (n->by_authority && (b->valid_to == 0 || b->valid_to > n->row->minor_until))
		return ERR_RANGE;
	TRY(ROWS_GET(&a->rows, &row, medlock__account_state, state_key_account(&n->delegate)));
	e = row->role == ROLE_PATIENT ? access_account_stands(row, a->block->time) : ERR_ROLE;
	WIRE_FREE(row);
	return e;
}

static size_t find(const struct naming *n)
{
	size_t i = 0;

	while (n->there && i < n->there->n_proxies &&
	       !bytes_equal(wire_bytes(n->there->proxies[i]->delegate), BYTES_ID(n->delegate)))
		i++;
	return i;
}

/* What the authority named for a minor is its own until that ends, and what the owner named is hers. */
static enum err check_replaced(const struct act *a, const struct naming *n, const Medlock__ProxyState *old)
{
	bool stands = !old->valid_to || a->block->time.v < old->valid_to;

	return stands && old->by_authority != n->by_authority ? ERR_ROLE : ERR_OK;
}

static bool comes_before(const Medlock__ProxyState *x, const Medlock__ProxyState *y)
{
	return bytes_compare(wire_bytes(x->delegate), wire_bytes(y->delegate)) < 0;
}

/* The list without what stood at `at`, and with `one`, which may be NULL, in its place by name. */
static enum err store(struct act *a, const struct naming *n, size_t at, Medlock__ProxyState *one)
{
	Medlock__ProxiesState row = MEDLOCK__PROXIES_STATE__INIT;
	Medlock__ProxyState *list[PROXIES_PER_ACCOUNT_MAX + 1];
	size_t count = n->there ? n->there->n_proxies : 0, place;

	if (count > PROXIES_PER_ACCOUNT_MAX)
		return rows_fatal(&a->rows, ERR_DAMAGED);
	row.proxies = list;
	for (size_t i = 0; i < count; i++)
		if (i != at)
			list[row.n_proxies++] = n->there->proxies[i];
	if (one) {
		for (place = row.n_proxies++; place > 0 && comes_before(one, list[place - 1]); place--)
			list[place] = list[place - 1];
		list[place] = one;
	}
	if (row.n_proxies > PROXIES_PER_ACCOUNT_MAX)
		return ERR_LIMIT;
	return row.n_proxies ? ROWS_PUT(&a->rows, state_key_proxies(&n->owner), &row)
			     : rows_del(&a->rows, state_key_proxies(&n->owner));
}

static enum err change(struct act *a, const struct naming *n)
{
	Medlock__ProxyState one = MEDLOCK__PROXY_STATE__INIT;
	size_t at = find(n);
	bool listed = n->there && at < n->there->n_proxies;

	if (listed)
		TRY(check_replaced(a, n, n->there->proxies[at]));
	if (n->body->remove)
		return listed ? store(a, n, at, NULL) : ERR_NOT_FOUND;
	TRY(check_delegate(a, n));
	one.delegate = n->body->delegate;
	one.scope = n->body->scope;
	one.valid_from = n->body->valid_from;
	one.valid_to = n->body->valid_to;
	one.height = a->block->height;
	one.time = a->block->time.v;
	one.by_authority = n->by_authority;
	return store(a, n, at, &one);
}

/* Both are told: she sees it in her list, and he finds in his whom he acts for. */
static enum err tell(struct act *a, const struct naming *n)
{
	Medlock__Event event = MEDLOCK__EVENT__INIT;

	event.proxy = a->tx->body->proxy_set;
	TRY(act_event_add(a, &n->owner, &event));
	TRY(act_event_add(a, &n->delegate, &event));
	return act_result(a, (struct bytes){0}, 0, NULL, 0);
}

static enum err name(struct act *a, struct naming *n)
{
	enum err e;

	TRY(ROWS_GET(&a->rows, &n->row, medlock__account_state, state_key_account(&n->owner)));
	TRY(check_right(a, n));
	e = ROWS_GET(&a->rows, &n->there, medlock__proxies_state, state_key_proxies(&n->owner));
	if (e && e != ERR_NOT_FOUND)
		return e;
	TRY(change(a, n));
	return tell(a, n);
}

enum err proxy_set_apply(struct act *a)
{
	struct naming n = {.body = a->tx->body->proxy_set};
	enum err e;

	ID_COPY(n.owner, n.body->owner.data);
	ID_COPY(n.delegate, n.body->delegate.data);
	n.by_authority = !ID_EQUAL(n.owner, a->who);
	e = n.by_authority && !act_is_authority(a) ? ERR_ROLE : name(a, &n);
	WIRE_FREE(n.row);
	WIRE_FREE(n.there);
	return e;
}

void proxy_set_describe(struct buf *out, const Medlock__Body *body)
{
	const Medlock__ProxySet *p = body->proxy_set;
	const struct code_row *row;
	const char *comma = ": ";
	char until[TIME_TEXT];

	buf_append_text(out, "Account ");
	describe_id(out, p->delegate);
	buf_append_text(out, p->remove ? " no longer acts for " : " may act for ");
	describe_id(out, p->owner);
	for (size_t i = 0; (row = code_at(CODES_SCOPE, i)) != NULL; i++) {
		if (!(p->scope & row->number))
			continue;
		buf_printf(out, "%s%s", comma, row->code);
		comma = ", ";
	}
	if (p->valid_to) {
		time_format(until, (struct time_ms){p->valid_to});
		buf_printf(out, ", until %s", until);
	}
	buf_append_text(out, ".");
}
