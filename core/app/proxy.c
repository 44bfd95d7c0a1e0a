/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/proxy.h"

#include <stdio.h>
#include <stdlib.h>

#include "chain/contract/proxy.h"
#include "core/app/undo.h"

void app_scope_text(char out[APP_SCOPE_TEXT], uint32_t scope)
{
	const struct code_row *row;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; (row = code_at(CODES_SCOPE, i)) != NULL && len < APP_SCOPE_TEXT; i++)
		if (scope & row->number)
			len += (size_t)snprintf(out + len, APP_SCOPE_TEXT - len, "%s%s", len ? "," : "", row->code);
}

/* ---- the owner's row ---- */

/* NULL when nobody is named, or the row is not here. */
static enum err load(struct app *a, Medlock__ProxiesState **ret, const struct account_id *owner, struct err_info *info)
{
	struct state_key key = state_key_proxies(owner);
	struct buf value = BUF_INIT;
	enum err e = replica_get(a->replica, &value, NULL, state_key_bytes(&key), info);

	*ret = NULL;
	if (e == ERR_OK)
		e = WIRE_DECODE(ret, medlock__proxies_state, buf_bytes(&value), APP_DECODED_MAX, info);
	buf_release(&value);
	return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err app_acts_for(struct app *a, const struct account_id *owner, const struct account_id *account, uint32_t scope)
{
	Medlock__ProxiesState *row;
	enum err e;

	if (ID_EQUAL(*owner, *account))
		return ERR_OK;
	TRY(load(a, &row, owner, NULL));
	e = proxy_allows(row, account, scope, clock_real()->now(NULL));
	WIRE_FREE(row);
	return e;
}

enum err app_each_proxy(struct app *a, app_proxy_each *each, void *self, struct err_info *info)
{
	Medlock__ProxiesState *row;
	enum err e = load(a, &row, &a->owner, info);

	for (size_t i = 0; e == ERR_OK && row != NULL && i < row->n_proxies; i++) {
		struct account_id delegate;

		ID_COPY(delegate, row->proxies[i]->delegate.data);
		e = each(a, self, &delegate);
	}
	WIRE_FREE(row);
	return e;
}

static bool is_officer(const struct app *a)
{
	return strcmp(options_text(&a->profile.options, "mode"), "officer") == 0;
}

/* Her rows come from the first use on. */
static enum err look_at(struct app *a, const struct account_id *owner, struct err_info *info)
{
	enum err e;

	TRY(replica_watch_owner(a->replica, owner, info));
	a->synced = false;
	TRY(app_fresh_or_stored(a, info));
	e = app_acts_for(a, owner, &a->me.account, 0);
	if (e == ERR_ROLE)
		TRY(replica_unwatch_owner(a->replica, owner, info));
	return e;
}

static enum err check_named(struct app *a, const struct account_id *owner, struct err_info *info)
{
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = app_acts_for(a, owner, &a->me.account, 0);
	if (e == ERR_ROLE)
		e = look_at(a, owner, info);
	if (e == ERR_ROLE)
		return err_set(info, e, "%s has not named you as proxy", app_name(a, owner->b));
	return e == ERR_PROXY_ENDED ? err_set(info, e, "for %s", app_name(a, owner->b)) : e;
}

enum err app_act_for(struct app *a, const char *who, struct err_info *info)
{
	struct account_id owner = a->me.account;

	if (who == NULL) {
		a->owner = owner;
		return ERR_OK;
	}
	TRY(app_find(a, &owner, who, info));
	if (!is_officer(a))
		TRY(check_named(a, &owner, info));
	a->owner = owner;
	return ERR_OK;
}

/* ---- lists ---- */

static void fill(struct app_proxy *p, const struct account_id *owner, const Medlock__ProxyState *s)
{
	int64_t now = clock_real()->now(NULL).v;

	*p = (struct app_proxy){.owner = *owner, .from = {s->valid_from}, .until = {s->valid_to},
				.by_authority = s->by_authority, .state = "stands"};
	if (s->delegate.len == ID_SIZE)
		ID_COPY(p->delegate, s->delegate.data);
	app_scope_text(p->scope, s->scope);
	if (now < s->valid_from)
		p->state = "not begun";
	if (s->valid_to && now >= s->valid_to)
		p->state = "ended";
}

static enum err list_mine(struct app *a, struct app_proxies *ret, struct err_info *info)
{
	Medlock__ProxiesState *row;

