/* SPDX-License-Identifier: Apache-2.0 */
/* A session on screens of the example world: what is asked before danger, what Enter does not do, what locking takes away. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/examples/examples.h"
#include "tui/grid/dump.h"
#include "tui/screens/patient_looked.h"
#include "tui/screens/codes.h"
#include "tui/screens/session_parts.h"

#define RANDOM_KEYS 10000

struct seen { struct session *s; struct grid g; char *text; };

static void open_example(struct seen *x, const char *name)
{
	const struct example_look look = {LANGUAGE_EN, true};
	const struct example *e = example_by_name(name);

	assert_non_null(e);
	*x = (struct seen){0};
	assert_int_equal(example_session(&x->s, e, look, NULL), ERR_OK);
	assert_int_equal(grid_init(&x->g, 80, 24), ERR_OK);
}

static void close_example(struct seen *x)
{
	session_free(x->s);
	grid_release(&x->g);
	free(x->text);
}

static const char *screen(struct seen *x)
{
	struct buf out = BUF_INIT;

	session_draw(x->s, &x->g);
	dump_text(&out, &x->g);
	assert_int_equal(buf_error(&out), ERR_OK);
	free(x->text);
	x->text = strdup(buf_text(&out));
	buf_release(&out);
	return x->text;
}

static void press(struct seen *x, const char *name)
{
	struct key key;

	assert_int_equal(press_parse(&key, name), ERR_OK);
	session_key(x->s, &key);
}

static void type(struct seen *x, const char *text)
{
	for (; *text != '\0'; text++)
		session_key(x->s, &(struct key){.press = PRESS_CHARACTER, .character = (uint32_t)(unsigned char)*text});
}

static void says(struct seen *x, const char *words)
{
	if (strstr(screen(x), words) == NULL)
		fail_msg("'%s' is not on the screen:\n%s", words, x->text);
}

static void says_not(struct seen *x, const char *words)
{
	if (strstr(screen(x), words) != NULL)
		fail_msg("'%s' is on the screen:\n%s", words, x->text);
}

/* Work that there is no profile for ends as locked; nothing of it comes back later. */
static void settle(struct seen *x)
{
	struct pollfd worker = {.fd = session_wakes(x->s), .events = POLLIN};

	while (!session_idle(x->s)) {
		assert_int_equal(poll(&worker, 1, 60 * 1000), 1);
		session_take(x->s);
	}
}

static void enter_never_confirms(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	press(&x, "Z");
	says(&x, "Stop all sharing now");
	says(&x, "Same as: medlock consent pause");
	press(&x, "Enter");
	press(&x, "Space");
	says(&x, "Stop all sharing now");
	assert_int_equal(x.s->acting, 0);
	press(&x, "Esc");
	says_not(&x, "Same as:");
	says(&x, "Nothing was done.");
	assert_int_equal(x.s->acting, 0);
	press(&x, "Z");
	press(&x, "y");
	assert_int_equal(x.s->acting, 1);
	settle(&x);
	close_example(&x);
}

static void danger_is_typed(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-records");
	press(&x, "X");
	says(&x, "for good");
	says(&x, "Type b8b8 and Enter");
	press(&x, "y");
	press(&x, "Enter");
	assert_int_equal(x.s->acting, 0);
	says(&x, "That is something else.");
	press(&x, "Backspace");
	type(&x, "b8b");
	press(&x, "Enter");
	assert_int_equal(x.s->acting, 0);
	type(&x, "8");
	press(&x, "Enter");
	assert_int_equal(x.s->acting, 1);
	settle(&x);
	close_example(&x);
}

/* What was pasted is text: it confirms nothing, whatever is in it. */
static void a_paste_is_no_act(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	session_key(x.s, &(struct key){.press = PRESS_PASTE, .begins = true});
	type(&x, "Zy");
	session_key(x.s, &(struct key){.press = PRESS_ENTER});
	session_key(x.s, &(struct key){.press = PRESS_PASTE});
	says_not(&x, "Stop all sharing now");
	press(&x, "Z");
	session_key(x.s, &(struct key){.press = PRESS_PASTE, .begins = true});
	type(&x, "y");
	session_key(x.s, &(struct key){.press = PRESS_PASTE});
	assert_int_equal(x.s->acting, 0);
	says(&x, "Stop all sharing now");
	close_example(&x);
}

/* Megabytes that are pasted where something is typed end where a line ends. */
static void a_large_paste_is_cut(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "line-form");
	press(&x, "Enter");
	session_key(x.s, &(struct key){.press = PRESS_PASTE, .begins = true});
	for (int i = 0; i < 3 * 1024 * 1024; i++)
		session_key(x.s, &(struct key){.press = PRESS_CHARACTER, .character = i % 7 == 0 ? 0x1b : 0x4e00});
	session_key(x.s, &(struct key){.press = PRESS_PASTE});
	assert_true(x.s->input.len <= INPUT_MAX);
	press(&x, "Enter");
	screen(&x);
	for (int i = 0; i < 24 * 80; i++)
		assert_true(grid_cell(&x.g, i % 80, i / 80)->text[0] != 0x1b);
	close_example(&x);
}

