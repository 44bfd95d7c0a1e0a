/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scanner: one pass, a stack of open containers, a 128-bit hash of each open object's member names. */
#include "core/base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <sodium.h>
#include <stdlib.h>

#include "core/base/text.h"

#define NAME_SHOWN_MAX 64

struct member {
	uint8_t hash[crypto_shorthash_siphashx24_BYTES];
	size_t at, len; /* of the name in the text, inside its quotes */
};

struct scan {
	struct bytes text;
	size_t at;
	uint8_t key[crypto_shorthash_siphashx24_KEYBYTES];
	struct member *members; /* of all open objects, inner last */
	size_t member_count, member_size;
	size_t values, objects; /* so far */
	struct buf name; /* the unescaped name at hand */
	struct err_info *info;
};

static enum err fail_at(struct scan *s, enum err e, size_t at, const char *what)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at && i < s->text.len; i++) {
		if (s->text.data[i] == '\n') {
			line++;
			column = 1;
		} else {
			column++;
		}
	}
	return err_set(s->info, e, "line %zu, column %zu: %s", line, column, what);
}

static enum err fail(struct scan *s, const char *what)
{
	return fail_at(s, ERR_JSON, s->at, what);
}

static int peek(const struct scan *s)
{
	return s->at < s->text.len ? s->text.data[s->at] : -1;
}

static void skip_space(struct scan *s)
{
	int c = peek(s);

	while (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
		s->at++;
		c = peek(s);
	}
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static size_t skip_digits(struct scan *s)
{
	size_t from = s->at;

	while (is_digit(peek(s)))
		s->at++;
	return s->at - from;
}

/* An integer must fit in 64 bits: readers would saturate it silently. */
static enum err check_integer(struct scan *s, size_t from)
{
	bool negative = s->text.data[from] == '-';
	uint64_t v, max = (uint64_t)INT64_MAX + negative;
	struct bytes digits = bytes_of(s->text.data + from + negative, s->at - from - negative);

	if (parse_u64(&v, digits, max) != ERR_OK)
		return fail_at(s, ERR_JSON, from, "an integer past 64 bits");
	return ERR_OK;
}

static enum err scan_number(struct scan *s)
{
	size_t from = s->at;
	bool integer = true;

	if (peek(s) == '-')
		s->at++;
	if (peek(s) == '0')
		s->at++;
	else if (skip_digits(s) == 0)
		return fail(s, "a number without digits");
	if (is_digit(peek(s)))
		return fail(s, "a number that begins with 0");
	if (peek(s) == '.') {
		integer = false;
		s->at++;
		if (skip_digits(s) == 0)
			return fail(s, "a decimal point without digits after it");
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		integer = false;
		s->at++;
		if (peek(s) == '+' || peek(s) == '-')
			s->at++;
		if (skip_digits(s) == 0)
			return fail(s, "an exponent without digits");
	}
	if (s->at - from > JSON_NUMBER_MAX)
		return fail_at(s, ERR_JSON, from, "a number of too many characters");
	return integer ? check_integer(s, from) : ERR_OK;
}

static enum err scan_hex4(struct scan *s, uint32_t *ret)
{
	uint8_t b[2];
	char digits[5];

	if (s->text.len - s->at < 4)
		return fail(s, "\\u without four digits");
	memcpy(digits, s->text.data + s->at, 4);
	digits[4] = '\0';
	if (hex_decode(b, sizeof(b), digits) != ERR_OK)
		return fail(s, "\\u without four digits");
	s->at += 4;
	*ret = (uint32_t)b[0] << 8 | b[1];
	return ERR_OK;
}

static void append_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_append_byte(out, (uint8_t)c);
	} else if (c < 0x800) {
		buf_append_byte(out, (uint8_t)(0xC0 | c >> 6));
		buf_append_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		buf_append_byte(out, (uint8_t)(0xE0 | c >> 12));
		buf_append_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
		buf_append_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
	} else {
		buf_append_byte(out, (uint8_t)(0xF0 | c >> 18));
		buf_append_byte(out, (uint8_t)(0x80 | (c >> 12 & 0x3F)));
		buf_append_byte(out, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
		buf_append_byte(out, (uint8_t)(0x80 | (c & 0x3F)));
	}
}

