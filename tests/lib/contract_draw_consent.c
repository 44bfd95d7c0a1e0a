/* SPDX-License-Identifier: Apache-2.0 */
/* Random acts of owners and of those who read. */
#include <stdlib.h>

#include "contract_draw.h"
#include "core/crypto/seal.h"

#define RULES_AT_ONCE 4u

struct drawn_rule {
	Medlock__Rule x;
	Medlock__Actor actor[3], *actors[3];
	Medlock__Period data;
	Medlock__Research research;
	struct hash32 actor_id[3], record_id[3], author_id[2], project;
	ProtobufCBinaryData records[3], authors[2];
	uint32_t purposes[3], categories[3], labels[3], obligations[3], terms[2];
};

/* She herself, or now and then one who acts for her. */
const struct world_account *draw_actor_for(struct draw *d, const struct world_account *owner)
{
	const struct world_account *p = once_in(d, 2) ? draw_proxy_of(d, &owner->id) : NULL;

	return p ? p : owner;
}

void draw_pause(struct draw *d, struct buf *ret_tx)
{
	Medlock__ConsentPause x = MEDLOCK__CONSENT_PAUSE__INIT;
	const struct world_account *owner = draw_patient(d);
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	x.owner = wire_data(BYTES_ID(owner->id));
	x.paused = once_in(d, 4);
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &x;
	draw_finish(d, ret_tx, &body, once_in(d, 8) ? draw_person(d, ROLE_PATIENT) : draw_actor_for(d, owner));
}

/* ---- rules ---------------------------------------------------------------------------------------- */

/* Some of these codes, often none: then the rule is about all of them. */
static size_t draw_codes(struct draw *d, uint32_t to[3], const uint32_t *from, size_t count, unsigned rarely)
{
	size_t n = 0;

	if (!once_in(d, rarely))
		return 0;
	for (size_t i = 0; i < count && n < 3; i++)
		if (once_in(d, 2))
			to[n++] = from[i];
	return n;
}

static void draw_actor(struct draw *d, struct drawn_rule *r, size_t i)
{
	static const uint32_t kinds[] = {ACTOR_EVERYONE, ACTOR_ACCOUNT, ACTOR_ACCOUNT, ACTOR_ORGANISATION,
					 ACTOR_ORGANISATION, ACTOR_ROLE, ACTOR_ROLE, ACTOR_CARE_TEAM, ACTOR_PROJECT,
					 ACTOR_PERSON_PSEUDONYM};
	Medlock__Actor *a = r->actors[i] = &r->actor[i];
	const uint8_t *id = d->organisations[below(d, DRAW_ORGANISATIONS)].b;

	*a = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
	a->kind = kinds[below(d, sizeof(kinds) / sizeof(*kinds))];
	if (a->kind == ACTOR_ACCOUNT)
		id = draw_person(d, once_in(d, 2) ? ROLE_CLINICIAN : ROLE_RESEARCHER)->id.b;
	else if (a->kind == ACTOR_PROJECT)
		id = d->projects[below(d, DRAW_PROJECTS)].b;
	memcpy(r->actor_id[i].b, id, 32);
	if (a->kind == ACTOR_ROLE)
		a->role = ROLE_CLINICIAN + (uint32_t)below(d, 3);
	else if (a->kind == ACTOR_PERSON_PSEUDONYM)
		a->id = wire_data(bytes_of(draw_person(d, 0)->open, 48));
	else if (a->kind != ACTOR_EVERYONE)
		a->id = m_data(&r->actor_id[i]);
}

static void draw_rule_ids(struct draw *d, struct drawn_rule *r)
{
	r->x.records = r->records;
	r->x.author_organisations = r->authors;
	if (d->model->record_count && once_in(d, 5))
		for (size_t n = 1 + below(d, 3); r->x.n_records < n; r->x.n_records++) {
			r->record_id[r->x.n_records] = d->model->records[below(d, d->model->record_count)].id;
			r->records[r->x.n_records] = m_data(&r->record_id[r->x.n_records]);
		}
	if (!once_in(d, 5))
		return;
	for (size_t n = 1 + below(d, 2); r->x.n_author_organisations < n; r->x.n_author_organisations++) {
		struct hash32 *to = &r->author_id[r->x.n_author_organisations];

		memcpy(to->b, d->organisations[below(d, DRAW_ORGANISATIONS)].b, 32);
		r->authors[r->x.n_author_organisations] = m_data(to);
	}
}

