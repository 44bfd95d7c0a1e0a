/* SPDX-License-Identifier: Apache-2.0 */
/* Random acts of depositors, custodians and operators. */
#include <stdlib.h>

#include "contract_draw.h"

static void set_bytes(ProtobufCBinaryData *to, const uint8_t *from, size_t len)
{
	free(to->data);
	to->data = malloc(len ? len : 1);
	to->len = len;
	ASSERT(to->data);
	if (len)
		memcpy(to->data, from, len);
}

/* ---- deposits ------------------------------------------------------------------------------------- */

/* Somebody whose certificate lets them deposit for their organisation; else the authority. */
static const struct world_account *draw_depositor(struct draw *d)
{
	for (int i = 0; i < 30 && !once_in(d, 20); i++) {
		const struct m_account *row = &d->model->accounts[below(d, d->model->account_count)];

		if ((row->rights & RIGHT_DEPOSIT) && row->organisation.len && row->role != ROLE_PATIENT &&
		    !row->revoked && row->not_after > d->w->block.time.v && draw_keys_of(d, &row->id))
			return draw_keys_of(d, &row->id);
	}
	return &d->w->ca;
}

static void draw_content(struct draw *d, Medlock__RecordDeposit *x)
{
	static const uint32_t labels[] = {LABEL_PSY, LABEL_HIV, LABEL_PDS};

	x->labels = calloc(3, sizeof(*x->labels));
	ASSERT(x->labels);
	for (size_t i = 0; i < 3; i++)
		if (once_in(d, 6))
			x->labels[x->n_labels++] = labels[i];
	if (once_in(d, 3))
		x->confidentiality = 1 + (uint32_t)below(d, 6);
	if (!once_in(d, 3)) {
		x->period = malloc(sizeof(*x->period));
		ASSERT(x->period);
		*x->period = (Medlock__Period)MEDLOCK__PERIOD__INIT;
		x->period->from = 1 + (int64_t)below(d, 5);
		x->period->to = x->period->from + (int64_t)below(d, 30); /* seldom an empty one, which is refused */
	}
	for (size_t i = 0; i < x->n_renditions; i++)
		x->renditions[i]->key_generation = d->model->network->key_generation + once_in(d, 30) - once_in(d, 30);
}

static void draw_author(struct draw *d, Medlock__RecordDeposit *x, const struct world_account *by)
{
	struct hash32 id;
	const struct m_account *row;

	memcpy(id.b, by->id.b, 32);
	row = m_account(d->model, &id);
	if (once_in(d, 15))
		set_bytes(&x->organisation, d->organisations[below(d, DRAW_ORGANISATIONS)].b, 32);
	else if (row && row->organisation.len)
		set_bytes(&x->organisation, row->organisation.b, 32);
	else if (once_in(d, 2))
		set_bytes(&x->organisation, NULL, 0);
}

/* Capsules that are not for this deposit, not new or not right. */
static void spoil_capsules(struct draw *d, Medlock__RecordDeposit *x)
{
	const struct model *m = d->model;
	ProtobufCBinaryData *last = &x->renditions[x->n_renditions - 1]->capsule;

	switch (below(d, 24)) {
	case 0:
		x->category = CATEGORY_DX;
		break;
	case 1:
		last->data[below(d, 160)] ^= (uint8_t)(1u << below(d, 8));
		break;
	case 2:
		memcpy(last->data, x->renditions[0]->capsule.data, 160);
		break;
	case 3:
		if (m->record_count)
			memcpy(last->data, m->records[below(d, m->record_count)].deposit->renditions[0]->capsule.data, 160);
		break;
	default:
		break;
	}
}

