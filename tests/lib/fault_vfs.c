/* SPDX-License-Identifier: Apache-2.0 */
#include "fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/err.h"

#define FILES_MAX 32
#define SECTOR 512

/* One change that is not synced yet: the bytes that were there, and the size before. */
struct change {
	size_t file; /* in names */
	sqlite3_int64 offset, size_before;
	int len, old_len; /* old_len: of the bytes that existed */
	uint8_t *old;
};

struct fault_file {
	sqlite3_file base;
	size_t name;
	sqlite3_file real[]; /* the system's, behind */
};

static struct {
	sqlite3_vfs vfs, *real;
	sqlite3_io_methods methods;
	enum fault_kind kind;
	size_t nth, seen;
	bool struck;
	char names[FILES_MAX][512];
	size_t name_count;
	struct change *changes;
	size_t change_count, change_size;
} all;

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct fault_file *)f)->real;
}

/* What the n-th change is told; 0: go on. */
static int strike(int io_code)
{
	bool power = all.kind == FAULT_POWER_DROP || all.kind == FAULT_POWER_TORN;

	all.seen++;
	if (all.kind == FAULT_NONE || all.kind == FAULT_READ_EVER || all.seen < all.nth || (all.kind == FAULT_ERROR_ONCE && all.seen > all.nth))
		return 0;
	all.struck = true;
	if (power)
		return SQLITE_IOERR;
	return all.kind == FAULT_FULL_EVER && io_code == SQLITE_IOERR_WRITE ? SQLITE_FULL : io_code;
}

static void remember(struct fault_file *f, sqlite3_int64 offset, int len)
{
	struct change c = {.file = f->name, .offset = offset, .len = len};

	f->real->pMethods->xFileSize(f->real, &c.size_before);
	if (c.size_before > offset)
		c.old_len = c.size_before - offset < len ? (int)(c.size_before - offset) : len;
	c.old = malloc((size_t)c.old_len + 1);
	ASSERT(c.old != NULL);
	if (c.old_len > 0)
		ASSERT(f->real->pMethods->xRead(f->real, c.old, c.old_len, offset) == SQLITE_OK);
	if (all.change_count == all.change_size) {
		all.change_size = all.change_size ? 2 * all.change_size : 64;
		all.changes = realloc(all.changes, all.change_size * sizeof(c));
		ASSERT(all.changes != NULL);
	}
	all.changes[all.change_count++] = c;
}

static void synced(size_t file)
{
	size_t kept = 0;

	for (size_t i = 0; i < all.change_count; i++) {
		if (all.changes[i].file == file)
			free(all.changes[i].old);
		else
			all.changes[kept++] = all.changes[i];
	}
	all.change_count = kept;
}

static int fault_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static int fault_read(sqlite3_file *f, void *data, int len, sqlite3_int64 offset)
{
	if (all.kind == FAULT_READ_EVER) {
		all.struck = true;
		return SQLITE_IOERR_READ;
	}
	return real_of(f)->pMethods->xRead(real_of(f), data, len, offset);
}

static int fault_write(sqlite3_file *f, const void *data, int len, sqlite3_int64 offset)
{
	int code = strike(SQLITE_IOERR_WRITE);

	if (code != 0)
		return code;
	remember((struct fault_file *)f, offset, len);
	return real_of(f)->pMethods->xWrite(real_of(f), data, len, offset);
}

static int fault_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int code = strike(SQLITE_IOERR_TRUNCATE);
	sqlite3_int64 before = 0;

	if (code != 0)
		return code;
	real_of(f)->pMethods->xFileSize(real_of(f), &before);
	if (before > size)
		remember((struct fault_file *)f, size, (int)(before - size));
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

/* The system's sync is left out: the page cache outlives this process, and the bookkeeping is what is tested. */
static int fault_sync(sqlite3_file *f, int flags)
{
	int code = strike(SQLITE_IOERR_FSYNC);

	(void)flags;
	if (code == 0)
		synced(((struct fault_file *)f)->name);
	return code;
}

static int fault_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

static int fault_lock(sqlite3_file *f, int kind)
{
	return real_of(f)->pMethods->xLock(real_of(f), kind);
}

