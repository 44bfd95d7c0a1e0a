/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/book.h"

#include <stdlib.h>
#include <strings.h>

#include "core/base/files.h"

#define BOOK_VERSION 3u
#define BOOK_WITHOUT_TEAMS 2u
#define BOOK_SEAL "book"
#define BOOK_FILE_MAX KEYHOLDER_MESSAGE_MAX

static void put_row(struct buf *out, const struct book_row *r)
{
	size_t len = strlen(r->name);

	buf_append_byte(out, (uint8_t)r->kind);
	buf_append_byte(out, (uint8_t)len);
	buf_append(out, r->name, len);
	buf_append(out, r->id, ID_SIZE);
	buf_append_be32(out, r->role);
	buf_append(out, r->organisation, ID_SIZE);
	buf_append(out, r->seal, SEAL_KEY_SIZE);
}

static void take_id(struct cursor *c, uint8_t out[ID_SIZE])
{
	struct bytes x = cursor_take(c, ID_SIZE);

	if (x.len == ID_SIZE)
		memcpy(out, x.data, ID_SIZE);
}

static enum err take_row(struct book *b, struct cursor *c)
{
	struct book_row r = {.kind = cursor_byte(c)};
	struct bytes name = cursor_take(c, cursor_byte(c));

	if (name.len >= BOOK_NAME_MAX)
		return ERR_FORMAT;
	if (name.len > 0)
		memcpy(r.name, name.data, name.len);
	take_id(c, r.id);
	r.role = cursor_be32(c);
	take_id(c, r.organisation);
	take_id(c, r.seal);
	TRY(c->err);
	return book_add(b, &r);
}

static void put_team(struct buf *out, const struct book_team *t)
{
	size_t len = strlen(t->name);

	buf_append_byte(out, (uint8_t)len);
	buf_append(out, t->name, len);
	buf_append(out, t->team.id, ID_SIZE);
	buf_append_byte(out, (uint8_t)t->team.count);
	for (size_t i = 0; i < t->team.count; i++) {
		buf_append_byte(out, (uint8_t)t->team.members[i].kind);
		buf_append(out, t->team.members[i].id, ID_SIZE);
	}
}

static enum err take_team(struct book *b, struct cursor *c)
{
	struct bytes name = cursor_take(c, cursor_byte(c));
	struct book_team t = {0};
	uint8_t count;

	if (name.len >= BOOK_NAME_MAX)
		return ERR_FORMAT;
	if (name.len > 0)
		memcpy(t.name, name.data, name.len);
	take_id(c, t.team.id);
	count = cursor_byte(c);
	for (uint8_t i = 0; i < count && c->err == ERR_OK; i++) {
		struct care_member m = {.kind = cursor_byte(c)};

		take_id(c, m.id);
		TRY(care_team_add(&t.team, &m));
	}
	TRY(c->err);
	return book_add_team(b, &t);
}

static enum err take_request(struct book *b, struct cursor *c)
{
	struct book_request r = {0};
	struct bytes nonce;

	take_id(c, r.request.b);
	nonce = cursor_take(c, REQUEST_NONCE_SIZE);
	TRY(c->err);
	memcpy(r.nonce, nonce.data, REQUEST_NONCE_SIZE);
	return book_add_request(b, &r);
}

static enum err parse(struct book *b, struct bytes plain)
{
	struct cursor c = cursor_of(plain);
	uint32_t version = cursor_be32(&c), rows = cursor_be32(&c), requests = cursor_be32(&c), teams;

	if (version != BOOK_VERSION && version != BOOK_WITHOUT_TEAMS)
		return c.err != ERR_OK ? c.err : ERR_NEWER;
	teams = version == BOOK_VERSION ? cursor_be32(&c) : 0;
	for (uint32_t i = 0; i < rows; i++)
		TRY(take_row(b, &c));
	for (uint32_t i = 0; i < requests; i++)
		TRY(take_request(b, &c));
	for (uint32_t i = 0; i < teams; i++)
		TRY(take_team(b, &c));
	return cursor_end(&c);
}

enum err book_read(struct book *ret, struct keyholder *keys, const char *path, struct err_info *info)
{
	struct buf file = BUF_INIT, plain = BUF_INIT;
	struct book b = {0};
	enum err e = files_read(&file, path, BOOK_FILE_MAX, NULL);

	if (e == ERR_NOT_FOUND) {
		*ret = b;
		return ERR_OK;
	}
	if (e == ERR_OK)
		e = keyholder_unseal(keys, &plain, BOOK_SEAL, bytes_of(NULL, 0), buf_bytes(&file), info);
	if (e == ERR_OK && parse(&b, buf_bytes(&plain)) != ERR_OK)
		e = err_set(info, ERR_DAMAGED, "the book of contacts");
	buf_release(&file);
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.size);
	buf_release(&plain);
	if (e != ERR_OK) {
		book_release(&b);
		return e;
	}
	*ret = b;
	return ERR_OK;
}

