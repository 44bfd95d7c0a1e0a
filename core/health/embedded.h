/* SPDX-License-Identifier: Apache-2.0 */
/* Files inside of FHIR: what an Attachment or a Binary carries as base64 (https://hl7.org/fhir/R4/datatypes.html#Attachment).
 *
 * What only has an address is listed and never fetched.  All texts are foreign.
 */
#ifndef MEDLOCK_HEALTH_EMBEDDED_H
#define MEDLOCK_HEALTH_EMBEDDED_H

#include "core/health/fhir.h"

#define EMBEDDED_MAX 1000u
#define EMBEDDED_PLACE_MAX 96u

struct embedded {
	char place[EMBEDDED_PLACE_MAX]; /* "DocumentReference.content.attachment" */
	const char *type, *title, *url; /* contentType and so on; "" when absent; borrowed from the file */
	const char *data;               /* base64; NULL: it lies elsewhere */
	size_t bytes;                   /* about, decoded */
};

/* Up to max of them in the order of the file; returns how many there are, which may be more. */
size_t embedded_find(struct embedded *ret, size_t max, const struct fhir_file *f);

/* The bytes, appended.  ERR_FORMAT when it is no strict base64 (RFC 4648, line ends allowed), ERR_NOT_FOUND without data. */
enum err embedded_bytes(struct buf *ret, const struct embedded *e) MUST_USE;

#endif
