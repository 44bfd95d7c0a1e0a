/* SPDX-License-Identifier: Apache-2.0 */
/* The child's side: one switch over the operations, without default. */
#include "core/crypto/age.h"
#include "core/crypto/hash.h"
#include "core/keys/keyholder_parts.h"

#define BODY_DECODED_MAX (512u * 1024)
#define HOLDER_FILE_FIELD (KEYHOLDER_MESSAGE_MAX - 1024u)

enum err holder_fixed(struct bytes x, size_t len)
{
	return x.len == len ? ERR_OK : ERR_RANGE;
}

enum err holder_params(struct kdf_params *ret, struct bytes work)
{
	struct cursor c = cursor_of(work);

	if (work.len == 0) {
		*ret = KDF_PARAMS_FLOOR;
		return ERR_OK;
	}
	TRY(holder_fixed(work, 8));
	ret->mem_kib = cursor_be32(&c);
	ret->passes = cursor_be32(&c);
	return kdf_params_check(ret);
}

void holder_take(struct keystore **place, struct keystore *keys)
{
	keystore_free(*place);
	*place = keys;
}

static void take_keys(struct holder *h, struct keystore *keys)
{
	holder_take(&h->keys, keys);
	holder_take(&h->next, NULL);
	holder_ca_forget(h);
}

enum err holder_become(struct holder_call *c, struct keystore *keys)
{
	enum err e = keystore_write(keys, &c->out[0], rng_system());

	if (e != ERR_OK) {
		keystore_free(keys);
		return e;
	}
	take_keys(c->h, keys);
	return ERR_OK;
}

/* ---- life ---- */

static enum err op_bind(struct holder_call *c)
{
	TRY(holder_fixed(c->in[0], ID_SIZE));
	if (c->h->bound && memcmp(c->h->network.b, c->in[0].data, ID_SIZE) != 0)
		return ERR_NETWORK_ID;
	ID_COPY(c->h->network, c->in[0].data);
	c->h->bound = true;
	return ERR_OK;
}

static enum err op_create(struct holder_call *c)
{
	struct network_id network;
	struct kdf_params params;
	struct keystore *keys = NULL;

	TRY(holder_fixed(c->in[0], ID_SIZE));
	ID_COPY(network, c->in[0].data);
	TRY(holder_params(&params, c->in[2]));
	TRY(keystore_create(&keys, &network, c->in[1], &params, rng_system(), &c->info));
	return holder_become(c, keys);
}

static enum err op_unlock(struct holder_call *c)
{
	struct account_id expected;
	struct keystore *keys = NULL;
	bool any = c->in[2].len == 0;

	if (!any) {
		TRY(holder_fixed(c->in[2], ID_SIZE));
		ID_COPY(expected, c->in[2].data);
	}
	TRY(keystore_open(&keys, c->in[0], c->in[1], any ? NULL : &expected, &c->info));
	take_keys(c->h, keys);
	return ERR_OK;
}

void holder_lock(struct holder *h)
{
	take_keys(h, NULL);
}

static enum err op_lock(struct holder_call *c)
{
	holder_lock(c->h);
	return ERR_OK;
}

static enum err op_idle(struct holder_call *c)
{
	TRY(holder_fixed(c->in[0], 4));
	c->h->idle_ms = get_be32(c->in[0].data);
	return c->h->idle_ms <= INT32_MAX ? ERR_OK : ERR_RANGE;
}

static enum err op_passphrase(struct holder_call *c)
{
	struct kdf_params params;

	TRY(holder_params(&params, c->in[1]));
	TRY(keystore_set_passphrase(c->h->keys, c->in[0], &params, rng_system(), &c->info));
	return keystore_write(c->h->keys, &c->out[0], rng_system());
}

static enum err op_public(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;
	uint32_t entries = 0;

	for (uint32_t kind = 0; kind < 32; kind++)
		entries |= keystore_entry(k, kind) != NULL ? 1u << kind : 0;
	buf_append_bytes(&c->out[0], BYTES_ID(*keystore_account(k)));
	buf_append_bytes(&c->out[1], BYTES_ID(*keystore_network(k)));
	buf_append_bytes(&c->out[2], keystore_keyset(k));
	buf_append_bytes(&c->out[3], keystore_keyset_signature(k));
	buf_append_be32(&c->out[4], keystore_slot_count(k));
	buf_append_be32(&c->out[5], entries);
	buf_append_be32(&c->out[6], keystore_generation(k));
	return ERR_OK;
}

