/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdlib.h>

#include "core/crypto/seal.h"

#define MUST(expression) ASSERT((expression) == ERR_OK)

static void make_open(struct world_account *a, const struct rng *rng, const struct network_id *network)
{
	struct buf context = BUF_INIT;
	struct schnorr_proof proof;
	struct scalar secret;
	struct g1 open;

	scalar_random(&secret, rng);
	g1_mul_generator(&open, &secret);
	g1_write(a->open, &open);
	keyset_open_context(&context, network, BYTES_ID(a->sign));
	schnorr_prove(&proof, &secret, buf_bytes(&context), rng);
	memcpy(a->open_proof, proof.b, sizeof(a->open_proof));
	buf_release(&context);
}

void world_keyset(Medlock__KeySet *ret, const struct world_account *a)
{
	*ret = (Medlock__KeySet)MEDLOCK__KEY_SET__INIT;
	ret->sign = wire_data(BYTES_ID(a->sign));
	ret->seal = wire_data(bytes_of(a->seal, sizeof(a->seal)));
	ret->open = wire_data(bytes_of(a->open, sizeof(a->open)));
	ret->open_proof = wire_data(bytes_of(a->open_proof, sizeof(a->open_proof)));
}

void world_account_new(struct world_account *ret, const struct rng *rng, const struct network_id *network, uint32_t role)
{
	struct secret *seal = NULL;
	struct seal_public seal_public;
	Medlock__KeySet keys;

	*ret = (struct world_account){.role = role};
	MUST(secret_new(&ret->sign_seed, SIGN_SEED_SIZE));
	rng_fill(rng, ret->sign_seed->data, SIGN_SEED_SIZE);
	sign_public_of_seed(&ret->sign, ret->sign_seed);
	MUST(seal_private_new(&seal, rng));
	seal_public_of(&seal_public, seal);
	memcpy(ret->seal, seal_public.b, sizeof(ret->seal));
	secret_free(seal);
	make_open(ret, rng, network);
	world_keyset(&keys, ret);
	MUST(keyset_account(&ret->id, &keys));
}

void world_account_release(struct world_account *a)
{
	a->sign_seed = secret_free(a->sign_seed);
}

void world_keys_sign(uint8_t ret[64], const struct world_account *a, const struct network_id *network)
{
	Medlock__KeySet keys;
	struct signature s;
	struct hash32 statement;

	world_keyset(&keys, a);
	MUST(keyset_statement(&statement, network, &a->id, &keys));
	sign_make(&s, a->sign_seed, BYTES_ID(statement));
	memcpy(ret, s.b, sizeof(s.b));
}

#define GENESIS_ACCOUNTS 5u

struct genesis_parts {
	Medlock__GenesisAccount account[GENESIS_ACCOUNTS], *accounts[GENESIS_ACCOUNTS];
	Medlock__KeySet keys[GENESIS_ACCOUNTS];
	uint8_t signature[GENESIS_ACCOUNTS][64], commitment[2][G1_SIZE], salt[32], validator_key[32];
	ProtobufCBinaryData operators[1], authorities[1], commitments[2];
	Medlock__Validator validator, *validators[1];
	Medlock__Custodian custodian[3], *custodians[3];
	Medlock__Parameters parameters;
	Medlock__Network network;
	Medlock__Genesis genesis;
};

static void add_genesis_account(struct genesis_parts *p, size_t i, const struct world_account *a)
{
	struct network_id none = GENESIS_NETWORK;

	world_keyset(&p->keys[i], a);
	world_keys_sign(p->signature[i], a, &none);
	p->account[i] = (Medlock__GenesisAccount)MEDLOCK__GENESIS_ACCOUNT__INIT;
	p->account[i].keys = &p->keys[i];
	p->account[i].keys_signature = wire_data(bytes_of(p->signature[i], 64));
	p->account[i].role = a->role;
	p->accounts[i] = &p->account[i];
}

static void fill_network(struct genesis_parts *p, struct world *w)
{
	Medlock__Network *n = &p->network;

	*n = (Medlock__Network)MEDLOCK__NETWORK__INIT;
	p->validator = (Medlock__Validator)MEDLOCK__VALIDATOR__INIT;
	p->validator.public_key = wire_data(BYTES_ID(w->op.sign));
	p->validator.power = 1;
	p->validators[0] = &p->validator;
	p->operators[0] = wire_data(BYTES_ID(w->op.id));
	p->authorities[0] = wire_data(BYTES_ID(w->ca.id));
	for (size_t i = 0; i < 3; i++) {
		p->custodian[i] = (Medlock__Custodian)MEDLOCK__CUSTODIAN__INIT;
		p->custodian[i].account = wire_data(BYTES_ID(w->peer[i].id));
		p->custodian[i].index = (uint32_t)i + 1;
		p->custodians[i] = &p->custodian[i];
	}
	for (size_t i = 0; i < 2; i++) {
		g1_write(p->commitment[i], &w->key.commitments[i]);
		p->commitments[i] = wire_data(bytes_of(p->commitment[i], G1_SIZE));
	}
	p->parameters = (Medlock__Parameters)MEDLOCK__PARAMETERS__INIT;
	p->parameters.grant_ms = GRANT_MS_DEFAULT;
	p->parameters.emergency_ms = EMERGENCY_MS_DEFAULT;
	p->parameters.copies = 0;
	*n = (Medlock__Network){.base = n->base, .version = 1, .n_operators = 1, .operators = p->operators,
		.n_validators = 1, .validators = p->validators, .n_custodians = 3, .custodians = p->custodians,
		.threshold = 2, .n_commitments = 2, .commitments = p->commitments, .key_generation = 1,
		.n_authorities = 1, .authorities = p->authorities, .parameters = &p->parameters};
}

