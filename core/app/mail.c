/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/mail.h"

#include <stdlib.h>

#include "chain/contract/access.h"
#include "chain/net/peer_client_mail.h"
#include "chain/proto/letter.h"
#include "core/app/internal.h"

#define FROM_PEER_MAX 4096u /* messages of one box at one peer: a peer that never ends keeps nobody waiting for ever */

/* ---- whose keys are these? ---- */

/* The row of an account as far as this profile may read it; ERR_NOT_FOUND. */
static enum err account_row(struct app *a, Medlock__AccountState **ret, const struct account_id *id, struct err_info *info)
{
	struct state_key key = state_key_account(id);

	if (profile_is_full(&a->profile))
		return replica_account(a->replica, ret, id, info);
	TRY(replica_prove(a->replica, NULL, &a->link, state_key_bytes(&key), NULL, info));
	return replica_account(a->replica, ret, id, info);
}

static enum err newest_time(struct app *a, struct time_ms *ret, struct err_info *info)
{
	struct replica_status status;

	TRY(replica_status(a->replica, &status, info));
	*ret = status.time;
	return ERR_OK;
}

/* Is there no next change of these keys, or one that helpers announced and that is not due yet? */
static enum err check_last(struct app *a, const struct account_id *from, uint32_t generation)
{
	struct state_key key = state_key_keys(from, generation + 1);
	Medlock__KeysState *next = NULL;
	struct buf row = BUF_INIT;
	struct time_ms now = {0};
	enum err e = replica_prove(a->replica, &row, &a->link, state_key_bytes(&key), NULL, NULL);

	if (e == ERR_OK)
		e = WIRE_DECODE(&next, medlock__keys_state, buf_bytes(&row), APP_DECODED_MAX, NULL);
	else if (e == ERR_NOT_FOUND)
		e = ERR_OK;
	if (e == ERR_OK)
		e = newest_time(a, &now, NULL);
	if (e == ERR_OK && next != NULL && now.v >= next->effective) /* 0: changed already */
		e = ERR_SIGNATURE;
	WIRE_FREE(next);
	buf_release(&row);
	return e;
}

/* Patients' rows are their own.  That a key was given up, or which account it changed to, everybody may read. */
static enum err check_private(struct app *a, const struct account_id *from, const Medlock__KeySet *keys)
{
	struct state_key sign = state_key_sign(wire_bytes(keys->sign));
	struct account_id named;
	struct buf row = BUF_INIT;
	uint32_t generation;
	enum err e = replica_prove(a->replica, &row, &a->link, state_key_bytes(&sign), NULL, NULL);

	if (e == ERR_NOT_FOUND) {
		buf_release(&row);
		TRY(keyset_account(&named, keys));
		return ID_EQUAL(named, *from) ? check_last(a, from, 0) : ERR_SIGNATURE;
	}
	if (e == ERR_OK && (row.len != SIGN_ROW_SIZE || memcmp(row.data, from->b, ID_SIZE) != 0))
		e = ERR_SIGNATURE;
	generation = e == ERR_OK ? get_be32(row.data + ID_SIZE) : 0;
	buf_release(&row);
	TRY(e);
	return check_last(a, from, generation);
}

static enum err check_sender(struct app *a, const struct account_id *from, const Medlock__KeySet *keys)
{
	Medlock__AccountState *row;
	struct sign_public now;
	struct time_ms time;
	enum err e = account_row(a, &row, from, NULL);

	if (e == ERR_NOT_FOUND)
		return check_private(a, from, keys);
	TRY(e);
	e = newest_time(a, &time, NULL);
	if (e == ERR_OK)
		e = access_sign_key(&now, row, time);
	if (e == ERR_OK && (row->revoked || !bytes_equal(wire_bytes(keys->sign), BYTES_ID(now))))
		e = ERR_SIGNATURE;
	WIRE_FREE(row);
	return e;
}

enum err app_seal_of(struct app *a, struct seal_public *ret, const struct account_id *id, struct err_info *info)
{
	Medlock__AccountState *row;
	struct time_ms time;
	enum err e;

	if (ID_EQUAL(*id, a->me.account)) {
		*ret = a->me.seal;
		return ERR_OK;
	}
	e = account_row(a, &row, id, NULL);
	if (e == ERR_NOT_FOUND)
		return app_contact_seal(a, ret, id, info);
	TRY(e);
	e = newest_time(a, &time, info);
	if (e == ERR_OK)
		e = seal_public_parse(ret, wire_bytes(access_keys(row, time)->seal));
	WIRE_FREE(row);
	return e;
}

/* ---- sending ---- */

static enum err make_letter(struct app *a, struct buf *ret, const struct account_id *to, uint32_t kind, struct bytes body,
			    struct err_info *info)
{
	Medlock__Letter l = MEDLOCK__LETTER__INIT;
	uint8_t id[LETTER_ID_SIZE];
	struct buf plain = BUF_INIT;
	enum err e;

