/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files, private by default and replaced at once or not at all. */
#ifndef MEDLOCK_BASE_FILES_H
#define MEDLOCK_BASE_FILES_H

#include "core/base/buf.h"

/* Append the whole regular file to ret; "-" is standard input.  ERR_TOO_LARGE past max, ERR_IO for what is no regular
 * file, ERR_NOT_FOUND.
 */
enum err files_read(struct buf *ret, const char *path, size_t max, struct err_info *info) MUST_USE;

/* Write path with mode 0600: a new file beside it (O_EXCL, O_NOFOLLOW), fsync, rename over path, fsync of the
 * folder.  On
 * any failure path is as it was and the new file is gone.
 */
enum err files_write(const char *path, struct bytes data, struct err_info *info) MUST_USE;

/* A new 0600 file for streaming; refuses an existing path with ERR_DUPLICATE.  The caller closes, or files_discard. */
enum err files_create(int *ret_fd, const char *path, struct err_info *info) MUST_USE;

/* Make a folder (and its parents) with mode 0700; one that exists is fine. */
enum err files_mkdir(const char *path, struct err_info *info) MUST_USE;

/* Refuse a file or folder that others may read or write, or that belongs to somebody else. */
enum err files_check_private(const char *path, struct err_info *info) MUST_USE;

/* fsync the folder that holds path, so that a rename in it lasts. */
enum err files_sync_parent(const char *path) MUST_USE;

/* "dir/name" into out of size bytes; ERR_RANGE when it does not fit. */
enum err files_join(char *out, size_t size, const char *dir, const char *name) MUST_USE;

/* All of data to fd, through short writes and EINTR. */
enum err files_write_all(int fd, struct bytes data) MUST_USE;

#endif
