/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/bech32.h"

#include <ctype.h>

#include "core/crypto/secret.h"

#define SYMBOLS 52u /* 32 bytes in groups of five bits: 51.2 */
#define CHECKSUM 6u

static const char charset[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* 0xff when equal, else 0, without a branch. */
static uint8_t equal_mask(unsigned x, unsigned y)
{
	return (uint8_t)(((x ^ y) - 1u) >> 24);
}

static char symbol_char(uint8_t symbol)
{
	uint8_t c = 0;

	for (unsigned i = 0; i < 32; i++)
		c |= (uint8_t)((uint8_t)charset[i] & equal_mask(i, symbol));
	return (char)c;
}

/* The symbol of a lower-case character; 0 for one that is none. */
static uint8_t char_symbol(char c)
{
	uint8_t symbol = 0;

	for (unsigned i = 0; i < 32; i++)
		symbol |= (uint8_t)(i & equal_mask((uint8_t)charset[i], (uint8_t)c));
	return symbol;
}

/* The checksum's polynomial, BIP 173 section "Checksum". */
static uint32_t polymod(uint32_t state, uint8_t value)
{
	static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = state >> 25;

	state = (state & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < 5; i++)
		state ^= generator[i] & (0u - (top >> i & 1));
	return state;
}

/* The state after the human-readable part in lower case. */
static uint32_t polymod_hrp(const char *hrp)
{
	uint32_t state = 1;

	for (size_t i = 0; hrp[i]; i++)
		state = polymod(state, (uint8_t)((uint8_t)tolower((unsigned char)hrp[i]) >> 5));
	state = polymod(state, 0);
	for (size_t i = 0; hrp[i]; i++)
		state = polymod(state, (uint8_t)tolower((unsigned char)hrp[i]) & 31);
	return state;
}

static bool is_upper(const char *hrp)
{
	return isupper((unsigned char)hrp[0]) != 0;
}

/* The i-th five bits of the key, padded with zero bits. */
static uint8_t symbol_of(const uint8_t *key, size_t i)
{
	size_t bit = 5 * i;
	unsigned two = (unsigned)key[bit / 8] << 8;

	if (bit / 8 + 1 < BECH32_KEY_SIZE)
		two |= key[bit / 8 + 1];
	return (uint8_t)(two >> (11 - bit % 8) & 31);
}

void bech32_encode(char *out, const char *hrp, const uint8_t key[BECH32_KEY_SIZE])
{
	size_t hrp_len = strlen(hrp), n = hrp_len;
	uint32_t state = polymod_hrp(hrp);

	ASSERT(hrp_len > 0 && hrp_len <= BECH32_HRP_MAX);
	memcpy(out, hrp, hrp_len);
	out[n++] = '1';
	for (size_t i = 0; i < SYMBOLS; i++) {
		uint8_t symbol = symbol_of(key, i);

		state = polymod(state, symbol);
		out[n++] = symbol_char(symbol);
	}
	for (unsigned i = 0; i < CHECKSUM; i++)
		state = polymod(state, 0);
	state ^= 1;
	for (unsigned i = 0; i < CHECKSUM; i++)
		out[n++] = symbol_char((uint8_t)(state >> (5 * (5 - i)) & 31));
	out[n] = '\0';
	for (size_t i = hrp_len; is_upper(hrp) && i < n; i++)
		out[i] = (char)toupper((unsigned char)out[i]);
}

/* Collects the key from its symbols.  What is no symbol, and the padding, the caller's comparison finds. */
static void collect(uint8_t key[BECH32_KEY_SIZE], const char *text, bool upper)
{
	unsigned bits = 0, held = 0;
	size_t n = 0;

	for (size_t i = 0; i < SYMBOLS; i++) {
		char c = text[i];

		held = (held << 5 | char_symbol((char)(upper ? tolower((unsigned char)c) : c))) & 0xfff;
		bits += 5;
		if (bits >= 8 && n < BECH32_KEY_SIZE) {
			bits -= 8;
			key[n++] = (uint8_t)(held >> bits);
		}
	}
}

/* Decoding is strict by construction: the key's own encoding must be the text, so case, checksum, length and padding
 * bits are all checked by one comparison.
 */
enum err bech32_decode(uint8_t ret[BECH32_KEY_SIZE], const char *hrp, const char *text)
{
	size_t hrp_len = strlen(hrp), len = hrp_len + 1 + SYMBOLS + CHECKSUM;
	uint8_t key[BECH32_KEY_SIZE];
	char again[BECH32_TEXT_MAX + 1];
	bool good;

	ASSERT(hrp_len > 0 && hrp_len <= BECH32_HRP_MAX);
	if (strnlen(text, len + 1) != len)
		return ERR_FORMAT;
	collect(key, text + hrp_len + 1, is_upper(hrp));
	bech32_encode(again, hrp, key);
	good = secret_equal(bytes_of(again, len), bytes_of(text, len));
	if (good)
		memcpy(ret, key, sizeof(key));
	secret_wipe(key, sizeof(key));
	secret_wipe(again, sizeof(again));
	return good ? ERR_OK : ERR_FORMAT;
}
