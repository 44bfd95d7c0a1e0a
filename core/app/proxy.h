/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts for this person, for whom this person acts, and acting for somebody. */
#ifndef MEDLOCK_APP_PROXY_H
#define MEDLOCK_APP_PROXY_H

#include "core/app/app.h"

#define APP_SCOPE_TEXT 32u

/* Bits of codes.def, SCOPE, as "consent,asks,read". */
void app_scope_text(char out[APP_SCOPE_TEXT], uint32_t scope);

#endif
