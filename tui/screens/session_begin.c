/* SPDX-License-Identifier: Apache-2.0 */
/* A new profile by the worker: passphrase and words are asked for on the screen, then it is opened like any other. */
#include <stdio.h>
#include <stdlib.h>

#include "core/app/keys.h"
#include "core/app/setup.h"
#include "tui/screens/session_parts.h"

struct begin_job {
	struct job job;
	struct session *session;
	struct begin_draft draft;
	char home[APP_PATH];
};

static enum err recover(struct begin_job *b, struct task *task, struct err_info *info)
{
	const struct app_recovery wish = {
		.home = b->home, .mode = begin_modes[b->draft.mode], .peer_url = b->draft.peer, .pin = b->draft.pin,
		.prompt = &b->session->prompt,
	};
	struct account_id account;

	return app_recover(&account, &wish, task, info);
}

static enum err set_up(struct begin_job *b, struct task *task, struct err_info *info)
{
	const struct app_setup wish = {
		.home = b->home, .mode = begin_modes[b->draft.mode], .peer_url = b->draft.peer, .pin = b->draft.pin,
		.name = b->draft.name, .organisation = b->draft.organisation[0] != '\0' ? b->draft.organisation : NULL,
		.prompt = &b->session->prompt,
	};
	struct app_setup_done *done = calloc(1, sizeof(*done));
	enum err e = done != NULL ? app_setup(done, &wish, task, info) : ERR_MEMORY;

	free(done);
	return e;
}

static enum err run(struct job *j, struct app **a, struct task *task, struct err_info *info)
{
	struct begin_job *b = (struct begin_job *)j;
	bool there;

	(void)a;
	TRY(app_home(b->home, &there, NULL, info));
	return b->draft.recover ? recover(b, task, info) : set_up(b, task, info);
}

static void done(struct job *j, enum err e, const struct err_info *info)
{
	struct begin_job *b = (struct begin_job *)j;

	if (e != ERR_OK) {
		session_say_error(b->session, e, info);
		return;
	}
	session_say_word(b->session, ROLE_GOOD, b->draft.recover ? WORD_BEGIN_RECOVERED : WORD_BEGIN_MADE, NULL);
	session_open(b->session, b->home);
}

static void release(struct job *j)
{
	free(j);
}

void session_begin(struct session *s, const struct begin_draft *draft)
{
	struct begin_job *b = calloc(1, sizeof(*b));

	if (b == NULL) {
		session_say_error(s, ERR_MEMORY, NULL);
		return;
	}
	b->job = (struct job){.run = run, .done = done, .free = release};
	b->session = s;
	b->draft = *draft;
	snprintf(b->job.what, sizeof(b->job.what), "%s", word(s->options.language, WORD_WORK_BEGIN));
	if (worker_give(s->worker, &b->job) != ERR_OK)
		session_say_error(s, ERR_LIMIT, NULL);
}