	if (body.len > LETTER_BODY_MAX)
		return err_set(info, ERR_TOO_LARGE, "a letter has at most %u bytes", LETTER_BODY_MAX);
	rng_fill(rng_system(), id, sizeof(id));
	TRY(WIRE_DECODE(&l.keys, medlock__key_set, bytes_of(a->me.keyset, a->me.keyset_len), APP_DECODED_MAX, info));
	l.network_id = wire_data(BYTES_ID(a->profile.network));
	l.from = wire_data(BYTES_ID(a->me.account));
	l.to = wire_data(BYTES_ID(*to));
	l.kind = kind;
	l.at = clock_real()->now(NULL).v;
	l.id = wire_data(bytes_of(id, sizeof(id)));
	l.body = wire_data(body);
	WIRE_ENCODE(&plain, &l);
	e = buf_error(&plain);
	if (e == ERR_OK)
		e = keyholder_sign_letter(a->keys, ret, buf_bytes(&plain), info);
	WIRE_FREE(l.keys);
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.len);
	buf_release(&plain);
	return e;
}

static enum err seal_letter(struct buf *ret, const struct seal_public *to, struct bytes letter)
{
	struct buf padded = BUF_INIT;
	enum err e = letter_pad(&padded, letter);

	if (e == ERR_OK)
		e = seal_to(ret, to, bytes_str(LETTER_INFO), bytes_of(NULL, 0), buf_bytes(&padded), rng_system());
	if (padded.data != NULL)
		secret_wipe(padded.data, padded.len);
	buf_release(&padded);
	return e;
}

enum err app_post(struct app *a, app_post_call *post, const uint8_t id[ID_SIZE], struct bytes message,
		  struct app_posting how, struct err_info *info)
{
	enum err e = err_set(info, ERR_NETWORK, "no peer is known");
	size_t taken = 0;

	for (size_t i = 0; taken < how.copies && i < a->link.count; i++) {
		struct peer_call call;

		if (a->link.peers[i].state == LINK_DROPPED)
			continue;
		TRY(task_check(a->task));
		TRY(link_call(&a->link, &call, i, how.with_ticket, info));
		e = post(&call, id, message, info);
		if (e != ERR_OK && !app_is_offline(e) && taken == 0)
			return e;
		taken += e == ERR_OK;
	}
	return taken > 0 ? ERR_OK : e;
}

static enum err post_mail(const struct peer_call *c, const uint8_t id[ID_SIZE], struct bytes message, struct err_info *info)
{
	struct account_id to;

	ID_COPY(to, id);
	return peer_mail_post(c, &to, message, info);
}

static enum err send_to(struct app *a, const struct account_id *to, const struct seal_public *key, uint32_t kind,
			struct bytes body, struct err_info *info)
{
	struct buf letter = BUF_INIT, sealed = BUF_INIT;
	enum err e = make_letter(a, &letter, to, kind, body, info);

	if (e == ERR_OK)
		e = seal_letter(&sealed, key, buf_bytes(&letter));
	if (e == ERR_OK)
		e = app_post(a, post_mail, to->b, buf_bytes(&sealed), APP_POST_ONCE, info);
	if (letter.data != NULL)
		secret_wipe(letter.data, letter.len);
	buf_release(&letter);
	buf_release(&sealed);
	return e;
}

enum err app_mail_send(struct app *a, const struct account_id *to, uint32_t kind, struct bytes body, struct err_info *info)
{
	struct seal_public key;

	TRY(app_fresh(a, info));
	TRY(app_seal_of(a, &key, to, info));
	return send_to(a, to, &key, kind, body, info);
}

enum err app_mail_answer(struct app *a, const struct app_letter *to, uint32_t kind, struct bytes body, struct err_info *info)
{
	TRY(app_fresh(a, info));
	return send_to(a, &to->from, &to->seal, kind, body, info);
}

/* ---- reading ---- */

static bool is_there(const struct app_letters *all, const Medlock__Letter *l)
{
	for (size_t i = 0; i < all->count; i++)
		if (memcmp(all->rows[i].id, l->id.data, LETTER_ID_SIZE) == 0 &&
		    bytes_equal(BYTES_ID(all->rows[i].from), wire_bytes(l->from)))
			return true;
	return false;
}

static enum err keep(struct app_letters *all, const Medlock__Letter *l)
{
	struct app_letter *more = realloc(all->rows, (all->count + 1) * sizeof(*more)), *to;

