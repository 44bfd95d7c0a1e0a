/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the program, each one message. */
#include "core/keys/keyholder.h"

#include "chain/proto/genesis.h"
#include "core/keys/keyholder_parts.h"

#define TICKET_SCHEME "medlock "
#define KEYSET_DECODED_MAX 4096u

static const uint8_t NO_SIGNATURE[SIGNATURE_SIZE];
static const struct bytes NOTHING;

uint32_t keyholder_capabilities(const char *mode)
{
	if (strcmp(mode, "patient") == 0)
		return KEYHOLDER_PATIENT;
	if (strcmp(mode, "institute") == 0)
		return KEYHOLDER_INSTITUTE;
	if (strcmp(mode, "ca") == 0)
		return KEYHOLDER_AUTHORITY;
	if (strcmp(mode, "operator") == 0)
		return KEYHOLDER_OPERATOR;
	return 0;
}

/* One answer, appended. */
static enum err ask_one(struct keyholder *k, struct buf *out, enum keyholder_op op, const struct bytes *in,
			size_t count, struct err_info *info)
{
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, op, in, count, 1, info));
	buf_append_bytes(out, m.fields[0]);
	secret_wipe((void *)(uintptr_t)m.fields[0].data, m.fields[0].len);
	return buf_error(out);
}

static enum err ask_secret(struct keyholder *k, struct secret **ret, size_t field, enum keyholder_op op,
			   const struct bytes *in, size_t count, struct buf *ret_file, struct err_info *info)
{
	struct keyholder_message m;
	enum err e;

	TRY(keyholder_ask(k, &m, op, in, count, field + 1, info));
	e = m.fields[field].len == 0 ? ERR_KEYHOLDER : secret_copy(ret, m.fields[field]);
	secret_wipe((void *)(uintptr_t)m.fields[field].data, m.fields[field].len);
	if (e == ERR_OK && ret_file != NULL) {
		buf_append_bytes(ret_file, m.fields[0]);
		e = buf_error(ret_file);
	}
	return e;
}

static struct bytes work_bytes(uint8_t out[8], const struct kdf_params *params)
{
	if (params == NULL)
		return NOTHING;
	put_be32(out, params->mem_kib);
	put_be32(out + 4, params->passes);
	return bytes_of(out, 8);
}

static struct bytes text_bytes(const char *text)
{
	return text == NULL ? NOTHING : bytes_of(text, strlen(text) + 1);
}

static struct bytes nonce_bytes(const uint8_t *nonce)
{
	return nonce == NULL ? NOTHING : bytes_of(nonce, REQUEST_NONCE_SIZE);
}

/* ---- life ---- */

enum err keyholder_create(struct keyholder *k, struct buf *ret_file, const struct network_id *network,
			  struct bytes passphrase, const struct kdf_params *params, struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[3] = {BYTES_ID(*network), passphrase, work_bytes(work, params)};

	return ask_one(k, ret_file, OP_CREATE, in, 3, info);
}

enum err keyholder_unlock(struct keyholder *k, struct bytes file, struct bytes passphrase,
			  const struct account_id *expected, struct err_info *info)
{
	struct bytes in[3] = {file, passphrase, expected == NULL ? NOTHING : BYTES_ID(*expected)};
	struct keyholder_message m;

	return keyholder_ask(k, &m, OP_UNLOCK, in, 3, 0, info);
}

enum err keyholder_recover(struct keyholder *k, struct buf *ret_file, const struct network_id *network, struct bytes words,
			   struct bytes passphrase, const struct kdf_params *params, struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[4] = {BYTES_ID(*network), words, passphrase, work_bytes(work, params)};

	return ask_one(k, ret_file, OP_RECOVER, in, 4, info);
}

enum err keyholder_idle(struct keyholder *k, uint32_t ms, struct err_info *info)
{
	struct keyholder_message m;
	uint8_t be[4];
	struct bytes field = bytes_of(be, sizeof(be));

	put_be32(be, ms);
	return keyholder_ask(k, &m, OP_IDLE, &field, 1, 0, info);
}

