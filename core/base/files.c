/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/rng.h"

#define READ_STEP (256u * 1024)

static enum err failed(struct err_info *info, const char *path)
{
	int number = errno;
	enum err e = err_from_errno(number);

	return err_set(info, e, "%s: %s", path, e == ERR_NOT_FOUND ? "no such file" : strerrordesc_np(number));
}

static enum err read_fd(struct buf *ret, int fd, size_t max)
{
	size_t before = ret->len;

	for (;;) {
		uint8_t *room = buf_reserve(ret, READ_STEP);
		ssize_t got;

		if (room == NULL)
			return buf_error(ret);
		got = read(fd, room, READ_STEP);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_from_errno(errno);
		if (got == 0)
			break;
		ret->len += (size_t)got;
		ret->data[ret->len] = '\0';
		if (ret->len - before > max)
			return ERR_TOO_LARGE;
	}
	return ERR_OK;
}

static enum err read_file(struct buf *ret, int fd, const char *path, size_t max, struct err_info *info)
{
	struct stat st;
	enum err e;

	if (fstat(fd, &st) != 0)
		return failed(info, path);
	if (fd != STDIN_FILENO && !S_ISREG(st.st_mode))
		return err_set(info, ERR_IO, "%s is not a regular file", path);
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
		return err_set(info, ERR_TOO_LARGE, "%s has %lld bytes, at most %zu", path, (long long)st.st_size, max);
	e = read_fd(ret, fd, max);
	return e == ERR_OK ? e : err_set(info, e, "%s cannot be read whole", path);
}

enum err files_read(struct buf *ret, const char *path, size_t max, struct err_info *info)
{
	enum err e;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_file(ret, STDIN_FILENO, "standard input", max, info);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return failed(info, path);
	e = read_file(ret, fd, path, max, info);
	close(fd);
	return e;
}

enum err files_write_all(int fd, struct bytes data)
{
	while (data.len > 0) {
		ssize_t put = write(fd, data.data, data.len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_from_errno(errno);
		data.data += put;
		data.len -= (size_t)put;
	}
	return ERR_OK;
}

enum err files_create(int *ret_fd, const char *path, struct err_info *info)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return err_set(info, ERR_DUPLICATE, "%s exists already", path);
	if (fd < 0)
		return failed(info, path);
	*ret_fd = fd;
	return ERR_OK;
}

enum err files_sync_parent(const char *path)
{
	char copy[PATH_MAX];
	int fd, failed_sync;

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return ERR_RANGE;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_from_errno(errno);
	failed_sync = fsync(fd) != 0 ? errno : 0;
	close(fd);
	return failed_sync ? err_from_errno(failed_sync) : ERR_OK;
}

static enum err write_and_sync(int fd, struct bytes data)
{
	TRY(files_write_all(fd, data));
	return fsync(fd) == 0 ? ERR_OK : err_from_errno(errno);
}

enum err files_write(const char *path, struct bytes data, struct err_info *info)
{
	char temporary[PATH_MAX];
	enum err e;
	int fd;

	/* A name of its own: nobody's file of a like name is lost, and two writers do not rename each other's halves. */
	if (snprintf(temporary, sizeof(temporary), "%s.%016" PRIx64 ".new", path, rng_u64(rng_system())) >=
	    (int)sizeof(temporary))
		return err_set(info, ERR_RANGE, "the path is too long");
	TRY(files_create(&fd, temporary, info));
	e = write_and_sync(fd, data);
	if (close(fd) != 0 && e == ERR_OK)
		e = err_from_errno(errno);
	if (e == ERR_OK && rename(temporary, path) != 0)
		e = err_from_errno(errno);
	if (e == ERR_OK)
		e = files_sync_parent(path);
	if (e != ERR_OK) {
		unlink(temporary);
		return err_set(info, e, "%s cannot be written", path);
	}
	return ERR_OK;
}

enum err files_mkdir(const char *path, struct err_info *info)
{
	char copy[PATH_MAX];

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return err_set(info, ERR_RANGE, "the path is too long");
	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return failed(info, copy);
		*slash = '/';
	}
	if (mkdir(copy, 0700) != 0 && errno != EEXIST)
		return failed(info, copy);
	return ERR_OK;
}

enum err files_check_private(const char *path, struct err_info *info)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return failed(info, path);
	if (st.st_uid != geteuid())
		return err_set(info, ERR_IO, "%s belongs to another user", path);
	if ((st.st_mode & 077) != 0)
		return err_set(info, ERR_IO, "%s can be read by others (mode %03o): run chmod go-rwx on it", path,
			       (unsigned)st.st_mode & 0777);
	return ERR_OK;
}

enum err files_join(char *out, size_t size, const char *dir, const char *name)
{
	int len = snprintf(out, size, "%s/%s", dir, name);

	return len >= 0 && (size_t)len < size ? ERR_OK : ERR_RANGE;
}
