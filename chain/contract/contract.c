/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "chain/contract/act.h"

struct action {
	uint32_t number;
	uint32_t roles, rights;
	enum err (*check)(const Medlock__Body *body);
	enum err (*apply)(struct act *a);
	void (*describe)(struct buf *out, const Medlock__Body *body);
};

#define ROLE_BIT(r) (1u << (unsigned)(r))
#define WHO_OWNER ROLE_BIT(ROLE_PATIENT)
#define WHO_OFFICE (ROLE_BIT(ROLE_OFFICER) | ROLE_BIT(ROLE_PEER) | ROLE_BIT(ROLE_OPERATOR))
#define WHO_READER                                                                                 \
	(ROLE_BIT(ROLE_PATIENT) | ROLE_BIT(ROLE_CLINICIAN) | ROLE_BIT(ROLE_RESEARCHER) | ROLE_BIT(ROLE_OFFICER))
#define WHO_PERSON (WHO_READER | ROLE_BIT(ROLE_OPERATOR) | ROLE_BIT(ROLE_AUDITOR)) /* a peer's keys are the operators' affair */
#define WHO_ANY (WHO_OWNER | WHO_OFFICE | WHO_READER | ROLE_BIT(ROLE_AUDITOR))

static const struct action actions[] = {
#define ACTION(code, name, check, roles, rights) \
	{ACTION_##code, roles, rights, check, name##_apply, name##_describe},
#include "chain/contract/actions.def"
#undef ACTION
};

static const struct action *action_of(uint32_t number)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (actions[i].number == number)
			return &actions[i];
	return NULL;
}

bool contract_role_may(uint32_t action, uint32_t role, uint32_t rights)
{
	const struct action *x = action_of(action);

	if (!x || role == 0 || role > ROLE_AUDITOR)
		return false;
	return (x->roles & ROLE_BIT(role)) || (role != ROLE_PATIENT && (x->rights & rights));
}

void contract_describe(struct buf *out, const Medlock__Body *body)
{
	const struct action *x = action_of((uint32_t)body->action_case);

	if (x)
		x->describe(out, body);
	else
		buf_append_text(out, "Unknown action.");
}

void contract_result_release(struct contract_result *r)
{
	if (r)
		buf_release(&r->data);
}

static void act_release(struct act *a)
{
	WIRE_FREE(a->actor);
	WIRE_FREE(a->network);
	buf_release(&a->data);
	for (size_t i = 0; i < a->event_count; i++)
		buf_release(&a->events[i].bytes);
	free(a->events);
}

/* Is the transaction for this network, and may it enter a block of this height? */
static enum err check_window(const struct act *a)
{
	const Medlock__Body *b = a->tx->body;

	if (!bytes_equal(wire_bytes(b->network_id), BYTES_ID(a->block->network)))
		return ERR_NETWORK_ID;
	if (b->valid_until < a->block->height)
		return ERR_TX_EXPIRED;
	return b->valid_until - a->block->height > TX_VALID_AHEAD_MAX ? ERR_RANGE : ERR_OK;
}

static struct state_key replay_key(const struct act *a)
{
	struct hash32 h = tx_replay_key(&a->tx->body_hash, &a->who);

	return state_key_replay(a->tx->body->valid_until, &h);
}

/* The first result of the same body by the same account; ERR_NOT_FOUND for a new one. */
static enum err repeat_of(struct act *a)
{
	Medlock__ReplayState *first = NULL;
	enum err e = ROWS_GET(&a->rows, &first, medlock__replay_state, replay_key(a));

	if (e)
		return e;
	buf_append_bytes(&a->data, wire_bytes(first->data));
	WIRE_FREE(first);
	e = buf_error(&a->data);
	return e ? rows_fatal(&a->rows, e) : ERR_OK;
}

static enum err remember(struct act *a)
{
	Medlock__ReplayState first = MEDLOCK__REPLAY_STATE__INIT;

	first.data = wire_data(buf_bytes(&a->data));
	first.tx = wire_data(BYTES_ID(a->tx->id));
	return ROWS_PUT(&a->rows, replay_key(a), &first);
}

static void set_who(struct act *a)
{
	const Medlock__Auth *auth = a->tx->wire->auth;

	if (auth->by_case == MEDLOCK__AUTH__BY_SIGNATURE)
		ID_COPY(a->who, auth->signature->account.data);
}

static enum err perform(struct act *a)
{
	const struct action *x = action_of(a->tx->action);
	enum err e;

	TRY(x ? ERR_OK : ERR_FORMAT);
	TRY(check_window(a));
	set_who(a);
	e = repeat_of(a);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(act_pay(a, a->tx->cost));
	e = ROWS_GET(&a->rows, &a->network, medlock__network, state_key_network());
	if (e)
		return rows_fatal(&a->rows, e == ERR_NOT_FOUND ? ERR_DAMAGED : e);
	TRY(act_authorise(a));
	TRY(x->check ? x->check(a->tx->body) : ERR_OK);
	TRY(x->apply(a));
	return remember(a);
}

