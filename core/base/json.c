/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scanner: one pass, a stack of open containers, a 128-bit hash of each open object's member names.  It makes
 * json-c's objects on its way when they are wanted: what it has checked needs no second parser.
 */
#include "core/base/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <locale.h>
#include <sodium.h>
#include <stdlib.h>

#include "core/base/text.h"

#define NAME_SHOWN_MAX 64
#define MEMBERS_FIRST 64u /* open at once, in nearly every resource; more are allocated */
#define PAIRS_MAX 12u /* members that are compared pair by pair sooner than sorted */

struct member {
	uint8_t hash[crypto_shorthash_siphashx24_BYTES];
	size_t at, len; /* of the name in the text, inside its quotes */
};

struct scan {
	struct bytes text;
	size_t at;
	uint8_t key[crypto_shorthash_siphashx24_KEYBYTES];
	struct member *members; /* of all open objects, inner last; NULL: first */
	size_t member_count, member_size;
	size_t values, objects; /* so far */
	struct buf texts; /* unescaped: a name of each open object, each with a NUL; the text at hand */
	struct err_info *info;
	struct member first[MEMBERS_FIRST]; /* last */
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
static enum err take_integer(struct scan *s, struct json_object **ret, size_t from)
{
	bool negative = s->text.data[from] == '-';
	uint64_t v, max = (uint64_t)INT64_MAX + negative;
	struct bytes digits = bytes_of(s->text.data + from + negative, s->at - from - negative);

	if (parse_u64(&v, digits, max) != ERR_OK)
		return fail_at(s, ERR_JSON, from, "an integer past 64 bits");
	if (ret == NULL)
		return ERR_OK;
	*ret = json_object_new_int64((int64_t)(negative ? 0 - v : v));
	return *ret != NULL ? ERR_OK : ERR_MEMORY;
}

/* A decimal keeps its text, and has the nearest double beside it. */
static enum err take_decimal(struct scan *s, struct json_object **ret, size_t from)
{
	char text[JSON_NUMBER_MAX + 1];
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0); /* glibc's own: nothing is allocated */

	if (c == (locale_t)0)
		return ERR_MEMORY;
	memcpy(text, s->text.data + from, s->at - from);
	text[s->at - from] = '\0';
	*ret = json_object_new_double_s(strtod_l(text, NULL, c), text);
	freelocale(c);
	return *ret != NULL ? ERR_OK : ERR_MEMORY;
}

static enum err scan_number(struct scan *s, struct json_object **ret)
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
	if (integer)
		return take_integer(s, ret, from);
	return ret != NULL ? take_decimal(s, ret, from) : ERR_OK;
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

static enum err scan_unicode_escape(struct scan *s)
{
	struct buf *text = &s->texts;
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
	append_utf8(text, c);
	return ERR_OK;
}

static enum err scan_escape(struct scan *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(s);
	const char *found = c > 0 ? strchr(from, c) : NULL;

	s->at++;
	if (c == 'u')
		return scan_unicode_escape(s);
	if (found == NULL)
		return fail(s, "an unknown escape");
	buf_append_byte(&s->texts, (uint8_t)to[found - from]);
	return ERR_OK;
}

/* Bytes from here that stand for themselves in a text: up to a quote, a backslash or a control character. */
static size_t plain_run(const struct scan *s)
{
	size_t at = s->at;

	while (at < s->text.len && s->text.data[at] >= 0x20 && s->text.data[at] != '"' && s->text.data[at] != '\\')
		at++;
	return at - s->at;
}

/* A string; its unescaped text goes behind the other texts. */
static enum err scan_string(struct scan *s)
{
	if (peek(s) != '"')
		return fail(s, "a text in double quotes was expected");
	s->at++;
	for (;;) {
		size_t plain = plain_run(s);
		int c;

		buf_append(&s->texts, s->text.data + s->at, plain);
		s->at += plain;
		c = peek(s);
		if (c < 0)
			return fail(s, "a text without its closing quote");
		s->at++;
		if (c == '"')
			return ERR_OK;
		if (c != '\\')
			return fail(s, "a control character in a text");
		TRY(scan_escape(s));
	}
}