enum err keyholder_lock(struct keyholder *k, struct err_info *info)
{
	struct keyholder_message m;

	return keyholder_ask(k, &m, OP_LOCK, NULL, 0, 0, info);
}

enum err keyholder_change_passphrase(struct keyholder *k, struct buf *ret_file, struct bytes passphrase,
				     const struct kdf_params *params, struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[2] = {passphrase, work_bytes(work, params)};

	return ask_one(k, ret_file, OP_PASSPHRASE, in, 2, info);
}

enum err keyholder_words(struct keyholder *k, struct secret **ret_text, struct err_info *info)
{
	return ask_secret(k, ret_text, 0, OP_WORDS, NULL, 0, NULL, info);
}

/* ---- helpers ---- */

enum err keyholder_shares(struct keyholder *k, struct buf *ret, uint32_t n, uint32_t needed, struct err_info *info)
{
	uint8_t b[8];
	struct bytes in[1] = {bytes_of(b, sizeof(b))};
	struct keyholder_message m;
	struct cursor c;

	put_be32(b, n);
	put_be32(b + 4, needed);
	TRY(keyholder_ask(k, &m, OP_SHARES, in, 1, 1, info));
	c = cursor_of(m.fields[0]);
	for (uint32_t i = 0; i < n; i++)
		buf_append_bytes(&ret[i], cursor_take(&c, cursor_be32(&c)));
	secret_wipe((void *)(uintptr_t)m.fields[0].data, m.fields[0].len);
	return cursor_end(&c) == ERR_OK ? ERR_OK : err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
}

enum err keyholder_recover_shares(struct keyholder *k, struct buf *ret_file, uint32_t *ret_have, uint32_t *ret_need,
				  struct bytes sealed, struct bytes passphrase, const struct kdf_params *params,
				  struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[3] = {sealed, passphrase, work_bytes(work, params)};
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, OP_RECOVER_SHARES, in, 3, 3, info));
	if (m.fields[1].len != 4 || m.fields[2].len != 4)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	*ret_have = get_be32(m.fields[1].data);
	*ret_need = get_be32(m.fields[2].data);
	buf_append_bytes(ret_file, m.fields[0]);
	return buf_error(ret_file);
}

enum err keyholder_pair(struct keyholder *k, struct buf *ret, const struct seal_public *to, struct err_info *info)
{
	struct bytes in[1] = {BYTES_ID(*to)};

	return ask_one(k, ret, OP_PAIR, in, 1, info);
}

enum err keyholder_recover_pair(struct keyholder *k, struct buf *ret_file, struct bytes sealed, struct bytes passphrase,
				const struct kdf_params *params, struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[3] = {sealed, passphrase, work_bytes(work, params)};

	return ask_one(k, ret_file, OP_RECOVER_PAIR, in, 3, info);
}

/* ---- generations ---- */

static enum err ask_number(struct keyholder *k, uint32_t *ret, enum keyholder_op op, const struct bytes *in, size_t count,
			   struct err_info *info)
{
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, op, in, count, 1, info));
	if (m.fields[0].len != 4)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	*ret = get_be32(m.fields[0].data);
	return ERR_OK;
}

enum err keyholder_words_compare(struct keyholder *k, uint32_t *ret_wrong, struct bytes typed, struct err_info *info)
{
	return ask_number(k, ret_wrong, OP_COMPARE, &typed, 1, info);
}

enum err keyholder_missing(struct keyholder *k, uint32_t *ret, struct err_info *info)
{
	return ask_number(k, ret, OP_MISSING, NULL, 0, info);
}

