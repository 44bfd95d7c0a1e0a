/* SPDX-License-Identifier: Apache-2.0 */
#include "model_consent.h"

#include <string.h>

#include "chain/proto/codes.h"

#define PURPOSES 23
#define CATEGORIES 21
#define LABELS 64
#define LEVELS 7
#define TERMS 32

/* One rule, written out. */
struct slow_rule {
	const Medlock__Rule *rule;
	int effect;
	bool dead;
	bool covers_purpose[PURPOSES], named_purpose[PURPOSES];
	bool category[CATEGORIES], level[LEVELS];
	bool label[LABELS], any_label, no_label;
	bool everyone;
	bool research, term[TERMS];
	uint8_t project[32];
};

static const int parents[][2] = {{2, 1}, {3, 2}, {4, 1}, {5, 1}, {8, 7}, {10, 9}, {11, 9}, {12, 9}, {13, 7}, {16, 15},
				 {17, 15}, {18, 15}, {19, 7}, {21, 9}, {22, 9}};
static const int safe[][2] = {{4, 1}, {2, 1}, {10, 9}, {11, 9}, {21, 9}, {22, 9}};

static bool is_under(int child, int top)
{
	if (child == top)
		return true;
	for (size_t i = 0; i < sizeof(parents) / sizeof(*parents); i++)
		if (parents[i][0] == child)
			return is_under(parents[i][1], top);
	return false;
}

static bool is_safe_under(int child, int top)
{
	for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++)
		if (safe[i][0] == child && safe[i][1] == top)
			return true;
	return child == top;
}

static bool is_nobody(const uint8_t id[32])
{
	for (size_t i = 0; i < 32; i++)
		if (id[i])
			return false;
	return true;
}

static bool is_id(ProtobufCBinaryData x, const uint8_t id[32])
{
	return x.len == 32 && memcmp(x.data, id, 32) == 0;
}

static bool equal(ProtobufCBinaryData x, ProtobufCBinaryData y)
{
	return x.len == y.len && (x.len == 0 || memcmp(x.data, y.data, x.len) == 0);
}

static void write_out_codes(struct slow_rule *m, const Medlock__Rule *r)
{
	for (int p = 1; p < PURPOSES; p++) {
		m->covers_purpose[p] = m->named_purpose[p] = r->n_purposes == 0;
		for (size_t i = 0; i < r->n_purposes; i++) {
			int top = (int)r->purposes[i];

			m->named_purpose[p] |= is_under(p, top);
			m->covers_purpose[p] |= r->effect == EFFECT_DENY ? is_under(p, top) : is_safe_under(p, top);
		}
	}
	for (int c = 1; c < CATEGORIES; c++) {
		m->category[c] = r->n_categories == 0;
		for (size_t i = 0; i < r->n_categories; i++)
			m->category[c] |= (int)r->categories[i] == c;
	}
	for (int c = 1; c < LEVELS; c++)
		m->level[c] = r->confidentiality == 0 || (r->effect == EFFECT_DENY ? c >= (int)r->confidentiality
										   : c <= (int)r->confidentiality);
	m->any_label = r->any_label;
	m->no_label = r->n_labels == 0;
	for (size_t i = 0; i < r->n_labels; i++)
		m->label[r->labels[i]] = true;
}

static struct slow_rule write_out(const Medlock__RuleState *s)
{
	const Medlock__Rule *r = s->rule;
	struct slow_rule m = {.rule = r, .effect = (int)r->effect};

	m.dead = r->uses_left && s->uses_spent >= r->uses_left;
	write_out_codes(&m, r);
	m.everyone = r->n_actors == 0;
	for (size_t i = 0; i < r->n_actors; i++)
		m.everyone |= r->actors[i]->kind == ACTOR_EVERYONE;
	m.research = r->research != NULL;
	for (size_t i = 0; r->research && i < r->research->n_terms; i++)
		m.term[r->research->terms[i]] = true;
	if (r->research && r->research->project.len == 32)
		memcpy(m.project, r->research->project.data, 32);
	return m;
}

/* A set of instants: half-open, and without end when `open`. */
struct span {
	int64_t from, to;
	bool open;
};

