/* SPDX-License-Identifier: Apache-2.0 */
/* Random changes of accounts' keys, by themselves and by their helpers. */
#include <stdlib.h>

#include "contract_draw.h"

#define HELPERS 3u
#define EARLIER 40u

struct drawn_keys {
	Medlock__AccountKeys x;
	Medlock__KeySet keys;
	Medlock__Helpers helpers;
	struct hash32 account, commitment;
	uint8_t signature[64], salt[16], earlier[EARLIER];
	ProtobufCBinaryData accounts[HELPERS];
};

static int by_bytes(const void *x, const void *y)
{
	return memcmp(((const ProtobufCBinaryData *)x)->data, ((const ProtobufCBinaryData *)y)->data, 32);
}

/* Everybody has the same helpers, the third to fifth after themselves, so that what was committed to can be opened. */
static const struct world_account *helper_of(struct draw *d, const struct world_account *of, size_t i)
{
	for (size_t at = 0; at < d->people_count; at++)
		if (ID_EQUAL(d->people[at].id, of->id))
			return &d->people[(at + i + 3) % d->people_count];
	return &d->people[i];
}

static void fill_helpers(struct draw *d, struct drawn_keys *k, const struct world_account *of)
{
	size_t people = d->people_count;

	d->people_count = people < 12 ? people : 12; /* later people must not move those who help */
	for (size_t i = 0; i < HELPERS; i++)
		k->accounts[i] = wire_data(BYTES_ID(helper_of(d, of, i)->id));
	d->people_count = people;
	qsort(k->accounts, HELPERS, sizeof(k->accounts[0]), by_bytes);
	k->helpers = (Medlock__Helpers)MEDLOCK__HELPERS__INIT;
	k->helpers.salt = wire_data(bytes_of(d->helpers_salt.b, 16));
	k->helpers.threshold = 2;
	k->helpers.accounts = k->accounts;
	k->helpers.n_accounts = HELPERS;
}

/* Fresh keys, or ones that somebody has or had. */
static const struct world_account *draw_new_keys(struct draw *d, const struct world_account *of)
{
	struct world_account *fresh;

	if (d->other_count == DRAW_OTHER_KEYS || once_in(d, 8))
		return d->other_count && once_in(d, 2) ? &d->other[below(d, d->other_count)] : of;
	fresh = &d->other[d->other_count++];
	world_account_new(fresh, d->rng, &d->w->network, of->role);
	fresh->id = of->id;
	return fresh;
}

static void fill_keys(struct draw *d, struct drawn_keys *k, const struct world_account *of)
{
	const struct world_account *with = draw_new_keys(d, of);

	world_keyset(&k->keys, with);
	world_keys_sign(k->signature, with, &d->w->network);
	k->signature[3] ^= once_in(d, 20);
	k->x.keys = &k->keys;
	k->x.keys_signature = wire_data(bytes_of(k->signature, 64));
	rng_fill(d->rng, k->earlier, EARLIER);
	k->x.earlier = wire_data(bytes_of(k->earlier, once_in(d, 3) ? 0 : EARLIER));
}

static void draw_by_helpers(struct draw *d, struct buf *ret_tx, struct drawn_keys *k, const struct world_account *of)
{
	const struct world_account *who[HELPERS + 2];
	Medlock__Body body = world_body(d->w, k->salt);
	size_t n = 0;

	fill_keys(d, k, of);
	k->x.by_helpers = &k->helpers;
	k->helpers.threshold += once_in(d, 20);
	for (size_t i = 0; i < HELPERS; i++) {
		struct hash32 id = m_id(k->accounts[i]);

		if (!once_in(d, 6))
			who[n++] = draw_keys_of(d, &id);
	}
	if (!once_in(d, 8))
		who[n++] = &d->w->ca;
	if (n == 0 || once_in(d, 15))
		who[n++] = draw_person(d, 0);
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &k->x;
	if (once_in(d, 10))
		draw_finish(d, ret_tx, &body, who[0]);
	else
		draw_signed_by(d, ret_tx, &body, who, n);
}

void draw_account_keys(struct draw *d, struct buf *ret_tx)
{
	const struct world_account *of = &d->people[below(d, d->people_count)];
	struct drawn_keys k = {.x = MEDLOCK__ACCOUNT_KEYS__INIT};
	const struct m_account *row;
	Medlock__Body body = world_body(d->w, k.salt);

	if (once_in(d, 2)) /* few, to whom it happens more than once */
		of = &d->people[5 + below(d, 2)];
	memcpy(k.account.b, of->id.b, 32);
	if (once_in(d, 25))
		k.account = draw_nobody(d);
	k.x.account = m_data(&k.account);
	fill_helpers(d, &k, of);
	row = m_account(d->model, &k.account);
	if (once_in(d, row && row->helpers.len ? 2 : 12)) {
		draw_by_helpers(d, ret_tx, &k, of);
		return;
	}
	if (once_in(d, row && row->pending ? 3 : 12)) {
		k.x.cancel = true;
	} else {
		if (once_in(d, 3))
			fill_keys(d, &k, of);
		if (!k.x.keys || once_in(d, 4)) {
			k.commitment = helpers_commitment(&of->id, &k.helpers);
			if (once_in(d, 12))
				k.commitment = (struct hash32){{0}};
			k.x.helpers = m_data(&k.commitment);
		}
	}
	body.action_case = MEDLOCK__BODY__ACTION_ACCOUNT_KEYS;
	body.account_keys = &k.x;
	draw_finish(d, ret_tx, &body, of);
}
