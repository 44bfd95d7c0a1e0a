/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the tests of keys and files: randomness that is known beforehand, and hexadecimal texts as bytes. */
#ifndef MEDLOCK_TESTS_CRYPTO_HELP_H
#define MEDLOCK_TESTS_CRYPTO_HELP_H

#include <stdlib.h>

#include "core/base/rng.h"
#include "core/crypto/secret.h"

/* Gives the bytes of a list, then stops the test when more are asked for. */
struct fixed_rng {
	struct bytes rest;
	struct rng rng;
};

static inline void fixed_rng_fill(void *self, uint8_t *out, size_t len)
{
	struct fixed_rng *f = self;

	ASSERT(f->rest.len >= len);
	memcpy(out, f->rest.data, len);
	f->rest.data += len;
	f->rest.len -= len;
}

static inline void fixed_rng_init(struct fixed_rng *f, struct bytes bytes)
{
	*f = (struct fixed_rng){bytes, {fixed_rng_fill, f}};
}

/* The bytes of a hexadecimal text, to be freed; aborts when it is none. */
static inline struct bytes unhex(const char *text)
{
	size_t len = strlen(text) / 2;
	uint8_t *data = malloc(len + 1);

	ASSERT(data && hex_decode(data, len, text) == ERR_OK);
	return bytes_of(data, len);
}

static inline void unhex_free(struct bytes b)
{
	free((void *)(uintptr_t)b.data);
}

static inline struct secret *secret_of_hex(const char *text)
{
	struct bytes b = unhex(text);
	struct secret *s = NULL;

	ASSERT(secret_copy(&s, b) == ERR_OK);
	unhex_free(b);
	return s;
}

#endif