static int fault_unlock(sqlite3_file *f, int kind)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), kind);
}

static int fault_reserved(sqlite3_file *f, int *ret)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int fault_control(sqlite3_file *f, int what, void *value)
{
	/* A size hint would grow the file behind our back. */
	if (what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE)
		return SQLITE_NOTFOUND;
	return real_of(f)->pMethods->xFileControl(real_of(f), what, value);
}

static int fault_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

static int fault_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int fault_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, ret);
}

static int fault_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void fault_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int fault_shm_unmap(sqlite3_file *f, int gone)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), gone);
}

static size_t name_of(const char *path)
{
	for (size_t i = 0; i < all.name_count; i++)
		if (strcmp(all.names[i], path) == 0)
			return i;
	ASSERT(all.name_count < FILES_MAX);
	snprintf(all.names[all.name_count], sizeof(all.names[0]), "%s", path);
	return all.name_count++;
}

static int fault_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
	struct fault_file *file = (struct fault_file *)f;
	int code;

	(void)vfs;
	memset(file, 0, sizeof(*file));
	code = all.real->xOpen(all.real, path, file->real, flags, ret_flags);
	if (file->real->pMethods != NULL)
		file->base.pMethods = &all.methods;
	file->name = name_of(path != NULL ? path : "");
	return code;
}

/* Without power no file goes away either. */
static int fault_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
	(void)vfs;
	if (all.struck && all.kind != FAULT_ERROR_ONCE)
		return SQLITE_IOERR_DELETE;
	return all.real->xDelete(all.real, path, sync_folder);
}

void fault_vfs_register(void)
{
	if (all.real != NULL)
		return;
	all.real = sqlite3_vfs_find("unix");
	ASSERT(all.real != NULL);
	all.vfs = *all.real;
	all.vfs.zName = FAULT_VFS;
	all.vfs.pNext = NULL;
	all.vfs.szOsFile = (int)sizeof(struct fault_file) + all.real->szOsFile;
	all.vfs.xOpen = fault_open;
	all.vfs.xDelete = fault_delete;
	all.methods = (sqlite3_io_methods){2, fault_close, fault_read, fault_write, fault_truncate, fault_sync,
			fault_size,
					   fault_lock, fault_unlock, fault_reserved, fault_control, fault_sector,
					   fault_traits, fault_shm_map, fault_shm_lock, fault_shm_barrier,
					   fault_shm_unmap, NULL, NULL};
	ASSERT(sqlite3_vfs_register(&all.vfs, 0) == SQLITE_OK);
}

void fault_vfs_arm(enum fault_kind kind, size_t nth)
{
	for (size_t i = 0; i < all.name_count; i++)
		synced(i);
	all.name_count = 0;
	all.kind = kind;
	all.nth = nth;
	all.seen = 0;
	all.struck = false;
}

size_t fault_vfs_changes(void)
{
	return all.seen;
}

bool fault_vfs_struck(void)
{
	return all.struck;
}

/* Put back the bytes from `keep` on, of one change. */
static void put_back(const struct change *c, int keep)
{
	int fd = open(all.names[c->file], O_RDWR);

	if (fd < 0)
		return;
	if (keep < c->old_len)
		ASSERT(pwrite(fd, c->old + keep, (size_t)(c->old_len - keep), c->offset + keep) == c->old_len - keep);
	if (keep == 0 && c->offset + c->len > c->size_before)
		ASSERT(ftruncate(fd, c->size_before) == 0);
	close(fd);
}

void fault_vfs_power_cut(void)
{
	size_t kept = all.kind == FAULT_POWER_TORN ? all.change_count / 2 : 0;
	char shared[600];

	while (all.change_count > kept) {
		const struct change *c = &all.changes[--all.change_count];
		bool torn = all.kind == FAULT_POWER_TORN && all.change_count == kept;

		put_back(c, torn ? c->len / 2 / SECTOR * SECTOR : 0);
		free(c->old);
	}
	for (size_t i = 0; i < all.name_count; i++) {
		synced(i);
		snprintf(shared, sizeof(shared), "%s-shm", all.names[i]);
		unlink(shared); /* shared memory does not outlive the machine */
	}
}