static enum err scan_text_value(struct scan *s, struct json_object **ret)
{
	size_t from = s->texts.len;

	TRY(scan_string(s));
	TRY(buf_error(&s->texts));
	if (ret != NULL) {
		*ret = json_object_new_string_len((const char *)s->texts.data + from, (int)(s->texts.len - from));
		if (*ret == NULL)
			return ERR_MEMORY;
	}
	s->texts.len = from;
	return ERR_OK;
}

static enum err scan_word(struct scan *s, struct json_object **ret)
{
	static const char *const words[] = {"true", "false", "null"};

	if (ret != NULL)
		*ret = NULL; /* what null is in json-c */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (s->text.len - s->at >= len && memcmp(s->text.data + s->at, words[i], len) == 0) {
			s->at += len;
			if (ret != NULL && i < 2)
				*ret = json_object_new_boolean(i == 0);
			return ret != NULL && i < 2 && *ret == NULL ? ERR_MEMORY : ERR_OK;
		}
	}
	return fail(s, "a value was expected");
}

static struct member *members(struct scan *s)
{
	return s->members != NULL ? s->members : s->first;
}

static enum err more_members(struct scan *s)
{
	size_t size = 2 * s->member_size;
	struct member *grown = realloc(s->members, size * sizeof(*grown));

	if (grown == NULL)
		return ERR_MEMORY;
	if (s->members == NULL)
		memcpy(grown, s->first, sizeof(s->first));
	s->members = grown;
	s->member_size = size;
	return ERR_OK;
}

/* The name stands at name among the texts. */
static enum err add_member(struct scan *s, size_t from, size_t name)
{
	struct member *m;

	TRY(buf_error(&s->texts));
	if (s->member_count == s->member_size)
		TRY(more_members(s));
	m = &members(s)[s->member_count++];
	m->at = from;
	m->len = s->at - from - 1;
	crypto_shorthash_siphashx24(m->hash, s->texts.data + name, s->texts.len - name, s->key);
	buf_append_byte(&s->texts, '\0');
	return buf_error(&s->texts);
}

/* A name stays among the texts, with a NUL behind it, until its value is read. */
static enum err scan_name(struct scan *s)
{
	size_t from = s->at + 1, name = s->texts.len;

	TRY(scan_string(s));
	TRY(add_member(s, from, name));
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

/* Of two members with equal names the later one; NULL when there are none.  May sort them. */
static const struct member *twice(struct member *m, size_t count)
{
	if (count <= PAIRS_MAX) {
		for (size_t i = 1; i < count; i++)
			for (size_t j = 0; j < i; j++)
				if (compare_members(&m[j], &m[i]) == 0)
					return &m[i];
		return NULL;
	}
	qsort(m, count, sizeof(*m), compare_members);
	for (size_t i = 1; i < count; i++)
		if (compare_members(&m[i - 1], &m[i]) == 0)
			return m[i].at > m[i - 1].at ? &m[i] : &m[i - 1];
	return NULL;
}

/* The object that ends here names nothing twice; forget its members. */
static enum err close_object(struct scan *s, size_t base)
{
	const struct member *m = twice(members(s) + base, s->member_count - base);
	char words[NAME_SHOWN_MAX + 32];

	s->member_count = base;
	if (m == NULL)
		return ERR_OK;
	snprintf(words, sizeof(words), "the member '%.*s' stands twice",
		 (int)(m->len < NAME_SHOWN_MAX ? m->len : NAME_SHOWN_MAX), s->text.data + m->at);
	return fail_at(s, ERR_JSON_DUPLICATE, m->at, words);
}

static enum err scan_value(struct scan *s, struct json_object **ret, unsigned depth);

/* One name with its value, into object when there is one. */
static enum err scan_member(struct scan *s, struct json_object *object, unsigned depth)
{
	struct json_object *value = NULL;
	size_t name = s->texts.len;

