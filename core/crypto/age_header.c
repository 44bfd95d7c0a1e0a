/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an age file: writing it, parsing it strictly, and getting the file key out of it. */
#include "core/crypto/age_parts.h"

#define LINE_BODY 64u /* characters of base64 in a full line */
#define MAC_TEXT 43u  /* base64 of 32 bytes without padding */

/* ---- writing ---- */

static bool is_word(const char *text)
{
	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < 0x21 || *text > 0x7e)
			return false;
	}
	return true;
}

static void write_body(struct buf *out, struct bytes body)
{
	char text[BASE64_SIZE(AGE_BODY_MAX)];
	size_t len, i;

	ASSERT(body.len <= AGE_BODY_MAX);
	base64_encode(text, body.data, body.len, false);
	len = strlen(text);
	for (i = 0; i + LINE_BODY <= len; i += LINE_BODY) {
		buf_append(out, text + i, LINE_BODY);
		buf_append_byte(out, '\n');
	}
	buf_append_text(out, text + i); /* shorter than a full line, perhaps empty: that ends the body */
	buf_append_byte(out, '\n');
}

static void write_stanza(struct buf *out, const struct age_stanza *stanza)
{
	buf_append_text(out, "-> ");
	buf_append_text(out, stanza->type);
	for (size_t i = 0; i < stanza->args_count; i++) {
		buf_append_byte(out, ' ');
		buf_append_text(out, stanza->args[i]);
	}
	buf_append_byte(out, '\n');
	write_body(out, stanza->body);
}

static enum err write_recipient(struct buf *out, const struct seal_public *recipient, const struct secret *file_key,
				const struct rng *rng)
{
	struct age_wrapped wrapped;
	char share[BASE64_SIZE(SEAL_KEY_SIZE)];
	struct age_stanza stanza = {.type = "X25519", .args = {share}, .args_count = 1};

	TRY(age_wrap(&wrapped, file_key, recipient, rng));
	base64_encode(share, wrapped.share, sizeof(wrapped.share), false);
	stanza.body = bytes_of(wrapped.body, sizeof(wrapped.body));
	write_stanza(out, &stanza);
	return ERR_OK;
}

static bool stanza_fits(const struct age_stanza *stanza)
{
	if (!is_word(stanza->type) || stanza->args_count > AGE_ARGS_MAX || stanza->body.len > AGE_BODY_MAX)
		return false;
	if (strcmp(stanza->type, "X25519") == 0 || strcmp(stanza->type, "scrypt") == 0)
		return false;
	for (size_t i = 0; i < stanza->args_count; i++) {
		if (!is_word(stanza->args[i]))
			return false;
	}
	return true;
}

static enum err check_spec(const struct age_spec *spec, struct err_info *info)
{
	if (spec->recipients_count > AGE_RECIPIENTS_MAX ||
	    spec->recipients_count + spec->extra_count > AGE_STANZAS_MAX)
		return err_set(info, ERR_RANGE, "a file is sealed for at most %u keys", AGE_RECIPIENTS_MAX);
	if (spec->recipients_count == 0 && spec->extra_count == 0)
		return err_set(info, ERR_RANGE, "a file sealed for nobody could never be opened");
	if (spec->file_key && spec->file_key->len != AGE_FILE_KEY_SIZE)
		return err_set(info, ERR_RANGE, "a file key has %d bytes", AGE_FILE_KEY_SIZE);
	for (size_t i = 0; i < spec->extra_count; i++) {
		if (!stanza_fits(&spec->extra[i]))
			return err_set(info, ERR_RANGE, "stanza %zu cannot be written", i + 1);
	}
	return ERR_OK;
}

enum err age_header_write(struct buf *out, const struct age_spec *spec, const struct secret *file_key,
			  const struct rng *rng, struct err_info *info)
{
	char text[BASE64_SIZE(AGE_MAC_SIZE)];
	struct hash32 mac;

	TRY(check_spec(spec, info));
	buf_append_text(out, AGE_INTRO);
	for (size_t i = 0; i < spec->recipients_count; i++)
		TRY(write_recipient(out, &spec->recipients[i], file_key, rng));
	for (size_t i = 0; i < spec->extra_count; i++)
		write_stanza(out, &spec->extra[i]);
	buf_append_text(out, "---");
	TRY(buf_error(out));
	mac = age_mac(file_key, buf_bytes(out));
	base64_encode(text, mac.b, sizeof(mac.b), false);
	buf_append_byte(out, ' ');
	buf_append_text(out, text);
	buf_append_byte(out, '\n');
	TRY(buf_error(out));
	return out->len <= AGE_HEADER_MAX ? ERR_OK : err_set(info, ERR_RANGE, "the header grew past its limit");
}

/* ---- parsing ---- */