static bool has(struct span s, int64_t t)
{
	return t >= s.from && (s.open || t < s.to);
}

/* Between two ends nothing changes: what holds at every end holds everywhere. */
static bool span_inside(struct span a, struct span b)
{
	const int64_t ends[] = {a.from, a.open ? a.from : a.to, b.from, b.open ? b.from : b.to};

	for (size_t i = 0; i < 4; i++)
		if (has(a, ends[i]) && !has(b, ends[i]))
			return false;
	return !a.open || b.open;
}

static bool span_meets(struct span a, struct span b)
{
	return (has(a, a.from) && has(b, a.from)) || (has(a, b.from) && has(b, b.from));
}

static struct span valid_of(const struct slow_rule *m)
{
	return (struct span){m->rule->valid_from, m->rule->valid_to, m->rule->valid_to == 0};
}

/* Is the asker this actor?  Care teams and pseudonyms are nobody who signs with a key. */
static bool is_actor(const Medlock__Actor *a, const struct model_question *q)
{
	if (a->kind == ACTOR_EVERYONE)
		return true;
	if (a->kind == ACTOR_ROLE)
		return a->role == q->role;
	if (a->kind == ACTOR_ACCOUNT)
		return is_id(a->id, q->account);
	if (a->kind == ACTOR_ORGANISATION)
		return !is_nobody(q->organisation) && is_id(a->id, q->organisation);
	if (a->kind == ACTOR_PROJECT)
		return !is_nobody(q->project) && is_id(a->id, q->project);
	return false;
}

static bool actor_matches(const struct slow_rule *m, const struct model_question *q)
{
	for (size_t i = 0; i < m->rule->n_actors; i++)
		if (is_actor(m->rule->actors[i], q))
			return true;
	return m->rule->n_actors == 0;
}

static bool labels_match(const struct slow_rule *m, const struct model_subject *r)
{
	bool hit = false, all_listed = true;

	for (int l = 1; l < LABELS; l++)
		if (r->label[l]) {
			hit |= m->label[l];
			all_listed &= m->label[l];
		}
	return m->effect == EFFECT_DENY ? m->no_label || hit : m->any_label || all_listed;
}

static bool names(ProtobufCBinaryData *list, size_t count, const uint8_t id[32])
{
	for (size_t i = 0; i < count; i++)
		if (is_id(list[i], id))
			return true;
	return false;
}

static bool data_matches(const struct slow_rule *m, const struct model_subject *r)
{
	struct span record = {r->from, r->to, false}, rule;

	if (!m->rule->data)
		return true;
	if (!r->period_known)
		return m->effect == EFFECT_DENY;
	rule = (struct span){m->rule->data->from, m->rule->data->to, false};
	return m->effect == EFFECT_DENY ? span_meets(record, rule) : span_inside(record, rule);
}

static bool research_matches(const struct slow_rule *m, const struct model_question *q)
{
	if (!m->research)
		return true;
	if (!is_under((int)q->purpose, PURPOSE_HRESCH))
		return false;
	if (m->effect != EFFECT_DENY && m->term[DUO_NPOA] && q->purpose == PURPOSE_POARCH)
		return false;
	return is_nobody(m->project) || memcmp(m->project, q->project, 32) == 0;
}

static bool matches(const struct slow_rule *m, const struct model_question *q, const struct model_subject *r)
{
	const Medlock__Rule *rule = m->rule;

	if (m->dead && !(q->granted_rule && q->granted_rule == rule->id))
		return false;
	if (!has(valid_of(m), q->now) || !m->covers_purpose[q->purpose] || !m->category[r->category] ||
	    !m->level[r->confidentiality])
		return false;
	if (rule->n_records && !names(rule->records, rule->n_records, r->id))
		return false;
	if (rule->n_author_organisations && (is_nobody(r->author) || !names(rule->author_organisations,
									     rule->n_author_organisations, r->author)))
		return false;
	return actor_matches(m, q) && labels_match(m, r) && data_matches(m, r) && research_matches(m, q);
}

static bool flags_inside(const bool *a, const bool *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i] && !b[i])
			return false;
	return true;
}

