/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct err_row rows[] = {
#define ERR(name, number, code, class, exit, text, next) {name, exit, #name, code, class, text, next},
#include "core/base/err.def"
#undef ERR
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct err_row *err_rows(size_t *ret_count)
{
	*ret_count = ROWS;
	return rows;
}

const struct err_row *err_row(enum err e)
{
	const struct err_row *internal = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].err == e)
			return &rows[i];
		if (rows[i].err == ERR_INTERNAL)
			internal = &rows[i];
	}
	return internal;
}

const struct err_row *err_row_by_code(const char *code)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strcasecmp(rows[i].code, code) == 0)
			return &rows[i];
	}
	return NULL;
}

/* Cut text at size - 1 bytes without splitting a UTF-8 character. */
static void cut(char *text, size_t size)
{
	size_t end = size - 1;

	text[end] = '\0';
	if (strlen(text) < end)
		return;
	while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80)
		end--;
	if (end > 0 && (unsigned char)text[end - 1] >= 0xC0)
		end--;
	text[end] = '\0';
}

enum err err_set(struct err_info *info, enum err e, const char *format, ...)
{
	va_list args;

	if (info == NULL)
		return e;
	info->err = e;
	va_start(args, format);
	vsnprintf(info->detail, sizeof(info->detail), format, args);
	va_end(args);
	cut(info->detail, sizeof(info->detail));
	return e;
}

enum err err_wrap(struct err_info *info, enum err e, const char *format, ...)
{
	char front[ERR_DETAIL_MAX];
	char whole[2 * ERR_DETAIL_MAX + 2];
	va_list args;

	if (info == NULL)
		return e;
	info->err = e;
	va_start(args, format);
	vsnprintf(front, sizeof(front), format, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "%s%s%s", front, info->detail[0] ? ": " : "", info->detail);
	memcpy(info->detail, whole, sizeof(info->detail));
	cut(info->detail, sizeof(info->detail));
	return e;
}

enum err err_from_errno(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG: /* a limit on the size of files: there may be room, but not for us */
		return ERR_DISK_FULL;
	case ENOENT:
		return ERR_NOT_FOUND;
	case ENOMEM:
		return ERR_MEMORY;
	default:
		return ERR_IO;
	}
}

void assert_failed(const char *condition, const char *file, int line)
{
	fprintf(stderr, "medlock: a check failed: %s (%s:%d)\n", condition, file, line);
	abort();
}