/* ---- signing ---- */

static bool own(const struct holder *h, ProtobufCBinaryData account)
{
	return bytes_equal(wire_bytes(account), BYTES_ID(*keystore_account(h->keys)));
}

static enum err allowed(const struct holder *h, uint32_t capability)
{
	return (h->capabilities & capability) != 0 ? ERR_OK : ERR_ROLE;
}

static enum err action_allowed(const struct holder *h, const Medlock__Body *b)
{
	switch (b->action_case) {
	case MEDLOCK__BODY__ACTION_RECORD_ERASE:
	case MEDLOCK__BODY__ACTION_CONSENT_SET:
	case MEDLOCK__BODY__ACTION_CONSENT_PAUSE:
	case MEDLOCK__BODY__ACTION_ACCESS_ANSWER:
		return allowed(h, KEYHOLDER_OWNER);
	case MEDLOCK__BODY__ACTION_PROXY_SET: /* the owner names hers; the authority a minor's */
		return own(h, b->proxy_set->owner) ? allowed(h, KEYHOLDER_OWNER) : allowed(h, KEYHOLDER_CA);
	case MEDLOCK__BODY__ACTION_ACCESS_REQUEST:
	case MEDLOCK__BODY__ACTION_ACCESS_CLOSE:
		return allowed(h, KEYHOLDER_REQUEST);
	case MEDLOCK__BODY__ACTION_QUESTION: /* owners ask, readers answer */
		return allowed(h, b->question->reply ? KEYHOLDER_REQUEST : KEYHOLDER_OWNER);
	case MEDLOCK__BODY__ACTION_RECORD_DEPOSIT:
	case MEDLOCK__BODY__ACTION_RECORD_AMEND:
		return allowed(h, KEYHOLDER_DEPOSIT);
	case MEDLOCK__BODY__ACTION_CERT_ANCHOR:
		return allowed(h, KEYHOLDER_CA);
	case MEDLOCK__BODY__ACTION_CERT_REVOKE:
		return own(h, b->cert_revoke->account) ? ERR_OK : allowed(h, KEYHOLDER_CA);
	case MEDLOCK__BODY__ACTION_ACCOUNT_KEYS:
		return holder_keys_allowed(h, b->account_keys);
	case MEDLOCK__BODY__ACTION_NETWORK_SET:
		return allowed(h, KEYHOLDER_OPERATOR);
	case MEDLOCK__BODY__ACTION_RELEASE_RECEIPT: /* custodians are peers, not people */
	case MEDLOCK__BODY__ACTION__NOT_SET:
	case _MEDLOCK__BODY__ACTION__CASE_IS_INT_SIZE:
		break;
	}
	return ERR_ROLE;
}

static enum err op_sign_body(struct holder_call *c)
{
	Medlock__Body *body = NULL;
	struct signature signature;
	struct hash32 hash;
	enum err e;

	if (!c->h->bound)
		return ERR_NETWORK_ID;
	TRY(WIRE_DECODE(&body, medlock__body, c->in[0], BODY_DECODED_MAX, &c->info));
	e = bytes_equal(wire_bytes(body->network_id), BYTES_ID(c->h->network)) ? ERR_OK : ERR_NETWORK_ID;
	if (e == ERR_OK)
		e = action_allowed(c->h, body);
	WIRE_FREE(body);
	TRY(e);
	hash = tx_signing_hash(&c->h->network, c->in[0]);
	sign_make(&signature, keystore_act(c->h->keys), BYTES_ID(hash));
	buf_append_bytes(&c->out[0], BYTES_ID(signature));
	return ERR_OK;
}

/* Signs with the account's key, or with that of a request when nonce is there. */
static enum err sign_as(struct signature *ret, const struct holder *h, struct bytes nonce, struct bytes message)
{
	struct secret *sign = NULL, *seal = NULL;

