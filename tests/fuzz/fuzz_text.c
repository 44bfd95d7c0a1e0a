/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever comes in, gated text is valid, holds nothing that steers a terminal, and does not change when gated
 * again. */
#include "core/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_gated(struct bytes x)
{
	struct buf once = BUF_INIT, again = BUF_INIT;
	size_t columns, fit;

	text_gate(&once, x, false);
	ASSERT(buf_error(&once) == ERR_OK);
	ASSERT(text_is_utf8(buf_bytes(&once)));
	for (size_t i = 0; i < once.len; i++)
		ASSERT(once.data[i] >= 0x20 && once.data[i] != 0x7F);
	text_gate(&again, buf_bytes(&once), false);
	ASSERT(bytes_equal(buf_bytes(&once), buf_bytes(&again)));
	columns = text_columns(buf_bytes(&once));
	fit = text_fit(buf_bytes(&once), columns / 2);
	ASSERT(fit <= once.len);
	ASSERT(text_columns(bytes_of(once.data, fit)) <= columns / 2);
	buf_release(&once);
	buf_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes x = bytes_of(data, size);
	size_t valid = text_utf8_prefix(x);

	ASSERT((valid == size) == text_is_utf8(x));
	check_gated(x);
	return 0;
}
