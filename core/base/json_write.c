/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/text.h"

#define HEX_MAX 4096u

void json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

static void escaped(struct buf *out, uint32_t c)
{
	if (c > 0xFFFF) {
		buf_printf(out, "\\u%04x\\u%04x", 0xD800u + ((c - 0x10000u) >> 10), 0xDC00u + ((c - 0x10000u) & 0x3FFu));
		return;
	}
	buf_printf(out, "\\u%04x", c);
}

/* Bytes at the start that stand for themselves: plain ASCII, which is nearly all that there is. */
static size_t plain_run(struct bytes text)
{
	size_t len = 0;

	while (len < text.len && text.data[len] >= ' ' && text.data[len] <= '~' && text.data[len] != '"' &&
	       text.data[len] != '\\')
		len++;
	return len;
}

static void quoted_plain(struct buf *out, struct bytes text)
{
	uint8_t *room = buf_reserve(out, text.len + 2);

	if (room == NULL)
		return;
	*room++ = '"';
	if (text.len > 0)
		memcpy(room, text.data, text.len);
	room[text.len] = '"';
	room[text.len + 1] = '\0';
	out->len += text.len + 2;
}

/* JSON is printed to terminals too: what would move the cursor or reorder words there goes out as an escape, which
 * means the same to whoever reads JSON.
 */
static void quoted(struct buf *out, struct bytes text)
{
	bool harmless;
	uint32_t c;

	if (plain_run(text) == text.len) {
		quoted_plain(out, text);
		return;
	}
	buf_append_byte(out, '"');
	for (size_t i = 0, used; i < text.len; i += used) {
		used = plain_run(bytes_of(text.data + i, text.len - i));
		if (used > 0) {
			buf_append(out, text.data + i, used);
			continue;
		}
		used = text_character(&c, &harmless, bytes_of(text.data + i, text.len - i));
		if (used == 0)
			break; /* the callers' text is valid */
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (c == '\n')
			buf_append_text(out, "\\n");
		else if (!harmless)
			escaped(out, c);
		else
			buf_append(out, text.data + i, used);
	}
	buf_append_byte(out, '"');
}

/* The comma before a value, and its key inside an object. */
static void lead(struct json_writer *w, const char *key)
{
	uint32_t bit = UINT32_C(1) << w->depth;

	if (w->has_item & bit)
		buf_append_byte(w->out, ',');
	w->has_item |= bit;
	if (key != NULL) {
		quoted(w->out, bytes_str(key));
		buf_append_byte(w->out, ':');
	}
}

static void open_level(struct json_writer *w, const char *key, uint8_t bracket)
{
	lead(w, key);
	ASSERT(w->depth + 1u < JSON_DEPTH_MAX);
	w->depth++;
	w->has_item &= ~(UINT32_C(1) << w->depth);
	buf_append_byte(w->out, bracket);
}

static void close_level(struct json_writer *w, uint8_t bracket)
{
	ASSERT(w->depth > 0);
	w->depth--;
	buf_append_byte(w->out, bracket);
}

void json_begin_object(struct json_writer *w, const char *key)
{
	open_level(w, key, '{');
}

void json_end_object(struct json_writer *w)
{
	close_level(w, '}');
}

void json_begin_array(struct json_writer *w, const char *key)
{
	open_level(w, key, '[');
}

void json_end_array(struct json_writer *w)
{
	close_level(w, ']');
}

void json_bytes(struct json_writer *w, const char *key, struct bytes text)
{
	struct buf gated = BUF_INIT;

	lead(w, key);
	if (text_is_utf8(text)) {
		quoted(w->out, text);
		return;
	}
	text_gate(&gated, text, true);
	quoted(w->out, buf_bytes(&gated));
	buf_release(&gated);
}

void json_string(struct json_writer *w, const char *key, const char *value)
{
	json_bytes(w, key, bytes_str(value));
}

void json_hex(struct json_writer *w, const char *key, struct bytes value)
{
	char pair[3];

	ASSERT(value.len <= HEX_MAX);
	lead(w, key);
	buf_append_byte(w->out, '"');
	for (size_t i = 0; i < value.len; i++) {
		hex_encode(pair, value.data + i, 1);
		buf_append(w->out, pair, 2);
	}
	buf_append_byte(w->out, '"');
}

void json_uint(struct json_writer *w, const char *key, uint64_t value)
{
	lead(w, key);
	buf_printf(w->out, "%" PRIu64, value);
}

void json_int(struct json_writer *w, const char *key, int64_t value)
{
	lead(w, key);
	buf_printf(w->out, "%" PRId64, value);
}

void json_boolean(struct json_writer *w, const char *key, bool value)
{
	lead(w, key);
	buf_append_text(w->out, value ? "true" : "false");
}

void json_null(struct json_writer *w, const char *key)
{
	lead(w, key);
	buf_append_text(w->out, "null");
}

void json_time(struct json_writer *w, const char *key, int64_t time_ms)
{
	char text[TIME_TEXT];

	time_format(text, (struct time_ms){time_ms});
	json_string(w, key, text);
}

void json_raw(struct json_writer *w, const char *key, struct bytes json)
{
	lead(w, key);
	buf_append_bytes(w->out, json);
}