static void draw_times(struct draw *d, struct drawn_rule *r)
{
	int64_t now = d->w->block.time.v;

	if (once_in(d, 4)) {
		r->x.valid_from = now + (int64_t)below(d, 1200000) - 600000;
		r->x.valid_to = once_in(d, 3) ? 0 : r->x.valid_from + 1 + (int64_t)below(d, MS_PER_DAY);
	} else if (once_in(d, 8)) {
		r->x.valid_to = now + (int64_t)below(d, 2);
	}
	if (!once_in(d, 4))
		return;
	r->data = (Medlock__Period)MEDLOCK__PERIOD__INIT;
	r->data.from = 1 + (int64_t)below(d, 4);
	r->data.to = r->data.from + 1 + (int64_t)below(d, 4);
	r->x.data = &r->data;
}

static void draw_research(struct draw *d, struct drawn_rule *r)
{
	static const uint32_t terms[] = {DUO_HMB, DUO_IRB, DUO_NPOA};

	r->research = (Medlock__Research)MEDLOCK__RESEARCH__INIT;
	r->research.terms = r->terms;
	for (size_t i = 0; i < 3 && r->research.n_terms < 2; i++)
		if (once_in(d, 2))
			r->terms[r->research.n_terms++] = terms[i];
	r->project = d->projects[below(d, DRAW_PROJECTS)];
	if (once_in(d, 2))
		r->research.project = m_data(&r->project);
	r->x.research = &r->research;
}

static void draw_rule(struct draw *d, struct drawn_rule *r)
{
	static const uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT, PURPOSE_BTG, PURPOSE_HRESCH, PURPOSE_POARCH};
	static const uint32_t categories[] = {CATEGORY_MED, CATEGORY_LAB, CATEGORY_IMG};
	static const uint32_t labels[] = {LABEL_PSY, LABEL_HIV, LABEL_PDS};
	static const uint32_t duties[] = {OBLIGATION_DEID, OBLIGATION_HUAPRV, OBLIGATION_NOREUSE, OBLIGATION_AUDIT};
	static const uint32_t effects[] = {EFFECT_PERMIT, EFFECT_PERMIT, EFFECT_PERMIT, EFFECT_DENY, EFFECT_ASK};
	Medlock__Rule *x = &r->x;

	*x = (Medlock__Rule)MEDLOCK__RULE__INIT;
	x->effect = effects[below(d, 5)];
	x->lock = x->effect == EFFECT_DENY && once_in(d, 3);
	x->emergency_ok = x->lock && once_in(d, 2);
	x->actors = r->actors;
	x->n_actors = once_in(d, 3) ? 0 : below(d, 4);
	for (size_t i = 0; i < x->n_actors; i++)
		draw_actor(d, r, i);
	x->n_purposes = draw_codes(d, x->purposes = r->purposes, purposes, 5, 2);
	x->n_categories = draw_codes(d, x->categories = r->categories, categories, 3, 4);
	x->n_labels = draw_codes(d, x->labels = r->labels, labels, 3, 4);
	x->n_obligations = draw_codes(d, x->obligations = r->obligations, duties, 4, 4);
	x->any_label = !once_in(d, 3);
	x->confidentiality = once_in(d, 4) ? 1 + (uint32_t)below(d, 6) : 0;
	x->form = (uint32_t)below(d, 3);
	x->visibility = once_in(d, 5) ? 1 + (uint32_t)below(d, 2) : 0;
	x->uses_left = once_in(d, 3) ? 1 + (uint32_t)below(d, 2) : 0;
	draw_rule_ids(d, r);
	draw_times(d, r);
	if (once_in(d, 6))
		draw_research(d, r);
	if (once_in(d, 60)) /* what no rule may say */
		x->lock = x->emergency_ok = true;
}

static size_t standing(const struct draw *d, const struct hash32 *owner, uint32_t *ret_ids)
{
	size_t n = 0;

	for (size_t i = 0; i < d->model->rule_count; i++)
		if (ID_EQUAL(d->model->rules[i].owner, *owner))
			ret_ids[n++] = d->model->rules[i].rule->id;
	return n;
}

