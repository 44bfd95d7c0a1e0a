/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/proto/codes.h"

#include <strings.h>

static const struct code_row rows[] = {
#define X(set, name, number, text) {CODES_##set, number, text},
#include "chain/proto/codes.def"
#undef X
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct code_row *code_at(enum code_set set, size_t index)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].set == set && index-- == 0)
			return &rows[i];
	return NULL;
}

const struct code_row *code_by_number(enum code_set set, uint32_t number)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].set == set && rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct code_row *code_by_text(enum code_set set, const char *text)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].set == set && strcasecmp(rows[i].code, text) == 0)
			return &rows[i];
	return NULL;
}

const char *code_text(enum code_set set, uint32_t number)
{
	const struct code_row *row = code_by_number(set, number);

	return row ? row->code : "?";
}
