/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/summary.h"

#include <stdlib.h>
#include <strings.h>

#include "core/app/internal.h"
#include "core/crypto/secret.h"
#include "core/health/ndjson.h"
#include "core/health/view.h"

static const char *const titles[VIEW_SECTIONS + 1] = {
	"Patient", "Alerts", "Allergies", "Problems", "Medicines", "Results", "Vital signs",
	"Vaccines", "Procedures", "Letters", "Other", NULL,
};

/* What is kept of a row beside what it shows. */
struct held {
	struct app_summary_row shown;
	enum view_section section;
	const char *code, *number, *unit;
};

struct gathering {
	struct held *rows;
	size_t count, size;
	struct app_summary made;
	int section; /* -1: all */
};

/* ---- rows ---- */

/* The strings of a row in one block that the row owns. */
static enum err own(struct held *h, const struct view_row *r)
{
	const char *const from[] = {r->date, r->title, r->detail, r->range, r->flag, r->status, r->source,
				    r->code, r->number, r->unit};
	const char **const to[] = {&h->shown.row.date, &h->shown.row.title, &h->shown.row.detail, &h->shown.row.range,
				   &h->shown.row.flag, &h->shown.row.status, &h->shown.row.source,
				   &h->code, &h->number, &h->unit};
	size_t size = 0;
	char *at;

	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		size += strlen(from[i]) + 1;
	h->shown.owned_size = size;
	h->shown.owned = at = malloc(size);
	if (at == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		size_t len = strlen(from[i]) + 1;

		memcpy(at, from[i], len);
		*to[i] = at;
		at += len;
	}
	h->shown.row.section = view_section_title(r->section);
	h->shown.trend = h->shown.numbers = "";
	h->section = r->section;
	return ERR_OK;
}

static enum err add_row(struct gathering *g, const struct app_record *record, const struct view_row *r)
{
	struct held *grown, *h;

	if (g->section >= 0 && (int)r->section != g->section)
		return ERR_OK;
	if (g->count == g->size) {
		size_t size = g->size > 0 ? 2 * g->size : 256;

		grown = realloc(g->rows, size * sizeof(*grown));
		if (grown == NULL)
			return ERR_MEMORY;
		g->rows = grown;
		g->size = size;
	}
	h = &g->rows[g->count];
	*h = (struct held){.shown = {.record = record->record, .from = record->from, .at = record->at}};
	TRY(own(h, r));
	g->count++;
	return ERR_OK;
}

static enum err add_rows(struct gathering *g, const struct app_record *record, struct bytes text, struct err_info *info)
{
	struct fhir_file f;
	struct view v = {0};
	size_t beyond;
	enum err e = ndjson_or_fhir(&f, &beyond, text, info);

	TRY(e);
	e = view_make(&v, &f);
	if (e == ERR_OK && (beyond > 0 || g->count + v.count > SUMMARY_ROWS_MAX))
		g->made.large++;
	for (size_t i = 0; e == ERR_OK && i < v.count && g->count < SUMMARY_ROWS_MAX; i++)
		e = add_row(g, record, &v.rows[i]);
	view_release(&v);
	fhir_release(&f);
	return e;
}

/* ---- records ---- */

static bool ends_it(enum err e)
{
	return e == ERR_CANCELLED || e == ERR_LOCKED || e == ERR_MEMORY || e == ERR_KEYHOLDER;
}

static const char *form_of(const struct app_record *r)
{
	return r->rendition_count > 0 ? r->renditions[0].form : "full";
}

/* In full, or without names when no more was granted. */
static enum err read_record(struct app *a, struct buf *ret, const struct app_record *r, struct err_info *info)
{
	enum err e = app_record_read(a, ret, &r->record, form_of(r), info);

	if (e == ERR_REFUSED && r->rendition_count > 1)
		e = app_record_read(a, ret, &r->record, r->renditions[1].form, info);
	return e;
}

