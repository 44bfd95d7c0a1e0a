/* SPDX-License-Identifier: Apache-2.0 */
/* A growable run of bytes with a cap and a sticky error, and a cursor that reads one.
 *
 * Append without checking each step, then ask once: `TRY(buf_error(&b))`.  After an error the buffer keeps what it
 * had and ignores appends.  A buffer that was BUF_INIT is released with buf_release, which may be repeated.  The
 * bytes are followed by a NUL that is not counted, so that text can be printed.
 */
#ifndef MEDLOCK_BASE_BUF_H
#define MEDLOCK_BASE_BUF_H

#include "core/base/bytes.h"

#define BUF_CAP_DEFAULT (256u * 1024 * 1024)

struct buf {
	uint8_t *data;
	size_t len, size;
	size_t cap; /* 0 means BUF_CAP_DEFAULT */
	enum err err;
};

#define BUF_INIT {0}

void buf_init(struct buf *b, size_t cap);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* forgets the bytes and the error, keeps the memory */

static inline enum err buf_error(const struct buf *b)
{
	return b->err;
}

static inline struct bytes buf_bytes(const struct buf *b)
{
	return bytes_of(b->data, b->len);
}

/* The text with its NUL; "" when nothing was appended. */
const char *buf_text(const struct buf *b);

/* ERR_TOO_LARGE past the cap, ERR_MEMORY; both stick. */
void buf_append(struct buf *b, const void *data, size_t len);
void buf_append_bytes(struct buf *b, struct bytes x);
void buf_append_byte(struct buf *b, uint8_t byte);
void buf_append_text(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_append_be32(struct buf *b, uint32_t v);
void buf_append_be64(struct buf *b, uint64_t v);
void buf_append_varint(struct buf *b, uint64_t v); /* base 128, as protobuf */

/* Room for len more bytes to be filled by the caller, who then adds to b->len; NULL after an error. */
uint8_t *buf_reserve(struct buf *b, size_t len);

/* Take the bytes away; the caller frees them with free(). NULL when empty. */
uint8_t *buf_detach(struct buf *b, size_t *ret_len);

/* Reads a run of bytes forward; the first short read sticks and all later ones give zeros. */
struct cursor {
	struct bytes rest;
	enum err err;
};

static inline struct cursor cursor_of(struct bytes x)
{
	return (struct cursor){x, ERR_OK};
}

struct bytes cursor_take(struct cursor *c, size_t len); /* empty after ERR_TRUNCATED */
uint8_t cursor_byte(struct cursor *c);
uint32_t cursor_be32(struct cursor *c);
uint64_t cursor_be64(struct cursor *c);
uint64_t cursor_varint(struct cursor *c); /* minimal encodings of up to 64 bits only */
enum err cursor_end(const struct cursor *c) MUST_USE; /* ERR_FORMAT when bytes are left */

#endif
