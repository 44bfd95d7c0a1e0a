/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/ticket.h"

#include "chain/proto/shape.h"

static enum err check_purpose(const Medlock__Ticket *t, struct err_info *info)
{
	bool by_request = t->request.len != 0;

	TRY(shape_code(t->purpose, CODES_TICKET, "purpose", info));
	TRY(shape_bytes(t->blob, t->purpose == TICKET_READ ? 0 : ID_SIZE, "blob", info));
	if (t->purpose == TICKET_PUT)
		TRY(shape_true(t->size > 0 && t->size <= RECORD_SIZE_MAX, "size", info));
	else
		TRY(shape_true(t->size == 0, "a size with a ticket that puts nothing", info));
	TRY(shape_true(!by_request || t->purpose == TICKET_GET, "a request with a ticket that gets nothing", info));
	TRY(shape_optional(t->request, ID_SIZE, "request", info));
	return shape_bytes(t->record, by_request ? ID_SIZE : 0, "record", info);
}

static enum err check_shape(const Medlock__Ticket *t, struct err_info *info)
{
	TRY(shape_bytes(t->network_id, ID_SIZE, "network", info));
	TRY(shape_bytes(t->account, ID_SIZE, "account", info));
	TRY(shape_bytes(t->spki, 32, "pin", info));
	TRY(shape_true(t->not_after > 0, "not_after", info));
	return check_purpose(t, info);
}

enum err ticket_signing_input(struct buf *out, const Medlock__Ticket *t)
{
	Medlock__Ticket bare = *t;

	TRY(check_shape(t, NULL));
	bare.signature = (ProtobufCBinaryData){0};
	buf_append_text(out, "medlock-ticket-v1");
	buf_append_bytes(out, wire_bytes(t->network_id));
	WIRE_ENCODE(out, &bare);
	return buf_error(out);
}

enum err ticket_parse(Medlock__Ticket **ret, struct bytes in, struct err_info *info)
{
	Medlock__Ticket *t = NULL;
	enum err e;

	if (in.len > TICKET_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "a ticket of %zu bytes", in.len);
	TRY(WIRE_DECODE(&t, medlock__ticket, in, TICKET_DECODED_MAX, info));
	e = check_shape(t, info);
	if (!e)
		e = shape_bytes(t->signature, SIGNATURE_SIZE, "signature", info);
	if (e) {
		WIRE_FREE(t);
		return e;
	}
	*ret = t;
	return ERR_OK;
}

static enum err check_signature(const Medlock__Ticket *t, const struct sign_public *key)
{
	struct buf input = BUF_INIT;
	struct signature signature;
	enum err e;

	if (t->signature.len != SIGNATURE_SIZE)
		return ERR_SIGNATURE;
	memcpy(signature.b, t->signature.data, SIGNATURE_SIZE);
	e = ticket_signing_input(&input, t);
	if (!e)
		e = sign_verify(&signature, key, buf_bytes(&input));
	buf_release(&input);
	return e;
}

enum err ticket_check(const Medlock__Ticket *t, const struct network_id *network, const struct hash32 *spki,
		      const struct sign_public *key, struct time_ms now)
{
	if (!bytes_equal(wire_bytes(t->network_id), BYTES_ID(*network)))
		return ERR_NETWORK_ID;
	if (!bytes_equal(wire_bytes(t->spki), BYTES_ID(*spki)))
		return ERR_TLS;
	if (t->not_after <= now.v || t->not_after - now.v > TICKET_LIFE_MS)
		return ERR_EXPIRED;
	return check_signature(t, key);
}

void ticket_text(struct buf *out, const Medlock__Ticket *t)
{
	struct buf raw = BUF_INIT;
	char text[TICKET_TEXT_MAX];

	buf_init(&raw, TICKET_SIZE_MAX);
	WIRE_ENCODE(&raw, t);
	if (buf_error(&raw)) {
		out->err = out->err ? out->err : buf_error(&raw);
	} else {
		base64_encode(text, raw.data, raw.len, true);
		buf_append_text(out, text);
	}
	buf_release(&raw);
}

enum err ticket_parse_text(Medlock__Ticket **ret, struct bytes text, struct err_info *info)
{
	uint8_t raw[TICKET_SIZE_MAX];
	size_t len = 0;

	if (text.len > TICKET_TEXT_MAX - 1)
		return err_set(info, ERR_TOO_LARGE, "a ticket of %zu characters", text.len);
	if (base64_decode(raw, sizeof(raw), &len, (const char *)text.data, text.len, true) != ERR_OK)
		return err_set(info, ERR_FORMAT, "the ticket is not base64");
	return ticket_parse(ret, bytes_of(raw, len), info);
}
