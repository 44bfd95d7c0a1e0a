/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/ndjson.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>

#include "core/base/json.h"

#define PIECE (64u * 1024)

void ndjson_init(struct ndjson *n, const struct byte_source *from)
{
	*n = (struct ndjson){.from = *from};
	buf_init(&n->held, NDJSON_LINE_MAX + 2 * PIECE);
}

void ndjson_release(struct ndjson *n)
{
	buf_release(&n->held);
	*n = (struct ndjson){0};
}

/* More bytes behind those that are held; what was given out makes room first. */
static enum err fill(struct ndjson *n)
{
	size_t got = 0;
	uint8_t *room;

	if (n->at > 0) {
		memmove(n->held.data, n->held.data + n->at, n->held.len - n->at);
		n->held.len -= n->at;
		n->at = 0;
	}
	room = buf_reserve(&n->held, PIECE);
	TRY(buf_error(&n->held));
	TRY(n->from.read(n->from.self, room, PIECE, &got));
	n->held.len += got;
	n->read += got;
	n->ended = got == 0;
	return ERR_OK;
}

/* One line, with what ends it taken off; false at the end of the source. */
static enum err raw_line(struct ndjson *n, struct bytes *ret, bool *ret_any, struct err_info *info)
{
	size_t seen = 0;

	for (;;) {
		struct bytes rest = bytes_of(n->held.len > 0 ? n->held.data + n->at : NULL, n->held.len - n->at);
		const uint8_t *end = rest.len > seen ? memchr(rest.data + seen, '\n', rest.len - seen) : NULL;

		if (end != NULL || n->ended) {
			size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len;

			*ret_any = rest.len > 0;
			*ret = bytes_of(rest.data, len);
			n->at += len + (end != NULL);
			if (len <= NDJSON_LINE_MAX)
				return ERR_OK;
		}
		seen = rest.len;
		if (seen > NDJSON_LINE_MAX)
			return err_set(info, ERR_TOO_LARGE, "line %" PRIu64 " has more than %u bytes", n->line + 1,
				       NDJSON_LINE_MAX);
		TRY(fill(n));
	}
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	return true;
}

enum err ndjson_line(struct ndjson *n, struct bytes *ret, bool *ret_end, struct err_info *info)
{
	bool any = false;

	for (;;) {
		TRY(raw_line(n, ret, &any, info));
		*ret_end = !any;
		if (!any)
			return ERR_OK;
		if (++n->line > NDJSON_LINES_MAX)
			return err_set(info, ERR_TOO_LARGE, "more than %u lines", NDJSON_LINES_MAX);
		if (!is_blank(*ret))
			return ERR_OK;
	}
}

/* "line 1, column 5: …" is inside of one line here: only the column says something. */
static void without_line(struct err_info *info)
{
	static const char inner[] = "line 1, ";

	if (info != NULL && strncmp(info->detail, inner, strlen(inner)) == 0)
		memmove(info->detail, info->detail + strlen(inner), strlen(info->detail + strlen(inner)) + 1);
}

static enum err next(struct ndjson *n, struct fhir_file *ret, struct bytes *ret_text, bool *ret_end, struct err_info *info)
{
	enum err e;

	TRY(ndjson_line(n, ret_text, ret_end, info));
	if (*ret_end)
		return ERR_OK;
	e = fhir_read(ret, *ret_text, info);
	if (e == ERR_OK)
		return e;
	without_line(info);
	return err_wrap(info, e, "line %" PRIu64, n->line);
}

enum err ndjson_next(struct ndjson *n, struct fhir_file *ret, bool *ret_end, struct err_info *info)
{
	struct bytes text;

	return next(n, ret, &text, ret_end, info);
}

bool ndjson_looks_like(struct bytes head)
{
	size_t start = 0, end;

	while (start < head.len && (head.data[start] == '\n' || is_blank(bytes_of(head.data + start, 1))))
		start++;
	for (end = start; end < head.len && head.data[end] != '\n'; end++)
		continue;
	if (end == head.len || head.data[start] != '{' ||
	    json_check(bytes_of(head.data + start, end - start), NULL) != ERR_OK)
		return false;
	for (size_t i = end; i < head.len; i++)
		if (head.data[i] != '\n' && !is_blank(bytes_of(head.data + i, 1)))
			return true;
	return false;
}

/* Takes over the resources of one line; their tree lives on in all->root, a list. */
static enum err take_line(struct fhir_file *all, struct fhir_file *line)
{
	if (json_object_array_add(all->root, line->root) != 0)
		return ERR_MEMORY;
	line->root = NULL;
	for (size_t i = 0; i < line->count && all->count < FHIR_RESOURCES_MAX; i++)
		all->resources[all->count++] = line->resources[i];
	return ERR_OK;
}

/* Of all lines together, as their trees are held together: no more than json.h allows one text.  What stands in strings counts
 * too, which is little.
 */
struct room { size_t objects, values; };

static bool has_room(struct room *r, struct bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		r->objects += line.data[i] == '{';
		r->values += line.data[i] == ',';
	}
	return r->objects <= JSON_OBJECTS_MAX && r->values <= JSON_VALUES_MAX;
}

static enum err read_lines(struct fhir_file *all, size_t *beyond, struct bytes text, struct err_info *info)
{
	const struct byte_source from = byte_source_bytes(&text);
	struct room room = {0};
	struct ndjson n;
	bool end = false;
	enum err e = ERR_OK;

	ndjson_init(&n, &from);
	while (e == ERR_OK && !end) {
		struct fhir_file line = {0};
		struct bytes raw;

		e = next(&n, &line, &raw, &end, info);
		if (e == ERR_OK && !end && (all->count == FHIR_RESOURCES_MAX || !has_room(&room, raw)))
			++*beyond;
		else if (e == ERR_OK && !end)
			e = take_line(all, &line);
		fhir_release(&line);
	}
	ndjson_release(&n);
	return e == ERR_OK ? fhir_index(all) : e;
}

enum err ndjson_or_fhir(struct fhir_file *ret, size_t *ret_beyond, struct bytes text, struct err_info *info)
{
	struct fhir_file all = {0};
	enum err e;

	*ret_beyond = 0;
	if (!ndjson_looks_like(text))
		return fhir_read(ret, text, info);
	all.root = json_object_new_array();
	all.resources = calloc(FHIR_RESOURCES_MAX, sizeof(*all.resources));
	e = all.root != NULL && all.resources != NULL ? read_lines(&all, ret_beyond, text, info) : ERR_MEMORY;
	if (e != ERR_OK) {
		fhir_release(&all);
		return e;
	}
	*ret = all;
	return ERR_OK;
}
