/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/examples/examples.h"

#include <stdlib.h>

#include "tui/screens/views.h"

static const struct example rows[] = {
#define EXAMPLE(view, mode, person) {#view, &view_##view, example_##view, mode, person},
#include "tui/examples/examples.def"
#undef EXAMPLE
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct example *example_at(size_t index)
{
	return index < ROWS ? &rows[index] : NULL;
}

const struct example *example_by_name(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].view->name, name) == 0)
			return &rows[i];
	return NULL;
}

char *example_text(const char *text)
{
	char *copy = strdup(text);

	ASSERT(copy != NULL); /* pictures and tests alone */
	return copy;
}

void example_id(uint8_t ret[ID_SIZE], uint8_t byte)
{
	memset(ret, byte, ID_SIZE);
}

struct time_ms example_before(int64_t minutes)
{
	return (struct time_ms){EXAMPLE_NOW_MS - minutes * 60 * MS_PER_SECOND};
}

/* ---- the session ---- */

static struct time_ms example_now(void *self)
{
	(void)self;
	return (struct time_ms){EXAMPLE_NOW_MS};
}

static int64_t example_steady(void *self)
{
	(void)self;
	return 0;
}

static const struct clock example_clock = {.now = example_now, .steady_ms = example_steady};

enum err example_session(struct session **ret, const struct example *x, struct example_look look, struct err_info *info)
{
	const struct session_options options = {
		.clock = &example_clock, .language = look.language, .ascii = look.ascii, .world = "/", .utc = true,
		.example = true,
	};
	void *model = calloc(1, x->view->model_size + 1), *draft = calloc(1, x->view->draft_size + 1);
	enum err e = model != NULL && draft != NULL ? x->fill(model, draft) : ERR_MEMORY;

	if (e == ERR_OK)
		e = session_new(ret, &options, info);
	if (e == ERR_OK)
		e = session_show(*ret, x->view, model, draft, x->mode, x->person);
	else
		free(model);
	free(draft);
	return e;
}