static void click(struct seen *x, int column, int row)
{
	session_key(x->s, &(struct key){.press = PRESS_CLICK, .x = column, .y = row});
}

/* A click chooses, a second one opens; beside everything it does nothing, and it confirms nothing. */
static void clicks_choose_and_open(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-records");
	says(&x, "> 21 Nov 2026");
	click(&x, 10, 6);
	says(&x, "> 3 Nov 2026");
	for (int i = 0; i < 24; i++)
		click(&x, 79, i < 6 ? i : 23);
	assert_int_equal(x.s->depth, 1);
	click(&x, 10, 6);
	click(&x, 10, 6);
	assert_int_equal(x.s->depth, 2);
	settle(&x);
	close_example(&x);
	open_example(&x, "patient-sharing");
	press(&x, "Z");
	for (int y = 0; y < 24; y++)
		for (int column = 0; column < 80; column += 3)
			click(&x, column, y);
	says(&x, "Stop all sharing now");
	assert_int_equal(x.s->acting, 0);
	close_example(&x);
}

/* More access waits, and u takes it back before anything was sent. */
static void widening_can_be_taken_back(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-rule");
	press(&x, "s");
	says(&x, "It waits 30 seconds");
	press(&x, "y");
	assert_int_equal(x.s->acting, 0);
	assert_true(x.s->pending.stands);
	says(&x, "Will be sent in 30 s");
	press(&x, "q");
	assert_int_equal(session_wants(x.s), WANT_NOTHING);
	says(&x, "Will be sent");
	press(&x, "u");
	assert_false(x.s->pending.stands);
	says(&x, "Nothing was sent");
	assert_int_equal(x.s->acting, 0);
	close_example(&x);
}

/* Every act is in the book with its line, from the wait on to its end, also while the book is open. */
static void what_was_done_is_kept(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	press(&x, "J");
	says(&x, "Nothing was done since");
	press(&x, "Esc");
	press(&x, "Z");
	press(&x, "Esc");
	press(&x, "J");
	says(&x, "Nothing was done since");
	press(&x, "Esc");
	press(&x, "Z");
	press(&x, "y");
	press(&x, "J");
	says(&x, "running");
	says(&x, "medlock consent pause");
	settle(&x);
	assert_true(x.s->locked); /* there is no profile here */
	assert_int_equal(x.s->activity.rows[0].state, ACTIVITY_FAILED);
	assert_true(x.s->activity.rows[0].why[0] != '\0');
	close_example(&x);
	open_example(&x, "patient-rule");
	press(&x, "s");
	press(&x, "y");
	press(&x, "J");
	says(&x, "can be undone");
	press(&x, "u");
	says(&x, "taken back");
	for (unsigned i = 0; i < 3 * ACTIVITY_MAX; i++)
		activity_begin(x.s, &x.s->pending.act, ACTIVITY_RUNS);
	assert_int_equal(x.s->activity.count, ACTIVITY_MAX);
	activity_is(x.s, 1, ACTIVITY_DONE, ""); /* no longer there */
	says_not(&x, "  done  ");
	close_example(&x);
}

/* Each expected failure has words in each language; the detail stays as it is. */
static void errors_speak_the_language(void **state)
{
	const struct err_info info = {.detail = "https://127.0.0.1:1"};
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	x.s->options.language = LANGUAGE_NL;
	session_say_error(x.s, ERR_NETWORK, &info);
	says(&x, "De peer is niet te bereiken: https://127.0.0.1:1.");
	says(&x, "(E-NET-02)");
	says_not(&x, "cannot be reached");
	close_example(&x);
	for (size_t i = 0, count; err_rows(&count), i < count; i++) {
		const struct err_row *row = err_rows(&count) + i;

		if (row->err == ERR_OK)
			continue;
		assert_string_equal(say_error(LANGUAGE_EN, row->err), row->text);
		assert_string_equal(say_next(LANGUAGE_EN, row->err), row->next);
		assert_string_not_equal(say_error(LANGUAGE_NL, row->err), row->code);
		assert_string_not_equal(say_error(LANGUAGE_NL, row->err), row->text);
	}
}

/* ---- a page that takes its time ---- */

static enum err slow_load(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info)
{
	(void)model;
	(void)a;
	(void)draft;
	(void)task;
	(void)info;
	return ERR_OK;
}

static void slow_list(const struct view *v, struct page *p)
{
	const struct page_column column = {"Name", 8, 20, 0, false};

	(void)v;
	page_columns(p, &column, 1);
	page_row(p, 1, ROLE_PLAIN, (const char *const[]){"first row"});
	page_row(p, 2, ROLE_PLAIN, (const char *const[]){"second row"});
}

