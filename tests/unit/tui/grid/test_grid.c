/* SPDX-License-Identifier: Apache-2.0 */
/* Text on cells: widths, edges, and text that would like to be more than text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/text.h"
#include "tui/grid/dump.h"
#include "tui/grid/layout.h"

static void shows(const struct grid *g, const char *expected)
{
	struct buf out = BUF_INIT;

	dump_text(&out, g);
	assert_string_equal(buf_text(&out), expected);
	buf_release(&out);
}

static void wide_and_combining_keep_the_columns(void **state)
{
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 10, 2), ERR_OK);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "\u6771\u4eac|"), 5);
	assert_string_equal(grid_cell(&g, 4, 0)->text, "|");
	assert_int_equal(grid_cell(&g, 1, 0)->columns, 0);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 1, ROLE_PLAIN, "e\u0301x"), 2);
	assert_string_equal(grid_cell(&g, 0, 1)->text, "e\u0301");
	shows(&g, "\u6771\u4eac|\ne\u0301x\n");
	grid_release(&g);
}

/* Half of a wide character would shift everything after it. */
static void half_a_wide_character_is_a_blank(void **state)
{
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 6, 1), ERR_OK);
	grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "\u6771\u4eac\u90fd");
	grid_text(&g, grid_box(&g), 1, 0, ROLE_PLAIN, "x");
	grid_text(&g, grid_box(&g), 4, 0, ROLE_PLAIN, "y");
	shows(&g, " x\u4eacy\n");
	grid_clear(&g);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "12345\u6771"), 5); /* it needs two */
	shows(&g, "12345\n");
	grid_release(&g);
}

static void nothing_leaves_its_box(void **state)
{
	struct grid g;
	struct box in;

	(void)state;
	assert_int_equal(grid_init(&g, 8, 3), ERR_OK);
	in = box_part(grid_box(&g), 2, 1, 4, 1);
	grid_text(&g, in, 0, 0, ROLE_PLAIN, "abcdefgh");
	grid_text(&g, in, 0, 1, ROLE_PLAIN, "below");
	grid_text(&g, in, 0, -1, ROLE_PLAIN, "above");
	grid_text(&g, in, -1, 0, ROLE_PLAIN, "before");
	grid_fill(&g, (struct box){6, 2, 50, 50}, ROLE_RULE, "-");
	shows(&g, "\n  abcd\n      --\n");
	in = box_part(in, 3, 0, 9, 9);
	assert_int_equal(in.columns, 1);
	assert_int_equal(in.rows, 1);
	grid_release(&g);
}

static void what_is_cut_says_so(void **state)
{
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 12, 2), ERR_OK);
	assert_int_equal(grid_text_cut(&g, grid_box(&g), 0, 0, 6, ROLE_PLAIN, "laboratory", "~"), 6);
	assert_int_equal(grid_text_cut(&g, grid_box(&g), 0, 1, 6, ROLE_PLAIN, "labs", "~"), 4);
	grid_text_right(&g, grid_box(&g), 12, 1, ROLE_PLAIN, "12:04");
	shows(&g, "labor~\nlabs   12:04\n");
	grid_release(&g);
}

/* A name that was never gated: nothing of it is obeyed. */
static void control_characters_are_drawn_as_errors(void **state)
{
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 12, 1), ERR_OK);
	grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "a\x1b[2Jb\xff\u202e" "c\xc2\x9b");
	shows(&g, "a\ufffd[2Jb\ufffd\ufffdc\ufffd\n");
	grid_release(&g);
}

/* Terminals disagree how wide a joined emoji is; without joiner each part has the width that all agree on. */
static void joined_emoji_have_one_width(void **state)
{
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 12, 1), ERR_OK);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "\U0001F469\u200D\U0001F52C|"), 5);
	assert_string_equal(grid_cell(&g, 4, 0)->text, "|");
	assert_string_equal(grid_cell(&g, 0, 0)->text, "\U0001F469");
	grid_release(&g);
}