static enum err tell(const struct act *a, const struct contract_sink *sink)
{
	for (size_t i = 0; i < a->event_count && sink; i++)
		TRY(sink->event(sink->self, &a->events[i].owner, a->events[i].n, buf_bytes(&a->events[i].bytes)));
	return ERR_OK;
}

static bool is_fatal(const struct act *a, enum err e)
{
	return a->rows.fatal || e == ERR_MEMORY || e == ERR_DAMAGED || e == ERR_INTERNAL;
}

/* Perform, then keep or undo.  cost_max: room that the block has left. */
static enum err run(struct contract_result *ret, struct act *a, const struct contract_sink *sink, bool keep)
{
	struct contract_kv *kv = a->rows.kv;
	enum err e, fatal = ERR_OK;

	kv->begin(kv->self);
	e = perform(a);
	if (is_fatal(a, e))
		fatal = a->rows.fatal ? a->rows.fatal : e;
	if (e || fatal || !keep) {
		kv->undo(kv->self);
	} else {
		kv->keep(kv->self);
		fatal = tell(a, sink);
	}
	if (!fatal) {
		*ret = (struct contract_result){.code = (uint32_t)-(int)e, .cost = a->cost ? a->cost : a->tx->cost};
		if (!e) {
			ret->data = a->data;
			a->data = (struct buf)BUF_INIT;
		}
	}
	act_release(a);
	return fatal;
}

static struct act act_of(struct contract_kv *kv, const struct contract_block *block, const struct tx *tx,
			 const struct contract_verdicts *verdicts, uint32_t cost_max)
{
	return (struct act){.rows = {.kv = kv}, .block = block, .tx = tx, .verdicts = verdicts, .cost_max = cost_max};
}

enum err contract_check(struct contract_result *ret, struct contract_kv *kv, const struct contract_block *block,
			const struct tx *tx)
{
	struct act a = act_of(kv, block, tx, NULL, BLOCK_COST_MAX);

	return run(ret, &a, NULL, false);
}

enum err contract_apply(struct contract_result *ret, struct contract_kv *kv, const struct contract_block *block,
			const struct tx *tx, const struct contract_verdicts *verdicts,
			const struct contract_sink *sink)
{
	struct act a = act_of(kv, block, tx, verdicts, BLOCK_COST_MAX);

	return run(ret, &a, sink, true);
}

/* One of a block's transactions, from its bytes. */
static enum err apply_bytes(struct contract_result *ret, struct contract_kv *kv, const struct contract_block *block,
			    struct bytes in, uint32_t left, const struct contract_verdicts *verdicts,
			    const struct contract_sink *sink)
{
	struct tx tx;
	struct act a;
	enum err e = tx_parse(&tx, in, NULL);

	if (e == ERR_MEMORY)
		return e;
	if (e) {
		*ret = (struct contract_result){.code = (uint32_t)-(int)e};
		return ERR_OK;
	}
	a = act_of(kv, block, &tx, verdicts, left);
	e = run(ret, &a, sink, true);
	tx_release(&tx);
	return e;
}

struct expired {
	uint64_t height;
	struct buf keys; /* each of state_key's own size */
	size_t size;
};

#define REPLAY_PREFIX 2u /* tag and length byte */

static enum err collect_expired(void *context, struct bytes key, struct bytes value)
{
	struct expired *x = context;

	(void)value;
	if (key.len < REPLAY_PREFIX + 8 || (x->size && key.len != x->size))
		return ERR_DAMAGED;
	if (get_be64(key.data + REPLAY_PREFIX) > x->height)
		return ERR_CANCELLED;
	x->size = key.len;
	buf_append_bytes(&x->keys, key);
	return buf_error(&x->keys);
}

/* Entries that no later block can need: those valid until this height. */
static enum err drop_expired(struct contract_kv *kv, uint64_t height)
{
	struct expired x = {.height = height};
	struct state_key first = state_key_replay_until(0);
	enum err e = kv->scan(kv->self, bytes_of(first.b, REPLAY_PREFIX), false, collect_expired, &x);

	if (e == ERR_CANCELLED)
		e = ERR_OK;
	for (size_t at = 0; at < x.keys.len && !e; at += x.size)
		e = kv->del(kv->self, bytes_of(x.keys.data + at, x.size));
	buf_release(&x.keys);
	return e;
}

enum err contract_block_apply(struct contract_result *results, struct contract_kv *kv,
			      const struct contract_block *block, const struct bytes *txs, size_t count,
			      const struct contract_verdicts *verdicts, const struct contract_sink *sink)
{
	uint32_t left = BLOCK_COST_MAX;

	for (size_t i = 0; i < count; i++)
		results[i] = (struct contract_result){0};
	for (size_t i = 0; i < count; i++) {
		TRY(apply_bytes(&results[i], kv, block, txs[i], left, verdicts, sink));
		left -= results[i].cost < left ? results[i].cost : left;
	}
	return count ? drop_expired(kv, block->height) : ERR_OK;
}
