/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ledger.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/app/internal.h"
#include "core/ledger/export.h"

enum err app_ledger_status(struct app *a, struct app_ledger *ret, struct err_info *info)
{
	struct replica_status s;

	TRY(app_fresh_or_stored(a, info));
	TRY(replica_status(a->replica, &s, info));
	*ret = (struct app_ledger){.height = s.height, .app_hash = s.app_hash, .operators = s.operators, .solo = s.solo};
	snprintf(ret->chain, sizeof(ret->chain), "%s", s.chain_id);
	snprintf(ret->engine, sizeof(ret->engine), "%s", s.solo ? "solo" : "cometbft");
	return ERR_OK;
}

enum err app_ledger_export(struct app *a, struct app_verified *ret, const char *path, struct err_info *info)
{
	struct ledger_verified v = {0};

	TRY(app_fresh(a, info));
	TRY(ledger_export(a->replica, &v, path, a->task, info));
	*ret = (struct app_verified){v.blocks, v.txs, v.ok, v.first_bad};
	return ERR_OK;
}

/* Whatever is wrong with stored blocks, they do not verify. */
static enum err as_damage(enum err e, const char *what, struct err_info *info)
{
	if (e == ERR_FORMAT || e == ERR_TRUNCATED || e == ERR_TOO_LARGE || e == ERR_NOT_CANONICAL)
		return err_wrap(info, ERR_DAMAGED, "%s", what);
	return e;
}

static enum err verify_replica(struct app *a, struct app_verified *ret, struct err_info *info)
{
	enum err e = replica_verify(a->replica, &ret->blocks, &ret->txs, &ret->first_bad, a->task, info);

	ret->ok = e == ERR_OK;
	return as_damage(e, "the replica", info);
}

enum err app_ledger_verify(struct app *a, struct app_verified *ret, const char *path, struct err_info *info)
{
	struct ledger_verified v = {0};
	enum err e;

	*ret = (struct app_verified){0};
	if (path == NULL)
		return verify_replica(a, ret, info);
	e = ledger_verify_file(&v, path, &a->profile.network, a->task, info);
	*ret = (struct app_verified){v.blocks, v.txs, v.ok, v.first_bad};
	return as_damage(e, "the export", info);
}

/* Events name the transaction of a request of ours or about our records. */
struct event_search {
	struct request_id request;
	struct tx_id tx;
	bool found;
};

static enum err match_event(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct event_search *s = self;

	(void)raw;
	if (event->kind == ACTION_ACCESS_REQUEST && bytes_equal(wire_bytes(event->request), BYTES_ID(s->request)) &&
		event->tx.len == ID_SIZE) {
		ID_COPY(s->tx, event->tx.data);
		s->found = true;
	}
	return ERR_OK;
}

static enum err resolve(struct app *a, struct tx_id *ret, const char *id, struct err_info *info)
{
	struct event_search s = {.found = false};

	if (hex_decode(ret->b, ID_SIZE, id) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%s' is no transaction's id (64 hex digits)", id);
	ID_COPY(s.request, ret->b);
	TRY(replica_events(a->replica, &a->owner, 1, UINT64_MAX, match_event, &s, info));
	if (s.found)
		*ret = s.tx;
	return ERR_OK;
}

static char *words_of(struct bytes tx)
{
	struct buf words = BUF_INIT;
	struct tx parsed;
	char *text;

	if (tx.len == 0 || tx_parse(&parsed, tx, NULL) != ERR_OK)
		return NULL;
	submit_describe(&words, parsed.body);
	tx_release(&parsed);
	text = app_text(&words);
	buf_release(&words);
	return text;
}

enum err app_ledger_tx(struct app *a, struct app_tx *ret, const char *id, struct err_info *info)
{
	struct replica_tx t = {0};
	struct tx_id tx;

	TRY(app_fresh_or_stored(a, info));
	TRY(resolve(a, &tx, id, info));
	TRY(replica_tx(a->replica, &t, &a->link, &tx, info));
	*ret = (struct app_tx){.tx = tx, .height = t.height, .code = t.code, .index = t.index, .proven = t.proven,
			       .words = words_of(buf_bytes(&t.tx)),
			       .refusal = t.code != 0 ? err_text((enum err)-(int)t.code) : ""};
	replica_tx_release(&t);
	return ERR_OK;
}

void app_tx_release(struct app_tx *t)
{
	if (t != NULL)
		free(t->words);
}
