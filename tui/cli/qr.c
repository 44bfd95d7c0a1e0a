/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/cli/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#define QUIET 2 /* modules around it; four are the standard's, two are enough for the readers of telephones */

static bool is_dark(const QRcode *code, int x, int y)
{
	return x >= 0 && y >= 0 && x < code->width && y < code->width && (code->data[y * code->width + x] & 1) != 0;
}

static const char *two(bool upper_drawn, bool lower_drawn)
{
	if (upper_drawn)
		return lower_drawn ? "\xe2\x96\x88" : "\xe2\x96\x80";
	return lower_drawn ? "\xe2\x96\x84" : " ";
}

enum err cli_qr(struct buf *out, const char *text, bool paper)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 0);

	if (code == NULL)
		return errno == ERANGE ? ERR_TOO_LARGE : ERR_MEMORY;
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		buf_append_text(out, "  ");
		for (int x = -QUIET; x < code->width + QUIET; x++)
			buf_append_text(out, two(is_dark(code, x, y) == paper, is_dark(code, x, y + 1) == paper));
		buf_append_text(out, "\n");
	}
	explicit_bzero(code->data, (size_t)(code->width * code->width));
	QRcode_free(code);
	return buf_error(out);
}
