/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/log.h"

#include "core/base/text.h"

#define LOG_LINE_MAX 2048u

void log_event(const struct log *log, enum log_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};
	char words[LOG_LINE_MAX], at[TIME_TEXT];
	struct buf line = BUF_INIT;
	va_list args;

	if (log == NULL || log->stream == NULL || level > log->level)
		return;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	time_format(at, log->clock->now(log->clock->self));
	buf_printf(&line, "%s %s event=\"%s\" ", at, names[level], event);
	text_gate(&line, bytes_str(words), false);
	buf_append_byte(&line, '\n');
	if (buf_error(&line) == ERR_OK) {
		fwrite(line.data, 1, line.len, log->stream);
		fflush(log->stream);
	}
	buf_release(&line);
}
