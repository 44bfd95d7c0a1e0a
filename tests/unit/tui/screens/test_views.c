/* SPDX-License-Identifier: Apache-2.0 */
/* Every view against the rules that all of them keep, and every action of the table against the views that answer it: an
 * action that no view answers, or a view that has no example, fails here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "tui/cli/cli.h"
#include "tui/screens/line_form.h"
#include "view_help.h"

#define ACTIONS_MAX 512

static void show_example(struct shown *s, const struct example *x, enum language language)
{
	show(s, x->view, x->fill, 0);
	s->view.language = language;
}

static void every_view_has_an_example(void **state)
{
	(void)state;
	for (size_t i = 0; view_at(i) != NULL; i++)
		if (example_by_name(view_at(i)->name) == NULL)
			fail_msg("%s has no example in tui/examples/examples.def", view_at(i)->name);
}

/* What can be chosen has one id in all panes, and draws without an error in each language. */
static void ids_are_one_per_view(void **state)
{
	(void)state;
	for (size_t i = 0; example_at(i) != NULL; i++)
		for (enum language l = LANGUAGE_EN; l < LANGUAGE_COUNT; l++) {
			struct page p = PAGE_INIT;
			struct shown s;

			show_example(&s, example_at(i), l);
			s.view.ops->list(&s.view, &p);
			assert_int_equal(page_error(&p), ERR_OK);
			for (size_t a = 0; a < p.count; a++)
				for (size_t b = a + 1; b < p.count; b++)
					if (p.items[a].id != 0 && p.items[a].id == p.items[b].id)
						fail_msg("%s: id %d twice", example_at(i)->name, p.items[a].id);
			page_release(&p);
			hide(&s);
		}
}

/* The words of an act are a command line that the table of commands knows. */
static void check_line(const struct example *x, const struct act *act)
{
	struct cli c = {.program = "medlock"};
	char *argv[ACT_WORDS_MAX + 2] = {NULL};
	enum err e;

	assert_false(act->too_long);
	argv[0] = (char *)(uintptr_t)"medlock";
	for (size_t i = 0; i < act->word_count; i++)
		argv[i + 1] = (char *)(uintptr_t)act->words[i];
	e = cli_parse(&c, (int)act->word_count + 1, argv);
	if (e != ERR_OK || c.command == NULL)
		fail_msg("%s: 'medlock %s %s …': %s", x->name, act->words[0], act->words[1], c.info.detail);
}

/* Where the line of an act is shown to do the same as the act: a test of tests/e2e, or why there is none. */
static const struct { const char *command, *where; } replays[] = {
	{"ca approve", "test_replay_ca.sh"},
	{"ca backup", "test_replay_ca.sh"},
	{"ca ceremony", "the root key's passphrase is asked for; test_plain.sh and test_ceremony.sh hold one"},
	{"ca certificate", "writes a file"},
	{"ca import", "takes a request from a file as the queue takes it from a peer; test_desk.sh"},
	{"ca crl", "test_replay_ca.sh"},
	{"ca doctor", "changes nothing"},
	{"ca export", "test_replay_ca.sh"},
	{"ca issuing", "the root key's passphrase is asked for; test_plain.sh makes one"},
	{"ca reject", "test_replay_ca.sh"},
	{"ca release", "test_replay_ca.sh"},
	{"ca revoke", "test_replay_ca.sh"},
	{"consent add", "test_screens_patient.sh"},
	{"consent answer", "test_replay_patient.sh"},
	{"consent check", "changes nothing"},
	{"consent export", "writes a file"},
	{"consent pause", "test_replay_patient.sh"},
	{"consent preset", "test_replay_patient.sh"},
	{"consent receipt", "changes nothing"},
	{"consent remove", "test_replay_patient.sh"},
	{"consent resume", "test_replay_patient.sh"},
	{"contact add", "test_replay_institute.sh"},
	{"contact card", "changes nothing"},
	{"deposit put", "test_replay_ca.sh"},
	{"doctor", "changes nothing"},
	{"enrolment renew", "test_replay_institute.sh"},
	{"key change", "the passphrase is asked for"},
	{"key helpers", "needs three people's cards; test_helpers.sh"},
	{"key pair", "writes a file for another device"},
	{"key rehearse", "changes nothing"},
	{"key rotate", "the new card's words are asked for"},
	{"ledger verify", "changes nothing"},
	{"log ask", "test_replay_patient.sh"},
	{"log export", "writes a file"},
	{"log questions", "changes nothing"},
	{"log show", "changes nothing"},
	{"log verify", "changes nothing"},
	{"record erase", "test_replay_patient.sh"},
	{"record export", "writes a file"},
	{"record files", "writes files"},
	{"record list", "changes nothing"},
	{"record report", "test_replay_patient.sh"},
	{"record risk", "changes nothing"},
	{"request close", "test_replay_institute.sh"},
	{"request get", "writes files"},
	{"request new", "test_replay_institute.sh"},
	{"request reply", "test_replay_institute.sh"},
	{"request review", "test_replay_institute.sh"},
	{"research count", "changes nothing"},
};

