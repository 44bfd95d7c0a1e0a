/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/light/evidence.h"

static const char tag[] = "medlock-evidence-v1";
#define TAG_SIZE (sizeof(tag) - 1)

bool evidence_conflict(const struct light_block *x, const struct light_block *y)
{
	struct hash32 a = header_hash(&x->header), b = header_hash(&y->header);

	return strcmp(x->header.chain_id, y->header.chain_id) == 0 && x->header.height == y->header.height &&
	       !ID_EQUAL(a, b);
}

/* The length is known only after the bytes are there. */
static void append_sized(struct buf *out, struct buf *scratch)
{
	if (buf_error(scratch) && !out->err)
		out->err = buf_error(scratch);
	buf_append_be32(out, (uint32_t)scratch->len);
	buf_append_bytes(out, buf_bytes(scratch));
	buf_clear(scratch);
}

static void append_block(struct buf *out, struct buf *scratch, const struct light_block *b)
{
	header_encode(scratch, &b->header);
	append_sized(out, scratch);
	commit_encode(scratch, &b->commit);
	append_sized(out, scratch);
}

void evidence_encode(struct buf *out, const struct light_block *x, const struct light_block *y)
{
	struct hash32 a = header_hash(&x->header), b = header_hash(&y->header);
	bool ordered = memcmp(a.b, b.b, sizeof(a.b)) < 0;
	struct buf scratch = BUF_INIT;

	ASSERT(evidence_conflict(x, y));
	buf_append_text(out, tag);
	append_block(out, &scratch, ordered ? x : y);
	append_block(out, &scratch, ordered ? y : x);
	buf_release(&scratch);
}

static struct bytes take_sized(struct cursor *c, size_t max)
{
	uint32_t len = cursor_be32(c);

	if (len > max) {
		c->err = c->err ? c->err : ERR_TOO_LARGE;
		return bytes_of(NULL, 0);
	}
	return cursor_take(c, len);
}

static enum err take_block(struct light_block *ret, struct cursor *c, struct err_info *info)
{
	struct bytes header = take_sized(c, HEADER_ENCODED_MAX);
	struct bytes commit = take_sized(c, COMMIT_ENCODED_MAX);

	if (c->err)
		return err_set(info, ERR_FORMAT, "the evidence is cut or too large");
	return light_block_decode(ret, header, commit, info);
}

static enum err check_canonical(const struct light_block *x, const struct light_block *y, struct bytes in)
{
	struct buf again = BUF_INIT;
	enum err e;

	evidence_encode(&again, x, y);
	e = buf_error(&again);
	if (!e && !bytes_equal(buf_bytes(&again), in))
		e = ERR_NOT_CANONICAL;
	buf_release(&again);
	return e;
}

enum err evidence_decode(struct light_block *ret_x, struct light_block *ret_y, struct bytes in, struct err_info *info)
{
	struct cursor c = cursor_of(in);
	struct light_block x, y;

	if (in.len > EVIDENCE_SIZE_MAX)
		return err_set(info, ERR_TOO_LARGE, "evidence of %zu bytes", in.len);
	if (!bytes_equal(cursor_take(&c, TAG_SIZE), bytes_of(tag, TAG_SIZE)))
		return err_set(info, ERR_FORMAT, "this is no evidence");
	TRY(take_block(&x, &c, info));
	TRY(take_block(&y, &c, info));
	if (cursor_end(&c) != ERR_OK || !evidence_conflict(&x, &y))
		return err_set(info, ERR_FORMAT, "the two headers do not conflict");
	TRY(check_canonical(&x, &y, in));
	*ret_x = x;
	*ret_y = y;
	return ERR_OK;
}

enum err evidence_check(const struct light_block *x, const struct light_block *y,
			const struct validator_set *validators, struct err_info *info)
{
	if (!evidence_conflict(x, y))
		return err_set(info, ERR_FORMAT, "the two headers do not conflict");
	TRY(light_check_commit(x, validators, info));
	return light_check_commit(y, validators, info);
}
