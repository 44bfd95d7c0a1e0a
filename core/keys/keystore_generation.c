/* SPDX-License-Identifier: Apache-2.0 */
/* Generations of a person's keys: recovered from words, changed, and the earlier ones kept. */
#include <stdlib.h>

#include "core/keys/keystore_parts.h"
#include "core/keys/shares.h"
#include "core/keys/words.h"

const struct secret *keystore_master_of(const struct keystore *k, uint32_t generation)
{
	if (generation == k->generation)
		return k->master;
	return generation < k->generation ? keystore_entry(k, KEYSTORE_ENTRY_EARLIER_FIRST + generation) : NULL;
}

void keystore_copy_master(const struct keystore *k, uint8_t out[MASTER_SIZE])
{
	memcpy(out, k->master->data, MASTER_SIZE);
}

enum err keystore_read_of(const struct keystore *k, struct secret **ret, uint32_t generation)
{
	const struct secret *master = keystore_master_of(k, generation);

	return master == NULL ? ERR_NOT_FOUND : keystore_derived(ret, master, KEYSTORE_READ);
}

uint32_t keystore_missing(const struct keystore *k)
{
	for (uint32_t g = k->generation; g > 0; g--)
		if (keystore_master_of(k, g - 1) == NULL)
			return g;
	return 0;
}

/* ---- the card ---- */

enum err keystore_words(const struct keystore *k, struct secret **ret_text)
{
	return words_of(ret_text, k->master);
}

enum err keystore_words_compare(const struct keystore *k, uint32_t *ret_wrong, struct bytes typed, struct err_info *info)
{
	return words_compare(ret_wrong, typed, k->master, info);
}

/* ---- new keystores around a master key ---- */

/* master is taken, also on failure. */
static enum err around(struct keystore **ret, struct secret *master)
{
	struct keystore *k = calloc(1, sizeof(*k));
	enum err e;

	if (k == NULL) {
		secret_free(master);
		return ERR_MEMORY;
	}
	k->master = master;
	e = keystore_derive(k);
	if (e != ERR_OK) {
		keystore_free(k);
		return e;
	}
	*ret = k;
	return ERR_OK;
}

static enum err finish(struct keystore **ret, struct keystore *k, enum err e)
{
	if (e != ERR_OK) {
		keystore_free(k);
		return e;
	}
	*ret = k;
	return ERR_OK;
}

enum err keystore_from_master(struct keystore **ret, const struct network_id *network, const struct secret *master,
			      struct bytes passphrase, const struct kdf_params *params, const struct rng *rng,
			      struct err_info *info)
{
	struct secret *copy = NULL;
	struct keystore *k = NULL;
	enum err e;

	TRY(secret_copy(&copy, secret_bytes(master)));
	TRY(around(&k, copy));
	k->network = *network;
	e = keystore_make_keyset(k, true);
	if (e == ERR_OK)
		e = keystore_set_passphrase(k, passphrase, params, rng, info);
	return finish(ret, k, e);
}

enum err keystore_recover(struct keystore **ret, const struct network_id *network, struct bytes words, struct bytes passphrase,
			  const struct kdf_params *params, const struct rng *rng, struct err_info *info)
{
	struct secret *master = NULL;
	enum err e;

	TRY(words_parse(&master, words, info));
	e = keystore_from_master(ret, network, master, passphrase, params, rng, info);
	secret_free(master);
	return e;
}

enum err keystore_shares(const struct keystore *k, struct buf *ret, uint32_t n, uint32_t needed, const struct share_of *of,
			 const struct rng *rng)
{
	return shares_make(ret, n, needed, k->master, of, rng);
}

static enum err inherit(struct keystore *k, const struct keystore *from)
{
	for (uint32_t i = 0; i < from->entry_count; i++)
		TRY(keystore_entry_put(k, from->entries[i].kind, secret_bytes(from->entries[i].value)));
	return keystore_entry_put(k, KEYSTORE_ENTRY_EARLIER_FIRST + from->generation, secret_bytes(from->master));
}

