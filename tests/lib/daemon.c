/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "chain/proto/ticket.h"
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/rng.h"

extern char **environ;

static void path_in(char out[DAEMON_PATH], const struct daemon_home *d, const char *name)
{
	ASSERT(files_join(out, DAEMON_PATH, d->dir, name) == ERR_OK);
}

static void card_write(const struct daemon_home *d, const char *name, struct person *p, uint32_t role)
{
	Medlock__GenesisAccount a = MEDLOCK__GENESIS_ACCOUNT__INIT;
	struct buf bytes = BUF_INIT;
	char path[DAEMON_PATH];

	a.keys = &p->keys;
	a.keys_signature = wire_data(bytes_of(p->signature, sizeof(p->signature)));
	a.role = role;
	WIRE_ENCODE(&bytes, &a);
	path_in(path, d, name);
	ASSERT(files_write(path, buf_bytes(&bytes), NULL) == ERR_OK);
	buf_release(&bytes);
}

/* Run the program; its stdout goes to out (or nowhere), its fd 3 to ready_fd when that is not -1. */
static pid_t spawn(const struct daemon_home *d, char *const *argv, int out_fd, int ready_fd)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	if (pid > 0)
		return pid;
	if (ready_fd >= 0 && ready_fd != 3)
		dup2(ready_fd, 3);
	if (out_fd >= 0)
		dup2(out_fd, 1);
	for (int fd = 4; fd < 256; fd++)
		close(fd);
	execv(d->program, argv);
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status = -1;

	ASSERT(waitpid(pid, &status, 0) == pid);
	return status;
}

static void id_from_json(uint8_t out[ID_SIZE], const char *json, const char *key)
{
	char name[32];
	const char *at;

	snprintf(name, sizeof(name), "\"%s\":\"", key);
	at = strstr(json, name);
	ASSERT(at != NULL);
	char hex[ID_HEX];
	snprintf(hex, sizeof(hex), "%.64s", at + strlen(name));
	ASSERT(hex_decode(out, ID_SIZE, hex) == ERR_OK);
}

static void run_init(struct daemon_home *d)
{
	char ca[DAEMON_PATH], op[DAEMON_PATH], pass[DAEMON_PATH], json[4096] = "";
	char *argv[] = {d->program, (char *)"init", (char *)"--home", d->home, (char *)"--listen", (char *)"127.0.0.1:0",
			(char *)"--chain-id", (char *)"test-solo-1", (char *)"--authority", ca, (char *)"--operator", op,
			(char *)"--passphrase-file", pass, NULL};
	int fds[2];
	ssize_t n;
	pid_t pid;

	path_in(ca, d, "ca.card");
	path_in(op, d, "op.card");
	path_in(pass, d, "passphrase");
	ASSERT(files_write(pass, bytes_str("a passphrase for tests\n"), NULL) == ERR_OK);
	ASSERT(pipe(fds) == 0);
	pid = spawn(d, argv, fds[1], -1);
	close(fds[1]);
	n = read(fds[0], json, sizeof(json) - 1);
	close(fds[0]);
	ASSERT(wait_for(pid) == 0 && n > 0);
	id_from_json(d->network.b, json, "network");
	id_from_json(d->pin.b, json, "pin");
}