static void marks_without_end_have_an_end(void **state)
{
	char text[2 * 200 + 2] = "a";
	struct grid g;

	(void)state;
	for (size_t i = 0; i < 200; i++)
		memcpy(text + 1 + 2 * i, "\u0301", 2);
	assert_int_equal(grid_init(&g, 4, 1), ERR_OK);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, text), 1);
	assert_int_equal(strlen(grid_cell(&g, 0, 0)->text), 1 + 2 * CELL_MARKS);
	assert_int_equal(grid_text(&g, grid_box(&g), 0, 0, ROLE_PLAIN, "\u0301\u0301"), 0); /* on nothing */
	grid_release(&g);
}

static void the_golden_form_has_text_roles_and_cursor(void **state)
{
	struct buf out = BUF_INIT;
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 5, 2), ERR_OK);
	grid_text(&g, grid_box(&g), 1, 0, ROLE_HEADING, "ab");
	grid_role(&g, (struct box){0, 1, 2, 1}, ROLE_SELECTED);
	grid_cursor(&g, grid_box(&g), 0, 1);
	dump_golden(&out, &g);
	assert_string_equal(buf_text(&out), " ab\n\n--\n.HH\nSS\ncursor 0 1\n");
	grid_cursor(&g, grid_box(&g), 99, 99);
	assert_int_equal(g.cursor_x, 4);
	assert_int_equal(g.cursor_y, 1);
	buf_release(&out);
	grid_release(&g);
}

static void a_picture_escapes_what_it_shows(void **state)
{
	struct buf out = BUF_INIT, again = BUF_INIT;
	struct grid g;

	(void)state;
	assert_int_equal(grid_init(&g, 20, 2), ERR_OK);
	grid_text(&g, grid_box(&g), 0, 0, ROLE_DANGER, "<b>&\u6771</b>");
	dump_svg(&out, &g, THEME_LIGHT, "a < b");
	dump_svg(&again, &g, THEME_LIGHT, "a < b");
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&again)));
	assert_non_null(strstr(buf_text(&out), "&lt;b&gt;&amp;"));
	assert_null(strstr(buf_text(&out), "<b>"));
	assert_non_null(strstr(buf_text(&out), "<title>a &lt; b</title>"));
	buf_release(&out);
	buf_release(&again);
	grid_release(&g);
}

static double channel(uint32_t value)
{
	double c = value / 255.0;

	return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) * ((c + 0.055) / 1.055); /* within 5 % of the power 2.4 */
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * channel(rgb >> 16) + 0.7152 * channel(rgb >> 8 & 255) + 0.0722 * channel(rgb & 255);
}

/* WCAG 2.1, 1.4.3: 4.5 to 1. */
static void every_role_can_be_read(void **state)
{
	(void)state;
	for (unsigned t = 0; t < THEME_COUNT; t++)
		for (unsigned r = 0; r < ROLE_COUNT; r++) {
			const struct style *s = theme_style((enum theme)t, (enum role)r);
			double front = luminance(theme_rgb((enum theme)t, s->front, false));
			double back = luminance(theme_rgb((enum theme)t, s->back, true));
			double ratio = front > back ? (front + 0.05) / (back + 0.05) : (back + 0.05) / (front + 0.05);

			if (ratio < 4.5)
				fail_msg("theme %s, role %u: %.1f to 1", theme_name((enum theme)t), r, ratio);
		}
}

/* Without colours what is dangerous, chosen or selected still differs from plain text. */
static void mono_still_tells(void **state)
{
	static const enum role must[] = {ROLE_TITLE, ROLE_TAB_ON, ROLE_SELECTED, ROLE_FIELD, ROLE_DANGER, ROLE_WARN, ROLE_KEY};
	enum theme t;

	(void)state;
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++)
		assert_int_not_equal(theme_style(THEME_MONO, must[i])->attributes, 0);
	for (unsigned r = 0; r < ROLE_COUNT; r++) {
		assert_int_equal(theme_style(THEME_MONO, (enum role)r)->front, COLOR_OWN);
		assert_int_equal(theme_style(THEME_MONO, (enum role)r)->back, COLOR_OWN);
	}
	assert_int_equal(theme_parse(&t, "contrast"), ERR_OK);
	assert_int_equal(t, THEME_CONTRAST);
	assert_int_equal(theme_parse(&t, "pink"), ERR_NOT_FOUND);
}

