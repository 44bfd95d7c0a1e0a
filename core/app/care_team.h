/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's care teams (core/consent/care_team.h): named in her book, their members in her rules. */
#ifndef MEDLOCK_APP_CARE_TEAM_H
#define MEDLOCK_APP_CARE_TEAM_H

#include "core/app/consent.h"

struct app_care_team {
	char name[64];          /* "" on a device that does not know it */
	char id[65];
	char **members;         /* names or ids */
	size_t member_count;
	uint32_t rules;         /* that are for it */
	bool differs;           /* rules for it have other members: changing the team makes them alike */
};
struct app_care_teams { struct app_care_team *rows; size_t count; };
enum err app_care_team_list(struct app *a, struct app_care_teams *ret, struct err_info *info) MUST_USE;
void app_care_teams_release(struct app_care_teams *t);

#endif
