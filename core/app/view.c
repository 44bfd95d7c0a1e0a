/* SPDX-License-Identifier: Apache-2.0 */
/* A record's rows for the terminal: core/health's view under names that the terminal may see. */
#include <stdlib.h>

#include <json-c/json.h>

#include "core/app/records.h"
#include "core/crypto/secret.h"
#include "core/health/attachment.h"
#include "core/health/ndjson.h"
#include "core/health/view.h"

const char *app_attachment_words(struct bytes record)
{
	return attachment_of(record.len < ATTACHMENT_HEAD ? record : bytes_of(record.data, ATTACHMENT_HEAD))->words;
}

void app_record_forget(struct buf *record)
{
	if (record->data != NULL)
		secret_wipe(record->data, record->size);
	buf_release(record);
}

/* The strings of a tree that is about to be freed; json-c gives its memory back as it is. */
static void wipe_tree(struct json_object *o)
{
	if (json_object_is_type(o, json_type_string))
		secret_wipe((void *)(uintptr_t)json_object_get_string(o), (size_t)json_object_get_string_len(o));
	for (size_t i = 0; json_object_is_type(o, json_type_array) && i < json_object_array_length(o); i++)
		wipe_tree(json_object_array_get_idx(o, i));
	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, name, value) {
			(void)name;
			wipe_tree(value);
		}
	}
}

struct owned_view {
	struct fhir_file file;
	struct view view;
};

static enum err fill(struct app_view *ret, struct owned_view *owned)
{
	const struct view *v = &owned->view;

	ret->rows = calloc(v->count + 1, sizeof(*ret->rows));
	if (ret->rows == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < v->count; i++) {
		const struct view_row *r = &v->rows[i];

		ret->rows[i] = (struct app_view_row){view_section_title(r->section), r->date, r->title, r->detail,
						     r->range, r->flag, r->status, r->source};
	}
	ret->count = v->count;
	ret->not_shown = v->not_shown;
	ret->resources = owned->file.count;
	return ERR_OK;
}

enum err app_record_view(struct app_view *ret, struct bytes record, struct err_info *info)
{
	struct app_view made = {0};
	struct owned_view *owned;
	size_t beyond = 0;
	enum err e;

	if (!fhir_looks_like_json(record))
		return err_set(info, ERR_FHIR, "an attachment");
	owned = calloc(1, sizeof(*owned));
	if (owned == NULL)
		return ERR_MEMORY;
	made.owned = owned;
	e = ndjson_or_fhir(&owned->file, &beyond, record, info);
	if (e == ERR_OK)
		e = view_make(&owned->view, &owned->file);
	if (e == ERR_OK)
		e = fill(&made, owned);
	made.not_shown += beyond;
	made.resources += beyond;
	if (e != ERR_OK) {
		app_view_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

void app_view_release(struct app_view *v)
{
	struct owned_view *owned;

	if (v == NULL)
		return;
	owned = v->owned;
	if (owned != NULL) {
		view_release(&owned->view);
		wipe_tree(owned->file.root);
		fhir_release(&owned->file);
	}
	free(owned);
	free(v->rows);
	*v = (struct app_view){0};
}
