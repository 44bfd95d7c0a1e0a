/* SPDX-License-Identifier: Apache-2.0 */
/* Decrypted enrolment files.  The first byte chooses: even a request, odd an answer.  What is accepted has one encoding and
 * texts within their limits.
 */
#include "core/ident/enrolment.h"

#include <stdlib.h>

#include "core/crypto/start.h"

#define NOW 1795000000000ll

static void request(struct bytes in)
{
	struct enrolment *e = calloc(1, sizeof(*e));
	struct buf again = BUF_INIT;
	struct network_id network;

	ASSERT(e != NULL);
	memset(network.b, 0x42, sizeof(network.b));
	if (enrolment_parse(e, in, &network, (struct time_ms){NOW}, NULL) == ERR_OK) {
		WIRE_ENCODE(&again, e->wire);
		ASSERT(bytes_equal(buf_bytes(&again), in));
		ASSERT(e->profile != NULL && !e->profile->ca && strlen(e->wire->name) < CERT_TEXT_MAX);
		ASSERT(e->csr.kind == CERT_KEY_ED25519);
		enrolment_release(e);
	}
	buf_release(&again);
	free(e);
}

static void answer(struct bytes in)
{
	struct enrolment_answer *a = calloc(1, sizeof(*a));
	const struct sign_public own = {{1}};
	const struct hash32 request = {{2}};

	ASSERT(a != NULL);
	if (enrolment_answer_parse(a, in, &request, &own, (struct time_ms){NOW}, NULL) == ERR_OK) {
		ASSERT(a->refused ? strlen(a->words) > 0 && a->certificate.len == 0 : a->certificate.len > 0);
		enrolment_answer_release(a);
	}
	free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;

	if (!started) {
		ASSERT(crypto_start(NULL) == ERR_OK);
		started = true;
	}
	if (size == 0)
		return 0;
	if ((data[0] & 1) == 0)
		request(bytes_of(data + 1, size - 1));
	else
		answer(bytes_of(data + 1, size - 1));
	return 0;
}
