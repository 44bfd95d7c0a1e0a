/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads: pieces into partial/<hex>, whose length is how far it is; hash, sync and one rename at the end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/base/files.h"
#include "storage/blob_internal.h"

#define SPARE_BYTES (1024u * 1024) /* of the disk, left to the index */

/* ---- begin ---- */

static enum err disk_has(const struct blob_store *s, uint64_t bytes, struct err_info *info)
{
	struct statvfs v;

	if (statvfs(s->dir, &v) != 0)
		return err_from_errno(errno);
	if ((uint64_t)v.f_bavail * v.f_frsize < bytes + SPARE_BYTES)
		return err_set(info, ERR_DISK_FULL, "the disk has no room for %" PRIu64 " bytes", bytes);
	return ERR_OK;
}

/* The upload goes on: what is on the disk counts, and never more than was declared. */
static enum err go_on(uint64_t *ret_have, const char *path, uint64_t declared, uint64_t size, struct err_info *info)
{
	enum err e;

	if (declared != size)
		return err_set(info, ERR_CONFLICT, "the upload was begun with %" PRIu64 " bytes, not %" PRIu64,
				declared,
			       size);
	e = blob_file_size(ret_have, path);
	if (e == ERR_NOT_FOUND) {
		*ret_have = 0;
		return ERR_OK;
	}
	return e;
}

enum err blob_store_begin(struct blob_store *s, uint64_t *ret_have, const struct blob_id *id, uint64_t size,
			  struct err_info *info)
{
	char path[BLOB_PATH_MAX];
	uint64_t declared;
	enum err e;

	if (size == 0 || size > BLOB_SIZE_MAX)
		return err_set(info, ERR_RANGE, "a blob has 1 to %" PRIu64 " bytes", BLOB_SIZE_MAX);
	if (blob_store_has(s, id)) {
		/* Whoever is told so counts on it: a sweep of what nobody uses must not take it away next. */
		e = blob_index_touch(s, id);
		if (e != ERR_OK && e != ERR_NOT_FOUND) /* not in the index yet: no sweep lists it */
			return err_set(info, e, "the blob's use cannot be noted");
		return err_set(info, ERR_DUPLICATE, "the blob is here already");
	}
	blob_partial_path(path, s, id);
	e = blob_index_partial(s, &declared, id);
	if (e == ERR_OK)
		return go_on(ret_have, path, declared, size, info);
	if (e != ERR_NOT_FOUND)
		return e;
	if (!blob_fits(s, size))
		return err_set(info, ERR_LIMIT, "%" PRIu64 " bytes do not fit the quota", size);
	TRY(disk_has(s, size, info));
	TRY(blob_index_begin(s, id, size));
	*ret_have = 0;
	return ERR_OK;
}

/* ---- pieces ---- */

/* Bytes that came again must be those that are here. */
static enum err same_bytes(int fd, uint64_t offset, struct bytes piece)
{
	uint8_t here[4096];

	while (piece.len > 0) {
		size_t want = piece.len < sizeof(here) ? piece.len : sizeof(here);
		ssize_t got = pread(fd, here, want, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_IO;
		if (memcmp(here, piece.data, (size_t)got) != 0)
			return ERR_CONFLICT;
		piece = bytes_of(piece.data + got, piece.len - (size_t)got);
		offset += (uint64_t)got;
	}
	return ERR_OK;
}

/* New bytes at the end, all of them or none. */
static enum err append(int fd, uint64_t have, struct bytes piece)
{
	enum err e;

	if (lseek(fd, (off_t)have, SEEK_SET) < 0)
		return err_from_errno(errno);
	e = files_write_all(fd, piece);
	if (e != ERR_OK && ftruncate(fd, (off_t)have) != 0)
		return ERR_IO;
	return e;
}

static enum err write_piece(int fd, uint64_t *ret_have, uint64_t size, uint64_t offset, struct bytes piece)
{
	struct stat st;
	uint64_t have, known;

