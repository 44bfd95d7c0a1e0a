/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/date.h"

#include <stdio.h>

#include "core/base/text.h"

/* digits characters of text as a number */
static bool number_at(unsigned *ret, const char *text, size_t at, size_t digits)
{
	unsigned n = 0;

	for (size_t i = at; i < at + digits; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = 10 * n + (unsigned)(text[i] - '0');
	}
	*ret = n;
	return true;
}

static enum err midnight(struct time_ms *ret, unsigned year, unsigned month, unsigned day)
{
	char text[TIME_TEXT];

	snprintf(text, sizeof(text), "%04u-%02u-%02u", year, month, day);
	return time_parse(ret, text);
}

static enum err year_interval(struct time_ms *from, struct time_ms *to, const char *text)
{
	unsigned year;

	if (!number_at(&year, text, 0, 4) || year == 0 || year >= 9999)
		return ERR_FORMAT;
	TRY(midnight(from, year, 1, 1));
	return midnight(to, year + 1, 1, 1);
}

static enum err month_interval(struct time_ms *from, struct time_ms *to, const char *text)
{
	unsigned year, month;

	if (!number_at(&year, text, 0, 4) || text[4] != '-' || !number_at(&month, text, 5, 2) || year >= 9999)
		return ERR_FORMAT;
	TRY(midnight(from, year, month, 1));
	return month == 12 ? midnight(to, year + 1, 1, 1) : midnight(to, year, month + 1, 1);
}

enum err fhir_date_interval(struct time_ms *ret_from, struct time_ms *ret_to, const char *text)
{
	struct time_ms from, to;
	size_t len = strlen(text);

	if (len == 4) {
		TRY(year_interval(&from, &to, text));
	} else if (len == 7) {
		TRY(month_interval(&from, &to, text));
	} else {
		TRY(time_parse(&from, text));
		to.v = from.v + (len == 10 ? MS_PER_DAY : MS_PER_SECOND);
	}
	*ret_from = from;
	*ret_to = to;
	return ERR_OK;
}
