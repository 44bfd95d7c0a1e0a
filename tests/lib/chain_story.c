/* SPDX-License-Identifier: Apache-2.0 */
#include "chain_story.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)

static const struct organisation_id hospital = {{7, 1}};

void story_init(struct story *s, uint64_t seed)
{
	story_init_at(s, seed, WORLD_TIME);
}

void story_init_at(struct story *s, uint64_t seed, int64_t time)
{
	memset(s, 0, sizeof(*s));
	world_init_at(&s->w, seed, time);
	chain_init(&s->chain, buf_bytes(&s->w.genesis), s->w.op.sign_seed);
	s->w.block.height = 1;
}

void story_release(struct story *s)
{
	world_account_release(&s->anna);
	world_account_release(&s->bram);
	world_account_release(&s->doctor);
	for (size_t i = 0; i < STORY_TXS_MAX; i++)
		buf_release(&s->txs[i]);
	for (size_t i = 0; i < s->event_count; i++)
		buf_release(&s->events[i].bytes);
	free(s->events);
	chain_release(&s->chain);
	world_release(&s->w);
}

static enum err keep_event(void *self, const struct account_id *owner, uint64_t n, struct bytes event)
{
	struct story *s = self;

	s->events = realloc(s->events, (s->event_count + 1) * sizeof(*s->events));
	ASSERT(s->events != NULL);
	s->events[s->event_count] = (struct chain_event){.owner = *owner, .n = n};
	buf_append_bytes(&s->events[s->event_count++].bytes, event);
	return ERR_OK;
}

void story_block(struct story *s)
{
	struct contract_result results[STORY_TXS_MAX] = {0};
	struct contract_sink sink = {s, keep_event};
	struct bytes txs[STORY_TXS_MAX];

	for (size_t i = 0; i < s->tx_count; i++)
		txs[i] = buf_bytes(&s->txs[i]);
	s->w.block.time = chain_next_time(&s->chain);
	MUST(contract_block_apply(results, &s->w.kv, &s->w.block, txs, s->tx_count, NULL, &sink));
	chain_block(&s->chain, txs, s->tx_count);
	for (size_t i = 0; i < s->tx_count; i++) {
		ASSERT(results[i].code == s->chain.last_results[i].code);
		contract_result_release(&results[i]);
		buf_clear(&s->txs[i]);
	}
	s->tx_total += s->tx_count;
	s->tx_count = 0;
	s->w.block.height++;
}

static void act(struct story *s, Medlock__Body *body, const struct world_account *by)
{
	ASSERT(s->tx_count < STORY_TXS_MAX);
	tx_body_sort(body);
	world_sign(&s->txs[s->tx_count++], &s->w, body, by);
}

/* That the transaction i of the newest block was taken; the id it made. */
static struct hash32 made(const struct story *s, size_t i)
{
	Medlock__TxResult *data = NULL;
	struct hash32 id = {{0}};

	ASSERT(s->chain.last_results[i].code == 0);
	MUST(WIRE_DECODE(&data, medlock__tx_result, buf_bytes(&s->chain.last_results[i].data), TX_DECODED_MAX, NULL));
	if (data->id.len == ID_SIZE)
		ID_COPY(id, data->id.data);
	WIRE_FREE(data);
	return id;
}

static void anchor(struct story *s, struct world_account *ret, uint32_t role, const struct organisation_id *organisation)
{
	static uint32_t purposes[] = {PURPOSE_TREAT, PURPOSE_ETREAT};
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	uint8_t salt[16], signature[64], certificate[32];
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(ret, s->w.rng, &s->w.network, role);
	world_keyset(&keys, ret);
	world_keys_sign(signature, ret, &s->w.network);
	rng_fill(s->w.rng, certificate, sizeof(certificate));
	c.account = wire_data(BYTES_ID(ret->id));
	c.keys = &keys;
	c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	c.role = role;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = WORLD_TIME + 365 * MS_PER_DAY;
	if (organisation != NULL) {
		ret->organisation = *organisation;
		c.organisation = wire_data(BYTES_ID(ret->organisation));
		c.rights = RIGHT_DEPOSIT;
		c.purposes = purposes;
		c.n_purposes = 2;
	}
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	act(s, &body, &s->w.ca);
}

/* supersedes NULL: a new record. */
static void deposit(struct story *s, uint32_t category, const struct record_id *supersedes)
{
	Medlock__RecordDeposit *d = world_deposit_new(&s->w, &s->anna.id, &s->doctor, category, 1u << FORM_FULL);
	struct record_id old = supersedes != NULL ? *supersedes : (struct record_id){{0}};
	uint32_t labels[] = {LABEL_MH, LABEL_HIV};
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	d->labels = labels;
	d->n_labels = 2;
	if (supersedes != NULL)
		d->supersedes = wire_data(BYTES_ID(old));
	world_deposit_seal(&s->w, d, &s->doctor.id);
	body.action_case = supersedes != NULL ? MEDLOCK__BODY__ACTION_RECORD_AMEND : MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	if (supersedes != NULL)
		body.record_amend = d;
	else
		body.record_deposit = d;
	act(s, &body, &s->doctor);
	d->labels = NULL; /* these are not the message's to free */
	d->n_labels = 0;
	d->supersedes = wire_data(bytes_of(NULL, 0));
	world_deposit_free(d);
}