static void glyphs_are_one_column(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GLYPH_COUNT; g++)
		assert_int_equal(text_columns(bytes_str(theme_glyph(true, (enum glyph)g))),
				 text_columns(bytes_str(theme_glyph(false, (enum glyph)g))));
}

/* ---- where things are ---- */

static void every_size_has_a_layout(void **state)
{
	(void)state;
	assert_int_equal(layout_of(59, 40).size, LAYOUT_TOO_SMALL);
	assert_int_equal(layout_of(60, 19).size, LAYOUT_TOO_SMALL);
	assert_int_equal(layout_of(60, 20).size, LAYOUT_SINGLE);
	assert_int_equal(layout_of(80, 24).size, LAYOUT_FULL);
	assert_int_equal(layout_of(120, 39).size, LAYOUT_FULL);
	assert_int_equal(layout_of(120, 40).size, LAYOUT_WIDE);
	for (int columns = 60; columns <= 200; columns++)
		for (int rows = 20; rows <= 70; rows++) {
			struct layout l = layout_of(columns, rows);

			assert_int_equal(l.title.rows + l.tabs.rows + l.rule_top.rows + l.body.rows + l.rule_bottom.rows +
					 l.status.rows + l.hints.rows, rows);
			assert_int_equal(l.body.y, 3);
			assert_int_equal(l.hints.y, rows - 1);
		}
}

static void panes_fill_the_body(void **state)
{
	const int shares[] = {35, 40, 25};

	(void)state;
	for (int columns = 60; columns < 200; columns++)
		for (size_t count = 1; count <= LAYOUT_PANES_MAX; count++) {
			struct box p[LAYOUT_PANES_MAX];
			int whole = (int)count - 1;

			layout_columns(p, (struct box){0, 3, columns, 18}, shares, count);
			for (size_t i = 0; i < count; i++)
				whole += p[i].columns;
			assert_int_equal(whole, columns);
			layout_rows(p, (struct box){0, 3, 80, columns}, shares, count);
			assert_int_equal(p[count - 1].y + p[count - 1].rows, 3 + columns);
		}
}

static void a_list_shows_what_is_selected(void **state)
{
	unsigned seed = 7;
	int first = 0;

	(void)state;
	print_message("seed %u\n", seed);
	for (int i = 0; i < 20000; i++) {
		int rows = 1 + rand_r(&seed) % 30, count = 1 + rand_r(&seed) % 100, selected = rand_r(&seed) % count;

		first = layout_scroll(first, selected, count, rows);
		assert_in_range(selected, first, first + rows - 1);
		assert_true(first == 0 || first + rows <= count); /* no empty rows while there are others */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_and_combining_keep_the_columns),
		cmocka_unit_test(half_a_wide_character_is_a_blank),
		cmocka_unit_test(nothing_leaves_its_box),
		cmocka_unit_test(what_is_cut_says_so),
		cmocka_unit_test(control_characters_are_drawn_as_errors),
		cmocka_unit_test(joined_emoji_have_one_width),
		cmocka_unit_test(marks_without_end_have_an_end),
		cmocka_unit_test(the_golden_form_has_text_roles_and_cursor),
		cmocka_unit_test(a_picture_escapes_what_it_shows),
		cmocka_unit_test(every_role_can_be_read),
		cmocka_unit_test(mono_still_tells),
		cmocka_unit_test(glyphs_are_one_column),
		cmocka_unit_test(every_size_has_a_layout),
		cmocka_unit_test(panes_fill_the_body),
		cmocka_unit_test(a_list_shows_what_is_selected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