	if (more == NULL)
		return ERR_MEMORY;
	all->rows = more;
	to = &more[all->count];
	*to = (struct app_letter){.kind = l->kind, .at = {l->at}, .body = BUF_INIT};
	ID_COPY(to->from, l->from.data);
	TRY(seal_public_parse(&to->seal, wire_bytes(l->keys->seal)));
	memcpy(to->id, l->id.data, LETTER_ID_SIZE);
	buf_append_bytes(&to->body, wire_bytes(l->body));
	all->count++;
	return buf_error(&to->body);
}

/* ERR_FORMAT and the like: no letter to us; what is wrong here at home is passed on. */
static enum err open_one(struct app *a, Medlock__Letter **ret, struct bytes sealed)
{
	struct buf plain = BUF_INIT;
	Medlock__Letter *l = NULL;
	struct bytes letter;
	enum err e = keyholder_open_letter(a->keys, &plain, sealed, NULL);

	if (e == ERR_OK)
		e = letter_unpad(&letter, buf_bytes(&plain));
	if (e == ERR_OK)
		e = letter_parse(&l, letter, NULL);
	if (e == ERR_OK && (!bytes_equal(wire_bytes(l->to), BYTES_ID(a->me.account)) ||
			    !bytes_equal(wire_bytes(l->network_id), BYTES_ID(a->profile.network))))
		e = ERR_FORMAT;
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.len);
	buf_release(&plain);
	if (e != ERR_OK) {
		WIRE_FREE(l);
		return e;
	}
	*ret = l;
	return ERR_OK;
}

static enum err take(struct app *a, struct app_letters *all, uint32_t kind, struct bytes sealed)
{
	Medlock__Letter *l;
	struct account_id from;
	enum err e = open_one(a, &l, sealed);

	if (e == ERR_LOCKED || e == ERR_KEYHOLDER || e == ERR_MEMORY)
		return e;
	if (e != ERR_OK) {
		all->odd++;
		return ERR_OK;
	}
	ID_COPY(from, l->from.data);
	e = ERR_OK;
	if ((kind == 0 || l->kind == kind) && !is_there(all, l) && all->count < APP_LETTERS_MAX) {
		if (check_sender(a, &from, l->keys) == ERR_OK)
			e = keep(all, l) == ERR_MEMORY ? ERR_MEMORY : ERR_OK;
		else
			all->odd++;
	}
	WIRE_FREE(l);
	return e;
}

static enum err take_peer(struct app *a, struct app_letters *all, uint32_t kind, size_t peer, struct err_info *info)
{
	uint64_t after = 0;
	size_t count = 0;

	for (;;) {
		struct peer_call call;
		Medlock__MailReply *reply;
		enum err e = ERR_OK;
		bool last;

		TRY(task_check(a->task));
		TRY(link_call(&a->link, &call, peer, true, info));
		TRY(peer_mail_get(&call, &reply, after, info));
		for (size_t i = 0; e == ERR_OK && i < reply->n_items; i++) {
			e = take(a, all, kind, wire_bytes(reply->items[i]->message));
			after = reply->items[i]->seq;
		}
		last = reply->n_items == 0;
		count += reply->n_items;
		WIRE_FREE(reply);
		TRY(e);
		if (last)
			return ERR_OK;
		if (count > FROM_PEER_MAX)
			return err_set(info, ERR_PEER, "%s has more than %u messages", a->link.peers[peer].address.url,
				       FROM_PEER_MAX);
	}
}

static int by_time(const void *x, const void *y)
{
	const struct app_letter *a = x, *b = y;

	return a->at.v != b->at.v ? (a->at.v > b->at.v) - (a->at.v < b->at.v) : memcmp(a->id, b->id, sizeof(a->id));
}

enum err app_mail_list(struct app *a, struct app_letters *ret, uint32_t kind, struct err_info *info)
{
	struct app_letters all = {0};
	enum err e = app_fresh(a, info), first = ERR_OK;
	size_t answered = 0;

	for (size_t i = 0; e == ERR_OK && i < a->link.count; i++) {
		if (a->link.peers[i].state == LINK_DROPPED)
			continue;
		e = take_peer(a, &all, kind, i, info);
		answered += e == ERR_OK;
		if (app_is_offline(e) || e == ERR_PEER) {
			first = first == ERR_OK ? e : first;
			e = ERR_OK; /* another peer has it too */
		}
	}
	if (e == ERR_OK && answered == 0)
		e = first;
	if (e != ERR_OK) {
		app_letters_release(&all);
		return e;
	}
	if (all.count > 1)
		qsort(all.rows, all.count, sizeof(*all.rows), by_time);
	*ret = all;
	return ERR_OK;
}

void app_letters_release(struct app_letters *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++) {
		if (l->rows[i].body.data != NULL)
			secret_wipe(l->rows[i].body.data, l->rows[i].body.len);
		buf_release(&l->rows[i].body);
	}
	free(l->rows);
	*l = (struct app_letters){0};
}
