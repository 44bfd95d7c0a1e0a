/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of its own for each test, gone afterwards with what is in it. */
#ifndef MEDLOCK_TESTS_TEMP_DIR_H
#define MEDLOCK_TESTS_TEMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/err.h"

struct temp_dir { char path[64]; };

static inline void temp_dir_make(struct temp_dir *d)
{
	snprintf(d->path, sizeof(d->path), "/tmp/medlock-test-XXXXXX");
	ASSERT(mkdtemp(d->path) != NULL);
}

static inline int temp_dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static inline void temp_dir_remove(struct temp_dir *d)
{
	nftw(d->path, temp_dir_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