	if (nonce.len == 0) {
		sign_make(ret, keystore_act(h->keys), message);
		return ERR_OK;
	}
	TRY(holder_fixed(nonce, REQUEST_NONCE_SIZE));
	TRY(keystore_request_keys(h->keys, &sign, &seal, nonce.data));
	sign_make(ret, sign, message);
	secret_free(sign);
	secret_free(seal);
	return ERR_OK;
}

static enum err ticket_allowed(const struct holder *h, const Medlock__Ticket *t, bool by_request)
{
	if (!h->bound || !bytes_equal(wire_bytes(t->network_id), BYTES_ID(h->network)))
		return ERR_NETWORK_ID;
	if (!own(h, t->account) || (t->request.len != 0) != by_request)
		return ERR_ROLE;
	return t->purpose == TICKET_PUT ? allowed(h, KEYHOLDER_DEPOSIT) : ERR_OK;
}

static enum err op_sign_ticket(struct holder_call *c)
{
	Medlock__Ticket *t = NULL;
	struct buf input = BUF_INIT;
	struct signature signature;
	enum err e;

	TRY(ticket_parse(&t, c->in[0], &c->info));
	e = ticket_allowed(c->h, t, c->in[1].len != 0);
	if (e == ERR_OK)
		e = ticket_signing_input(&input, t);
	if (e == ERR_OK)
		e = sign_as(&signature, c->h, c->in[1], buf_bytes(&input));
	if (e == ERR_OK) {
		memcpy(t->signature.data, signature.b, SIGNATURE_SIZE); /* ticket_parse: 64 bytes are there */
		WIRE_ENCODE(&c->out[0], t);
	}
	buf_release(&input);
	WIRE_FREE(t);
	return e;
}

static enum err op_sign_release(struct holder_call *c)
{
	Medlock__ReleaseRequest *r = NULL;
	struct buf input = BUF_INIT;
	struct signature signature;
	enum err e;

	TRY(holder_fixed(c->in[1], REQUEST_NONCE_SIZE));
	TRY(release_parse(&r, c->in[0], &c->info));
	e = c->h->bound && bytes_equal(wire_bytes(r->network_id), BYTES_ID(c->h->network)) ? ERR_OK : ERR_NETWORK_ID;
	if (e == ERR_OK)
		e = release_signing_input(&input, r);
	if (e == ERR_OK)
		e = sign_as(&signature, c->h, c->in[1], buf_bytes(&input));
	if (e == ERR_OK) {
		memcpy(r->signature.data, signature.b, SIGNATURE_SIZE);
		WIRE_ENCODE(&c->out[0], r);
	}
	buf_release(&input);
	WIRE_FREE(r);
	return e;
}

/* A text with its NUL, or nothing. */
static enum err text_of(const char **ret, struct bytes x)
{
	*ret = NULL;
	if (x.len == 0)
		return ERR_OK;
	if (x.len > CERT_TEXT_MAX || memchr(x.data, 0, x.len) != x.data + x.len - 1)
		return ERR_RANGE;
	*ret = (const char *)x.data;
	return ERR_OK;
}

static enum err op_csr(struct holder_call *c)
{
	struct cert_name name;
	struct secret *key = NULL;
	enum err e;

	TRY(text_of(&name.organisation, c->in[0]));
	TRY(text_of(&name.unit, c->in[1]));
	TRY(text_of(&name.common_name, c->in[2]));
	TRY(x509_key_of_seed(&key, keystore_act(c->h->keys)));
	e = x509_request_make(&c->out[0], &name, key, &c->info);
	secret_free(key);
	return e;
}

/* ---- requests ---- */

static enum err op_request_keys(struct holder_call *c)
{
	struct secret *sign = NULL, *seal = NULL;
	struct sign_public sign_public;
	struct seal_public seal_public;

	TRY(holder_fixed(c->in[0], REQUEST_NONCE_SIZE));
	TRY(keystore_request_keys(c->h->keys, &sign, &seal, c->in[0].data));
	sign_public_of_seed(&sign_public, sign);
	seal_public_of(&seal_public, seal);
	secret_free(sign);
	secret_free(seal);
	buf_append_bytes(&c->out[0], BYTES_ID(sign_public));
	buf_append_bytes(&c->out[1], BYTES_ID(seal_public));
	return ERR_OK;
}

static enum err op_open_release(struct holder_call *c)
{
	struct secret *sign = NULL, *seal = NULL;
	enum err e;

