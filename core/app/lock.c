/* SPDX-License-Identifier: Apache-2.0 */
/* One process at a time on a profile: two would overwrite each other's book and store the same block twice. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/app/internal.h"

#define LOCK_WAIT_MS 60000
#define LOCK_LOOK_MS 10

static enum err try_lock(int fd)
{
	/* A record lock is not inherited by the key-holder, so that it ends with this process. */
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_SETLK, &lock) == 0)
		return ERR_OK;
	return errno == EACCES || errno == EAGAIN ? ERR_BUSY : err_from_errno(errno);
}

static enum err wait_for_lock(struct app *a, struct err_info *info)
{
	const struct timespec look = {.tv_nsec = LOCK_LOOK_MS * 1000000};
	const struct clock *clock = clock_real();
	int64_t end = clock->steady_ms(clock->self) + LOCK_WAIT_MS;
	enum err e;

	while ((e = try_lock(a->lock)) == ERR_BUSY) {
		if (clock->steady_ms(clock->self) > end)
			return err_set(info, e, "another medlock works with this profile for over a minute");
		TRY(task_check(a->task));
		task_progress(a->task, "waiting: another medlock works with this profile", 0, 0);
		nanosleep(&look, NULL);
	}
	return e == ERR_OK ? e : err_set(info, e, "the lock of the profile");
}

enum err app_lock(struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(profile_path(&a->profile, path, "lock"));
	a->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (a->lock < 0)
		return err_set(info, err_from_errno(errno), "%s", path);
	a->locked = true;
	return wait_for_lock(a, info);
}

void app_lock_release(struct app *a)
{
	if (a->locked)
		close(a->lock);
	a->locked = false;
}

/* ---- programs that stay open ---- */

static struct app_stamp stamp_of(const struct app *a, const char *name)
{
	char path[PROFILE_PATH_MAX];
	struct stat st;

	if (profile_path(&a->profile, path, name) != ERR_OK || stat(path, &st) != 0)
		return (struct app_stamp){0};
	return (struct app_stamp){st.st_ino, st.st_size, st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
}

static bool same_stamp(struct app_stamp x, struct app_stamp y)
{
	return x.inode == y.inode && x.size == y.size && x.s == y.s && x.ns == y.ns;
}

void app_rest(struct app *a)
{
	if (!a->locked)
		return;
	ca_free(a->ca); /* it has the register's rows in memory: the next who needs it reads them again */
	a->ca = NULL;
	a->book_stamp = stamp_of(a, "book");
	a->keystore_stamp = stamp_of(a, "keystore");
	app_lock_release(a);
}

/* Old keys would write the old keystore over the new one. */
static enum err check_keystore(struct app *a, struct err_info *info)
{
	struct app_stamp now = stamp_of(a, "keystore");

	if (same_stamp(now, a->keystore_stamp) || !keyholder_unlocked(a->keys))
		return ERR_OK;
	a->keystore_stamp = now;
	TRY(keyholder_lock(a->keys, info));
	return err_set(info, ERR_LOCKED, "another medlock changed this profile's keys or passphrase");
}

/* With the keys locked app_unlock reads it. */
static enum err renew_book(struct app *a, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct book book;

	if (same_stamp(stamp_of(a, "book"), a->book_stamp) || !keyholder_unlocked(a->keys))
		return ERR_OK;
	TRY(profile_path(&a->profile, path, "book"));
	TRY(book_read(&book, a->keys, path, info));
	book_release(&a->book);
	a->book = book;
	return ERR_OK;
}

enum err app_wake(struct app *a, struct err_info *info)
{
	enum err e;

	if (a->locked)
		return ERR_OK;
	e = app_lock(a, info);
	if (e == ERR_OK)
		e = check_keystore(a, info);
	if (e == ERR_OK)
		e = renew_book(a, info);
	if (e != ERR_OK)
		app_lock_release(a);
	return e;
}
