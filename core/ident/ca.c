/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the desk, and the sealed columns of its register. */
#include "core/ident/ca.h"

#include <stdlib.h>

#include "core/ident/ca_internal.h"

static enum err load_authority(struct ca *ca, struct err_info *info)
{
	Medlock__RegisterCertificate *m;
	struct register_row row;
	enum err e;

	TRY(register_newest(ca->reg, &row, REGISTER_AUTHORITY, info));
	e = CA_COLUMN(&m, ca, &row, medlock__register_certificate, info);
	register_row_release(&row);
	TRY(e);
	buf_append_bytes(&ca->root, wire_bytes(m->certificate));
	buf_append_bytes(&ca->issuing, wire_bytes(m->issuing));
	WIRE_FREE(m);
	TRY(buf_error(&ca->root));
	TRY(buf_error(&ca->issuing));
	TRY(x509_parse(&ca->root_summary, buf_bytes(&ca->root), info));
	return x509_parse(&ca->issuing_summary, buf_bytes(&ca->issuing), info);
}

enum err ca_open(struct ca **ret, const struct ca_options *options, struct err_info *info)
{
	struct ca *ca = calloc(1, sizeof(*ca));
	struct ca_fold f;
	enum err e;

	if (ca == NULL)
		return err_set(info, ERR_MEMORY, "the desk");
	ca->o = *options;
	profile_network_name(ca->network_name, &options->network);
	e = register_open(&ca->reg, options->register_path, false, info);
	if (e == ERR_OK)
		e = ca_fold_load(&f, ca, info); /* the whole chain */
	if (e == ERR_OK) {
		ca_fold_release(&f);
		e = load_authority(ca, info);
	}
	if (e != ERR_OK) {
		ca_free(ca);
		if (e == ERR_NOT_FOUND)
			e = err_set(info, e, "there is no certificate authority here: hold the ceremony first");
		return e;
	}
	*ret = ca;
	return ERR_OK;
}

void ca_free(struct ca *ca)
{
	if (ca == NULL)
		return;
	ca_book_release(&ca->book);
	ca_trial_issuer_free(ca->trial);
	register_free(ca->reg);
	buf_release(&ca->root);
	buf_release(&ca->issuing);
	free(ca);
}

uint64_t ca_rows(struct ca *ca)
{
	uint64_t rows = 0;

	return register_verify(ca->reg, &rows, NULL, NULL) == ERR_OK ? rows : 0;
}

struct bytes ca_root(const struct ca *ca)
{
	return buf_bytes(&ca->root);
}

struct bytes ca_issuing(const struct ca *ca)
{
	return buf_bytes(&ca->issuing);
}

/* ---- columns ---- */

enum err ca_append(struct ca *ca, struct register_row *row, const ProtobufCMessage *message, struct err_info *info)
{
	const struct hash32 aad = register_aad(row);
	struct buf plain = BUF_INIT;
	enum err e = ERR_OK;

	if (message != NULL) {
		buf_init(&plain, REGISTER_SEALED_MAX);
		wire_encode(&plain, message);
		e = buf_error(&plain);
		if (e == ERR_OK)
			e = ca->o.keys.seal_column(ca->o.keys.self, &row->sealed, &aad, buf_bytes(&plain), info);
		if (plain.data != NULL)
			secret_wipe(plain.data, plain.len);
		buf_release(&plain);
	}
	if (e == ERR_OK)
		e = register_append(ca->reg, row, info);
	buf_release(&row->sealed);
	return e;
}

/* Of an item of the fold. */
static enum err stored_column(ProtobufCMessage **ret, struct ca *ca, const struct register_row *row,
			      const ProtobufCMessageDescriptor *d, struct err_info *info)
{
	struct register_row whole;
	enum err e;

	TRY(register_of_seq(ca->reg, &whole, row->seq, info));
	if (!ID_EQUAL(whole.hash, row->hash) || whole.sealed.len == 0)
		e = err_set(info, ERR_DAMAGED, "row %llu of the register is not what was written",
			    (unsigned long long)row->seq);
	else
		e = ca_column(ret, ca, &whole, d, info);
	register_row_release(&whole);
	return e;
}

enum err ca_column(ProtobufCMessage **ret, struct ca *ca, const struct register_row *row,
		   const ProtobufCMessageDescriptor *d, struct err_info *info)
{
	const struct hash32 aad = register_aad(row);
	struct buf plain = BUF_INIT;
	enum err e;

	if (row->sealed.len == 0)
		return stored_column(ret, ca, row, d, info);
	e = ca->o.keys.open_column(ca->o.keys.self, &plain, &aad, buf_bytes(&row->sealed), info);
	if (e == ERR_OK)
		e = wire_decode(ret, d, buf_bytes(&plain), CA_COLUMN_DECODED_MAX, info);
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.len);
	buf_release(&plain);
	return e;
}

enum err ca_enrolment(struct ca *ca, struct enrolment *ret, const struct register_row *row, struct err_info *info)
{
	Medlock__RegisterRequest *m;
	enum err e;

	TRY(CA_COLUMN(&m, ca, row, medlock__register_request, info));
	/* As it was judged when it came: waiting in the queue does not spoil a request. */
	e = enrolment_parse(ret, wire_bytes(m->request), &ca->o.network, row->at, info);
	WIRE_FREE(m);
	return e;
}

enum err ca_now(struct ca *ca, struct time_ms *ret, struct err_info *info)
{
	const struct time_ms now = ca->o.clock->now(ca->o.clock->self);
	struct ca_fold f;

	TRY(ca_fold_load(&f, ca, info));
	if (now.v < f.newest.v) {
		ca_fold_release(&f);
		return err_set(info, ERR_CLOCK, "this clock is behind the register's last entry; nothing is signed");
	}
	ca_fold_release(&f);
	*ret = now;
	return ERR_OK;
}
