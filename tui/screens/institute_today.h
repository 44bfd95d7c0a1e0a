/* SPDX-License-Identifier: Apache-2.0 */
/* What the page of today knows. */
#ifndef MEDLOCK_SCREENS_INSTITUTE_TODAY_H
#define MEDLOCK_SCREENS_INSTITUTE_TODAY_H

#include "tui/screens/institute.h"

struct today_model {
	struct asked_model asked;
	struct app_asked badge; /* the certificate; renew_from 0: not known */
};

#endif
