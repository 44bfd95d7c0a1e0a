/* SPDX-License-Identifier: Apache-2.0 */
/* The issuing certificates of the register: each certificate is judged under the one of its day. */
#include <stdlib.h>

#include "core/ident/ca_internal.h"

static enum err take(struct ca_issuers *x, struct bytes der, struct time_ms at)
{
	struct ca_issuer *more;

	if (x->count == CA_ISSUERS_MAX)
		return ERR_LIMIT;
	more = realloc(x->rows, (x->count + 1) * sizeof(*more));
	if (more == NULL)
		return ERR_MEMORY;
	x->rows = more;
	x->rows[x->count] = (struct ca_issuer){.at = at};
	buf_append_bytes(&x->rows[x->count].der, der);
	x->count++;
	TRY(buf_error(&x->rows[x->count - 1].der));
	return x509_parse(&x->rows[x->count - 1].summary, der, NULL);
}

static enum err visit(void *self, const struct register_row *row)
{
	struct ca_issuers *x = self;
	Medlock__RegisterCertificate *m;
	enum err e;

	if (row->kind != REGISTER_AUTHORITY)
		return ERR_OK;
	TRY(CA_COLUMN(&m, x->ca, row, medlock__register_certificate, NULL));
	e = take(x, wire_bytes(m->issuing), row->at);
	WIRE_FREE(m);
	return e;
}

enum err ca_issuers_load(struct ca_issuers *ret, struct ca *ca, struct err_info *info)
{
	struct ca_issuers x = {.ca = ca};
	enum err e = register_walk(ca->reg, visit, &x, info);

	if (e != ERR_OK || x.count == 0) {
		ca_issuers_release(&x);
		return err_set(info, e != ERR_OK ? e : ERR_DAMAGED, "the authorities of the register");
	}
	*ret = x;
	return ERR_OK;
}

const struct ca_issuer *ca_issuer_at(const struct ca_issuers *x, struct time_ms at)
{
	size_t i = x->count - 1;

	while (i > 0 && x->rows[i].at.v > at.v)
		i--;
	return &x->rows[i];
}

void ca_issuers_release(struct ca_issuers *x)
{
	for (size_t i = 0; i < x->count; i++)
		buf_release(&x->rows[i].der);
	free(x->rows);
	memset(x, 0, sizeof(*x));
}
