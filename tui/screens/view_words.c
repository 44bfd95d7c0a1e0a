/* SPDX-License-Identifier: Apache-2.0 */
/* Pages in words of the person's language, and numbers and moments as people say them. */
#include "tui/screens/view.h"

#include <stdio.h>
#include <time.h>

static void say(struct page *p, enum language l, struct buf *out, enum word w, va_list values)
{
	words_vsay(out, l, w, values);
	if (buf_error(out) != ERR_OK)
		p->err = buf_error(out);
}

#define SAID(then)                                      \
	do {                                            \
		struct buf said = BUF_INIT;             \
		va_list values;                         \
                                                        \
		va_start(values, w);                    \
		say(p, v->language, &said, w, values);  \
		va_end(values);                         \
		if (page_error(p) == ERR_OK)            \
			then;                           \
		buf_release(&said);                     \
	} while (0)

void page_say(struct page *p, const struct view *v, enum role role, enum word w, ...)
{
	SAID(page_text(p, role, buf_text(&said)));
}

void page_head(struct page *p, const struct view *v, enum word w, ...)
{
	SAID(page_heading(p, buf_text(&said)));
}

void page_pair_say(struct page *p, const struct view *v, enum word label, enum role role, enum word w, ...)
{
	SAID(page_pair(p, word(v->language, label), role, buf_text(&said)));
}

void page_pair_text(struct page *p, const struct view *v, enum word label, enum role role, const char *text)
{
	page_pair(p, word(v->language, label), role, text);
}

void page_choice_say(struct page *p, const struct view *v, int id, enum word w, bool on, bool one)
{
	page_choice(p, id, word(v->language, w), on, one);
}

void page_field_say(struct page *p, const struct view *v, int id, enum word label, const char *text)
{
	page_field(p, id, word(v->language, label), text, false);
}

/* ---- numbers and times ---- */

const char *say_number(char out[SAY_NUMBER], uint64_t n)
{
	snprintf(out, SAY_NUMBER, "%llu", (unsigned long long)n);
	return out;
}

const char *say_date(char out[SAY_TIME], const char *date)
{
	snprintf(out, SAY_TIME, "%.10s", date);
	return out;
}

const char *say_id(char out[SAY_ID], const uint8_t id[ID_SIZE])
{
	hex_encode(out, id, 4);
	return out;
}

static bool local(struct tm *ret, const struct view *v, struct time_ms t)
{
	time_t seconds = (time_t)(t.v / MS_PER_SECOND);

	return (v->utc ? gmtime_r(&seconds, ret) : localtime_r(&seconds, ret)) != NULL;
}

/* "Jan" of a list of words with spaces between. */
static void month(char out[16], enum language l, int number)
{
	const char *names = word(l, WORD_TIME_MONTHS);

	while (number-- > 0 && strchr(names, ' ') != NULL)
		names = strchr(names, ' ') + 1;
	snprintf(out, 16, "%.*s", (int)strcspn(names, " "), names);
}

static bool same_day(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_yday == b->tm_yday;
}

const char *say_day(char out[SAY_TIME], const struct view *v, struct time_ms t)
{
	char name[16];
	struct tm day;

	if (!local(&day, v, t))
		return "";
	month(name, v->language, day.tm_mon);
	snprintf(out, SAY_TIME, "%d %s %d", day.tm_mday, name, day.tm_year + 1900);
	return out;
}

const char *say_time(char out[SAY_TIME], const struct view *v, struct time_ms t)
{
	char day[SAY_TIME], name[16];
	struct tm at, now, before;

	if (!local(&at, v, t) || !local(&now, v, v->now) || !local(&before, v, (struct time_ms){v->now.v - MS_PER_DAY}))
		return "";
	month(name, v->language, at.tm_mon);
	if (same_day(&at, &now))
		snprintf(day, sizeof(day), "%s", word(v->language, WORD_TIME_TODAY));
	else if (same_day(&at, &before))
		snprintf(day, sizeof(day), "%s", word(v->language, WORD_TIME_YESTERDAY));
	else if (at.tm_year != now.tm_year)
		return say_day(out, v, t);
	else
		snprintf(day, sizeof(day), "%d %s", at.tm_mday, name);
	snprintf(out, SAY_TIME, "%.16s %02d:%02d", day, at.tm_hour, at.tm_min);
	return out;
}
