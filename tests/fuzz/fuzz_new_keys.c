/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/new_keys_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct new_keys_file f;

	if (new_keys_parse(&f, bytes_of(data, size)) == ERR_OK)
		new_keys_release(&f);
	return 0;
}
