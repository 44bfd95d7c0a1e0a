/* SPDX-License-Identifier: Apache-2.0 */
/* One process at a time on a profile: two would overwrite each other's book and store the same block twice. */
#include <errno.h>
#include <fcntl.h>
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