	TRY(holder_fixed(c->in[0], RELEASE_CONTEXT_SIZE));
	TRY(holder_fixed(c->in[1], REQUEST_NONCE_SIZE));
	TRY(keystore_request_keys(c->h->keys, &sign, &seal, c->in[1].data));
	e = seal_open(&c->out[0], seal, c->in[0], bytes_of(NULL, 0), c->in[2]);
	secret_free(sign);
	secret_free(seal);
	return e;
}

/* ---- reading ---- */

/* The file key, by the keys of now or by earlier ones. */
static enum err unwrap_any(struct secret **ret, const struct keystore *k, const struct age_header *header)
{
	enum err e = age_header_unwrap(ret, header, keystore_read(k));

	for (uint32_t g = keystore_generation(k); e == ERR_DECRYPT && g-- > 0;) {
		struct secret *read = NULL;

		if (keystore_read_of(k, &read, g) != ERR_OK)
			continue;
		e = age_header_unwrap(ret, header, read);
		secret_free(read);
	}
	return e;
}

static enum err op_unwrap(struct holder_call *c)
{
	struct age_header header = {0};
	struct secret *key = NULL;
	enum err e = age_header_parse(&header, c->in[0], &c->info);

	if (e == ERR_OK)
		e = unwrap_any(&key, c->h->keys, &header);
	if (e == ERR_OK)
		buf_append_bytes(&c->out[0], secret_bytes(key));
	secret_free(key);
	age_header_release(&header);
	return e;
}

static enum err op_open_age(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;
	enum err e = ERR_DECRYPT;

	for (uint32_t g = keystore_generation(k) + 1; e == ERR_DECRYPT && g-- > 0;) {
		struct bytes rest = c->in[0];
		struct byte_source from = byte_source_bytes(&rest);
		struct byte_sink to = byte_sink_buf(&c->out[0]);
		struct secret *read = NULL;

		if (keystore_read_of(k, &read, g) != ERR_OK)
			continue;
		e = age_decrypt(NULL, &to, &from, read, &c->info);
		secret_free(read);
	}
	return e;
}

/* One identity a line, the newest first: the age program tries each. */
static enum err op_export(struct holder_call *c)
{
	const struct keystore *k = c->h->keys;

	for (uint32_t g = keystore_generation(k) + 1; g-- > 0;) {
		struct secret *read = NULL, *text = NULL;
		enum err e;

		if (keystore_read_of(k, &read, g) != ERR_OK)
			continue;
		e = age_identity_text(&text, read);
		secret_free(read);
		TRY(e);
		if (c->out[0].len > 0)
			buf_append_byte(&c->out[0], '\n');
		buf_append_bytes(&c->out[0], bytes_str((const char *)text->data));
		secret_free(text);
	}
	buf_append_byte(&c->out[0], '\0');
	return ERR_OK;
}

static enum err op_seal(struct holder_call *c, bool open)
{
	const char *name = NULL;

	TRY(text_of(&name, c->in[0]));
	if (name == NULL)
		return ERR_RANGE;
	if (open)
		return keystore_unseal(c->h->keys, &c->out[0], name, c->in[1], c->in[2]);
	return keystore_seal(c->h->keys, &c->out[0], name, c->in[1], c->in[2], rng_system());
}

static enum err op_probe(struct holder_call *c)
{
	TRY(holder_fixed(c->in[0], 4));
	if (c->h->probe == NULL)
		return ERR_ROLE;
	buf_append_be32(&c->out[0], (uint32_t)c->h->probe(get_be32(c->in[0].data)));
	return ERR_OK;
}

/* ---- the switch ---- */

