/* SPDX-License-Identifier: Apache-2.0 */
/* The child's operations of recovery and of changing keys.  New keys are made here and signed for only here: a program that
 * was taken over cannot have the account signed away to keys of its own.
 */
#include "core/keys/keyholder_parts.h"

static bool is_own(const struct holder *h, ProtobufCBinaryData account)
{
	return bytes_equal(wire_bytes(account), BYTES_ID(*keystore_account(h->keys)));
}

static bool is_next(const struct holder *h, const Medlock__KeySet *keys)
{
	struct buf encoded = BUF_INIT;
	bool same;

	if (h->next == NULL)
		return false;
	WIRE_ENCODE(&encoded, keys);
	same = buf_error(&encoded) == ERR_OK && bytes_equal(buf_bytes(&encoded), keystore_keyset(h->next));
	buf_release(&encoded);
	return same;
}

enum err holder_keys_allowed(const struct holder *h, const Medlock__AccountKeys *x)
{
	bool mine = is_own(h, x->account);

	if (x->by_helpers)
		return mine ? ERR_ROLE : ERR_OK;
	return mine && (!x->keys || is_next(h, x->keys)) ? ERR_OK : ERR_ROLE;
}

enum err holder_recover(struct holder_call *c)
{
	struct network_id network;
	struct kdf_params params;
	struct keystore *keys = NULL;

	TRY(holder_fixed(c->in[0], ID_SIZE));
	ID_COPY(network, c->in[0].data);
	TRY(holder_params(&params, c->in[3]));
	TRY(keystore_recover(&keys, &network, c->in[1], c->in[2], &params, rng_system(), &c->info));
	return holder_become(c, keys);
}

enum err holder_rotate(struct holder_call *c)
{
	struct kdf_params params;
	struct keystore *next = NULL;
	enum err e;

	TRY(holder_params(&params, c->in[1]));
	TRY(keystore_rotate(&next, c->h->keys, c->in[0], &params, rng_system(), &c->info));
	e = keystore_write(next, &c->out[0], rng_system());
	if (e == ERR_OK)
		e = keystore_seal_earlier(next, &c->out[3], rng_system());
	if (e != ERR_OK) {
		keystore_free(next);
		return e;
	}
	buf_append_bytes(&c->out[1], keystore_keyset(next));
	buf_append_bytes(&c->out[2], keystore_keyset_signature(next));
	holder_take(&c->h->next, next);
	return ERR_OK;
}

enum err holder_rotated(struct holder_call *c)
{
	if (c->h->next == NULL)
		return ERR_NOT_FOUND;
	keystore_free(c->h->keys);
	c->h->keys = c->h->next;
	c->h->next = NULL;
	return ERR_OK;
}

enum err holder_place(struct holder_call *c)
{
	struct account_id account;

	TRY(holder_fixed(c->in[0], ID_SIZE));
	TRY(holder_fixed(c->in[1], 4));
	ID_COPY(account, c->in[0].data);
	TRY(keystore_place(c->h->keys, &account, get_be32(c->in[1].data)));
	return keystore_write(c->h->keys, &c->out[0], rng_system());
}

enum err holder_earlier(struct holder_call *c)
{
	struct sign_public sign;

	TRY(holder_fixed(c->in[0], 4));
	TRY(keystore_earlier_sign(c->h->keys, &sign, get_be32(c->in[0].data), c->in[1]));
	buf_append_bytes(&c->out[0], BYTES_ID(sign));
	return ERR_OK;
}

enum err holder_adopt(struct holder_call *c)
{
	struct sign_public sign;

	TRY(holder_fixed(c->in[0], 4));
	TRY(holder_fixed(c->in[2], sizeof(sign.b)));
	ID_COPY(sign, c->in[2].data);
	TRY(keystore_adopt_earlier(c->h->keys, get_be32(c->in[0].data), c->in[1], &sign));
	return keystore_write(c->h->keys, &c->out[0], rng_system());
}

enum err holder_missing(struct holder_call *c)
{
	buf_append_be32(&c->out[0], keystore_missing(c->h->keys));
	return ERR_OK;
}

enum err holder_words(struct holder_call *c)
{
	struct secret *text = NULL;

	TRY(keystore_words(c->h->keys, &text));
	buf_append_bytes(&c->out[0], secret_bytes(text));
	secret_free(text);
	return ERR_OK;
}

enum err holder_compare(struct holder_call *c)
{
	uint32_t wrong = 0;

	TRY(keystore_words_compare(c->h->keys, &wrong, c->in[0], &c->info));
	buf_append_be32(&c->out[0], wrong);
	return ERR_OK;
}
