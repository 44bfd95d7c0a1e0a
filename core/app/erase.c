/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/erase.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/internal.h"

#define CONFIRM_DIGITS 4u
#define PEER_TURNS 4u /* how often a peer is asked that still holds something */

/* ---- what and by whom ---- */

static enum err check_confirm(const struct record_id *record, const char *confirm, struct err_info *info)
{
	char id[ID_HEX];
	const char *last = id + 2 * ID_SIZE - CONFIRM_DIGITS;

	hex_encode(id, record->b, ID_SIZE);
	if (confirm == NULL || strcmp(confirm, last) != 0)
		return err_set(info, ERR_CONFIRM, "this erases record %.12s and cannot be undone: repeat with --confirm %s",
			       id, last);
	return ERR_OK;
}

static enum err own_record(struct app *a, Medlock__RecordState **ret, const struct record_id *record, struct err_info *info)
{
	TRY(replica_record(a->replica, ret, record, info));
	if (bytes_equal(wire_bytes((*ret)->deposit->owner), BYTES_ID(a->me.account)))
		return ERR_OK;
	WIRE_FREE(*ret);
	*ret = NULL;
	return err_set(info, ERR_ROLE, "only its owner erases a record, with her own keys");
}

static enum err add_version(struct app_erased *x, const struct record_id *id)
{
	struct record_id *grown = realloc(x->versions, (x->version_count + 1) * sizeof(*grown));

	if (grown == NULL)
		return ERR_MEMORY;
	x->versions = grown;
	x->versions[x->version_count++] = *id;
	return ERR_OK;
}

/* The record and the ones it replaced, newest first: all of them, as any that is left out could still be opened.  An id is
 * a hash over the one before, so the line ends.
 */
static enum err versions(struct app *a, struct app_erased *ret, const struct record_id *record, struct err_info *info)
{
	struct record_id id = *record;

	for (bool more = true; more;) {
		Medlock__RecordState *row = NULL;
		enum err e = own_record(a, &row, &id, info);

		if (e == ERR_NOT_FOUND && ret->version_count > 0)
			return ERR_OK;
		TRY(e);
		if (ret->version_count == 0 && row->superseded_by.len == ID_SIZE)
			ID_COPY(ret->newer, row->superseded_by.data);
		e = add_version(ret, &id);
		more = row->deposit->supersedes.len == ID_SIZE;
		if (more)
			ID_COPY(id, row->deposit->supersedes.data);
		WIRE_FREE(row);
		TRY(e);
	}
	return ERR_OK;
}

static bool shows_erased(struct app *a, const void *self)
{
	Medlock__RecordState *row;
	bool erased;

	if (replica_record(a->replica, &row, self, NULL) != ERR_OK)
		return false;
	erased = row->status == RECORD_STATUS_ERASED;
	WIRE_FREE(row);
	return erased;
}

static enum err order(struct app *a, const struct record_id *record, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct submitted done = {0};
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__RecordErase action = MEDLOCK__RECORD_ERASE__INIT;
	enum err e;

	action.record = wire_data(BYTES_ID(*record));
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_ERASE;
	body.record_erase = &action;
	e = submit_action(&s, &done, &body, info);
	submitted_release(&done);
	return e == ERR_OK ? app_await(a, shows_erased, record, info) : e;
}

/* ---- what is left here ---- */

static enum err forget_here(struct app *a, const struct record_id *record, struct err_info *info)
{
	Medlock__RecordState *row;
	struct vault *v;
	enum err e = ERR_OK;

	TRY(app_vault(a, &v, info));
	TRY(replica_record(a->replica, &row, record, info));
	for (size_t i = 0; e == ERR_OK && i < row->deposit->n_renditions; i++) {
		struct blob_id blob;

		ID_COPY(blob, row->deposit->renditions[i]->blob.data);
		e = cache_remove(v->cache, &blob, info);
	}
	WIRE_FREE(row);
	return e;
}

/* ---- who had it, by her own list ---- */

#define REQUESTS_SEEN_MAX 65536u

struct history {
	struct app_erased *to;
	struct { struct request_id request; struct account_id who; } *asked;
	size_t asked_count;
};

static bool names(const struct app_erased *x, const Medlock__Event *event)
{
	for (size_t i = 0; i < event->n_records; i++)
		for (size_t k = 0; k < x->version_count; k++)
			if (bytes_equal(wire_bytes(event->records[i]->record), BYTES_ID(x->versions[k])))
				return true;
	return false;
}

static enum err note_request(struct history *h, const Medlock__Event *event)
{
	void *grown;

	if (event->request.len != ID_SIZE || event->actor.len != ID_SIZE || h->asked_count == REQUESTS_SEEN_MAX)
		return ERR_OK;
	grown = realloc(h->asked, (h->asked_count + 1) * sizeof(*h->asked));
	if (grown == NULL)
		return ERR_MEMORY;
	h->asked = grown;
	ID_COPY(h->asked[h->asked_count].request, event->request.data);
	ID_COPY(h->asked[h->asked_count].who, event->actor.data);
	h->asked_count++;
	return ERR_OK;
}

