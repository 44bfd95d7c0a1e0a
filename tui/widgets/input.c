/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widgets/input.h"

#include <utf8proc.h>

#include "core/base/text.h"

enum err input_init(struct input *in, const char *text)
{
	size_t len = strnlen(text, INPUT_MAX);

	*in = (struct input){.len = len, .at = len};
	TRY(secret_new(&in->memory, INPUT_MAX + 1));
	memcpy(in->memory->data, text, len);
	in->memory->data[len] = '\0';
	return ERR_OK;
}

void input_release(struct input *in)
{
	secret_free(in->memory);
	*in = (struct input){0};
}

const char *input_text(const struct input *in)
{
	return in->memory != NULL ? (const char *)in->memory->data : "";
}

size_t input_columns(const struct input *in)
{
	return in->memory != NULL ? text_columns(bytes_of(in->memory->data, in->at)) : 0;
}

static bool continues(const struct input *in, size_t at)
{
	return at < in->len && (in->memory->data[at] & 0xc0) == 0x80;
}

size_t input_characters(const struct input *in)
{
	size_t count = 0;

	for (size_t i = 0; i < in->len; i++)
		count += !continues(in, i);
	return count;
}

static size_t before(const struct input *in, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && continues(in, at))
		at--;
	return at;
}

static size_t after(const struct input *in, size_t at)
{
	if (at < in->len)
		at++;
	while (continues(in, at))
		at++;
	return at;
}

static void insert(struct input *in, uint32_t character)
{
	utf8proc_uint8_t bytes[4];
	size_t len;

	if (!utf8proc_codepoint_valid((utf8proc_int32_t)character))
		return;
	len = (size_t)utf8proc_encode_char((utf8proc_int32_t)character, bytes);
	if (in->len + len > INPUT_MAX)
		return;
	memmove(in->memory->data + in->at + len, in->memory->data + in->at, in->len - in->at + 1);
	memcpy(in->memory->data + in->at, bytes, len);
	in->len += len;
	in->at += len;
}

static void cut(struct input *in, size_t from, size_t to)
{
	memmove(in->memory->data + from, in->memory->data + to, in->len - to + 1);
	in->len -= to - from;
	in->at = from;
}

static bool pasted(struct input *in, const struct key *key)
{
	if (key->press == PRESS_CHARACTER)
		insert(in, key->character);
	else if (key->press == PRESS_ENTER || key->press == PRESS_TAB)
		insert(in, ' ');
	return true;
}

bool input_key(struct input *in, const struct key *key)
{
	if (key->press == PRESS_PASTE) {
		in->pasting = key->begins;
		return true;
	}
	if (in->pasting)
		return pasted(in, key);
	switch (key->press) {
	case PRESS_CHARACTER:
		insert(in, key->character);
		return true;
	case PRESS_BACKSPACE:
		cut(in, before(in, in->at), in->at);
		return true;
	case PRESS_DELETE:
		cut(in, in->at, after(in, in->at));
		return true;
	case PRESS_LEFT:
		in->at = before(in, in->at);
		return true;
	case PRESS_RIGHT:
		in->at = after(in, in->at);
		return true;
	case PRESS_HOME:
		in->at = 0;
		return true;
	case PRESS_END:
		in->at = in->len;
		return true;
	case PRESS_CONTROL:
		if (key->character != 'u')
			return false;
		cut(in, 0, in->at);
		return true;
	default:
		return false;
	}
}
