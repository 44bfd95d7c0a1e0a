/* SPDX-License-Identifier: Apache-2.0 */
/* Letters that the peers keep for this profile. */
#ifndef MEDLOCK_SCREENS_COMMON_LETTERS_H
#define MEDLOCK_SCREENS_COMMON_LETTERS_H

#include "core/app/review.h"
#include "tui/screens/view.h"

struct letter_row {
	struct app_reading reading; /* the text is foreign */
	struct time_ms at;
	uint32_t kind; /* LETTER_… */
	char from[64];
};

/* The newest first; those that are of no kind that can be read are not there. */
struct letters_model {
	struct letter_row *rows;
	size_t count, odd;
};

#endif
