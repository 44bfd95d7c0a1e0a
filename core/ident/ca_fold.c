/* SPDX-License-Identifier: Apache-2.0 */
/* What the register says when its rows are read together. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

static struct ca_item *grow(struct ca_item **items, size_t *count, size_t *size)
{
	if (*count == *size) {
		size_t wanted = *size == 0 ? 64 : *size * 2;
		struct ca_item *more = wanted > CA_CERTIFICATES_MAX ? NULL : realloc(*items, wanted * sizeof(**items));

		if (more == NULL)
			return NULL;
		*items = more;
		*size = wanted;
	}
	memset(&(*items)[*count], 0, sizeof(**items));
	return &(*items)[(*count)++];
}

struct ca_item *ca_fold_request(struct ca_fold *f, const struct register_id *id)
{
	for (size_t i = 0; i < f->request_count; i++)
		if (ID_EQUAL(f->requests[i].row.request, *id))
			return &f->requests[i];
	return NULL;
}

struct ca_item *ca_fold_serial(struct ca_fold *f, const uint8_t serial[CERT_SERIAL_SIZE])
{
	for (size_t i = 0; i < f->certificate_count; i++)
		if (memcmp(f->certificates[i].row.serial, serial, CERT_SERIAL_SIZE) == 0)
			return &f->certificates[i];
	return NULL;
}

static enum err add_item(struct ca_item *item, const struct register_row *row)
{
	if (item == NULL)
		return ERR_MEMORY;
	item->row = *row;
	memset(&item->row.sealed, 0, sizeof(item->row.sealed));
	buf_append_bytes(&item->row.sealed, buf_bytes(&row->sealed));
	return buf_error(&item->row.sealed);
}

static enum err fold_revoking(struct ca_fold *f, struct ca_item *c, const struct register_row *row)
{
	Medlock__RegisterRevocation *m;

	TRY(CA_COLUMN(&m, f->ca, row, medlock__register_revocation, NULL));
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

static enum err fold_proposed(struct ca_fold *f, struct ca_item *c, const struct register_row *row)
{
	Medlock__RegisterRevocation *m;

	TRY(CA_COLUMN(&m, f->ca, row, medlock__register_revocation, NULL));
	c->proposed_since.v = m->since;
	WIRE_FREE(m);
	return ERR_OK;
}

static enum err fold_revocation(struct ca_fold *f, const struct register_row *row)
{
	struct ca_item *c = ca_fold_serial(f, row->serial);

	if (c == NULL)
		return ERR_DAMAGED;
	if (row->kind == REGISTER_REVOKING || row->kind == REGISTER_HOLDING || row->kind == REGISTER_RELEASED)
		f->list_changed = row->seq;
	switch ((int)row->kind) {
	case REGISTER_PROPOSED:
		return fold_proposed(f, c, row);
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
		return fold_revoking(f, c, row);
	}
}

static enum err fold_certificate(struct ca_fold *f, const struct register_row *row)
{
	struct ca_item *c = ca_fold_serial(f, row->serial), *r = ca_fold_request(f, &row->request);

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
	struct ca_fold *f = self;
	struct ca_item *r;

	if (row->at.v > f->newest.v)
		f->newest = row->at;
	switch (row->kind) {
	case REGISTER_REQUEST:
		return add_item(grow(&f->requests, &f->request_count, &f->request_size), row);
	case REGISTER_SIGNED:
		r = ca_fold_request(f, &row->request);
		if (r != NULL)
			r->signed_ = true;
		return add_item(grow(&f->certificates, &f->certificate_count, &f->certificate_size), row);
	case REGISTER_REJECTED:
		r = ca_fold_request(f, &row->request);
		if (r == NULL)
			return ERR_DAMAGED;
		r->rejected = true;
		return ERR_OK;
	case REGISTER_ISSUED:
		return fold_certificate(f, row);
	case REGISTER_REVOKING:
	case REGISTER_REVOKED:
	case REGISTER_PROPOSED:
	case REGISTER_HOLDING:
	case REGISTER_HELD:
	case REGISTER_RELEASING:
	case REGISTER_RELEASED:
		return fold_revocation(f, row);
	case REGISTER_AUTHORITY:
	case REGISTER_CRL:
	case REGISTER_ROOT_LIST:
		return ERR_OK;
	}
	return ERR_DAMAGED;
}

enum err ca_fold_load(struct ca_fold *ret, struct ca *ca, struct err_info *info)
{
	struct ca_fold f = {.ca = ca};
	enum err e = register_walk(ca->reg, fold_row, &f, info);

	if (e != ERR_OK) {
		ca_fold_release(&f);
		return err_wrap(info, e, "reading the register");
	}
	*ret = f;
	return ERR_OK;
}

void ca_fold_release(struct ca_fold *f)
{
	for (size_t i = 0; i < f->request_count; i++)
		register_row_release(&f->requests[i].row);
	for (size_t i = 0; i < f->certificate_count; i++)
		register_row_release(&f->certificates[i].row);
	free(f->requests);
	free(f->certificates);
	memset(f, 0, sizeof(*f));
}
