/* SPDX-License-Identifier: Apache-2.0 */
/* What the register says when its rows are read together. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

/* ---- finding items ---- */

#define SLOTS_FIRST 256u

/* The field of an item that an index is by. */
typedef struct bytes key_of(const struct ca_item *item);

static struct bytes request_key(const struct ca_item *item)
{
	return BYTES_ID(item->row.request);
}

static struct bytes serial_key(const struct ca_item *item)
{
	return bytes_of(item->row.serial, CERT_SERIAL_SIZE);
}

static struct bytes account_key(const struct ca_item *item)
{
	return BYTES_ID(item->row.account);
}

/* The slot of a key, or the empty one where it belongs. */
static size_t slot_of(const struct ca_index *x, const struct ca_item *items, key_of *key, struct bytes wanted)
{
	size_t at = (size_t)get_be64(wanted.data) & (x->size - 1);

	while (x->slots[at] != 0 && !bytes_equal(key(&items[x->slots[at] - 1]), wanted))
		at = (at + 1) & (x->size - 1);
	return at;
}

static enum err index_grow(struct ca_index *x, const struct ca_item *items, key_of *key)
{
	struct ca_index more = {.size = x->size == 0 ? SLOTS_FIRST : 2 * x->size, .used = x->used};

	more.slots = calloc(more.size, sizeof(*more.slots));
	if (more.slots == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < x->size; i++)
		if (x->slots[i] != 0)
			more.slots[slot_of(&more, items, key, key(&items[x->slots[i] - 1]))] = x->slots[i];
	free(x->slots);
	*x = more;
	return ERR_OK;
}

/* Item number (from 1) under its key; the one that stood there before, or 0. */
static enum err index_put(struct ca_index *x, const struct ca_item *items, key_of *key, size_t number, size_t *ret_before)
{
	size_t at;

	if (2 * (x->used + 1) > x->size)
		TRY(index_grow(x, items, key));
	at = slot_of(x, items, key, key(&items[number - 1]));
	*ret_before = x->slots[at];
	x->used += x->slots[at] == 0;
	x->slots[at] = (uint32_t)number;
	return ERR_OK;
}

static struct ca_item *find(const struct ca_index *x, struct ca_item *items, size_t count, key_of *key, struct bytes wanted)
{
	size_t number = x->size == 0 ? 0 : x->slots[slot_of(x, items, key, wanted)];

	return number == 0 || number > count ? NULL : &items[number - 1];
}

struct ca_item *ca_fold_request(const struct ca_fold *f, const struct register_id *id)
{
	return find(&f->ca->book.by_request, f->ca->book.requests, f->request_count, request_key, BYTES_ID(*id));
}

struct ca_item *ca_fold_serial(const struct ca_fold *f, const uint8_t serial[CERT_SERIAL_SIZE])
{
	return find(&f->ca->book.by_serial, f->ca->book.certificates, f->certificate_count, serial_key,
		    bytes_of(serial, CERT_SERIAL_SIZE));
}

struct ca_item *ca_fold_made(const struct ca_fold *f, const struct ca_item *request)
{
	return request->made == 0 ? NULL : &f->ca->book.certificates[request->made - 1];
}

struct ca_item *ca_fold_account(const struct ca_fold *f, const struct account_id *account)
{
	return find(&f->ca->book.by_account, f->ca->book.certificates, f->certificate_count, account_key, BYTES_ID(*account));
}

struct ca_item *ca_fold_earlier(const struct ca_fold *f, const struct ca_item *certificate)
{
	return certificate->earlier == 0 ? NULL : &f->ca->book.certificates[certificate->earlier - 1];
}

/* ---- the book ---- */

static void release_retired(struct ca_book *b)
{
	while (b->retired != NULL) {
		struct ca_retired *next = b->retired->next;

		free(b->retired->items);
		free(b->retired);
		b->retired = next;
	}
}

static void release_read(struct ca_book *b)
{
	free(b->requests);
	free(b->certificates);
	free(b->by_request.slots);
	free(b->by_serial.slots);
	free(b->by_account.slots);
}