enum err keystore_rotate(struct keystore **ret, const struct keystore *from, struct bytes passphrase,
			 const struct kdf_params *params, const struct rng *rng, struct err_info *info)
{
	struct secret *master = NULL;
	struct keystore *k = NULL;
	enum err e;

	if (from->generation >= KEYSTORE_GENERATIONS_MAX)
		return err_set(info, ERR_LIMIT, "the keys changed %u times already", KEYSTORE_GENERATIONS_MAX);
	TRY(secret_new(&master, MASTER_SIZE));
	rng_fill(rng, master->data, master->len);
	TRY(around(&k, master));
	k->network = from->network;
	k->account = from->account;
	k->generation = from->generation + 1;
	e = inherit(k, from);
	if (e == ERR_OK)
		e = keystore_make_keyset(k, false);
	if (e == ERR_OK)
		e = keystore_set_passphrase(k, passphrase, params, rng, info);
	return finish(ret, k, e);
}

enum err keystore_place(struct keystore *k, const struct account_id *account, uint32_t generation)
{
	if (k->generation != 0 && (k->generation != generation || !ID_EQUAL(k->account, *account)))
		return ERR_CONFLICT;
	if (generation > KEYSTORE_GENERATIONS_MAX)
		return ERR_LIMIT;
	k->account = *account;
	k->generation = generation;
	return keystore_make_keyset(k, false);
}

/* ---- earlier keys ---- */

static void earlier_info(struct buf *out, const struct keystore *k, uint32_t generation)
{
	buf_append_text(out, "medlock earlier keys");
	buf_append_bytes(out, BYTES_ID(k->network));
	buf_append_bytes(out, BYTES_ID(k->account));
	buf_append_be32(out, generation);
}

enum err keystore_seal_earlier(const struct keystore *k, struct buf *out, const struct rng *rng)
{
	const struct secret *earlier = k->generation > 0 ? keystore_master_of(k, k->generation - 1) : NULL;
	struct buf info = BUF_INIT;
	struct seal_public to;
	enum err e;

	if (earlier == NULL)
		return ERR_NOT_FOUND;
	seal_public_of(&to, k->read);
	earlier_info(&info, k, k->generation);
	e = buf_error(&info);
	if (e == ERR_OK)
		e = seal_to(out, &to, buf_bytes(&info), bytes_of(NULL, 0), secret_bytes(earlier), rng);
	buf_release(&info);
	return e;
}

static enum err open_earlier(const struct keystore *k, struct secret **ret, uint32_t generation, struct bytes sealed)
{
	struct secret *read = NULL, *earlier = NULL;
	struct buf info = BUF_INIT;
	enum err e;

	if (generation == 0 || generation > k->generation)
		return ERR_NOT_FOUND;
	TRY(keystore_read_of(k, &read, generation));
	earlier_info(&info, k, generation);
	e = buf_error(&info);
	if (e == ERR_OK)
		e = seal_open_secret(&earlier, read, buf_bytes(&info), bytes_of(NULL, 0), sealed);
	secret_free(read);
	buf_release(&info);
	TRY(e);
	if (earlier->len != MASTER_SIZE) {
		secret_free(earlier);
		return ERR_DECRYPT;
	}
	*ret = earlier;
	return ERR_OK;
}

static enum err sign_of(struct sign_public *ret, const struct secret *master)
{
	struct secret *act = NULL;

	TRY(keystore_derived(&act, master, KEYSTORE_ACT));
	sign_public_of_seed(ret, act);
	secret_free(act);
	return ERR_OK;
}

enum err keystore_earlier_sign(const struct keystore *k, struct sign_public *ret, uint32_t generation, struct bytes sealed)
{
	struct secret *earlier = NULL;
	enum err e;

	TRY(open_earlier(k, &earlier, generation, sealed));
	e = sign_of(ret, earlier);
	secret_free(earlier);
	return e;
}

enum err keystore_adopt_earlier(struct keystore *k, uint32_t generation, struct bytes sealed, const struct sign_public *sign)
{
	struct secret *earlier = NULL;
	struct sign_public is;
	enum err e;

	TRY(open_earlier(k, &earlier, generation, sealed));
	e = sign_of(&is, earlier);
	if (e == ERR_OK && !ID_EQUAL(is, *sign))
		e = ERR_DECRYPT;
	if (e == ERR_OK)
		e = keystore_entry_put(k, KEYSTORE_ENTRY_EARLIER_FIRST + generation - 1, secret_bytes(earlier));
	secret_free(earlier);
	return e;
}
