/* SPDX-License-Identifier: Apache-2.0 */
/* The cells: what values each dimension has, and the walk that visits one cell for each way rules can match. */
#include <stdlib.h>

#include "core/consent/check_internal.h"

static bool has(const struct check_set *s, size_t i)
{
	return s->w[i / 64] >> (i % 64) & 1u;
}

static bool is_empty(const struct check_set *s)
{
	uint64_t any = 0;

	for (size_t i = 0; i < CHECK_WORDS; i++)
		any |= s->w[i];
	return any == 0;
}

static struct check_set meet(const struct check_set *a, const struct check_set *b)
{
	struct check_set r;

	for (size_t i = 0; i < CHECK_WORDS; i++)
		r.w[i] = a->w[i] & b->w[i];
	return r;
}

static bool contains(const struct check_set *a, const struct check_set *b)
{
	uint64_t missing = 0;

	for (size_t i = 0; i < CHECK_WORDS; i++)
		missing |= b->w[i] & ~a->w[i];
	return missing == 0;
}

/* ---- values -------------------------------------------------------------------------------- */

static struct check_atom *add_atom(struct check_space *s, int dim)
{
	struct check_axis *x = &s->axis[dim];

	if (x->count == x->size) {
		size_t size = x->size ? 2 * x->size : 8;
		struct check_atom *more = realloc(x->atoms, size * sizeof(*more));

		if (more == NULL) {
			s->failed = true;
			return NULL;
		}
		x->atoms = more;
		x->size = size;
	}
	x->atoms[x->count] = (struct check_atom){0};
	return &x->atoms[x->count++];
}

static void add_number(struct check_space *s, int dim, int64_t number)
{
	struct check_atom *a;

	for (size_t i = 0; i < s->axis[dim].count; i++)
		if (s->axis[dim].atoms[i].number == number && !s->axis[dim].atoms[i].unknown)
			return;
	a = add_atom(s, dim);
	if (a != NULL)
		a->number = number;
}

static bool has_id(const struct check_space *s, int dim, const uint8_t *id)
{
	for (size_t i = 0; i < s->axis[dim].count; i++)
		if (memcmp(s->axis[dim].atoms[i].id, id, ID_SIZE) == 0)
			return true;
	return false;
}

static void add_id(struct check_space *s, int dim, const uint8_t *id)
{
	struct check_atom *a;

	if (has_id(s, dim, id) || (a = add_atom(s, dim)) == NULL)
		return;
	memcpy(a->id, id, ID_SIZE);
}

#define OTHER 0xee /* each byte, but for the first, which goes on where a rule says the name */

bool check_is_other(const uint8_t id[ID_SIZE])
{
	for (size_t i = 1; i < ID_SIZE; i++)
		if (id[i] != OTHER)
			return false;
	return true;
}

/* A name that no rule says; last, so that it is unlike all the others. */
static void add_other(struct check_space *s, int dim)
{
	uint8_t id[ID_SIZE];

	memset(id, OTHER, sizeof(id));
	while (has_id(s, dim, id))
		id[0]++;
	add_id(s, dim, id);
}

static void add_names(struct check_space *s, const struct eval_rule *r)
{
	static const uint8_t none[ID_SIZE];

	for (size_t i = 0; i < r->actor_count; i++) {
		if (r->actors[i].kind == ACTOR_ACCOUNT)
			add_id(s, DIM_ACCOUNT, r->actors[i].id);
		if (r->actors[i].kind == ACTOR_ORGANISATION)
			add_id(s, DIM_ORGANISATION, r->actors[i].id);
		if (r->actors[i].kind == ACTOR_PROJECT)
			add_id(s, DIM_PROJECT, r->actors[i].id);
	}
	for (size_t i = 0; i < r->records.count; i++)
		add_id(s, DIM_RECORD, r->records.id[i]);
	for (size_t i = 0; i < r->authors.count; i++)
		add_id(s, DIM_AUTHOR, r->authors.id[i]);
	if (r->research && memcmp(r->project, none, ID_SIZE) != 0)
		add_id(s, DIM_PROJECT, r->project);
}

static void add_times(struct check_space *s, const struct eval_rule *r, int64_t from)
{
	if (r->valid_from > from)
		add_number(s, DIM_NOW, r->valid_from);
	if (r->valid_to > from && r->valid_to != INT64_MAX)
		add_number(s, DIM_NOW, r->valid_to);
	if (r->data_any)
		return;
	/* Between two end points all instants are alike: for a beginning the first stands, for an end the last. */
	add_number(s, DIM_FROM, r->data_from);
	add_number(s, DIM_FROM, r->data_to);
	add_number(s, DIM_TO, r->data_from);
	add_number(s, DIM_TO, r->data_to);
}

