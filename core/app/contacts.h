/* SPDX-License-Identifier: Apache-2.0 */
/* Cards that people hand each other: who they are on the ledger, and the key that letters and records are sealed to. */
#ifndef MEDLOCK_APP_CONTACTS_H
#define MEDLOCK_APP_CONTACTS_H

#include "core/app/app.h"

#define CONTACT_TEXT 146u /* "medlock-contact:", 64 hex digits, ':', 64 hex digits, NUL */

void app_contact_card(struct app *a, char out[CONTACT_TEXT]);

/* Into the book under this name, in place of who had it.  ERR_USAGE: no card, no name. */
enum err app_contact_add(struct app *a, const char *name, const char *card, struct err_info *info) MUST_USE;

#endif
