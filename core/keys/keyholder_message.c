/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys/keyholder_parts.h"

void keyholder_message_write(struct buf *out, const struct keyholder_message *m)
{
	buf_append_be32(out, m->code);
	buf_append_be32(out, m->id);
	buf_append_byte(out, (uint8_t)m->count);
	for (size_t i = 0; i < m->count; i++) {
		buf_append_be32(out, (uint32_t)m->fields[i].len);
		buf_append_bytes(out, m->fields[i]);
	}
}

enum err keyholder_message_parse(struct keyholder_message *ret, struct bytes in)
{
	struct keyholder_message m = {0};
	struct cursor c = cursor_of(in);

	if (in.len > KEYHOLDER_MESSAGE_MAX)
		return ERR_TOO_LARGE;
	m.code = cursor_be32(&c);
	m.id = cursor_be32(&c);
	m.count = cursor_byte(&c);
	if (m.count > KEYHOLDER_FIELDS_MAX)
		return ERR_FORMAT;
	for (size_t i = 0; i < m.count; i++) {
		size_t len = cursor_be32(&c);

		m.fields[i] = cursor_take(&c, len);
	}
	if (c.err != ERR_OK)
		return ERR_FORMAT;
	TRY(cursor_end(&c));
	*ret = m;
	return ERR_OK;
}