void draw_deposit(struct draw *d, struct buf *ret_tx)
{
	static const uint32_t categories[] = {CATEGORY_MED, CATEGORY_LAB, CATEGORY_IMG};
	const struct model *m = d->model;
	const struct m_record *old = m->record_count && once_in(d, 5) ? &m->records[below(d, m->record_count)] : NULL;
	const struct world_account *by = old ? draw_keys_of(d, &old->depositor) : draw_depositor(d);
	const struct world_account *patient = once_in(d, 20) ? draw_person(d, 0) : draw_patient(d);
	struct account_id owner = patient->id;
	Medlock__RecordDeposit *x;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	if (!by || (old && once_in(d, 5)))
		by = draw_depositor(d);
	if (old && !once_in(d, 8))
		ID_COPY(owner, old->deposit->owner.data);
	else if (once_in(d, 30))
		ID_COPY(owner, draw_nobody(d).b);
	x = world_deposit_new(d->w, &owner, by, categories[below(d, 3)], 2u * (1 + (uint32_t)below(d, 3)));
	draw_content(d, x);
	draw_author(d, x, by);
	if (old)
		set_bytes(&x->supersedes, once_in(d, 10) ? draw_nobody(d).b : old->id.b, 32);
	world_deposit_seal(d->w, x, &by->id);
	spoil_capsules(d, x);
	body.action_case = old ? MEDLOCK__BODY__ACTION_RECORD_AMEND : MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	if (old)
		body.record_amend = x;
	else
		body.record_deposit = x;
	draw_finish(d, ret_tx, &body, by);
	world_deposit_free(x);
}

/* Mostly by the owner, seldom by who acts for her, or of what nobody knows. */
void draw_erase(struct draw *d, struct buf *ret_tx)
{
	const struct model *m = d->model;
	const struct m_record *of = m->record_count ? &m->records[below(d, m->record_count)] : NULL;
	struct hash32 record = of && !once_in(d, 12) ? of->id : draw_nobody(d), owner = of ? m_id(of->deposit->owner) : record;
	const struct world_account *by = draw_keys_of(d, &owner);
	Medlock__RecordErase x = MEDLOCK__RECORD_ERASE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	x.record = m_data(&record);
	body.action_case = MEDLOCK__BODY__ACTION_RECORD_ERASE;
	body.record_erase = &x;
	draw_finish(d, ret_tx, &body, by && !once_in(d, 10) ? by : draw_patient(d));
}

/* ---- receipts ------------------------------------------------------------------------------------- */

#define RECEIPTS 4u

void draw_receipt(struct draw *d, struct buf *ret_tx)
{
	const struct model *m = d->model;
	struct hash32 request[RECEIPTS], record[RECEIPTS];
	Medlock__Released released[RECEIPTS], *list[RECEIPTS];
	Medlock__ReleaseReceipt x = MEDLOCK__RELEASE_RECEIPT__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	x.released = list;
	for (size_t tries = 0; tries < 60 && x.n_released < RECEIPTS && m->request_count; tries++) {
		const struct m_request *r = &m->requests[below(d, m->request_count)];
		const struct m_decided *given = r->given_count ? &r->given[below(d, r->given_count)] : NULL;
		size_t at = x.n_released;

		if (!given || (given->decision != DECISION_GRANTED && !once_in(d, 30)))
			continue;
		request[at] = once_in(d, 60) ? draw_nobody(d) : r->id;
		record[at] = once_in(d, 60) ? draw_nobody(d) : given->record;
		released[at] = (Medlock__Released)MEDLOCK__RELEASED__INIT;
		released[at].request = m_data(&request[at]);
		released[at].record = m_data(&record[at]);
		released[at].form = given->form ? given->form : FORM_FULL;
		if (once_in(d, 8))
			released[at].form = 1 + (uint32_t)below(d, 2);
		list[x.n_released++] = &released[at];
		if (once_in(d, 3))
			break;
	}
	body.action_case = MEDLOCK__BODY__ACTION_RELEASE_RECEIPT;
	body.release_receipt = &x;
	draw_finish(d, ret_tx, &body, once_in(d, 10) ? draw_person(d, 0) : &d->w->peer[below(d, 3)]);
}

/* ---- the network ---------------------------------------------------------------------------------- */

static void add_member(ProtobufCBinaryData **list, size_t *count, const uint8_t id[32])
{
	ProtobufCBinaryData *more = realloc(*list, (*count + 1) * sizeof(*more));

	ASSERT(more);
	more[*count] = (ProtobufCBinaryData){0};
	set_bytes(&more[*count], id, 32);
	*list = more;
	++*count;
}

