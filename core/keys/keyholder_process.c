/* SPDX-License-Identifier: Apache-2.0 */
/* The process and the socket: start, one question at a time, end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/keys/keyholder_parts.h"

#define SOCKET_BUFFER (2 * (int)KEYHOLDER_MESSAGE_MAX)

struct keyholder {
	pid_t pid;
	int fd; /* -1: ended */
	uint32_t next_id;
	bool unlocked;
	uint8_t answer[KEYHOLDER_MESSAGE_MAX];
	uint8_t question[KEYHOLDER_MESSAGE_MAX];
};

/* ---- the child ---- */

/* Somebody who left a program open has her keys for so long. */
static void lock_when_idle(struct holder *h, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (h->idle_ms > 0 && h->keys != NULL && poll(&p, 1, (int)h->idle_ms) == 0)
		holder_lock(h);
}

/* One question; false: the end. */
static bool serve_one(struct holder *h, struct buf *reply, int fd, uint8_t *room)
{
	ssize_t got = recv(fd, room, KEYHOLDER_MESSAGE_MAX, 0);
	enum err e;

	if (got < 0 && errno == EINTR)
		return true;
	if (got <= 0)
		return false;
	e = holder_serve(h, reply, bytes_of(room, (size_t)got));
	secret_wipe(room, (size_t)got);
	if (e == ERR_OK && send(fd, reply->data, reply->len, MSG_NOSIGNAL) != (ssize_t)reply->len)
		e = ERR_IO;
	secret_wipe(reply->data, reply->len);
	buf_clear(reply);
	return e == ERR_OK;
}

/* Passphrases come in by room, file keys go out by reply: both stay out of swap. */
static void loop(struct holder *h, int fd, uint8_t *room)
{
	struct buf reply = {.cap = KEYHOLDER_MESSAGE_MAX};

	if (buf_reserve(&reply, KEYHOLDER_MESSAGE_MAX) == NULL)
		return;
	secret_lock(room, KEYHOLDER_MESSAGE_MAX);
	secret_lock(reply.data, reply.size);
	do
		lock_when_idle(h, fd);
	while (serve_one(h, &reply, fd, room));
	secret_unlock(reply.data, reply.size);
	secret_unlock(room, KEYHOLDER_MESSAGE_MAX);
	buf_release(&reply);
}

static void child(int fd, pid_t parent, uint32_t capabilities, keyholder_probe *probe, uint8_t *room)
{
	static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGPIPE};
	struct holder h = {.capabilities = capabilities, .probe = probe};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	secret_process_harden();
	(void)prctl(PR_SET_NAME, "medlock-keys");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || keyholder_sandbox(fd) != ERR_OK)
		_exit(1);
	loop(&h, fd, room);
	holder_release(&h);
	_exit(0);
}

/* ---- start and end ---- */

static void widen(int fd)
{
	int size = SOCKET_BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

enum err keyholder_start_probed(struct keyholder **ret, uint32_t capabilities, keyholder_probe *probe,
				struct err_info *info)
{
	struct keyholder *k = calloc(1, sizeof(*k));
	pid_t parent = getpid();
	int ends[2];

	if (k == NULL)
		return ERR_MEMORY;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
		free(k);
		return err_set(info, ERR_IO, "key-holder: no socket");
	}
	widen(ends[0]);
	widen(ends[1]);
	secret_lock(k->answer, sizeof(k->answer)); /* a fork does not inherit it: the child locks its own */
	secret_lock(k->question, sizeof(k->question));
	k->pid = fork();
	if (k->pid == 0)
		child(ends[1], parent, capabilities, probe, k->question);
	close(ends[1]);
	k->fd = ends[0];
	if (k->pid < 0) {
		keyholder_free(k);
		return err_set(info, ERR_IO, "key-holder: no process");
	}
	*ret = k;
	return ERR_OK;
}

enum err keyholder_start(struct keyholder **ret, uint32_t capabilities, struct err_info *info)
{
	return keyholder_start_probed(ret, capabilities & ~(uint32_t)KEYHOLDER_PROBE, NULL, info);
}