static enum err scan_unicode_escape(struct scan *s, struct buf *name)
{
	uint32_t c, low;

	TRY(scan_hex4(s, &c));
	if (c >= 0xDC00 && c <= 0xDFFF)
		return fail(s, "half of a surrogate pair");
	if (c >= 0xD800 && c <= 0xDBFF) {
		if (s->text.len - s->at < 2 || s->text.data[s->at] != '\\' || s->text.data[s->at + 1] != 'u')
			return fail(s, "half of a surrogate pair");
		s->at += 2;
		TRY(scan_hex4(s, &low));
		if (low < 0xDC00 || low > 0xDFFF)
			return fail(s, "half of a surrogate pair");
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	if (c == 0)
		return fail(s, "a NUL character in a text");
	if (name != NULL)
		append_utf8(name, c);
	return ERR_OK;
}

static enum err scan_escape(struct scan *s, struct buf *name)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(s);
	const char *found = c > 0 ? strchr(from, c) : NULL;

	s->at++;
	if (c == 'u')
		return scan_unicode_escape(s, name);
	if (found == NULL)
		return fail(s, "an unknown escape");
	if (name != NULL)
		buf_append_byte(name, (uint8_t)to[found - from]);
	return ERR_OK;
}

/* A string; its unescaped text into name when the caller wants it. */
static enum err scan_string(struct scan *s, struct buf *name)
{
	if (peek(s) != '"')
		return fail(s, "a text in double quotes was expected");
	s->at++;
	for (;;) {
		int c = peek(s);

		if (c < 0)
			return fail(s, "a text without its closing quote");
		s->at++;
		if (c == '"')
			return ERR_OK;
		if (c < 0x20)
			return fail(s, "a control character in a text");
		if (c == '\\')
			TRY(scan_escape(s, name));
		else if (name != NULL)
			buf_append_byte(name, (uint8_t)c);
	}
}

static enum err scan_word(struct scan *s)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (s->text.len - s->at >= len && memcmp(s->text.data + s->at, words[i], len) == 0) {
			s->at += len;
			return ERR_OK;
		}
	}
	return fail(s, "a value was expected");
}

static enum err add_member(struct scan *s, size_t from)
{
	struct member *grown;
	size_t size;

	TRY(buf_error(&s->name));
	if (s->member_count == s->member_size) {
		size = s->member_size ? 2 * s->member_size : 64;
		grown = realloc(s->members, size * sizeof(*grown));
		if (grown == NULL)
			return ERR_MEMORY;
		s->members = grown;
		s->member_size = size;
	}
	s->members[s->member_count].at = from;
	s->members[s->member_count].len = s->at - from - 1;
	crypto_shorthash_siphashx24(s->members[s->member_count].hash, s->name.data ? s->name.data : s->key,
				    s->name.len, s->key);
	s->member_count++;
	return ERR_OK;
}

static enum err scan_name(struct scan *s)
{
	size_t from = s->at + 1;

	buf_clear(&s->name);
	TRY(scan_string(s, &s->name));
	TRY(add_member(s, from));
	skip_space(s);
	if (peek(s) != ':')
		return fail(s, "a colon was expected");
	s->at++;
	return ERR_OK;
}

static int compare_members(const void *a, const void *b)
{
	return memcmp(((const struct member *)a)->hash, ((const struct member *)b)->hash,
		      sizeof(((const struct member *)a)->hash));
}

/* The object that ends here names nothing twice; forget its members. */
static enum err close_object(struct scan *s, size_t base)
{
	struct member *m = s->members + base;
	size_t count = s->member_count - base;
	char words[NAME_SHOWN_MAX + 32];

