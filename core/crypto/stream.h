/* SPDX-License-Identifier: Apache-2.0 */
/* Where long data comes from and goes to, in pieces, so that memory stays small for any length. */
#ifndef MEDLOCK_CRYPTO_STREAM_H
#define MEDLOCK_CRYPTO_STREAM_H

#include "core/base/buf.h"

/* read gives 1..max bytes, or 0 at the end; the first error ends the stream. */
struct byte_source {
	enum err (*read)(void *self, uint8_t *out, size_t max, size_t *ret_len);
	void *self;
};

/* write takes all of len bytes or fails. */
struct byte_sink {
	enum err (*write)(void *self, const uint8_t *data, size_t len);
	void *self;
};

/* A file descriptor, which stays the caller's to close.  Interrupted and short calls are repeated.  *fd must live
 * as long as the stream.  ERR_IO, ERR_DISK_FULL.
 */
struct byte_source byte_source_fd(int *fd);
struct byte_sink byte_sink_fd(int *fd);

/* Bytes in memory: the view moves forward as it is read. */
struct byte_source byte_source_bytes(struct bytes *from);

/* Appends to a buffer, up to its cap. */
struct byte_sink byte_sink_buf(struct buf *to);

/* Reads until max bytes are there or the source ends. */
enum err byte_source_fill(const struct byte_source *from, uint8_t *out, size_t max, size_t *ret_len) MUST_USE;

#endif
