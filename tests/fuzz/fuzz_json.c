/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scanner and json-c agree: what passes the scanner is read, and written again passes the scanner. */
#include <json-c/json.h>

#include "core/base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *tree;
	struct err_info info = {0};
	enum err e = json_read(&tree, bytes_of(data, size), &info);

	if (e == ERR_OK) {
		const char *text = json_object_to_json_string_ext(tree, JSON_C_TO_STRING_PLAIN);

		ASSERT(json_check(bytes_str(text), &info) == ERR_OK);
		json_object_put(tree);
	} else {
		ASSERT(e == ERR_JSON || e == ERR_JSON_DUPLICATE || e == ERR_UTF8 || e == ERR_TOO_DEEP);
		ASSERT(info.detail[0] != '\0');
	}
	return 0;
}
