/* SPDX-License-Identifier: Apache-2.0 */
#include "lists.h"

#include "chain/proto/api.pb-c.h"
#include "chain/proto/wire.h"

static void issue(struct buf *out, struct cert_fields *f, uint8_t number, struct bytes issuer, const struct secret *by,
		  const struct secret *of)
{
	struct buf spki = BUF_INIT;

	ASSERT(x509_key_spki(&spki, of) == ERR_OK);
	f->spki = buf_bytes(&spki);
	f->serial[0] = 0x7f;
	f->serial[19] = number;
	ASSERT(x509_issue(out, f, issuer, by, NULL) == ERR_OK);
	buf_release(&spki);
}

void list_maker_init(struct list_maker *m, struct time_ms now, uint32_t usage)
{
	struct cert_fields f = {.subject = {"Example Health", NULL, "Root 1"}, .ca = true, .path_len = CERT_NO_PATH_LEN,
				.key_usage = CERT_USE_CERT_SIGN | CERT_USE_CRL_SIGN, .not_before = {now.v - MS_PER_DAY},
				.not_after = {now.v + 3650 * MS_PER_DAY}};

	*m = (struct list_maker){0};
	ASSERT(x509_key_new(&m->root_key, CERT_KEY_P256) == ERR_OK);
	ASSERT(x509_key_new(&m->issuing_key, CERT_KEY_P256) == ERR_OK);
	issue(&m->root, &f, 1, bytes_of(NULL, 0), m->root_key, m->root_key);
	f.subject.common_name = "Issuing 1";
	f.path_len = 0;
	f.key_usage = usage;
	issue(&m->issuing, &f, 2, buf_bytes(&m->root), m->root_key, m->issuing_key);
}

void list_maker_release(struct list_maker *m)
{
	secret_free(m->root_key);
	secret_free(m->issuing_key);
	buf_release(&m->root);
	buf_release(&m->issuing);
}

void list_wrap(struct buf *out, const struct list_maker *m, struct bytes list)
{
	Medlock__CrlPut put = MEDLOCK__CRL_PUT__INIT;

	put.list = wire_data(list);
	put.issuing = wire_data(buf_bytes(&m->issuing));
	put.root = wire_data(buf_bytes(&m->root));
	WIRE_ENCODE(out, &put);
	ASSERT(buf_error(out) == ERR_OK);
}

void list_make(struct buf *out, struct buf *ret_list, const struct list_maker *m, uint64_t number, struct time_ms from,
	       struct time_ms until)
{
	struct buf list = BUF_INIT;

	ASSERT(x509_crl_make(&list, buf_bytes(&m->issuing), m->issuing_key, number, from, until, NULL, 0, NULL) == ERR_OK);
	list_wrap(out, m, buf_bytes(&list));
	if (ret_list != NULL)
		buf_append_bytes(ret_list, buf_bytes(&list));
	buf_release(&list);
}
