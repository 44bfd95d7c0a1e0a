/* SPDX-License-Identifier: Apache-2.0 */
/* Points and scalars: what parses is written back as the same bytes, and is in the group. */
#include "core/crypto/curve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_g1(const uint8_t in[G1_SIZE])
{
	uint8_t out[G1_SIZE];
	struct g1 p;

	if (g1_parse(&p, in) != ERR_OK)
		return;
	g1_write(out, &p);
	ASSERT(memcmp(in, out, G1_SIZE) == 0 && !g1_is_identity(&p));
}

static void try_g2(const uint8_t in[G2_SIZE])
{
	uint8_t out[G2_SIZE];
	struct g2 p;

	if (g2_parse(&p, in) != ERR_OK)
		return;
	g2_write(out, &p);
	ASSERT(memcmp(in, out, G2_SIZE) == 0 && !g2_is_identity(&p));
}

static void try_scalar(const uint8_t in[SCALAR_SIZE])
{
	uint8_t out[SCALAR_SIZE];
	struct scalar s;

	if (scalar_parse(&s, in) != ERR_OK)
		return;
	scalar_write(out, &s);
	ASSERT(memcmp(in, out, SCALAR_SIZE) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == G1_SIZE)
		try_g1(data);
	else if (size == G2_SIZE)
		try_g2(data);
	else if (size == SCALAR_SIZE)
		try_scalar(data);
	return 0;
}
