/* SPDX-License-Identifier: Apache-2.0 */
/* The first start: who, at which peer; what is kept where is said before anything is made. */
#include "tui/screens/begin.h"

#include <stdio.h>

#include "tui/screens/codes.h"
#include "tui/screens/views.h"

enum { ID_NEW = 1, ID_RECOVER, ID_PEER, ID_PIN, ID_NAME, ID_ORGANISATION, ID_MODE = 20 };

const char *const begin_modes[BEGIN_MODES] = {"patient", "clinician", "researcher", "emergency", "officer"};

static void list(const struct view *v, struct page *p)
{
	const struct begin_draft *d = v->draft;

	page_head(p, v, WORD_BEGIN_HEAD, NULL);
	page_choice_say(p, v, ID_NEW, WORD_BEGIN_NEW, !d->recover, true);
	page_choice_say(p, v, ID_RECOVER, WORD_BEGIN_RECOVER, d->recover, true);
	page_head(p, v, WORD_BEGIN_NETWORK, NULL);
	page_say(p, v, ROLE_DIM, WORD_BEGIN_NETWORK_HOW, NULL);
	page_field_say(p, v, ID_PEER, WORD_BEGIN_PEER, d->peer);
	page_field_say(p, v, ID_PIN, WORD_BEGIN_PIN, d->pin);
	page_head(p, v, WORD_BEGIN_WHO, NULL);
	for (int i = 0; i < BEGIN_MODES; i++)
		page_choice(p, ID_MODE + i, say_code(v, "profile", begin_modes[i]), d->mode == i, true);
	if (!d->recover) {
		page_field_say(p, v, ID_NAME, WORD_PEOPLE_NAME, d->name);
		page_field_say(p, v, ID_ORGANISATION, WORD_BEGIN_ORGANISATION, d->organisation);
	}
	page_blank(p);
	page_say(p, v, ROLE_DIM, d->recover ? WORD_BEGIN_THEN_WORDS : WORD_BEGIN_THEN, NULL);
}

static void typed(struct begin_draft *d, int id, const char *text)
{
	const struct { int id; char *to; size_t size; } fields[] = {
		{ID_PEER, d->peer, sizeof(d->peer)}, {ID_PIN, d->pin, sizeof(d->pin)}, {ID_NAME, d->name, sizeof(d->name)},
		{ID_ORGANISATION, d->organisation, sizeof(d->organisation)},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].id == id)
			snprintf(fields[i].to, fields[i].size, "%.*s", (int)fields[i].size - 1, text);
}

static void chosen(struct act *ret, const struct view *v, int id, const char *text)
{
	struct begin_draft d = *(const struct begin_draft *)v->draft;

	if (text != NULL)
		typed(&d, id, text);
	else if (id >= ID_MODE)
		d.mode = id - ID_MODE;
	else if (id == ID_NEW || id == ID_RECOVER)
		d.recover = id == ID_RECOVER;
	act_draft(ret, &d, sizeof(d));
}

static void begin(struct act *ret, const struct view *v, int id)
{
	const struct begin_draft *d = v->draft;
	uint8_t pin[ID_SIZE];

	(void)id;
	if (strncmp(d->peer, "https://", 8) != 0)
		act_refuse(ret, WORD_BEGIN_NO_PEER, NULL);
	else if (hex_decode(pin, sizeof(pin), d->pin) != ERR_OK)
		act_refuse(ret, WORD_BEGIN_NO_PIN, NULL);
	else if (!d->recover && d->name[0] == '\0')
		act_refuse(ret, WORD_BEGIN_NO_NAME, NULL);
	else
		act_begin_profile(ret, d, sizeof(*d));
}

static const struct view_act acts[] = {{ACTION_BEGIN, begin}, {ACTION_NONE, NULL}};

const struct view_ops view_begin = {
	.name = "begin", .title = WORD_BEGIN_TITLE, .draft_size = sizeof(struct begin_draft), .list = list, .chosen = chosen,
	.acts = acts,
};