static bool is_there(const char *script)
{
	char path[128];

	snprintf(path, sizeof(path), "tests/e2e/%s", script);
	return access(path, X_OK) == 0;
}

static void check_replayed(const struct example *x, const char *first, const char *second)
{
	char command[64];

	snprintf(command, sizeof(command), "%s%s%s", first, second[0] != '\0' ? " " : "", second);
	for (size_t i = 0; i < sizeof(replays) / sizeof(replays[0]); i++)
		if (strcmp(replays[i].command, command) == 0) {
			if (strncmp(replays[i].where, "test_", 5) == 0 && !is_there(replays[i].where))
				fail_msg("%s is not there", replays[i].where);
			return;
		}
	fail_msg("%s: no test replays 'medlock %s'", x->name, command);
}

/* What is given away for good is asked about; what gives access waits. */
static void check_act(const struct example *x, const struct act *act)
{
	switch (act->kind) {
	case ACT_NOTHING:
		fail_msg("%s: an action says nothing", x->name);
		break;
	case ACT_REFUSE:
		assert_true(act->text[0] != '\0');
		break;
	case ACT_LINE:
		check_line(x, act);
		check_replayed(x, act->words[0], act->word_count > 1 ? act->words[1] : "");
		if (act->waits)
			assert_int_not_equal(act->confirm, CONFIRM_NONE);
		if (act->confirm != CONFIRM_NONE)
			assert_true(act->text[0] != '\0');
		break;
	case ACT_OPEN:
		assert_true(act->view != NULL && act->draft_size == act->view->draft_size);
		if (act->view == &view_line_form) {
			const struct line_form_draft *form = (const void *)act->draft;

			check_replayed(x, form->words[0], form->words[1]);
		}
		break;
	default:
		break;
	}
}

static void touch(bool *touched, const struct example *x, struct shown *s, int id)
{
	for (const struct view_act *a = s->view.ops->acts; a != NULL && a->action != ACTION_NONE; a++) {
		struct act act = {.language = LANGUAGE_EN};

		a->say(&act, &s->view, id);
		check_act(x, &act);
		touched[a->action] = true;
	}
}

static void every_action_is_answered(void **state)
{
	static bool touched[ACTIONS_MAX];

	(void)state;
	for (size_t i = 0; example_at(i) != NULL; i++) {
		struct page p = PAGE_INIT;
		struct shown s;

		show_example(&s, example_at(i), LANGUAGE_EN);
		s.view.ops->list(&s.view, &p);
		touch(touched, example_at(i), &s, 0);
		for (size_t n = 0; n < p.count; n++)
			if (p.items[n].id != 0)
				touch(touched, example_at(i), &s, p.items[n].id);
		page_release(&p);
		hide(&s);
	}
	for (size_t i = 0; action_at(i) != NULL; i++)
		if (!action_at(i)->general && !touched[action_at(i)->action])
			fail_msg("no view answers %s", action_at(i)->name);
}

static enum action answered(const void *of, size_t index)
{
	const struct view_ops *ops = of;

	for (size_t i = 0; ops->acts != NULL && ops->acts[i].action != ACTION_NONE; i++)
		if (i == index)
			return ops->acts[i].action;
	return ACTION_NONE;
}

static void keys_of_a_view_are_its_own(void **state)
{
	struct keymap *m;

	(void)state;
	assert_int_equal(keymap_new(&m), ERR_OK);
	for (size_t i = 0; view_at(i) != NULL; i++) {
		struct err_info info = {0};

		if (keymap_check(m, answered, view_at(i), &info) != ERR_OK)
			fail_msg("%s: %s", view_at(i)->name, info.detail);
	}
	keymap_free(m);
}

/* Choosing any item, or typing into any field, gives a draft, a view or a line, and never more than there is room for. */
static void choosing_is_safe(void **state)
{
	char typed[5000];

	(void)state;
	memset(typed, 'x', sizeof(typed) - 1);
	typed[sizeof(typed) - 1] = '\0';
	for (size_t i = 0; example_at(i) != NULL; i++) {
		struct page p = PAGE_INIT;
		struct shown s;

		show_example(&s, example_at(i), LANGUAGE_EN);
		s.view.ops->list(&s.view, &p);
		for (size_t n = 0; n < p.count && s.view.ops->chosen != NULL; n++) {
			struct act act = {.language = LANGUAGE_EN};

			if (p.items[n].id == 0)
				continue;
			s.view.ops->chosen(&act, &s.view, p.items[n].id, p.items[n].kind == PAGE_FIELD ? typed : NULL);
			if (act.kind == ACT_DRAFT)
				assert_int_equal(act.draft_size, s.view.ops->draft_size);
		}
		page_release(&p);
		hide(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_view_has_an_example), cmocka_unit_test(ids_are_one_per_view),
		cmocka_unit_test(every_action_is_answered),  cmocka_unit_test(keys_of_a_view_are_its_own),
		cmocka_unit_test(choosing_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
