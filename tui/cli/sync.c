/* SPDX-License-Identifier: Apache-2.0 */
/* medlock sync, peer: the replica and where it comes from. */
#include "tui/cli/cli.h"
#include "tui/cli/enrolment.h"
#include "tui/cli/question.h"

static void peers_json(struct cli *c, const struct app_sync *s)
{
	json_begin_array(&c->w, "peers");
	for (size_t i = 0; i < s->peer_count; i++) {
		json_begin_object(&c->w, NULL);
		json_string(&c->w, "url", s->peers[i].url);
		json_uint(&c->w, "height", s->peers[i].height);
		json_string(&c->w, "state", s->peers[i].state);
		json_end_object(&c->w);
	}
	json_end_array(&c->w);
}

/* Somebody who waits for a certificate looks for it whenever she is online.  What is wrong with an answer is no failure of the
 * replica: `enrolment status` says it as one.
 */
static void pick_up(struct cli *c)
{
	struct err_info info = {0};
	struct app_asked s;
	enum err e;

	if (!app_asks(c->app))
		return;
	e = app_asked(c->app, &s, &info);
	if (c->json)
		json_string(&c->w, "enrolment", e == ERR_OK ? app_asked_text(s.state) : err_row(e)->code);
	if (e == ERR_OK)
		enrolment_say(c, &s);
	else
		cli_say(c, "Your certificate: %s. See `medlock enrolment status`.\n", err_text(e));
}

static enum err sync_replica(struct cli *c)
{
	struct app_question_news news;
	struct app_sync s;

	pick_up(c); /* first: nobody else is let in */
	TRY(app_sync(c->app, &s, &c->info));
	TRY(app_question_news(c->app, &news, &c->info));
	if (c->json) {
		json_uint(&c->w, "height", s.height);
		json_uint(&c->w, "verified", s.verified);
		json_string(&c->w, "mode", s.mode);
		json_uint(&c->w, "behind", s.tip > s.height ? s.tip - s.height : 0);
		peers_json(c, &s);
	}
	cli_say(c, "Block %llu, verified, %s replica.\n", (unsigned long long)s.height, s.mode);
	question_news(c, &news);
	return ERR_OK;
}

static enum err peer_list(struct cli *c)
{
	struct app_sync s;

	TRY(app_sync(c->app, &s, &c->info));
	if (c->json)
		peers_json(c, &s);
	for (size_t i = 0; i < s.peer_count; i++)
		cli_say(c, "%s  block %llu  %s\n", s.peers[i].url, (unsigned long long)s.peers[i].height,
			s.peers[i].state);
	return ERR_OK;
}

const struct command sync_commands[] = {
	{"sync", "", "", 0, 0, CLI_KEYS, "bring the replica to the newest block", NULL,
	 (const char *const[]){"sync", "sync --json", NULL}, sync_replica},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};

const struct command peer_commands[] = {
	{"peer", "list", "", 0, 0, CLI_KEYS, "peers and their heights", NULL,
	 (const char *const[]){"peer list", NULL}, peer_list},
	{NULL, NULL, NULL, 0, 0, CLI_NOTHING, NULL, NULL, NULL, NULL},
};