static bool lists_inside(ProtobufCBinaryData *a, size_t na, ProtobufCBinaryData *b, size_t nb)
{
	if (nb == 0)
		return true;
	for (size_t i = 0; i < na; i++)
		if (a[i].len != 32 || !names(b, nb, a[i].data))
			return false;
	return na != 0;
}

/* b names this actor, or it is the asker, of whom b names an organisation, role or project. */
static bool actor_inside(const Medlock__Actor *a, const struct slow_rule *b, const struct model_question *q)
{
	bool asker = a->kind == ACTOR_ACCOUNT && is_actor(a, q);

	for (size_t i = 0; i < b->rule->n_actors; i++) {
		const Medlock__Actor *x = b->rule->actors[i];

		if ((a->kind == x->kind && a->role == x->role && equal(a->id, x->id)) || (asker && is_actor(x, q)))
			return true;
	}
	return false;
}

static bool actors_inside(const struct slow_rule *a, const struct slow_rule *b, const struct model_question *q)
{
	if (b->everyone || a->everyone)
		return b->everyone;
	for (size_t i = 0; i < a->rule->n_actors; i++)
		if (!actor_inside(a->rule->actors[i], b, q))
			return false;
	return true;
}

static bool labels_inside(const struct slow_rule *a, const struct slow_rule *b)
{
	for (int i = 1; i < LABELS; i++)
		if ((a->label[i] || a->any_label || a->no_label) && !(b->label[i] || b->any_label || b->no_label))
			return false;
	return true;
}

static bool data_inside(const struct slow_rule *a, const struct slow_rule *b)
{
	const Medlock__Period *x = a->rule->data, *y = b->rule->data;

	if (!y || !x)
		return !y;
	return span_inside((struct span){x->from, x->to, false}, (struct span){y->from, y->to, false});
}

/* More terms bind more, so they speak of less. */
static bool research_inside(const struct slow_rule *a, const struct slow_rule *b)
{
	if (!b->research || !a->research)
		return !b->research;
	return flags_inside(b->term, a->term, TERMS) &&
	       (is_nobody(b->project) || memcmp(a->project, b->project, 32) == 0);
}

static bool is_inside(const struct slow_rule *a, const struct slow_rule *b, const struct model_question *q)
{
	const Medlock__Rule *x = a->rule, *y = b->rule;

	if (y->visibility == VISIBILITY_NAMED && x->visibility != VISIBILITY_NAMED)
		return false;
	return flags_inside(a->named_purpose, b->named_purpose, PURPOSES) &&
	       flags_inside(a->category, b->category, CATEGORIES) && flags_inside(a->level, b->level, LEVELS) &&
	       labels_inside(a, b) && lists_inside(x->records, x->n_records, y->records, y->n_records) &&
	       lists_inside(x->author_organisations, x->n_author_organisations, y->author_organisations,
			    y->n_author_organisations) &&
	       span_inside(valid_of(a), valid_of(b)) && data_inside(a, b) && research_inside(a, b) &&
	       actors_inside(a, b, q);
}

static uint32_t duties_of(const struct slow_rule *m)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < m->rule->n_obligations; i++)
		bits |= 1u << m->rule->obligations[i];
	return bits;
}

static struct model_decision say(int decision, int reason, uint32_t rule, uint32_t obligations)
{
	return (struct model_decision){.decision = (uint32_t)decision, .reason = (uint32_t)reason, .rule = rule,
				       .obligations = obligations};
}

static struct model_decision give(const struct model_question *q, const struct model_subject *r, uint32_t most, int reason,
				  uint32_t rule, uint32_t obligations)
{
	struct model_decision d = say(DECISION_GRANTED, reason, rule, obligations);
	bool deid = q->form == FORM_DEID || most == FORM_DEID || (obligations >> OBLIGATION_DEID & 1);

	if (!deid && r->has_full)
		d.form = FORM_FULL;
	else if (r->has_deid)
		d.form = FORM_DEID;
	else
		return say(DECISION_DENIED, DECISION_REASON_NO_FORM, rule, 0);
	return d;
}

