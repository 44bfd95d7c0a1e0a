/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/wire.h"

#include <stdlib.h>

#include "chain/proto/wire_bounded.h"
#include "core/base/text.h"

static void *bounded_alloc(void *data, size_t size)
{
	struct wire_bound *bound = data;
	void *p;

	if (size > bound->left) {
		bound->err = ERR_TOO_LARGE;
		return NULL;
	}
	bound->left -= size;
	p = malloc(size ? size : 1);
	if (!p)
		bound->err = ERR_MEMORY;
	return p;
}

static void bounded_free(void *data, void *p)
{
	(void)data;
	free(p);
}

enum err wire_unpack(ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct bytes in, size_t memory_max)
{
	struct wire_bound bound = {memory_max, ERR_OK};
	ProtobufCAllocator allocator = {bounded_alloc, bounded_free, &bound};
	ProtobufCMessage *m = protobuf_c_message_unpack(d, &allocator, in.len, in.len ? in.data : (const uint8_t *)"");

	if (!m)
		return bound.err ? bound.err : ERR_FORMAT;
	*ret = m;
	return ERR_OK;
}

static enum err walk(const ProtobufCMessage *m, unsigned depth);

/* One value of a field: p points at the char * or the message pointer. */
static enum err walk_value(const ProtobufCFieldDescriptor *f, const void *p, unsigned depth)
{
	const char *text;
	const ProtobufCMessage *m;

	if (f->type == PROTOBUF_C_TYPE_STRING) {
		memcpy(&text, p, sizeof(text));
		return !text || text_is_utf8(bytes_str(text)) ? ERR_OK : ERR_UTF8;
	}
	memcpy(&m, p, sizeof(m));
	return m ? walk(m, depth + 1) : ERR_OK;
}

static enum err walk_field(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, unsigned depth)
{
	const uint8_t *base = (const uint8_t *)m;
	const uint8_t *items;
	size_t count;
	uint32_t which;

	if (f->type != PROTOBUF_C_TYPE_STRING && f->type != PROTOBUF_C_TYPE_MESSAGE)
		return ERR_OK;
	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		memcpy(&count, base + f->quantifier_offset, sizeof(count));
		memcpy(&items, base + f->offset, sizeof(items));
		for (size_t i = 0; i < count; i++)
			TRY(walk_value(f, items + i * sizeof(void *), depth));
		return ERR_OK;
	}
	if (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		memcpy(&which, base + f->quantifier_offset, sizeof(which));
		if (which != f->id)
			return ERR_OK;
	}
	return walk_value(f, base + f->offset, depth);
}

/* What packing again would not show: unknown fields are kept and packed too, and texts are not looked at. */
static enum err walk(const ProtobufCMessage *m, unsigned depth)
{
	if (depth > WIRE_DEPTH_MAX)
		return ERR_FORMAT;
	if (m->n_unknown_fields != 0)
		return ERR_FORMAT;
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		TRY(walk_field(m, &m->descriptor->fields[i], depth));
	return ERR_OK;
}

static enum err check_canonical(const ProtobufCMessage *m, struct bytes in)
{
	struct buf again = BUF_INIT;
	enum err e;

	if (protobuf_c_message_get_packed_size(m) != in.len)
		return ERR_NOT_CANONICAL;
	wire_encode(&again, m);
	e = buf_error(&again);
	if (!e && !bytes_equal(buf_bytes(&again), in))
		e = ERR_NOT_CANONICAL;
	buf_release(&again);
	return e;
}

enum err wire_decode(ProtobufCMessage **ret, const ProtobufCMessageDescriptor *d, struct bytes in, size_t memory_max,
		     struct err_info *info)
{
	ProtobufCMessage *m;
	enum err e = wire_unpack(&m, d, in, memory_max);

	if (e)
		return err_set(info, e, "%s does not decode", d->short_name);
	e = walk(m, 1);
	if (!e)
		e = check_canonical(m, in);
	if (e) {
		wire_free(m);
		return err_set(info, e, "%s is not in its one encoding", d->short_name);
	}
	*ret = m;
	return ERR_OK;
}

void wire_free(ProtobufCMessage *m)
{
	if (m)
		protobuf_c_message_free_unpacked(m, NULL);
}

void wire_encode(struct buf *out, const ProtobufCMessage *m)
{
	size_t size = protobuf_c_message_get_packed_size(m);
	uint8_t *p;

	if (size == 0)
		return;
	p = buf_reserve(out, size);
	if (p)
		out->len += protobuf_c_message_pack(m, p);
}

bool wire_equal(const ProtobufCMessage *x, const ProtobufCMessage *y)
{
	struct buf a = BUF_INIT, b = BUF_INIT;
	bool same;

	wire_encode(&a, x);
	wire_encode(&b, y);
	same = !buf_error(&a) && !buf_error(&b) && bytes_equal(buf_bytes(&a), buf_bytes(&b));
	buf_release(&a);
	buf_release(&b);
	return same;
}