	TRY(scan_name(s));
	TRY(scan_value(s, object != NULL ? &value : NULL, depth + 1));
	/* A name that stands twice ends the reading when the object is closed. */
	if (object != NULL && json_object_object_add_ex(object, (const char *)s->texts.data + name, value,
							JSON_C_OBJECT_ADD_KEY_IS_NEW) != 0) {
		json_object_put(value);
		return ERR_MEMORY;
	}
	s->texts.len = name;
	return ERR_OK;
}

static enum err scan_object(struct scan *s, struct json_object *object, unsigned depth)
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
		TRY(scan_member(s, object, depth));
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

static enum err scan_item(struct scan *s, struct json_object *array, unsigned depth)
{
	struct json_object *value = NULL;

	TRY(scan_value(s, array != NULL ? &value : NULL, depth + 1));
	if (array == NULL || json_object_array_add(array, value) == 0)
		return ERR_OK;
	json_object_put(value);
	return ERR_MEMORY;
}

static enum err scan_array(struct scan *s, struct json_object *array, unsigned depth)
{
	s->at++;
	skip_space(s);
	if (peek(s) == ']') {
		s->at++;
		return ERR_OK;
	}
	for (;;) {
		TRY(scan_item(s, array, depth));
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

static enum err scan_container(struct scan *s, struct json_object **ret, unsigned depth, bool object)
{
	struct json_object *made = NULL;
	enum err e;

	if (ret != NULL) {
		made = object ? json_object_new_object() : json_object_new_array();
		if (made == NULL)
			return ERR_MEMORY;
	}
	e = object ? scan_object(s, made, depth) : scan_array(s, made, depth);
	if (e != ERR_OK) {
		json_object_put(made);
		return e;
	}
	if (ret != NULL)
		*ret = made;
	return ERR_OK;
}

/* ret NULL: it is only checked.  Recursion is bounded by JSON_DEPTH_MAX. */
static enum err scan_value(struct scan *s, struct json_object **ret, unsigned depth)
{
	int c;

	skip_space(s);
	c = peek(s);
	if ((c == '{' || c == '[') && depth >= JSON_DEPTH_MAX)
		return fail_at(s, ERR_TOO_DEEP, s->at, "nested more than 32 deep");
	s->objects += c == '{';
	if (++s->values > JSON_VALUES_MAX || s->objects > JSON_OBJECTS_MAX)
		return fail_at(s, ERR_TOO_LARGE, s->at, "one value more than fits into memory");
	if (c == '{' || c == '[')
		return scan_container(s, ret, depth, c == '{');
	if (c == '"')
		return scan_text_value(s, ret);
	if (c == '-' || is_digit(c))
		return scan_number(s, ret);
	return scan_word(s, ret);
}

static enum err scan_text(struct scan *s, struct json_object **ret)
{
	TRY(scan_value(s, ret, 0));
	skip_space(s);
	return s->at == s->text.len ? ERR_OK : fail(s, "something stands after the value");
}

/* ret NULL: only checked. */
static enum err scan(struct json_object **ret, struct bytes text, struct err_info *info)
{
	struct scan s; /* without its first members, which are written before they are read */
	enum err e;

	memset(&s, 0, offsetof(struct scan, first));
	s.text = text;
	s.info = info;
	s.member_size = MEMBERS_FIRST;
	if (text.len > JSON_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "%zu bytes of JSON, at most %u", text.len, JSON_SIZE_MAX);
	if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
		return fail(&s, "a byte-order mark");
	if (!text_is_utf8(text))
		return fail_at(&s, ERR_UTF8, text_utf8_prefix(text), "bytes that are no UTF-8 follow");
	randombytes_buf(s.key, sizeof(s.key));
	e = scan_text(&s, ret);
	if (e != ERR_OK && ret != NULL) {
		json_object_put(*ret); /* something stood behind a whole value */
		*ret = NULL;
	}
	free(s.members);
	buf_release(&s.texts);
	return e;
}

enum err json_check(struct bytes text, struct err_info *info)
{
	return scan(NULL, text, info);
}

enum err json_read(struct json_object **ret, struct bytes text, struct err_info *info)
{
	struct json_object *tree = NULL;

	TRY(scan(&tree, text, info));
	*ret = tree;
	return ERR_OK;
}