/* By Anna's or the doctor's hand: put a rule for one purpose and category; remove one (0: none). */
static void consent(struct story *s, const struct world_account *by, uint64_t version, uint32_t effect,
		    uint32_t category, uint32_t remove)
{
	Medlock__ConsentSet c = MEDLOCK__CONSENT_SET__INIT;
	Medlock__Rule rule = MEDLOCK__RULE__INIT, *list = &rule;
	uint32_t purpose = PURPOSE_TREAT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	rule.effect = effect;
	rule.purposes = &purpose;
	rule.n_purposes = 1;
	rule.categories = &category;
	rule.n_categories = 1;
	rule.any_label = effect == EFFECT_PERMIT;
	rule.uses_left = effect == EFFECT_PERMIT ? 5 : 0;
	rule.valid_to = WORLD_TIME + 30 * MS_PER_DAY;
	c.owner = wire_data(BYTES_ID(s->anna.id));
	c.expected_version = version;
	c.put = &list;
	c.n_put = 1;
	c.remove = &remove;
	c.n_remove = remove != 0;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_SET;
	body.consent_set = &c;
	act(s, &body, by);
}

void story_ask(struct story *s)
{
	Medlock__AccessRequest r = MEDLOCK__ACCESS_REQUEST__INIT;
	struct world_account keys;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	world_account_new(&keys, s->w.rng, &s->w.network, ROLE_CLINICIAN);
	r.owner = wire_data(BYTES_ID(s->anna.id));
	r.purpose = PURPOSE_TREAT;
	r.form = FORM_FULL;
	r.sign_key = wire_data(BYTES_ID(keys.sign));
	r.seal_key = wire_data(bytes_of(keys.seal, 32));
	body.action_case = MEDLOCK__BODY__ACTION_ACCESS_REQUEST;
	body.access_request = &r;
	act(s, &body, &s->doctor);
	world_account_release(&keys);
}

void story_pause(struct story *s, const struct world_account *by, bool paused)
{
	Medlock__ConsentPause c = MEDLOCK__CONSENT_PAUSE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.owner = wire_data(BYTES_ID(by->id));
	c.paused = paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &c;
	act(s, &body, by);
}

static void revoke(struct story *s, const struct world_account *who)
{
	Medlock__CertRevoke c = MEDLOCK__CERT_REVOKE__INIT;
	uint8_t salt[16];
	Medlock__Body body = world_body(&s->w, salt);

	c.account = wire_data(BYTES_ID(who->id));
	c.reason = 1;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_REVOKE;
	body.cert_revoke = &c;
	act(s, &body, &s->w.ca);
}

void story_begin(struct story *s)
{
	struct hash32 id;

	anchor(s, &s->anna, ROLE_PATIENT, NULL);
	anchor(s, &s->bram, ROLE_PATIENT, NULL);
	anchor(s, &s->doctor, ROLE_CLINICIAN, &hospital);
	story_block(s);
	story_block(s);
	deposit(s, CATEGORY_LAB, NULL);
	deposit(s, CATEGORY_GEN, NULL); /* which will be refused */
	story_block(s);
	id = made(s, 0);
	ID_COPY(s->first, id.b);
	consent(s, &s->anna, 1, EFFECT_PERMIT, CATEGORY_LAB, 0);
	story_block(s);
	consent(s, &s->doctor, 2, EFFECT_PERMIT, CATEGORY_GEN, 0); /* refused */
	consent(s, &s->anna, 2, EFFECT_DENY, CATEGORY_GEN, 0);
	story_block(s);
	ASSERT(s->chain.last_results[0].code != 0 && s->chain.last_results[1].code == 0);
	story_ask(s);
	story_block(s);
	id = made(s, 0);
	ID_COPY(s->request, id.b);
	story_block(s);
}

void story_more(struct story *s)
{
	struct hash32 id;

	consent(s, &s->anna, 3, EFFECT_PERMIT, CATEGORY_MED, 2);
	story_block(s);
	story_ask(s); /* spends another use of the first rule */
	story_block(s);
	deposit(s, CATEGORY_LAB, &s->first);
	story_block(s);
	id = made(s, 0);
	ID_COPY(s->second, id.b);
	story_pause(s, &s->anna, true);
	story_block(s);
	revoke(s, &s->doctor);
	story_block(s);
	ASSERT(s->chain.last_results[0].code == 0);
	story_block(s);
}
