/* SPDX-License-Identifier: Apache-2.0 */
/* FHIR dates, which may be partial (https://hl7.org/fhir/R4/datatypes.html#dateTime), as the interval they cover. */
#ifndef MEDLOCK_HEALTH_DATE_H
#define MEDLOCK_HEALTH_DATE_H

#include "core/base/clock.h"

/* [from, to) of "2022", "2022-06", "2022-06-14" (whole year, month, day, in UTC) or of a date-time with offset (one
 * second).  ERR_FORMAT otherwise.
 */
enum err fhir_date_interval(struct time_ms *ret_from, struct time_ms *ret_to, const char *text) MUST_USE;

#endif