static enum err run(struct holder_call *c, enum keyholder_op op)
{
	switch (op) {
	case OP_BIND: return op_bind(c);
	case OP_CREATE: return op_create(c);
	case OP_UNLOCK: return op_unlock(c);
	case OP_LOCK: return op_lock(c);
	case OP_IDLE: return op_idle(c);
	case OP_PASSPHRASE: return op_passphrase(c);
	case OP_WORDS: return holder_words(c);
	case OP_PUBLIC: return op_public(c);
	case OP_SIGN_BODY: return op_sign_body(c);
	case OP_SIGN_TICKET: return op_sign_ticket(c);
	case OP_CSR: return op_csr(c);
	case OP_REQUEST_KEYS: return op_request_keys(c);
	case OP_SIGN_RELEASE: return op_sign_release(c);
	case OP_OPEN_RELEASE: return op_open_release(c);
	case OP_UNWRAP: return op_unwrap(c);
	case OP_OPEN_AGE: return op_open_age(c);
	case OP_EXPORT: return op_export(c);
	case OP_SEAL: return op_seal(c, false);
	case OP_UNSEAL: return op_seal(c, true);
	case OP_CA_SPKI: return holder_ca_spki(c);
	case OP_CA_ISSUE: return holder_ca_issue(c);
	case OP_CA_CRL: return holder_ca_crl(c);
	case OP_CA_ROOT: return holder_ca_root(c);
	case OP_CA_SIGN_TEXT: return holder_ca_sign_text(c);
	case OP_PROBE: return op_probe(c);
	case OP_RECOVER: return holder_recover(c);
	case OP_ROTATE: return holder_rotate(c);
	case OP_ROTATED: return holder_rotated(c);
	case OP_PLACE: return holder_place(c);
	case OP_ADOPT: return holder_adopt(c);
	case OP_EARLIER: return holder_earlier(c);
	case OP_MISSING: return holder_missing(c);
	case OP_COMPARE: return holder_compare(c);
	case OP_SIGN_LETTER: return holder_sign_letter(c);
	case OP_OPEN_LETTER: return holder_open_letter(c);
	case OP_SHARES: return holder_shares(c);
	case OP_RECOVER_SHARES: return holder_recover_shares(c);
	case OP_PAIR: return holder_pair(c);
	case OP_RECOVER_PAIR: return holder_recover_pair(c);
	}
	return ERR_INTERNAL;
}

struct op_row {
	uint32_t number, fields, capability;
	bool unlocked;
};
static const struct op_row rows[] = {
#define OP(name, number, fields, capability, unlocked) {number, fields, capability, unlocked},
#include "core/keys/keyholder_ops.def"
#undef OP
};

static const struct op_row *row_of(const struct keyholder_message *m)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].number == m->code && rows[i].fields == m->count)
			return &rows[i];
	return NULL;
}

static enum err permitted(const struct holder *h, const struct op_row *row)
{
	if (row->capability != 0 && (h->capabilities & row->capability) == 0)
		return ERR_ROLE;
	return row->unlocked && h->keys == NULL ? ERR_LOCKED : ERR_OK;
}

static void answer(struct buf *reply, struct holder_call *c, uint32_t id, enum err e)
{
	struct keyholder_message m = {.code = (uint32_t)-(int)e, .id = id};
	size_t size = KEYHOLDER_MESSAGE_HEAD;

	for (size_t i = 0; e == ERR_OK && i < HOLDER_ANSWERS; i++) {
		m.fields[m.count++] = buf_bytes(&c->out[i]);
		size += 4 + c->out[i].len;
		e = buf_error(&c->out[i]);
	}
	if (e == ERR_OK && size > KEYHOLDER_MESSAGE_MAX)
		e = ERR_TOO_LARGE;
	if (e != ERR_OK) {
		m.code = (uint32_t)-(int)e;
		m.count = 1;
		m.fields[0] = bytes_str(c->info.detail);
	}
	keyholder_message_write(reply, &m);
}

enum err holder_serve(struct holder *h, struct buf *reply, struct bytes message)
{
	struct keyholder_message m;
	const struct op_row *row;
	struct holder_call c = {.h = h, .in = m.fields};
	enum err e;

	TRY(keyholder_message_parse(&m, message));
	row = row_of(&m);
	if (row == NULL)
		return ERR_FORMAT;
	e = permitted(h, row);
	if (e == ERR_OK)
		e = run(&c, (enum keyholder_op)m.code);
	answer(reply, &c, m.id, e);
	for (size_t i = 0; i < HOLDER_ANSWERS; i++) {
		if (c.out[i].data != NULL)
			secret_wipe(c.out[i].data, c.out[i].len);
		buf_release(&c.out[i]);
	}
	return buf_error(reply);
}

void holder_release(struct holder *h)
{
	take_keys(h, NULL);
}
