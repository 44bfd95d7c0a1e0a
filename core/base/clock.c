/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/clock.h"

#include <stdio.h>
#include <time.h>

#define YEAR_MIN 1
#define YEAR_MAX 9999

static struct time_ms real_now(void *self)
{
	struct timespec t;

	(void)self;
	clock_gettime(CLOCK_REALTIME, &t);
	return (struct time_ms){(int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000};
}

static int64_t real_steady(void *self)
{
	struct timespec t;

	(void)self;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000;
}

const struct clock *clock_real(void)
{
	static const struct clock real = {real_now, real_steady, NULL};

	return &real;
}

static struct time_ms manual_now(void *self)
{
	return ((struct manual_clock *)self)->now;
}

static int64_t manual_steady(void *self)
{
	return ((struct manual_clock *)self)->now.v;
}

void manual_clock_init(struct manual_clock *m, struct time_ms start)
{
	m->now = start;
	m->clock = (struct clock){manual_now, manual_steady, m};
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counting years from March so that the leap day
 * comes last.
 */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t m = (5 * day_of_year + 2) / 153;

	*day = (unsigned)(day_of_year - (153 * m + 2) / 5 + 1);
	*month = (unsigned)(m < 10 ? m + 3 : m - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

void time_format(char out[TIME_TEXT], struct time_ms t)
{
	int64_t days = t.v / MS_PER_DAY, rest = t.v % MS_PER_DAY, year, seconds;
	unsigned month, day, ms;

	if (rest < 0) {
		rest += MS_PER_DAY;
		days--;
	}
	date_of(days, &year, &month, &day);
	seconds = rest / MS_PER_SECOND;
	ms = (unsigned)(rest % MS_PER_SECOND);
	if (year < YEAR_MIN || year > YEAR_MAX) {
		snprintf(out, TIME_TEXT, "out of range");
		return;
	}
	if (ms == 0)
		snprintf(out, TIME_TEXT, "%04d-%02u-%02uT%02d:%02d:%02dZ", (int)year, month, day, (int)(seconds / 3600),
			 (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		snprintf(out, TIME_TEXT, "%04d-%02u-%02uT%02d:%02d:%02d.%03uZ", (int)year, month, day,
			 (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60), ms);
}

/* Exactly so many digits; moves the text on. */
static bool digits(unsigned *ret, const char **text, unsigned count)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		n = n * 10 + (unsigned)(**text - '0');
	}
	*ret = n;
	return true;
}

static bool literal(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static unsigned month_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool parse_date(int64_t *ret_days, const char **text)
{
	unsigned year, month, day;

	if (!digits(&year, text, 4) || !literal(text, '-') || !digits(&month, text, 2) || !literal(text, '-') ||
	    !digits(&day, text, 2))
		return false;
	if (year < YEAR_MIN || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return false;
	*ret_days = days_of(year, month, day);
	return true;
}

/* HH:MM:SS with up to nine digits of fraction, of which three count; a leap second counts as the one before. */
static bool parse_clock(int64_t *ret_ms, const char **text)
{
	unsigned hour, minute, second, ms = 0, place = 100, fraction_digits = 0;

	if (!digits(&hour, text, 2) || !literal(text, ':') || !digits(&minute, text, 2) || !literal(text, ':') ||
	    !digits(&second, text, 2))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	if (literal(text, '.')) {
		for (; **text >= '0' && **text <= '9'; (*text)++, place /= 10, fraction_digits++)
			ms += (unsigned)(**text - '0') * place;
		if (fraction_digits == 0 || fraction_digits > 9)
			return false;
	}
	*ret_ms = ((int64_t)hour * 3600 + minute * 60 + (second > 59 ? 59 : second)) * MS_PER_SECOND + ms;
	return true;
}

static bool parse_offset(int64_t *ret_ms, const char **text)
{
	unsigned hour, minute;
	bool west = **text == '-';

	if (literal(text, 'Z')) {
		*ret_ms = 0;
		return true;
	}
	if (!literal(text, '+') && !literal(text, '-'))
		return false;
	if (!digits(&hour, text, 2) || !literal(text, ':') || !digits(&minute, text, 2) || hour > 23 || minute > 59)
		return false;
	*ret_ms = ((int64_t)hour * 60 + minute) * 60 * MS_PER_SECOND * (west ? -1 : 1);
	return true;
}

enum err time_parse(struct time_ms *ret, const char *text)
{
	int64_t days, in_day = 0, offset = 0;

	if (!parse_date(&days, &text))
		return ERR_FORMAT;
	if (*text != '\0') {
		if (!literal(&text, 'T') || !parse_clock(&in_day, &text) || !parse_offset(&offset, &text))
			return ERR_FORMAT;
	}
	if (*text != '\0')
		return ERR_FORMAT;
	ret->v = days * MS_PER_DAY + in_day - offset;
	return ERR_OK;
}