	if (fstat(fd, &st) != 0)
		return err_from_errno(errno);
	have = (uint64_t)st.st_size;
	if (offset > have || offset > size || piece.len > size - offset)
		return ERR_RANGE;
	known = have - offset < piece.len ? have - offset : piece.len;
	TRY(same_bytes(fd, offset, bytes_of(piece.data, (size_t)known)));
	if (known < piece.len) {
		TRY(append(fd, have, bytes_of(piece.data + known, piece.len - (size_t)known)));
		have = offset + piece.len;
	}
	*ret_have = have;
	return ERR_OK;
}

enum err blob_store_write(struct blob_store *s, uint64_t *ret_have, const struct blob_id *id, uint64_t offset,
			  struct bytes piece, struct err_info *info)
{
	char path[BLOB_PATH_MAX];
	uint64_t size = 0;
	enum err e;
	int fd;

	if (piece.len == 0 || piece.len > BLOB_PIECE_MAX)
		return err_set(info, ERR_RANGE, "a piece has 1 to %u bytes", BLOB_PIECE_MAX);
	e = blob_index_partial(s, &size, id);
	if (e != ERR_OK)
		return err_set(info, e, "the upload was not begun");
	blob_partial_path(path, s, id);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(info, err_from_errno(errno), "the upload cannot be written");
	e = write_piece(fd, ret_have, size, offset, piece);
	if (close(fd) != 0 && e == ERR_OK)
		e = err_from_errno(errno);
	return e == ERR_OK ? e : err_set(info, e, "piece of %zu bytes at %" PRIu64 " of %" PRIu64, piece.len,
			offset, size);
}

enum err blob_store_progress(struct blob_store *s, uint64_t *ret_have, uint64_t *ret_size, const struct blob_id *id)
{
	char path[BLOB_PATH_MAX];
	uint64_t size, have = 0;
	enum err e;

	TRY(blob_index_partial(s, &size, id));
	blob_partial_path(path, s, id);
	e = blob_file_size(&have, path);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return e;
	*ret_have = have;
	*ret_size = size;
	return ERR_OK;
}

/* ---- the end ---- */

enum err blob_store_check(const struct blob_store *s, const struct blob_id *id, uint64_t size, const struct task *task)
{
	char path[BLOB_PATH_MAX];
	struct hash32 hash;
	enum err e;
	int fd;

	blob_partial_path(path, s, id);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERR_TRUNCATED : err_from_errno(errno);
	e = blob_file_hash(&hash, fd, size, task);
	if (e == ERR_OK && !ID_EQUAL(hash, *id))
		e = ERR_BLOB;
	if (e == ERR_OK && fsync(fd) != 0)
		e = err_from_errno(errno);
	close(fd);
	return e;
}

/* The name, and the folders that lead to it, on the disk. */
static enum err give_name(struct blob_store *s, const struct blob_id *id)
{
	char from[BLOB_PATH_MAX], to[BLOB_PATH_MAX], folder[BLOB_PATH_MAX];
	char *middle;

	blob_partial_path(from, s, id);
	blob_path(to, s, id);
	memcpy(folder, to, sizeof(folder));
	middle = dirname(folder);
	TRY(files_mkdir(middle, NULL));
	if (rename(from, to) != 0)
		return err_from_errno(errno);
	TRY(files_sync_parent(to));
	TRY(files_sync_parent(middle));
	return files_sync_parent(dirname(middle));
}

enum err blob_store_settle(struct blob_store *s, const struct blob_id *id, enum err checked, struct err_info *info)
{
	uint64_t have, size;
	enum err e;

