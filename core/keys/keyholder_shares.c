/* SPDX-License-Identifier: Apache-2.0 */
/* The child's operations of helpers and of pairing: the master key is split or handed on here, and taken up here. */
#include "core/keys/keyholder_parts.h"
#include "core/keys/keystore_parts.h"
#include "core/keys/shares.h"

enum err holder_shares(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;
	struct share_of of = {*keystore_network(k), *keystore_account(k), keystore_generation(k)};
	struct buf shares[SHARES_MAX] = {0};
	uint32_t n, needed;
	enum err e;

	TRY(holder_fixed(c->in[0], 8));
	n = get_be32(c->in[0].data);
	needed = get_be32(c->in[0].data + 4);
	if (n > SHARES_MAX)
		return ERR_RANGE;
	if (bytes_is_zero(BYTES_ID(of.network))) /* keys of the genesis: the network that was bound */
		of.network = c->h->network;
	e = keystore_shares(k, shares, n, needed, &of, rng_system());
	for (uint32_t i = 0; i < n; i++) {
		if (e == ERR_OK) {
			buf_append_be32(&c->out[0], (uint32_t)shares[i].len);
			buf_append_bytes(&c->out[0], buf_bytes(&shares[i]));
		}
		if (shares[i].data != NULL)
			secret_wipe(shares[i].data, shares[i].len);
		buf_release(&shares[i]);
	}
	return e;
}

static bool is_known(Medlock__RecoveryShare *const *shares, size_t count, const Medlock__RecoveryShare *one)
{
	for (size_t i = 0; i < count; i++)
		if (shares[i]->index == one->index && bytes_equal(wire_bytes(shares[i]->key), wire_bytes(one->key)))
			return true;
	return false;
}

/* Shares that open and hold; what does not is passed over, so that one who sends rubbish stops nobody. */
static size_t open_shares(Medlock__RecoveryShare **shares, const struct keystore *k, struct bytes in)
{
	struct cursor c = cursor_of(in);
	size_t count = 0;

	while (c.err == ERR_OK && c.rest.len > 0 && count < SHARES_MAX) {
		struct bytes sealed = cursor_take(&c, cursor_be32(&c));
		struct buf plain = BUF_INIT;

		if (c.err == ERR_OK && seal_open(&plain, keystore_read(k), bytes_str(HOLDER_RECOVERY_INFO), bytes_of(NULL, 0),
						 sealed) == ERR_OK &&
		    share_parse(&shares[count], buf_bytes(&plain)) == ERR_OK) {
			if (is_known(shares, count, shares[count]))
				WIRE_FREE(shares[count]);
			else
				count++;
		}
		if (plain.data != NULL)
			secret_wipe(plain.data, plain.len);
		buf_release(&plain);
	}
	return count;
}

/* The person's keystore in place of the one that only opened the shares. */
static enum err become(struct holder_call *c, const struct secret *master, const struct share_of *of)
{
	struct kdf_params params;
	struct keystore *keys = NULL;
	enum err e;

	TRY(holder_params(&params, c->in[2]));
	TRY(keystore_from_master(&keys, &of->network, master, c->in[1], &params, rng_system(), &c->info));
	e = keystore_place(keys, &of->account, of->generation);
	if (e != ERR_OK) {
		keystore_free(keys);
		return e;
	}
	return holder_become(c, keys);
}

/* The shares of the set that begins at `first`, unless an earlier share is of it. */
static size_t set_of(Medlock__RecoveryShare **ret, Medlock__RecoveryShare *const *shares, size_t count, size_t first)
{
	size_t n = 0;

	for (size_t i = 0; i < first; i++)
		if (share_same_set(shares[i], shares[first]))
			return 0;
	for (size_t i = first; i < count; i++)
		if (share_same_set(shares[i], shares[first]))
			ret[n++] = shares[i];
	return n;
}

struct put_together {
	struct secret *master;
	struct share_of of;
	uint32_t have, need, complete; /* of the set that is nearest; how many sets gave a key */
};

