/* SPDX-License-Identifier: Apache-2.0 */
/* Every screen of the example world, cell for cell: its words, what they mean, where the cursor is, at three sizes, and in
 * ASCII.  UPDATE_GOLDEN=1 writes what is drawn now (make golden); the difference is then read before it is committed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/files.h"
#include "tui/examples/examples.h"
#include "tui/grid/dump.h"

#define GOLDEN_MAX (1024u * 1024)

static const struct { const char *name; int columns, rows; struct example_look look; void (*dump)(struct buf *, const struct grid *); } looks[] = {
	{"60x20", 60, 20, {LANGUAGE_EN, false}, dump_golden},
	{"80x24", 80, 24, {LANGUAGE_EN, false}, dump_golden},
	{"120x40", 120, 40, {LANGUAGE_EN, false}, dump_golden},
	{"80x24 ascii", 80, 24, {LANGUAGE_EN, true}, dump_golden},
	{"80x24 nl", 80, 24, {LANGUAGE_NL, false}, dump_golden},
	{"80x24 mono", 80, 24, {LANGUAGE_EN, true}, dump_mono},
};
#define LOOKS (sizeof(looks) / sizeof(looks[0]))

static void draw(struct buf *out, const struct example *x, size_t look)
{
	struct err_info info = {0};
	struct session *s;
	struct grid g;

	if (example_session(&s, x, looks[look].look, &info) != ERR_OK)
		fail_msg("%s: %s", x->name, info.detail);
	assert_int_equal(grid_init(&g, looks[look].columns, looks[look].rows), ERR_OK);
	session_draw(s, &g);
	buf_printf(out, "==== %s\n", looks[look].name);
	looks[look].dump(out, &g);
	session_free(s);
	grid_release(&g);
}

static void path_of(char out[4096], const struct example *x)
{
	snprintf(out, 4096, "tests/golden/%s.txt", x->view->name);
}

/* The first line that differs. */
static void say_difference(const struct example *x, struct bytes is, struct bytes was)
{
	size_t line = 1, at = 0;

	for (; at < is.len && at < was.len && is.data[at] == was.data[at]; at++)
		line += is.data[at] == '\n';
	fail_msg("%s: line %zu of tests/golden/%s.txt is not what is drawn now; 'make golden' writes it", x->name, line,
		 x->view->name);
}

static void compare(const struct example *x, const struct buf *drawn)
{
	struct buf golden = BUF_INIT;
	char path[4096];

	path_of(path, x);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		assert_int_equal(fwrite(drawn->data, 1, drawn->len, f), drawn->len);
		assert_int_equal(fclose(f), 0);
		return;
	}
	if (files_read(&golden, path, GOLDEN_MAX, NULL) != ERR_OK)
		fail_msg("%s is missing; 'make golden' writes it", path);
	if (drawn->len != golden.len || memcmp(drawn->data, golden.data, drawn->len) != 0)
		say_difference(x, buf_bytes(drawn), buf_bytes(&golden));
	buf_release(&golden);
}

static void every_screen_is_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; example_at(i) != NULL; i++) {
		struct buf drawn = BUF_INIT;

		for (size_t look = 0; look < LOOKS; look++)
			draw(&drawn, example_at(i), look);
		assert_int_equal(buf_error(&drawn), ERR_OK);
		compare(example_at(i), &drawn);
		buf_release(&drawn);
	}
}

/* Drawn twice it is the same: drawing changes nothing. */
static void drawing_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; example_at(i) != NULL; i++) {
		struct buf dumps[2] = {BUF_INIT, BUF_INIT};
		struct session *s;
		struct grid g;

		assert_int_equal(example_session(&s, example_at(i), looks[1].look, NULL), ERR_OK);
		assert_int_equal(grid_init(&g, 80, 24), ERR_OK);
		for (size_t n = 0; n < 2; n++) {
			session_draw(s, &g);
			dump_golden(&dumps[n], &g);
		}
		assert_string_equal(buf_text(&dumps[0]), buf_text(&dumps[1]));
		buf_release(&dumps[0]);
		buf_release(&dumps[1]);
		session_free(s);
		grid_release(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_screen_is_as_it_was),
		cmocka_unit_test(drawing_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
