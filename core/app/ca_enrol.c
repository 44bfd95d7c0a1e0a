/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_enrol.h"

#include <stdio.h>

#include "chain/net/peer_client_mail.h"
#include "core/app/asked.h"
#include "core/base/files.h"
#include "core/crypto/hash.h"

#define MARKS_FILE "desk-marks"
#define MARKS_FILE_MAX (PEERS_MAX * 256u)
#define FROM_PEER_MAX 8192u /* requests of one peer in one go: a peer that never ends keeps nobody waiting for ever */

/* How far a peer's requests were read: the last one's number and hash.  A peer that came back from a backup has other requests
 * under the same numbers; then they are read from the beginning.
 */
struct mark {
	struct hash32 peer, last;
	uint64_t seq;
};
struct marks {
	struct mark rows[PEERS_MAX];
	size_t count;
};

/* A line: the peer's pin, the number and the hash in hex, with spaces between. */
#define LINE_SEQ 65u
#define LINE_LAST 82u
#define LINE_SIZE 146u

static enum err read_line(struct mark *to, const char *line)
{
	char text[LINE_SIZE + 1];
	uint8_t seq[8];

	if (strlen(line) != LINE_SIZE)
		return ERR_FORMAT;
	memcpy(text, line, sizeof(text));
	text[LINE_SEQ - 1] = text[LINE_LAST - 1] = '\0';
	TRY(hex_decode(to->peer.b, sizeof(to->peer.b), text));
	TRY(hex_decode(seq, sizeof(seq), text + LINE_SEQ));
	TRY(hex_decode(to->last.b, sizeof(to->last.b), text + LINE_LAST));
	to->seq = get_be64(seq);
	return ERR_OK;
}

static void write_line(struct buf *out, const struct mark *m)
{
	char peer[ID_HEX], last[ID_HEX], line[LINE_SIZE + 2];

	hex_encode(peer, m->peer.b, sizeof(m->peer.b));
	hex_encode(last, m->last.b, sizeof(m->last.b));
	snprintf(line, sizeof(line), "%s %016llx %s\n", peer, (unsigned long long)m->seq, last);
	buf_append_bytes(out, bytes_str(line));
}

/* Without it, or with a damaged one, all is read anew: what the register knows is not entered twice. */
static void read_marks(struct app *a, struct marks *ret)
{
	char path[PROFILE_PATH_MAX], *save = NULL;
	struct buf file = BUF_INIT;

	*ret = (struct marks){0};
	if (profile_path(&a->profile, path, MARKS_FILE) == ERR_OK && files_read(&file, path, MARKS_FILE_MAX, NULL) == ERR_OK)
		buf_append(&file, "", 1);
	if (file.len > 0 && buf_error(&file) == ERR_OK)
		for (char *line = strtok_r((char *)file.data, "\n", &save); line && ret->count < PEERS_MAX;
		     line = strtok_r(NULL, "\n", &save))
			ret->count += read_line(&ret->rows[ret->count], line) == ERR_OK;
	buf_release(&file);
}

