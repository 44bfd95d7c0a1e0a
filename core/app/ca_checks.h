/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a list of checks: inside core/app. */
#ifndef MEDLOCK_APP_CA_CHECKS_H
#define MEDLOCK_APP_CA_CHECKS_H

#include "core/app/ca.h"
#include "core/app/internal.h"

enum ca_check_level { CA_CHECK_FINE, CA_CHECK_WARN, CA_CHECK_BAD };

/* A row without words yet. */
struct app_check *ca_check_add(struct app_checks *all, const char *what, enum ca_check_level level, const char *next);

/* How old the last `ca backup` is; that the root key is not in the desk's keystore. */
void ca_check_backup(struct app *a, struct ca *ca, struct app_checks *all);
void ca_check_root_key(struct app *a, struct app_checks *all);

#endif