static int by_number(const void *a, const void *b)
{
	const struct check_atom *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static void add_periods(struct check_space *s)
{
	struct check_axis *x = &s->axis[DIM_FROM];
	struct check_atom *a;
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < x->count; i++) {
		first = x->atoms[i].number < first ? x->atoms[i].number : first;
		last = x->atoms[i].number > last ? x->atoms[i].number : last;
	}
	if (x->count > 0 && first > INT64_MIN)
		add_number(s, DIM_FROM, first - 1);
	if (x->count > 0 && last < INT64_MAX)
		add_number(s, DIM_TO, last + 1);
	if (x->count > 1) /* the earliest beginning stands for those alike: it leaves the most ends */
		qsort(x->atoms, x->count, sizeof(*x->atoms), by_number);
	a = add_atom(s, DIM_FROM);
	if (a != NULL)
		a->unknown = true;
	add_atom(s, DIM_TO); /* for a record without a period; its number is of no meaning */
	if (!s->failed)
		s->axis[DIM_TO].atoms[s->axis[DIM_TO].count - 1].unknown = true;
}

static void add_codes(struct check_space *s, int dim, int64_t last, uint32_t only)
{
	for (int64_t i = 1; i <= last; i++)
		if (only == 0 || i == only)
			add_number(s, dim, i);
}

static void add_values(struct check_space *s, const struct check_limits *limits)
{
	static const uint32_t roles[] = {ROLE_CLINICIAN, ROLE_RESEARCHER, ROLE_PATIENT, ROLE_OFFICER,
					 ROLE_AUDITOR, ROLE_OPERATOR, ROLE_PEER};
	static const uint8_t none[ID_SIZE];

	add_number(s, DIM_NOW, limits->from.v);
	add_id(s, DIM_ORGANISATION, none);
	add_id(s, DIM_PROJECT, none);
	for (size_t i = 0; i < s->count; i++) {
		add_names(s, s->rules[i]);
		add_times(s, s->rules[i], limits->from.v);
	}
	add_other(s, DIM_ACCOUNT);
	add_other(s, DIM_ORGANISATION);
	add_other(s, DIM_RECORD);
	add_other(s, DIM_AUTHOR);
	add_periods(s);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		add_number(s, DIM_ROLE, roles[i]);
	add_codes(s, DIM_PURPOSE, PURPOSE_TRANSRCH, limits->never.purpose);
	add_codes(s, DIM_CATEGORY, CATEGORY_DIR, limits->never.category);
	add_codes(s, DIM_CONFIDENTIALITY, CONFIDENTIALITY_V, 0);
	for (int l = 1; l <= LABEL_PDS; l++) {
		if (limits->never.label != (uint32_t)l)
			add_number(s, DIM_LABEL + l - 1, 0);
		add_number(s, DIM_LABEL + l - 1, 1);
	}
}

/* He of whom the question is not: his value goes. */
static void leave_out(struct check_space *s, const Medlock__Actor *who)
{
	int dim = who->kind == ACTOR_ACCOUNT ? DIM_ACCOUNT : who->kind == ACTOR_ORGANISATION ? DIM_ORGANISATION
		  : who->kind == ACTOR_ROLE ? DIM_ROLE : DIM_PROJECT;
	struct check_axis *x = &s->axis[dim];

	for (size_t i = 0; i < x->count; i++) {
		bool same = who->kind == ACTOR_ROLE ? x->atoms[i].number == who->role
			    : who->id.len == ID_SIZE && memcmp(x->atoms[i].id, who->id.data, ID_SIZE) == 0;

		if (same) {
			memmove(x->atoms + i, x->atoms + i + 1, (x->count - i - 1) * sizeof(*x->atoms));
			x->count--;
			return;
		}
	}
}

/* ---- which rules a value keeps --------------------------------------------------------------- */

static bool names_id(const struct eval_ids *ids, const uint8_t *id, bool zero_is_none)
{
	if (ids->count == 0)
		return true;
	for (size_t i = 0; i < ids->count; i++)
		if (memcmp(ids->id[i], id, ID_SIZE) == 0)
			return !zero_is_none || !bytes_is_zero(bytes_of(id, ID_SIZE));
	return false;
}

