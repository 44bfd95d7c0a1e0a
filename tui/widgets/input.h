/* SPDX-License-Identifier: Apache-2.0 */
/* One line that is being typed; its memory is guarded and wiped, whatever it is, for passphrases are typed here too. */
#ifndef MEDLOCK_WIDGETS_INPUT_H
#define MEDLOCK_WIDGETS_INPUT_H

#include "core/base/bytes.h"
#include "core/crypto/secret.h"
#include "tui/grid/keys.h"

#define INPUT_MAX 1024u /* bytes; what is typed or pasted past them is dropped */

struct input {
	struct secret *memory; /* INPUT_MAX + 1 bytes, ended by '\0' */
	size_t len, at;        /* bytes; the cursor */
	bool pasting;
};
enum err input_init(struct input *in, const char *text) MUST_USE; /* the cursor at its end */
void input_release(struct input *in);
const char *input_text(const struct input *in);
size_t input_columns(const struct input *in); /* before the cursor */
size_t input_characters(const struct input *in);

/* Printable characters, Backspace, Delete, Left, Right, Home, End, Ctrl-U (all before the cursor).  Within a paste everything
 * is text, line ends become blanks.  false: not for a line.
 */
bool input_key(struct input *in, const struct key *key);

#endif
