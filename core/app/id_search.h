/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the one id that begins with what somebody typed; private to core/app. */
#ifndef MEDLOCK_APP_ID_SEARCH_H
#define MEDLOCK_APP_ID_SEARCH_H

#include "core/base/bytes.h"
#include "core/base/err.h"

#define ID_SEARCH_DIGITS_MIN 4u

struct id_search {
	const char *text, *what; /* what: "record", for the errors; both outlive the search */
	size_t len, found;
	uint8_t id[ID_SIZE]; /* the last that matched */
};

/* ERR_NOT_FOUND: text is not between ID_SEARCH_DIGITS_MIN and 64 lower-case hex digits. */
enum err id_search_init(struct id_search *s, const char *text, const char *what, struct err_info *info) MUST_USE;
void id_search_look(struct id_search *s, const uint8_t id[ID_SIZE]);
/* ERR_NOT_FOUND: none matched, or several. */
enum err id_search_end(const struct id_search *s, uint8_t ret[ID_SIZE], struct err_info *info) MUST_USE;

#endif