	if (blob_store_has(s, id))
		return ERR_OK;
	if (checked == ERR_BLOB) {
		TRY(blob_store_abandon(s, id));
		return err_set(info, ERR_BLOB, "the bytes do not hash to the name");
	}
	if (checked != ERR_OK)
		return err_set(info, checked, "the upload cannot be checked");
	e = blob_store_progress(s, &have, &size, id);
	if (e == ERR_OK && have != size)
		e = ERR_TRUNCATED;
	if (e == ERR_OK)
		e = give_name(s, id);
	if (e == ERR_OK)
		e = blob_index_whole(s, id, size);
	return e == ERR_OK ? e : err_set(info, e, "the upload cannot be finished");
}

enum err blob_store_finish(struct blob_store *s, const struct blob_id *id, const struct task *task,
			   struct err_info *info)
{
	uint64_t have, size;
	enum err e;

	if (blob_store_has(s, id))
		return ERR_OK;
	e = blob_store_progress(s, &have, &size, id);
	if (e != ERR_OK)
		return err_set(info, e, "the upload was not begun");
	if (have < size)
		return err_set(info, ERR_TRUNCATED, "%" PRIu64 " of %" PRIu64 " bytes are here", have, size);
	return blob_store_settle(s, id, blob_store_check(s, id, size, task), info);
}

enum err blob_store_abandon(struct blob_store *s, const struct blob_id *id)
{
	char path[BLOB_PATH_MAX];

	blob_partial_path(path, s, id);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_from_errno(errno);
	return blob_index_end(s, id);
}

enum err blob_store_drop_partials(struct blob_store *s, uint64_t *ret_count, struct time_ms before)
{
	struct blob_info row = {.size = 0};
	char path[BLOB_PATH_MAX];
	uint64_t count = 0;
	bool any = false;
	enum err e;

	for (;;) {
		struct blob_id last = row.id;
		struct stat st;

		e = blob_index_next_partial(s, &row, any ? &last : NULL);
		if (e != ERR_OK)
			break;
		any = true;
		blob_partial_path(path, s, &row.id);
		/* One that never got a piece has no file: its client begins again at no cost. */
		if (stat(path, &st) == 0 && (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND >= before.v)
			continue;
		TRY(blob_store_abandon(s, &row.id));
		count++;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	if (ret_count != NULL)
		*ret_count = count;
	return ERR_OK;
}

/* ---- a whole file of ours ---- */

static enum err hash_path(struct blob_id *ret, uint64_t *ret_size, int fd, const struct task *task)
{
	struct hash32 hash;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_from_errno(errno);
	if (!S_ISREG(st.st_mode))
		return ERR_IO;
	TRY(blob_file_hash(&hash, fd, (uint64_t)st.st_size, task));
	ID_COPY(*ret, hash.b);
	*ret_size = (uint64_t)st.st_size;
	return ERR_OK;
}

static enum err copy_rest(struct blob_store *s, const struct blob_id *id, uint64_t have, uint64_t size, int fd,
			  const struct task *task, struct err_info *info)
{
	uint8_t *piece = malloc(BLOB_PIECE_MAX);
	enum err e = piece != NULL ? ERR_OK : ERR_MEMORY;

	while (e == ERR_OK && have < size) {
		ssize_t got = pread(fd, piece, BLOB_PIECE_MAX, (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			e = got < 0 ? err_from_errno(errno) : ERR_TRUNCATED;
		else
			e = blob_store_write(s, &have, id, have, bytes_of(piece, (size_t)got), info);
		if (e == ERR_OK)
			e = task_check(task);
	}
	free(piece);
	return e;
}

enum err blob_store_import(struct blob_store *s, struct blob_id *ret, const char *path, const struct task *task,
			   struct err_info *info)
{
	struct blob_id id;
	uint64_t size, have;
	enum err e;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(info, err_from_errno(errno), "%s cannot be opened", path);
	e = hash_path(&id, &size, fd, task);
	if (e == ERR_OK)
		e = blob_store_begin(s, &have, &id, size, info);
	if (e == ERR_OK)
		e = copy_rest(s, &id, have, size, fd, task, info);
	if (e == ERR_OK)
		e = blob_store_finish(s, &id, task, info);
	close(fd);
	if (e == ERR_DUPLICATE)
		e = ERR_OK;
	if (e == ERR_OK)
		*ret = id;
	return e;
}
