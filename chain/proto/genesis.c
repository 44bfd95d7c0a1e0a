/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/genesis.h"

#include <stdlib.h>

#include "chain/proto/shape.h"
#include "core/crypto/hash.h"

#define ACCOUNT_ENCODED_MAX 1024u

enum err genesis_account_id(struct account_id *ret, const Medlock__GenesisAccount *a)
{
	return a->keys ? keyset_account(ret, a->keys) : ERR_FORMAT;
}

static enum err check_account(struct account_id *ret, const Medlock__GenesisAccount *a, struct err_info *info)
{
	struct network_id network = GENESIS_NETWORK;
	enum err e;

	TRY(shape_true(a->keys != NULL, "an account without keys", info));
	TRY(shape_keyset(a->keys, info));
	TRY(shape_code(a->role, CODES_ROLE, "role", info));
	TRY(shape_optional(a->organisation, ID_SIZE, "organisation", info));
	TRY(keyset_account(ret, a->keys));
	e = keyset_check(a->keys, wire_bytes(a->keys_signature), &network, ret);
	return e ? err_set(info, e, "an account's keys, their proof or their signature") : ERR_OK;
}

static bool known(const struct account_id *ids, size_t count, ProtobufCBinaryData account)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(BYTES_ID(ids[i]), wire_bytes(account)))
			return true;
	return false;
}

static enum err check_members(const Medlock__Network *n, const struct account_id *ids, size_t count,
			      struct err_info *info)
{
	bool all = true;

	for (size_t i = 0; i < n->n_operators; i++)
		all = all && known(ids, count, n->operators[i]);
	for (size_t i = 0; i < n->n_authorities; i++)
		all = all && known(ids, count, n->authorities[i]);
	for (size_t i = 0; i < n->n_custodians; i++)
		all = all && known(ids, count, n->custodians[i]->account);
	for (size_t i = 0; i < n->n_peers; i++)
		all = all && known(ids, count, n->peers[i]->account);
	return shape_true(all, "an operator, authority, custodian or peer without an account", info);
}

static enum err check_accounts(struct account_id *ids, const Medlock__Genesis *g, struct err_info *info)
{
	for (size_t i = 0; i < g->n_accounts; i++) {
		TRY(check_account(&ids[i], g->accounts[i], info));
		if (known(ids, i, wire_data(BYTES_ID(ids[i]))))
			return err_set(info, ERR_DUPLICATE, "an account is there twice");
	}
	return check_members(g->network, ids, g->n_accounts, info);
}

static enum err check_chain_id(const Medlock__Genesis *g, struct err_info *info)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t len = strlen(g->chain_id), suffix = sizeof(GENESIS_SOLO_SUFFIX) - 1;

	TRY(shape_true(len > 0 && len <= CHAIN_ID_MAX && strspn(g->chain_id, allowed) == len,
		       "chain id: 1 to 50 of a-z, 0-9 and -", info));
	if (g->network->n_validators != 1)
		return ERR_OK;
	return shape_true(len > suffix && strcmp(g->chain_id + len - suffix, GENESIS_SOLO_SUFFIX) == 0,
			  "a chain with one validator has an id that ends in " GENESIS_SOLO_SUFFIX, info);
}

enum err genesis_check(const Medlock__Genesis *g, struct err_info *info)
{
	struct account_id *ids;
	enum err e;

	TRY(shape_true(g->network != NULL, "no network", info));
	TRY(network_shape_check(g->network, info));
	TRY(check_chain_id(g, info));
	TRY(shape_true(g->time > 0 && g->time < INT64_MAX / 2, "time", info));
	TRY(shape_bytes(g->salt, GENESIS_SALT_SIZE, "salt", info));
	TRY(shape_true(g->n_accounts > 0, "no account", info));
	TRY(shape_count(g->n_accounts, GENESIS_ACCOUNTS_MAX, "accounts", info));
	ids = calloc(g->n_accounts, sizeof(*ids));
	if (!ids)
		return ERR_MEMORY;
	e = check_accounts(ids, g, info);
	free(ids);
	return e;
}

static void name(struct network_id *ret_id, struct bytes encoded)
{
	struct hash32 h = hash_sha256(encoded);

	ID_COPY(*ret_id, h.b);
}

enum err genesis_parse(Medlock__Genesis **ret, struct network_id *ret_id, struct bytes in, struct err_info *info)
{
	Medlock__Genesis *g = NULL;
	enum err e;

	if (in.len > GENESIS_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a genesis of %zu bytes", in.len);
	TRY(WIRE_DECODE(&g, medlock__genesis, in, GENESIS_DECODED_MAX, info));
	e = genesis_check(g, info);
	if (e) {
		WIRE_FREE(g);
		return e;
	}
	name(ret_id, in);
	*ret = g;
	return ERR_OK;
}

enum err genesis_encode(struct buf *out, struct network_id *ret_id, const Medlock__Genesis *g, struct err_info *info)
{
	size_t start = out->len;

	TRY(genesis_check(g, info));
	if (protobuf_c_message_get_packed_size(&g->base) > GENESIS_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "the genesis is too large");
	WIRE_ENCODE(out, g);
	TRY(buf_error(out));
	name(ret_id, bytes_of(out->data + start, out->len - start));
	return ERR_OK;
}

enum err genesis_account_parse(Medlock__GenesisAccount **ret, struct bytes in, struct err_info *info)
{
	Medlock__GenesisAccount *a = NULL;
	struct account_id id;
	enum err e;

	if (in.len > ACCOUNT_ENCODED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a card of %zu bytes", in.len);
	TRY(WIRE_DECODE(&a, medlock__genesis_account, in, 8 * ACCOUNT_ENCODED_MAX, info));
	e = check_account(&id, a, info);
	if (e) {
		WIRE_FREE(a);
		return e;
	}
	*ret = a;
	return ERR_OK;
}