/* An asker of whom only this is known. */
static bool names_actor(const struct eval_rule *r, int dim, const struct check_atom *a)
{
	static const uint32_t kinds[] = {ACTOR_ACCOUNT, ACTOR_ORGANISATION, ACTOR_ROLE, ACTOR_PROJECT};
	struct consent_question q = {.role = (uint32_t)a->number};

	ID_COPY(q.account, a->id);
	ID_COPY(q.organisation, a->id);
	ID_COPY(q.project, a->id);
	for (size_t i = 0; i < r->actor_count; i++)
		if (r->actors[i].kind == kinds[dim] && eval_actor_is(&r->actors[i], &q))
			return true;
	return false;
}

static bool keeps_purpose(const struct eval_rule *r, const struct eval_hot *hot, uint32_t purpose)
{
	if (r->research && !consent_purpose_covers(PURPOSE_HRESCH, purpose, true))
		return false;
	if (r->research && r->effect != EFFECT_DENY && (r->terms >> DUO_NPOA & 1u) && purpose == PURPOSE_POARCH)
		return false;
	return hot->purposes >> purpose & 1u;
}

static bool keeps_label(const struct eval_rule *r, int label, bool present)
{
	if (r->effect != EFFECT_DENY)
		return !present || r->any_label || (r->labels >> label & 1u);
	/* A deny that names labels needs one of them: without its last it goes, unless it has met another. */
	return present || r->labels == 0 || r->labels >> label != 1u;
}

static bool keeps_period(const struct eval_rule *r, int dim, const struct check_atom *a)
{
	bool deny = r->effect == EFFECT_DENY;

	if (r->data_any)
		return true;
	if (a->unknown)
		return deny;
	if (dim == DIM_FROM)
		return deny ? a->number < r->data_to : a->number >= r->data_from;
	return deny ? a->number > r->data_from : a->number <= r->data_to;
}

static bool keeps(const struct check_space *s, size_t i, int dim, const struct check_atom *a)
{
	const struct eval_rule *r = s->rules[i];

	switch (dim) {
	case DIM_PROJECT:
		return !r->research || bytes_is_zero(bytes_of(r->project, ID_SIZE)) ||
		       memcmp(r->project, a->id, ID_SIZE) == 0;
	case DIM_PURPOSE: return keeps_purpose(r, s->hot[i], (uint32_t)a->number);
	case DIM_CATEGORY: return s->hot[i]->categories >> a->number & 1u;
	case DIM_CONFIDENTIALITY: return r->confidentiality >> a->number & 1u;
	case DIM_RECORD: return names_id(&r->records, a->id, false);
	case DIM_AUTHOR: return names_id(&r->authors, a->id, true);
	case DIM_FROM:
	case DIM_TO: return keeps_period(r, dim, a);
	case DIM_NOW: return a->number >= r->valid_from && a->number < r->valid_to;
	default: return dim < DIM_LABEL || keeps_label(r, dim - DIM_LABEL + 1, a->number == 1);
	}
}

static void sort_out(struct check_space *s, int dim)
{
	struct check_axis *x = &s->axis[dim];

	for (size_t k = 0; k < x->count; k++) {
		for (size_t i = 0; i < s->count; i++) {
			if (keeps(s, i, dim, &x->atoms[k]))
				check_set_add(&x->atoms[k].keep, i);
			if (dim <= DIM_PROJECT && names_actor(s->rules[i], dim, &x->atoms[k]))
				check_set_add(&x->atoms[k].name, i);
			if (dim >= DIM_LABEL && x->atoms[k].number == 1 && s->rules[i]->effect == EFFECT_DENY &&
			    (s->rules[i]->labels >> (dim - DIM_LABEL + 1) & 1u))
				check_set_add(&x->atoms[k].name, i);
		}
	}
	x->children = calloc(x->count + 1, sizeof(*x->children));
	s->failed = s->failed || x->children == NULL;
}

static void find_sure(struct check_space *s)
{
	s->surely[DIM_COUNT] = s->all;
	for (int dim = DIM_COUNT - 1; dim >= 0; dim--) {
		s->surely[dim] = s->surely[dim + 1];
		for (size_t k = 0; k < s->axis[dim].count; k++)
			s->surely[dim] = meet(&s->surely[dim], &s->axis[dim].atoms[k].keep);
	}
	for (int dim = DIM_PROJECT; dim >= 0; dim--) {
		s->nameable[dim] = s->nameable[dim + 1];
		for (size_t k = 0; k < s->axis[dim].count; k++)
			for (size_t i = 0; i < CHECK_WORDS; i++)
				s->nameable[dim].w[i] |= s->axis[dim].atoms[k].name.w[i];
	}
}

