/* SPDX-License-Identifier: Apache-2.0 */
#include "contract_draw.h"

#include <stdlib.h>

bool once_in(struct draw *d, unsigned n)
{
	return rng_below(d->rng, n) == 0;
}

size_t below(struct draw *d, size_t n)
{
	return (size_t)rng_below(d->rng, n);
}

static const struct world_account *try_person(struct draw *d, uint32_t role)
{
	for (int i = 0; i < 60; i++) {
		const struct world_account *p = &d->people[below(d, d->people_count)];

		if (role == 0 || p->role == role)
			return p;
	}
	return NULL;
}

const struct world_account *draw_person(struct draw *d, uint32_t role)
{
	const struct world_account *p = try_person(d, role);

	return p ? p : &d->people[below(d, d->people_count)];
}

const struct world_account *draw_patient(struct draw *d)
{
	return once_in(d, 4) ? draw_person(d, ROLE_PATIENT) : &d->people[5 + below(d, 2)];
}

const struct world_account *draw_keys_of(struct draw *d, const struct hash32 *id)
{
	for (size_t i = 0; i < d->people_count; i++)
		if (memcmp(d->people[i].id.b, id->b, 32) == 0)
			return &d->people[i];
	return NULL;
}

const struct world_account *draw_current(struct draw *d, const struct world_account *p)
{
	struct hash32 id;
	const struct m_account *row;
	struct bytes now;

	memcpy(id.b, p->id.b, 32);
	row = m_account(d->model, &id);
	if (!row || row->generation + (row->pending != NULL) == 0)
		return p;
	now = wire_bytes(m_keys_of(row, d->w->block.time.v)->sign);
	for (size_t i = 0; i < d->other_count; i++)
		if (ID_EQUAL(d->other[i].id, p->id) && bytes_equal(BYTES_ID(d->other[i].sign), now))
			return &d->other[i];
	return p;
}

struct hash32 draw_nobody(struct draw *d)
{
	struct hash32 id;

	rng_fill(d->rng, id.b, 32);
	return id;
}

void draw_init(struct draw *d, struct world *w, struct model *model)
{
	const struct world_account *own[] = {&w->op, &w->ca, &w->peer[0], &w->peer[1], &w->peer[2]};

	*d = (struct draw){.w = w, .model = model, .rng = w->rng};
	for (size_t i = 0; i < 5; i++)
		d->people[d->people_count++] = *own[i];
	for (size_t i = 0; i < DRAW_ORGANISATIONS; i++)
		rng_fill(d->rng, d->organisations[i].b, 32);
	for (size_t i = 0; i < DRAW_PROJECTS; i++)
		d->projects[i] = draw_nobody(d);
	d->helpers_salt = draw_nobody(d);
	if (once_in(d, 4)) /* a name like others, though nothing but zeros */
		d->organisations[0] = (struct organisation_id){{0}};
	if (once_in(d, 4))
		d->projects[0] = (struct hash32){{0}};
}

void draw_release(struct draw *d)
{
	for (size_t i = 5; i < d->people_count; i++)
		world_account_release(&d->people[i]);
	for (size_t i = 0; i < d->other_count; i++)
		world_account_release(&d->other[i]);
	for (size_t i = 0; i < d->past_count; i++)
		buf_release(&d->past[i]);
}

/* When it may enter a block: mostly soon, now and then on an edge or past it. */
static uint64_t draw_until(struct draw *d)
{
	uint64_t height = d->w->block.height;

	switch (below(d, 30)) {
	case 0:
		return height - 1;
	case 1:
		return height;
	case 2:
		return height + TX_VALID_AHEAD_MAX;
	case 3:
		return height + TX_VALID_AHEAD_MAX + 1;
	default:
		return height + 1 + below(d, 40);
	}
}

static void keep(struct draw *d, const struct buf *tx)
{
	size_t at = d->past_count < DRAW_PAST ? d->past_count++ : below(d, DRAW_PAST);

	buf_clear(&d->past[at]);
	buf_append_bytes(&d->past[at], buf_bytes(tx));
}

void draw_finish(struct draw *d, struct buf *ret_tx, Medlock__Body *body, const struct world_account *by)
{
	struct hash32 other = draw_nobody(d);

	tx_body_sort(body);
	body->valid_until = draw_until(d);
	if (once_in(d, 60))
		body->network_id = m_data(&other);
	if (once_in(d, 20))
		by = draw_person(d, 0);
	world_sign(ret_tx, d->w, body, once_in(d, 15) ? by : draw_current(d, by));
	if (once_in(d, 40)) /* the signature comes last */
		ret_tx->data[ret_tx->len - 1 - below(d, 64)] ^= (uint8_t)(1u << below(d, 8));
	if (once_in(d, 100))
		ret_tx->data[below(d, ret_tx->len)] ^= (uint8_t)(1u << below(d, 8));
	keep(d, ret_tx);
}