static void drop_member(struct draw *d, ProtobufCBinaryData *list, size_t *count)
{
	size_t at = below(d, *count);

	free(list[at].data);
	list[at] = list[--*count];
}

static void change_custodians(struct draw *d, Medlock__Network *n)
{
	for (size_t i = 0; i < n->n_custodians; i++)
		WIRE_FREE(n->custodians[i]);
	free(n->custodians);
	n->n_custodians = n->threshold + below(d, 4 - n->threshold);
	n->custodians = calloc(3, sizeof(*n->custodians));
	ASSERT(n->custodians);
	for (size_t i = 0; i < n->n_custodians; i++) {
		n->custodians[i] = malloc(sizeof(*n->custodians[i]));
		ASSERT(n->custodians[i]);
		*n->custodians[i] = (Medlock__Custodian)MEDLOCK__CUSTODIAN__INIT;
		n->custodians[i]->index = (uint32_t)i + 1;
		set_bytes(&n->custodians[i]->account, d->w->peer[i].id.b, 32);
	}
}

/* Another key of the custodians, or none at all; the generation goes up with it, mostly. */
static void change_key(struct draw *d, Medlock__Network *n)
{
	size_t threshold = once_in(d, 6) ? 0 : 2;

	for (size_t i = 0; i < n->n_commitments; i++)
		free(n->commitments[i].data);
	free(n->commitments);
	n->commitments = NULL;
	n->n_commitments = 0;
	while (n->n_commitments < threshold) {
		add_member(&n->commitments, &n->n_commitments, d->w->op.id.b);
		set_bytes(&n->commitments[n->n_commitments - 1], d->people[below(d, d->people_count)].open, 48);
	}
	n->threshold = (uint32_t)threshold;
	change_custodians(d, n);
	if (!threshold)
		while (n->n_custodians)
			WIRE_FREE(n->custodians[--n->n_custodians]);
	n->key_generation += once_in(d, 5) ? (uint32_t)below(d, 3) : 1;
}

static void add_peer(struct draw *d, Medlock__Network *n)
{
	static const char url[] = "https://peer.example:8443";
	Medlock__Peer **more = realloc(n->peers, (n->n_peers + 1) * sizeof(*more)), *p = malloc(sizeof(*p));

	ASSERT(more && p);
	*p = (Medlock__Peer)MEDLOCK__PEER__INIT;
	set_bytes(&p->account, draw_person(d, once_in(d, 3) ? 0 : ROLE_PEER)->id.b, 32);
	set_bytes(&p->spki, draw_nobody(d).b, 32);
	p->url = malloc(sizeof(url));
	ASSERT(p->url);
	memcpy(p->url, url, sizeof(url));
	more[n->n_peers++] = p;
	n->peers = more;
}

static void change(struct draw *d, Medlock__Network *n)
{
	switch (below(d, 12)) {
	case 0:
		add_member(&n->authorities, &n->n_authorities, draw_person(d, ROLE_OFFICER)->id.b);
		break;
	case 1:
	case 2:
		add_member(&n->operators, &n->n_operators, draw_person(d, once_in(d, 2) ? ROLE_PEER : ROLE_OFFICER)->id.b);
		break;
	case 3:
		if (n->n_operators > 1)
			drop_member(d, n->operators, &n->n_operators);
		break;
	case 4:
		if (n->n_authorities > 1 || (n->n_authorities && once_in(d, 3)))
			drop_member(d, n->authorities, &n->n_authorities);
		break;
	case 5:
		change_custodians(d, n);
		break;
	case 6:
		change_key(d, n);
		break;
	case 7:
		n->validators[0]->power += once_in(d, 2);
		break;
	case 8:
		add_peer(d, n);
		break;
	case 9:
		add_member(&n->authorities, &n->n_authorities, draw_nobody(d).b);
		break;
	default:
		n->parameters->grant_ms = 1 + below(d, once_in(d, 2) ? 100 : 40 * (size_t)MS_PER_DAY);
		n->parameters->emergency_ms = 1 + below(d, (size_t)MS_PER_DAY);
		n->parameters->question_ms = once_in(d, 3) ? 0 : below(d, 20 * (size_t)MS_PER_DAY);
		break;
	}
}

