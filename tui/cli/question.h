/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about accesses and their replies, on the screen: commands of the nouns log and request, and what others show. */
#ifndef MEDLOCK_TUI_QUESTION_H
#define MEDLOCK_TUI_QUESTION_H

#include "core/app/question.h"
#include "tui/cli/cli.h"

/* --text: the words, or standard input without its last line's end, in text; NULL when it is not given. */
enum err cli_text(struct cli *c, struct buf *text, const char **ret) MUST_USE;

enum err question_ask(struct cli *c) MUST_USE;
enum err question_asked(struct cli *c) MUST_USE;
enum err question_to_me(struct cli *c) MUST_USE;
enum err question_reply(struct cli *c) MUST_USE;

void questions_json(struct cli *c, const struct app_questions *list); /* the member "questions" */
void say_questions(struct cli *c, const struct app_questions *list);
void question_news(struct cli *c, const struct app_question_news *news); /* nothing when there is none */

#endif