/* ---- certificates -------------------------------------------------------------------------------- */

struct drawn_anchor {
	Medlock__CertAnchor x;
	Medlock__KeySet keys;
	uint8_t signature[64], salt[16];
	struct hash32 certificate, account;
	uint32_t purposes[22];
};

static void fill_anchor(struct draw *d, struct drawn_anchor *c, struct world_account *of)
{
	static const uint32_t usual[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_HRESCH, PURPOSE_POARCH};

	c->x = (Medlock__CertAnchor)MEDLOCK__CERT_ANCHOR__INIT;
	c->certificate = draw_nobody(d);
	c->account = (struct hash32){{0}};
	memcpy(c->account.b, of->id.b, 32);
	c->x.account = m_data(&c->account);
	c->x.role = of->role;
	c->x.certificate = m_data(&c->certificate);
	c->x.not_after = d->w->block.time.v + (int64_t)(1 + below(d, once_in(d, 3) ? 30 : 900)) * MS_PER_DAY;
	if (!once_in(d, 3)) {
		of->organisation = d->organisations[below(d, DRAW_ORGANISATIONS)];
		c->x.organisation = wire_data(BYTES_ID(of->organisation));
	}
	c->x.rights = (uint32_t)below(d, 4);
	c->x.purposes = c->purposes;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (!once_in(d, 4))
			c->purposes[c->x.n_purposes++] = usual[i];
}

static void add_keys(struct draw *d, struct drawn_anchor *c, const struct world_account *of)
{
	world_keyset(&c->keys, of);
	world_keys_sign(c->signature, of, &d->w->network);
	c->x.keys = &c->keys;
	c->x.keys_signature = wire_data(bytes_of(c->signature, 64));
}

/* Some patients are minors, for some weeks. */
static void draw_minor_date(struct draw *d, struct drawn_anchor *c)
{
	if (c->x.role != ROLE_PATIENT || !c->x.keys || !once_in(d, 2))
		return;
	c->x.minor_until = d->w->block.time.v + (int64_t)below(d, 90 * MS_PER_DAY);
	if (once_in(d, 10))
		c->x.minor_until = once_in(d, 2) ? d->w->block.time.v : d->w->block.time.v + MINOR_MS_MAX + (int64_t)below(d, 2);
}

static Medlock__Body anchor_body(struct draw *d, struct drawn_anchor *c)
{
	Medlock__Body body = world_body(d->w, c->salt);

	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c->x;
	return body;
}

void draw_enrol(struct draw *d, struct buf *ret_tx, uint32_t role)
{
	struct world_account *of = &d->people[d->people_count++];
	struct drawn_anchor c = {0};
	Medlock__Body body;

	ASSERT(d->people_count <= DRAW_PEOPLE);
	world_account_new(of, d->rng, &d->w->network, role);
	fill_anchor(d, &c, of);
	add_keys(d, &c, of);
	draw_minor_date(d, &c);
	body = anchor_body(d, &c);
	world_sign(ret_tx, d->w, &body, draw_current(d, &d->w->ca));
	keep(d, ret_tx);
}

/* A key set that is not quite right. */
static void spoil_keys(struct draw *d, struct drawn_anchor *c, struct world_account *of)
{
	static const struct network_id elsewhere = {{7}};

	switch (below(d, 12)) {
	case 0:
		c->signature[below(d, 64)] ^= 1;
		break;
	case 1:
		world_keys_sign(c->signature, of, &elsewhere);
		break;
	case 2: /* a proof for another network; the name then is another's too */
		if (of < &d->people[5])
			break; /* the world's own: their keys are its to free */
		world_account_release(of);
		world_account_new(of, d->rng, &elsewhere, of->role);
		memcpy(c->account.b, of->id.b, 32);
		add_keys(d, c, of);
		break;
	default:
		break;
	}
}

/* Whoever is on hold or ended, if anybody: with the certificate of then, or nearly. */
static bool draw_lifted(struct draw *d, struct buf *ret_tx)
{
	struct drawn_anchor c = {0};
	const struct m_account *on = NULL;
	Medlock__Body body;

	for (size_t i = 0, from = below(d, d->model->account_count); i < d->model->account_count && !on; i++) {
		const struct m_account *x = &d->model->accounts[(from + i) % d->model->account_count];

		if (x->revoked && x->certificate.len > 0 && (x->revoke_reason == REVOKE_REASON_HOLD || once_in(d, 8)))
			on = x;
	}
	if (!on)
		return false;
	c.x = (Medlock__CertAnchor)MEDLOCK__CERT_ANCHOR__INIT;
	c.account = on->id;
	c.x.account = m_data(&c.account);
	c.x.role = on->role;
	c.x.certificate = m_name_data(&on->certificate);
	c.x.organisation = m_name_data(&on->organisation);
	c.x.not_after = on->not_after;
	c.x.rights = on->rights ^ (once_in(d, 10) ? 1 : 0);
	c.x.purposes = c.purposes;
	c.x.n_purposes = on->purpose_count - (on->purpose_count > 0 && once_in(d, 10));
	memcpy(c.purposes, on->purposes, c.x.n_purposes * sizeof(*c.purposes));
	if (once_in(d, 10))
		c.x.certificate = m_data(&c.account);
	body = anchor_body(d, &c);
	if (once_in(d, 3) || !draw_by_officers(d, ret_tx, &body))
		draw_finish(d, ret_tx, &body, &d->w->ca);
	return true;
}

