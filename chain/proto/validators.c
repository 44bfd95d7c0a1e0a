/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/validators.h"

#include <stdlib.h>

#include "chain/proto/comet.pb-c.h"
#include "chain/proto/wire.h"
#include "core/crypto/hash.h"

#define LEAF_MAX 64u

struct validator_address validator_address_of(const struct sign_public *key)
{
	struct hash32 h = hash_sha256(bytes_of(key->b, sizeof(key->b)));
	struct validator_address a;

	memcpy(a.b, h.b, sizeof(a.b));
	return a;
}

static int by_power(const void *x, const void *y)
{
	const struct validator *a = x, *b = y;

	if (a->power != b->power)
		return a->power > b->power ? -1 : 1;
	return memcmp(a->address.b, b->address.b, sizeof(a->address.b));
}

static enum err check_rows(const struct validator *rows, size_t count)
{
	int64_t total = 0;

	if (count == 0 || count > VALIDATORS_MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].power < 1 || rows[i].power > VALIDATOR_POWER_MAX - total)
			return ERR_FORMAT;
		total += rows[i].power;
		for (size_t j = 0; j < i; j++)
			if (memcmp(rows[i].key.b, rows[j].key.b, sizeof(rows[i].key.b)) == 0)
				return ERR_DUPLICATE;
	}
	return ERR_OK;
}

enum err validators_make(struct validator_set *ret, const struct validator *rows, size_t count)
{
	TRY(check_rows(rows, count));
	ret->count = (uint32_t)count;
	ret->total = 0;
	for (size_t i = 0; i < count; i++) {
		ret->rows[i] = rows[i];
		ret->rows[i].address = validator_address_of(&rows[i].key);
		ret->total += rows[i].power;
	}
	qsort(ret->rows, count, sizeof(ret->rows[0]), by_power);
	return ERR_OK;
}

enum err validators_of_network(struct validator_set *ret, const Medlock__Network *network)
{
	struct validator rows[VALIDATORS_MAX];

	if (network->n_validators > VALIDATORS_MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < network->n_validators; i++) {
		TRY(sign_public_parse(&rows[i].key, wire_bytes(network->validators[i]->public_key)));
		rows[i].power = network->validators[i]->power;
	}
	return validators_make(ret, rows, network->n_validators);
}

struct hash32 validators_hash(const struct validator_set *s)
{
	struct merkle m;

	merkle_init(&m);
	for (uint32_t i = 0; i < s->count; i++) {
		Comet__PublicKey key = COMET__PUBLIC_KEY__INIT;
		Comet__SimpleValidator v = COMET__SIMPLE_VALIDATOR__INIT;
		uint8_t leaf[LEAF_MAX];

		key.ed25519 = wire_data(bytes_of(s->rows[i].key.b, SIGN_PUBLIC_SIZE));
		v.pub_key = &key;
		v.voting_power = s->rows[i].power;
		ASSERT(protobuf_c_message_get_packed_size(&v.base) <= LEAF_MAX);
		merkle_add(&m, bytes_of(leaf, protobuf_c_message_pack(&v.base, leaf)));
	}
	return merkle_sum(&m);
}

const struct validator *validators_find(const struct validator_set *s, const struct validator_address *address)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (memcmp(s->rows[i].address.b, address->b, sizeof(address->b)) == 0)
			return &s->rows[i];
	return NULL;
}
