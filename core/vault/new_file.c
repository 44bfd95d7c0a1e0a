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

static enum err make_names(struct new_file *ret, const char *path, const struct rng *rng, struct err_info *info)
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
	ret->nameless = false;
	ret->written = ret->started = 0;
	return ERR_OK;
}

static enum err open_named(struct new_file *ret, struct err_info *info)
{
	ret->fd = open(ret->temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (ret->fd < 0)
		return err_set(info, err_from_errno(errno), "%s", ret->path);
	return ERR_OK;
}

enum err new_file_open(struct new_file *ret, const char *path, const struct rng *rng, struct err_info *info)
{
	TRY(make_names(ret, path, rng, info));
	return open_named(ret, info);
}

/* The folder that holds path, into out. */
static void folder_of(char out[VAULT_PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		(void)snprintf(out, VAULT_PATH_MAX, ".");
	else
		(void)snprintf(out, VAULT_PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

enum err new_file_open_plain(struct new_file *ret, const char *path, const struct rng *rng, struct err_info *info)
{
	char folder[VAULT_PATH_MAX];

	TRY(make_names(ret, path, rng, info));
	folder_of(folder, path);
	ret->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	ret->nameless = ret->fd >= 0;
	/* Some file systems have no such files: there a named one serves. */
	return ret->nameless ? ERR_OK : open_named(ret, info);
}

/* open(2), O_TMPFILE: the way to a name that needs no privilege. */
static int give_name(const struct new_file *f, const char *path)
{
	char self[64];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static int take_place(const struct new_file *f, bool overwrite)
{
	if (f->nameless && !overwrite)
		return give_name(f, f->path);
	if (f->nameless && give_name(f, f->temporary) != 0)
		return -1;
	return overwrite ? rename(f->temporary, f->path)
			 : renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->path, RENAME_NOREPLACE);
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
		rc = take_place(f, overwrite);
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