static void make_genesis(struct world *w, int64_t time)
{
	static char chain_id[] = "test-solo-1";
	struct genesis_parts p = {0};
	struct err_info info = {0};

	add_genesis_account(&p, 0, &w->op);
	add_genesis_account(&p, 1, &w->ca);
	for (size_t i = 0; i < 3; i++)
		add_genesis_account(&p, 2 + i, &w->peer[i]);
	fill_network(&p, w);
	rng_fill(w->rng, p.salt, sizeof(p.salt));
	p.genesis = (Medlock__Genesis)MEDLOCK__GENESIS__INIT;
	p.genesis.chain_id = chain_id;
	p.genesis.time = time;
	p.genesis.accounts = p.accounts;
	p.genesis.n_accounts = GENESIS_ACCOUNTS;
	p.genesis.network = &p.network;
	p.genesis.salt = wire_data(bytes_of(p.salt, sizeof(p.salt)));
	if (genesis_encode(&w->genesis, &w->network, &p.genesis, &info)) {
		assert_failed(info.detail, __FILE__, __LINE__);
	}
	MUST(contract_init(&w->kv, &p.genesis, &w->network, &info));
}

void world_init_at(struct world *w, uint64_t seed, int64_t time)
{
	struct network_id none = GENESIS_NETWORK;

	*w = (struct world){0};
	seeded_rng_init(&w->seeded, seed);
	w->rng = &w->seeded.rng;
	w->memory = memory_kv_new();
	w->kv = memory_kv_view(w->memory);
	world_account_new(&w->op, w->rng, &none, ROLE_OPERATOR);
	world_account_new(&w->ca, w->rng, &none, ROLE_OFFICER);
	for (size_t i = 0; i < 3; i++)
		world_account_new(&w->peer[i], w->rng, &none, ROLE_PEER);
	threshold_deal(&w->key, w->shares, 2, 3, w->rng);
	make_genesis(w, time);
	w->block = (struct contract_block){WORLD_HEIGHT, {time + 60000}, w->network};
}

void world_init(struct world *w, uint64_t seed)
{
	world_init_at(w, seed, WORLD_TIME);
}

void world_release(struct world *w)
{
	world_account_release(&w->op);
	world_account_release(&w->ca);
	for (size_t i = 0; i < 3; i++)
		world_account_release(&w->peer[i]);
	buf_release(&w->genesis);
	memory_kv_free(w->memory);
}

Medlock__Body world_body(struct world *w, uint8_t salt[16])
{
	Medlock__Body body = MEDLOCK__BODY__INIT;

	rng_fill(w->rng, salt, 16);
	body.network_id = wire_data(BYTES_ID(w->network));
	body.salt = wire_data(bytes_of(salt, 16));
	body.valid_until = w->block.height + 100;
	return body;
}

void world_sign(struct buf *ret_tx, const struct world *w, const Medlock__Body *body, const struct world_account *by)
{
	struct buf bytes = BUF_INIT;
	struct signature s;
	struct hash32 hash;
	struct tx_id id;

	(void)w;
	WIRE_ENCODE(&bytes, body);
	MUST(buf_error(&bytes));
	hash = tx_signing_hash(&w->network, buf_bytes(&bytes));
	sign_make(&s, by->sign_seed, BYTES_ID(hash));
	MUST(tx_assemble(ret_tx, &id, buf_bytes(&bytes), &by->id, &s));
	buf_release(&bytes);
}

enum err world_apply(struct world *w, struct contract_result *result, const Medlock__Body *body,
		     const struct world_account *by, const struct contract_sink *sink)
{
	struct contract_result r = {0};
	struct buf bytes = BUF_INIT;
	struct tx tx;
	enum err e;

	world_sign(&bytes, w, body, by);
	e = tx_parse(&tx, buf_bytes(&bytes), NULL);
	buf_release(&bytes);
	if (e)
		return e;
	MUST(contract_apply(&r, &w->kv, &w->block, &tx, NULL, sink));
	tx_release(&tx);
	e = (enum err)-(int)r.code;
	if (result)
		*result = r;
	else
		contract_result_release(&r);
	return e;
}