static void draw_anchor(struct draw *d, struct buf *ret_tx)
{
	bool fresh = d->people_count < DRAW_PEOPLE && once_in(d, 2);
	struct world_account *of = &d->people[fresh ? d->people_count++ : below(d, d->people_count)];
	struct drawn_anchor c = {0};
	Medlock__Body body;

	if (!fresh && once_in(d, 2) && draw_lifted(d, ret_tx))
		return;
	if (!fresh && once_in(d, 2)) /* a reader whose purposes change */
		of = &d->people[7 + below(d, 4)];
	if (fresh)
		world_account_new(of, d->rng, &d->w->network, 1 + (uint32_t)below(d, once_in(d, 6) ? 7 : 4));
	fill_anchor(d, &c, of);
	if (fresh || once_in(d, 6)) {
		add_keys(d, &c, of);
		draw_minor_date(d, &c);
		spoil_keys(d, &c, of);
	} else if (once_in(d, 5)) {
		c.x.role = 1 + (uint32_t)below(d, 4);
	} else if (once_in(d, 8)) {
		c.account = draw_nobody(d);
	}
	if (once_in(d, 12))
		c.x.not_after = d->w->block.time.v + (int64_t)below(d, 2);
	body = anchor_body(d, &c);
	if (!once_in(d, 3) || !draw_by_officers(d, ret_tx, &body))
		draw_finish(d, ret_tx, &body, once_in(d, 8) ? draw_person(d, ROLE_OFFICER) : &d->w->ca);
}

static void draw_revoke(struct draw *d, struct buf *ret_tx)
{
	Medlock__CertRevoke x = MEDLOCK__CERT_REVOKE__INIT;
	const struct world_account *of = &d->people[below(d, d->people_count)];
	struct hash32 id;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	if (of < &d->people[7] && !once_in(d, 8)) /* who keeps the story going seldom leaves */
		of = &d->people[below(d, d->people_count)];
	memcpy(id.b, of->id.b, 32);
	if (once_in(d, 10))
		id = draw_nobody(d);
	x.account = m_data(&id);
	x.reason = once_in(d, 3) ? REVOKE_REASON_HOLD : (uint32_t)below(d, 12);
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &x;
	if (!once_in(d, 3) || !draw_by_officers(d, ret_tx, &body))
		draw_finish(d, ret_tx, &body, once_in(d, 4) ? of : once_in(d, 3) ? draw_person(d, 0) : &d->w->ca);
}

/* ---- what was sent before ------------------------------------------------------------------------- */

/* The same bytes; the same body with another signature, or by another account. */
static void draw_again(struct draw *d, struct buf *ret_tx)
{
	const struct buf *old = &d->past[below(d, d->past_count)];
	Medlock__Body *body = NULL;
	struct tx tx;

	if (once_in(d, 2) || tx_parse(&tx, buf_bytes(old), NULL) != ERR_OK) {
		buf_append_bytes(ret_tx, buf_bytes(old));
		if (once_in(d, 5))
			ret_tx->data[ret_tx->len - 1 - below(d, 32)] ^= 1;
		return;
	}
	body = tx.body;
	world_sign(ret_tx, d->w, body, draw_person(d, 0));
	tx_release(&tx);
}

void draw_tx(struct draw *d, struct buf *ret_tx)
{
	static const struct {
		void (*draw)(struct draw *, struct buf *);
		unsigned weight;
	} kinds[] = {{draw_again, 7},  {draw_anchor, 9},  {draw_revoke, 3},   {draw_deposit, 16}, {draw_rules, 16},
		     {draw_pause, 4},  {draw_request, 30}, {draw_answer, 20}, {draw_close, 5},   {draw_receipt, 6},  {draw_network, 7},
		     {draw_account_keys, 8}, {draw_proxy, 18}, {draw_erase, 3}, {draw_question, 10}};
	size_t at = below(d, 162);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); at -= kinds[i++].weight)
		if (at < kinds[i].weight) {
			kinds[i].draw(d, ret_tx);
			return;
		}
	ASSERT(!"the weights add up to less");
}