enum err keyholder_rotate(struct keyholder *k, struct keyholder_next *ret, struct bytes passphrase,
			  const struct kdf_params *params, struct err_info *info)
{
	uint8_t work[8];
	struct bytes in[2] = {passphrase, work_bytes(work, params)};
	struct keyholder_next next = {BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT};
	struct buf *parts[] = {&next.file, &next.keyset, &next.signature, &next.earlier};
	struct keyholder_message m;
	enum err e = ERR_OK;

	TRY(keyholder_ask(k, &m, OP_ROTATE, in, 2, 4, info));
	for (size_t i = 0; i < 4 && e == ERR_OK; i++) {
		buf_append_bytes(parts[i], m.fields[i]);
		e = buf_error(parts[i]);
	}
	if (e != ERR_OK) {
		keyholder_next_release(&next);
		return e;
	}
	*ret = next;
	return ERR_OK;
}

void keyholder_next_release(struct keyholder_next *n)
{
	buf_release(&n->file);
	buf_release(&n->keyset);
	buf_release(&n->signature);
	buf_release(&n->earlier);
}

enum err keyholder_rotated(struct keyholder *k, struct err_info *info)
{
	struct keyholder_message m;

	return keyholder_ask(k, &m, OP_ROTATED, NULL, 0, 0, info);
}

enum err keyholder_place(struct keyholder *k, struct buf *ret_file, const struct account_id *account, uint32_t generation,
			 struct err_info *info)
{
	uint8_t b[4];
	struct bytes in[2] = {BYTES_ID(*account), bytes_of(b, 4)};

	put_be32(b, generation);
	return ask_one(k, ret_file, OP_PLACE, in, 2, info);
}

enum err keyholder_earlier(struct keyholder *k, struct sign_public *ret, uint32_t generation, struct bytes sealed,
			   struct err_info *info)
{
	uint8_t b[4];
	struct bytes in[2] = {bytes_of(b, 4), sealed};
	struct buf out = BUF_INIT;
	enum err e;

	put_be32(b, generation);
	e = ask_one(k, &out, OP_EARLIER, in, 2, info);
	if (e == ERR_OK && out.len != sizeof(ret->b))
		e = ERR_KEYHOLDER;
	if (e == ERR_OK)
		ID_COPY(*ret, out.data);
	buf_release(&out);
	return e;
}

enum err keyholder_adopt(struct keyholder *k, struct buf *ret_file, uint32_t generation, struct bytes sealed,
			 const struct sign_public *sign, struct err_info *info)
{
	uint8_t b[4];
	struct bytes in[3] = {bytes_of(b, 4), sealed, BYTES_ID(*sign)};

	put_be32(b, generation);
	return ask_one(k, ret_file, OP_ADOPT, in, 3, info);
}

/* ---- public ---- */

static bool public_shape(const struct keyholder_message *m)
{
	return m->fields[0].len == ID_SIZE && m->fields[1].len == ID_SIZE && m->fields[2].len <= 256 &&
	       m->fields[3].len == SIGNATURE_SIZE && m->fields[4].len == 4 && m->fields[5].len == 4 &&
	       m->fields[6].len == 4;
}

enum err keyholder_public(struct keyholder *k, struct keyholder_public *ret, struct err_info *info)
{
	struct keyholder_message m;
	Medlock__KeySet *keys = NULL;

	TRY(keyholder_ask(k, &m, OP_PUBLIC, NULL, 0, 7, info));
	if (!public_shape(&m) || WIRE_DECODE(&keys, medlock__key_set, m.fields[2], KEYSET_DECODED_MAX, info) != ERR_OK)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	*ret = (struct keyholder_public){.keyset_len = m.fields[2].len};
	ID_COPY(ret->account, m.fields[0].data);
	ID_COPY(ret->network, m.fields[1].data);
	memcpy(ret->keyset, m.fields[2].data, m.fields[2].len);
	memcpy(ret->keyset_signature.b, m.fields[3].data, SIGNATURE_SIZE);
	ret->slots = get_be32(m.fields[4].data);
	ret->entries = get_be32(m.fields[5].data);
	ret->generation = get_be32(m.fields[6].data);
	memcpy(ret->sign.b, keys->sign.data, sizeof(ret->sign.b)); /* our own key set: lengths were checked when made */
	memcpy(ret->seal.b, keys->seal.data, sizeof(ret->seal.b));
	WIRE_FREE(keys);
	return ERR_OK;
}