void world_enrol(struct world *w, struct world_account *ret, uint32_t role, const struct organisation_id *organisation,
		 uint32_t rights, const uint32_t *purposes, size_t purpose_count)
{
	Medlock__CertAnchor c = MEDLOCK__CERT_ANCHOR__INIT;
	Medlock__KeySet keys;
	uint8_t salt[16], signature[64], certificate[32];
	Medlock__Body body = world_body(w, salt);

	world_account_new(ret, w->rng, &w->network, role);
	world_keyset(&keys, ret);
	world_keys_sign(signature, ret, &w->network);
	rng_fill(w->rng, certificate, sizeof(certificate));
	c.account = wire_data(BYTES_ID(ret->id));
	c.keys = &keys;
	c.keys_signature = wire_data(bytes_of(signature, sizeof(signature)));
	c.role = role;
	c.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	c.not_after = WORLD_TIME + 365 * MS_PER_DAY;
	if (organisation) {
		ret->organisation = *organisation;
		c.organisation = wire_data(BYTES_ID(ret->organisation));
	}
	c.rights = rights;
	c.purposes = (uint32_t *)(uintptr_t)purposes;
	c.n_purposes = purpose_count;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &c;
	MUST(world_apply(w, NULL, &body, &w->ca, NULL));
}

static ProtobufCBinaryData own_bytes(struct bytes x)
{
	ProtobufCBinaryData out = {.len = x.len, .data = malloc(x.len)};

	ASSERT(out.data);
	memcpy(out.data, x.data, x.len);
	return out;
}

static void add_rendition(struct world *w, Medlock__RecordDeposit *d, uint32_t form)
{
	Medlock__Rendition *r = malloc(sizeof(*r));
	uint8_t blob[32], capsule[CAPSULE_SIZE] = {0};

	ASSERT(r);
	*r = (Medlock__Rendition)MEDLOCK__RENDITION__INIT;
	rng_fill(w->rng, blob, sizeof(blob));
	r->form = form;
	r->blob = own_bytes(bytes_of(blob, sizeof(blob)));
	r->size = 1000;
	r->capsule = own_bytes(bytes_of(capsule, sizeof(capsule)));
	r->key_generation = 1;
	d->renditions[d->n_renditions++] = r;
}

void world_deposit_seal(struct world *w, Medlock__RecordDeposit *d, const struct account_id *depositor)
{
	struct hash32 label;

	MUST(deposit_label(&label, &w->network, depositor, d));
	for (size_t i = 0; i < d->n_renditions; i++) {
		struct capsule_draft draft;
		struct capsule_key key;
		struct capsule capsule;

		capsule_begin(&draft, &key, &w->key, w->rng);
		capsule_finish(&capsule, &draft, BYTES_ID(label), w->rng);
		capsule_key_wipe(&key);
		memcpy(d->renditions[i]->capsule.data, capsule.b, CAPSULE_SIZE);
	}
}

Medlock__RecordDeposit *world_deposit_new(struct world *w, const struct account_id *owner,
					  const struct world_account *depositor, uint32_t category, uint32_t forms)
{
	Medlock__RecordDeposit *d = malloc(sizeof(*d));

	ASSERT(d);
	*d = (Medlock__RecordDeposit)MEDLOCK__RECORD_DEPOSIT__INIT;
	d->owner = own_bytes(BYTES_ID(*owner));
	if (!bytes_is_zero(BYTES_ID(depositor->organisation)))
		d->organisation = own_bytes(BYTES_ID(depositor->organisation));
	d->category = category;
	d->confidentiality = CONFIDENTIALITY_N;
	d->renditions = calloc(2, sizeof(*d->renditions));
	ASSERT(d->renditions);
	for (uint32_t form = FORM_FULL; form <= FORM_DEID; form++)
		if (forms >> form & 1u)
			add_rendition(w, d, form);
	world_deposit_seal(w, d, &depositor->id);
	return d;
}

void world_deposit_free(Medlock__RecordDeposit *d)
{
	WIRE_FREE(d);
}

struct record_id world_record(struct world *w, const struct account_id *owner, const struct world_account *by,
			      uint32_t category, uint32_t forms)
{
	Medlock__RecordDeposit *d = world_deposit_new(w, owner, by, category, forms);
	uint8_t salt[16];
	Medlock__Body body = world_body(w, salt);
	struct contract_result r = {0};
	Medlock__TxResult *data = NULL;
	struct record_id id;

	body.action_case = MEDLOCK__BODY__ACTION_RECORD_DEPOSIT;
	body.record_deposit = d;
	MUST(world_apply(w, &r, &body, by, NULL));
	MUST(WIRE_DECODE(&data, medlock__tx_result, buf_bytes(&r.data), TX_DECODED_MAX, NULL));
	ID_COPY(id, data->id.data);
	WIRE_FREE(data);
	contract_result_release(&r);
	world_deposit_free(d);
	return id;
}
