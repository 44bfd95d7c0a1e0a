/* SPDX-License-Identifier: Apache-2.0 */
/* The screens: how soon the first frame is there, how soon a key shows, and how much memory they hold.
 *
 * First frame: from exec to the first bytes on a pseudo-terminal, beside `less` on the same terminal.  Keys: in a patient's
 * list of 100,000 entries, read from her replica, painted on a pseudo-terminal, while the worker syncs a full replica of
 * 10,000 blocks from a real daemon: down, one each few milliseconds as a hand that holds the key, until the sync is done.
 */
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "bench_chain.h"
#include "core/base/files.h"
#include "core/app/internal.h"
#include "core/crypto/start.h"
#include "temp_dir.h"
#include "tui/examples/examples.h"
#include "tui/grid/terminal.h"
#include "tui/screens/patient_looked.h"
#include "tui/screens/session_parts.h"

#define BLOCKS 5000u /* of changes; as many empty ones follow them */
#define BLOCK_TXS 20u
#define KEY_EVERY_MS 4
#define PATH 256u

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

/* What a client has to know of the network, for a process that was forked before there was one: its memory is its own. */
struct brief {
	char patient[PATH], full[PATH], genesis[PATH];
	struct network_id network;
	struct peer_address peer;
	struct account_id owner, officer;
	char ticket[1024];
};
struct figures { double p50, p99, keys, load_ms, sync_s, list_kib, kib; };

struct sync_job {
	struct job job;
	const struct brief *brief;
	struct bytes genesis;
	uint64_t took_ns;
	bool ended;
};

static enum err sync_run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct sync_job *s = (struct sync_job *)j;
	const struct brief *b = s->brief;
	struct replica_sync_report report;
	uint64_t start = bench_now_ns();

	(void)a;
	(void)info;
	replica_free(bench_chain_sync(&report, b->full, s->genesis, &b->network, &b->peer, bytes_str(b->ticket), &b->officer,
				      true, task));
	s->took_ns = bench_now_ns() - start;
	return ERR_OK;
}

static void sync_done(struct job *j, enum err e, const struct err_info *info)
{
	(void)e;
	(void)info;
	((struct sync_job *)j)->ended = true;
}