struct parser {
	struct bytes file;	/* what there is of the file, at most AGE_HEADER_MAX bytes */
	bool cut;		/* the file goes on past the limit */
	size_t at, line_start;	/* of the line in hand */
	size_t line_len;
	struct age_header *to;
	char *words; /* a copy of the file's start, where NULs end words */
};

/* The next line, without its line feed. */
static enum err next_line(struct parser *p)
{
	const uint8_t *start = p->file.data + p->at;
	const uint8_t *end = p->at < p->file.len ? memchr(start, '\n', p->file.len - p->at) : NULL;

	if (!end)
		return p->cut ? ERR_TOO_LARGE : ERR_TRUNCATED;
	p->line_start = p->at;
	p->line_len = (size_t)(end - start);
	p->at += p->line_len + 1;
	return ERR_OK;
}

static bool line_starts(const struct parser *p, const char *with)
{
	size_t len = strlen(with);

	return p->line_len >= len &&
	       bytes_equal(bytes_of(p->file.data + p->line_start, len), bytes_of(with, len));
}

/* Base64 of len characters from the line in hand.  libsodium's decoder takes bytes past ASCII for '/', so they are
 * refused here first.
 */
static enum err line_base64(const struct parser *p, size_t from, size_t len, uint8_t *out, size_t size, size_t *ret_len)
{
	const uint8_t *text = p->file.data + p->line_start + from;

	for (size_t i = 0; i < len; i++) {
		if (text[i] >= 0x80)
			return ERR_FORMAT;
	}
	return base64_decode(out, size, ret_len, (const char *)text, len, false);
}

/* "-> type arg arg": words of visible ASCII with one space between. */
static enum err parse_words(struct parser *p, struct age_stanza *stanza)
{
	char *word = p->words + p->line_start + 3, *end = p->words + p->line_start + p->line_len;

	*end = '\0';
	for (size_t count = 0;; count++) {
		char *space = memchr(word, ' ', (size_t)(end - word));

		if (space)
			*space = '\0';
		if (!is_word(word) || word + strlen(word) != (space ? space : end))
			return ERR_FORMAT;
		if (count > AGE_ARGS_MAX)
			return ERR_TOO_LARGE;
		if (count == 0)
			stanza->type = word;
		else
			stanza->args[count - 1] = word;
		stanza->args_count = count;
		if (!space)
			return ERR_OK;
		word = space + 1;
	}
}

/* Lines of 64 characters, then one that is shorter. */
static enum err parse_body(struct parser *p, struct age_stanza *stanza)
{
	struct buf *bodies = &p->to->bodies;
	size_t before = bodies->len, n;

	do {
		uint8_t line[LINE_BODY];

		TRY(next_line(p));
		if (p->line_len > LINE_BODY)
			return ERR_FORMAT;
		TRY(line_base64(p, 0, p->line_len, line, sizeof(line), &n));
		buf_append(bodies, line, n);
		if (bodies->len - before > AGE_BODY_MAX)
			return ERR_TOO_LARGE;
	} while (p->line_len == LINE_BODY);
	TRY(buf_error(bodies));
	stanza->body = bytes_of(bodies->data + before, bodies->len - before);
	return ERR_OK;
}

/* "--- " and the MAC: the last line. */
static enum err parse_mac(struct parser *p)
{
	uint8_t mac[AGE_MAC_SIZE];
	size_t n = 0;

	if (p->line_len != 4 + MAC_TEXT || !line_starts(p, "--- "))
		return ERR_FORMAT;
	TRY(line_base64(p, 4, MAC_TEXT, mac, sizeof(mac), &n));
	if (n != sizeof(mac))
		return ERR_FORMAT;
	memcpy(p->to->mac, mac, sizeof(mac));
	p->to->mac_covers = p->line_start + 3;
	p->to->size = p->at;
	return ERR_OK;
}

static enum err parse_lines(struct parser *p)
{
	struct age_header *to = p->to;
	bool scrypt = false;

	TRY(next_line(p));
	for (;;) {
		TRY(next_line(p));
		if (line_starts(p, "---"))
			break;
		if (!line_starts(p, "-> "))
			return ERR_FORMAT;
		if (to->count == AGE_STANZAS_MAX)
			return ERR_TOO_LARGE;
		TRY(parse_words(p, &to->stanzas[to->count]));
		TRY(parse_body(p, &to->stanzas[to->count]));
		scrypt |= strcmp(to->stanzas[to->count].type, "scrypt") == 0;
		to->count++;
	}
	if (to->count == 0 || (scrypt && to->count > 1))
		return ERR_FORMAT;
	return parse_mac(p);
}

enum err age_header_parse(struct age_header *ret, struct bytes file, struct err_info *info)
{
	struct age_header h = {0};
	struct parser p = {.cut = file.len > AGE_HEADER_MAX, .to = &h};
	const size_t intro = sizeof(AGE_INTRO) - 1;
	enum err e = ERR_OK;

