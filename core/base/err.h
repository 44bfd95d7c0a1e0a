/* SPDX-License-Identifier: Apache-2.0 */
/* Expected failures, the details that callers wrap around them, and assertions.
 *
 * Three failures, three mechanisms.  What can be expected to fail returns a negative enum err and leaves its
 * outputs untouched.  A programmer's error is caught by ASSERT, which stays on in every build.  Damaged state
 * returns ERR_DAMAGED up to the program, which stops and says what to do.
 *
 * Argument order everywhere: context, outputs, in-outs, inputs (length right after its pointer), callbacks, flags,
 * and last the optional struct err_info for words.  Library code never prints.
 *
 * Life-cycle verbs: S_init / S_release for embedded structs, S_new / S_free on the heap; free and release take NULL
 * and half-built objects.
 */
#ifndef MEDLOCK_BASE_ERR_H
#define MEDLOCK_BASE_ERR_H

#include <stdarg.h>
#include <stddef.h>

enum err {
#define ERR(name, number, code, class, exit, text, next) name = number,
#include "core/base/err.def"
#undef ERR
};

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

#define ERR_DETAIL_MAX 512

/* Words about the last failure of one operation, for people.  All zero is the empty state.  Never holds secrets or
 * health data: these texts reach logs.  One thread at a time.
 */
struct err_info {
	enum err err;
	char detail[ERR_DETAIL_MAX]; /* "while …: …", NUL-terminated, cut at a character boundary */
};

/* A row of err.def; unknown numbers give the row of ERR_INTERNAL.  The strings live for ever. */
struct err_row {
	enum err err;
	int exit_status; /* of medlock, 0..10 */
	const char *name, *code, *class_name, *text, *next;
};
const struct err_row *err_row(enum err e);
const struct err_row *err_row_by_code(const char *code); /* NULL when there is none; case-insensitive */
const struct err_row *err_rows(size_t *ret_count);

static inline const char *err_text(enum err e)
{
	return err_row(e)->text;
}

/* Remember e and its words in info (may be NULL); returns e, so that `return err_set(info, ERR_X, "…");` works. */
enum err err_set(struct err_info *info, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);

/* Put words in front of what info holds already: "words: earlier words". */
enum err err_wrap(struct err_info *info, enum err e, const char *format, ...) PRINTF_LIKE(3, 4);

/* errno of a failed system call, as ours: ENOSPC and EDQUOT to ERR_DISK_FULL, ENOENT to ERR_NOT_FOUND,
 * ENOMEM to ERR_MEMORY, all else to ERR_IO.
 */
enum err err_from_errno(int number);

/* Return the error of an expression at once.  For functions that hold nothing to release. */
#define TRY(expression)                                                                            \
	do {                                                                                       \
		enum err try_result_ = (expression);                                               \
		if (try_result_ != ERR_OK)                                                         \
			return try_result_;                                                        \
	} while (0)

/* A condition that only a bug can break.  Prints file and line to stderr and aborts, in every build. */
#define ASSERT(condition)                                                                          \
	((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))
void assert_failed(const char *condition, const char *file, int line) __attribute__((noreturn, cold));

#endif