static enum err note_reader(struct history *h, const struct account_id *who, int64_t at)
{
	struct app_erased *x = h->to;
	struct app_erased_reader *grown;
	size_t i = 0;

	while (i < x->reader_count && !ID_EQUAL(x->readers[i].who, *who))
		i++;
	if (i == x->reader_count) {
		grown = realloc(x->readers, (i + 1) * sizeof(*grown));
		if (grown == NULL)
			return ERR_MEMORY;
		x->readers = grown;
		x->readers[x->reader_count++] = (struct app_erased_reader){.who = *who};
	}
	x->readers[i].times++;
	x->readers[i].last.v = at;
	return ERR_OK;
}

static enum err note_release(struct history *h, const Medlock__Event *event)
{
	for (size_t i = h->asked_count; i-- > 0;)
		if (bytes_equal(wire_bytes(event->request), BYTES_ID(h->asked[i].request)))
			return note_reader(h, &h->asked[i].who, event->time);
	return ERR_OK;
}

static enum err look(void *self, const Medlock__Event *event, struct bytes raw)
{
	struct history *h = self;

	(void)raw;
	if (event->kind == ACTION_ACCESS_REQUEST)
		return note_request(h, event);
	if (event->kind == ACTION_RELEASE_RECEIPT && names(h->to, event))
		return note_release(h, event);
	if (event->kind == ACTION_RECORD_ERASE && event->n_records == 1 && event->tx.len == ID_SIZE &&
	    bytes_equal(wire_bytes(event->records[0]->record), BYTES_ID(h->to->versions[0]))) {
		ID_COPY(h->to->tx, event->tx.data);
		h->to->height = event->height;
		h->to->at.v = event->time;
	}
	return ERR_OK;
}

static enum err history(struct app *a, struct app_erased *ret, struct err_info *info)
{
	struct history h = {.to = ret};
	enum err e = replica_events(a->replica, &a->me.account, 1, UINT64_MAX, look, &h, info);

	free(h.asked);
	return e;
}

/* ---- what the peers say ---- */

/* One round over the versions; false when the peer does not answer for one. */
static bool ask_once(struct app *a, struct app_erased_peer *p, const struct app_erased *x, size_t peer)
{
	p->blobs = p->held = 0;
	for (size_t i = 0; i < x->version_count; i++) {
		struct peer_call call;
		Medlock__ErasedReply *reply;

		if (link_call(&a->link, &call, peer, true, NULL) != ERR_OK ||
		    peer_erased(&call, &reply, &x->versions[i], NULL) != ERR_OK)
			return false;
		p->blobs += reply->blobs;
		p->held += reply->held;
		WIRE_FREE(reply);
	}
	return true;
}

static void ask_peers(struct app *a, struct app_erased *ret)
{
	for (size_t i = 0; i < a->link.count && ret->peer_count < APP_ERASED_PEERS_MAX; i++) {
		struct app_erased_peer *p = &ret->peers[ret->peer_count++];

		memcpy(p->url, a->link.peers[i].address.url, sizeof(p->url));
		for (unsigned turn = 0; turn < PEER_TURNS && (!p->answered || p->held > 0); turn++) {
			if (turn > 0)
				poll(NULL, 0, SUBMIT_RETRY_MS); /* it deletes after it has executed the block */
			p->answered = ask_once(a, p, ret, i);
		}
	}
}

static enum err erase(struct app *a, struct app_erased *ret, const struct record_id *record, struct err_info *info)
{
	TRY(versions(a, ret, record, info));
	ret->before = true;
	for (size_t i = 0; i < ret->version_count; i++) {
		if (!shows_erased(a, &ret->versions[i])) {
			ret->before = false;
			TRY(order(a, &ret->versions[i], info));
		}
		TRY(forget_here(a, &ret->versions[i], info));
	}
	TRY(history(a, ret, info));
	ask_peers(a, ret);
	return ERR_OK;
}

enum err app_record_erase(struct app *a, struct app_erased *ret, const struct record_id *record, const char *confirm,
			  struct err_info *info)
{
	struct app_erased *done;
	Medlock__RecordState *row = NULL;
	enum err e;

	TRY(app_fresh_or_stored(a, info)); /* the receipt can be read again without any peer; an order needs one */
	TRY(own_record(a, &row, record, info));
	WIRE_FREE(row);
	TRY(check_confirm(record, confirm, info));
	done = calloc(1, sizeof(*done));
	if (done == NULL)
		return ERR_MEMORY;
	e = erase(a, done, record, info);
	if (e == ERR_OK)
		*ret = *done;
	else
		app_erased_release(done);
	free(done);
	return e;
}

void app_erased_release(struct app_erased *e)
{
	free(e->versions);
	free(e->readers);
	*e = (struct app_erased){.version_count = 0};
}