	*ret = h;
	p.file = bytes_of(file.data, p.cut ? AGE_HEADER_MAX : file.len);
	if (!bytes_equal(bytes_of(file.data, file.len < intro ? file.len : intro),
			 bytes_of(AGE_INTRO, file.len < intro ? file.len : intro)))
		return err_set(info, ERR_FORMAT, "this is not an age file of version 1");
	/* Room for all at once: the stanzas point into these two. */
	(void)buf_reserve(&h.bodies, p.file.len + 1);
	buf_append_bytes(&h.text, p.file);
	p.words = (char *)h.text.data;
	e = buf_error(&h.bodies) ? buf_error(&h.bodies) : buf_error(&h.text);
	if (e == ERR_OK)
		e = parse_lines(&p);
	if (e == ERR_OK) {
		buf_append(&h.raw, file.data, h.size);
		e = buf_error(&h.raw);
	}
	if (e != ERR_OK) {
		age_header_release(&h);
		return err_set(info, e, "the header of the age file breaks off or breaks a rule at byte %zu", p.at);
	}
	*ret = h;
	return ERR_OK;
}

enum err age_header_read(struct age_header *ret, const struct byte_source *from, struct err_info *info)
{
	struct buf start = BUF_INIT;
	uint8_t *room = buf_reserve(&start, AGE_HEADER_MAX + 1);
	size_t n = 0;
	enum err e = buf_error(&start);

	*ret = (struct age_header){0};
	if (room)
		e = byte_source_fill(from, room, AGE_HEADER_MAX + 1, &n);
	if (e == ERR_OK)
		e = age_header_parse(ret, bytes_of(room, n), info);
	buf_release(&start);
	return e;
}

void age_header_release(struct age_header *h)
{
	if (!h)
		return;
	buf_release(&h->raw);
	buf_release(&h->text);
	buf_release(&h->bodies);
	h->count = 0;
}

const struct age_stanza *age_header_find(const struct age_header *h, const char *type)
{
	for (size_t i = 0; i < h->count; i++) {
		if (strcmp(h->stanzas[i].type, type) == 0)
			return &h->stanzas[i];
	}
	return NULL;
}

/* ---- opening ---- */

enum err age_header_check(const struct age_header *h, const struct secret *file_key)
{
	struct hash32 mac;

	if (file_key->len != AGE_FILE_KEY_SIZE)
		return ERR_DECRYPT;
	mac = age_mac(file_key, bytes_of(h->raw.data, h->mac_covers));
	return secret_equal(BYTES_ID(mac), bytes_of(h->mac, sizeof(h->mac))) ? ERR_OK : ERR_DECRYPT;
}

/* An X25519 stanza of any other shape damns the whole header, as the specification says. */
static enum err stanza_wrapped(struct age_wrapped *ret, const struct age_stanza *stanza)
{
	size_t n = 0;

	if (stanza->args_count != 1 || stanza->body.len != AGE_WRAPPED_SIZE)
		return ERR_FORMAT;
	TRY(base64_decode(ret->share, sizeof(ret->share), &n, stanza->args[0], strlen(stanza->args[0]), false));
	if (n != sizeof(ret->share))
		return ERR_FORMAT;
	memcpy(ret->body, stanza->body.data, sizeof(ret->body));
	return ERR_OK;
}

static enum err unwrap_any(struct secret **ret, const struct age_header *h, const struct secret *identity)
{
	struct seal_public recipient;
	struct secret *key = NULL;

	seal_public_of(&recipient, identity);
	for (size_t i = 0; i < h->count; i++) {
		struct age_wrapped wrapped;
		enum err e;

		if (strcmp(h->stanzas[i].type, "X25519") != 0)
			continue;
		e = stanza_wrapped(&wrapped, &h->stanzas[i]);
		if (e == ERR_OK && !key)
			e = age_unwrap(&key, &wrapped, identity, &recipient);
		if (e != ERR_OK && e != ERR_DECRYPT) {
			secret_free(key);
			return e == ERR_POINT ? ERR_FORMAT : e;
		}
	}
	if (!key)
		return ERR_DECRYPT;
	*ret = key;
	return ERR_OK;
}

enum err age_header_unwrap(struct secret **ret, const struct age_header *h, const struct secret *identity)
{
	struct secret *key = NULL;
	enum err e;

	if (identity->len != SEAL_KEY_SIZE)
		return ERR_DECRYPT;
	TRY(unwrap_any(&key, h, identity));
	e = age_header_check(h, key);
	if (e != ERR_OK) {
		secret_free(key);
		return e;
	}
	*ret = key;
	return ERR_OK;
}