/* It ends by itself when the socket closes; one that does not is stopped. */
static void end(struct keyholder *k, bool force)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
	k->unlocked = false;
	if (k->pid > 0) {
		if (force)
			(void)kill(k->pid, SIGKILL);
		while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	k->pid = -1;
}

void keyholder_free(struct keyholder *k)
{
	if (k == NULL)
		return;
	end(k, false);
	secret_unlock(k->answer, sizeof(k->answer));
	secret_unlock(k->question, sizeof(k->question));
	free(k);
}

bool keyholder_unlocked(const struct keyholder *k)
{
	return k->unlocked;
}

/* ---- one question ---- */

static enum err await(int fd, ssize_t *ret_len, uint8_t *room)
{
	const struct clock *clock = clock_real();
	int64_t until = clock->steady_ms(clock->self) + KEYHOLDER_WAIT_MS;

	for (;;) {
		int64_t left = until - clock->steady_ms(clock->self);
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int ready = left <= 0 ? 0 : poll(&p, 1, (int)left);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ERR_KEYHOLDER;
		*ret_len = recv(fd, room, KEYHOLDER_MESSAGE_MAX, 0);
		if (*ret_len < 0 && errno == EINTR)
			continue;
		return *ret_len > 0 ? ERR_OK : ERR_KEYHOLDER;
	}
}

static enum err exchange(struct keyholder *k, struct keyholder_message *ret, const struct keyholder_message *m)
{
	struct buf question = {.data = k->question, .size = sizeof(k->question), .cap = sizeof(k->question)};
	ssize_t got = 0;
	bool sent;

	keyholder_message_write(&question, m);
	sent = send(k->fd, question.data, question.len, MSG_NOSIGNAL) == (ssize_t)question.len;
	secret_wipe(k->question, question.len);
	if (!sent)
		return ERR_KEYHOLDER;
	TRY(await(k->fd, &got, k->answer));
	if (keyholder_message_parse(ret, bytes_of(k->answer, (size_t)got)) != ERR_OK || ret->id != m->id)
		return ERR_KEYHOLDER;
	return ERR_OK;
}

static enum err refused(const struct keyholder_message *m, struct err_info *info)
{
	enum err e = (enum err)-(int)m->code;

	if (m->code == 0 || m->count != 1 || err_row(e)->err != e)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	if (m->fields[0].len == 0)
		return err_set(info, e, "%s", err_text(e));
	return err_set(info, e, "%.*s", (int)m->fields[0].len, (const char *)m->fields[0].data);
}

enum err keyholder_ask(struct keyholder *k, struct keyholder_message *ret, enum keyholder_op op,
		       const struct bytes *fields, size_t count, size_t answers, struct err_info *info)
{
	struct keyholder_message m = {.code = (uint32_t)op, .id = ++k->next_id, .count = count}, reply = {0};
	size_t size = KEYHOLDER_MESSAGE_HEAD;

	if (k->fd < 0)
		return err_set(info, ERR_KEYHOLDER, "the key-holder process has ended");
	for (size_t i = 0; i < count; i++) {
		m.fields[i] = fields[i];
		size += 4 + fields[i].len;
	}
	if (size > KEYHOLDER_MESSAGE_MAX)
		return err_set(info, ERR_TOO_LARGE, "more than the key-holder takes at once");
	if (exchange(k, &reply, &m) != ERR_OK) {
		end(k, true);
		return err_set(info, ERR_KEYHOLDER, "the key-holder process ended or does not answer");
	}
	if (reply.code != 0)
		return refused(&reply, info);
	if (reply.count != HOLDER_ANSWERS || answers > HOLDER_ANSWERS)
		return err_set(info, ERR_KEYHOLDER, "the key-holder's answer is odd");
	if (op == OP_CREATE || op == OP_UNLOCK || op == OP_RECOVER)
		k->unlocked = true;
	else if (op == OP_LOCK)
		k->unlocked = false;
	*ret = reply;
	return ERR_OK;
}

enum err keyholder_send_raw(struct keyholder *k, struct bytes message)
{
	if (k->fd < 0 || send(k->fd, message.data, message.len, MSG_NOSIGNAL) != (ssize_t)message.len)
		return ERR_KEYHOLDER;
	return ERR_OK;
}
