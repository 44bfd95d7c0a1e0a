/* SPDX-License-Identifier: Apache-2.0 */
/* Every message of the API, the state and the transactions; the first byte chooses.  What decodes is canonical. */
#include "chain/proto/api.pb-c.h"
#include "chain/proto/state.pb-c.h"
#include "chain/proto/wire.h"

#define MEMORY_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const ProtobufCMessageDescriptor *const kinds[] = {
	&medlock__status_reply__descriptor,    &medlock__headers_reply__descriptor, &medlock__blocks_reply__descriptor,
	&medlock__proof_reply__descriptor,     &medlock__events_reply__descriptor,  &medlock__tx_reply__descriptor,
	&medlock__ticket__descriptor,	       &medlock__release_request__descriptor, &medlock__release_reply__descriptor,
	&medlock__error_reply__descriptor,     &medlock__account_state__descriptor, &medlock__policy_state__descriptor,
	&medlock__rule_state__descriptor,      &medlock__record_state__descriptor,  &medlock__request_state__descriptor,
	&medlock__event__descriptor,	       &medlock__tx_result__descriptor,	    &medlock__replay_state__descriptor,
	&medlock__network__descriptor,	       &medlock__genesis__descriptor,	    &medlock__body__descriptor,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ProtobufCMessage *m = NULL;
	struct buf again = BUF_INIT;
	struct bytes in;

	if (size == 0)
		return 0;
	in = bytes_of(data + 1, size - 1);
	if (wire_decode(&m, kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))], in, MEMORY_MAX, NULL) != ERR_OK)
		return 0;
	wire_encode(&again, m);
	ASSERT(bytes_equal(buf_bytes(&again), in));
	wire_free(m);
	buf_release(&again);
	return 0;
}
