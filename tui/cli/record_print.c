/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/record_print.h"

#include <string.h>

/* "PSY,MH" as a JSON list of strings. */
static void labels_json(struct cli *c, const char *labels)
{
	json_begin_array(&c->w, "labels");
	while (*labels != '\0') {
		size_t len = strcspn(labels, ",");

		json_bytes(&c->w, NULL, bytes_of(labels, len));
		labels += len + (labels[len] == ',');
	}
	json_end_array(&c->w);
}

void cli_renditions(struct cli *c, const struct app_record *r)
{
	json_begin_array(&c->w, "renditions");
	for (size_t i = 0; i < r->rendition_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "form", r->renditions[i].form);
		json_hex(&c->w, "blob", BYTES_ID(r->renditions[i].blob));
		json_uint(&c->w, "bytes", r->renditions[i].bytes);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

static void period_json(struct cli *c, const struct app_record *r)
{
	if (!r->period_known) {
		json_null(&c->w, "period");
		return;
	}
	json_begin_object(&c->w, "period");
	json_time(&c->w, "from", r->period_from.v);
	json_time(&c->w, "to", r->period_to.v);
	json_end_object(&c->w);
}

static void record_json(struct cli *c, const struct app_record *r)
{
	json_begin_object(&c->w, NULL);
	json_hex(&c->w, "record", BYTES_ID(r->record));
	json_hex(&c->w, "owner", BYTES_ID(r->owner));
	json_string(&c->w, "category", r->category);
	labels_json(c, r->labels);
	json_string(&c->w, "confidentiality", r->confidentiality);
	period_json(c, r);
	json_begin_array(&c->w, "forms");
	for (size_t i = 0; i < r->rendition_count; i++)
		json_string(&c->w, NULL, r->renditions[i].form);
	json_end_array(&c->w);
	cli_renditions(c, r);
	json_string(&c->w, "from", app_name(c->app, r->from.b));
	json_time(&c->w, "at", r->at.v);
	json_uint(&c->w, "height", r->height);
	json_string(&c->w, "state", r->status);
	if (strcmp(r->status, "superseded") == 0)
		json_hex(&c->w, "newer", BYTES_ID(r->newer));
	json_end_object(&c->w);
}

static void say_record(struct cli *c, const struct app_record *r)
{
	char id[ID_HEX], from[TIME_TEXT] = "unknown", to[TIME_TEXT] = "";

	hex_encode(id, r->record.b, ID_SIZE);
	if (r->period_known) {
		time_format(from, r->period_from);
		time_format(to, r->period_to);
	}
	cli_say(c, "%.12s  %-4s %-2s %-10.10s %-10.10s  from %s%s%s%s%s\n", id, r->category, r->confidentiality,
		from, to, cli_foreign(c, app_name(c->app, r->from.b)), r->labels[0] ? "  " : "", r->labels,
		strcmp(r->status, "live") == 0 ? "" : "  ", strcmp(r->status, "live") == 0 ? "" : r->status);
}

static bool shown(const struct app_record *r, bool every)
{
	return every || strcmp(r->status, "live") == 0;
}

void cli_records(struct cli *c, const char *key, const struct app_records *all, bool every)
{
	size_t count = 0;

	if (c->json) {
		json_begin_array(&c->w, key);
		for (size_t i = 0; i < all->count; i++)
			if (shown(&all->rows[i], every))
				record_json(c, &all->rows[i]);
		json_end_array(&c->w);
	}
	for (size_t i = 0; i < all->count; i++)
		if (shown(&all->rows[i], every)) {
			say_record(c, &all->rows[i]);
			count++;
		}
	if (count == 0)
		cli_say(c, "No records here.\n");
	if (count < all->count)
		cli_say(c, "%zu more with --all: old versions, and what was erased.\n", all->count - count);
}
