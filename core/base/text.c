/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#define REPLACEMENT 0xFFFD
#define ZERO_WIDTH_JOINER 0x200D
#define ZERO_WIDTH_NON_JOINER 0x200C

/* One character at data; its length, or 0 when no valid one starts there. */
static size_t next_character(utf8proc_int32_t *ret, const uint8_t *data, size_t len)
{
	utf8proc_ssize_t used = utf8proc_iterate(data, (utf8proc_ssize_t)len, ret);

	return used > 0 && *ret >= 0 ? (size_t)used : 0;
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

/* How many bytes at the start are ASCII, to the last whole eight or a few less. */
static size_t ascii_run(const uint8_t *data, size_t len)
{
	uint64_t eight;
	size_t at = 0;

	for (; len - at >= sizeof(eight); at += sizeof(eight)) {
		memcpy(&eight, data + at, sizeof(eight));
		if (eight & HIGH_BITS)
			break;
	}
	while (at < len && data[at] < 0x80)
		at++;
	return at;
}

size_t text_utf8_prefix(struct bytes x)
{
	utf8proc_int32_t c;

	for (size_t i = 0, used; i < x.len; i += used) {
		used = ascii_run(x.data + i, x.len - i);
		if (used > 0)
			continue;
		used = next_character(&c, x.data + i, x.len - i);
		if (used == 0)
			return i;
	}
	return x.len;
}

bool text_is_utf8(struct bytes x)
{
	return text_utf8_prefix(x) == x.len;
}

static void append_character(struct buf *out, utf8proc_int32_t c)
{
	uint8_t bytes[4];

	buf_append(out, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

/* What a terminal shows as itself, and nothing that moves, hides or reorders other text. */
static bool is_harmless(utf8proc_int32_t c)
{
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned */
	case UTF8PROC_CATEGORY_CC: /* control */
	case UTF8PROC_CATEGORY_CF: /* format: bidi, zero width, tags */
	case UTF8PROC_CATEGORY_CS: /* surrogate */
	case UTF8PROC_CATEGORY_CO: /* private use */
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return true;
	}
}

size_t text_character(uint32_t *ret, bool *ret_harmless, struct bytes x)
{
	utf8proc_int32_t c = 0;
	size_t used = x.len > 0 ? next_character(&c, x.data, x.len) : 0;

	*ret = (uint32_t)c;
	*ret_harmless = used > 0 && is_harmless(c);
	return used;
}

/* A joiner stays where it joins: between two characters that are seen and no spaces. */
static bool joins(utf8proc_int32_t before, const uint8_t *rest, size_t len)
{
	utf8proc_int32_t after;

	return before > ' ' && next_character(&after, rest, len) > 0 && after > ' ' && is_harmless(after);
}

static utf8proc_int32_t gate_character(utf8proc_int32_t c, utf8proc_int32_t before, const uint8_t *rest, size_t len,
				       bool keep_lines)
{
	if (c == '\n' || c == '\t')
		return keep_lines ? c : ' ';
	if ((c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER) && joins(before, rest, len))
		return c;
	return is_harmless(c) ? c : REPLACEMENT;
}

static void gate_into(struct buf *out, struct bytes x, bool keep_lines)
{
	utf8proc_int32_t before = 0, c;

	for (size_t i = 0, used; i < x.len; i += used) {
		used = next_character(&c, x.data + i, x.len - i);
		if (used == 0) {
			used = 1;
			c = REPLACEMENT;
		} else {
			c = gate_character(c, before, x.data + i + used, x.len - i - used, keep_lines);
		}
		append_character(out, c);
		before = c;
	}
}

void text_gate(struct buf *out, struct bytes x, bool keep_lines)
{
	struct buf safe = BUF_INIT;
	utf8proc_uint8_t *composed;

	gate_into(&safe, x, keep_lines);
	if (buf_error(&safe) != ERR_OK) {
		out->err = out->err == ERR_OK ? buf_error(&safe) : out->err;
		buf_release(&safe);
		return;
	}
	composed = safe.len ? utf8proc_NFC(safe.data) : NULL;
	if (composed != NULL)
		buf_append_text(out, (const char *)composed);
	else if (safe.len > 0 && out->err == ERR_OK)
		out->err = ERR_MEMORY; /* gated text is valid: nothing else can fail */
	free(composed);
	buf_release(&safe);
}

size_t text_columns(struct bytes x)
{
	utf8proc_int32_t c;
	size_t columns = 0;

	for (size_t i = 0, used; i < x.len; i += used) {
		used = next_character(&c, x.data + i, x.len - i);
		if (used == 0)
			used = 1;
		else
			columns += (size_t)utf8proc_charwidth(c);
	}
	return columns;
}

size_t text_fit(struct bytes x, size_t columns)
{
	utf8proc_int32_t c;
	size_t i = 0, used, taken = 0;

	for (; i < x.len; i += used) {
		size_t width;

		used = next_character(&c, x.data + i, x.len - i);
		if (used == 0)
			return i;
		width = (size_t)utf8proc_charwidth(c);
		if (taken + width > columns)
			return i;
		taken += width;
	}
	return i;
}

static size_t line_of(struct bytes x, size_t columns)
{
	size_t fit = text_fit(x, columns), cut;

	if (fit == x.len)
		return fit;
	for (cut = fit; cut > 0 && x.data[cut] != ' '; cut--)
		continue;
	return cut > 0 ? cut : fit;
}

struct bytes text_take_line(struct bytes *rest, size_t columns)
{
	size_t len = line_of(*rest, columns);
	struct bytes line;

	len = len > 0 ? len : rest->len;
	line = bytes_of(rest->data, len);
	*rest = bytes_of(rest->data + len, rest->len - len);
	while (rest->len > 0 && rest->data[0] == ' ')
		*rest = bytes_of(rest->data + 1, rest->len - 1);
	return line;
}

enum err parse_u64(uint64_t *ret, struct bytes text, uint64_t max)
{
	uint64_t v = 0;

	if (text.len == 0 || (text.len > 1 && text.data[0] == '0'))
		return ERR_FORMAT;
	for (size_t i = 0; i < text.len; i++) {
		unsigned digit = (unsigned)text.data[i] - '0';

		if (text.data[i] < '0' || digit > 9)
			return ERR_FORMAT;
		if (v > (UINT64_MAX - digit) / 10)
			return ERR_RANGE;
		v = v * 10 + digit;
	}
	if (v > max)
		return ERR_RANGE;
	*ret = v;
	return ERR_OK;
}