/* Rules about nobody, as many as one policy may have, or one too many. */
static size_t draw_many(struct draw *d, struct drawn_rule *rules, size_t there)
{
	size_t n = RULES_PER_ACCOUNT_MAX - there + (once_in(d, 2) && there > 0);

	for (size_t i = 0; i < n; i++) {
		rules[i].x = (Medlock__Rule)MEDLOCK__RULE__INIT;
		rules[i].x.effect = EFFECT_PERMIT;
		rules[i].actor[0] = (Medlock__Actor)MEDLOCK__ACTOR__INIT;
		rules[i].actor[0].kind = ACTOR_ACCOUNT;
		rules[i].actor_id[0] = draw_nobody(d);
		rules[i].actor[0].id = m_data(&rules[i].actor_id[0]);
		rules[i].actors[0] = &rules[i].actor[0];
		rules[i].x.actors = rules[i].actors;
		rules[i].x.n_actors = 1;
	}
	return n;
}

struct drawn_consent {
	Medlock__ConsentSet x;
	struct hash32 owner;
	struct drawn_rule rules[RULES_PER_ACCOUNT_MAX + 1];
	Medlock__Rule *put[RULES_PER_ACCOUNT_MAX + 1];
	uint32_t there[RULES_PER_ACCOUNT_MAX], remove[RULES_PER_ACCOUNT_MAX];
};

static void draw_puts(struct draw *d, struct drawn_consent *c, size_t n)
{
	c->x.put = c->put;
	if (once_in(d, 25)) {
		c->x.n_put = draw_many(d, c->rules, n);
	} else {
		c->x.n_put = below(d, RULES_AT_ONCE + 1);
		for (size_t i = 0; i < c->x.n_put; i++) {
			draw_rule(d, &c->rules[i]);
			if (n && once_in(d, 4)) /* in place of a standing one */
				c->rules[i].x.id = c->there[below(d, n)];
			else if (once_in(d, 30))
				c->rules[i].x.id = 1 + (uint32_t)below(d, 400);
		}
	}
	for (size_t i = 0; i < c->x.n_put; i++)
		c->put[i] = &c->rules[i].x;
}

static struct drawn_consent *draw_consent(struct draw *d, const struct account_id *of)
{
	struct drawn_consent *c = calloc(1, sizeof(*c));
	const struct m_policy *policy;
	size_t n;

	ASSERT(c);
	memcpy(c->owner.b, of->b, 32);
	policy = m_policy(d->model, &c->owner);
	n = standing(d, &c->owner, c->there);
	c->x = (Medlock__ConsentSet)MEDLOCK__CONSENT_SET__INIT;
	c->x.owner = m_data(&c->owner);
	c->x.expected_version = (policy ? policy->version : 1) - once_in(d, 12) + once_in(d, 20);
	c->x.default_effect = once_in(d, 4) ? EFFECT_DENY + (uint32_t)below(d, 2) : 0;
	draw_puts(d, c, n);
	c->x.remove = c->remove;
	for (size_t i = 0; i < n; i++)
		if (once_in(d, n > 12 ? 2 : 10))
			c->remove[c->x.n_remove++] = c->there[i];
	if (once_in(d, 30) && c->x.n_remove < RULES_PER_ACCOUNT_MAX)
		c->remove[c->x.n_remove++] = 1 + (uint32_t)below(d, 400);
	return c;
}

void draw_rules(struct draw *d, struct buf *ret_tx)
{
	const struct world_account *by = draw_patient(d);
	struct drawn_consent *c = draw_consent(d, &by->id);
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c->x;
	draw_finish(d, ret_tx, &body, once_in(d, 12) ? draw_person(d, ROLE_PATIENT) : draw_actor_for(d, by));
	free(c);
}

/* ---- requests ------------------------------------------------------------------------------------- */

struct drawn_request {
	Medlock__AccessRequest x;
	struct hash32 owner, project, *ids;
	ProtobufCBinaryData *records;
	uint32_t categories[3];
	Medlock__Period period;
	struct sign_public sign;
	struct seal_public seal;
	uint8_t salt[16];
};

