/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys/shares.h"

#include "chain/proto/tx.h"
#include "core/crypto/hash.h"
#include "core/keys/keystore_parts.h"

#define SHARE_INFO "medlock helpers share"
#define SHARE_DECODED_MAX 16384u

static void context_of(uint8_t out[2 * ID_SIZE + 4], const struct share_of *of)
{
	memcpy(out, of->network.b, ID_SIZE);
	memcpy(out + ID_SIZE, of->account.b, ID_SIZE);
	put_be32(out + 2 * ID_SIZE, of->generation);
}

static void key_of(uint8_t out[32], const struct scalar *secret)
{
	uint8_t bytes[SCALAR_SIZE];

	scalar_write(bytes, secret);
	hkdf_sha256(out, 32, bytes_of(bytes, sizeof(bytes)), bytes_of(NULL, 0), bytes_str(SHARE_INFO));
	secret_wipe(bytes, sizeof(bytes));
}

static void encode(struct buf *out, const struct share_of *of, struct bytes key, const struct key_share *share,
		   const uint8_t sealed[WRAPPED_SIZE])
{
	Medlock__RecoveryShare m = MEDLOCK__RECOVERY_SHARE__INIT;
	uint8_t x[SCALAR_SIZE];

	scalar_write(x, &share->x);
	m.network_id = wire_data(BYTES_ID(of->network));
	m.account = wire_data(BYTES_ID(of->account));
	m.generation = of->generation;
	m.key = wire_data(key);
	m.index = share->index;
	m.share = wire_data(bytes_of(x, sizeof(x)));
	m.sealed = wire_data(bytes_of(sealed, WRAPPED_SIZE));
	WIRE_ENCODE(out, &m);
	secret_wipe(x, sizeof(x));
}

static enum err seal_master(uint8_t out[WRAPPED_SIZE], const struct key_share *shares, const struct threshold_key *key,
			    const struct secret *master, const struct share_of *of)
{
	uint8_t context[2 * ID_SIZE + 4], wrap[32];
	struct scalar secret;
	enum err e;

	TRY(key_shares_combine(&secret, key, shares, key->t));
	key_of(wrap, &secret);
	context_of(context, of);
	e = keystore_aead_seal(out, wrap, bytes_of(context, sizeof(context)), secret_bytes(master));
	secret_wipe(wrap, sizeof(wrap));
	scalar_wipe(&secret);
	return e;
}

enum err shares_make(struct buf *ret, uint32_t n, uint32_t t, const struct secret *master, const struct share_of *of,
		     const struct rng *rng)
{
	uint8_t wire[THRESHOLD_KEY_SIZE_MAX], sealed[WRAPPED_SIZE];
	struct key_share shares[SHARES_MAX];
	struct threshold_key key;
	size_t size;
	enum err e;

	if (t < SHARES_NEEDED_MIN || t > n || n > SHARES_MAX || master->len != MASTER_SIZE)
		return ERR_RANGE;
	threshold_deal(&key, shares, (uint16_t)t, (uint16_t)n, rng);
	size = threshold_key_write(wire, &key);
	e = seal_master(sealed, shares, &key, master, of);
	for (uint32_t i = 0; i < n && e == ERR_OK; i++) {
		encode(&ret[i], of, bytes_of(wire, size), &shares[i], sealed);
		e = buf_error(&ret[i]);
	}
	secret_wipe(shares, sizeof(shares));
	return e;
}

static enum err share_value(struct key_share *ret, const Medlock__RecoveryShare *m)
{
	ret->index = (uint16_t)m->index;
	return scalar_parse(&ret->x, m->share.data);
}

enum err share_parse(Medlock__RecoveryShare **ret, struct bytes in)
{
	Medlock__RecoveryShare *m = NULL;
	struct threshold_key key;
	struct key_share share;
	enum err e;

