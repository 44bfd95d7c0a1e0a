/* SPDX-License-Identifier: Apache-2.0 */
/* The authority's keys: a certificate's fields travel whole, are decoded strictly, and signed inside the process. */
#include "core/keys/keyholder_parts.h"

#define TEXT_NONE 0xffffffffu
#define REVOKED_SIZE (CERT_SERIAL_SIZE + 8u + 4u + 1u + 8u)
#define NUMBERS_SIZE 24u

/* ---- fields as bytes: texts with their NUL, so that the decoded struct points into the message ---- */

static void put_text(struct buf *out, const char *text)
{
	buf_append_be32(out, text == NULL ? TEXT_NONE : (uint32_t)strlen(text) + 1);
	if (text != NULL)
		buf_append(out, text, strlen(text) + 1);
}

static void put_texts(struct buf *out, const char *const *texts, size_t count)
{
	buf_append_be32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		put_text(out, texts[i]);
}

static void put_alts(struct buf *out, const struct cert_alt *alts, size_t count)
{
	buf_append_be32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		buf_append_be32(out, (uint32_t)alts[i].kind);
		put_text(out, alts[i].text);
	}
}

static void put_fields(struct buf *out, const struct cert_fields *f)
{
	buf_append(out, f->serial, sizeof(f->serial));
	put_text(out, f->subject.organisation);
	put_text(out, f->subject.unit);
	put_text(out, f->subject.common_name);
	buf_append_be64(out, (uint64_t)f->not_before.v);
	buf_append_be64(out, (uint64_t)f->not_after.v);
	buf_append_be32(out, (uint32_t)f->spki.len);
	buf_append_bytes(out, f->spki);
	buf_append_byte(out, f->ca);
	buf_append_be32(out, (uint32_t)f->path_len);
	buf_append_be32(out, f->key_usage);
	put_texts(out, f->eku, f->eku_count);
	put_alts(out, f->alt, f->alt_count);
	put_texts(out, f->policies, f->policies_count);
	put_alts(out, f->permitted, f->permitted_count);
	put_alts(out, f->excluded, f->excluded_count);
	put_text(out, f->crl_uri);
}

struct fields_room {
	const char *eku[CERT_LIST_MAX], *policies[CERT_LIST_MAX];
	struct cert_alt alt[CERT_LIST_MAX], permitted[CERT_LIST_MAX], excluded[CERT_LIST_MAX];
};

static const char *get_text(struct cursor *c)
{
	uint32_t len = cursor_be32(c);
	struct bytes x;

	if (len == TEXT_NONE || c->err != ERR_OK)
		return NULL;
	x = cursor_take(c, len);
	if (c->err != ERR_OK || len == 0 || memchr(x.data, 0, len) != x.data + len - 1) {
		c->err = ERR_FORMAT;
		return NULL;
	}
	return (const char *)x.data;
}

static size_t get_count(struct cursor *c)
{
	uint32_t count = cursor_be32(c);

	if (count > CERT_LIST_MAX)
		c->err = ERR_FORMAT;
	return c->err == ERR_OK ? count : 0;
}

static size_t get_texts(struct cursor *c, const char *texts[CERT_LIST_MAX])
{
	size_t count = get_count(c);

	for (size_t i = 0; i < count; i++) {
		texts[i] = get_text(c);
		if (texts[i] == NULL)
			c->err = ERR_FORMAT;
	}
	return count;
}

static size_t get_alts(struct cursor *c, struct cert_alt alts[CERT_LIST_MAX])
{
	size_t count = get_count(c);

	for (size_t i = 0; i < count; i++) {
		uint32_t kind = cursor_be32(c);

		alts[i].text = get_text(c);
		if (kind > CERT_ALT_OTHER || alts[i].text == NULL)
			c->err = ERR_FORMAT;
		alts[i].kind = (enum cert_alt_kind)kind;
	}
	return count;
}

static enum err get_fields(struct cert_fields *f, struct fields_room *room, struct bytes in)
{
	struct cursor c = cursor_of(in);
	struct bytes serial = cursor_take(&c, CERT_SERIAL_SIZE);
	size_t len;