static enum err write_marks(struct app *a, const struct marks *all, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	enum err e;

	for (size_t i = 0; i < all->count; i++)
		write_line(&file, &all->rows[i]);
	e = buf_error(&file);
	if (e == ERR_OK)
		e = profile_path(&a->profile, path, MARKS_FILE);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

static struct mark *mark_of(struct marks *all, const struct hash32 *peer)
{
	for (size_t i = 0; i < all->count; i++)
		if (ID_EQUAL(all->rows[i].peer, *peer))
			return &all->rows[i];
	if (all->count == PEERS_MAX) /* of peers that are no longer there */
		all->count = 0;
	all->rows[all->count] = (struct mark){.peer = *peer};
	return &all->rows[all->count++];
}

/* ---- fetching ---- */

struct fetch {
	struct app *a;
	struct ca *desk;
	struct app_queue *told;
	struct marks marks;
	enum err ours; /* why no peer can be read on: ERR_LIMIT is a full queue */
};

/* What is wrong here and not with a request. */
static bool is_ours(enum err e)
{
	return e == ERR_LOCKED || e == ERR_KEYHOLDER || e == ERR_MEMORY || e == ERR_IO || e == ERR_DISK_FULL ||
	       e == ERR_DAMAGED || e == ERR_BUSY || e == ERR_LIMIT;
}

static enum err enter(struct fetch *f, struct bytes request, struct err_info *info)
{
	struct err_info why = {0};
	struct register_id id;
	enum err e = ca_import(f->desk, &id, request, &why);

	if (is_ours(e)) {
		f->ours = e;
		return err_set(info, e, "%s", why.detail);
	}
	f->told->entered += e == ERR_OK;
	if (e == ERR_OK || e == ERR_DUPLICATE)
		return ERR_OK;
	if (f->told->refused++ == 0)
		snprintf(f->told->why, sizeof(f->told->why), "%.190s", why.detail[0] != '\0' ? why.detail : err_text(e));
	return ERR_OK;
}

static enum err take_page(struct fetch *f, struct mark *at, const Medlock__MailReply *page, struct err_info *info)
{
	for (size_t i = 0; i < page->n_items; i++) {
		struct bytes request = wire_bytes(page->items[i]->message);

		TRY(task_check(f->a->task));
		TRY(enter(f, request, info));
		at->seq = page->items[i]->seq;
		at->last = hash_sha256(request);
	}
	return ERR_OK;
}

/* The last one that was read must still be there, as it was: else from the beginning. */
static enum err check_mark(struct mark *at, const struct peer_call *call, struct err_info *info)
{
	Medlock__MailReply *page;
	struct hash32 hash;
	bool same;

	if (at->seq == 0)
		return ERR_OK;
	TRY(peer_enrol_get(call, &page, at->seq - 1, info));
	if (page->n_items > 0)
		hash = hash_sha256(wire_bytes(page->items[0]->message));
	same = page->n_items > 0 && page->items[0]->seq == at->seq && ID_EQUAL(hash, at->last);
	WIRE_FREE(page);
	if (!same)
		at->seq = 0;
	return ERR_OK;
}

static enum err fetch_peer(struct fetch *f, size_t peer, struct err_info *info)
{
	struct mark *at = mark_of(&f->marks, &f->a->link.peers[peer].address.pin);
	struct peer_call call;
	size_t count = 0;

	TRY(link_call(&f->a->link, &call, peer, true, info));
	TRY(check_mark(at, &call, info));
	while (count < FROM_PEER_MAX) {
		Medlock__MailReply *page;
		size_t items;
		enum err e;

		TRY(link_call(&f->a->link, &call, peer, true, info));
		TRY(peer_enrol_get(&call, &page, at->seq, info));
		items = page->n_items;
		e = take_page(f, at, page, info);
		WIRE_FREE(page);
		TRY(e);
		if (items > 0)
			f->ours = write_marks(f->a, &f->marks, info);
		TRY(f->ours);
		if (items == 0)
			break;
		count += items;
	}
	return ERR_OK;
}

enum err ca_fetch(struct app *a, struct ca *desk, struct app_queue *ret, struct err_info *info)
{
	struct fetch f = {.a = a, .desk = desk, .told = ret};

	TRY(ca_ready(desk, info));
	read_marks(a, &f.marks);
	for (size_t i = 0; i < a->link.count; i++) {
		struct err_info why = {0};
		enum err e = a->link.peers[i].state == LINK_DROPPED ? ERR_NETWORK : fetch_peer(&f, i, &why);

		if (f.ours == ERR_LIMIT) { /* officers first; the rest is fetched the next time */
			snprintf(ret->why, sizeof(ret->why), "%.190s", why.detail);
			return ERR_OK;
		}
		if (f.ours != ERR_OK)
			return err_set(info, f.ours, "%s", why.detail);
		TRY(task_check(a->task));
		ret->silent += e != ERR_OK;
	}
	return ERR_OK;
}

/* ---- answering ---- */

static enum err write_file(struct app *a, struct app_ca_act *ret, const struct register_id *request,
			   const struct buf *answer, struct err_info *info)
{
	char name[64], id[2 * REGISTER_ID_SIZE + 1], path[PROFILE_PATH_MAX];

	hex_encode(id, request->b, REGISTER_ID_SIZE);
	snprintf(name, sizeof(name), "answer-%s.age", id);
	TRY(profile_path(&a->profile, path, name));
	TRY(files_write(path, buf_bytes(answer), info));
	snprintf(ret->answer, sizeof(ret->answer), "%s", path);
	return ERR_OK;
}

enum err ca_answer(struct app *a, struct ca *desk, struct app_ca_act *ret, const struct register_id *request,
		   const struct buf *answer, struct err_info *info)
{
	struct hash32 drop;

	TRY(write_file(a, ret, request, answer, info));
	TRY(ca_drop(desk, &drop, request, info));
	ret->answer_sent = app_post(a, peer_drop_post, drop.b, buf_bytes(answer), (struct app_posting){ASKED_COPIES, true},
				    NULL) == ERR_OK;
	return ERR_OK;
}
