/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/bytes.h"

#include <sodium.h>

int bytes_compare(struct bytes x, struct bytes y)
{
	size_t shorter = x.len < y.len ? x.len : y.len;
	int order = shorter ? memcmp(x.data, y.data, shorter) : 0;

	if (order != 0)
		return order;
	return x.len < y.len ? -1 : x.len > y.len;
}

void hex_encode(char *out, const uint8_t *in, size_t len)
{
	sodium_bin2hex(out, 2 * len + 1, in, len);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum err hex_decode(uint8_t *out, size_t len, const char *text)
{
	if (strlen(text) != 2 * len)
		return ERR_FORMAT;
	for (size_t i = 0; i < 2 * len; i++) {
		if (hex_digit(text[i]) < 0)
			return ERR_FORMAT;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
	return ERR_OK;
}

static int base64_variant(bool padded)
{
	return padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

void base64_encode(char *out, const uint8_t *in, size_t len, bool padded)
{
	int variant = base64_variant(padded);

	sodium_bin2base64(out, sodium_base64_encoded_len(len, variant), in, len, variant);
}

/* libsodium refuses non-canonical trailing bits and a wrong padding by itself; the end check catches text that
 * goes on after the first whole value.
 */
enum err base64_decode(uint8_t *out, size_t out_size, size_t *ret_len, const char *text, size_t text_len,
		       bool padded)
{
	const char *end = NULL;
	size_t len = 0;

	if (text_len == 0) {
		*ret_len = 0;
		return ERR_OK;
	}
	for (size_t i = 0; i < text_len; i++) { /* libsodium 1.0.18 takes each byte past ASCII for '/' */
		if ((unsigned char)text[i] >= 0x80)
			return ERR_FORMAT;
	}
	if (sodium_base642bin(out, out_size, text, text_len, NULL, &len, &end, base64_variant(padded)) != 0)
		return ERR_FORMAT;
	if (end != text + text_len)
		return ERR_FORMAT;
	*ret_len = len;
	return ERR_OK;
}