	*f = (struct cert_fields){0};
	if (c.err != ERR_OK)
		return ERR_FORMAT;
	memcpy(f->serial, serial.data, CERT_SERIAL_SIZE);
	f->subject.organisation = get_text(&c);
	f->subject.unit = get_text(&c);
	f->subject.common_name = get_text(&c);
	f->not_before.v = (int64_t)cursor_be64(&c);
	f->not_after.v = (int64_t)cursor_be64(&c);
	len = cursor_be32(&c);
	f->spki = cursor_take(&c, len);
	f->ca = cursor_byte(&c) != 0;
	f->path_len = (int)cursor_be32(&c);
	f->key_usage = cursor_be32(&c);
	f->eku = room->eku;
	f->eku_count = get_texts(&c, room->eku);
	f->alt = room->alt;
	f->alt_count = get_alts(&c, room->alt);
	f->policies = room->policies;
	f->policies_count = get_texts(&c, room->policies);
	f->permitted = room->permitted;
	f->permitted_count = get_alts(&c, room->permitted);
	f->excluded = room->excluded;
	f->excluded_count = get_alts(&c, room->excluded);
	f->crl_uri = get_text(&c);
	return c.err != ERR_OK ? ERR_FORMAT : cursor_end(&c);
}

/* ---- the child ---- */

enum err holder_ca_key(const struct secret **ret, struct holder_call *c)
{
	uint32_t which;

	TRY(holder_fixed(c->in[0], 4));
	which = get_be32(c->in[0].data);
	if (which == KEYSTORE_ENTRY_CA_ROOT && c->h->root == NULL)
		return err_set(&c->info, ERR_LOCKED, "this needs the root key: name its file with --root FILE");
	if (which != KEYSTORE_ENTRY_CA_ROOT && which != KEYSTORE_ENTRY_CA_ISSUING)
		return ERR_RANGE;
	*ret = which == KEYSTORE_ENTRY_CA_ROOT ? c->h->root : keystore_entry(c->h->keys, which);
	return *ret == NULL ? ERR_NOT_FOUND : ERR_OK;
}

enum err holder_ca_spki(struct holder_call *c)
{
	const struct secret *key = NULL;
	struct secret *fresh = NULL;
	enum err e = holder_ca_key(&key, c);

	if (e == ERR_OK)
		return x509_key_spki(&c->out[0], key);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(x509_key_new(&fresh, CERT_KEY_P256));
	e = x509_key_spki(&c->out[0], fresh);
	if (e == ERR_OK)
		e = keystore_entry_put(c->h->keys, get_be32(c->in[0].data), secret_bytes(fresh));
	if (e == ERR_OK)
		e = keystore_write(c->h->keys, &c->out[1], rng_system());
	secret_free(fresh);
	return e;
}

enum err holder_ca_issue(struct holder_call *c)
{
	const struct secret *key = NULL;
	struct fields_room room;
	struct cert_fields fields;

	TRY(holder_ca_key(&key, c));
	TRY(get_fields(&fields, &room, c->in[1]));
	return x509_issue(&c->out[0], &fields, c->in[2], key, &c->info);
}

static enum err revoked_of(struct cert_revoked *rows, size_t count, struct bytes in)
{
	struct cursor c = cursor_of(in);

	for (size_t i = 0; i < count; i++) {
		memcpy(rows[i].serial, cursor_take(&c, CERT_SERIAL_SIZE).data, CERT_SERIAL_SIZE);
		rows[i].revoked_at.v = (int64_t)cursor_be64(&c);
		rows[i].reason = (enum cert_reason)cursor_be32(&c);
		rows[i].has_invalid_since = cursor_byte(&c) != 0;
		rows[i].invalid_since.v = (int64_t)cursor_be64(&c);
	}
	return c.err != ERR_OK ? ERR_FORMAT : cursor_end(&c);
}

enum err holder_ca_crl(struct holder_call *c)
{
	const struct secret *key = NULL;
	size_t count = c->in[3].len / REVOKED_SIZE;
	struct buf room = BUF_INIT;
	struct cert_revoked *rows;
	enum err e;

