/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's screens, from the example world: what each act would run, word for word, what it asks first, and what cannot be
 * done and why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/examples/examples.h"
#include "tui/screens/ca_queue.h"
#include "tui/screens/line_form.h"
#include "tui/screens/views.h"

struct shown {
	const struct view_ops *ops;
	void *model, *draft;
	struct view view;
	struct act act;
};

static void show(struct shown *s, const struct view_ops *ops, example_fill *fill)
{
	s->ops = ops;
	s->model = calloc(1, ops->model_size + 1);
	s->draft = calloc(1, ops->draft_size + 1);
	assert_int_equal(fill(s->model, s->draft), ERR_OK);
	s->view = (struct view){.ops = ops, .model = s->model, .draft = s->draft, .language = LANGUAGE_EN,
				.now = {EXAMPLE_NOW_MS}, .mode = MODE_CA, .utc = true};
}

static void hide(struct shown *s)
{
	if (s->ops->release != NULL)
		s->ops->release(s->model);
	free(s->model);
	free(s->draft);
}

static const struct act *act_of(struct shown *s, enum action action, int id)
{
	const struct view_act *x = s->ops->acts;

	while (x->action != action && x->action != ACTION_NONE)
		x++;
	assert_int_equal(x->action, action);
	s->act = (struct act){.language = LANGUAGE_EN};
	x->say(&s->act, &s->view, id);
	return &s->act;
}

/* "ca approve ID" */
static void is_line(const struct act *a, const char *line)
{
	char text[ACT_LINE_MAX] = "";

	assert_int_equal(a->kind, ACT_LINE);
	for (size_t i = 0; i < a->word_count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i > 0 ? " " : "", a->words[i]);
	assert_string_equal(text, line);
}

static void is_refused(const struct act *a, const char *with)
{
	assert_int_equal(a->kind, ACT_REFUSE);
	assert_non_null(strstr(a->text, with));
}

/* The page as lines of words. */
static char *lines_of(struct shown *s, int id)
{
	struct page p = PAGE_INIT;
	struct buf out = BUF_INIT;

	if (id < 0)
		s->ops->list(&s->view, &p);
	else
		s->ops->detail(&s->view, &p, id);
	assert_int_equal(page_error(&p), ERR_OK);
	page_plain(&out, &p, 200);
	buf_append(&out, "", 1);
	assert_int_equal(buf_error(&out), ERR_OK);
	page_release(&p);
	return (char *)out.data;
}

static void says(struct shown *s, int id, const char *what)
{
	char *lines = lines_of(s, id);

	if (strstr(lines, what) == NULL)
		fail_msg("'%s' is not in:\n%s", what, lines);
	free(lines);
}

static int place(struct shown *s, const char *what)
{
	char *lines = lines_of(s, -1), *at = strstr(lines, what);
	int n = at != NULL ? (int)(at - lines) : -1;

	free(lines);
	assert_true(n >= 0);
	return n;
}

/* ---- the queue ---- */

static void the_queue_says_whose_turn_it_is(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_queue, example_ca_queue);
	says(&s, -1, "Who: Dr. Noor Jansen, What: enrolment, Profile: clinician, Signed: 0/1, Turn: new");
	says(&s, -1, "Signed: 1/2, Turn: a colleague");
	says(&s, 4, "asks for a first certificate, as patient.");
	says(&s, 5, "wants to end the certificate of L. Haddad");
	hide(&s);
}

static void a_case_is_opened_before_anything_else(void **state)
{
	struct shown s;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_queue, example_ca_queue);
	a = act_of(&s, ACTION_INSPECT, 2);
	assert_int_equal(a->kind, ACT_OPEN);
	assert_ptr_equal(a->view, &view_ca_case);
	assert_string_equal(((const struct case_draft *)(const void *)a->draft)->id, "3c70f2119be84d56a1c0774e8d2b9f30");
	is_refused(act_of(&s, ACTION_INSPECT, 5), "You began this");
	is_refused(act_of(&s, ACTION_INSPECT, 0), "Nothing waits");
	((struct app_queue *)s.model)->keeps = false; /* of a colleague it is */
	assert_int_equal(act_of(&s, ACTION_INSPECT, 5)->kind, ACT_OPEN);
	hide(&s);
}

