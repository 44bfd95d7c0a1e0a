/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/options.h"

#include <stdlib.h>

#include "core/base/files.h"
#include "core/base/text.h"

void options_init(struct options *o, const struct option_row *rows, size_t count)
{
	ASSERT(count <= OPTIONS_MAX);
	*o = (struct options){.rows = rows, .count = count};
}

void options_release(struct options *o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->count; i++) {
		free(o->values[i]);
		o->values[i] = NULL;
	}
}

static size_t row_of(const struct options *o, struct bytes name)
{
	for (size_t i = 0; i < o->count; i++) {
		if (bytes_equal(bytes_str(o->rows[i].name), name))
			return i;
	}
	return o->count;
}

static enum err check_value(const struct option_row *row, const char *value, struct err_info *info)
{
	uint64_t number;
	uint8_t hash[ID_SIZE];

	if (strlen(value) > OPTION_VALUE_MAX || !text_is_utf8(bytes_str(value)) || strpbrk(value, "\n\r") != NULL)
		return err_set(info, ERR_FORMAT, "%s: the value is too long or no plain text", row->name);
	switch (row->type) {
	case OPTION_TEXT:
		return ERR_OK;
	case OPTION_UINT:
		if (parse_u64(&number, bytes_str(value), UINT64_MAX) == ERR_OK)
			return ERR_OK;
		return err_set(info, ERR_FORMAT, "%s: '%.64s' is not a number", row->name, value);
	case OPTION_BOOL:
		if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
			return ERR_OK;
		return err_set(info, ERR_FORMAT, "%s: '%.64s' is neither yes nor no", row->name, value);
	case OPTION_HEX32:
		if (hex_decode(hash, sizeof(hash), value) == ERR_OK)
			return ERR_OK;
		return err_set(info, ERR_FORMAT, "%s: '%.80s' is not 64 hex digits", row->name, value);
	}
	return ERR_INTERNAL;
}

enum err options_set(struct options *o, const char *name, const char *value, struct err_info *info)
{
	size_t row = row_of(o, bytes_str(name));
	char *copy;

	ASSERT(row < o->count);
	TRY(check_value(&o->rows[row], value, info));
	copy = strdup(value);
	if (copy == NULL)
		return ERR_MEMORY;
	free(o->values[row]);
	o->values[row] = copy;
	return ERR_OK;
}

static struct bytes trim(struct bytes x)
{
	while (x.len > 0 && (x.data[0] == ' ' || x.data[0] == '\t')) {
		x.data++;
		x.len--;
	}
	while (x.len > 0 && (x.data[x.len - 1] == ' ' || x.data[x.len - 1] == '\t' || x.data[x.len - 1] == '\r'))
		x.len--;
	return x;
}

static enum err parse_line(struct options *o, struct bytes line, struct err_info *info)
{
	const uint8_t *equals;
	struct bytes name, value;
	char copy[OPTION_VALUE_MAX + 1];
	size_t row;

	line = trim(line);
	if (line.len == 0 || line.data[0] == '#')
		return ERR_OK;
	equals = memchr(line.data, '=', line.len);
	if (equals == NULL)
		return err_set(info, ERR_FORMAT, "a line without '='");
	name = trim(bytes_of(line.data, (size_t)(equals - line.data)));
	value = trim(bytes_of(equals + 1, line.len - (size_t)(equals - line.data) - 1));
	row = row_of(o, name);
	if (row == o->count)
		return err_set(info, ERR_FORMAT, "'%.*s' is not a setting",
				(int)(name.len < 64 ? name.len : 64), name.data);
	if (o->values[row] != NULL)
		return err_set(info, ERR_FORMAT, "'%s' stands twice", o->rows[row].name);
	if (value.len > OPTION_VALUE_MAX || memchr(value.data, '\0', value.len) != NULL)
		return err_set(info, ERR_FORMAT, "%s: the value is too long or no plain text", o->rows[row].name);
	memcpy(copy, value.data, value.len);
	copy[value.len] = '\0';
	return options_set(o, o->rows[row].name, copy, info);
}

enum err options_parse(struct options *o, struct bytes text, struct err_info *info)
{
	for (size_t line = 1; text.len > 0; line++) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end ? (size_t)(end - text.data) : text.len;
		enum err e = parse_line(o, bytes_of(text.data, len), info);

		if (e != ERR_OK)
			return err_wrap(info, e, "line %zu", line);
		len += end != NULL;
		text = bytes_of(text.data + len, text.len - len);
	}
	return ERR_OK;
}

enum err options_read(struct options *o, const char *path, struct err_info *info)
{
	struct buf text = BUF_INIT;
	enum err e = files_read(&text, path, OPTIONS_FILE_MAX, info);

	if (e == ERR_OK) {
		e = options_parse(o, buf_bytes(&text), info);
		if (e != ERR_OK)
			err_wrap(info, e, "%s", path);
	}
	buf_release(&text);
	return e;
}

enum err options_write(const struct options *o, const char *path, struct err_info *info)
{
	struct buf text = BUF_INIT;
	enum err e;

	for (size_t i = 0; i < o->count; i++) {
		if (o->values[i] != NULL)
			buf_printf(&text, "# %s\n%s = %s\n", o->rows[i].help, o->rows[i].name, o->values[i]);
	}
	e = buf_error(&text);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&text), info);
	buf_release(&text);
	return e;
}

const char *options_text(const struct options *o, const char *name)
{
	size_t row = row_of(o, bytes_str(name));

	ASSERT(row < o->count);
	return o->values[row] != NULL ? o->values[row] : o->rows[row].standard;
}

uint64_t options_uint(const struct options *o, const char *name)
{
	uint64_t number = 0;

	if (parse_u64(&number, bytes_str(options_text(o, name)), UINT64_MAX) != ERR_OK)
		return 0;
	return number;
}

bool options_bool(const struct options *o, const char *name)
{
	return strcmp(options_text(o, name), "yes") == 0;
}
