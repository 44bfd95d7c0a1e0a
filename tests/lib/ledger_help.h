/* SPDX-License-Identifier: Apache-2.0 */
/* Synthetic accounts, transactions and a genesis for tests: person n always has the same keys. */
#ifndef MEDLOCK_TESTS_LEDGER_HELP_H
#define MEDLOCK_TESTS_LEDGER_HELP_H

#include "chain/proto/genesis.h"
#include "chain/proto/tx.h"
#include "core/crypto/secret.h"

struct person {
	struct secret *seed; /* of sign */
	struct sign_public sign;
	struct account_id account;
	uint8_t seal[32], open[48], proof[64], signature[64];
	Medlock__KeySet keys; /* points into this struct */
};

/* Keys whose statement and proof are made for this network.  Free with person_release. */
void person_init(struct person *p, const struct network_id *network, uint8_t n);
void person_release(struct person *p);

/* A signed transaction with salt of 16 bytes 0x5a, appended to out; the action is set in body by the caller. */
enum err person_tx(struct buf *out, struct tx_id *ret_id, const struct person *p, Medlock__Body *body,
		   const struct network_id *network);

/* One operator who is also authority, custodian and peer; one validator (person 200's signing key). */
#define TEST_CHAIN_ID "medlock-test-solo-1"
struct test_genesis {
	struct person operator;
	struct person validator;
	Medlock__Genesis genesis;
	Medlock__GenesisAccount account, *accounts[1];
	Medlock__Network network;
	Medlock__Validator validator_row, *validators[1];
	Medlock__Custodian custodian, *custodians[1];
	Medlock__Peer peer, *peers[1];
	Medlock__Parameters parameters;
	ProtobufCBinaryData ids[1], commitments[1];
	uint8_t salt[32];
};
void test_genesis_init(struct test_genesis *g);
void test_genesis_release(struct test_genesis *g);

#endif
