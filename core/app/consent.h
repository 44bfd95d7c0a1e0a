/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's consent: show, change, try. */
#ifndef MEDLOCK_APP_CONSENT_H
#define MEDLOCK_APP_CONSENT_H

#include "core/app/app.h"

struct app_rule {
	uint32_t id;
	char *sentence; /* plain words, names filled in */
	char *json;     /* the rule's object, as `consent set` reads it */
};

struct app_policy {
	uint64_t version;
	const char *default_effect;
	bool paused;
	const char *preset; /* which it equals, question by question; NULL: the owner's own */
	bool emergency_off, research; /* of the preset */
	struct app_rule *rules;
	size_t count;
};
enum err app_consent_show(struct app *a, struct app_policy *ret, struct err_info *info) MUST_USE;
void app_policy_release(struct app_policy *p);

/* The policy as one FHIR R4 Consent (core/consent/fhir_consent.h), a line of JSON appended to out. */
enum err app_consent_fhir(struct app *a, struct buf *out, struct err_info *info) MUST_USE;

/* What to change.  Lists end with NULL; NULL members are not said. */
struct app_rule_words {
	const char *effect; /* permit, deny, ask */
	const char *who;    /* account, contact, organisation name, care team, role name or "everyone" */
	const char *purpose[9], *category[17], *label[17];
	const char *except[17]; /* of a permit: labels that a second rule keeps back; all other sensitive records are covered */
	const char *form, *until, *uses;
	bool lock, emergency_ok, any_label;
	const char *from, *data_from, *data_to, *confidentiality, *visibility, *project;
	const char *obligation[15], *term[14];
	const char *record[65], *author[17]; /* ids or their beginnings; names of organisations in the book */
};
struct app_change;

/* What gives somebody more than before (core/consent/check.h, widens) is made after APP_UNDO_SECONDS, in which cancelling the
 * task undoes it: ERR_UNDONE, nothing was sent.  What takes access away is made at once.
 */
#define APP_UNDO_SECONDS 30u
struct app_undo {
	bool now; /* do not wait */
	/* Before each second of the wait, from the thread that called; NULL: nobody watches. */
	void (*waiting)(void *self, const struct app_change *draft, unsigned seconds_left);
	void *self;
};

/* A policy to begin with takes the place of the rules; a template adds some for somebody. */
struct app_preset {
	const char *name; /* open, careful, closed */
	bool emergency_off, research;
};
struct app_template {
	const char *name, *who, *until; /* until: NULL: as the template says */
};
struct app_template_row {
	const char *name, *words; /* live for ever */
};
bool app_template_at(size_t index, struct app_template_row *ret); /* false past the end */

/* Add members, or make the team; take members out, or, without members, remove the team and every rule for it.  Members:
 * contacts, organisations or accounts, NULL at the end.  ERR_USAGE: a name that is taken, a role; ERR_LIMIT; ERR_NOT_FOUND.
 */
struct app_care_team_edit {
	const char *name;
	const char *const *members;
	bool remove;
};

struct app_consent_edit {
	const struct app_rule_words *add;
	uint32_t remove;      /* a rule's id, or 0; with add: that one takes its place */
	struct bytes replace; /* a whole JSON policy, or empty */
	struct bytes fhir;    /* a FHIR Consent that takes the place of the policy, or empty */
	const struct app_preset *preset;
	const struct app_template *template;
	const struct app_care_team_edit *team;
	bool dry_run;
	struct app_undo undo;
};

struct app_change {
	uint64_t version, height; /* height 0: nothing was sent */
	struct tx_id tx;
	char **gains, **losses; /* sentences: of people in the book, counted on the owner's records */
	size_t gain_count, loss_count;
	char *sentence;         /* of the rule added, or of the act; may be NULL */
	bool widens, narrows;
	char *example;          /* widens: somebody, known or not, who gets more; NULL: none could be worked out */
};
/* ERR_CONFLICT when the policy changed meanwhile; nothing is lost then.  ERR_UNDONE. */
enum err app_consent_change(struct app *a, struct app_change *ret, const struct app_consent_edit *edit,
				struct err_info *info) MUST_USE;
void app_change_release(struct app_change *c);

struct app_pause {
	bool paused;
	uint64_t height; /* 0: dry run */
	struct tx_id tx;
};
/* Resuming gives what the rules give, so it waits; undo may be NULL for a pause. */
enum err app_consent_pause(struct app *a, struct app_pause *ret, bool paused, bool dry_run,
			   const struct app_undo *undo, struct err_info *info) MUST_USE;

#define APP_WHO 64u /* a contact's name, kept by whoever keeps the row */

struct app_answer {
	struct record_id record;
	const char *decision, *form, *reason, *category; /* form "" when nothing is given */
	const char *purpose;
	char who[APP_WHO]; /* consent who */
	uint32_t rule;
};
struct app_answers {
	struct app_answer *rows;
	size_t count, readable, asked, refused;
};
struct app_question {
	const char *as, *purpose, *on; /* on: a date; NULL: today */
	bool emergency;
};
enum err app_consent_try(struct app *a, struct app_answers *ret, const struct app_question *q,
			 struct err_info *info) MUST_USE;
enum err app_consent_who(struct app *a, struct app_answers *ret, const struct record_id *record,
			 struct err_info *info) MUST_USE;
void app_answers_release(struct app_answers *x);

#endif
