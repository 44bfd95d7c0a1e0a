/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets and release requests: base64 text of a header, raw ticket, or request, chosen by the first byte. */
#include "chain/proto/release.h"
#include "chain/proto/ticket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ticket(Medlock__Ticket *t)
{
	const struct sign_public key = {{1}};
	const struct network_id network = {{0}};
	const struct hash32 pin = {{0}};
	struct buf text = BUF_INIT, input = BUF_INIT;
	Medlock__Ticket *again = NULL;

	ticket_text(&text, t);
	ASSERT(ticket_parse_text(&again, buf_bytes(&text), NULL) == ERR_OK);
	ASSERT(ticket_signing_input(&input, t) == ERR_OK);
	ASSERT(ticket_check(t, &network, &pin, &key, (struct time_ms){0}) != ERR_OK);
	WIRE_FREE(again);
	WIRE_FREE(t);
	buf_release(&text);
	buf_release(&input);
}

static void check_release(Medlock__ReleaseRequest *r)
{
	struct buf input = BUF_INIT;

	ASSERT(release_signing_input(&input, r) == ERR_OK);
	WIRE_FREE(r);
	buf_release(&input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Medlock__Ticket *t = NULL;
	Medlock__ReleaseRequest *r = NULL;
	struct bytes in;

	if (size == 0)
		return 0;
	in = bytes_of(data + 1, size - 1);
	if (data[0] % 3 == 0 && ticket_parse_text(&t, in, NULL) == ERR_OK)
		check_ticket(t);
	else if (data[0] % 3 == 1 && ticket_parse(&t, in, NULL) == ERR_OK)
		check_ticket(t);
	else if (data[0] % 3 == 2 && release_parse(&r, in, NULL) == ERR_OK)
		check_release(r);
	return 0;
}
