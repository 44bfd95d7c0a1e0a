/* SPDX-License-Identifier: Apache-2.0 */
/* A screen: what it knows (its model), what a person is making on it (its draft), and what it says about both (its pages).
 *
 * A view's functions are pure but for load.  load runs on the worker's thread with the open app and makes the model; the
 * others read model and draft and write pages, or say in an act what should happen: they draw nothing, wait for nothing and
 * change nothing.  The session (tui/screens/session.h) does what an act says.  So the same view is a screen of any size, lines
 * of words in plain mode, and a picture of an example model.
 */
#ifndef MEDLOCK_SCREENS_VIEW_H
#define MEDLOCK_SCREENS_VIEW_H

#include "core/app/app.h"
#include "tui/screens/actions.h"
#include "tui/widgets/page.h"

#define VIEW_PANES_MAX 3u
#define VIEW_DRAFT_MAX 16384u

/* Whose screens a view belongs to. */
enum { MODE_PATIENT = 1, MODE_INSTITUTE = 2, MODE_RESEARCH = 4, MODE_CA = 8, MODE_OTHER = 16, MODE_ANY = 31 };
uint32_t mode_of(const char *mode); /* of app_me: "patient" -> MODE_PATIENT */

/* How list and detail share a screen of 80 columns; narrower ones show one of them, wider ones a third beside. */
enum view_split { SPLIT_NONE, SPLIT_RIGHT, SPLIT_BELOW };

struct view_ops;
struct act;

struct view {
	const struct view_ops *ops;
	const void *model; /* NULL: not loaded yet */
	const void *draft; /* ops->draft_size bytes; NULL when that is 0 */
	enum language language;
	struct time_ms now;
	uint32_t mode;       /* one MODE bit */
	bool utc;            /* times are told in UTC */
};

struct view_act {
	enum action action;
	/* Fills what should happen; id: of what is selected in the first pane, 0 for nothing.  Says act_refuse when it cannot
	 * be done now: the help shows that reason too, by calling this without doing what it says.
	 */
	void (*say)(struct act *ret, const struct view *v, int id);
};

struct view_ops {
	const char *name; /* "patient-overview": of pictures and tests */
	enum word title;
	uint32_t modes;
	enum view_split split;
	size_t model_size, draft_size;
	int64_t lives_ms;  /* it goes by itself after so long; 0: it stays */
	bool draft_loads;  /* the model depends on the draft: a changed one loads again */
	/* model: zeroed, model_size bytes; released by release also when this fails.  NULL: no model is needed. */
	enum err (*load)(void *model, struct app *a, const void *draft, struct task *task, struct err_info *info);
	void (*release)(void *model);
	void (*list)(const struct view *v, struct page *p);           /* the first pane */
	void (*detail)(const struct view *v, struct page *p, int id); /* of what is selected there; NULL: none */
	void (*third)(const struct view *v, struct page *p, int id);  /* on wide screens; NULL: none */
	/* Enter on a row, Space on a choice (text NULL), or a field was typed into; NULL: Enter goes to the next pane. */
	void (*chosen)(struct act *ret, const struct view *v, int id, const char *text);
	/* What is looked for was typed to the end, or "" when it is not looked for any more: for lists that are longer
	 * than their page.  NULL: rows of the page are all there is.
	 */
	void (*find)(struct act *ret, const struct view *v, const char *text);
	const struct view_act *acts; /* ended by ACTION_NONE; the first ones are in the hint line */
};

/* What is looked for: rows of which one of the texts has it, in any case; with '!' in front those of which none has it. */
#define VIEW_FILTER_MAX 64u
bool view_filter(const char *filter, const char *const *texts, size_t count);

/* ---- what should happen ---- */

