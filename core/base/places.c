/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/places.h"

/* One place; text is at its '{'.  Returns what follows it. */
static const char *fill_place(struct buf *out, const char *text, const char *const *values, size_t count)
{
	size_t n = (size_t)(text[1] - '1');
	const char *one, *other, *end;

	ASSERT(n < count);
	if (text[2] == '}') {
		buf_append_text(out, values[n]);
		return text + 3;
	}
	one = text + 3;
	other = strchr(one, '|');
	end = other != NULL ? strchr(other, '}') : NULL;
	ASSERT(text[2] == '|' && end != NULL);
	if (strcmp(values[n], "1") == 0)
		buf_append(out, one, (size_t)(other - one));
	else
		buf_append(out, other + 1, (size_t)(end - other - 1));
	return end + 1;
}

void places_fill(struct buf *out, const char *text, const char *const *values, size_t count)
{
	const char *at = text;

	while (*at != '\0') {
		size_t len = strcspn(at, "{");

		buf_append(out, at, len);
		at += len;
		if (at[0] == '{' && at[1] == '{') {
			buf_append_byte(out, '{');
			at += 2;
		} else if (at[0] == '{') {
			at = fill_place(out, at, values, count);
		}
	}
}
