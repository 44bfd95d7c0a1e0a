/* SPDX-License-Identifier: Apache-2.0 */
#include "sync_desk.h"

void sync_desk_init(struct sync_desk *d, const char *program)
{
	memset(d, 0, sizeof(*d));
	daemon_story_init(&d->s, program);
	temp_dir_make(&d->dir);
}

void sync_desk_release(struct sync_desk *d)
{
	daemon_story_release(&d->s);
	temp_dir_remove(&d->dir);
}

void sync_desk_honest(struct sync_desk *d)
{
	d->any = false;
	d->at = 0;
	d->then = RELAY_PASS;
	d->cancel = NULL;
	d->lie = NULL;
	d->seen = 0;
}

void sync_desk_path(const struct sync_desk *d, char out[SYNC_DESK_PATH], const char *name)
{
	snprintf(out, SYNC_DESK_PATH, "%s/%s.db", d->dir.path, name);
}

/* A peer may give fewer than it was asked for: many small steps then. */
static void shorten(const struct sync_desk *d, enum relay_kind kind, struct buf *body)
{
	Medlock__HeadersReply *m = NULL; /* BlocksReply has the same shape */
	size_t count;

	if (d->page == 0 || (kind != RELAY_HEADERS && kind != RELAY_BLOCKS))
		return;
	ASSERT(WIRE_DECODE(&m, medlock__headers_reply, buf_bytes(body), 1u << 28, NULL) == ERR_OK);
	count = m->n_headers;
	if (count > d->page) {
		m->n_headers = d->page;
		buf_clear(body);
		WIRE_ENCODE(body, m);
		m->n_headers = count;
	}
	WIRE_FREE(m);
}

enum relay_then sync_desk_hook(void *self, enum relay_kind kind, struct buf *body)
{
	struct sync_desk *d = self;

	shorten(d, kind, body);
	if (!d->any && kind != d->kind)
		return RELAY_PASS;
	if (d->at >= 0 && d->seen++ != d->at)
		return RELAY_PASS;
	if (d->lie != NULL)
		d->lie(d, kind, body);
	if (d->cancel != NULL)
		task_cancel(d->cancel);
	return d->then;
}

struct sync_desk_result sync_desk_sync(const struct sync_desk *d, enum story_reader who, const char *name,
				       const struct peer_address *first, const struct peer_address *second,
				       struct task *task, int64_t timeout_ms)
{
	const struct clock *clock = clock_real();
	struct sync_desk_result ret = {.e = ERR_OK};
	struct http_client *http = NULL;
	char path[SYNC_DESK_PATH];
	struct replica *r;
	struct link l;

	sync_desk_path(d, path, name);
	ASSERT(http_client_new(&http, NULL, NULL) == ERR_OK);
	r = daemon_story_replica(&d->s, who, path);
	daemon_story_link(&l, &d->s, who, http);
	daemon_story_peer(&l, first, daemon_story_ticket(&d->s, who));
	if (second != NULL)
		daemon_story_peer(&l, second, daemon_story_ticket(&d->s, who));
	l.task = task;
	l.timeout_ms = timeout_ms;
	ret.ms = clock->steady_ms(clock->self);
	ret.e = replica_sync(r, &ret.report, &l, &ret.info);
	ret.ms = clock->steady_ms(clock->self) - ret.ms;
	for (size_t i = 0; i < l.count; i++)
		ret.states[i] = l.peers[i].state;
	link_release(&l);
	replica_free(r);
	http_client_free(http);
	return ret;
}

#define LEVEL_TRIES 10 /* an empty block comes every half minute at most */

static uint64_t synced(const struct sync_desk *d, enum story_reader who, const char *name)
{
	struct sync_desk_result x = sync_desk_sync(d, who, name, &d->s.d.peer, NULL, NULL, 0);

	if (x.e != ERR_OK)
		fprintf(stderr, "# %s: error %d, %s\n", name, (int)x.e, x.info.detail);
	ASSERT(x.e == ERR_OK);
	return x.report.height;
}

void sync_desk_level(const struct sync_desk *d, enum story_reader who, const char *a, enum story_reader other,
		     const char *b)
{
	uint64_t height = synced(d, who, a);

	for (int i = 0; i < LEVEL_TRIES && synced(d, other, b) != height; i++)
		height = synced(d, who, a);
}

bool sync_desk_same(const struct sync_desk *d, enum story_reader who, const char *a, const char *b)
{
	char first[SYNC_DESK_PATH], second[SYNC_DESK_PATH];

	sync_desk_level(d, who, a, who, b);
	sync_desk_path(d, first, a);
	sync_desk_path(d, second, b);
	return replica_same(first, second);
}
