/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/contract/eval_internal.h"
#include "chain/proto/wire.h"

#define MATCHES_ON_STACK 256u

/* The rules that match one question, in any order: a bit each is enough, as only few pass the first test. */
struct matches {
	uint32_t at[MATCHES_ON_STACK];
	size_t count;
	bool overflow; /* more than fit: then every pair is looked at through the policy */
};

static uint64_t sketch_of(const struct consent_question *q)
{
	uint64_t s = eval_sketch(ACTOR_ACCOUNT, 0, q->account.b) | eval_sketch(ACTOR_ROLE, q->role, NULL);

	return s | eval_sketch(ACTOR_ORGANISATION, 0, q->organisation.b) |
	       eval_sketch(ACTOR_PROJECT, 0, q->project.b);
}

static bool ids_match(const struct eval_ids *x, const uint8_t id[ID_SIZE])
{
	for (size_t i = 0; i < x->count; i++)
		if (memcmp(x->id[i], id, ID_SIZE) == 0)
			return true;
	return x->count == 0;
}

/* A record that names no author organisation has none: a rule about the organisation whose name is zeros is not about it. */
static bool author_matches(const struct eval_rule *r, const struct consent_record *rec)
{
	return ids_match(&r->authors, rec->author.b) && (r->authors.count == 0 || !bytes_is_zero(BYTES_ID(rec->author)));
}

static bool actors_match(const struct eval_rule *r, const struct consent_question *q)
{
	for (size_t i = 0; i < r->actor_count && !r->everyone; i++)
		if (eval_actor_is(&r->actors[i], q))
			return true;
	return r->everyone;
}

static bool labels_match(const struct eval_rule *r, uint64_t labels)
{
	if (r->effect == EFFECT_DENY)
		return r->labels == 0 || (r->labels & labels);
	return r->any_label || (labels & ~r->labels) == 0;
}

static bool data_match(const struct eval_rule *r, const struct consent_record *rec)
{
	if (r->data_any)
		return true;
	if (!rec->period_known)
		return r->effect == EFFECT_DENY;
	if (r->effect == EFFECT_DENY)
		return rec->from.v < r->data_to && r->data_from < rec->to.v;
	return r->data_from <= rec->from.v && rec->to.v <= r->data_to;
}

/* Research terms bind the use of what is given, so most cannot fail here; but a rule with terms speaks of research only,
 * a project must be the one named, and "no ancestry research" is a purpose that we know.
 */
static bool research_match(const struct eval_rule *r, const struct consent_question *q)
{
	if (!r->research)
		return true;
	if (!consent_purpose_covers(PURPOSE_HRESCH, q->purpose, true))
		return false;
	if (r->effect != EFFECT_DENY && (r->terms >> DUO_NPOA & 1u) && q->purpose == PURPOSE_POARCH)
		return false;
	return bytes_is_zero(bytes_of(r->project, ID_SIZE)) || memcmp(r->project, q->project.b, ID_SIZE) == 0;
}

static bool rule_matches(const struct eval_rule *r, const struct consent_question *q, const struct consent_record *rec)
{
	if (q->now.v < r->valid_from || q->now.v >= r->valid_to)
		return false;
	if (r->used_up && (q->granted_rule == 0 || q->granted_rule != r->id))
		return false;
	return (r->confidentiality >> (rec->confidentiality & 31u) & 1u) && labels_match(r, rec->labels) &&
	       actors_match(r, q) && data_match(r, rec) && research_match(r, q) &&
	       ids_match(&r->records, bytes_is_zero(BYTES_ID(rec->first)) ? rec->id.b : rec->first.b) &&
	       author_matches(r, rec);
}

/* Rules at or after `from` that match; count when none. */
static size_t next_match(const struct consent_policy *p, size_t from, uint64_t sketch, const struct consent_question *q,
			 const struct consent_record *rec)
{
	uint32_t purpose = q->purpose & 31u, category = rec->category & 31u;

	for (size_t i = from; i < p->count; i++) {
		const struct eval_hot *h = &p->hot[i];

		if ((h->purposes >> purpose & h->categories >> category & 1u) && (h->actors & sketch) &&
		    rule_matches(&p->rules[i], q, rec))
			return i;
	}
	return p->count;
}

