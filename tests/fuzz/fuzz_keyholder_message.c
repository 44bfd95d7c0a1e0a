/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to the key-holder, served in this process by one that is unlocked and may do everything.  Operations that
 * run Argon2id are left out: they are slow, and their input is the keystore's (fuzz_keystore).
 */
#include "core/crypto/start.h"
#include "core/keys/keyholder_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDER_ALL 0x3fu

static struct holder *holder(void)
{
	static struct holder h = {.capabilities = HOLDER_ALL};
	static const struct network_id network = {{7}};

	if (h.keys == NULL) {
		ASSERT(crypto_start(NULL) == ERR_OK);
		ASSERT(keystore_create(&h.keys, &network, bytes_str("passphrase"), NULL, rng_system(), NULL) == ERR_OK);
		h.network = network;
		h.bound = true;
	}
	return &h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keyholder_message m, answer;
	struct buf reply = BUF_INIT;
	enum err parsed = keyholder_message_parse(&m, bytes_of(data, size));

	if (parsed == ERR_OK && (m.code == OP_CREATE || m.code == OP_UNLOCK || m.code == OP_PASSPHRASE ||
				 m.code == OP_LOCK || m.code == OP_CA_SPKI || m.code == OP_RECOVER ||
				 m.code == OP_ROTATE || m.code == OP_RECOVER_SHARES || m.code == OP_RECOVER_PAIR ||
				 m.code == OP_PLACE))
		return 0;
	if (holder_serve(holder(), &reply, bytes_of(data, size)) == ERR_OK) {
		ASSERT(parsed == ERR_OK);
		ASSERT(keyholder_message_parse(&answer, buf_bytes(&reply)) == ERR_OK && answer.id == m.id);
	}
	buf_release(&reply);
	return 0;
}
