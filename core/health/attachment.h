/* SPDX-License-Identifier: Apache-2.0 */
/* What a file that is no FHIR is, by how it begins; nothing of it is interpreted further. */
#ifndef MEDLOCK_HEALTH_ATTACHMENT_H
#define MEDLOCK_HEALTH_ATTACHMENT_H

#include "core/base/bytes.h"

#define ATTACHMENT_HEAD 4096u /* bytes that are enough to tell */

struct attachment {
	const char *words;     /* "a PDF document" */
	const char *extension; /* ".pdf"; "" when it is not known */
	const char *category;  /* "IMG", "DOC" */
	bool text;             /* may be shown by a pager, once it has passed the text gate */
};

/* Signatures: ISO 32000 (PDF), DICOM PS3.10 7.1, PNG, JPEG, TIFF, ZIP, XML; UTF-8 without NUL is text.
 * Never NULL: what is not known is a document of an unknown kind.
 */
const struct attachment *attachment_of(struct bytes head);

#endif