static enum err add_record(struct app *a, struct gathering *g, const struct app_record *r, struct err_info *info)
{
	struct buf text = BUF_INIT;
	enum err e;

	if (strcmp(r->status, "live") != 0)
		return ERR_OK;
	if (r->rendition_count > 0 && r->renditions[0].bytes > SUMMARY_READ_MAX) {
		g->made.large++;
		return ERR_OK;
	}
	e = read_record(a, &text, r, info);
	if (e == ERR_OK && !fhir_looks_like_json(buf_bytes(&text)))
		g->made.attachments++;
	else if (e == ERR_OK)
		e = add_rows(g, r, buf_bytes(&text), info);
	app_record_forget(&text);
	if (ends_it(e))
		return e;
	g->made.records += e == ERR_OK;
	g->made.refused += e == ERR_REFUSED || e == ERR_NOTHING_GRANTED;
	g->made.unread += e != ERR_OK && e != ERR_REFUSED && e != ERR_NOTHING_GRANTED;
	return ERR_OK;
}

/* ---- results over time ---- */

/* "resolved", also in "resolved, unconfirmed" */
static bool begins_with_one_of(const char *status, const char *const *list)
{
	size_t len = strcspn(status, ",");

	for (; *list != NULL; list++)
		if (strlen(*list) == len && memcmp(*list, status, len) == 0)
			return true;
	return false;
}

/* What matters first inside of a section: a dangerous allergy, what is still taken or still a problem. */
static int rank_of(const struct held *h)
{
	static const char *const over[] = {"stopped", "completed", "cancelled", "resolved", "inactive", "remission",
					   "entered-in-error", "entered in error", "refuted", NULL};
	bool past = begins_with_one_of(h->shown.row.status, over);

	if (h->section == VIEW_ALLERGIES && !past)
		return strstr(h->shown.row.detail, "high risk") != NULL ? 0 : 1;
	if (h->section == VIEW_ALLERGIES || h->section == VIEW_PROBLEMS || h->section == VIEW_MEDICINES)
		return past ? 2 : 1;
	return 1;
}

/* By section, what matters first, newest first; ties in any order that is always the same. */
static int in_order(const void *x, const void *y)
{
	const struct held *a = x, *b = y;
	int order;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	order = rank_of(a) - rank_of(b);
	if (order == 0)
		order = strcmp(b->shown.row.date, a->shown.row.date);
	if (order == 0)
		order = strcmp(a->shown.row.title, b->shown.row.title);
	return order != 0 ? order : memcmp(a->shown.record.b, b->shown.record.b, ID_SIZE);
}

/* By what was measured and in which unit, then oldest first. */
static int by_kind(const void *x, const void *y)
{
	const struct held *a = *(struct held *const *)x, *b = *(struct held *const *)y;
	int order = strcmp(a->code, b->code);

	if (order == 0)
		order = strcmp(a->unit, b->unit);
	if (order == 0)
		order = strcmp(a->shown.row.date, b->shown.row.date);
	return order != 0 ? order : strcmp(a->number, b->number);
}

static bool same_kind(const struct held *a, const struct held *b)
{
	return strcmp(a->code, b->code) == 0 && strcmp(a->unit, b->unit) == 0;
}

/* The newest of count rows of one kind gets their last numbers and how they move. */
static enum err tell_trend(struct held **kind, size_t count)
{
	struct held *newest = kind[count - 1];
	const char *numbers[SUMMARY_NUMBERS];
	size_t first = count > SUMMARY_NUMBERS ? count - SUMMARY_NUMBERS : 0, len;
	struct buf text = BUF_INIT;

	if (count < 2)
		return ERR_OK;
	for (size_t i = first; i < count; i++) {
		numbers[i - first] = kind[i]->number;
		buf_printf(&text, "%s%s", i > first ? ", " : "", kind[i]->number);
	}
	newest->shown.trend = view_trend(numbers, count - first);
	TRY(buf_error(&text));
	newest->shown.numbers = (const char *)buf_detach(&text, &len);
	return ERR_OK;
}

