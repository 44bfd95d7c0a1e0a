/* SPDX-License-Identifier: Apache-2.0 */
/* One page on panes of any width, and line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "tui/grid/dump.h"
#include "tui/widgets/page.h"

static const struct page_column columns[] = {
	{"When", 10, 16, 0, false}, {"Who", 8, 30, 0, false}, {"What", 6, 40, 1, false}, {"No.", 3, 6, 2, true},
};

static void make_log(struct page *p, int rows)
{
	page_columns(p, columns, 4);
	for (int i = 1; i <= rows; i++) {
		char number[16];

		snprintf(number, sizeof(number), "%d", i);
		page_row(p, i, i % 7 == 0 ? ROLE_DANGER : ROLE_PLAIN,
			 (const char *const[]){"2026-11-23", "Dr. C. Okafor, GP practice West", "2 laboratory results", number});
	}
}

static void draws(const struct page *p, int width, int height, struct page_place *at, const char *expected)
{
	struct buf out = BUF_INIT;
	struct grid g;

	assert_int_equal(grid_init(&g, width, height), ERR_OK);
	page_draw(p, &g, grid_box(&g), at, (struct page_look){.ascii = true, .focused = true});
	dump_text(&out, &g);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
	grid_release(&g);
}

/* What does not fit is counted, the titles and lines that wrap too. */
static void what_is_below_is_counted(void **state)
{
	const struct box in = {0, 0, 74, 4};
	struct page p = PAGE_INIT;
	struct page_place at = {.id = 1};
	struct grid g;

	(void)state;
	make_log(&p, 10);
	page_text(&p, ROLE_PLAIN, "A line that is longer than its box has columns is two lines, and both of them count here.");
	assert_int_equal(grid_init(&g, in.columns, in.rows), ERR_OK);
	page_draw(&p, &g, in, &at, (struct page_look){.ascii = true});
	assert_int_equal(page_below(&p, in, &at), 9);
	page_move(&p, &at, 9);
	page_draw(&p, &g, in, &at, (struct page_look){.ascii = true});
	assert_int_equal(page_below(&p, in, &at), 2);
	at.first = 9;
	page_draw(&p, &g, in, &at, (struct page_look){.ascii = true});
	assert_int_equal(page_below(&p, in, &at), 0);
	grid_release(&g);
	page_release(&p);
}

static void columns_give_way(void **state)
{
	struct page p = PAGE_INIT;
	struct page_place at = {.id = 1};

	(void)state;
	make_log(&p, 2);
	draws(&p, 74, 3, &at,
	      "  When        Who                             What                  No.\n"
	      "> 2026-11-23  Dr. C. Okafor, GP practice We~  2 laboratory results    1\n"
	      "  2026-11-23  Dr. C. Okafor, GP practice We~  2 laboratory results    2\n");
	draws(&p, 40, 2, &at,
	      "  When        Who        What        No.\n"
	      "> 2026-11-23  Dr. C. O~  2 laborat~    1\n");
	draws(&p, 30, 2, &at,
	      "  When        Who       What\n"
	      "> 2026-11-23  Dr. C. ~  2 lab~\n");
	draws(&p, 26, 2, &at,
	      "  When        Who\n"
	      "> 2026-11-23  Dr. C. Okaf~\n");
	page_release(&p);
}

static void the_list_follows_the_chosen_row(void **state)
{
	struct page p = PAGE_INIT;
	struct page_place at = {0};
	struct grid g;

	(void)state;
	make_log(&p, 100);
	page_move(&p, &at, 1);
	assert_int_equal(at.id, 1);
	page_move(&p, &at, 49);
	assert_int_equal(at.id, 50);
	assert_int_equal(grid_init(&g, 60, 11), ERR_OK);
	page_draw(&p, &g, grid_box(&g), &at, (struct page_look){.focused = true});
	assert_int_equal(at.first, 40);
	assert_string_equal(grid_cell(&g, 2, 0)->text, "W"); /* the titles stay */
	assert_int_equal(g.cursor_y, 10);
	page_move(&p, &at, -1000);
	assert_int_equal(at.id, 1);
	page_move(&p, &at, 1000);
	assert_int_equal(at.id, 100);
	assert_null(page_find(&p, 101));
	grid_release(&g);
	page_release(&p);
}

static void make_form(struct page *p)
{
	page_heading(p, "Before you ask");
	page_text(p, ROLE_PLAIN, "Nothing is fetched until you send it. Each fetch is one entry in her list.");
	page_pair(p, "Account", ROLE_DIM, "77ab10");
	page_pair(p, "Purpose", ROLE_PLAIN, "treatment");
	page_blank(p);
	page_choice(p, 1, "laboratory results", true, false);
	page_choice(p, 2, "letters", false, false);
	page_choice(p, 3, "until 31 Dec 2026", true, true);
	page_field(p, 4, "Reason", "road accident", false);
	page_field(p, 5, "Passphrase", "secret words", true);
}

static void a_form_has_its_words_and_places(void **state)
{
	struct page p = PAGE_INIT;
	struct page_place at = {.id = 4};

	(void)state;
	make_form(&p);
	assert_int_equal(page_error(&p), ERR_OK);
	draws(&p, 40, 12, &at,
	      "Before you ask\n"
	      "Nothing is fetched until you send it.\n"
	      "Each fetch is one entry in her list.\n"
	      "Account     77ab10\n"
	      "Purpose     treatment\n"
	      "\n"
	      "  [x] laboratory results\n"
	      "  [ ] letters\n"
	      "  (*) until 31 Dec 2026\n"
	      "> Reason      [road accident          ]\n"
	      "  Passphrase  [                       ]\n"
	      "\n");
	page_release(&p);
}

