/* SPDX-License-Identifier: Apache-2.0 */
/* Ledger exports, as files: whatever the bytes, the verdict and the place agree. */
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/ledger/export.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/medlock-fuzz-XXXXXX";
	int fd = mkstemp(path);
	struct ledger_verified v;
	enum err e;

	if (fd < 0)
		return 0;
	e = files_write_all(fd, bytes_of(data, size));
	close(fd);
	if (e == ERR_OK) {
		e = ledger_verify_file(&v, path, NULL, NULL, NULL);
		ASSERT(v.ok == (e == ERR_OK));
		ASSERT(v.first_bad == 0 || v.first_bad == v.blocks + 1);
	}
	unlink(path);
	return 0;
}
