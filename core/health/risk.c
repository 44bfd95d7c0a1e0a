/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/risk.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "core/crypto/hash.h"

#define FIRST_ROOM 64u

/* A hash of a code or of what is known of a person; 64 bits of SHA-256, since nobody gains from a clash here. */
typedef uint64_t mark;

struct marks {
	mark *rows;
	size_t count, room;
};

struct person {
	mark known;
	size_t first, count; /* of its codes in risk.codes: ascending, each once */
};

struct risk {
	struct person *people;
	size_t count, room;
	struct marks codes;
};

static mark mark_of(const char *a, const char *b)
{
	const struct bytes parts[] = {bytes_str(a), bytes_str(b)};
	struct hash32 h = hash_parts("medlock risk", parts, 2);

	return get_be64(h.b);
}

static int by_mark(const void *a, const void *b)
{
	mark x = *(const mark *)a, y = *(const mark *)b;

	return (x > y) - (x < y);
}

static enum err marks_add(struct marks *m, mark value)
{
	if (m->count == m->room) {
		size_t room = m->room > 0 ? 2 * m->room : FIRST_ROOM;
		mark *grown = realloc(m->rows, room * sizeof(*grown));

		if (grown == NULL)
			return ERR_MEMORY;
		m->rows = grown;
		m->room = room;
	}
	m->rows[m->count++] = value;
	return ERR_OK;
}

/* Ascending, each once, from a place on. */
static void marks_settle(struct marks *m, size_t from)
{
	size_t kept = from;

	if (m->count > from)
		qsort(m->rows + from, m->count - from, sizeof(mark), by_mark);
	for (size_t i = from; i < m->count; i++)
		if (kept == from || m->rows[kept - 1] != m->rows[i])
			m->rows[kept++] = m->rows[i];
	m->count = kept;
}

enum err risk_new(struct risk **ret)
{
	struct risk *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return ERR_MEMORY;
	*ret = r;
	return ERR_OK;
}

void risk_free(struct risk *r)
{
	if (r == NULL)
		return;
	free(r->people);
	free(r->codes.rows);
	free(r);
}

/* Every coding of a value; a number's unit is none. */
static enum err gather(struct marks *m, struct json_object *value)
{
	if (json_object_is_type(value, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(value); i++)
			TRY(gather(m, json_object_array_get_idx(value, i)));
		return ERR_OK;
	}
	if (!json_object_is_type(value, json_type_object))
		return ERR_OK;
	if (fhir_text(value, "code")[0] != '\0' && fhir_text(value, "system")[0] != '\0' &&
	    fhir_member(value, "value") == NULL)
		TRY(marks_add(m, mark_of(fhir_text(value, "system"), fhir_text(value, "code"))));
	json_object_object_foreach(value, name, inner)
		if (strcmp(name, "meta") != 0)
			TRY(gather(m, inner));
	return ERR_OK;
}

static mark known_of(const struct fhir_file *f)
{
	for (size_t i = 0; i < f->count; i++) {
		struct json_object *o = f->resources[i].object;
		struct buf all = BUF_INIT;
		mark m;

		if (strcmp(f->resources[i].type, "Patient") != 0)
			continue;
		buf_printf(&all, "%.4s|%s|%s", fhir_text(o, "birthDate"), fhir_text(o, "gender"),
			   fhir_text(fhir_first(o, "address"), "country"));
		m = mark_of(buf_text(&all), json_object_get_boolean(fhir_member(o, "deceasedBoolean")) ||
					    fhir_text(o, "deceasedDateTime")[0] != '\0' ? "died" : "");
		buf_release(&all);
		return m;
	}
	return 0;
}

static struct person *person_new(struct risk *r)
{
	if (r->count == r->room) {
		size_t room = r->room > 0 ? 2 * r->room : FIRST_ROOM;
		struct person *grown = realloc(r->people, room * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		r->people = grown;
		r->room = room;
	}
	return &r->people[r->count];
}

enum err risk_add(struct risk *r, const struct fhir_file *f, struct err_info *info)
{
	struct person *p = r->count < RISK_FILES_MAX ? person_new(r) : NULL;
	enum err e = ERR_OK;

	if (p == NULL)
		return err_set(info, r->count < RISK_FILES_MAX ? ERR_MEMORY : ERR_TOO_LARGE, "%zu people", r->count);
	p->first = r->codes.count;
	p->known = known_of(f);
	for (size_t i = 0; i < f->count && e == ERR_OK; i++)
		e = gather(&r->codes, f->resources[i].object);
	marks_settle(&r->codes, p->first);
	p->count = r->codes.count - p->first;
	if (e == ERR_OK && p->count > RISK_CODES_MAX)
		e = err_set(info, ERR_TOO_LARGE, "more than %u different codes in one file", RISK_CODES_MAX);
	if (e != ERR_OK)
		r->codes.count = p->first;
	else
		r->count++;
	return e;
}

/* ---- finding ---- */

/* The codes that fewer people than the floor have, ascending. */
static enum err rare_codes(struct marks *ret, const struct risk *r)
{
	struct marks all = {0};
	enum err e = ERR_OK;

	for (size_t i = 0; i < r->codes.count && e == ERR_OK; i++)
		e = marks_add(&all, r->codes.rows[i]);
	if (all.count > 0)
		qsort(all.rows, all.count, sizeof(mark), by_mark);
	for (size_t i = 0, next; i < all.count && e == ERR_OK; i = next) {
		for (next = i + 1; next < all.count && all.rows[next] == all.rows[i];)
			next++;
		if (next - i < RISK_FLOOR)
			e = marks_add(ret, all.rows[i]);
	}
	free(all.rows);
	return e;
}

/* What tells a person apart, as one mark more. */
static enum err add_group(struct marks *groups, const struct risk *r, const struct person *p, const struct marks *rare)
{
	struct buf all = BUF_INIT;
	struct hash32 h;
	enum err e;

	buf_append_be64(&all, p->known);
	for (size_t i = p->first; i < p->first + p->count; i++)
		if (rare->count > 0 && bsearch(&r->codes.rows[i], rare->rows, rare->count, sizeof(mark), by_mark) != NULL)
			buf_append_be64(&all, r->codes.rows[i]);
	h = hash_sha256(buf_bytes(&all));
	e = buf_error(&all);
	buf_release(&all);
	return e == ERR_OK ? marks_add(groups, get_be64(h.b)) : e;
}

static void count_groups(struct risk_found *found, const struct marks *groups)
{
	for (size_t i = 0, next; i < groups->count; i = next) {
		for (next = i + 1; next < groups->count && groups->rows[next] == groups->rows[i];)
			next++;
		found->groups++;
		if (found->smallest == 0 || next - i < found->smallest)
			found->smallest = next - i;
		if (next - i < RISK_FLOOR)
			found->exposed += next - i;
	}
}

enum err risk_find(struct risk_found *ret, struct risk *r)
{
	struct risk_found found = {.people = r->count};
	struct marks rare = {0}, groups = {0};
	enum err e = rare_codes(&rare, r);

	for (size_t i = 0; i < r->count && e == ERR_OK; i++)
		e = add_group(&groups, r, &r->people[i], &rare);
	if (e == ERR_OK && groups.count > 0)
		qsort(groups.rows, groups.count, sizeof(mark), by_mark);
	found.rare_codes = rare.count;
	count_groups(&found, &groups);
	free(rare.rows);
	free(groups.rows);
	if (e == ERR_OK)
		*ret = found;
	return e;
}