static void slow_sign(struct act *ret, const struct view *v, int id)
{
	(void)v;
	act_line(ret, "about", id == 2 ? "second" : "first");
	act_yes(ret, WORD_REPORT_QUESTION, NULL);
}

static const struct view_act slow_acts[] = {{ACTION_SIGN, slow_sign}, {ACTION_NONE, NULL}};
static const struct view_ops slow = {
	.name = "slow", .title = WORD_VIEW_RESULT, .model_size = 1, .load = slow_load, .list = slow_list, .acts = slow_acts,
};

/* What is typed ahead reaches its page in order, and nothing else: a question is never answered before it is on the screen. */
static void keys_wait_for_their_page(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	assert_int_equal(stack_push(x.s, &slow, NULL), ERR_OK);
	type(&x, "/second");
	press(&x, "Enter");
	assert_string_equal(stack_top(x.s)->filter, "");
	settle(&x);
	assert_string_equal(stack_top(x.s)->filter, "second");
	says_not(&x, "first row");
	press(&x, "Esc");
	press(&x, "Esc");

	assert_int_equal(stack_push(x.s, &slow, NULL), ERR_OK);
	type(&x, "jsyyy");
	settle(&x);
	says(&x, "Same as: medlock about second");
	assert_int_equal(x.s->overlay, OVERLAY_CONFIRM);
	assert_int_equal(x.s->acting, 0);
	assert_int_equal(x.s->ahead_count, 0);
	press(&x, "Esc");
	press(&x, "Esc");

	assert_int_equal(stack_push(x.s, &slow, NULL), ERR_OK);
	type(&x, "s");
	press(&x, "Esc"); /* leaves, and takes back what waited */
	settle(&x);
	assert_int_equal(x.s->overlay, OVERLAY_NONE);
	assert_int_equal(stack_push(x.s, &slow, NULL), ERR_OK);
	for (int i = 0; i < 1000; i++)
		type(&x, "j");
	assert_int_equal(x.s->ahead_count, AHEAD_MAX);
	type(&x, "L");
	settle(&x);
	assert_true(x.s->locked);
	assert_int_equal(x.s->ahead_count, 0);
	close_example(&x);
}

static void the_wait_ends_in_the_act(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-rule");
	press(&x, "s");
	press(&x, "y");
	assert_true(x.s->pending.stands);
	x.s->pending.due_ms = x.s->steady_ms;
	session_tick(x.s);
	assert_false(x.s->pending.stands);
	assert_int_equal(x.s->acting, 1);
	settle(&x);
	close_example(&x);
}

static void a_filter_hides_and_shows(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-looked");
	says(&x, "Insurer portal");
	press(&x, "/");
	type(&x, "okafor");
	says_not(&x, "Insurer portal");
	press(&x, "Enter");
	says(&x, "Find \"okafor\": 2 of");
	assert_string_equal(((const struct looked_draft *)x.s->stack[0]->draft)->find, "okafor"); /* in all entries */
	press(&x, "Esc");
	says(&x, "Insurer portal");
	press(&x, "/");
	type(&x, "!okafor");
	says(&x, "Insurer portal");
	says_not(&x, "okafor, GP");
	close_example(&x);
}

/* Help is found by typing, runs what it finds, and says why something cannot be done now. */
static void help_says_and_runs(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-sharing");
	press(&x, "?");
	says(&x, "stop all sharing now");
	says(&x, "These rules are your own");
	type(&x, "try as");
	says_not(&x, "stop all sharing now");
	press(&x, "Enter");
	says(&x, "Try as");
	close_example(&x);
}

static void locking_takes_everything_away(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "record");
	says(&x, "Penicillin");
	press(&x, "b");
	says_not(&x, "Penicillin");
	press(&x, "x");
	says(&x, "Penicillin");
	session_lock(x.s);
	says_not(&x, "Penicillin");
	says(&x, "Locked.");
	assert_null(x.s->stack[0]->model);
	for (const char *key = "jkZyXs1234"; *key != '\0'; key++) {
		session_key(x.s, &(struct key){.press = PRESS_CHARACTER, .character = (uint32_t)*key});
		says(&x, "Locked.");
	}
	settle(&x);
	close_example(&x);
}

static void idle_screens_go_blank_and_lock(void **state)
{
	struct seen x;

	(void)state;
	open_example(&x, "patient-overview");
	x.s->pressed_ms = x.s->steady_ms - x.s->idle.blank_ms;
	session_tick(x.s);
	says_not(&x, "anna");
	press(&x, "j");
	says(&x, "anna");
	x.s->pressed_ms = x.s->steady_ms - x.s->idle.lock_ms;
	session_tick(x.s);
	assert_true(x.s->locked);
	settle(&x);
	close_example(&x);
}

