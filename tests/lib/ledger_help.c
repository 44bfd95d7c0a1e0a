/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger_help.h"

#include "core/base/rng.h"
#include "core/crypto/schnorr.h"
#include "core/crypto/seal.h"

static void make_open(struct person *p, const struct network_id *network, uint8_t n)
{
	struct seeded_rng rng;
	struct buf context = BUF_INIT;
	struct schnorr_proof proof;
	struct scalar secret;
	struct g1 open;

	seeded_rng_init(&rng, n);
	scalar_from_u64(&secret, 1000u + n);
	g1_mul_generator(&open, &secret);
	g1_write(p->open, &open);
	keyset_open_context(&context, network, bytes_of(p->sign.b, 32));
	schnorr_prove(&proof, &secret, buf_bytes(&context), &rng.rng);
	memcpy(p->proof, proof.b, sizeof(p->proof));
	buf_release(&context);
}

void person_init(struct person *p, const struct network_id *network, uint8_t n)
{
	uint8_t bytes[32];
	struct secret *seal = NULL;
	struct seal_public seal_public;
	struct signature signature;
	struct hash32 statement;

	memset(bytes, n, sizeof(bytes));
	ASSERT(secret_copy(&p->seed, bytes_of(bytes, sizeof(bytes))) == ERR_OK);
	ASSERT(secret_copy(&seal, bytes_of(bytes, sizeof(bytes))) == ERR_OK);
	sign_public_of_seed(&p->sign, p->seed);
	seal_public_of(&seal_public, seal);
	secret_free(seal);
	memcpy(p->seal, seal_public.b, sizeof(p->seal));
	make_open(p, network, n);
	medlock__key_set__init(&p->keys);
	p->keys.sign = wire_data(bytes_of(p->sign.b, 32));
	p->keys.seal = wire_data(bytes_of(p->seal, 32));
	p->keys.open = wire_data(bytes_of(p->open, 48));
	p->keys.open_proof = wire_data(bytes_of(p->proof, 64));
	ASSERT(keyset_account(&p->account, &p->keys) == ERR_OK);
	ASSERT(keyset_statement(&statement, network, &p->account, &p->keys) == ERR_OK);
	sign_make(&signature, p->seed, BYTES_ID(statement));
	memcpy(p->signature, signature.b, sizeof(p->signature));
}

void person_release(struct person *p)
{
	p->seed = secret_free(p->seed);
}

enum err person_tx(struct buf *out, struct tx_id *ret_id, const struct person *p, Medlock__Body *body,
		   const struct network_id *network)
{
	static const uint8_t salt[TX_SALT_SIZE] = {0x5a};
	struct buf encoded = BUF_INIT;
	struct signature signature;
	struct hash32 hash;
	enum err e;

	body->network_id = wire_data(BYTES_ID(*network));
	body->salt = wire_data(bytes_of(salt, sizeof(salt)));
	if (body->valid_until == 0)
		body->valid_until = 100;
	e = tx_body_encode(&encoded, &hash, body);
	if (!e) {
		sign_make(&signature, p->seed, BYTES_ID(hash));
		e = tx_assemble(out, ret_id, buf_bytes(&encoded), &p->account, &signature);
	}
	buf_release(&encoded);
	return e;
}

static void fill_network(struct test_genesis *g)
{
	Medlock__Network *n = &g->network;

	g->ids[0] = wire_data(BYTES_ID(g->operator.account));
	g->commitments[0] = g->operator.keys.open; /* any point */
	g->validator_row.public_key = wire_data(bytes_of(g->validator.sign.b, 32));
	g->validator_row.power = 10;
	g->custodian.account = g->ids[0];
	g->custodian.index = 1;
	g->peer.account = g->ids[0];
	g->peer.url = (char *)(uintptr_t)"https://127.0.0.1:8443";
	g->peer.spki = wire_data(bytes_of(g->salt, 32));
	g->parameters.grant_ms = GRANT_MS_DEFAULT;
	g->parameters.emergency_ms = EMERGENCY_MS_DEFAULT;
	g->parameters.copies = 1;
	n->version = 1;
	n->n_operators = n->n_authorities = n->n_validators = n->n_custodians = n->n_commitments = n->n_peers = 1;
	n->operators = n->authorities = g->ids;
	n->validators = g->validators;
	n->custodians = g->custodians;
	n->commitments = g->commitments;
	n->peers = g->peers;
	n->threshold = 1;
	n->key_generation = 1;
	n->parameters = &g->parameters;
}

void test_genesis_init(struct test_genesis *g)
{
	struct network_id network = GENESIS_NETWORK;

	memset(g, 0, sizeof(*g));
	memset(g->salt, 7, sizeof(g->salt));
	person_init(&g->operator, &network, 201);
	person_init(&g->validator, &network, 200);
	medlock__genesis__init(&g->genesis);
	medlock__genesis_account__init(&g->account);
	medlock__network__init(&g->network);
	medlock__validator__init(&g->validator_row);
	medlock__custodian__init(&g->custodian);
	medlock__peer__init(&g->peer);
	medlock__parameters__init(&g->parameters);
	g->accounts[0] = &g->account;
	g->validators[0] = &g->validator_row;
	g->custodians[0] = &g->custodian;
	g->peers[0] = &g->peer;
	fill_network(g);
	g->account.keys = &g->operator.keys;
	g->account.keys_signature = wire_data(bytes_of(g->operator.signature, 64));
	g->account.role = ROLE_OPERATOR;
	g->genesis.chain_id = (char *)(uintptr_t)TEST_CHAIN_ID;
	g->genesis.time = 1790000000000;
	g->genesis.n_accounts = 1;
	g->genesis.accounts = g->accounts;
	g->genesis.network = &g->network;
	g->genesis.salt = wire_data(bytes_of(g->salt, 32));
}

void test_genesis_release(struct test_genesis *g)
{
	person_release(&g->operator);
	person_release(&g->validator);
}
