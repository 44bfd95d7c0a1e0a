/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "storage/blob_internal.h"

#define HASH_STEP (256u * 1024)

/* ---- paths and files ---- */

void blob_path(char out[BLOB_PATH_MAX], const struct blob_store *s, const struct blob_id *id)
{
	char hex[ID_HEX];

	hex_encode(hex, id->b, ID_SIZE);
	snprintf(out, BLOB_PATH_MAX, "%s/%.2s/%.2s/%s", s->dir, hex, hex + 2, hex);
}

void blob_partial_path(char out[BLOB_PATH_MAX], const struct blob_store *s, const struct blob_id *id)
{
	char hex[ID_HEX];

	hex_encode(hex, id->b, ID_SIZE);
	snprintf(out, BLOB_PATH_MAX, "%s/partial/%s", s->dir, hex);
}

int64_t blob_now(const struct blob_store *s)
{
	return s->clock->now(s->clock->self).v;
}

enum err blob_file_size(uint64_t *ret, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return err_from_errno(errno);
	if (!S_ISREG(st.st_mode))
		return ERR_NOT_FOUND;
	*ret = (uint64_t)st.st_size;
	return ERR_OK;
}

static enum err hash_steps(struct hash_sha256_stream *hash, uint8_t *step, int fd, uint64_t size,
			   const struct task *task)
{
	uint64_t done = 0;

	while (done < size) {
		size_t want = size - done < HASH_STEP ? (size_t)(size - done) : HASH_STEP;
		ssize_t got = pread(fd, step, want, (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? err_from_errno(errno) : ERR_TRUNCATED;
		hash_sha256_stream_update(hash, bytes_of(step, (size_t)got));
		done += (uint64_t)got;
		task_progress(task, "checking", done, size);
		TRY(task_check(task));
	}
	return ERR_OK;
}

enum err blob_file_hash(struct hash32 *ret, int fd, uint64_t size, const struct task *task)
{
	struct hash_sha256_stream hash;
	uint8_t *step = malloc(HASH_STEP);
	enum err e;

	if (step == NULL)
		return ERR_MEMORY;
	hash_sha256_stream_init(&hash);
	e = hash_steps(&hash, step, fd, size, task);
	if (e == ERR_OK)
		*ret = hash_sha256_stream_final(&hash);
	hash_sha256_stream_release(&hash);
	free(step);
	return e;
}

/* ---- open ---- */

/* Each blob file of DIR/aa/bb into the index. */
static enum err adopt_files(struct blob_store *s, const char *dir)
{
	char path[BLOB_PATH_MAX];
	DIR *d = opendir(dir);
	enum err e = ERR_OK;
	uint64_t size = 0;

	if (d == NULL)
		return errno == ENOENT ? ERR_OK : err_from_errno(errno);
	for (struct dirent *entry = readdir(d); entry != NULL && e == ERR_OK; entry = readdir(d)) {
		struct blob_id id;

		if (hex_decode(id.b, ID_SIZE, entry->d_name) != ERR_OK)
			continue;
		blob_path(path, s, &id);
		if (blob_file_size(&size, path) == ERR_OK)
			e = blob_index_whole(s, &id, size);
	}
	closedir(d);
	return e;
}

/* The index is new: the folder says what there is. */
static enum err adopt_folder(struct blob_store *s)
{
	char path[BLOB_PATH_MAX];

	for (unsigned first = 0; first < 256; first++) {
		snprintf(path, sizeof(path), "%s/%02x", s->dir, first);
		if (access(path, F_OK) != 0)
			continue;
		for (unsigned second = 0; second < 256; second++) {
			snprintf(path, sizeof(path), "%s/%02x/%02x", s->dir, first, second);
			TRY(adopt_files(s, path));
		}
	}
	return ERR_OK;
}

/* Uploads that had their name already when the process was killed, before the index heard of it. */
static enum err adopt_finished(struct blob_store *s)
{
	struct blob_info row = {.size = 0};
	char path[BLOB_PATH_MAX];
	uint64_t size = 0;
	bool any = false;
	enum err e;

	for (;;) {
		struct blob_id last = row.id;

		e = blob_index_next_partial(s, &row, any ? &last : NULL);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		any = true;
		blob_path(path, s, &row.id);
		if (blob_file_size(&size, path) == ERR_OK)
			TRY(blob_index_whole(s, &row.id, size));
	}
}

/* Partial files that no row names cannot go on: their size is not known. */
static enum err drop_strays(struct blob_store *s)
{
	char path[BLOB_PATH_MAX];
	struct blob_id id;
	uint64_t size = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/partial", s->dir);
	d = opendir(path);
	if (d == NULL)
		return err_from_errno(errno);
	for (struct dirent *entry = readdir(d); entry != NULL; entry = readdir(d)) {
		if (hex_decode(id.b, ID_SIZE, entry->d_name) != ERR_OK)
			continue;
		blob_partial_path(path, s, &id);
		if (blob_index_partial(s, &size, &id) == ERR_NOT_FOUND)
			unlink(path);
	}
	closedir(d);
	return ERR_OK;
}

static enum err open_folder(struct blob_store *s, struct err_info *info)
{
	char path[BLOB_PATH_MAX];
	bool is_new;

	snprintf(path, sizeof(path), "%s/partial", s->dir);
	TRY(files_mkdir(path, info));
	TRY(blob_index_open(s, &is_new, info));
	TRY(blob_index_totals(s));
	if (is_new)
		TRY(adopt_folder(s));
	TRY(adopt_finished(s));
	return drop_strays(s);
}

enum err blob_store_open(struct blob_store **ret, const char *dir, uint64_t quota, const struct clock *clock,
			 struct err_info *info)
{
	struct blob_store *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL)
		return ERR_MEMORY;
	s->clock = clock;
	s->totals.quota = quota;
	if (snprintf(s->dir, sizeof(s->dir), "%s", dir) >= (int)sizeof(s->dir))
		e = err_set(info, ERR_RANGE, "the path of the blob folder is too long");
	else
		e = open_folder(s, info);
	if (e != ERR_OK) {
		blob_store_free(s);
		return err_wrap(info, e, "blob folder %s", dir);
	}
	*ret = s;
	return ERR_OK;
}

struct blob_store *blob_store_free(struct blob_store *s)
{
	if (s != NULL)
		db_free(s->db);
	free(s);
	return NULL;
}

/* ---- whole blobs ---- */

enum err blob_store_size(struct blob_store *s, uint64_t *ret, const struct blob_id *id)
{
	char path[BLOB_PATH_MAX];

	blob_path(path, s, id);
	return blob_file_size(ret, path);
}

bool blob_store_has(struct blob_store *s, const struct blob_id *id)
{
	uint64_t size = 0;

	return blob_store_size(s, &size, id) == ERR_OK;
}

enum err blob_store_fd(struct blob_store *s, int *ret_fd, uint64_t *ret_size, const struct blob_id *id)
{
	char path[BLOB_PATH_MAX];
	struct stat st;
	int fd;

	blob_path(path, s, id);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_from_errno(errno);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return ERR_IO;
	}
	*ret_fd = fd;
	*ret_size = (uint64_t)st.st_size;
	return ERR_OK;
}