	s->member_count = base;
	if (count < 2)
		return ERR_OK;
	qsort(m, count, sizeof(*m), compare_members);
	for (size_t i = 1; i < count; i++) {
		if (compare_members(&m[i - 1], &m[i]) != 0)
			continue;
		snprintf(words, sizeof(words), "the member '%.*s' stands twice",
			 (int)(m[i].len < NAME_SHOWN_MAX ? m[i].len : NAME_SHOWN_MAX), s->text.data + m[i].at);
		return fail_at(s, ERR_JSON_DUPLICATE, m[i].at > m[i - 1].at ? m[i].at : m[i - 1].at, words);
	}
	return ERR_OK;
}

static enum err scan_value(struct scan *s, unsigned depth);

static enum err scan_object(struct scan *s, unsigned depth)
{
	size_t base = s->member_count;

	s->at++;
	skip_space(s);
	if (peek(s) == '}') {
		s->at++;
		return ERR_OK;
	}
	for (;;) {
		skip_space(s);
		TRY(scan_name(s));
		TRY(scan_value(s, depth + 1));
		skip_space(s);
		if (peek(s) == '}') {
			s->at++;
			return close_object(s, base);
		}
		if (peek(s) != ',')
			return fail(s, "a comma or } was expected");
		s->at++;
	}
}

static enum err scan_array(struct scan *s, unsigned depth)
{
	s->at++;
	skip_space(s);
	if (peek(s) == ']') {
		s->at++;
		return ERR_OK;
	}
	for (;;) {
		TRY(scan_value(s, depth + 1));
		skip_space(s);
		if (peek(s) == ']') {
			s->at++;
			return ERR_OK;
		}
		if (peek(s) != ',')
			return fail(s, "a comma or ] was expected");
		s->at++;
	}
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static enum err scan_value(struct scan *s, unsigned depth)
{
	int c;

	skip_space(s);
	c = peek(s);
	if ((c == '{' || c == '[') && depth >= JSON_DEPTH_MAX)
		return fail_at(s, ERR_TOO_DEEP, s->at, "nested more than 32 deep");
	s->objects += c == '{';
	if (++s->values > JSON_VALUES_MAX || s->objects > JSON_OBJECTS_MAX)
		return fail_at(s, ERR_TOO_LARGE, s->at, "one value more than fits into memory");
	if (c == '{')
		return scan_object(s, depth);
	if (c == '[')
		return scan_array(s, depth);
	if (c == '"')
		return scan_string(s, NULL);
	if (c == '-' || is_digit(c))
		return scan_number(s);
	return scan_word(s);
}

static enum err scan_text(struct scan *s)
{
	TRY(scan_value(s, 0));
	skip_space(s);
	return s->at == s->text.len ? ERR_OK : fail(s, "something stands after the value");
}

enum err json_check(struct bytes text, struct err_info *info)
{
	struct scan s = {.text = text, .info = info};
	enum err e;

	if (text.len > JSON_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "%zu bytes of JSON, at most %u", text.len, JSON_SIZE_MAX);
	if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		return fail(&s, "a byte-order mark");
	if (!text_is_utf8(text))
		return fail_at(&s, ERR_UTF8, text_utf8_prefix(text), "bytes that are no UTF-8 follow");
	randombytes_buf(s.key, sizeof(s.key));
	e = scan_text(&s);
	free(s.members);
	buf_release(&s.name);
	return e;
}

enum err json_read(struct json_object **ret, struct bytes text, struct err_info *info)
{
	struct json_tokener *tokener;
	struct json_object *tree;
	enum json_tokener_error failed;

	TRY(json_check(text, info));
	tokener = json_tokener_new_ex((int)JSON_DEPTH_MAX + 1);
	if (tokener == NULL)
		return ERR_MEMORY;
	tree = json_tokener_parse_ex(tokener, (const char *)text.data, (int)text.len);
	failed = json_tokener_get_error(tokener);
	if (failed == json_tokener_continue && tree == NULL) /* a bare number ends only with the text */
		tree = json_tokener_parse_ex(tokener, "", 1);
	failed = json_tokener_get_error(tokener);
	json_tokener_free(tokener);
	if (failed != json_tokener_success)
		return err_set(info, ERR_JSON, "%s", json_tokener_error_desc(failed));
	*ret = tree;
	return ERR_OK;
}
