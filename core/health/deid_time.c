/* SPDX-License-Identifier: Apache-2.0 */
/* Is this unit a time, and how many years does a number of it make?  By the grammar of UCUM (https://ucum.org/ucum, sections 2
 * and 3): "Gs", "mo{count}", "10*3.d" and "s+1" are times as "a" is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/health/deid_parts.h"

#define DAYS_OF_YEAR 365.25
#define EXPONENT_MAX 99 /* two digits, as deid_unit_allowed takes */

struct factor {
	const char *word;
	double value;
};

static const struct factor prefixes[] = {
	{"Y", 1e24},  {"Z", 1e21},  {"E", 1e18},  {"P", 1e15},  {"T", 1e12},  {"G", 1e9},   {"M", 1e6},
	{"k", 1e3},   {"h", 1e2},   {"da", 1e1},  {"d", 1e-1},  {"c", 1e-2},  {"m", 1e-3},  {"u", 1e-6},
	{"n", 1e-9},  {"p", 1e-12}, {"f", 1e-15}, {"a", 1e-18}, {"z", 1e-21}, {"y", 1e-24},
};
static const struct factor times[] = { /* in years */
	{"a", 1},
	{"mo", 1.0 / 12},
	{"wk", 7 / DAYS_OF_YEAR},
	{"d", 1 / DAYS_OF_YEAR},
	{"h", 1 / DAYS_OF_YEAR / 24},
	{"min", 1 / DAYS_OF_YEAR / 1440},
	{"s", 1 / DAYS_OF_YEAR / 86400},
};
static const struct factor numbers[] = {{"1", 1}, {"%", 1e-2}, {"10*", 10}, {"10^", 10}};

static const struct factor *find(const struct factor *list, size_t count, struct bytes word)
{
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(bytes_str(list[i].word), word))
			return &list[i];
	return NULL;
}

#define FIND(list, word) find(list, sizeof(list) / sizeof((list)[0]), word)

/* One unit word: a time, in years (1), or a number (0); -1: anything else. */
static int atom(double *ret, struct bytes word)
{
	const struct factor *f = FIND(times, word);

	if (f == NULL && word.len > 1 && word.data[word.len - 1] == 's') { /* only the second takes prefixes */
		f = FIND(prefixes, bytes_of(word.data, word.len - 1));
		*ret = f != NULL ? f->value / DAYS_OF_YEAR / 86400 : 0;
		return f != NULL ? 1 : -1;
	}
	if (f != NULL) {
		*ret = f->value;
		return 1;
	}
	f = FIND(numbers, word);
	*ret = f != NULL ? f->value : 0;
	return f != NULL ? 0 : -1;
}

/* The exponent at the end of a term, which it loses; 1: none. */
static int exponent(struct bytes *term)
{
	size_t len = term->len;
	int n = 0, digits = 0;

	while (len > 0 && term->data[len - 1] >= '0' && term->data[len - 1] <= '9')
		len--;
	for (size_t i = len; i < term->len && n <= EXPONENT_MAX; i++, digits++)
		n = 10 * n + (term->data[i] - '0');
	if (digits == 0 || len == 0) /* "1" is a number and no exponent */
		return 1;
	if (term->data[len - 1] == '-' || term->data[len - 1] == '+') {
		n = term->data[len - 1] == '-' ? -n : n;
		len--;
	}
	term->len = len;
	return n;
}

static double power(double base, int n)
{
	double all = 1;

	for (int i = 0; i < abs(n); i++)
		all *= base;
	return n < 0 ? 1 / all : all;
}

/* Up to the next operator, without its note. */
static struct bytes next_term(const char **at)
{
	const char *begin = *at;
	size_t len = strcspn(begin, "{./"), rest = len;

	if (begin[len] == '{')
		rest += strcspn(begin + len, "}") + (strchr(begin + len, '}') != NULL);
	*at = begin + rest;
	return bytes_of(begin, len);
}

double deid_years(const char *unit, double value)
{
	double all = 1;
	int time = 0;

	for (bool over = false; *unit != '\0';) {
		struct bytes term;
		double of;
		int n, kind;

		if (*unit == '.' || *unit == '/')
			over = *unit++ == '/';
		term = next_term(&unit);
		n = exponent(&term) * (over ? -1 : 1);
		kind = term.len == 0 ? 0 : atom(&of, term); /* a note alone is a number */
		if (kind < 0)
			return -1;
		all *= term.len == 0 ? 1 : power(of, n);
		time += kind * n;
		if (*unit != '\0' && *unit != '.' && *unit != '/')
			return -1;
	}
	return time == 1 ? value * all : -1;
}