	TRY(load(a, &row, &a->owner, info));
	if (row == NULL)
		return ERR_OK;
	ret->mine = calloc(row->n_proxies + 1, sizeof(*ret->mine));
	for (size_t i = 0; ret->mine != NULL && i < row->n_proxies; i++)
		fill(&ret->mine[ret->mine_count++], &a->owner, row->proxies[i]);
	WIRE_FREE(row);
	return ret->mine != NULL ? ERR_OK : ERR_MEMORY;
}

struct gather {
	struct app *a;
	struct app_proxies *list;
};

/* What the own list says last about each owner. */
static enum err take(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct gather *g = self;
	struct app_proxies *l = g->list;
	const Medlock__ProxySet *p = event->proxy;
	Medlock__ProxyState state = MEDLOCK__PROXY_STATE__INIT;
	struct app_proxy *grown;
	struct account_id owner;
	size_t at = 0;

	(void)raw;
	if (p == NULL || p->owner.len != ID_SIZE || !bytes_equal(wire_bytes(p->delegate), BYTES_ID(g->a->me.account)))
		return ERR_OK;
	ID_COPY(owner, p->owner.data);
	while (at < l->other_count && !ID_EQUAL(l->others[at].owner, owner))
		at++;
	if (p->remove) {
		if (at < l->other_count)
			l->others[at] = l->others[--l->other_count];
		return ERR_OK;
	}
	grown = realloc(l->others, (l->other_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	l->others = grown;
	l->other_count += at == l->other_count;
	state.delegate = p->delegate;
	state.scope = p->scope;
	state.valid_from = p->valid_from;
	state.valid_to = p->valid_to;
	state.by_authority = !bytes_equal(wire_bytes(event->actor), wire_bytes(p->owner));
	fill(&l->others[at], &owner, &state);
	return ERR_OK;
}

enum err app_proxy_list(struct app *a, struct app_proxies *ret, struct err_info *info)
{
	struct app_proxies list = {0};
	struct gather g = {a, &list};
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	e = list_mine(a, &list, info);
	if (e == ERR_OK)
		e = replica_events(a->replica, &a->me.account, 1, UINT64_MAX, take, &g, info);
	if (e != ERR_OK) {
		app_proxies_release(&list);
		return e;
	}
	*ret = list;
	return ERR_OK;
}

void app_proxies_release(struct app_proxies *p)
{
	if (p == NULL)
		return;
	free(p->mine);
	free(p->others);
	*p = (struct app_proxies){0};
}

/* ---- naming ---- */

static enum err read_scope(uint32_t *ret, const char *const *words, struct err_info *info)
{
	const struct code_row *row;
	uint32_t all = 0, scope = 0;

	for (size_t i = 0; (row = code_at(CODES_SCOPE, i)) != NULL; i++)
		all |= row->number;
	for (size_t i = 0; words[i] != NULL; i++) {
		row = code_by_text(CODES_SCOPE, words[i]);
		if (row == NULL)
			return err_set(info, ERR_USAGE, "'%s' is none of consent, asks and read", words[i]);
		scope |= row->number;
	}
	*ret = scope ? scope : all;
	return ERR_OK;
}

/* A minor's proxy by the authority ends when she is of age. */
static enum err of_age(struct app *a, int64_t *ret, struct err_info *info)
{
	Medlock__AccountState *row;

	TRY(replica_account(a->replica, &row, &a->owner, info));
	*ret = row->minor_until;
	WIRE_FREE(row);
	return *ret ? ERR_OK : err_set(info, ERR_NOT_MINOR, "%s", app_name(a, a->owner.b));
}

static enum err read_times(struct app *a, Medlock__ProxySet *p, const char *until, struct err_info *info)
{
	struct time_ms t;

	if (until == NULL)
		return ID_EQUAL(a->owner, a->me.account) ? ERR_OK : of_age(a, &p->valid_to, info);
	if (time_parse(&t, until) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%s' is not a date", until);
	if (t.v <= clock_real()->now(NULL).v)
		return err_set(info, ERR_USAGE, "'%s' is over already", until);
	p->valid_to = t.v;
	return ERR_OK;
}

static bool lasts_longer(int64_t until, int64_t than)
{
	return than != 0 && (until == 0 || until > than);
}

/* More than he may do now, or for longer. */
static enum err find_widening(struct app *a, bool *ret, const Medlock__ProxySet *p, struct err_info *info)
{
	int64_t now = clock_real()->now(NULL).v;
	Medlock__ProxiesState *row;
	bool widens = !p->remove;

	TRY(load(a, &row, &a->owner, info));
	for (size_t i = 0; widens && row != NULL && i < row->n_proxies; i++) {
		const Medlock__ProxyState *old = row->proxies[i];

		if (bytes_equal(wire_bytes(old->delegate), wire_bytes(p->delegate)))
			widens = (p->scope & ~old->scope) != 0 || lasts_longer(p->valid_to, old->valid_to) ||
				 old->valid_from > now;
	}
	WIRE_FREE(row);
	*ret = widens;
	return ERR_OK;
}

/* "bram may act for anna: consent, asks" */
static enum err wait_to_name(struct app *a, const struct app_proxied *done, const struct app_undo *undo, struct err_info *info)
{
	struct app_change draft = {.widens = true};
	struct buf words = BUF_INIT;
	enum err e;

	buf_append_text(&words, app_name(a, done->proxy.delegate.b));
	buf_append_text(&words, " may act for ");
	buf_append_text(&words, app_name(a, done->proxy.owner.b));
	buf_printf(&words, ": %s.", done->proxy.scope);
	draft.sentence = app_text(&words);
	buf_release(&words);
	e = app_undo_wait(a, &draft, undo, info);
	app_change_release(&draft);
	return e;
}

/* The row shows the delegate as wished. */
struct awaited {
	const Medlock__ProxySet *set;
	uint64_t height;
};

static bool shows(struct app *a, const void *self)
{
	const struct awaited *x = self;
	Medlock__ProxiesState *row;
	bool there = false;

	if (load(a, &row, &a->owner, NULL) != ERR_OK)
		return false;
	for (size_t i = 0; row != NULL && i < row->n_proxies; i++)
		if (bytes_equal(wire_bytes(row->proxies[i]->delegate), wire_bytes(x->set->delegate)))
			there = x->set->remove || row->proxies[i]->height >= x->height;
	WIRE_FREE(row);
	return there != x->set->remove;
}

static enum err send(struct app *a, struct app_proxied *ret, Medlock__ProxySet *p, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	Medlock__Body body = MEDLOCK__BODY__INIT;
	struct awaited x = {p, 0};
	enum err e;

	body.action_case = MEDLOCK__BODY__ACTION_PROXY_SET;
	body.proxy_set = p;
	e = submit_action(&s, &done, &body, info);
	ret->tx = done.tx;
	ret->height = x.height = done.height;
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows, &x, info) : e;
}

enum err app_proxy_set(struct app *a, struct app_proxied *ret, const struct app_proxy_wish *wish, struct err_info *info)
{
	Medlock__ProxySet p = MEDLOCK__PROXY_SET__INIT;
	Medlock__ProxyState state = MEDLOCK__PROXY_STATE__INIT;
	struct app_proxied done = {0};
	struct account_id delegate;

	TRY(app_find(a, &delegate, wish->who, info));
	if (ID_EQUAL(delegate, a->owner))
		return err_set(info, ERR_USAGE, "nobody is her own proxy");
	TRY(app_fresh(a, info));
	p.owner = wire_data(BYTES_ID(a->owner));
	p.delegate = state.delegate = wire_data(BYTES_ID(delegate));
	p.remove = wish->remove;
	if (!wish->remove) {
		TRY(read_scope(&p.scope, wish->scope, info));
		TRY(read_times(a, &p, wish->until, info));
	}
	state.scope = p.scope;
	state.valid_to = p.valid_to;
	state.by_authority = !ID_EQUAL(a->owner, a->me.account);
	fill(&done.proxy, &a->owner, &state);
	TRY(find_widening(a, &done.widens, &p, info));
	if (!wish->dry_run && done.widens)
		TRY(wait_to_name(a, &done, &wish->undo, info));
	if (!wish->dry_run)
		TRY(send(a, &done, &p, info));
	*ret = done;
	return ERR_OK;
}