void ca_book_release(struct ca_book *b)
{
	ASSERT(b->views == 0);
	release_retired(b);
	release_read(b);
	*b = (struct ca_book){0};
}

static enum err retire(struct ca_book *b, void *items)
{
	struct ca_retired *r;

	if (items == NULL)
		return ERR_OK;
	if (b->views == 0) {
		free(items);
		return ERR_OK;
	}
	r = malloc(sizeof(*r));
	if (r == NULL)
		return ERR_MEMORY;
	*r = (struct ca_retired){items, b->retired};
	b->retired = r;
	return ERR_OK;
}

/* A blank item at the end; number from 1. */
static enum err grow(struct ca_book *b, struct ca_item **items, size_t *count, size_t *size, size_t *ret_number)
{
	if (*count == *size) {
		size_t wanted = *size == 0 ? 64 : *size * 2;
		struct ca_item *more = wanted > CA_CERTIFICATES_MAX ? NULL : calloc(wanted, sizeof(**items));

		if (more == NULL)
			return ERR_MEMORY;
		if (*count > 0)
			memcpy(more, *items, *count * sizeof(**items));
		if (retire(b, *items) != ERR_OK) {
			free(more);
			return ERR_MEMORY;
		}
		*items = more;
		*size = wanted;
	}
	*ret_number = ++*count;
	return ERR_OK;
}

static void take_row(struct ca_item *item, const struct register_row *row)
{
	*item = (struct ca_item){.row = *row};
	item->row.sealed = (struct buf)BUF_INIT;
}

static enum err add_request(struct ca_book *b, const struct register_row *row)
{
	size_t number, before;

	TRY(grow(b, &b->requests, &b->request_count, &b->request_size, &number));
	take_row(&b->requests[number - 1], row);
	return index_put(&b->by_request, b->requests, request_key, number, &before);
}

static struct ca_item *request_of(const struct ca_book *b, const struct register_id *id)
{
	return find(&b->by_request, b->requests, b->request_count, request_key, BYTES_ID(*id));
}

static enum err add_certificate(struct ca_book *b, const struct register_row *row)
{
	struct ca_item *r = request_of(b, &row->request);
	size_t number, before;

	TRY(grow(b, &b->certificates, &b->certificate_count, &b->certificate_size, &number));
	take_row(&b->certificates[number - 1], row);
	TRY(index_put(&b->by_serial, b->certificates, serial_key, number, &before));
	TRY(index_put(&b->by_account, b->certificates, account_key, number, &before));
	b->certificates[number - 1].earlier = before;
	if (r != NULL) {
		r->signed_ = true;
		r->made = number;
	}
	return ERR_OK;
}

/* ---- the rows ---- */

static enum err fold_revoking(struct ca *ca, struct ca_item *c, const struct register_row *row)
{
	Medlock__RegisterRevocation *m;

	TRY(CA_COLUMN(&m, ca, row, medlock__register_revocation, NULL));
	c->revoking = true;
	memcpy(c->revocation.serial, row->serial, sizeof(row->serial));
	c->revocation.revoked_at = row->at;
	c->revocation.reason = (enum cert_reason)m->reason;
	c->revocation.has_invalid_since = m->since != 0;
	c->revocation.invalid_since.v = m->since;
	c->hold = row->kind == REGISTER_HOLDING ? CA_HOLDING : CA_FREE;
	WIRE_FREE(m);
	return ERR_OK;
}

static enum err fold_proposed(struct ca *ca, struct ca_item *c, const struct register_row *row)
{
	Medlock__RegisterRevocation *m;

	TRY(CA_COLUMN(&m, ca, row, medlock__register_revocation, NULL));
	c->proposed_since.v = m->since;
	WIRE_FREE(m);
	return ERR_OK;
}

static struct ca_item *certificate_of(const struct ca_book *b, const struct register_row *row)
{
	return find(&b->by_serial, b->certificates, b->certificate_count, serial_key,
		    bytes_of(row->serial, CERT_SERIAL_SIZE));
}