enum err keys_card(struct keyholder *k, struct buf *ret, uint32_t role, const struct organisation_id *organisation,
		   struct err_info *info)
{
	Medlock__GenesisAccount card = MEDLOCK__GENESIS_ACCOUNT__INIT, *checked = NULL;
	struct keyholder_public me;
	Medlock__KeySet *keys = NULL;
	struct buf encoded = BUF_INIT;
	enum err e;

	TRY(keyholder_public(k, &me, info));
	if (!bytes_is_zero(BYTES_ID(me.network)))
		return err_set(info, ERR_NETWORK_ID, "these keys were made for a network, not for a genesis");
	TRY(WIRE_DECODE(&keys, medlock__key_set, bytes_of(me.keyset, me.keyset_len), KEYSET_DECODED_MAX, info));
	card.keys = keys;
	card.keys_signature = wire_data(BYTES_ID(me.keyset_signature));
	card.role = role;
	if (organisation != NULL)
		card.organisation = wire_data(BYTES_ID(*organisation));
	WIRE_ENCODE(&encoded, &card);
	e = buf_error(&encoded);
	if (e == ERR_OK)
		e = genesis_account_parse(&checked, buf_bytes(&encoded), info);
	if (e == ERR_OK) {
		buf_append_bytes(ret, buf_bytes(&encoded));
		e = buf_error(ret);
	}
	WIRE_FREE(checked);
	WIRE_FREE(keys);
	buf_release(&encoded);
	return e;
}

/* ---- signing ---- */

enum err keyholder_bind(struct keyholder *k, const struct network_id *network, struct err_info *info)
{
	struct bytes in[1] = {BYTES_ID(*network)};
	struct keyholder_message m;

	return keyholder_ask(k, &m, OP_BIND, in, 1, 0, info);
}

enum err keyholder_sign_body(struct keyholder *k, struct signature *ret, struct bytes body, struct err_info *info)
{
	struct bytes in[1] = {body};
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, OP_SIGN_BODY, in, 1, 1, info));
	if (m.fields[0].len != SIGNATURE_SIZE)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	memcpy(ret->b, m.fields[0].data, SIGNATURE_SIZE);
	return ERR_OK;
}

enum err keyholder_sign_ticket(struct keyholder *k, struct buf *ret_text, const Medlock__Ticket *ticket,
			       const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info)
{
	Medlock__Ticket unsigned_ticket = *ticket, *done = NULL;
	struct buf encoded = BUF_INIT, signed_bytes = BUF_INIT;
	struct bytes in[2];
	enum err e;

	unsigned_ticket.signature = wire_data(bytes_of(NO_SIGNATURE, SIGNATURE_SIZE));
	WIRE_ENCODE(&encoded, &unsigned_ticket);
	in[0] = buf_bytes(&encoded);
	in[1] = nonce_bytes(nonce);
	e = buf_error(&encoded);
	if (e == ERR_OK)
		e = ask_one(k, &signed_bytes, OP_SIGN_TICKET, in, 2, info);
	if (e == ERR_OK)
		e = ticket_parse(&done, buf_bytes(&signed_bytes), info);
	if (e == ERR_OK) {
		buf_append_text(ret_text, TICKET_SCHEME);
		ticket_text(ret_text, done);
		e = buf_error(ret_text);
	}
	WIRE_FREE(done);
	buf_release(&encoded);
	buf_release(&signed_bytes);
	return e;
}

enum err keyholder_csr(struct keyholder *k, struct buf *ret_der, const struct cert_name *subject, struct err_info *info)
{
	struct bytes in[3] = {text_bytes(subject->organisation), text_bytes(subject->unit),
			      text_bytes(subject->common_name)};

	return ask_one(k, ret_der, OP_CSR, in, 3, info);
}

/* ---- requests ---- */

enum err keyholder_request_keys(struct keyholder *k, struct sign_public *ret_sign, struct seal_public *ret_seal,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info)
{
	struct bytes in[1] = {nonce_bytes(nonce)};
	struct keyholder_message m;

