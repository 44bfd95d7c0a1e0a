/* SPDX-License-Identifier: Apache-2.0 */
/* A small `key = value` file by a table: what is not in the table is refused with its line.
 *
 * One setting a line; blank lines and lines that begin with # are comments; white space around key and value does not
 * count.  Each key once.
 */
#ifndef MEDLOCK_BASE_OPTIONS_H
#define MEDLOCK_BASE_OPTIONS_H

#include "core/base/buf.h"

#define OPTIONS_FILE_MAX 65536u
#define OPTIONS_MAX 64u
#define OPTION_VALUE_MAX 4096u

enum option_type { OPTION_TEXT, OPTION_UINT, OPTION_BOOL, OPTION_HEX32 };

struct option_row {
	const char *name;
	enum option_type type;
	const char *standard; /* value when the file does not say; "" for none */
	const char *help;     /* one line, written as a comment */
};

/* Values by row of one table of at most OPTIONS_MAX rows. */
struct options {
	const struct option_row *rows;
	size_t count;
	char *values[OPTIONS_MAX]; /* NULL: not said */
};

void options_init(struct options *o, const struct option_row *rows, size_t count);
void options_release(struct options *o);

/* ERR_FORMAT with the line for an unknown or repeated key or a value of the wrong type. */
enum err options_parse(struct options *o, struct bytes text, struct err_info *info) MUST_USE;
enum err options_read(struct options *o, const char *path, struct err_info *info) MUST_USE;
/* Atomically, mode 0600, with the help as comments. */
enum err options_write(const struct options *o, const char *path, struct err_info *info) MUST_USE;

/* The value, or the standard one.  The name must be in the table. */
const char *options_text(const struct options *o, const char *name);
uint64_t options_uint(const struct options *o, const char *name);
bool options_bool(const struct options *o, const char *name);
enum err options_set(struct options *o, const char *name, const char *value, struct err_info *info) MUST_USE;

#endif
