/* SPDX-License-Identifier: Apache-2.0 */
/* Care teams: people and organisations that an owner names once and writes rules for together.
 *
 * A rule for a team has the team's id among its actors, and beside it each member.  The contract knows no teams: it decides
 * by the members, so what the ledger enforces needs no second list that could differ.  The id says which rules change when a
 * member comes or goes, and a team without members is met by nobody (a rule without actors would be met by everybody).
 */
#ifndef MEDLOCK_CONSENT_CARE_TEAM_H
#define MEDLOCK_CONSENT_CARE_TEAM_H

#include "chain/proto/limits.h"
#include "core/consent/policy.h"

#define CARE_TEAM_MAX (RULE_ACTORS_MAX - 1u)

struct care_member {
	uint32_t kind; /* ACTOR_ACCOUNT or ACTOR_ORGANISATION */
	uint8_t id[ID_SIZE];
};
struct care_team {
	uint8_t id[ID_SIZE]; /* random */
	struct care_member members[CARE_TEAM_MAX];
	size_t count;
};

/* The team that a rule is for; NULL: none. */
const uint8_t *care_team_of(const Medlock__Rule *rule);
/* The team as a rule has it; the rule must be for one. */
void care_team_read(struct care_team *ret, const Medlock__Rule *rule);

bool care_team_has(const struct care_team *t, const struct care_member *m);
/* ERR_LIMIT: CARE_TEAM_MAX; ERR_DUPLICATE. */
enum err care_team_add(struct care_team *t, const struct care_member *m) MUST_USE;
/* ERR_NOT_FOUND. */
enum err care_team_drop(struct care_team *t, const struct care_member *m) MUST_USE;

/* All rules for the team get exactly these members: as new rules with what is left of their uses, in the place of the old ones.
 * Rules that have them already, or are used up, stay.
 */
enum err care_team_apply(struct policy *p, const struct care_team *t) MUST_USE;
/* Rules for the team go.  Returns how many. */
size_t care_team_remove(struct policy *p, const uint8_t id[ID_SIZE]);

#endif
