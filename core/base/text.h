/* SPDX-License-Identifier: Apache-2.0 */
/* The one gate for foreign text, and strict parsing of small values.
 *
 * Text that came from a file, a peer or another person passes text_gate before it reaches a terminal, a log or an
 * export for people.
 */
#ifndef MEDLOCK_BASE_TEXT_H
#define MEDLOCK_BASE_TEXT_H

#include "core/base/buf.h"

/* Valid UTF-8 by the table of RFC 3629: no surrogates, no overlong forms, nothing past U+10FFFF. */
bool text_is_utf8(struct bytes x);
size_t text_utf8_prefix(struct bytes x); /* how many bytes are valid before the first that is not */

/* Append x to out as text that cannot harm a terminal: each invalid byte, C0, DEL, C1, bidi control, zero-width,
 * tag, private or unassigned character becomes U+FFFD; a newline or tab becomes a space unless keep_lines.  Joiners
 * between two visible characters of one word stay.  NFC.
 */
void text_gate(struct buf *out, struct bytes x, bool keep_lines);

/* The character that x begins with: its bytes (0: none is valid there), its number, and whether a terminal shows it as
 * itself, as text_gate decides it.
 */
size_t text_character(uint32_t *ret, bool *ret_harmless, struct bytes x);

/* Columns that gated text takes on a terminal (0, 1 or 2 a character). */
size_t text_columns(struct bytes x);

/* Longest prefix of gated text that fits in columns, in bytes; never splits a character from its combining marks. */
size_t text_fit(struct bytes x, size_t columns);

/* The next line of words of at most so many columns, without the spaces at its end, taken off rest.  What fits nowhere (a
 * wide character in one column) comes whole: the caller always gets on.
 */
struct bytes text_take_line(struct bytes *rest, size_t columns);

/* Decimal digits only, no sign, no leading zero (but "0"), at most max.  ERR_FORMAT or ERR_RANGE. */
enum err parse_u64(uint64_t *ret, struct bytes text, uint64_t max) MUST_USE;

#endif