/* The lowest id among matching locks that the question does not pass; 0 when there is none. */
struct lock {
	bool found;
	uint32_t rule;
};

static void collect(struct matches *m, struct lock *lock, const struct consent_policy *p,
		    const struct consent_question *q, const struct consent_record *rec, bool emergency)
{
	uint64_t sketch = sketch_of(q);

	for (size_t i = next_match(p, 0, sketch, q, rec); i < p->count; i = next_match(p, i + 1, sketch, q, rec)) {
		const struct eval_rule *r = &p->rules[i];

		if (r->lock) {
			if (!(emergency && r->emergency_ok) && (!lock->found || r->id < lock->rule))
				*lock = (struct lock){true, r->id};
		} else if (m->count < MATCHES_ON_STACK) {
			m->at[m->count++] = (uint32_t)i;
		} else {
			m->overflow = true;
		}
	}
}

static bool is_dropped_by(const struct eval_rule *r, const struct eval_rule *other, const struct consent_question *q)
{
	return other != r && eval_scope_inside(other, r, q) && !eval_scope_inside(r, other, q);
}

/* Is some other matching rule properly inside this one? */
static bool is_dropped(const struct consent_policy *p, const struct matches *m, const struct eval_rule *r,
		       const struct consent_question *q, const struct consent_record *rec)
{
	uint64_t sketch = m->overflow ? sketch_of(q) : 0;

	for (size_t i = 0; i < m->count && !m->overflow; i++)
		if (is_dropped_by(r, &p->rules[m->at[i]], q))
			return true;
	for (size_t i = m->overflow ? next_match(p, 0, sketch, q, rec) : p->count; i < p->count;
	     i = next_match(p, i + 1, sketch, q, rec))
		if (!p->rules[i].lock && is_dropped_by(r, &p->rules[i], q))
			return true;
	return false;
}

/* What the most specific rules say together. */
struct verdict {
	uint32_t deny, ask, permit;  /* lowest id of each effect, 0: none */
	bool has_deny, has_ask, has_permit;
	uint32_t form, obligations;
};

static void note(bool *has, uint32_t *lowest, uint32_t id)
{
	if (!*has || id < *lowest)
		*lowest = id;
	*has = true;
}

static void add_rule(struct verdict *v, const struct eval_rule *r)
{
	if (r->effect == EFFECT_DENY) {
		note(&v->has_deny, &v->deny, r->id);
		return;
	}
	v->obligations |= r->obligations;
	if (r->form > v->form)
		v->form = r->form;
	if (r->effect == EFFECT_ASK || (r->obligations >> OBLIGATION_HUAPRV & 1u))
		note(&v->has_ask, &v->ask, r->id);
	else
		note(&v->has_permit, &v->permit, r->id);
}

static void weigh(struct verdict *v, const struct consent_policy *p, const struct matches *m,
		  const struct consent_question *q, const struct consent_record *rec)
{
	uint64_t sketch = m->overflow ? sketch_of(q) : 0;

	for (size_t i = 0; i < m->count && !m->overflow; i++) {
		const struct eval_rule *r = &p->rules[m->at[i]];

		if (!is_dropped(p, m, r, q, rec))
			add_rule(v, r);
	}
	for (size_t i = m->overflow ? next_match(p, 0, sketch, q, rec) : p->count; i < p->count;
	     i = next_match(p, i + 1, sketch, q, rec))
		if (!p->rules[i].lock && !is_dropped(p, m, &p->rules[i], q, rec))
			add_rule(v, &p->rules[i]);
}

static struct consent_decision denied(uint32_t reason, uint32_t rule)
{
	return (struct consent_decision){.decision = DECISION_DENIED, .reason = reason, .rule = rule};
}

