/* SPDX-License-Identifier: Apache-2.0 */
/* What the views of a person's keys know. */
#ifndef MEDLOCK_SCREENS_KEYS_H
#define MEDLOCK_SCREENS_KEYS_H

#include "core/app/helpers.h"
#include "tui/screens/view.h"

struct keys_model {
	struct app_me me;
	struct app_card card;
	struct app_helped_list helping;
	char (*helped)[64];  /* whose shares these are */
	size_t recoveries;
	struct time_ms announced; /* new keys, in force from then on; 0: none */
};
struct card_model { struct secret *words; struct time_ms at; };

#define CARD_SHOWN_MS (60 * MS_PER_SECOND)

#endif