/* A number counts when it has a code and a date, and is no error. */
static bool counts(const struct held *h)
{
	return h->code[0] != '\0' && h->number[0] != '\0' && h->shown.row.date[0] != '\0' &&
	       strcmp(h->shown.row.status, "entered-in-error") != 0;
}

/* The same number at the same time in two records was measured once. */
static size_t without_repeats(struct held **list, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct held *last = kept > 0 ? list[kept - 1] : NULL;

		if (last == NULL || !same_kind(last, list[i]) || strcmp(last->number, list[i]->number) != 0 ||
		    strcmp(last->shown.row.date, list[i]->shown.row.date) != 0)
			list[kept++] = list[i];
	}
	return kept;
}

static enum err tell_trends(struct gathering *g)
{
	struct held **list = calloc(g->count + 1, sizeof(struct held *));
	size_t count = 0;
	enum err e = ERR_OK;

	if (list == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < g->count; i++)
		if (counts(&g->rows[i]))
			list[count++] = &g->rows[i];
	qsort(list, count, sizeof(struct held *), by_kind);
	count = without_repeats(list, count);
	for (size_t i = 0, end; e == ERR_OK && i < count; i = end) {
		for (end = i + 1; end < count && same_kind(list[i], list[end]); end++)
			continue;
		e = tell_trend(list + i, end - i);
	}
	free(list);
	return e;
}

/* ---- all of it ---- */

static enum err section_of(int *ret, const char *text, struct err_info *info)
{
	*ret = -1;
	if (text == NULL)
		return ERR_OK;
	for (int i = 0; text[0] != '\0' && i < VIEW_SECTIONS; i++) {
		if (strncasecmp(titles[i], text, strlen(text)) == 0) {
			*ret = i;
			return ERR_OK;
		}
	}
	return err_set(info, ERR_USAGE, "'%s' is no section: allergies, problems, medicines, results, vital signs, vaccines,"
					" procedures, letters", text);
}

static enum err add_all(struct app *a, struct gathering *g, const struct app_records *records, struct err_info *info)
{
	for (size_t i = 0; i < records->count; i++) {
		TRY(task_check(a->task));
		task_progress(a->task, "records", i, records->count);
		TRY(add_record(a, g, &records->rows[i], info));
	}
	if (g->count > 0)
		qsort(g->rows, g->count, sizeof(*g->rows), in_order);
	return tell_trends(g);
}

static enum err hand_over(struct gathering *g)
{
	g->made.rows = calloc(g->count + 1, sizeof(*g->made.rows));
	if (g->made.rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < g->count; i++)
		g->made.rows[i] = g->rows[i].shown;
	g->made.count = g->count;
	g->made.sections = titles;
	g->count = 0;
	return ERR_OK;
}

static void forget_row(struct app_summary_row *r)
{
	free(r->numbers[0] != '\0' ? (void *)(uintptr_t)r->numbers : NULL);
	if (r->owned != NULL)
		secret_wipe(r->owned, r->owned_size);
	free(r->owned);
}

enum err app_summary(struct app *a, struct app_summary *ret, const struct account_id *owner, const char *section,
		     struct err_info *info)
{
	struct app_records records = {0};
	struct gathering g = {0};
	enum err e;

	TRY(section_of(&g.section, section, info));
	TRY(app_record_list(a, &records, owner, info));
	e = app_open_as_proxy(a, &records, info);
	if (e == ERR_OK)
		e = add_all(a, &g, &records, info);
	app_records_release(&records);
	if (e == ERR_OK)
		e = hand_over(&g);
	for (size_t i = 0; i < g.count; i++)
		forget_row(&g.rows[i].shown);
	free(g.rows);
	if (e == ERR_OK)
		*ret = g.made;
	return e;
}

void app_summary_release(struct app_summary *s)
{
	for (size_t i = 0; i < s->count; i++)
		forget_row(&s->rows[i]);
	free(s->rows);
	*s = (struct app_summary){0};
}