/* Grant the most that the question wants, `most` allows and the record has; a grant without a form is a refusal. */
static struct consent_decision granted(const struct consent_question *q, const struct consent_record *rec, uint32_t most,
				       uint32_t reason, uint32_t rule, uint32_t obligations)
{
	bool full = q->form != FORM_DEID && most != FORM_DEID && !(obligations >> OBLIGATION_DEID & 1u);
	struct consent_decision d = {.decision = DECISION_GRANTED, .reason = reason, .rule = rule,
				     .obligations = obligations};

	if (full && (rec->forms >> FORM_FULL & 1u))
		d.form = FORM_FULL;
	else if (rec->forms >> FORM_DEID & 1u)
		d.form = FORM_DEID;
	else
		return denied(DECISION_REASON_NO_FORM, rule);
	return d;
}

static struct consent_decision by_default(const struct consent_policy *p, const struct consent_question *q,
					  const struct consent_record *rec)
{
	struct consent_decision d = denied(DECISION_REASON_DEFAULT, 0);

	if (p->default_effect == EFFECT_ASK && q->answered)
		return granted(q, rec, FORM_FULL, DECISION_REASON_ANSWER, 0, 0);
	if (p->default_effect == EFFECT_ASK)
		d.decision = DECISION_ASKED;
	return d;
}

static struct consent_decision by_rules(const struct verdict *v, const struct consent_policy *p,
					const struct consent_question *q, const struct consent_record *rec)
{
	if (v->has_deny)
		return denied(DECISION_REASON_RULE, v->deny);
	if (v->has_ask && q->answered)
		return granted(q, rec, v->form, DECISION_REASON_ANSWER, v->ask, v->obligations);
	if (v->has_ask)
		return (struct consent_decision){.decision = DECISION_ASKED, .reason = DECISION_REASON_RULE,
						 .rule = v->ask, .obligations = v->obligations};
	if (v->has_permit)
		return granted(q, rec, v->form, DECISION_REASON_RULE, v->permit, v->obligations);
	return by_default(p, q, rec);
}

struct consent_decision consent_decide(const struct consent_policy *p, const struct consent_question *q,
				       const struct consent_record *r)
{
	bool emergency = q->emergency && (q->rights & RIGHT_EMERGENCY);
	struct matches m;
	struct lock lock = {false, 0};
	struct verdict v = {.form = FORM_FULL};

	if (!q->licensed)
		return denied(DECISION_REASON_NOT_LICENSED, 0);
	if (q->own)
		return granted(q, r, FORM_FULL, DECISION_REASON_OWN, 0, 0);
	if (p->paused && !emergency)
		return denied(DECISION_REASON_PAUSED, 0);
	m.count = 0;
	m.overflow = false;
	collect(&m, &lock, p, q, r, emergency);
	if (lock.found)
		return denied(DECISION_REASON_LOCK, lock.rule);
	if (emergency)
		return granted(q, r, FORM_FULL, DECISION_REASON_EMERGENCY, 0, 1u << OBLIGATION_AUDIT);
	weigh(&v, p, &m, q, r);
	return by_rules(&v, p, q, r);
}

struct consent_record consent_record_of(const struct record_id *id, const Medlock__RecordState *row)
{
	const Medlock__RecordDeposit *deposit = row->deposit;
	struct consent_record r = {.id = *id, .category = deposit->category,
				   .confidentiality = deposit->confidentiality};

	for (size_t i = 0; i < deposit->n_labels; i++)
		r.labels |= 1ull << (deposit->labels[i] & 63u);
	for (size_t i = 0; i < deposit->n_renditions; i++)
		r.forms |= 1u << (deposit->renditions[i]->form & 31u);
	if (deposit->period) {
		r.period_known = true;
		r.from.v = deposit->period->from;
		r.to.v = deposit->period->to;
	}
	if (deposit->organisation.len == ID_SIZE)
		ID_COPY(r.author, deposit->organisation.data);
	if (row->first.len == ID_SIZE)
		ID_COPY(r.first, row->first.data);
	return r;
}
