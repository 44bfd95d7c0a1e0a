/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/process.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/app/setup.h"

#define WORDS_MAX 64u

enum err process_neighbour(char out[4096], const char *name, struct err_info *info)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return err_set(info, ERR_IO, "/proc/self/exe cannot be read");
	self[len] = '\0';
	if (snprintf(out, 4096, "%s/%s", dirname(self), name) >= 4096)
		return ERR_RANGE;
	if (access(out, X_OK) != 0)
		return err_set(info, ERR_NOT_FOUND, "%s is not beside medlock", name);
	return ERR_OK;
}

/* Beside the build (build/dev/medlock, assets two folders up), or installed (bin/medlock, share/medlock). */
enum err app_assets(char out[4096], const char *program, struct err_info *info)
{
	static const char *const places[] = {"../../assets", "../share/medlock", "../../../assets"};
	const char *named = getenv("MEDLOCK_ASSETS");
	char here[4096], probe[4096 + 64];

	(void)program;
	if (named != NULL && snprintf(out, 4096, "%s", named) < 4096)
		return ERR_OK;
	TRY(process_neighbour(here, "medlock", info));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char folder[4096];

		snprintf(folder, sizeof(folder), "%s", here);
		if (snprintf(out, 4096, "%s/%s", dirname(folder), places[i]) >= 4096)
			continue;
		snprintf(probe, sizeof(probe), "%s/demo/records", out);
		if (access(probe, R_OK) == 0)
			return ERR_OK;
	}
	return err_set(info, ERR_NOT_FOUND,
		       "the demo's assets are not beside the program: name them in MEDLOCK_ASSETS");
}

static enum err read_to_end(struct buf *out, int fd)
{
	for (;;) {
		uint8_t *room = buf_reserve(out, 4096);
		ssize_t got;

		if (room == NULL)
			return buf_error(out);
		got = read(fd, room, 4096);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? ERR_OK : ERR_IO;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
	}
}

/* In the child: what it prints into the pipe, then the program. */
static void become_program(const char *const *words, int out, bool words_too)
{
	dup2(out, STDOUT_FILENO);
	if (words_too)
		dup2(out, STDERR_FILENO);
	execv(words[0], (char *const *)(uintptr_t)words);
	_exit(127);
}

enum err process_capture(struct buf *out, int *ret_status, const char *const *words, bool words_too,
			 struct err_info *info)
{
	int ends[2], status = 0;
	enum err e;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return ERR_IO;
	child = fork();
	if (child == 0)
		become_program(words, ends[1], words_too);
	close(ends[1]);
	e = child < 0 ? ERR_IO : read_to_end(out, ends[0]);
	close(ends[0]);
	if (child < 0)
		return e;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (e == ERR_OK && !WIFEXITED(status))
		e = err_set(info, ERR_INTERNAL, "%s %s did not end by itself", words[0], words[1] ? words[1] : "");
	if (e == ERR_OK)
		*ret_status = WEXITSTATUS(status);
	return e;
}

enum err process_run(struct buf *out, const char *const *words, struct err_info *info)
{
	int status;

	TRY(process_capture(out, &status, words, false, info));
	if (status != 0)
		return err_set(info, ERR_INTERNAL, "%s %s failed: %.200s", words[0], words[1] ? words[1] : "",
			       buf_text(out));
	return ERR_OK;
}

/* In the child: a session of its own, stderr into the log, only the ready descriptor kept open. */
static void become_daemon(const char *const *words, const char *log_path, int ready)
{
	const char *all[WORDS_MAX + 3];
	char number[16];
	size_t count = 0;
	int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
	int null = open("/dev/null", O_RDWR);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	if (ready != 3)
		dup2(ready, 3);
	syscall(SYS_close_range, 4u, ~0u, 0u);
	for (; words[count] != NULL && count < WORDS_MAX; count++)
		all[count] = words[count];
	snprintf(number, sizeof(number), "%d", 3);
	all[count] = "--ready-fd";
	all[count + 1] = number;
	all[count + 2] = NULL;
	execv(all[0], (char *const *)(uintptr_t)all);
	_exit(127);
}

static enum err await_ready(int fd, pid_t child, struct task *task, struct err_info *info)
{
	char line[64];

	for (int waited = 0; waited < PROCESS_READY_MS; waited += 100) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		TRY(task_check(task));
		if (poll(&p, 1, 100) <= 0)
			continue;
		if (read(fd, line, sizeof(line)) > 0)
			return ERR_OK;
		waitpid(child, NULL, WNOHANG);
		return err_set(info, ERR_INTERNAL, "the daemon ended before it was ready: see its log");
	}
	return err_set(info, ERR_TIMEOUT, "the daemon was not ready within %d s", PROCESS_READY_MS / 1000);
}

enum err process_start(pid_t *ret, const char *const *words, const char *log_path, struct task *task,
		       struct err_info *info)
{
	int ends[2];
	enum err e;
	pid_t child;

	if (pipe(ends) != 0)
		return ERR_IO;
	child = fork();
	if (child == 0)
		become_daemon(words, log_path, ends[1]);
	close(ends[1]);
	e = child < 0 ? ERR_IO : await_ready(ends[0], child, task, info);
	close(ends[0]);
	if (e != ERR_OK && child > 0)
		kill(child, SIGKILL);
	if (e == ERR_OK)
		*ret = child;
	return e;
}

/* "PID (name) S …"; a process that ended and waits for its parent (Z) is not alive. */
bool process_alive(pid_t pid, const char *name)
{
	char path[64], stat[256] = "";
	const char *open_name, *close_name;
	ssize_t len;
	int fd;

	if (pid <= 1)
		return false;
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	open_name = len > 0 ? strchr(stat, '(') : NULL;
	close_name = len > 0 ? strrchr(stat, ')') : NULL;
	if (open_name == NULL || close_name == NULL || close_name[1] == '\0')
		return false;
	return strncmp(open_name + 1, name, strlen(name)) == 0 && close_name[2] != 'Z' && close_name[2] != 'X';
}

enum err process_stop(pid_t pid, struct err_info *info)
{
	int fd = pid > 1 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	enum err e = ERR_OK;

	if (fd < 0)
		return ERR_OK;
	kill(pid, SIGTERM);
	if (poll(&p, 1, PROCESS_STOP_MS) <= 0) {
		kill(pid, SIGKILL);
		if (poll(&p, 1, PROCESS_STOP_MS) <= 0)
			e = err_set(info, ERR_TIMEOUT, "process %ld does not end", (long)pid);
	}
	waitpid(pid, NULL, WNOHANG);
	close(fd);
	return e;
}

enum err process_free_port(uint16_t *ret, struct err_info *info)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
		  getsockname(fd, (struct sockaddr *)&a, &len) == 0;

	if (fd >= 0)
		close(fd);
	if (!ok)
		return err_set(info, ERR_NETWORK, "no free port on the loopback address");
	*ret = ntohs(a.sin_port);
	return ERR_OK;
}