static enum err fold_revocation(struct ca *ca, const struct register_row *row)
{
	struct ca_item *c = certificate_of(&ca->book, row);

	if (c == NULL)
		return ERR_DAMAGED;
	if (row->kind == REGISTER_REVOKING || row->kind == REGISTER_HOLDING || row->kind == REGISTER_RELEASED)
		ca->book.list_changed = row->seq;
	switch ((int)row->kind) {
	case REGISTER_PROPOSED:
		return fold_proposed(ca, c, row);
	case REGISTER_REVOKED:
		c->revoked = true;
		return ERR_OK;
	case REGISTER_HELD:
		c->hold = CA_HELD;
		return ERR_OK;
	case REGISTER_RELEASING:
		c->hold = CA_RELEASING;
		return ERR_OK;
	case REGISTER_RELEASED:
		c->hold = CA_FREE;
		c->revoking = false;
		return ERR_OK;
	default:
		return fold_revoking(ca, c, row);
	}
}

static enum err fold_certificate(struct ca *ca, const struct register_row *row)
{
	struct ca_item *c = certificate_of(&ca->book, row), *r = request_of(&ca->book, &row->request);

	if (c == NULL)
		return ERR_DAMAGED;
	c->issued = true;
	c->tx = row->tx;
	c->height = row->number;
	if (r != NULL) {
		r->issued = true;
		r->tx = row->tx;
		r->height = row->number;
	}
	return ERR_OK;
}

static enum err fold_row(void *self, const struct register_row *row)
{
	struct ca *ca = self;
	struct ca_item *r;

	if (row->at.v > ca->book.newest.v)
		ca->book.newest = row->at;
	switch (row->kind) {
	case REGISTER_REQUEST:
		return add_request(&ca->book, row);
	case REGISTER_SIGNED:
		return add_certificate(&ca->book, row);
	case REGISTER_REJECTED:
		r = request_of(&ca->book, &row->request);
		if (r == NULL)
			return ERR_DAMAGED;
		r->rejected = true;
		return ERR_OK;
	case REGISTER_ISSUED:
		return fold_certificate(ca, row);
	case REGISTER_REVOKING:
	case REGISTER_REVOKED:
	case REGISTER_PROPOSED:
	case REGISTER_HOLDING:
	case REGISTER_HELD:
	case REGISTER_RELEASING:
	case REGISTER_RELEASED:
		return fold_revocation(ca, row);
	case REGISTER_AUTHORITY:
	case REGISTER_CRL:
	case REGISTER_ROOT_LIST:
		return ERR_OK;
	}
	return ERR_DAMAGED;
}

/* A reading that failed half-way is not gone on with: the next one begins at the first row. */
static void forget(struct ca_book *b)
{
	void *requests = b->requests, *certificates = b->certificates;

	b->requests = b->certificates = NULL;
	if (retire(b, requests) == ERR_OK && retire(b, certificates) == ERR_OK)
		release_read(b);
	*b = (struct ca_book){.views = b->views, .retired = b->retired, .damaged = b->damaged};
}

enum err ca_fold_load(struct ca_fold *ret, struct ca *ca, struct err_info *info)
{
	struct ca_book *b = &ca->book;
	enum err e;

	if (b->damaged)
		return err_set(info, ERR_DAMAGED, "rows of the register that were read are gone or changed");
	e = register_follow(ca->reg, &b->head, fold_row, ca, info);
	if (e != ERR_OK) {
		b->damaged = e == ERR_DAMAGED;
		forget(b);
		return err_wrap(info, e, "reading the register");
	}
	b->views++;
	*ret = (struct ca_fold){.ca = ca, .requests = b->requests, .certificates = b->certificates,
				.request_count = b->request_count, .certificate_count = b->certificate_count,
				.newest = b->newest, .list_changed = b->list_changed};
	return ERR_OK;
}

void ca_fold_release(struct ca_fold *f)
{
	struct ca *ca = f->ca;

	*f = (struct ca_fold){0};
	if (ca != NULL && --ca->book.views == 0)
		release_retired(&ca->book);
}