static enum err read_at(struct buf *ret, int fd, uint64_t offset, size_t len)
{
	while (len > 0) {
		uint8_t *room = buf_reserve(ret, len);
		ssize_t got;

		if (room == NULL)
			return buf_error(ret);
		got = pread(fd, room, len, (off_t)offset);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? err_from_errno(errno) : ERR_OK;
		ret->len += (size_t)got;
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	return ERR_OK;
}

enum err blob_store_read(struct blob_store *s, struct buf *ret, const struct blob_id *id, uint64_t offset, size_t len)
{
	uint64_t size = 0;
	enum err e;
	int fd;

	if (len > BLOB_PIECE_MAX)
		return ERR_RANGE;
	TRY(blob_store_fd(s, &fd, &size, id));
	if (offset >= size)
		len = 0;
	else if (len > size - offset)
		len = (size_t)(size - offset);
	e = read_at(ret, fd, offset, len);
	close(fd);
	/* The order of use is a convenience: a full disk does not keep anybody from reading. */
	if (e == ERR_OK)
		(void)!blob_index_touch(s, id);
	return e;
}

enum err blob_store_verify(struct blob_store *s, const struct blob_id *id, const struct task *task)
{
	struct hash32 hash;
	uint64_t size = 0;
	enum err e;
	int fd;

	TRY(blob_store_fd(s, &fd, &size, id));
	e = blob_file_hash(&hash, fd, size, task);
	close(fd);
	if (e != ERR_OK)
		return e;
	return ID_EQUAL(hash, *id) ? ERR_OK : ERR_BLOB;
}

enum err blob_store_remove_unused(struct blob_store *s, const struct blob_id *id, struct time_ms before)
{
	bool unused = false;
	enum err e = blob_index_unused(s, &unused, id, before.v);

	if (e == ERR_NOT_FOUND || (e == ERR_OK && !unused))
		return ERR_OK;
	return e == ERR_OK ? blob_store_remove(s, id) : e;
}

enum err blob_store_remove(struct blob_store *s, const struct blob_id *id)
{
	char path[BLOB_PATH_MAX];

	blob_path(path, s, id);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_from_errno(errno);
	return blob_index_remove(s, id);
}

enum err blob_store_list(struct blob_store *s, blob_each *each, void *context)
{
	struct blob_info row = {.size = 0};
	bool any = false;
	enum err e;

	for (;;) {
		struct blob_id last = row.id;

		e = blob_index_next(s, &row, any ? &last : NULL);
		if (e != ERR_OK)
			return e == ERR_NOT_FOUND ? ERR_OK : e;
		any = true;
		TRY(each(context, &row));
	}
}

/* ---- quota ---- */

enum err blob_store_totals(struct blob_store *s, struct blob_totals *ret)
{
	*ret = s->totals;
	return ERR_OK;
}

enum err blob_store_pin(struct blob_store *s, const struct blob_id *id, bool pinned)
{
	return blob_index_pin(s, id, pinned);
}

bool blob_fits(const struct blob_store *s, uint64_t room)
{
	uint64_t used = s->totals.blob_bytes + s->totals.partial_bytes;

	return s->totals.quota == 0 || (used <= s->totals.quota && room <= s->totals.quota - used);
}

void blob_store_set_quota(struct blob_store *s, uint64_t quota)
{
	s->totals.quota = quota;
}

enum err blob_store_make_room(struct blob_store *s, uint64_t room, uint64_t *ret_removed)
{
	struct blob_info oldest;
	uint64_t removed = 0;
	enum err e = ERR_OK;

	while (e == ERR_OK && !blob_fits(s, room)) {
		e = blob_index_oldest(s, &oldest);
		if (e == ERR_OK)
			e = blob_store_remove(s, &oldest.id);
		removed += e == ERR_OK ? 1 : 0;
	}
	if (ret_removed != NULL)
		*ret_removed = removed;
	return e == ERR_NOT_FOUND ? ERR_LIMIT : e;
}
