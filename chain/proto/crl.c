/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/crl.h"

#include <stdlib.h>

#include "chain/proto/limits.h"
#include "core/crypto/x509.h"

#define DECODED_MAX (2u * CRL_PUT_MAX)

/* The two certificates, before the list is looked at: whoever has no chain costs little. */
static enum err check_issuer(struct hash32 *ret_root, const Medlock__CrlPut *m, struct time_ms now, struct err_info *info)
{
	const struct cert_chain chain = {.root = wire_bytes(m->root)};
	struct cert_summary *s = calloc(1, sizeof(*s));
	enum err e = s == NULL ? ERR_MEMORY : x509_parse(s, wire_bytes(m->root), info);

	if (e == ERR_OK) {
		*ret_root = s->spki_sha256;
		e = x509_parse(s, wire_bytes(m->issuing), info);
	}
	if (e == ERR_OK && (!s->ca || (s->key_usage & CERT_USE_CRL_SIGN) == 0))
		e = err_set(info, ERR_FORMAT, "the issuer may not sign revocation lists");
	free(s);
	return e == ERR_OK ? x509_verify(wire_bytes(m->issuing), &chain, now, NULL, info) : e;
}

static enum err check_list(struct crl_put *p, struct time_ms now, struct err_info *info)
{
	struct cert_crl list;

	TRY(x509_crl_parse(&list, wire_bytes(p->wire->list), wire_bytes(p->wire->issuing), info));
	p->number = list.number;
	p->this_update = list.this_update;
	p->next_update = list.next_update;
	x509_crl_release(&list);
	if (p->number == 0 || p->number > INT64_MAX || p->next_update.v <= p->this_update.v ||
	    p->next_update.v - p->this_update.v > CRL_LIFE_MAX_MS)
		return err_set(info, ERR_FORMAT, "the revocation list's number or dates");
	if (p->this_update.v > now.v + CRL_CLOCK_MS)
		return err_set(info, ERR_CLOCK, "the revocation list is of the future");
	return p->next_update.v > now.v ? ERR_OK : err_set(info, ERR_EXPIRED, "the revocation list is no longer good");
}

enum err crl_put_parse(struct crl_put *ret, struct bytes in, struct time_ms now, struct err_info *info)
{
	struct crl_put p = {0};
	enum err e;

	if (in.len > CRL_PUT_MAX)
		return err_set(info, ERR_TOO_LARGE, "a revocation list of %zu bytes", in.len);
	TRY(WIRE_DECODE(&p.wire, medlock__crl_put, in, DECODED_MAX, info));
	e = check_issuer(&p.root, p.wire, now, info);
	if (e == ERR_OK)
		e = check_list(&p, now, info);
	if (e == ERR_OK)
		*ret = p;
	else
		crl_put_release(&p);
	return e;
}

void crl_put_release(struct crl_put *p)
{
	WIRE_FREE(p->wire);
	*p = (struct crl_put){0};
}