static void draw_keys(struct draw *d, struct drawn_request *r)
{
	struct secret *sign = NULL, *seal = NULL;

	ASSERT(secret_new(&sign, SIGN_SEED_SIZE) == ERR_OK && seal_private_new(&seal, d->rng) == ERR_OK);
	rng_fill(d->rng, sign->data, SIGN_SEED_SIZE);
	sign_public_of_seed(&r->sign, sign);
	seal_public_of(&r->seal, seal);
	secret_free(sign);
	secret_free(seal);
	r->x.sign_key = wire_data(BYTES_ID(r->sign));
	r->x.seal_key = wire_data(BYTES_ID(r->seal));
	if (d->model->request_count && once_in(d, 25))
		r->x.sign_key = d->model->requests[below(d, d->model->request_count)].asked->sign_key;
	if (d->model->request_count && once_in(d, 25))
		r->x.seal_key = d->model->requests[below(d, d->model->request_count)].asked->seal_key;
	if (once_in(d, 100))
		memset(r->sign.b, 0, sizeof(r->sign.b));
}

static void add_record(struct drawn_request *r, struct hash32 id)
{
	r->ids[r->x.n_records] = id;
	r->records[r->x.n_records] = m_data(&r->ids[r->x.n_records]);
	r->x.n_records++;
}

/* Mostly the owner's; also another's and nobody's. */
static void draw_names(struct draw *d, struct drawn_request *r)
{
	for (size_t i = 0; i < d->model->record_count; i++)
		if (r->x.n_records < 5 && once_in(d, m_is(d->model->records[i].deposit->owner, &r->owner) ? 3 : 40))
			add_record(r, d->model->records[i].id);
	if (once_in(d, 6))
		add_record(r, draw_nobody(d));
}

/* Somebody who may ask, and a purpose that the certificate attests. */
static const struct world_account *draw_asker(struct draw *d, uint32_t *ret_purpose)
{
	for (int i = 0; i < 30; i++) {
		const struct world_account *p = draw_person(d, once_in(d, 3) ? ROLE_RESEARCHER : ROLE_CLINICIAN);
		struct hash32 id;
		const struct m_account *row;

		memcpy(id.b, p->id.b, 32);
		row = m_account(d->model, &id);
		if (!row || row->revoked || !row->purpose_count || row->not_after <= d->w->block.time.v)
			continue;
		*ret_purpose = row->purposes[below(d, row->purpose_count)];
		return p;
	}
	*ret_purpose = PURPOSE_TREAT;
	return draw_person(d, 0);
}

static void send_request(struct draw *d, struct buf *ret_tx, struct drawn_request *r, const struct world_account *by)
{
	Medlock__Body body = world_body(d->w, r->salt);

	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r->x;
	draw_finish(d, ret_tx, &body, by);
}

static struct drawn_request *request_new(struct draw *d, const struct world_account *owner)
{
	struct drawn_request *r = calloc(1, sizeof(*r));

	ASSERT(r);
	r->ids = calloc(REQUEST_RECORDS_MAX, sizeof(*r->ids));
	r->records = calloc(REQUEST_RECORDS_MAX, sizeof(*r->records));
	ASSERT(r->ids && r->records);
	r->x = (Medlock__AccessRequest)MEDLOCK__ACCESS_REQUEST__INIT;
	memcpy(r->owner.b, owner->id.b, 32);
	r->x.owner = m_data(&r->owner);
	r->x.records = r->records;
	r->x.categories = r->categories;
	r->x.form = 1 + (uint32_t)below(d, 2);
	draw_keys(d, r);
	return r;
}

static void request_free(struct drawn_request *r)
{
	free(r->ids);
	free(r->records);
	free(r);
}

/* Of the same small times as those of records; beside names it is refused. */
static void draw_period(struct draw *d, struct drawn_request *r)
{
	r->period = (Medlock__Period)MEDLOCK__PERIOD__INIT;
	r->period.from = (int64_t)below(d, 30);
	r->period.to = r->period.from + (int64_t)below(d, 20);
	r->x.period = &r->period;
}

void draw_request(struct draw *d, struct buf *ret_tx)
{
	static const uint32_t categories[] = {CATEGORY_MED, CATEGORY_LAB, CATEGORY_IMG};
	const struct world_account *owner = once_in(d, 20) ? draw_person(d, 0) : draw_patient(d), *by;
	struct drawn_request *r = request_new(d, owner);

	by = draw_asker(d, &r->x.purpose);
	if (once_in(d, 20))
		r->x.purpose = 1 + (uint32_t)below(d, 22);
	if (once_in(d, 8))
		by = draw_actor_for(d, owner);
	r->x.n_categories = draw_codes(d, r->categories, categories, 3, 3);
	if (once_in(d, 2))
		draw_names(d, r);
	r->x.emergency = once_in(d, 6);
	r->x.reason = r->x.emergency ? 1 + (uint32_t)below(d, 3) : 0;
	r->project = d->projects[below(d, DRAW_PROJECTS)];
	if (once_in(d, 3))
		r->x.project = m_data(&r->project);
	if (once_in(d, r->x.n_records ? 30 : 3))
		draw_period(d, r);
	send_request(d, ret_tx, r, by);
	request_free(r);
}