	TRY(keyholder_ask(k, &m, OP_REQUEST_KEYS, in, 1, 2, info));
	if (m.fields[0].len != sizeof(ret_sign->b) || m.fields[1].len != sizeof(ret_seal->b))
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	memcpy(ret_sign->b, m.fields[0].data, sizeof(ret_sign->b));
	memcpy(ret_seal->b, m.fields[1].data, sizeof(ret_seal->b));
	return ERR_OK;
}

enum err keyholder_sign_release(struct keyholder *k, struct buf *ret, const Medlock__ReleaseRequest *request,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct err_info *info)
{
	Medlock__ReleaseRequest bare = *request;
	struct buf encoded = BUF_INIT;
	struct bytes in[2];
	enum err e;

	bare.signature = wire_data(bytes_of(NO_SIGNATURE, SIGNATURE_SIZE));
	WIRE_ENCODE(&encoded, &bare);
	in[0] = buf_bytes(&encoded);
	in[1] = nonce_bytes(nonce);
	e = buf_error(&encoded);
	if (e == ERR_OK)
		e = ask_one(k, ret, OP_SIGN_RELEASE, in, 2, info);
	buf_release(&encoded);
	return e;
}

enum err keyholder_open_release(struct keyholder *k, struct buf *ret_share, const struct release_binding *binding,
				const uint8_t nonce[REQUEST_NONCE_SIZE], struct bytes sealed, struct err_info *info)
{
	uint8_t context[RELEASE_CONTEXT_SIZE];
	struct bytes in[3] = {bytes_of(context, sizeof(context)), nonce_bytes(nonce), sealed};

	release_context(context, binding);
	return ask_one(k, ret_share, OP_OPEN_RELEASE, in, 3, info);
}

/* ---- reading ---- */

enum err keyholder_unwrap(struct keyholder *k, struct secret **ret_file_key, struct bytes age_header,
			  struct err_info *info)
{
	return ask_secret(k, ret_file_key, 0, OP_UNWRAP, &age_header, 1, NULL, info);
}

enum err keyholder_open_age(struct keyholder *k, struct buf *out, struct bytes file, struct err_info *info)
{
	return ask_one(k, out, OP_OPEN_AGE, &file, 1, info);
}

enum err keyholder_export_identity(struct keyholder *k, struct secret **ret_text, struct err_info *info)
{
	return ask_secret(k, ret_text, 0, OP_EXPORT, NULL, 0, NULL, info);
}

enum err keyholder_sign_letter(struct keyholder *k, struct buf *ret, struct bytes letter, struct err_info *info)
{
	return ask_one(k, ret, OP_SIGN_LETTER, &letter, 1, info);
}

enum err keyholder_open_letter(struct keyholder *k, struct buf *ret, struct bytes sealed, struct err_info *info)
{
	return ask_one(k, ret, OP_OPEN_LETTER, &sealed, 1, info);
}

enum err keyholder_seal(struct keyholder *k, struct buf *out, const char *name, struct bytes aad, struct bytes plain,
			struct err_info *info)
{
	struct bytes in[3] = {text_bytes(name), aad, plain};

	return ask_one(k, out, OP_SEAL, in, 3, info);
}

enum err keyholder_unseal(struct keyholder *k, struct buf *out, const char *name, struct bytes aad, struct bytes sealed,
			  struct err_info *info)
{
	struct bytes in[3] = {text_bytes(name), aad, sealed};

	return ask_one(k, out, OP_UNSEAL, in, 3, info);
}

enum err keyholder_ask_probe(struct keyholder *k, int *ret_errno, uint32_t kind, struct err_info *info)
{
	uint8_t b[4];
	struct bytes in[1] = {bytes_of(b, 4)};
	struct keyholder_message m;

	put_be32(b, kind);
	TRY(keyholder_ask(k, &m, OP_PROBE, in, 1, 1, info));
	if (m.fields[0].len != 4)
		return ERR_KEYHOLDER;
	*ret_errno = (int)get_be32(m.fields[0].data);
	return ERR_OK;
}