static void take_rules(struct check_space *s, const struct consent_policy *p)
{
	for (size_t i = 0; p != NULL && i < p->count; i++) {
		const struct eval_rule *r = &p->rules[i];

		s->rules[s->count] = r;
		s->hot[s->count] = &p->hot[i];
		if (!r->used_up)
			check_set_add(&s->all, s->count);
		if (r->everyone)
			check_set_add(&s->everyone, s->count);
		if (r->lock)
			check_set_add(&s->locks, s->count);
		s->count++;
	}
}

enum err check_space_init(struct check_space *ret, const struct consent_policy *p, const struct consent_policy *other,
			  const struct check_limits *limits)
{
	if (p->count + (other ? other->count : 0) > CHECK_RULES_MAX)
		return ERR_LIMIT;
	*ret = (struct check_space){0};
	take_rules(ret, p);
	take_rules(ret, other);
	add_values(ret, limits);
	if (limits->never.who != NULL)
		leave_out(ret, limits->never.who);
	for (int dim = 0; dim < DIM_COUNT && !ret->failed; dim++)
		sort_out(ret, dim);
	if (ret->failed) {
		check_space_release(ret);
		return ERR_MEMORY;
	}
	find_sure(ret);
	return ERR_OK;
}

void check_space_release(struct check_space *s)
{
	for (int dim = 0; dim < DIM_COUNT; dim++) {
		free(s->axis[dim].atoms);
		free(s->axis[dim].children);
	}
	*s = (struct check_space){0};
}

/* ---- the walk -------------------------------------------------------------------------------- */

struct path {
	struct check_space *s;
	const struct check_walk *walk;
	const struct check_atom *at[DIM_COUNT];
	bool enough;
};

static bool visit(struct path *p)
{
	const struct check_atom *const *at = p->at;
	struct consent_question q = {.licensed = true, .role = (uint32_t)at[DIM_ROLE]->number, .form = FORM_FULL,
				     .purpose = (uint32_t)at[DIM_PURPOSE]->number, .now.v = at[DIM_NOW]->number,
				     .emergency = p->walk->emergency,
				     .rights = p->walk->emergency ? RIGHT_EMERGENCY : 0};
	struct consent_record r = {.category = (uint32_t)at[DIM_CATEGORY]->number,
				   .confidentiality = (uint32_t)at[DIM_CONFIDENTIALITY]->number,
				   .forms = 1u << FORM_FULL | 1u << FORM_DEID, .period_known = !at[DIM_FROM]->unknown};

	ID_COPY(q.account, at[DIM_ACCOUNT]->id);
	ID_COPY(q.organisation, at[DIM_ORGANISATION]->id);
	ID_COPY(q.project, at[DIM_PROJECT]->id);
	ID_COPY(r.id, at[DIM_RECORD]->id);
	ID_COPY(r.author, at[DIM_AUTHOR]->id);
	if (r.period_known) {
		r.from.v = at[DIM_FROM]->number;
		r.to.v = at[DIM_TO]->number;
	}
	for (int l = 1; l <= LABEL_PDS; l++)
		r.labels |= (uint64_t)at[DIM_LABEL + l - 1]->number << l;
	return p->walk->visit(p->walk->self, &q, &r);
}

/* Are all that must match about this asker, or can they become so by what follows? */
static bool can_be_named(const struct path *p, int dim, const struct check_state *state)
{
	uint64_t missing = 0;

	for (size_t i = 0; i < CHECK_WORDS; i++)
		missing |= p->walk->must.w[i] & ~(state->named.w[i] | p->s->nameable[dim].w[i]);
	return missing == 0;
}

/* The ledger takes no emergency for anything else. */
static bool can_be_emergency(int64_t purpose)
{
	return purpose == PURPOSE_TREAT || purpose == PURPOSE_ETREAT || purpose == PURPOSE_BTG;
}

/* The state behind a value; false when nothing there can be what is looked for. */
static bool step(struct check_child *ret, const struct path *p, int dim, const struct check_state *state,
		 const struct check_atom *a)
{
	struct check_set sure, some;

	if (dim == DIM_TO && (a->unknown != p->at[DIM_FROM]->unknown ||
			      (!a->unknown && a->number <= p->at[DIM_FROM]->number)))
		return false;
	if (dim == DIM_PURPOSE && p->walk->emergency && !can_be_emergency(a->number))
		return false;
	*ret = (struct check_child){.atom = a};
	for (size_t i = 0; i < CHECK_WORDS; i++) {
		uint64_t met = dim >= DIM_LABEL ? state->named.w[i] : 0, alive = state->alive.w[i] & (a->keep.w[i] | met);

		ret->state.named.w[i] = state->named.w[i] | a->name.w[i];
		if (dim == DIM_PROJECT) { /* the last word on who asks; from here on it is labels that are met */
			alive &= ret->state.named.w[i];
			ret->state.named.w[i] = 0;
		}
		ret->state.alive.w[i] = alive;
		ret->state.named.w[i] &= alive;
		ret->size += (unsigned)__builtin_popcountll(alive);
	}
	if (dim < DIM_PROJECT && !can_be_named(p, dim + 1, &ret->state))
		return false;
	some = meet(&ret->state.alive, &p->walk->some);
	if (!contains(&ret->state.alive, &p->walk->must) || (!is_empty(&p->walk->some) && is_empty(&some)))
		return false;
	sure = meet(&ret->state.alive, &p->s->surely[dim + 1]);
	sure = meet(&sure, &p->s->locks);
	return !p->walk->no_lock || dim < DIM_PROJECT || is_empty(&sure);
}

