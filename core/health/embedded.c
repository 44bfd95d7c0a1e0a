/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/embedded.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"

struct search {
	struct embedded *list;
	size_t max, count;
	const char *names[JSON_DEPTH_MAX + 2];
	size_t depth;
};

static void take(struct search *s, struct json_object *o)
{
	const char *data = fhir_text(o, "data"), *url = fhir_text(o, "url");
	struct embedded *e;
	size_t len = 0;

	if (data[0] == '\0' && url[0] == '\0')
		return;
	if (s->count++ >= s->max)
		return;
	e = &s->list[s->count - 1];
	*e = (struct embedded){.type = fhir_text(o, "contentType"), .title = fhir_text(o, "title"), .url = url,
			       .data = data[0] != '\0' ? data : NULL, .bytes = strlen(data) / 4 * 3};
	for (size_t i = 0; i < s->depth && len < sizeof(e->place); i++)
		len += (size_t)snprintf(e->place + len, sizeof(e->place) - len, "%s%s", i > 0 ? "." : "", s->names[i]);
}

static void walk(struct search *s, struct json_object *o)
{
	if (json_object_is_type(o, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(o); i++)
			walk(s, json_object_array_get_idx(o, i));
		return;
	}
	if (!json_object_is_type(o, json_type_object) || s->depth > JSON_DEPTH_MAX)
		return;
	if (fhir_text(o, "contentType")[0] != '\0')
		take(s, o);
	json_object_object_foreach(o, name, value) {
		s->names[s->depth++] = name;
		walk(s, value);
		s->depth--;
	}
}

size_t embedded_find(struct embedded *ret, size_t max, const struct fhir_file *f)
{
	struct search s = {.list = ret, .max = max};

	for (size_t i = 0; i < f->count; i++) {
		s.names[0] = f->resources[i].type;
		s.depth = 1;
		walk(&s, f->resources[i].object);
	}
	return s.count;
}

enum err embedded_bytes(struct buf *ret, const struct embedded *e)
{
	size_t len = 0, size, got = 0;
	char *plain;
	uint8_t *room;
	enum err err;

	if (e->data == NULL)
		return ERR_NOT_FOUND;
	size = strlen(e->data);
	plain = malloc(size + 1);
	room = buf_reserve(ret, size);
	if (plain == NULL || room == NULL) {
		free(plain);
		return ERR_MEMORY;
	}
	for (size_t i = 0; i < size; i++)
		if (e->data[i] != '\r' && e->data[i] != '\n')
			plain[len++] = e->data[i];
	err = base64_decode(room, size, &got, plain, len, true);
	free(plain);
	if (err == ERR_OK)
		ret->len += got;
	return err;
}
