/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked, when the list is long: pages, what stands on top, and what is looked for in all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/screens/patient_looked.h"
#include "tui/screens/views.h"

#define ENTRIES 100000u
#define NOW_MS INT64_C(1795442400000)

struct world {
	struct looked_model m;
	struct looked_draft d;
	struct view v;
	struct page page;
};

/* Entry n of a long list: every tenth is a program's, every hundredth a refused look, entry 70 one of a reader who never came
 * again.
 */
static void entry(struct event_row *r, uint64_t n)
{
	static struct app_event_record refused = {.decision = "denied", .form = "", .reason = "rule", .rule = 1};
	bool program = n % 10 == 3;

	*r = (struct event_row){.e = {.n = n, .at = {NOW_MS - (int64_t)(ENTRIES - n) * 60 * MS_PER_SECOND}, .purpose = "", .role = "",
				      .kind = program ? "release_receipt" : "access_request", .keys_change = "", .hold = ""}};
	if (n % 100 == 7) {
		r->e.records = &refused;
		r->e.count = 1;
	}
	snprintf(r->who, sizeof(r->who), "%s", n == 70 ? "Old Reader" : program ? "peer" : "okafor");
}

/* What load does with each entry of the replica. */
static void make(struct world *w)
{
	w->m = (struct looked_model){.log.state = {true, ENTRIES, 9, {NOW_MS}}};
	w->m.log.rows = calloc(EVENTS_KEPT_MAX, sizeof(*w->m.log.rows));
	assert_non_null(w->m.log.rows);
	for (uint64_t n = ENTRIES; n > 0; n--) {
		struct event_row *r = &w->m.log.rows[w->m.log.count];

		assert_true(w->m.log.count < EVENTS_KEPT_MAX);
		entry(r, n);
		w->m.log.count += looked_pick(&w->m, &w->d, &r->e, r->who, r->org) == EVENTS_KEEP;
	}
	w->v = (struct view){.ops = &view_patient_looked, .model = &w->m, .draft = &w->d, .now = {NOW_MS}, .mode = MODE_PATIENT};
	w->page = (struct page)PAGE_INIT;
	view_patient_looked.list(&w->v, &w->page);
}

static void drop(struct world *w)
{
	page_release(&w->page);
	free(w->m.log.rows);
}

/* Presses what says this action, and makes the page that it leads to. */
static void act(struct world *w, enum action action)
{
	struct act a = {.language = LANGUAGE_EN};

	for (const struct view_act *x = view_patient_looked.acts; x->action != ACTION_NONE; x++)
		if (x->action == action)
			x->say(&a, &w->v, 0);
	assert_int_equal(a.kind, ACT_DRAFT);
	drop(w);
	memcpy(&w->d, a.draft, sizeof(w->d));
	make(w);
}

static void find(struct world *w, const char *text)
{
	struct act a = {.language = LANGUAGE_EN};

	view_patient_looked.find(&a, &w->v, text);
	assert_int_equal(a.kind, ACT_DRAFT);
	drop(w);
	memcpy(&w->d, a.draft, sizeof(w->d));
	make(w);
}

static size_t row_count(const struct page *p, int *ret_first, int *ret_last)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->items[i].kind != PAGE_ROW)
			continue;
		if (count++ == 0)
			*ret_first = p->items[i].id;
		*ret_last = p->items[i].id;
	}
	return count;
}

static bool says(const struct page *p, const char *text)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].text != NULL && strstr(p->items[i].text, text) != NULL)
			return true;
	return false;
}

static void a_long_list_has_pages(void **state)
{
	struct world w = {.d = {.skip = 0}};
	int first = 0, last = 0;

	(void)state;
	make(&w);
	assert_int_equal(row_count(&w.page, &first, &last), LOOKED_FIRST_MAX + LOOKED_PAGE);
	assert_int_equal(first, ENTRIES - 93); /* the newest refusal */
	assert_true(says(&w.page, "Look at these first (100)"));
	assert_int_equal(w.m.programs, ENTRIES / 10);
	act(&w, ACTION_OLDER);
	assert_int_equal(row_count(&w.page, &first, &last), LOOKED_PAGE);
	assert_int_equal(w.m.log.rows[0].e.n, first);
	assert_true(last < first);
	drop(&w);
}

/* Every entry is on exactly one page: nobody is hidden between two of them. */
static void each_entry_is_on_one_page(void **state)
{
	struct world w = {.d = {.all = true}};
	unsigned char *seen = calloc(ENTRIES + 1, 1);
	size_t pages = 0;

	(void)state;
	assert_non_null(seen);
	make(&w);
	do {
		for (size_t i = 0; i < w.page.count; i++)
			if (w.page.items[i].kind == PAGE_ROW)
				seen[w.page.items[i].id]++;
		act(&w, ACTION_OLDER);
		pages++;
	} while (w.d.skip != 0);
	for (size_t n = 1; n <= ENTRIES; n++)
		assert_int_equal(seen[n], 1);
	assert_int_equal(pages, (ENTRIES - LOOKED_FIRST_MAX + LOOKED_PAGE - 1) / LOOKED_PAGE);
	free(seen);
	drop(&w);
}

static void what_is_looked_for_is_looked_for_in_all(void **state)
{
	struct world w = {.d = {.skip = 0}};
	int first = 0, last = 0;

	(void)state;
	make(&w);
	assert_false(says(&w.page, "Old Reader"));
	find(&w, "old reader");
	assert_int_equal(row_count(&w.page, &first, &last), 1);
	assert_int_equal(first, 70);
	assert_true(says(&w.page, "Only entries with \"old reader\": 1 in all."));
	find(&w, "!okafor"); /* programs are not shown, so nobody else is left */
	assert_int_equal(row_count(&w.page, &first, &last), 1);
	find(&w, "");
	assert_int_equal(row_count(&w.page, &first, &last), LOOKED_FIRST_MAX + LOOKED_PAGE);
	drop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_list_has_pages),
		cmocka_unit_test(each_entry_is_on_one_page),
		cmocka_unit_test(what_is_looked_for_is_looked_for_in_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
