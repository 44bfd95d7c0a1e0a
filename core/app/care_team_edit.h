/* SPDX-License-Identifier: Apache-2.0 */
/* Care teams while consent is changed.  Private to core/app. */
#ifndef MEDLOCK_APP_CARE_TEAM_EDIT_H
#define MEDLOCK_APP_CARE_TEAM_EDIT_H

#include "core/app/care_team.h"
#include "core/app/internal.h"

/* app_actor, and care teams by "team:NAME" or by a name that no contact has. */
enum err app_rule_actor(struct app *a, Medlock__Actor **ret, const char *who, struct err_info *info) MUST_USE;

/* New rules (id 0) that name a team alone get its members: those of the rules that are for it already, else of the book. */
enum err care_team_fill(struct app *a, struct policy *wanted, struct err_info *info) MUST_USE;

/* What becomes of a team, when the change was made. */
struct care_team_after {
	struct book_team team;
	bool removed;
};
/* Change the rules of wanted; ret: for care_team_keep. */
enum err care_team_draft(struct app *a, struct policy *wanted, struct care_team_after *ret,
			 const struct app_care_team_edit *edit, char **ret_sentence, struct err_info *info) MUST_USE;
enum err care_team_keep(struct app *a, const struct care_team_after *after, struct err_info *info) MUST_USE;

#endif
