/* SPDX-License-Identifier: Apache-2.0 */
/* The screens: how soon the first frame is there, how soon a key shows, and how much memory they hold.
 *
 * First frame: from exec to the first bytes on a pseudo-terminal, beside `less` on the same terminal.  Keys: down in a list of
 * 100,000 entries, painted on a pseudo-terminal, while the worker's thread computes without a pause.
 */
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "core/crypto/hash.h"
#include "tui/examples/examples.h"
#include "tui/grid/terminal.h"
#include "tui/screens/patient_looked.h"
#include "tui/screens/session_parts.h"

#define EVENTS 100000u
#define KEYS 2000u

static const struct winsize size = {.ws_row = 24, .ws_col = 80};

/* ---- the first frame ---- */

static long resident_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f != NULL)
		fclose(f);
	return kib;
}

/* Milliseconds until the terminal has got words, not only modes. */
static double first_frame(char *const *words, long *ret_kib)
{
	uint64_t start = bench_now_ns();
	char got[4096];
	size_t bytes = 0;
	double ms;
	int fd;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	if (pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("HOME", "/nonexistent", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execv(words[0], words);
		_exit(127);
	}
	while (bytes < 200) {
		ssize_t n = read(fd, got, sizeof(got));

		if (n <= 0)
			break;
		bytes += (size_t)n;
	}
	ms = (double)(bench_now_ns() - start) / 1e6;
	*ret_kib = resident_kib(pid);
	kill(pid, SIGTERM);
	close(fd);
	waitpid(pid, NULL, 0);
	return bytes >= 200 ? ms : -1;
}

static bool frames(const char *build)
{
	static char file[] = "docs/ARCHITECTURE.md";
	struct bench_figure ours = BENCH_FIGURE("first frame", "ms", BENCH_LESS),
			less = BENCH_FIGURE("first frame of less", "ms", BENCH_LESS);
	char program[4096];
	char *const words[] = {program, (char[]){"tui"}, NULL}, *const other[] = {(char[]){"/usr/bin/less"}, file, NULL};
	long kib = 0, ignored;

	snprintf(program, sizeof(program), "%s/medlock", build);
	for (unsigned i = 0; i < bench_passes() * 4; i++) {
		double ms = first_frame(words, &kib);

		if (ms < 0)
			return false;
		bench_add(&ours, ms);
		if (access(other[0], X_OK) == 0)
			bench_add(&less, first_frame(other, &ignored));
	}
	if (less.count > 0)
		bench_print_calibration(&less);
	bench_print(&ours, less.count > 0 ? &less : NULL);
	bench_fact("  resident then", (double)kib / 1024, "MiB");
	return true;
}

/* ---- keys ---- */

/* The worker computes until it is cancelled, as in a sync of blocks that never ends. */
static enum err compute(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	uint8_t block[4096] = {0};

	(void)j;
	(void)a;
	(void)info;
	while (!task_cancelled(task)) {
		struct hash32 h = hash_sha256(bytes_of(block, sizeof(block)));

		memcpy(block, h.b, sizeof(h.b));
		task_progress(task, "blocks", block[0], 10000);
	}
	return ERR_CANCELLED;
}

static void nothing(struct job *j, enum err e, const struct err_info *info)
{
	(void)j;
	(void)e;
	(void)info;
}

static void stays(struct job *j)
{
	(void)j;
}

static bool grow(struct events_model *m)
{
	size_t have = m->events.count;

	m->events.rows = realloc(m->events.rows, EVENTS * sizeof(*m->events.rows));
	m->names = realloc(m->names, EVENTS * sizeof(*m->names));
	if (m->events.rows == NULL || m->names == NULL)
		return false;
	for (size_t i = have; i < EVENTS; i++) {
		m->events.rows[i] = m->events.rows[i % have];
		m->events.rows[i].records = NULL;
		m->events.rows[i].count = 0;
		m->names[i] = m->names[i % have];
	}
	m->events.count = EVENTS;
	return true;
}

/* Reads what is painted, so that the pseudo-terminal never fills. */
static void *drain(void *self)
{
	char bytes[65536];
	int fd = *(int *)self;

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	return NULL;
}

static bool terminal_of_pty(int *ret_master)
{
	int slave;

	if (openpty(ret_master, &slave, NULL, NULL, &size) != 0)
		return false;
	setenv("TERM", "xterm-256color", 1);
	return dup2(slave, STDIN_FILENO) >= 0 && dup2(slave, STDOUT_FILENO) >= 0;
}

static void press(struct session *s, struct terminal *t, struct grid *g, struct bench_samples *samples)
{
	static const struct key down = {.press = PRESS_DOWN};
	uint64_t start = bench_now_ns();

	session_key(s, &down);
	session_draw(s, g);
	terminal_paint(t, g);
	bench_sample(samples, bench_now_ns() - start);
}

/* In a child, whose standard output is the terminal; the figures come back through a pipe. */
static int keys_child(int out)
{
	static struct job job = {.run = compute, .done = nothing, .free = stays, .what = "computing"};
	struct bench_samples samples = {0};
	const struct terminal_options options = {.theme = THEME_DARK};
	struct session *s;
	struct terminal *t;
	struct grid g;
	double figures[3];
	pthread_t reader;
	int master;

	if (!terminal_of_pty(&master) || pthread_create(&reader, NULL, drain, &master) != 0 ||
	    terminal_open(&t, &options, NULL) != ERR_OK || grid_init(&g, size.ws_col, size.ws_row) != ERR_OK ||
	    example_session(&s, example_by_name("patient-looked"), (struct example_look){LANGUAGE_EN, false}, NULL) != ERR_OK ||
	    !grow(s->stack[0]->model) || worker_give(s->worker, &job) != ERR_OK)
		return 1;
	((struct looked_draft *)s->stack[0]->draft)->all = true;
	s->stack[0]->made = false;
	for (unsigned i = 0; i < KEYS; i++)
		press(s, t, &g, &samples);
	figures[0] = (double)bench_percentile(&samples, 50) / 1e6;
	figures[1] = (double)bench_percentile(&samples, 99) / 1e6;
	figures[2] = (double)resident_kib(getpid()) / 1024;
	worker_cancel(s->worker);
	terminal_free(t);
	return write(out, figures, sizeof(figures)) == sizeof(figures) ? 0 : 1;
}

static bool keys_once(double figures[3])
{
	int ends[2];
	ssize_t got;
	pid_t pid;

	if (pipe(ends) != 0)
		return false;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(keys_child(ends[1]));
	close(ends[1]);
	got = read(ends[0], figures, 3 * sizeof(double));
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return got == 3 * (ssize_t)sizeof(double);
}

static bool keys(void)
{
	struct bench_figure p50 = BENCH_FIGURE("key to painted bytes, p50", "ms", BENCH_LESS);
	struct bench_figure p99 = BENCH_FIGURE("key to painted bytes, p99", "ms", BENCH_LESS);
	double figures[3] = {0};

	for (unsigned i = 0; i < bench_passes(); i++) {
		if (!keys_once(figures))
			return false;
		bench_add(&p50, figures[0]);
		bench_add(&p99, figures[1]);
	}
	bench_print(&p50, NULL);
	bench_print(&p99, NULL);
	bench_fact("  resident with 100,000 entries", figures[2], "MiB");
	return true;
}

int main(void)
{
	const char *build = getenv("BUILD");

	bench_head();
	return frames(build != NULL ? build : "build/release") && keys() ? 0 : 1;
}
