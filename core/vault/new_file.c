/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/vault/internal.h"

#define SUFFIX_BYTES 8
#define WRITE_BEHIND (4u * 1024 * 1024)

enum err new_file_open(struct new_file *ret, const char *path, const struct rng *rng, struct err_info *info)
{
	uint8_t random[SUFFIX_BYTES];
	char hex[2 * SUFFIX_BYTES + 1];
	int a, b;

	rng_fill(rng, random, sizeof(random));
	hex_encode(hex, random, sizeof(random));
	a = snprintf(ret->path, sizeof(ret->path), "%s", path);
	b = snprintf(ret->temporary, sizeof(ret->temporary), "%s.%s.part", path, hex);
	if (a <= 0 || b <= 0 || (size_t)a >= sizeof(ret->path) || (size_t)b >= sizeof(ret->temporary))
		return err_set(info, ERR_RANGE, "the path is too long");
	ret->fd = open(ret->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (ret->fd < 0)
		return err_set(info, err_from_errno(errno), "%s", path);
	ret->written = ret->started = 0;
	return ERR_OK;
}

static enum err write_behind(void *self, const uint8_t *data, size_t len)
{
	struct new_file *f = self;
	const struct byte_sink sink = byte_sink_fd(&f->fd);

	TRY(sink.write(sink.self, data, len));
	f->written += len;
	if (f->written - f->started < WRITE_BEHIND)
		return ERR_OK;
	/* Only a hint: what it cannot do, or what fails on the way, the sync at the end does and reports. */
	(void)sync_file_range(f->fd, (off_t)f->started, (off_t)(f->written - f->started), SYNC_FILE_RANGE_WRITE);
	f->started = f->written;
	return ERR_OK;
}

struct byte_sink new_file_sink(struct new_file *f)
{
	return (struct byte_sink){write_behind, f};
}

enum err new_file_commit(struct new_file *f, bool overwrite, struct err_info *info)
{
	int rc = fsync(f->fd), number = errno;

	if (rc == 0) {
		rc = overwrite ? rename(f->temporary, f->path)
			       : renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path, RENAME_NOREPLACE);
		number = errno;
	}
	if (rc != 0) {
		new_file_abandon(f);
		return number == EEXIST ? err_set(info, ERR_DUPLICATE, "%s exists", f->path)
					: err_set(info, err_from_errno(number), "%s", f->path);
	}
	close(f->fd);
	f->fd = -1;
	return files_sync_parent(f->path);
}

void new_file_abandon(struct new_file *f)
{
	if (f->fd < 0)
		return;
	close(f->fd);
	f->fd = -1;
	(void)unlink(f->temporary);
}