static void a_small_window_says_so(void **state)
{
	static const struct { int columns, rows; } sizes[] = {{59, 24}, {80, 19}, {20, 5}, {1, 1}};
	struct seen x;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		open_example(&x, "patient-overview");
		grid_release(&x.g);
		assert_int_equal(grid_init(&x.g, sizes[i].columns, sizes[i].rows), ERR_OK);
		says_not(&x, "EMERGENCY");
		press(&x, "q");
		assert_int_equal(session_wants(x.s), WANT_QUIT);
		close_example(&x);
	}
}

/* A key of any kind, more often those that do something. */
static struct key random_key(void)
{
	static const char letters[] = "jkhlgG/:?ubLqPMN123456789sdDvexonEXaHFtwpZSBRIyKcfrAOiUz \t";
	static const enum press presses[] = {PRESS_ENTER, PRESS_ESCAPE, PRESS_TAB, PRESS_BACKSPACE, PRESS_UP, PRESS_DOWN,
					     PRESS_PAGE_UP, PRESS_PAGE_DOWN, PRESS_HOME, PRESS_END, PRESS_F1};
	int kind = rand() % 10;

	if (kind < 7)
		return (struct key){.press = PRESS_CHARACTER, .character = (uint32_t)letters[(size_t)rand() % (sizeof(letters) - 1)]};
	if (kind == 7)
		return (struct key){.press = PRESS_CONTROL, .character = (uint32_t)('a' + rand() % 26)};
	if (kind == 8 && rand() % 8 == 0)
		return (struct key){.press = PRESS_PASTE, .begins = rand() % 2};
	return (struct key){.press = presses[(size_t)rand() % (sizeof(presses) / sizeof(presses[0]))]};
}

/* Whatever is pressed: something can be drawn at every size, the cursor is on it, and locked means locked. */
static void press_at_random(const char *name, unsigned seed)
{
	struct seen x;

	open_example(&x, name);
	for (int i = 0; i < RANDOM_KEYS / 4; i++) {
		struct key key = random_key();

		session_key(x.s, &key);
		if (i % 7 == 0)
			session_take(x.s);
		if (i % 50 == 0) {
			grid_release(&x.g);
			assert_int_equal(grid_init(&x.g, 1 + rand() % 140, 1 + rand() % 45), ERR_OK);
		}
		session_draw(x.s, &x.g);
		if (x.g.cursor_x < 0 || x.g.cursor_x >= x.g.columns || x.g.cursor_y < 0 || x.g.cursor_y >= x.g.rows)
			fail_msg("%s, seed %u, key %d: the cursor is outside", name, seed, i);
		if (x.s->locked)
			assert_true(x.s->depth == 0 || x.s->stack[0]->model == NULL || x.s->stack[0]->ops->modes == 0);
		session_wants(x.s);
	}
	close_example(&x);
}

static void random_keys_break_nothing(void **state)
{
	static const char *const names[] = {
		"patient-overview", "patient-rule", "patient-records", "patient-looked", "keys", "ca-queue", "ca-certificates",
		"ca-deposit", "ca-case", "ca-end", "institute-today", "institute-request", "institute-patient",
		"institute-emergency", "institute-research", "institute-requests", "institute-answer", "record-raw", "people",
		"settings", "line-form",
	};
	const char *given = getenv("SEED");
	unsigned seed = given != NULL ? (unsigned)strtoul(given, NULL, 10) : 5;

	(void)state;
	printf("seed %u\n", seed);
	srand(seed);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		press_at_random(names[i], seed);
}

int main(void)
{
	char folder[] = "/tmp/medlock-test-XXXXXX";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enter_never_confirms),		 cmocka_unit_test(danger_is_typed),
		cmocka_unit_test(a_large_paste_is_cut),		 cmocka_unit_test(clicks_choose_and_open),
		cmocka_unit_test(a_paste_is_no_act),		 cmocka_unit_test(widening_can_be_taken_back),
		cmocka_unit_test(the_wait_ends_in_the_act),	 cmocka_unit_test(what_was_done_is_kept), cmocka_unit_test(errors_speak_the_language), cmocka_unit_test(keys_wait_for_their_page),
		cmocka_unit_test(a_filter_hides_and_shows),
		cmocka_unit_test(help_says_and_runs),		 cmocka_unit_test(locking_takes_everything_away),
		cmocka_unit_test(idle_screens_go_blank_and_lock), cmocka_unit_test(a_small_window_says_so),
		cmocka_unit_test(random_keys_break_nothing),
	};
	int failed;

	if (mkdtemp(folder) == NULL || setenv("XDG_CONFIG_HOME", folder, 1) != 0)
		return 1; /* settings that random keys choose are kept elsewhere than the person's */
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return failed;
}
