/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct option_row rows[] = {
		{"listen", OPTION_TEXT, "localhost", "where to listen"},
		{"port", OPTION_UINT, "26650", "the port"},
		{"trace", OPTION_BOOL, "no", "say more"},
		{"network", OPTION_HEX32, "", "which network"},
	};
	struct err_info info = {0};
	struct options o;

	options_init(&o, rows, sizeof(rows) / sizeof(rows[0]));
	if (options_parse(&o, bytes_of(data, size), &info) == ERR_OK)
		ASSERT(options_text(&o, "listen") != NULL);
	else
		ASSERT(info.detail[0] != '\0');
	(void)options_uint(&o, "port");
	(void)options_bool(&o, "trace");
	options_release(&o);
	return 0;
}
