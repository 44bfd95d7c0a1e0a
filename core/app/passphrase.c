/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases: the first line of a file, or typed on the terminal without echo.  Never a flag or the environment. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "core/app/internal.h"
#include "core/base/files.h"

/* Ctrl-C at the prompt: the echo must come back before anything else.  It is let through only while we wait, so that it cannot
 * come between the question and the wait and be overlooked.
 */
static enum err wait_for_input(int fd, const sigset_t *waiting)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (ppoll(&p, 1, NULL, waiting) >= 0)
		return ERR_OK;
	return errno == EINTR ? ERR_CANCELLED : ERR_IO;
}

/* waiting: signals that are blocked while we wait for a terminal; NULL for a file. */
static enum err read_line(struct secret *into, size_t *ret_len, int fd, const sigset_t *waiting)
{
	size_t len = 0;

	while (len < into->len) {
		ssize_t got;

		if (waiting != NULL)
			TRY(wait_for_input(fd, waiting));
		got = read(fd, into->data + len, 1);
		if (got < 0)
			return ERR_IO;
		if (got == 0 || into->data[len] == '\n')
			break;
		len++;
	}
	if (len == into->len)
		return ERR_TOO_LARGE;
	*ret_len = len;
	return ERR_OK;
}

static enum err ask(struct secret *into, size_t *ret_len, int fd, const char *question)
{
	sigset_t interrupt, before;
	enum err e;

	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	pthread_sigmask(SIG_BLOCK, &interrupt, &before);
	e = files_write_all(fd, bytes_str(question));
	if (e == ERR_OK)
		e = read_line(into, ret_len, fd, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e;
}

static enum err from_terminal(struct secret *into, size_t *ret_len, const char *question)
{
	struct termios before, quiet;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum err e;

	if (fd < 0)
		return ERR_LOCKED;
	if (tcgetattr(fd, &before) != 0) {
		close(fd);
		return ERR_LOCKED;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	e = ask(into, ret_len, fd, question);
	tcsetattr(fd, TCSAFLUSH, &before);
	if (e == ERR_OK)
		e = files_write_all(fd, bytes_str("\n"));
	close(fd);
	return e;
}

static enum err from_file(struct secret *into, size_t *ret_len, const char *file, struct err_info *info)
{
	enum err e;
	int fd;

	TRY(files_check_private(file, info));
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set(info, ERR_NOT_FOUND, "%s", file);
	e = read_line(into, ret_len, fd, NULL);
	close(fd);
	return e;
}

enum err app_passphrase(struct secret **ret, const char *file, const char *question, const struct app_prompt *prompt,
			struct err_info *info)
{
	struct secret *line;
	size_t len = 0;
	enum err e;

	if (file == NULL && prompt != NULL)
		return prompt->ask(prompt->self, ret, question, false, info);
	TRY(secret_new(&line, KDF_PASSPHRASE_MAX + 2));
	e = file != NULL ? from_file(line, &len, file, info) : from_terminal(line, &len, question);
	if (e == ERR_OK && len == 0)
		e = err_set(info, ERR_LOCKED, "the passphrase is empty");
	if (e == ERR_OK)
		e = secret_copy(ret, bytes_of(line->data, len));
	secret_free(line);
	return e;
}

/* Nobody sees what is typed: a slip of the fingers would lock the keys away for ever. */
enum err app_passphrase_new(struct secret **ret, const char *file, const char *question, const struct app_prompt *prompt,
			    struct err_info *info)
{
	struct secret *first = NULL, *second = NULL;
	enum err e;

	if (file == NULL && prompt != NULL)
		return prompt->ask(prompt->self, ret, question, true, info);
	TRY(app_passphrase(&first, file, question, NULL, info));
	if (file != NULL) {
		*ret = first;
		return ERR_OK;
	}
	e = app_passphrase(&second, NULL, "The same again: ", NULL, info);
	if (e == ERR_OK && !secret_equal(secret_bytes(first), secret_bytes(second)))
		e = err_set(info, ERR_CONFIRM, "the two passphrases are not the same; nothing was changed");
	secret_free(second);
	if (e != ERR_OK) {
		secret_free(first);
		return e;
	}
	*ret = first;
	return ERR_OK;
}