/* What stands above all comparing: a lock.  The lowest id, or 0. */
static uint32_t locked_by(const Medlock__RuleState *const *rules, size_t count, bool emergency,
			  const struct model_question *q, const struct model_subject *r)
{
	uint32_t lowest = 0;

	for (size_t i = 0; i < count; i++) {
		struct slow_rule m = write_out(rules[i]);

		if (m.rule->lock && matches(&m, q, r) && !(emergency && m.rule->emergency_ok) &&
		    (!lowest || m.rule->id < lowest))
			lowest = m.rule->id;
	}
	return lowest;
}

/* Does another matching rule say something strictly more specific than rule i? */
static bool is_outdone(const Medlock__RuleState *const *rules, size_t count, size_t i, const struct model_question *q,
		       const struct model_subject *r)
{
	struct slow_rule mine = write_out(rules[i]);

	for (size_t k = 0; k < count; k++) {
		struct slow_rule other = write_out(rules[k]);

		if (k != i && !other.rule->lock && matches(&other, q, r) && is_inside(&other, &mine, q) &&
		    !is_inside(&mine, &other, q))
			return true;
	}
	return false;
}

static struct model_decision by_rules(const Medlock__RuleState *const *rules, size_t count, uint32_t default_effect,
				      const struct model_question *q, const struct model_subject *r)
{
	uint32_t lowest[EFFECT_ASK + 1] = {0}, obligations = 0, form = FORM_FULL;

	for (size_t i = 0; i < count; i++) {
		struct slow_rule m = write_out(rules[i]);
		int as = m.effect;

		if (m.rule->lock || !matches(&m, q, r) || is_outdone(rules, count, i, q, r))
			continue;
		if (as == EFFECT_PERMIT && (duties_of(&m) >> OBLIGATION_HUAPRV & 1))
			as = EFFECT_ASK;
		if (!lowest[as] || m.rule->id < lowest[as])
			lowest[as] = m.rule->id;
		if (as != EFFECT_DENY) {
			obligations |= duties_of(&m);
			form = m.rule->form > form ? m.rule->form : form;
		}
	}
	if (lowest[EFFECT_DENY])
		return say(DECISION_DENIED, DECISION_REASON_RULE, lowest[EFFECT_DENY], 0);
	if (lowest[EFFECT_ASK] && q->answered)
		return give(q, r, form, DECISION_REASON_ANSWER, lowest[EFFECT_ASK], obligations);
	if (lowest[EFFECT_ASK])
		return say(DECISION_ASKED, DECISION_REASON_RULE, lowest[EFFECT_ASK], obligations);
	if (lowest[EFFECT_PERMIT])
		return give(q, r, form, DECISION_REASON_RULE, lowest[EFFECT_PERMIT], obligations);
	if (default_effect == EFFECT_ASK && q->answered)
		return give(q, r, FORM_FULL, DECISION_REASON_ANSWER, 0, 0);
	return say(default_effect == EFFECT_ASK ? DECISION_ASKED : DECISION_DENIED, DECISION_REASON_DEFAULT, 0, 0);
}

struct model_decision model_decide(const Medlock__RuleState *const *rules, size_t count, uint32_t default_effect,
				   bool paused, const struct model_question *q, const struct model_subject *r)
{
	bool emergency = q->emergency && (q->rights & RIGHT_EMERGENCY);
	uint32_t lock;

	if (!q->licensed)
		return say(DECISION_DENIED, DECISION_REASON_NOT_LICENSED, 0, 0);
	if (q->own)
		return give(q, r, FORM_FULL, DECISION_REASON_OWN, 0, 0);
	if (paused && !emergency)
		return say(DECISION_DENIED, DECISION_REASON_PAUSED, 0, 0);
	lock = locked_by(rules, count, emergency, q, r);
	if (lock)
		return say(DECISION_DENIED, DECISION_REASON_LOCK, lock, 0);
	if (emergency)
		return give(q, r, FORM_FULL, DECISION_REASON_EMERGENCY, 0, 1u << OBLIGATION_AUDIT);
	return by_rules(rules, count, default_effect, q, r);
}
