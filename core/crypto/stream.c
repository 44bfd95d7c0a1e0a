/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/stream.h"

#include <errno.h>
#include <unistd.h>

static enum err fd_read(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	ssize_t n;

	do
		n = read(*(const int *)self, out, max);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_from_errno(errno);
	*ret_len = (size_t)n;
	return ERR_OK;
}

static enum err fd_write(void *self, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(*(const int *)self, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? err_from_errno(errno) : ERR_IO;
		data += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

static enum err memory_read(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	struct bytes *from = self;
	size_t n = from->len < max ? from->len : max;

	if (n > 0) {
		memcpy(out, from->data, n);
		from->data += n;
		from->len -= n;
	}
	*ret_len = n;
	return ERR_OK;
}

static enum err buf_write(void *self, const uint8_t *data, size_t len)
{
	buf_append(self, data, len);
	return buf_error(self);
}

struct byte_source byte_source_fd(int *fd)
{
	return (struct byte_source){fd_read, fd};
}

struct byte_sink byte_sink_fd(int *fd)
{
	return (struct byte_sink){fd_write, fd};
}

struct byte_source byte_source_bytes(struct bytes *from)
{
	return (struct byte_source){memory_read, from};
}

struct byte_sink byte_sink_buf(struct buf *to)
{
	return (struct byte_sink){buf_write, to};
}

enum err byte_source_fill(const struct byte_source *from, uint8_t *out, size_t max, size_t *ret_len)
{
	size_t have = 0;

	while (have < max) {
		size_t n = 0;

		TRY(from->read(from->self, out + have, max - have, &n));
		if (n == 0)
			break;
		ASSERT(n <= max - have);
		have += n;
	}
	*ret_len = have;
	return ERR_OK;
}
