/* SPDX-License-Identifier: Apache-2.0 */
/* The child's operations on letters: it signs those that come from this account, and opens what is sealed as a letter. */
#include "chain/proto/letter.h"
#include "core/crypto/hash.h"
#include "core/keys/keyholder_parts.h"

#define LETTER_DECODED_MAX (128u * 1024)

static enum err sign(struct holder_call *c, Medlock__Letter *l)
{
	struct signature signature;
	struct hash32 hash;

	if (!c->h->bound || !bytes_equal(wire_bytes(l->network_id), BYTES_ID(c->h->network)))
		return ERR_NETWORK_ID;
	if (!bytes_equal(wire_bytes(l->from), BYTES_ID(*keystore_account(c->h->keys))))
		return ERR_ROLE;
	TRY(letter_signing_hash(&hash, l));
	sign_make(&signature, keystore_act(c->h->keys), BYTES_ID(hash));
	l->signature.data = signature.b;
	l->signature.len = SIGNATURE_SIZE;
	WIRE_ENCODE(&c->out[0], l);
	l->signature = (ProtobufCBinaryData){0};
	return buf_error(&c->out[0]);
}

/* The letter comes without a signature and leaves with one, by the keys of now, which it must name. */
enum err holder_sign_letter(struct holder_call *c)
{
	Medlock__Letter *l = NULL;
	struct buf keys = BUF_INIT;
	enum err e;

	TRY(WIRE_DECODE(&l, medlock__letter, c->in[0], LETTER_DECODED_MAX, &c->info));
	if (l->keys != NULL)
		WIRE_ENCODE(&keys, l->keys);
	e = l->signature.len == 0 && bytes_equal(buf_bytes(&keys), keystore_keyset(c->h->keys)) ? ERR_OK : ERR_FORMAT;
	if (e == ERR_OK)
		e = sign(c, l);
	buf_release(&keys);
	WIRE_FREE(l);
	return e;
}

enum err holder_open_letter(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;
	enum err e = ERR_DECRYPT;

	for (uint32_t g = keystore_generation(k) + 1; e == ERR_DECRYPT && g-- > 0;) {
		struct secret *read = NULL;

		if (keystore_read_of(k, &read, g) != ERR_OK)
			continue;
		e = seal_open(&c->out[0], read, bytes_str(LETTER_INFO), bytes_of(NULL, 0), c->in[0]);
		secret_free(read);
	}
	return e;
}