/* Anybody who knows the text can send a share, or a whole set of his own: each set stands for itself, and two that are complete
 * are for the person to sort out.
 */
static enum err try_sets(struct put_together *p, Medlock__RecoveryShare *const *shares, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Medlock__RecoveryShare *set[SHARES_MAX];
		size_t n = set_of(set, shares, count, i), odd;
		uint32_t need = share_needed(shares[i]);
		struct secret *master = NULL;
		struct share_of of;

		if (n == 0)
			continue;
		if (p->need == 0 || n > p->have) {
			p->have = (uint32_t)n;
			p->need = need;
		}
		if (n < need || shares_combine(&master, &of, &odd, set, n) != ERR_OK)
			continue;
		secret_free(p->master);
		p->master = master;
		p->of = of;
		p->complete++;
	}
	return p->complete > 1 ? ERR_CONFLICT : ERR_OK;
}

enum err holder_recover_shares(struct holder_call *c)
{
	Medlock__RecoveryShare *shares[SHARES_MAX];
	size_t count = open_shares(shares, c->h->keys, c->in[0]);
	struct put_together p = {.have = 0};
	enum err e = try_sets(&p, shares, count);

	if (e == ERR_CONFLICT)
		e = err_set(&c->info, e, "two sets of shares are complete: somebody else sent one. Make a new recovery text");
	else if (p.complete == 1)
		e = become(c, p.master, &p.of);
	buf_append_be32(&c->out[1], p.have);
	buf_append_be32(&c->out[2], p.need);
	for (size_t i = 0; i < count; i++)
		WIRE_FREE(shares[i]);
	secret_free(p.master);
	return e;
}

/* ---- another device of the same person ---- */

#define PAIRING_SIZE (2u * ID_SIZE + 4u + MASTER_SIZE) /* network, account, generation, master key */

enum err holder_pair(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;
	struct secret *plain = NULL;
	struct seal_public to;
	enum err e;

	TRY(seal_public_parse(&to, c->in[0]));
	if (!c->h->bound)
		return ERR_NETWORK_ID;
	TRY(secret_new(&plain, PAIRING_SIZE));
	memcpy(plain->data, c->h->network.b, ID_SIZE);
	memcpy(plain->data + ID_SIZE, keystore_account(k)->b, ID_SIZE);
	put_be32(plain->data + 2 * ID_SIZE, keystore_generation(k));
	keystore_copy_master(k, plain->data + 2 * ID_SIZE + 4);
	e = seal_to(&c->out[0], &to, bytes_str(HOLDER_PAIRING_INFO), bytes_of(NULL, 0), secret_bytes(plain), rng_system());
	secret_free(plain);
	return e;
}

static enum err take_up(struct holder_call *c, const struct secret *plain)
{
	struct secret *master = NULL;
	struct share_of of;
	enum err e;

	if (plain->len != PAIRING_SIZE)
		return ERR_DECRYPT;
	ID_COPY(of.network, plain->data);
	ID_COPY(of.account, plain->data + ID_SIZE);
	of.generation = get_be32(plain->data + 2 * ID_SIZE);
	TRY(secret_copy(&master, bytes_of(plain->data + 2 * ID_SIZE + 4, MASTER_SIZE)));
	e = become(c, master, &of);
	secret_free(master);
	return e;
}

/* The first that opens and is one; no file when none does. */
enum err holder_recover_pair(struct holder_call *c)
{
	struct cursor in = cursor_of(c->in[0]);

	while (in.err == ERR_OK && in.rest.len > 0) {
		struct bytes sealed = cursor_take(&in, cursor_be32(&in));
		struct secret *plain = NULL;
		enum err e;

		if (in.err != ERR_OK || seal_open_secret(&plain, keystore_read(c->h->keys), bytes_str(HOLDER_PAIRING_INFO),
							 bytes_of(NULL, 0), sealed) != ERR_OK)
			continue;
		e = take_up(c, plain);
		secret_free(plain);
		if (e != ERR_DECRYPT) /* of another size: one who sends rubbish stops nobody */
			return e;
	}
	return in.err;
}
