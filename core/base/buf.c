/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define BUF_SIZE_MIN 64u

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf){.cap = cap};
}

void buf_release(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->data);
	*b = (struct buf){.cap = b->cap};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->err = ERR_OK;
	if (b->data != NULL)
		b->data[0] = '\0';
}

const char *buf_text(const struct buf *b)
{
	return b->data == NULL ? "" : (const char *)b->data;
}

uint8_t *buf_reserve(struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : BUF_CAP_DEFAULT;
	size_t size = b->size ? b->size : BUF_SIZE_MIN;
	uint8_t *grown;

	if (b->err != ERR_OK)
		return NULL;
	if (len > cap || b->len > cap - len) {
		b->err = ERR_TOO_LARGE;
		return NULL;
	}
	while (size < b->len + len + 1)
		size *= 2;
	if (size != b->size) {
		grown = realloc(b->data, size);
		if (grown == NULL) {
			b->err = ERR_MEMORY;
			return NULL;
		}
		b->data = grown;
		b->size = size;
	}
	return b->data + b->len;
}

/* Where it fits into what is allocated there is nothing to ask: most appends are a few bytes. */
static bool fits(const struct buf *b, size_t len)
{
	size_t cap = b->cap ? b->cap : BUF_CAP_DEFAULT;

	return b->err == ERR_OK && b->len < b->size && len < b->size - b->len && b->len <= cap && len <= cap - b->len;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
	uint8_t *room = fits(b, len) ? b->data + b->len : buf_reserve(b, len);

	if (room == NULL)
		return;
	if (len > 0)
		memcpy(room, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_append_bytes(struct buf *b, struct bytes x)
{
	buf_append(b, x.data, x.len);
}

void buf_append_byte(struct buf *b, uint8_t byte)
{
	if (!fits(b, 1)) {
		buf_append(b, &byte, 1);
		return;
	}
	b->data[b->len++] = byte;
	b->data[b->len] = '\0';
}

void buf_append_text(struct buf *b, const char *text)
{
	buf_append(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	uint8_t *room;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	ASSERT(len >= 0);
	room = buf_reserve(b, (size_t)len);
	if (room != NULL) {
		vsnprintf((char *)room, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void buf_append_be32(struct buf *b, uint32_t v)
{
	uint8_t out[4];

	put_be32(out, v);
	buf_append(b, out, sizeof(out));
}

void buf_append_be64(struct buf *b, uint64_t v)
{
	uint8_t out[8];

	put_be64(out, v);
	buf_append(b, out, sizeof(out));
}

void buf_append_varint(struct buf *b, uint64_t v)
{
	while (v >= 0x80) {
		buf_append_byte(b, (uint8_t)(v | 0x80));
		v >>= 7;
	}
	buf_append_byte(b, (uint8_t)v);
}

uint8_t *buf_detach(struct buf *b, size_t *ret_len)
{
	uint8_t *data = b->data;

	*ret_len = b->len;
	*b = (struct buf){.cap = b->cap};
	return data;
}

struct bytes cursor_take(struct cursor *c, size_t len)
{
	struct bytes taken = {0};

	if (c->err != ERR_OK)
		return taken;
	if (len > c->rest.len) {
		c->err = ERR_TRUNCATED;
		return taken;
	}
	taken = bytes_of(c->rest.data, len);
	c->rest.data += len;
	c->rest.len -= len;
	return taken;
}

uint8_t cursor_byte(struct cursor *c)
{
	struct bytes x = cursor_take(c, 1);

	return x.len == 1 ? x.data[0] : 0;
}

uint32_t cursor_be32(struct cursor *c)
{
	struct bytes x = cursor_take(c, 4);

	return x.len == 4 ? get_be32(x.data) : 0;
}

uint64_t cursor_be64(struct cursor *c)
{
	struct bytes x = cursor_take(c, 8);

	return x.len == 8 ? get_be64(x.data) : 0;
}

uint64_t cursor_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		uint8_t byte = cursor_byte(c);

		if (c->err != ERR_OK)
			return 0;
		if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0))
			break; /* beyond 64 bits, or a longer form of a smaller number */
		v |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return v;
	}
	c->err = ERR_NOT_CANONICAL;
	return 0;
}

enum err cursor_end(const struct cursor *c)
{
	if (c->err != ERR_OK)
		return c->err;
	return c->rest.len == 0 ? ERR_OK : ERR_FORMAT;
}
