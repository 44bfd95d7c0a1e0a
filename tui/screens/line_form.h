/* SPDX-License-Identifier: Apache-2.0 */
/* One field and the line that it completes: a path, a reason, a question. */
#ifndef MEDLOCK_SCREENS_LINE_FORM_H
#define MEDLOCK_SCREENS_LINE_FORM_H

#include "tui/screens/view.h"

#define LINE_FORM_WORDS 8u
#define LINE_FORM_WORD 128u
#define LINE_FORM_TEXT 2000u

struct line_form_draft {
	enum word title, help, label;        /* help: WORD_NONE: none */
	enum word ready[4];                  /* texts to choose in place of typing; WORD_NONE: no more */
	enum word question;                  /* asked before it is done; WORD_NONE: nothing is asked */
	char words[LINE_FORM_WORDS][LINE_FORM_WORD]; /* the line; "" ends it */
	char option[24];                     /* before the text; "": none */
	bool shows;                          /* struct act */
	char text[LINE_FORM_TEXT];
};

/* Opens it: the words are those of a line, without what is asked for. */
void act_line_form(struct act *a, const struct line_form_draft *draft);
void line_form_words(struct line_form_draft *d, const char *const *words, size_t count);

#endif