static int by_account(const void *x, const void *y)
{
	const struct world_account *const *a = x, *const *b = y;

	return memcmp((*a)->id.b, (*b)->id.b, 32);
}

void draw_signed_by(struct draw *d, struct buf *ret_tx, Medlock__Body *body, const struct world_account **who, size_t n)
{
	Medlock__Signature by[APPROVALS_MAX], *list[APPROVALS_MAX];
	Medlock__Approvals approvals = MEDLOCK__APPROVALS__INIT;
	Medlock__Auth auth = MEDLOCK__AUTH__INIT;
	Medlock__Tx tx = MEDLOCK__TX__INIT;
	struct signature signature[APPROVALS_MAX];
	struct buf bytes = BUF_INIT;
	struct hash32 hash;

	if (!once_in(d, 30))
		qsort(who, n, sizeof(*who), by_account);
	WIRE_ENCODE(&bytes, body);
	hash = tx_signing_hash(&d->w->network, buf_bytes(&bytes));
	for (size_t i = 0; i < n; i++) {
		sign_make(&signature[i], draw_current(d, who[i])->sign_seed, BYTES_ID(hash));
		signature[i].b[0] ^= once_in(d, 30);
		by[i] = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
		by[i].account = wire_data(BYTES_ID(who[i]->id));
		by[i].signature = wire_data(BYTES_ID(signature[i]));
		list[i] = &by[i];
	}
	approvals.signatures = list;
	approvals.n_signatures = n;
	auth.by_case = MEDLOCK__AUTH__BY_APPROVALS;
	auth.approvals = &approvals;
	tx.body = wire_data(buf_bytes(&bytes));
	tx.auth = &auth;
	WIRE_ENCODE(ret_tx, &tx);
	ASSERT(buf_error(ret_tx) == ERR_OK);
	buf_release(&bytes);
}

bool draw_by_officers(struct draw *d, struct buf *ret_tx, Medlock__Body *body)
{
	const struct world_account *who[APPROVALS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < d->model->network->n_authorities && n < APPROVALS_MAX - 1; i++) {
		struct hash32 id = m_id(d->model->network->authorities[i]);

		if (!once_in(d, 8) && draw_keys_of(d, &id))
			who[n++] = draw_keys_of(d, &id);
	}
	if (n == 0)
		return false;
	if (once_in(d, 12))
		who[n++] = draw_person(d, ROLE_OFFICER);
	tx_body_sort(body);
	draw_signed_by(d, ret_tx, body, who, n);
	return true;
}

/* Most of the operators, seldom somebody else too, sign one body together. */
static void draw_together(struct draw *d, struct buf *ret_tx, Medlock__Body *body)
{
	const struct world_account *who[APPROVALS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < d->model->network->n_operators && n < APPROVALS_MAX - 1; i++) {
		struct hash32 id = m_id(d->model->network->operators[i]);

		if (!once_in(d, 8) && draw_keys_of(d, &id))
			who[n++] = draw_keys_of(d, &id);
	}
	if (n == 0 || once_in(d, 12))
		who[n++] = draw_person(d, 0);
	draw_signed_by(d, ret_tx, body, who, n);
}

void draw_network(struct draw *d, struct buf *ret_tx)
{
	Medlock__NetworkSet x = MEDLOCK__NETWORK_SET__INIT;
	Medlock__CertRevoke revoke = MEDLOCK__CERT_REVOKE__INIT;
	Medlock__Network *n = m_clone(d->model->network);
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	n->version += once_in(d, 10) ? below(d, 3) : 1;
	change(d, n);
	if (once_in(d, 4))
		change(d, n);
	x.network = n;
	body.action_case = MEDLOCK__BODY__ACTION_NETWORK_SET;
	body.network_set = &x;
	if (once_in(d, 20)) { /* what many may not sign together */
		revoke.account = n->operators[0];
		body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
		body.cert_revoke = &revoke;
	}
	tx_body_sort(&body);
	if (d->model->network->n_operators == 1 && !once_in(d, 4))
		draw_finish(d, ret_tx, &body, once_in(d, 8) ? draw_person(d, ROLE_PEER) : &d->w->op);
	else
		draw_together(d, ret_tx, &body);
	WIRE_FREE(n);
}
