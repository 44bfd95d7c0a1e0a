/* SPDX-License-Identifier: Apache-2.0 */
/* What the view of the network knows. */
#ifndef MEDLOCK_SCREENS_COMMON_NETWORK_H
#define MEDLOCK_SCREENS_COMMON_NETWORK_H

#include "core/app/ledger.h"
#include "tui/screens/view.h"

struct network_model { struct app_sync sync; struct app_ledger ledger; bool offline; };

#endif
