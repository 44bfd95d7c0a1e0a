/* SPDX-License-Identifier: Apache-2.0 */
/* What a command prints: data gathered in memory, written at the end; progress on stderr while it runs. */
#include "tui/cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#define PROGRESS_MS 100 /* between two lines of one work */

void cli_say(struct cli *c, const char *format, ...)
{
	va_list args;
	char *line;

	if (c->json)
		return;
	va_start(args, format);
	if (vasprintf(&line, format, args) >= 0) {
		buf_append_text(&c->out, line); /* whole, however long: a dose cut off is a wrong dose */
		free(line);
	} else {
		c->out.err = ERR_MEMORY;
	}
	va_end(args);
}

void cli_say_wrapped(struct cli *c, const char *lead, const char *text)
{
	size_t indent = strlen(lead);
	struct bytes rest = bytes_str(text);
	bool first = true;

	if (c->json)
		return;
	ASSERT(indent < CLI_COLUMNS / 2);
	while (rest.len > 0) {
		struct bytes line = text_take_line(&rest, CLI_COLUMNS - indent);

		buf_printf(&c->out, "%*s%.*s\n", (int)indent, first ? lead : "", (int)line.len, line.data);
		first = false;
	}
}

/* Room for one more gated text. */
static bool foreign_room(struct cli *c)
{
	size_t size = c->foreign_size ? 2 * c->foreign_size : 64;
	char **grown;

	if (c->foreign_count < c->foreign_size)
		return true;
	if (size > CLI_FOREIGN_MAX)
		return false;
	grown = realloc(c->foreign, size * sizeof(*grown));
	if (grown == NULL)
		return false;
	c->foreign = grown;
	c->foreign_size = size;
	return true;
}

const char *cli_foreign(struct cli *c, const char *text)
{
	struct buf gated = BUF_INIT;
	size_t len;

	text_gate(&gated, bytes_str(text ? text : ""), false);
	if (gated.len == 0 && buf_error(&gated) == ERR_OK)
		return "";
	if (buf_error(&gated) != ERR_OK || !foreign_room(c)) {
		buf_release(&gated);
		c->out.err = ERR_TOO_LARGE; /* a text left blank would be a lie: nothing is printed at all */
		return "";
	}
	c->foreign[c->foreign_count] = (char *)buf_detach(&gated, &len);
	return c->foreign[c->foreign_count++];
}

/* Work that counts bytes. */
static bool is_bytes(const char *what)
{
	static const char *const words[] = {"reading", "encrypting", "uploading", "downloading", "decrypting"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], what) == 0)
			return true;
	return false;
}

void cli_pace_line(struct buf *out, const char *what, uint64_t done, uint64_t total, uint64_t moved, int64_t ms)
{
	double speed = ms > 0 ? (double)moved * 1000 / (double)ms : 0;

	buf_printf(out, "%s: ", what);
	if (!is_bytes(what) && total > 0)
		buf_printf(out, "%llu%%", (unsigned long long)(done < total ? done * 100 / total : 100));
	else if (!is_bytes(what))
		buf_printf(out, "%llu", (unsigned long long)done);
	else if (total > 0)
		buf_printf(out, "%.1f of %.1f MB", (double)done / 1e6, (double)total / 1e6);
	else
		buf_printf(out, "%.1f MB", (double)done / 1e6);
	if (!is_bytes(what) || speed <= 0)
		return;
	buf_printf(out, ", %.1f MB/s", speed / 1e6);
	if (total > done)
		buf_printf(out, ", %.0f s left", (double)(total - done) / speed);
}

void cli_progress(void *self, const char *what, uint64_t done, uint64_t total)
{
	struct cli *c = self;
	const struct clock *clock = clock_real();
	const int64_t now = clock->steady_ms(clock->self);
	struct buf line = BUF_INIT;

	if (c->quiet || !isatty(STDERR_FILENO))
		return;
	if (c->pace.what == NULL || strcmp(c->pace.what, what) != 0 || done < c->pace.from)
		c->pace = (struct cli_pace){what, now, 0, done};
	else if (now - c->pace.shown_ms < PROGRESS_MS && done < total)
		return;
	c->pace.shown_ms = now;
	cli_pace_line(&line, what, done, total, done - c->pace.from, now - c->pace.begun_ms);
	fprintf(stderr, "\r\033[K%s", buf_text(&line));
	fflush(stderr);
	buf_release(&line);
	c->progress_shown = true;
}

/* End the progress line, then print what was gathered.  stdout that cannot be written is a failure of its own. */
enum err cli_flush(struct cli *c)
{
	struct bytes out = buf_bytes(&c->out);

	if (c->progress_shown)
		fputs("\r\033[K", stderr);
	if (buf_error(&c->out) != ERR_OK)
		return buf_error(&c->out);
	if (out.len > 0 && fwrite(out.data, 1, out.len, stdout) != out.len)
		return ERR_IO;
	return fflush(stdout) == 0 ? ERR_OK : ERR_IO;
}

void cli_json_error(struct cli *c, enum err e)
{
	const struct err_row *row = err_row(e);

	json_begin_object(&c->w, "error");
	json_string(&c->w, "code", row->code);
	json_string(&c->w, "class", row->class_name);
	json_string(&c->w, "text", c->info.detail[0] ? c->info.detail : row->text);
	json_string(&c->w, "next", row->next);
	json_end_object(&c->w);
}

void cli_text_error(const struct cli *c, enum err e)
{
	const struct err_row *row = err_row(e);
	struct buf gated = BUF_INIT;

	text_gate(&gated, bytes_str(c->info.detail), false);
	fprintf(stderr, "medlock: %s%s%s (%s)\n", row->text, gated.len ? ": " : "", buf_text(&gated), row->code);
	if (row->next[0] != '\0')
		fprintf(stderr, "  next: %s\n", row->next);
	buf_release(&gated);
}
