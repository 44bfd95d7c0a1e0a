/* SPDX-License-Identifier: Apache-2.0 */
#include "core/keys/shares.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Medlock__RecoveryShare *m;

	if (share_parse(&m, bytes_of(data, size)) == ERR_OK)
		WIRE_FREE(m);
	return 0;
}