/* Values that come to the same are one; those that leave the fewest rules come first. */
static size_t children_of(struct path *p, int dim, const struct check_state *state)
{
	struct check_axis *x = &p->s->axis[dim];
	size_t n = 0;

	for (size_t k = 0; k < x->count; k++) {
		struct check_child child;
		size_t i;

		if (!step(&child, p, dim, state, &x->atoms[k]))
			continue;
		for (i = 0; i < n; i++)
			if (x->children[i].atom->unknown == child.atom->unknown && /* other ends follow */
			    memcmp(&x->children[i].state, &child.state, sizeof(child.state)) == 0)
				break;
		if (i < n)
			continue;
		for (i = n++; i > 0 && x->children[i - 1].size > child.size; i--)
			x->children[i] = x->children[i - 1];
		x->children[i] = child;
	}
	return n;
}

static enum err descend(struct path *p, int dim, const struct check_state *state)
{
	size_t n;

	if (++p->s->steps > CHECK_CELLS_MAX)
		return ERR_LIMIT;
	if (dim == DIM_COUNT) {
		p->enough = visit(p);
		return ERR_OK;
	}
	n = children_of(p, dim, state);
	for (size_t i = 0; i < n && !p->enough; i++) {
		p->at[dim] = p->s->axis[dim].children[i].atom;
		TRY(descend(p, dim + 1, &p->s->axis[dim].children[i].state));
	}
	return ERR_OK;
}

static bool some_value_keeps(const struct check_axis *x, const struct check_set *must)
{
	for (size_t k = 0; k < x->count; k++)
		if (contains(&x->atoms[k].keep, must))
			return true;
	return false;
}

/* Has a label of this deny a place beside all of them? */
static bool some_label_keeps(const struct check_space *s, size_t deny, const struct check_set *must)
{
	for (int dim = DIM_LABEL; dim < DIM_COUNT; dim++)
		for (size_t k = 0; k < s->axis[dim].count; k++)
			if (has(&s->axis[dim].atoms[k].name, deny) && contains(&s->axis[dim].atoms[k].keep, must))
				return true;
	return false;
}

/* Is there a value for all of them in each dimension?  Else there is no need to walk all others to see it. */
static bool can_meet(const struct check_space *s, const struct check_set *must)
{
	struct check_set openers = *must;

	for (size_t i = 0; i < s->count; i++) /* a deny that goes at one label may have met another */
		if (s->rules[i]->effect == EFFECT_DENY)
			openers.w[i / 64] &= ~(1ull << (i % 64));
	for (int dim = 0; dim < DIM_COUNT; dim++)
		if (!some_value_keeps(&s->axis[dim], dim < DIM_LABEL ? must : &openers))
			return false;
	for (size_t i = 0; i < s->count; i++)
		if (has(must, i) && s->rules[i]->effect == EFFECT_DENY && s->rules[i]->labels != 0 &&
		    !some_label_keeps(s, i, &openers))
			return false;
	return contains(&s->all, must);
}

enum err check_space_walk(struct check_space *s, const struct check_walk *walk, struct err_info *info)
{
	struct path p = {.s = s, .walk = walk};
	struct check_state start = {s->all, s->everyone};
	enum err e;

	if (!can_meet(s, &walk->must))
		return ERR_OK;
	/* In an emergency only the locks that hold there matter. */
	for (size_t i = 0; i < s->count && walk->emergency; i++)
		if (!has(&s->locks, i) || s->rules[i]->emergency_ok)
			start.alive.w[i / 64] &= ~(1ull << (i % 64));
	start.named = meet(&start.named, &start.alive);
	e = descend(&p, 0, &start);
	if (e == ERR_LIMIT)
		return err_set(info, e, "the rules meet in too many ways to look at each: ask about less, or join rules");
	return e;
}
