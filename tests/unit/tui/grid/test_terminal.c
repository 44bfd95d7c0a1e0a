/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal's side, through a pseudo terminal: keys as terminals send them, and what is left behind. */
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/grid/terminal.h"

#define ANSWER_MS 10000

struct child { pid_t pid; int terminal, names; };

/* Names every key that comes, one a line, until q. */
static void name_keys(struct terminal *t, int out)
{
	struct key key = {0};
	char line[PRESS_NAME + 16];

	for (;;) {
		struct pollfd wait = {.fd = terminal_input(t), .events = POLLIN};
		enum err e = terminal_key(t, &key);

		if (e == ERR_NOT_FOUND) {
			poll(&wait, 1, -1);
			continue;
		}
		if (e != ERR_OK || (key.press == PRESS_CHARACTER && key.character == 'q'))
			return;
		press_name(line, &key);
		if (key.press == PRESS_PASTE)
			strcat(line, key.begins ? " begins" : " ends");
		strcat(line, "\n");
		if (write(out, line, strlen(line)) < 0)
			return;
	}
}

static _Noreturn void run_child(const char *term, const char *locale, int out)
{
	const struct terminal_options options = {.theme = THEME_DARK};
	struct terminal *t;
	struct grid g;

	setenv("TERM", term, 1);
	if (setlocale(LC_ALL, locale) == NULL)
		_exit(3);
	if (terminal_open(&t, &options, NULL) != ERR_OK)
		_exit(2);
	if (grid_init(&g, 80, 24) != ERR_OK)
		_exit(4);
	grid_text(&g, grid_box(&g), 0, 0, ROLE_HEADING, "penicillin \u6771|");
	terminal_paint(t, &g);
	if (write(out, "ready\n", 6) != 6)
		_exit(5);
	name_keys(t, out);
	terminal_free(t);
	grid_release(&g);
	_exit(0);
}

static struct child start(const char *term, const char *locale)
{
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	struct child c;
	int names[2];

	assert_int_equal(pipe(names), 0);
	c.pid = forkpty(&c.terminal, NULL, NULL, &size);
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		close(names[0]);
		run_child(term, locale, names[1]);
	}
	close(names[1]);
	c.names = names[0];
	return c;
}

/* Everything that comes from a descriptor until its end or until it has said text. */
static void gather(struct buf *out, int fd, const char *text)
{
	char piece[4096];

	while (text == NULL || out->len == 0 || strstr(buf_text(out), text) == NULL) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		ssize_t len;

		assert_true(poll(&wait, 1, ANSWER_MS) > 0);
		len = read(fd, piece, sizeof(piece));
		if (len <= 0)
			return;
		buf_append(out, piece, (size_t)len);
	}
}

static void end(struct child *c, int expected)
{
	int status;

	close(c->names);
	close(c->terminal);
	assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void say(const struct child *c, const char *bytes)
{
	assert_int_equal(write(c->terminal, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

static void keys_have_one_name(void **state)
{
	static const struct { const char *term, *sent, *named; } rows[] = {
		{"xterm-256color", "j\x15\r\t\x7f", "j\nCtrl-U\nEnter\nTab\nBackspace\n"},
		{"xterm-256color", "\x1bOA\x1bOB\x1b[Z\x1b[5~\x1bOP\xc3\xa9", "Up\nDown\nShift-Tab\nPgUp\nF1\n\u00e9\n"},
		{"xterm-256color", "\x1b[200~a\r\x1b[201~", "Paste begins\na\nEnter\nPaste ends\n"},
		{"linux", "\x1b[A\x1b[1~\x1b[4~", "Up\nHome\nEnd\n"},
		{"vt100", "\x1bOA\x08", "Up\nBackspace\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct child c = start(rows[i].term, "C.UTF-8");
		struct buf got = BUF_INIT, drawn = BUF_INIT;

		gather(&got, c.names, "ready\n");
		say(&c, rows[i].sent);
		say(&c, "q");
		gather(&got, c.names, NULL);
		gather(&drawn, c.terminal, NULL);
		assert_string_equal(buf_text(&got) + strlen("ready\n"), rows[i].named);
		end(&c, 0);
		buf_release(&got);
		buf_release(&drawn);
	}
}

/* What was drawn is erased before the person's own screen comes back. */
static void nothing_is_left(void **state)
{
	struct child c = start("xterm-256color", "C.UTF-8");
	struct buf got = BUF_INIT, drawn = BUF_INIT;
	const char *leaves, *text, *erased;

	(void)state;
	gather(&got, c.names, "ready\n");
	say(&c, "q");
	gather(&drawn, c.terminal, NULL);
	text = strstr(buf_text(&drawn), "penicillin");
	leaves = strstr(buf_text(&drawn), "\x1b[?1049l");
	assert_non_null(text);
	assert_non_null(leaves);
	erased = strstr(text, "\x1b[K") ? strstr(text, "\x1b[K") : strstr(text, "\x1b[J");
	assert_non_null(erased);
	assert_true(erased < leaves);
	assert_null(strstr(leaves, "penicillin"));
	end(&c, 0);
	buf_release(&got);
	buf_release(&drawn);
}

static void columns_stay_without_utf8(void **state)
{
	struct child c = start("xterm-256color", "C");
	struct buf got = BUF_INIT, drawn = BUF_INIT;

	(void)state;
	gather(&got, c.names, "ready\n");
	say(&c, "q");
	gather(&drawn, c.terminal, NULL);
	assert_non_null(strstr(buf_text(&drawn), "penicillin ??|"));
	end(&c, 0);
	buf_release(&got);
	buf_release(&drawn);
}

static void a_terminal_without_places_is_refused(void **state)
{
	static const char *const kinds[] = {"dumb", "no-such-terminal"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct child c = start(kinds[i], "C.UTF-8");
		struct buf none = BUF_INIT;

		gather(&none, c.names, NULL); /* until it has gone: a hang-up would end it too */
		assert_int_equal(none.len, 0);
		end(&c, 2);
		buf_release(&none);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_one_name),
		cmocka_unit_test(nothing_is_left),
		cmocka_unit_test(columns_stay_without_utf8),
		cmocka_unit_test(a_terminal_without_places_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