void draw_costly(struct draw *d, struct buf *ret_tx)
{
	struct drawn_request *r = request_new(d, draw_patient(d));
	const struct world_account *by = draw_asker(d, &r->x.purpose);

	if (!once_in(d, 5))
		while (r->x.n_records < REQUEST_RECORDS_MAX)
			add_record(r, draw_nobody(d));
	send_request(d, ret_tx, r, by);
	request_free(r);
}

void draw_close(struct draw *d, struct buf *ret_tx)
{
	const struct model *m = d->model;
	const struct m_request *request = m->request_count ? &m->requests[below(d, m->request_count)] : NULL;
	const struct world_account *by = request ? draw_keys_of(d, &request->requester) : NULL;
	struct hash32 id = request ? request->id : draw_nobody(d), review = draw_nobody(d);
	Medlock__AccessClose x = MEDLOCK__ACCESS_CLOSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	if (once_in(d, 20))
		id = draw_nobody(d);
	x.request = m_data(&id);
	if (once_in(d, 2))
		x.review = m_data(&review);
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_CLOSE;
	body.access_close = &x;
	draw_finish(d, ret_tx, &body, by ? by : draw_person(d, ROLE_CLINICIAN));
}

/* ---- answers ---- */

/* A request that still asks something, mostly; NULL when there is none at all. */
static const struct m_request *draw_asking(struct draw *d)
{
	const struct model *m = d->model;
	size_t start = m->request_count ? below(d, m->request_count) : 0;

	for (size_t i = 0; i < m->request_count && !once_in(d, 40); i++) {
		const struct m_request *x = &m->requests[(start + i) % m->request_count];

		for (size_t k = 0; k < x->given_count; k++)
			if (x->given[k].decision == DECISION_ASKED && !x->closed &&
			    x->expires > d->w->block.time.v)
				return x;
	}
	return m->request_count ? &m->requests[start] : NULL;
}

static size_t draw_asked(struct draw *d, const struct m_request *from, struct hash32 *ids)
{
	size_t n = 0;

	for (size_t i = 0; from && i < from->given_count; i++)
		if (!once_in(d, 3) && (from->given[i].decision == DECISION_ASKED || once_in(d, 20)))
			ids[n++] = from->given[i].record;
	if (n < REQUEST_RECORDS_MAX && once_in(d, 40))
		ids[n++] = draw_nobody(d);
	return n;
}

void draw_answer(struct draw *d, struct buf *ret_tx)
{
	const struct m_request *request = draw_asking(d);
	struct hash32 id = request && !once_in(d, 40) ? request->id : draw_nobody(d), *ids, owner;
	ProtobufCBinaryData records[REQUEST_RECORDS_MAX];
	const struct world_account *by;
	Medlock__AccessAnswer x = MEDLOCK__ACCESS_ANSWER__INIT;
	struct drawn_consent *c = NULL;
	uint8_t salt[16];
	Medlock__Body body = world_body(d->w, salt);

	owner = request ? m_id(request->asked->owner) : draw_nobody(d);
	by = draw_keys_of(d, &owner);
	if (!by || once_in(d, 20))
		by = draw_patient(d);
	x.owner = wire_data(BYTES_ID(by->id));
	x.request = m_data(&id);
	x.answer = once_in(d, 3) ? ANSWER_NO : ANSWER_YES;
	ids = calloc(REQUEST_RECORDS_MAX + 1, sizeof(*ids));
	ASSERT(ids);
	x.n_records = once_in(d, 2) ? draw_asked(d, request, ids) : 0;
	for (size_t i = 0; i < x.n_records; i++)
		records[i] = m_data(&ids[i]);
	x.records = records;
	if (once_in(d, 3)) {
		c = draw_consent(d, &by->id);
		x.rules = &c->x;
	}
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_ANSWER;
	body.access_answer = &x;
	draw_finish(d, ret_tx, &body, once_in(d, 12) ? draw_person(d, ROLE_PATIENT) : draw_actor_for(d, by));
	free(ids);
	free(c);
}
