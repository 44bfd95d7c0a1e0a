/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a session: for the session's own files. */
#ifndef MEDLOCK_SCREENS_SESSION_PARTS_H
#define MEDLOCK_SCREENS_SESSION_PARTS_H

#include "tui/screens/session.h"
#include "tui/screens/activity.h"
#include "tui/screens/begin.h"
#include "tui/screens/people.h"
#include "tui/screens/result.h"
#include "tui/screens/settings.h"
#include "tui/screens/views.h"
#include "tui/widgets/input.h"

#define MESSAGES_MAX 200u
#define MESSAGE_TEXT 512u
#define COUNTDOWN_MS (30 * 1000) /* of the lock, shown by the second */
#define AHEAD_MAX 64u /* keys that wait for a page */

struct message {
	char text[MESSAGE_TEXT]; /* gated */
	struct time_ms at;
	int64_t steady_ms;
	enum role role;
	bool read;               /* errors stay until then */
};

struct pane { struct page page; struct page_place at; };

/* A view on the stack. */
struct open_view {
	struct session *session;
	const struct view_ops *ops;
	void *model, *draft;
	bool loading, stale;
	int64_t since_ms; /* steady clock, when it was opened */
	enum err failed; /* of the last load */
	struct err_info why;
	struct pane panes[VIEW_PANES_MAX];
	int rest_of;     /* id that the panes after the first are about */
	bool made;       /* the first pane's page is of the model and draft of now */
	bool rest_made;
	size_t focus;
	char filter[VIEW_FILTER_MAX];
	size_t shown, all; /* rows, when filtered */
};

enum overlay { OVERLAY_NONE, OVERLAY_FIELD, OVERLAY_FILTER, OVERLAY_CONFIRM, OVERLAY_COMMANDS, OVERLAY_PROMPT };

/* A line that was confirmed and waits, or nothing. */
struct pending { struct act act; int64_t due_ms; bool stands; uint64_t activity; };

struct session {
	struct session_options options;
	char home[APP_PATH], passphrase_file[APP_PATH], world[APP_PATH]; /* of options, kept */
	struct worker *worker;
	struct app_prompt prompt;
	struct keymap *keymap;
	struct time_ms now;
	int64_t steady_ms, pressed_ms;

	bool open, opening, locked, blank;
	struct app_me me;
	char name[64]; /* of the person, gated; "" */
	uint32_t mode;
	struct app_sync sync;
	bool synced, syncing, offline;
	int64_t sync_ms;   /* when the last one ended */
	struct app_idle idle;

	struct open_view *stack[SESSION_DEPTH_MAX];
	size_t depth, tab;

	enum overlay overlay;
	struct input input;
	struct act act;               /* OVERLAY_CONFIRM */
	struct page commands;         /* OVERLAY_COMMANDS */
	struct page_place command;
	bool palette;
	char question[160];           /* OVERLAY_PROMPT */
	bool repeated;                /* it is for a new secret, which is typed twice: */
	struct secret *first;
	struct pending pending;

	struct message messages[MESSAGES_MAX];
	size_t message_count;         /* ever; the ring holds the last ones */
	size_t acting;                /* lines that run or wait to */
	struct activity_draft activity;
	uint64_t activity_count;      /* ever */

	struct key ahead[AHEAD_MAX];
	size_t ahead_count;
	const struct open_view *ahead_of; /* compared only */

	int columns, rows; /* of what was drawn last */
	enum session_want want;
	uint64_t handled;
	bool pasting;
};

/* session_stack.c */
enum err stack_push(struct session *s, const struct view_ops *ops, const void *draft);
/* With a model, taken over, instead of loading. */
enum err stack_show(struct session *s, const struct view_ops *ops, void *model, const void *draft);
void stack_pop(struct session *s);
void stack_clear(struct session *s);
void stack_wipe(struct session *s);   /* models go, drafts stay */
void stack_stale(struct session *s);  /* all load again when they are seen */
struct open_view *stack_top(struct session *s); /* NULL */
void view_draft(struct open_view *v, const void *draft, size_t size);
void view_find(struct open_view *v, const char *text); /* rows that have it from now on; the view is told */
void view_pages(struct open_view *v); /* makes what is not made; moves places onto something that is there */
struct view view_of(const struct open_view *v);
int view_selected(const struct open_view *v); /* id in the focused pane, or 0 */
size_t view_panes(const struct open_view *v);
void session_tab(struct session *s, size_t n);
enum action session_action(struct session *s, const struct key *key);

/* session_jobs.c */
void session_load(struct session *s, struct open_view *v);
void session_open(struct session *s, const char *home);
void session_sync(struct session *s);
void session_begin(struct session *s, const struct begin_draft *draft); /* session_begin.c */
void session_lock(struct session *s);
void session_line(struct session *s, const struct act *act, uint64_t activity); /* its number, or 0: a new one */

/* session.c: a key, now, whatever waits. */
void session_press(struct session *s, const struct key *key);

/* session_ahead.c */
bool ahead_keeps(struct session *s, const struct key *key); /* it waits for its page; else it is to be pressed now */
void ahead_press(struct session *s);                        /* what waited, when its page is there */
void ahead_forget(struct session *s);

/* session_activity.c: begin gives the number by which the rest knows it; one that is forgotten is nothing. */
uint64_t activity_begin(struct session *s, const struct act *act, enum activity_state state);
void activity_is(struct session *s, uint64_t number, enum activity_state state, const char *why);
void activity_forget(struct session *s);

/* session_draw.c */
void session_click(struct session *s, int x, int y);

/* session_acts.c */
void session_do(struct session *s, struct act *act);     /* with its confirmation */
void session_confirmed(struct session *s);               /* what OVERLAY_CONFIRM asked about */
void session_undo(struct session *s);
void session_act(struct session *s, enum action action); /* of the view, or a general one */
void session_go(struct session *s, const struct view_ops *ops);
void act_copy(struct act *to, const struct act *from);
void act_begin(struct act *a, const struct session *s);
const struct view_act *view_answers(const struct view_ops *ops, enum action action); /* NULL */

/* session_overlay.c */
void overlay_key(struct session *s, const struct key *key);
void overlay_close(struct session *s);
void overlay_confirm(struct session *s, const struct act *act);
void overlay_field(struct session *s, const struct page_item *field);
void overlay_filter(struct session *s);
void overlay_commands(struct session *s, bool palette);
void overlay_prompt(struct session *s); /* what the worker asks */
void session_prompts(struct session *s);

/* session_commands.c: what can be done here, found by what is typed. */
void commands_page(struct session *s, struct page *p, const char *typed);
void commands_run(struct session *s, int id, const char *typed);

/* What is known of the person goes: messages, the filter, what was found. */
void session_forget(struct session *s);
void session_people(struct session *s); /* choose a person */

/* messages */
void session_say(struct session *s, enum role role, const char *text);
void session_say_word(struct session *s, enum role role, enum word w, ... /* const char *, NULL */);
void error_say(struct buf *out, enum language l, enum err e, const struct err_info *info);
void session_say_error(struct session *s, enum err e, const struct err_info *info);
const struct message *message_at(const struct session *s, size_t back); /* 0: the newest; NULL */

#endif