enum act_kind {
	ACT_NOTHING,
	ACT_REFUSE, /* why: text */
	ACT_DRAFT,  /* draft takes the place of the view's */
	ACT_OPEN,   /* another view, with draft as its own */
	ACT_BACK,
	ACT_RELOAD,
	ACT_LINE,   /* a line of the command line, after confirm */
	ACT_PERSON, /* leave this profile and open that of home */
	ACT_BEGIN,    /* draft is a struct begin_draft (tui/screens/begin.h): a new profile, which is then open */
	ACT_SETTINGS, /* draft is a struct screens_settings (tui/screens/settings.h) */
};
/* What a person must do before it happens: nothing, `y`, four characters of the object, or a wait in which `u` undoes it. */
enum act_confirm { CONFIRM_NONE, CONFIRM_YES, CONFIRM_TYPED };

#define ACT_TEXT 768u
#define ACT_WORDS_MAX 96u
#define ACT_LINE_MAX 8192u
struct act {
	enum language language;
	enum act_kind kind;
	const struct view_ops *view;
	unsigned char draft[VIEW_DRAFT_MAX]; /* may be secret-free only */
	size_t draft_size;
	char line[ACT_LINE_MAX];             /* words, each ended by '\0' */
	const char *words[ACT_WORDS_MAX];
	size_t word_count, line_len;
	bool too_long;                       /* the line did not fit: refused */
	enum act_confirm confirm;
	bool waits;                          /* what gives more access waits before it is sent */
	bool shows;                          /* what the line says is shown on a page of its own, else its first line below */
	bool leaves;                         /* afterwards one step back */
	char typed[8];                       /* of CONFIRM_TYPED; may go into the line, which names it itself */
	char text[ACT_TEXT];                 /* the reason; what is asked before it happens */
	char home[APP_PATH];                     /* ACT_PERSON */
};

/* Values of words end with NULL. */
void act_refuse(struct act *a, enum word why, ...);
void act_draft(struct act *a, const void *draft, size_t size);
/* draft NULL, size 0: a zeroed one. */
void act_open(struct act *a, const struct view_ops *view, const void *draft, size_t size);
void act_back(struct act *a);
void act_reload(struct act *a);
void act_person(struct act *a, const char *home);
void act_begin_profile(struct act *a, const void *begin, size_t size);
void act_settings(struct act *a, const void *settings, size_t size);
/* act_line begins a line, act_word adds a word, act_option two of them unless value is NULL or "". */
void act_line(struct act *a, const char *noun, const char *verb);
void act_word(struct act *a, const char *word);
void act_option(struct act *a, const char *option, const char *value);
void act_yes(struct act *a, enum word question, ...);
void act_typed(struct act *a, const char *typed, enum word question, ...);

/* ---- pages in words ---- */

void page_say(struct page *p, const struct view *v, enum role role, enum word w, ... /* const char *, NULL */);
void page_head(struct page *p, const struct view *v, enum word w, ... /* const char *, NULL */);
void page_pair_say(struct page *p, const struct view *v, enum word label, enum role role, enum word w, ...);
void page_pair_text(struct page *p, const struct view *v, enum word label, enum role role, const char *text);
void page_choice_say(struct page *p, const struct view *v, int id, enum word w, bool on, bool one);
void page_field_say(struct page *p, const struct view *v, int id, enum word label, const char *text);

/* A number, a moment as people say it ("today 09:12", "12 Nov 10:03", "3 Jan 2025"), a day ("31 Dec 2026"). */
#define SAY_NUMBER 24u
#define SAY_TIME 32u
const char *say_number(char out[SAY_NUMBER], uint64_t n);
const char *say_time(char out[SAY_TIME], const struct view *v, struct time_ms t);
const char *say_day(char out[SAY_TIME], const struct view *v, struct time_ms t);
/* The day of a FHIR date or date-time, as it is written there. */
const char *say_date(char out[SAY_TIME], const char *date);
/* The first eight hex digits of an id. */
#define SAY_ID 12u
const char *say_id(char out[SAY_ID], const uint8_t id[ID_SIZE]);

#endif
