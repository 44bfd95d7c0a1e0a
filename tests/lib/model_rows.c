/* SPDX-License-Identifier: Apache-2.0 */
/* The model's state as rows: keys and values as docs/formats/transaction.md says. */
#include <stdlib.h>

#include "model_state.h"

struct rows {
	struct model_row *list;
	size_t count;
};

/* A key is a tag, then each part after its length.  value: a message, or NULL for `plain`. */
static void add(struct rows *to, char tag, const struct bytes *parts, size_t count, const void *value, struct bytes plain)
{
	struct model_row *row = M_APPEND(to->list, to->count);

	buf_append_byte(&row->key, (uint8_t)tag);
	for (size_t i = 0; i < count; i++) {
		buf_append_byte(&row->key, (uint8_t)parts[i].len);
		buf_append_bytes(&row->key, parts[i]);
	}
	if (value)
		wire_encode(&row->value, value);
	else
		buf_append_bytes(&row->value, plain);
	ASSERT(buf_error(&row->key) == ERR_OK && buf_error(&row->value) == ERR_OK);
}

#define NO_BYTES ((struct bytes){0})

static void add_by_name(struct rows *to, char tag, const struct hash32 *name, const void *value)
{
	const struct bytes part = BYTES_ID(*name);

	add(to, tag, &part, 1, value, NO_BYTES);
}

static void add_seen(struct rows *to, char tag, struct bytes what)
{
	static const uint8_t seen = 1;

	add(to, tag, &what, 1, NULL, bytes_of(&seen, 1));
}

static void add_account(struct rows *to, const struct m_account *x)
{
	Medlock__AccountState row = MEDLOCK__ACCOUNT_STATE__INIT;

	row.keys = x->keys;
	row.role = x->role;
	row.certificate = m_name_data(&x->certificate);
	row.not_after = x->not_after;
	row.organisation = m_name_data(&x->organisation);
	row.rights = x->rights;
	row.purposes = (uint32_t *)(uintptr_t)x->purposes;
	row.n_purposes = x->purpose_count;
	row.revoked = x->revoked;
	row.revoke_reason = x->revoke_reason;
	row.revoked_height = x->revoked_height;
	row.anchored_height = x->anchored_height;
	row.event_count = x->event_count;
	if (x->event_count)
		row.event_head = m_data(&x->event_head);
	row.generation = x->generation;
	row.helpers = m_name_data(&x->helpers);
	row.pending = x->pending;
	row.minor_until = x->minor_until;
	add_by_name(to, 'a', &x->id, &row);
}

static void add_keys(struct rows *to, const struct m_keys *x)
{
	uint8_t be[4];
	const struct bytes parts[] = {BYTES_ID(x->account), bytes_of(be, 4)};

	put_be32(be, x->generation);
	add(to, 'g', parts, 2, x->state, NO_BYTES);
}

static void add_sign(struct rows *to, const struct m_sign *x)
{
	const struct bytes part = BYTES_ID(x->key);
	uint8_t value[36];

	memcpy(value, x->account.b, 32);
	put_be32(value + 32, x->generation);
	add(to, 'i', &part, 1, NULL, bytes_of(value, sizeof(value)));
}