/* What is typed last can be seen, and the cursor stands behind it. */
static void a_long_field_shows_its_end(void **state)
{
	struct page p = PAGE_INIT;
	struct page_place at = {.id = 1};
	struct buf out = BUF_INIT;
	struct grid g;

	(void)state;
	page_field(&p, 1, "Reason", "unconscious after a road accident, nobody to ask", false);
	assert_int_equal(grid_init(&g, 40, 1), ERR_OK);
	page_draw(&p, &g, grid_box(&g), &at, (struct page_look){.ascii = true, .focused = true});
	dump_text(&out, &g);
	assert_non_null(strstr(buf_text(&out), "nobody to ask"));
	assert_true(g.cursor_x > 20 && g.cursor_x < 40);
	buf_release(&out);
	grid_release(&g);
	page_release(&p);
}

static void plain_lines_have_all_of_it(void **state)
{
	struct page p = PAGE_INIT, log = PAGE_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	make_form(&p);
	page_plain(&out, &p, LANGUAGE_EN, 60);
	assert_string_equal(buf_text(&out),
			    "Before you ask\n"
			    "Nothing is fetched until you send it. Each fetch is one\n"
			    "entry in her list.\n"
			    "Account: 77ab10\n"
			    "Purpose: treatment\n"
			    "\n"
			    " 1. laboratory results: yes\n"
			    " 2. letters: no\n"
			    " 3. until 31 Dec 2026: yes\n"
			    " 4. Reason: road accident\n"
			    " 5. Passphrase: (not shown)\n");
	assert_int_equal(page_numbered(&p, 4)->id, 4);
	assert_null(page_numbered(&p, 6));
	buf_clear(&out);
	page_plain(&out, &p, LANGUAGE_NL, 60);
	assert_non_null(strstr(buf_text(&out), " 1. laboratory results: ja\n 2. letters: nee\n"));
	assert_non_null(strstr(buf_text(&out), "Passphrase: (niet te zien)\n"));
	buf_release(&out);
	make_log(&log, 1);
	page_plain(&out, &log, LANGUAGE_EN, 60);
	assert_string_equal(buf_text(&out),
			    " 1. When: 2026-11-23, Who: Dr. C. Okafor, GP practice West,\n"
			    "    What: 2 laboratory results, No.: 1\n");
	buf_release(&out);
	page_release(&p);
	page_release(&log);
}

static void foreign_text_is_gated(void **state)
{
	struct page p = PAGE_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	page_text(&p, ROLE_PLAIN, "a\x1b[31mb\nc");
	page_pair(&p, "x\x07", ROLE_PLAIN, "\u202e" "abc");
	page_columns(&p, columns, 4);
	page_row(&p, 1, ROLE_PLAIN, (const char *const[]){"\x1b]2;t\x07", "", "", ""});
	page_plain(&out, &p, LANGUAGE_EN, 60);
	assert_null(strchr(buf_text(&out), 0x1b));
	assert_null(strchr(buf_text(&out), 0x07));
	assert_null(strstr(buf_text(&out), "\u202e"));
	buf_release(&out);
	page_release(&p);
}

/* Any page in any box: what is drawn stays in the box, and what is chosen is in sight. */
static void every_size_holds(void **state)
{
	unsigned seed = 11;

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 600; round++) {
		int width = 1 + rand_r(&seed) % 90, height = 1 + rand_r(&seed) % 30;
		struct page p = PAGE_INIT;
		struct page_place at = {0};
		struct grid g;
		struct box in;

		if (rand_r(&seed) % 2)
			make_form(&p);
		else
			make_log(&p, 1 + rand_r(&seed) % 60);
		assert_int_equal(grid_init(&g, width + 2, height + 2), ERR_OK);
		grid_fill(&g, grid_box(&g), ROLE_RULE, "#");
		in = (struct box){1, 1, width, height};
		grid_fill(&g, in, ROLE_PLAIN, " ");
		page_move(&p, &at, 1);
		page_move(&p, &at, rand_r(&seed) % 70);
		page_draw(&p, &g, in, &at, (struct page_look){.ascii = true, .focused = true});
		for (int y = 0; y < g.rows; y++)
			for (int x = 0; x < g.columns; x++)
				if (x == 0 || y == 0 || x == g.columns - 1 || y == g.rows - 1)
					assert_string_equal(grid_cell(&g, x, y)->text, "#");
		if (width > 3 && height > 3)
			assert_true(g.cursor_x >= 1 && g.cursor_x <= width && g.cursor_y >= 1 && g.cursor_y <= height);
		grid_release(&g);
		page_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_below_is_counted),
		cmocka_unit_test(columns_give_way),
		cmocka_unit_test(the_list_follows_the_chosen_row),
		cmocka_unit_test(a_form_has_its_words_and_places),
		cmocka_unit_test(a_long_field_shows_its_end),
		cmocka_unit_test(plain_lines_have_all_of_it),
		cmocka_unit_test(foreign_text_is_gated),
		cmocka_unit_test(every_size_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
