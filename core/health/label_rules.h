/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of assets/labels: which category a resource is of, which sensitivity a code carries.
 *
 * Made once and shared: nothing of it changes after label_rules_new.
 */
#ifndef MEDLOCK_HEALTH_LABEL_RULES_H
#define MEDLOCK_HEALTH_LABEL_RULES_H

#include "core/base/bytes.h"

#define LABEL_CODE_MAX 20u /* of a code in the tables */

enum category_key { CATEGORY_BY_TYPE, CATEGORY_BY_OBSERVATION, CATEGORY_BY_REPORT, CATEGORY_BY_FINDING, CATEGORY_BY_DOCUMENT };

struct label_rules;

/* ERR_FORMAT with the table and line that is wrong, ERR_MEMORY. */
enum err label_rules_new(struct label_rules **ret, struct err_info *info) MUST_USE;
void label_rules_free(struct label_rules *r);

/* The category of a word; NULL when the tables do not say.  Lives as long as r. */
const char *label_category(const struct label_rules *r, enum category_key key, const char *word);

/* The labels of a code, in the order of the table: call with at 0, then with what came back in *at, until NULL. */
const char *label_of_code(const struct label_rules *r, const char *system, const char *code, size_t *at);

/* To what a label raises a record: "R", "V". */
const char *label_confidentiality(const struct label_rules *r, const char *label);

#endif
