/* SPDX-License-Identifier: Apache-2.0 */
/* How far the people of a set of records without names can be told apart: the smallest group that shares what an
 * outsider may know of them (k-anonymity, Sweeney 2002).
 *
 * One file is one person.  Outsiders may know the year of birth, the sex, the country, that somebody died, and codes that
 * few people of the set have.  Removing names record by record cannot promise groups; this measures them before a set is
 * passed on.
 */
#ifndef MEDLOCK_HEALTH_RISK_H
#define MEDLOCK_HEALTH_RISK_H

#include "core/health/fhir.h"

#define RISK_FLOOR 11u /* of people in a group, below which somebody counts as exposed; a code of fewer people is rare */
#define RISK_FILES_MAX 100000u
#define RISK_CODES_MAX 4096u /* different codes of one file; more of them are too many to compare: ERR_TOO_LARGE */

struct risk;
enum err risk_new(struct risk **ret) MUST_USE;
void risk_free(struct risk *r);

/* Take one person's record; nothing of f is kept but hashes.  ERR_TOO_LARGE, ERR_MEMORY. */
enum err risk_add(struct risk *r, const struct fhir_file *f, struct err_info *info) MUST_USE;

struct risk_found {
	size_t people, groups;
	size_t smallest;   /* 0 without people */
	size_t exposed;    /* people in groups smaller than RISK_FLOOR */
	size_t rare_codes; /* different ones */
};
enum err risk_find(struct risk_found *ret, struct risk *r) MUST_USE;

#endif
