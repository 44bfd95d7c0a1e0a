/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/preview_world.h"

#include <stdlib.h>

static enum err take_record(void *self, const struct record_id *id, const Medlock__RecordState *record)
{
	struct preview_world *w = self;
	struct consent_record *grown;

	if (record->status != RECORD_STATUS_LIVE)
		return ERR_OK;
	grown = realloc(w->records, (w->record_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	w->records = grown;
	w->records[w->record_count++] = consent_record_of(id, record);
	return ERR_OK;
}

static void actor_of_state(struct consent_question *q, const Medlock__AccountState *s)
{
	q->role = s->role;
	q->rights = s->rights;
	q->licensed = !s->revoked;
	if (s->organisation.len == ID_SIZE)
		ID_COPY(q->organisation, s->organisation.data);
}

/* As it stands now, when a peer can be asked: somebody may have been revoked, or act for another institute, since the
 * row was stored.  Some rows are not ours to read.
 */
static bool account_of(struct app *a, Medlock__AccountState **ret, const struct account_id *who)
{
	struct state_key key = state_key_account(who);

	if (a->synced)
		(void)!replica_prove(a->replica, NULL, &a->link, state_key_bytes(&key), NULL, NULL);
	return replica_account(a->replica, ret, who, NULL) == ERR_OK;
}

enum err preview_actor(struct app *a, struct consent_question *ret, const struct account_id *who, struct err_info *info)
{
	const struct book_row *row = book_by_id(&a->book, who->b);
	struct consent_question q = {.account = *who, .licensed = true,
				     .own = app_acts_for(a, &a->owner, who, SCOPE_READ) == ERR_OK};
	Medlock__AccountState *state;

	if (account_of(a, &state, who)) {
		actor_of_state(&q, state);
		WIRE_FREE(state);
	} else if (row != NULL) {
		q.role = row->role;
		ID_COPY(q.organisation, row->organisation);
	} else if (q.own) {
		q.role = ROLE_PATIENT;
	} else {
		return err_set(info, ERR_NO_CONTACT, "neither the ledger nor your contacts know this account");
	}
	*ret = q;
	return ERR_OK;
}

/* Who may open her records in her stead. */
static enum err take_proxy(struct app *a, void *self, const struct account_id *delegate)
{
	struct preview_world *w = self;

	if (app_acts_for(a, &a->owner, delegate, SCOPE_READ) != ERR_OK ||
	    w->actor_count >= a->book.count + PROXIES_PER_ACCOUNT_MAX)
		return ERR_OK;
	return preview_actor(a, &w->actors[w->actor_count++], delegate, NULL);
}

/* Everybody in the book who could ask, and who acts for the owner: not other patients, not the owner herself. */
static enum err take_actors(struct app *a, struct preview_world *w, struct err_info *info)
{
	w->actors = calloc(a->book.count + PROXIES_PER_ACCOUNT_MAX + 1, sizeof(*w->actors));
	if (w->actors == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < a->book.count; i++) {
		const struct book_row *row = &a->book.rows[i];
		struct account_id id;

		ID_COPY(id, row->id);
		if (row->kind != BOOK_PERSON || (row->role != ROLE_CLINICIAN && row->role != ROLE_RESEARCHER))
			continue;
		if (preview_actor(a, &w->actors[w->actor_count], &id, info) == ERR_OK)
			w->actor_count++;
	}
	return app_each_proxy(a, take_proxy, w, info);
}

enum err preview_world_load(struct app *a, struct preview_world *ret, struct err_info *info)
{
	struct preview_world w = {0};
	enum err e = app_policy_load(a, &w.policy, &a->owner, info);

	if (e == ERR_OK)
		e = replica_records(a->replica, &a->owner, take_record, &w, info);
	if (e == ERR_OK)
		e = take_actors(a, &w, info);
	if (e != ERR_OK) {
		preview_world_release(&w);
		return e;
	}
	*ret = w;
	return ERR_OK;
}

void preview_world_release(struct preview_world *w)
{
	if (w == NULL)
		return;
	policy_release(&w->policy);
	free(w->records);
	free(w->actors);
	*w = (struct preview_world){0};
}
