/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/proxy.h"

#include <stdio.h>

#include "chain/proto/codes.h"

void app_scope_text(char out[APP_SCOPE_TEXT], uint32_t scope)
{
	const struct code_row *row;
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; (row = code_at(CODES_SCOPE, i)) != NULL && len < APP_SCOPE_TEXT; i++)
		if (scope & row->number)
			len += (size_t)snprintf(out + len, APP_SCOPE_TEXT - len, "%s%s", len ? "," : "", row->code);
}
