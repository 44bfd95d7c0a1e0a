/* SPDX-License-Identifier: Apache-2.0 */
#include "core/health/attachment.h"

#include "core/base/text.h"

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static const struct { size_t at; const char *bytes; size_t len; struct attachment is; } signatures[] = {
	{0, "%PDF-", 5, {"a PDF document", ".pdf", "DOC", false}},
	{128, "DICM", 4, {"a DICOM image", ".dcm", "IMG", false}},
	{0, "\x89PNG\r\n\x1a\n", 8, {"a PNG image", ".png", "IMG", false}},
	{0, "\xff\xd8\xff", 3, {"a JPEG image", ".jpg", "IMG", false}},
	{0, "II*\0", 4, {"a TIFF image", ".tif", "IMG", false}},
	{0, "MM\0*", 4, {"a TIFF image", ".tif", "IMG", false}},
	{0, "PK\x03\x04", 4, {"a ZIP archive", ".zip", "DOC", false}},
	{0, "<?xml", 5, {"an XML document", ".xml", "DOC", true}},
	{0, "{\\rtf", 5, {"an RTF document", ".rtf", "DOC", false}},
};
static const struct attachment text = {"a text", ".txt", "DOC", true};
static const struct attachment unknown = {"a file of an unknown kind", "", "DOC", false};

/* The head may end inside of a character. */
static bool is_text(struct bytes head)
{
	return head.len > 0 && memchr(head.data, '\0', head.len) == NULL && text_utf8_prefix(head) + 4 > head.len;
}

const struct attachment *attachment_of(struct bytes head)
{
	for (size_t i = 0; i < COUNT(signatures); i++)
		if (head.len >= signatures[i].at + signatures[i].len &&
		    memcmp(head.data + signatures[i].at, signatures[i].bytes, signatures[i].len) == 0)
			return &signatures[i].is;
	return is_text(head) ? &text : &unknown;
}
