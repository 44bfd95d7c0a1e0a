/* SPDX-License-Identifier: Apache-2.0 */
/* What a file must not be before it is deposited: FHIR that two readers would understand in two ways.
 *
 * Not a validator: profiles, value sets and cardinalities are not looked at, and a record is kept byte for byte.
 */
#ifndef MEDLOCK_HEALTH_CHECK_H
#define MEDLOCK_HEALTH_CHECK_H

#include "core/health/fhir.h"

/* ERR_FHIR with the place: a member of every resource that has another type (id, meta, contained, …), or two entries of one
 * Bundle with the same type, id and fullUrl, unless it is a history.  ERR_MEMORY.
 */
enum err health_check(const struct fhir_file *f, struct err_info *info) MUST_USE;

#endif