static int by_number(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static void add_policy(struct rows *to, const struct model *m, const struct m_policy *x)
{
	Medlock__PolicyState row = MEDLOCK__POLICY_STATE__INIT;
	uint32_t ids[RULES_PER_ACCOUNT_MAX];

	for (size_t i = 0; i < m->rule_count; i++)
		if (ID_EQUAL(m->rules[i].owner, x->owner)) {
			ASSERT(row.n_rules < RULES_PER_ACCOUNT_MAX);
			ids[row.n_rules++] = m->rules[i].rule->id;
		}
	qsort(ids, row.n_rules, sizeof(*ids), by_number);
	row.version = x->version;
	row.default_effect = x->default_effect;
	row.paused = x->paused;
	row.next_rule = x->next_rule;
	row.rules = ids;
	row.records = m_record_count(m, &x->owner);
	add_by_name(to, 'p', &x->owner, &row);
}

static void add_rule(struct rows *to, const struct m_rule *x)
{
	Medlock__RuleState row = MEDLOCK__RULE_STATE__INIT;
	uint8_t be[4];
	const struct bytes parts[] = {BYTES_ID(x->owner), bytes_of(be, 4)};

	put_be32(be, x->rule->id);
	row.rule = x->rule;
	row.policy_version = x->policy_version;
	row.height = x->height;
	row.time = x->time;
	row.uses_spent = x->uses_spent;
	add(to, 'u', parts, 2, &row, NO_BYTES);
}

/* What an erased record's row no longer shows. */
static void strip(Medlock__RecordDeposit *d)
{
	for (size_t i = 0; i < d->n_renditions; i++)
		d->renditions[i]->capsule.len = 0;
	d->n_labels = 0;
	WIRE_FREE(d->period);
	d->period = NULL;
}

static void add_record(struct rows *to, const struct m_record *x)
{
	Medlock__RecordState row = MEDLOCK__RECORD_STATE__INIT;
	uint8_t be[8];
	const struct bytes parts[] = {wire_bytes(x->deposit->owner), bytes_of(be, 8)};

	put_be64(be, x->number);
	row.deposit = m_clone(x->deposit);
	if (x->status == RECORD_STATUS_ERASED)
		strip(row.deposit);
	row.depositor = m_data(&x->depositor);
	row.height = x->height;
	row.time = x->time;
	row.status = x->status;
	row.superseded_by = m_name_data(&x->superseded_by);
	row.first = m_name_data(&x->first);
	row.number = x->number;
	add_by_name(to, 'r', &x->id, &row);
	WIRE_FREE(row.deposit);
	add(to, 'o', parts, 2, NULL, BYTES_ID(x->id));
	for (size_t i = 0; i < x->deposit->n_renditions; i++)
		add_seen(to, 'c', bytes_of(x->deposit->renditions[i]->capsule.data, 48));
}

static void add_request(struct rows *to, const struct m_request *x)
{
	Medlock__RequestState row = MEDLOCK__REQUEST_STATE__INIT;
	struct m_decided_wire given = m_decided_wire(x->given, x->given_count);

	row.requester = m_data(&x->requester);
	row.owner = x->asked->owner;
	row.purpose = x->asked->purpose;
	row.form = x->asked->form;
	row.emergency = x->asked->emergency;
	row.records = given.list;
	row.n_records = given.count;
	row.sign_key = x->asked->sign_key;
	row.seal_key = x->asked->seal_key;
	row.height = x->height;
	row.time = x->time;
	row.expires = x->expires;
	row.closed = x->closed;
	row.review = m_name_data(&x->review);
	row.project = x->asked->project;
	add_by_name(to, 'q', &x->id, &row);
	add_seen(to, 'k', wire_bytes(x->asked->sign_key));
	add_seen(to, 'k', wire_bytes(x->asked->seal_key));
	m_decided_wire_release(&given);
}

static int by_delegate(const void *x, const void *y)
{
	const Medlock__ProxyState *a = *(Medlock__ProxyState *const *)x, *b = *(Medlock__ProxyState *const *)y;

	return memcmp(a->delegate.data, b->delegate.data, 32);
}

static void add_proxies(struct rows *to, const struct model *m, const struct hash32 *owner)
{
	Medlock__ProxiesState row = MEDLOCK__PROXIES_STATE__INIT;
	Medlock__ProxyState list[PROXIES_PER_ACCOUNT_MAX], *order[PROXIES_PER_ACCOUNT_MAX];

	for (size_t i = 0; i < m->proxy_count; i++) {
		const struct m_proxy *x = &m->proxies[i];
		Medlock__ProxyState *p = &list[row.n_proxies];

		if (!ID_EQUAL(x->owner, *owner))
			continue;
		ASSERT(row.n_proxies < PROXIES_PER_ACCOUNT_MAX);
		*p = (Medlock__ProxyState)MEDLOCK__PROXY_STATE__INIT;
		p->delegate = m_data(&x->delegate);
		p->scope = x->scope;
		p->valid_from = x->from;
		p->valid_to = x->to;
		p->height = x->height;
		p->time = x->time;
		p->by_authority = x->by_authority;
		order[row.n_proxies++] = p;
	}
	if (row.n_proxies == 0)
		return;
	qsort(order, row.n_proxies, sizeof(Medlock__ProxyState *), by_delegate);
	row.proxies = order;
	add_by_name(to, 'd', owner, &row);
}

static void add_questions(struct rows *to, const struct model *m, const struct hash32 *request)
{
	Medlock__QuestionsState row = MEDLOCK__QUESTIONS_STATE__INIT;
	Medlock__QuestionState list[QUESTIONS_PER_REQUEST_MAX], *order[QUESTIONS_PER_REQUEST_MAX];

	for (size_t i = 0; i < m->question_count; i++) {
		const struct m_question *x = &m->questions[i];
		Medlock__QuestionState *q = &list[row.n_questions];

		if (!ID_EQUAL(x->request, *request))
			continue;
		ASSERT(row.n_questions < QUESTIONS_PER_REQUEST_MAX);
		*q = (Medlock__QuestionState)MEDLOCK__QUESTION_STATE__INIT;
		q->asker = m_data(&x->asker);
		q->text = m_data(&x->text);
		q->height = x->height;
		q->time = x->time;
		q->due = x->due;
		q->reply = m_name_data(&x->reply);
		q->reply_height = x->reply_height;
		q->reply_time = x->reply_time;
		order[row.n_questions++] = q;
	}
	row.questions = order;
	if (row.n_questions)
		add_by_name(to, 'w', request, &row);
}

static void add_replay(struct rows *to, const struct m_replay *x)
{
	Medlock__ReplayState row = MEDLOCK__REPLAY_STATE__INIT;
	uint8_t be[8];
	const struct bytes parts[] = {bytes_of(be, 8), BYTES_ID(x->key)};

	put_be64(be, x->valid_until);
	row.data = wire_data(buf_bytes(&x->data));
	row.tx = m_data(&x->tx);
	add(to, 'x', parts, 2, &row, NO_BYTES);
}

static int by_key(const void *x, const void *y)
{
	const struct model_row *a = x, *b = y;
	size_t both = a->key.len < b->key.len ? a->key.len : b->key.len;
	int c = memcmp(a->key.data, b->key.data, both);

	return c ? c : (a->key.len > b->key.len) - (a->key.len < b->key.len);
}

struct model_row *model_rows(const struct model *m, size_t *ret_count)
{
	struct rows all = {0};

	for (size_t i = 0; i < m->account_count; i++)
		add_account(&all, &m->accounts[i]);
	for (size_t i = 0; i < m->account_count; i++)
		add_proxies(&all, m, &m->accounts[i].id);
	for (size_t i = 0; i < m->keys_count; i++)
		add_keys(&all, &m->keys[i]);
	for (size_t i = 0; i < m->sign_count; i++)
		add_sign(&all, &m->signs[i]);
	for (size_t i = 0; i < m->policy_count; i++)
		add_policy(&all, m, &m->policies[i]);
	for (size_t i = 0; i < m->rule_count; i++)
		add_rule(&all, &m->rules[i]);
	for (size_t i = 0; i < m->record_count; i++)
		add_record(&all, &m->records[i]);
	for (size_t i = 0; i < m->request_count; i++)
		add_request(&all, &m->requests[i]);
	for (size_t i = 0; i < m->request_count; i++)
		add_questions(&all, m, &m->requests[i].id);
	for (size_t i = 0; i < m->replay_count; i++)
		add_replay(&all, &m->replays[i]);
	add(&all, 'n', NULL, 0, m->network, NO_BYTES);
	qsort(all.list, all.count, sizeof(*all.list), by_key);
	*ret_count = all.count;
	return all.list;
}

void model_rows_free(struct model_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_release(&rows[i].key);
		buf_release(&rows[i].value);
	}
	free(rows);
}
