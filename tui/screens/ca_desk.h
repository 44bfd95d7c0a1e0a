/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of the desk itself know: its health, its ceremonies, its log. */
#ifndef MEDLOCK_SCREENS_CA_DESK_H
#define MEDLOCK_SCREENS_CA_DESK_H

#include "core/app/ca.h"
#include "core/app/ca_export.h"
#include "tui/screens/view.h"

struct health_model {
	struct app_checks desk, profile;
	bool away; /* the register is with another officer: no checks of the desk */
};

#define CEREMONY_WITNESSES 3u
struct ceremonies_model {
	struct app_checks desk;
	bool held; /* this desk has its authority */
};
struct ceremonies_draft {
	char out[1024], witness[CEREMONY_WITNESSES][128]; /* of a ceremony */
	char root[1024], file[1024];                      /* of a later act with the root key */
};

struct desk_log_model {
	struct app_decisions all;
	bool away;
};

/* Why a form cannot be done, as the command line says it: "not found: /nowhere.json". */
void form_why(char *out, size_t size, enum err e, const struct err_info *info);

#endif