void daemon_make(struct daemon_home *d, const char *program)
{
	const char *build = getenv("BUILD"), *tmp = getenv("TMPDIR");
	struct network_id none = GENESIS_NETWORK;

	memset(d, 0, sizeof(*d));
	snprintf(d->dir, sizeof(d->dir), "%s/medlock-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ASSERT(mkdtemp(d->dir) != NULL);
	snprintf(d->program, sizeof(d->program), "%s/%s", build != NULL ? build : "build/dev",
		 program != NULL ? program : "medlockd");
	path_in(d->home, d, "home");
	person_init(&d->ca, &none, 1);
	person_init(&d->op, &none, 2);
	card_write(d, "ca.card", &d->ca, ROLE_OFFICER);
	card_write(d, "op.card", &d->op, ROLE_OPERATOR);
	run_init(d);
}

void daemon_start(struct daemon_home *d, const char *flag, const char *value)
{
	char log[DAEMON_PATH], line[64] = "", url[64];
	char *argv[] = {d->program, (char *)"run", (char *)"--home", d->home, (char *)"--ready-fd", (char *)"3",
			(char *)(uintptr_t)flag, (char *)(uintptr_t)value, NULL};
	int fds[2], log_fd;
	ssize_t n;

	path_in(log, d, "log");
	log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ASSERT(pipe(fds) == 0 && log_fd >= 0);
	fflush(NULL);
	d->pid = fork();
	ASSERT(d->pid >= 0);
	if (d->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves no daemon behind */
		dup2(log_fd, 1);
		dup2(log_fd, 2);
		dup2(fds[1], 3);
		for (int fd = 4; fd < 256; fd++)
			close(fd);
		execv(d->program, argv);
		_exit(127);
	}
	close(log_fd);
	close(fds[1]);
	n = read(fds[0], line, sizeof(line) - 1);
	close(fds[0]);
	ASSERT(n > 6 && strncmp(line, "ready ", 6) == 0);
	snprintf(url, sizeof(url), "https://127.0.0.1:%lu", strtoul(line + 6, NULL, 10));
	ASSERT(peer_address_set(&d->peer, url, &d->pin) == ERR_OK);
}

int daemon_stop(struct daemon_home *d, int signal)
{
	kill(d->pid, signal);
	return wait_for(d->pid);
}

int daemon_command(const struct daemon_home *d, const char *command)
{
	char *argv[] = {(char *)(uintptr_t)d->program, (char *)(uintptr_t)command, (char *)"--home",
			(char *)(uintptr_t)d->home, NULL};
	int status;

	fflush(NULL);
	status = wait_for(spawn(d, argv, 2, -1));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void daemon_remove(struct daemon_home *d)
{
	char *argv[] = {(char *)"rm", (char *)"-rf", d->dir, NULL};
	pid_t pid = fork();

	if (pid == 0) {
		execvp("rm", argv);
		_exit(127);
	}
	wait_for(pid);
	person_release(&d->ca);
	person_release(&d->op);
}

/* ---- what it is asked ---- */

void daemon_ticket_of(struct buf *out, const struct daemon_home *d, Medlock__Ticket *t, const struct secret *seed)
{
	struct buf input = BUF_INIT;
	struct signature signature;

	t->network_id = wire_data(BYTES_ID(d->network));
	t->not_after = clock_real()->now(clock_real()->self).v + TICKET_LIFE_MS - 5000;
	t->spki = wire_data(BYTES_ID(d->pin));
	ASSERT(ticket_signing_input(&input, t) == ERR_OK);
	sign_make(&signature, seed, buf_bytes(&input));
	t->signature = wire_data(BYTES_ID(signature));
	buf_append_text(out, API_SCHEME);
	ticket_text(out, t);
	buf_release(&input);
	ASSERT(buf_error(out) == ERR_OK);
}

void daemon_ticket(struct buf *out, const struct daemon_home *d, const struct person *who)
{
	Medlock__Ticket t = MEDLOCK__TICKET__INIT;

	t.account = wire_data(BYTES_ID(who->account));
	t.purpose = TICKET_READ;
	daemon_ticket_of(out, d, &t, who->seed);
}

void daemon_sign(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *by,
		 Medlock__Body *body, uint64_t valid_until)
{
	uint8_t salt[TX_SALT_SIZE];
	struct buf encoded = BUF_INIT;
	struct signature signature;
	struct hash32 hash;

	rng_fill(rng_system(), salt, sizeof(salt));
	body->network_id = wire_data(BYTES_ID(d->network));
	body->salt = wire_data(bytes_of(salt, sizeof(salt)));
	body->valid_until = valid_until;
	ASSERT(tx_body_encode(&encoded, &hash, body) == ERR_OK);
	sign_make(&signature, by->seed, BYTES_ID(hash));
	ASSERT(tx_assemble(out, id, buf_bytes(&encoded), &by->account, &signature) == ERR_OK);
	buf_release(&encoded);
}

void daemon_anchor(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *who, uint32_t role,
		   uint64_t valid_until)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__CertAnchor a = MEDLOCK__CERT_ANCHOR__INIT;
	uint8_t certificate[32];
	Medlock__KeySet keys = who->keys;

	rng_fill(rng_system(), certificate, sizeof(certificate));
	a.account = wire_data(BYTES_ID(who->account));
	a.keys = &keys;
	a.keys_signature = wire_data(bytes_of(who->signature, sizeof(who->signature)));
	a.role = role;
	a.certificate = wire_data(bytes_of(certificate, sizeof(certificate)));
	a.not_after = clock_real()->now(clock_real()->self).v + 365 * MS_PER_DAY;
	body.action_case = MEDLOCK__BODY__ACTION_CERT_ANCHOR;
	body.cert_anchor = &a;
	daemon_sign(out, id, d, &d->ca, &body, valid_until);
}

void daemon_pause(struct buf *out, struct tx_id *id, const struct daemon_home *d, const struct person *who, bool paused,
		  uint64_t valid_until)
{
	Medlock__Body body = MEDLOCK__BODY__INIT;
	Medlock__ConsentPause p = MEDLOCK__CONSENT_PAUSE__INIT;

	p.owner = wire_data(BYTES_ID(who->account));
	p.paused = paused;
	body.action_case = MEDLOCK__BODY__ACTION_CONSENT_PAUSE;
	body.consent_pause = &p;
	daemon_sign(out, id, d, who, &body, valid_until);
}

uint64_t daemon_empty_call(const struct daemon_home *d, struct http_client *http)
{
	char url[URL_MAX + sizeof(API_HEALTHZ)];
	struct http_call call = {.verb = HTTP_VERB_GET, .url = url, .pin = &d->peer.pin, .reply_max = 64};
	struct http_reply reply;
	struct timespec from, to;

	snprintf(url, sizeof(url), "%s%s", d->peer.url, API_HEALTHZ);
	clock_gettime(CLOCK_MONOTONIC, &from);
	ASSERT(http_client_call(http, &reply, &call, NULL) == ERR_OK && reply.status == 200);
	clock_gettime(CLOCK_MONOTONIC, &to);
	http_reply_release(&reply);
	return (uint64_t)((to.tv_sec - from.tv_sec) * 1000000000ll + to.tv_nsec - from.tv_nsec);
}