static void stays(struct job *j)
{
	(void)j;
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

/* The view's own load, from the patient's replica; the profile around it is what a list needs of one. */
static bool load_list(struct open_view *v, const struct brief *b, struct bytes genesis)
{
	static const struct option_row rows[] = {{"mode", OPTION_TEXT, "patient", ""}};
	const struct replica_options o = {.path = b->patient, .genesis = genesis, .account = b->owner, .clock = clock_real()};
	struct app *a = calloc(1, sizeof(*a));
	void *model = calloc(1, v->ops->model_size);
	bool ok = a != NULL && model != NULL;

	if (ok) {
		options_init(&a->profile.options, rows, 1);
		a->owner = a->me.account = b->owner;
		a->synced = true;
		ok = replica_open(&a->replica, &o, NULL) == ERR_OK && v->ops->load(model, a, v->draft, NULL, NULL) == ERR_OK;
		replica_free(a->replica);
	}
	free(a);
	v->ops->release(v->model);
	free(v->model);
	v->model = model;
	v->made = v->rest_made = false;
	return ok && ((struct looked_model *)model)->log.state.count >= BLOCKS * BLOCK_TXS;
}

static bool open_screens(struct session **s, struct terminal **t, struct grid *g)
{
	const struct terminal_options options = {.theme = THEME_DARK};

	return terminal_open(t, &options, NULL) == ERR_OK && grid_init(g, size.ws_col, size.ws_row) == ERR_OK &&
	       example_session(s, example_by_name("patient-looked"), (struct example_look){LANGUAGE_EN, false}, NULL) == ERR_OK;
}

static bool keys_of(struct figures *ret, const struct brief *b, struct bytes genesis)
{
	struct sync_job sync = {.job = {.run = sync_run, .done = sync_done, .free = stays, .what = "blocks"}, .brief = b,
				.genesis = genesis};
	struct bench_samples samples = {0};
	uint64_t start = bench_now_ns();
	struct pollfd worker = {.events = POLLIN};
	struct session *s;
	struct terminal *t;
	struct grid g;

	if (!open_screens(&s, &t, &g) || !load_list(s->stack[0], b, genesis) || worker_give(s->worker, &sync.job) != ERR_OK)
		return false;
	worker.fd = worker_wakes(s->worker);
	ret->load_ms = (double)(bench_now_ns() - start) / 1e6;
	ret->list_kib = (double)resident_kib(getpid());
	while (!sync.ended) {
		press(s, t, &g, &samples);
		if (poll(&worker, 1, KEY_EVERY_MS) > 0)
			worker_take(s->worker);
	}
	ret->keys = (double)samples.count;
	ret->p50 = (double)bench_percentile(&samples, 50) / 1e6;
	ret->p99 = (double)bench_percentile(&samples, 99) / 1e6;
	ret->sync_s = (double)sync.took_ns / 1e9;
	ret->kib = (double)resident_kib(getpid());
	terminal_free(t);
	return true;
}

/* In a child, whose standard output is the terminal: told by one pipe what to do, it answers by another. */
static int keys_child(int in, int out)
{
	struct buf genesis = BUF_INIT;
	struct figures figures;
	struct brief brief;
	pthread_t reader;
	int master;

	if (read(in, &brief, sizeof(brief)) != sizeof(brief) || files_read(&genesis, brief.genesis, 1u << 20, NULL) != ERR_OK)
		return 1;
	if (!terminal_of_pty(&master) || pthread_create(&reader, NULL, drain, &master) != 0 ||
	    !keys_of(&figures, &brief, buf_bytes(&genesis)))
		return 1;
	return write(out, &figures, sizeof(figures)) == sizeof(figures) ? 0 : 1;
}

struct child { pid_t pid; int in, out; };

static struct child child_start(void)
{
	int in[2], out[2];
	struct child c;

	ASSERT(pipe(in) == 0 && pipe(out) == 0);
	fflush(stdout);
	c.pid = fork();
	if (c.pid == 0) {
		close(in[1]);
		_exit(keys_child(in[0], out[1]));
	}
	close(in[0]);
	close(out[1]);
	c.in = in[1];
	c.out = out[0];
	return c;
}

static bool child_ask(const struct child *c, const struct brief *b, struct figures *ret)
{
	bool ok = write(c->in, b, sizeof(*b)) == sizeof(*b) && read(c->out, ret, sizeof(*ret)) == sizeof(*ret);

	close(c->in);
	close(c->out);
	waitpid(c->pid, NULL, 0);
	unlink(b->full);
	return ok;
}

static void make_brief(struct brief *b, struct bench_chain *c, const struct temp_dir *dir)
{
	struct replica_sync_report report;
	struct buf ticket = BUF_INIT, own = BUF_INIT;

	*b = (struct brief){.network = c->d.network, .peer = c->d.peer, .owner = bench_chain_reader(c, false),
			    .officer = bench_chain_reader(c, true)};
	snprintf(b->patient, PATH, "%s/patient.db", dir->path);
	snprintf(b->full, PATH, "%s/full.db", dir->path);
	snprintf(b->genesis, PATH, "%s/genesis", dir->path);
	ASSERT(files_write(b->genesis, buf_bytes(&c->genesis), NULL) == ERR_OK);
	bench_chain_ticket(c, &own, false);
	replica_free(bench_chain_sync(&report, b->patient, buf_bytes(&c->genesis), &c->d.network, &c->d.peer,
				      buf_bytes(&own), &b->owner, false, NULL));
	bench_chain_ticket(c, &ticket, true);
	ASSERT(buf_bytes(&ticket).len < sizeof(b->ticket));
	snprintf(b->ticket, sizeof(b->ticket), "%s", buf_text(&ticket));
	buf_release(&ticket);
	buf_release(&own);
}

static void print_keys(const struct figures *all, size_t count)
{
	struct bench_figure p50 = BENCH_FIGURE("key to painted bytes, p50", "ms", BENCH_LESS);
	struct bench_figure p99 = BENCH_FIGURE("key to painted bytes, p99", "ms", BENCH_LESS);
	struct bench_figure load = BENCH_FIGURE("the list of 100,000, loaded and verified", "ms", BENCH_LESS);
	struct bench_figure sync = BENCH_FIGURE("the sync of 10,000 blocks beside", "s", BENCH_LESS);
	struct bench_figure list = BENCH_FIGURE("  resident with it", "MiB", BENCH_LESS);
	struct bench_figure memory = BENCH_FIGURE("  resident at the end of it", "MiB", BENCH_LESS);

	for (size_t i = 0; i < count; i++) {
		bench_add(&p50, all[i].p50);
		bench_add(&p99, all[i].p99);
		bench_add(&load, all[i].load_ms);
		bench_add(&sync, all[i].sync_s);
		bench_add(&list, all[i].list_kib / 1024);
		bench_add(&memory, all[i].kib / 1024);
	}
	bench_print(&p50, NULL);
	bench_print(&p99, NULL);
	bench_print(&load, NULL);
	bench_print(&list, NULL);
	bench_print(&sync, NULL);
	bench_print(&memory, NULL);
	bench_fact("  keys of the last pass", all[count - 1].keys, "");
}

static bool keys(const struct child *children, size_t count)
{
	static struct bench_chain chain;
	static struct figures figures[BENCH_VALUES_MAX];
	struct temp_dir dir;
	struct brief brief;
	bool ok = true;

	temp_dir_make(&dir);
	bench_chain_make(&chain, 1, BLOCKS, BLOCK_TXS, load_pause);
	for (size_t i = 0; ok && i < count; i++) {
		make_brief(&brief, &chain, &dir);
		ok = child_ask(&children[i], &brief, &figures[i]);
	}
	bench_chain_release(&chain);
	temp_dir_remove(&dir);
	if (ok)
		print_keys(figures, count);
	return ok;
}

int main(void)
{
	static struct child children[BENCH_VALUES_MAX];
	const char *build = getenv("BUILD");
	size_t count = bench_passes();

	signal(SIGPIPE, SIG_IGN);
	ASSERT(crypto_start(NULL) == ERR_OK);
	for (size_t i = 0; i < count; i++)
		children[i] = child_start();
	bench_head();
	return frames(build != NULL ? build : "build/release") && keys(children, count) ? 0 : 1;
}