	if (in.len > SHARE_SIZE_MAX)
		return ERR_FORMAT;
	TRY(WIRE_DECODE(&m, medlock__recovery_share, in, SHARE_DECODED_MAX, NULL));
	e = m->network_id.len == ID_SIZE && m->account.len == ID_SIZE && m->generation <= KEYSTORE_GENERATIONS_MAX &&
			    m->share.len == SCALAR_SIZE && m->sealed.len == WRAPPED_SIZE && m->index >= 1 &&
			    m->index <= SHARES_MAX
		    ? threshold_key_parse(&key, wire_bytes(m->key))
		    : ERR_FORMAT;
	if (e == ERR_OK && (key.n > SHARES_MAX || key.t < SHARES_NEEDED_MIN))
		e = ERR_FORMAT;
	if (e == ERR_OK && m->helpers != NULL)
		e = helpers_check(m->helpers, NULL);
	if (e == ERR_OK)
		e = share_value(&share, m);
	if (e == ERR_OK)
		e = key_share_check(&key, &share);
	key_share_wipe(&share);
	if (e != ERR_OK) {
		WIRE_FREE(m);
		return e;
	}
	*ret = m;
	return ERR_OK;
}

uint32_t share_needed(const Medlock__RecoveryShare *share)
{
	const uint8_t *key = share->key.data; /* share_parse: a key is there, its threshold first */

	return (uint32_t)key[0] << 8 | key[1];
}

bool share_same_set(const Medlock__RecoveryShare *a, const Medlock__RecoveryShare *b)
{
	return bytes_equal(wire_bytes(a->network_id), wire_bytes(b->network_id)) &&
	       bytes_equal(wire_bytes(a->account), wire_bytes(b->account)) && a->generation == b->generation &&
	       bytes_equal(wire_bytes(a->key), wire_bytes(b->key)) && bytes_equal(wire_bytes(a->sealed), wire_bytes(b->sealed));
}

static enum err check_set(size_t *ret_odd, Medlock__RecoveryShare *const *shares, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		*ret_odd = i;
		if (!share_same_set(shares[0], shares[i]))
			return ERR_CONFLICT;
		for (size_t j = 0; j < i; j++)
			if (shares[j]->index == shares[i]->index)
				return ERR_DUPLICATE;
	}
	return ERR_OK;
}

static enum err open_master(struct secret **ret, const struct scalar *secret, const struct share_of *of, struct bytes sealed)
{
	uint8_t context[2 * ID_SIZE + 4], wrap[32];
	struct secret *master = NULL;
	enum err e = secret_new(&master, MASTER_SIZE);

	key_of(wrap, secret);
	context_of(context, of);
	if (e == ERR_OK)
		e = keystore_aead_open(master->data, wrap, bytes_of(context, sizeof(context)), sealed);
	secret_wipe(wrap, sizeof(wrap));
	if (e != ERR_OK) {
		secret_free(master);
		return e;
	}
	*ret = master;
	return ERR_OK;
}

enum err shares_combine(struct secret **ret, struct share_of *ret_of, size_t *ret_odd, Medlock__RecoveryShare *const *shares,
			size_t count)
{
	struct key_share values[SHARES_MAX];
	struct threshold_key key;
	struct scalar secret;
	struct share_of of;
	enum err e;

	if (count == 0 || count > SHARES_MAX)
		return ERR_RANGE;
	TRY(check_set(ret_odd, shares, count));
	TRY(threshold_key_parse(&key, wire_bytes(shares[0]->key)));
	for (size_t i = 0; i < count; i++)
		TRY(share_value(&values[i], shares[i]));
	e = key_shares_combine(&secret, &key, values, count);
	secret_wipe(values, sizeof(values));
	TRY(e);
	ID_COPY(of.network, shares[0]->network_id.data);
	ID_COPY(of.account, shares[0]->account.data);
	of.generation = shares[0]->generation;
	e = open_master(ret, &secret, &of, wire_bytes(shares[0]->sealed));
	scalar_wipe(&secret);
	if (e == ERR_OK)
		*ret_of = of;
	return e;
}