enum err book_write(const struct book *b, struct keyholder *keys, const char *path, struct err_info *info)
{
	struct buf plain = BUF_INIT, sealed = BUF_INIT;
	enum err e;

	buf_append_be32(&plain, BOOK_VERSION);
	buf_append_be32(&plain, (uint32_t)b->count);
	buf_append_be32(&plain, (uint32_t)b->request_count);
	buf_append_be32(&plain, (uint32_t)b->team_count);
	for (size_t i = 0; i < b->count; i++)
		put_row(&plain, &b->rows[i]);
	for (size_t i = 0; i < b->request_count; i++) {
		buf_append_bytes(&plain, BYTES_ID(b->requests[i].request));
		buf_append(&plain, b->requests[i].nonce, REQUEST_NONCE_SIZE);
	}
	for (size_t i = 0; i < b->team_count; i++)
		put_team(&plain, &b->teams[i]);
	e = buf_error(&plain);
	if (e == ERR_OK)
		e = keyholder_seal(keys, &sealed, BOOK_SEAL, bytes_of(NULL, 0), buf_bytes(&plain), info);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&sealed), info);
	buf_release(&plain);
	buf_release(&sealed);
	return e;
}

void book_release(struct book *b)
{
	if (b == NULL)
		return;
	free(b->rows);
	free(b->requests);
	free(b->teams);
	*b = (struct book){0};
}

enum err book_add(struct book *b, const struct book_row *row)
{
	struct book_row *grown;

	for (size_t i = 0; i < b->count; i++) {
		if (b->rows[i].kind == row->kind && strcasecmp(b->rows[i].name, row->name) == 0) {
			b->rows[i] = *row;
			return ERR_OK;
		}
	}
	if (b->count == BOOK_ROWS_MAX)
		return ERR_LIMIT;
	grown = realloc(b->rows, (b->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	b->rows = grown;
	b->rows[b->count++] = *row;
	return ERR_OK;
}

enum err book_add_team(struct book *b, const struct book_team *team)
{
	struct book_team *grown;

	for (size_t i = 0; i < b->team_count; i++) {
		if (strcasecmp(b->teams[i].name, team->name) == 0) {
			b->teams[i] = *team;
			return ERR_OK;
		}
	}
	if (b->team_count == BOOK_TEAMS_MAX)
		return ERR_LIMIT;
	grown = realloc(b->teams, (b->team_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	b->teams = grown;
	b->teams[b->team_count++] = *team;
	return ERR_OK;
}

void book_drop_team(struct book *b, const uint8_t id[ID_SIZE])
{
	for (size_t i = 0; i < b->team_count; i++) {
		if (memcmp(b->teams[i].team.id, id, ID_SIZE) == 0) {
			memmove(b->teams + i, b->teams + i + 1, (b->team_count - i - 1) * sizeof(*b->teams));
			b->team_count--;
			return;
		}
	}
}

const struct book_team *book_team_by_name(const struct book *b, const char *name)
{
	for (size_t i = 0; i < b->team_count; i++)
		if (strcasecmp(b->teams[i].name, name) == 0)
			return &b->teams[i];
	return NULL;
}

const struct book_team *book_team_by_id(const struct book *b, const uint8_t id[ID_SIZE])
{
	for (size_t i = 0; i < b->team_count; i++)
		if (memcmp(b->teams[i].team.id, id, ID_SIZE) == 0)
			return &b->teams[i];
	return NULL;
}

/* The oldest go when the book is full: their grants are long over. */
enum err book_add_request(struct book *b, const struct book_request *request)
{
	struct book_request *grown;

	if (b->request_count == BOOK_ROWS_MAX) {
		memmove(b->requests, b->requests + 1, (b->request_count - 1) * sizeof(*b->requests));
		b->requests[b->request_count - 1] = *request;
		return ERR_OK;
	}
	grown = realloc(b->requests, (b->request_count + 1) * sizeof(*grown));
	if (grown == NULL)
		return ERR_MEMORY;
	b->requests = grown;
	b->requests[b->request_count++] = *request;
	return ERR_OK;
}

const struct book_row *book_by_name(const struct book *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++) {
		if (strcasecmp(b->rows[i].name, name) == 0)
			return &b->rows[i];
	}
	return NULL;
}

const struct book_row *book_by_id(const struct book *b, const uint8_t id[ID_SIZE])
{
	for (size_t i = 0; i < b->count; i++) {
		if (memcmp(b->rows[i].id, id, ID_SIZE) == 0)
			return &b->rows[i];
	}
	return NULL;
}

const uint8_t *book_nonce(const struct book *b, const struct request_id *request)
{
	for (size_t i = 0; i < b->request_count; i++) {
		if (ID_EQUAL(b->requests[i].request, *request))
			return b->requests[i].nonce;
	}
	return NULL;
}