/* ---- a case ---- */

static void what_was_left_out_or_changed_comes_first(void **state)
{
	struct shown s;

	(void)state;
	show(&s, &view_ca_case, example_ca_case);
	assert_true(place(&s, "left out") < place(&s, "changed"));
	assert_true(place(&s, "changed") < place(&s, "added"));
	assert_true(place(&s, "added") < place(&s, "same"));
	says(&s, 3, "4826e627ea6264facbc225e2b10fb8adac9c8d2a82f0840d621c1e706050d3bf");
	says(&s, 3, "by jansen");
	hide(&s);
}

static void an_officer_agrees_to_what_she_saw(void **state)
{
	struct shown s;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case);
	a = act_of(&s, ACTION_APPROVE, 1);
	is_line(a, "ca approve 3c70f2119be84d56a1c0774e8d2b9f30");
	assert_int_equal(a->confirm, CONFIRM_YES);
	assert_non_null(strstr(a->text, "Agree to exactly this certificate, for S. van den Berg"));
	is_line(act_of(&s, ACTION_DRY_RUN, 1), "ca approve 3c70f2119be84d56a1c0774e8d2b9f30 --dry-run");
	is_refused(act_of(&s, ACTION_REJECT, 1), "jansen keeps the request");
	hide(&s);
}

static void the_first_officer_begins_or_rejects(void **state)
{
	struct shown s;
	struct app_enrolment *m;
	const struct line_form_draft *form;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case);
	m = s.model;
	m->entered_by[0] = '\0';
	m->approvals_have = 0;
	assert_non_null(strstr(act_of(&s, ACTION_APPROVE, 1)->text, "It counts when a second officer has agreed."));
	m->approvals_need = 1;
	assert_non_null(strstr(act_of(&s, ACTION_APPROVE, 1)->text, "It counts as soon as the ledger has it."));
	a = act_of(&s, ACTION_REJECT, 1);
	assert_int_equal(a->kind, ACT_OPEN);
	form = (const struct line_form_draft *)(const void *)a->draft;
	assert_string_equal(form->words[1], "reject");
	assert_string_equal(form->words[2], m->id);
	assert_string_equal(form->option, "--reason");
	snprintf(m->lint, sizeof(m->lint), "REFUSED: the key is known");
	is_refused(act_of(&s, ACTION_APPROVE, 1), "the key is known");
	hide(&s);
}

static void the_end_of_a_certificate_is_typed(void **state)
{
	struct shown s;
	struct app_enrolment *m;
	const struct act *a;

	(void)state;
	show(&s, &view_ca_case, example_ca_case);
	m = s.model;
	snprintf(m->kind, sizeof(m->kind), "revocation");
	snprintf(m->rows[0].issued, sizeof(m->rows[0].issued), "superseded");
	a = act_of(&s, ACTION_APPROVE, 1);
	is_line(a, "ca revoke 3c70f2119be84d56a1c0774e8d2b9f30 --reason superseded --confirm 9f30");
	assert_int_equal(a->confirm, CONFIRM_TYPED);
	assert_string_equal(a->typed, "9f30");
	is_refused(act_of(&s, ACTION_DRY_RUN, 1), "A colleague began this");
	snprintf(m->kind, sizeof(m->kind), "release");
	is_line(act_of(&s, ACTION_APPROVE, 1), "ca release 3c70f2119be84d56a1c0774e8d2b9f30 --confirm 9f30");
	hide(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_says_whose_turn_it_is), cmocka_unit_test(a_case_is_opened_before_anything_else),
		cmocka_unit_test(what_was_left_out_or_changed_comes_first),
		cmocka_unit_test(an_officer_agrees_to_what_she_saw), cmocka_unit_test(the_first_officer_begins_or_rejects),
		cmocka_unit_test(the_end_of_a_certificate_is_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