	TRY(holder_ca_key(&key, c));
	if (c->in[1].len != NUMBERS_SIZE || c->in[3].len != count * REVOKED_SIZE || count > KEYHOLDER_REVOKED_MAX)
		return ERR_RANGE;
	rows = (struct cert_revoked *)(void *)buf_reserve(&room, (count + 1) * sizeof(*rows));
	e = rows == NULL ? ERR_MEMORY : revoked_of(rows, count, c->in[3]);
	if (e == ERR_OK)
		e = x509_crl_make(&c->out[0], c->in[2], key, get_be64(c->in[1].data),
				  (struct time_ms){(int64_t)get_be64(c->in[1].data + 8)},
				  (struct time_ms){(int64_t)get_be64(c->in[1].data + 16)}, rows, count, &c->info);
	buf_release(&room);
	return e;
}

/* ---- the client ---- */

enum err keyholder_ca_spki(struct keyholder *k, struct buf *out, struct buf *ret_file, uint32_t which,
			   struct err_info *info)
{
	uint8_t kind[4];
	struct bytes in[1] = {bytes_of(kind, 4)};
	struct keyholder_message m;

	put_be32(kind, which);
	TRY(keyholder_ask(k, &m, OP_CA_SPKI, in, 1, 2, info));
	buf_append_bytes(out, m.fields[0]);
	buf_append_bytes(ret_file, m.fields[1]);
	TRY(buf_error(ret_file));
	return buf_error(out);
}

enum err keyholder_ca_issue(struct keyholder *k, struct buf *out, uint32_t which, const struct cert_fields *fields,
			    struct bytes issuer, struct err_info *info)
{
	uint8_t kind[4];
	struct buf encoded = BUF_INIT;
	struct keyholder_message m;
	struct bytes in[3];
	enum err e;

	put_be32(kind, which);
	put_fields(&encoded, fields);
	in[0] = bytes_of(kind, 4);
	in[1] = buf_bytes(&encoded);
	in[2] = issuer;
	e = buf_error(&encoded);
	if (e == ERR_OK)
		e = keyholder_ask(k, &m, OP_CA_ISSUE, in, 3, 1, info);
	buf_release(&encoded);
	TRY(e);
	buf_append_bytes(out, m.fields[0]);
	return buf_error(out);
}

static void put_revoked(struct buf *out, const struct cert_revoked *r)
{
	buf_append(out, r->serial, CERT_SERIAL_SIZE);
	buf_append_be64(out, (uint64_t)r->revoked_at.v);
	buf_append_be32(out, (uint32_t)r->reason);
	buf_append_byte(out, r->has_invalid_since);
	buf_append_be64(out, (uint64_t)r->invalid_since.v);
}

enum err keyholder_ca_crl(struct keyholder *k, struct buf *out, uint32_t which, struct bytes issuer, uint64_t number,
			  struct time_ms this_update, struct time_ms next_update, const struct cert_revoked *revoked,
			  size_t revoked_count, struct err_info *info)
{
	uint8_t kind[4], numbers[NUMBERS_SIZE];
	struct buf rows = BUF_INIT;
	struct keyholder_message m;
	enum err e;

	if (revoked_count > KEYHOLDER_REVOKED_MAX)
		return err_set(info, ERR_TOO_LARGE, "a revocation list of %zu entries", revoked_count);
	put_be32(kind, which);
	put_be64(numbers, number);
	put_be64(numbers + 8, (uint64_t)this_update.v);
	put_be64(numbers + 16, (uint64_t)next_update.v);
	for (size_t i = 0; i < revoked_count; i++)
		put_revoked(&rows, &revoked[i]);
	e = buf_error(&rows);
	if (e == ERR_OK) {
		struct bytes in[4] = {bytes_of(kind, 4), bytes_of(numbers, sizeof(numbers)), issuer, buf_bytes(&rows)};

		e = keyholder_ask(k, &m, OP_CA_CRL, in, 4, 1, info);
	}
	buf_release(&rows);
	TRY(e);
	buf_append_bytes(out, m.fields[0]);
	return buf_error(out);
}
