/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vault/deposit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "core/vault/internal.h"

#define NUMBER_TEXT 16
#define SWEEP_AGE_MS (7 * MS_PER_DAY)

/* ---- one rendition ---- */

enum err deposit_encrypt(struct deposit_sealed *ret, const struct byte_sink *to, const struct byte_source *from,
			 const struct seal_public *owner, const struct threshold_key *custodians,
			 uint32_t key_generation, const struct rng *rng, struct err_info *info)
{
	struct capsule_key key;
	struct deposit_sealed s;
	struct secret *file_key = NULL;
	uint8_t u[G1_SIZE], body[CAPSULE_BODY_SIZE];
	char generation[NUMBER_TEXT];
	enum err e = age_file_key_new(&file_key, rng);

	if (e != ERR_OK)
		return err_set(info, e, "a file key");
	capsule_begin(&s.draft, &key, custodians, rng);
	(void)capsule_draft_u(&s.draft, u);
	e = capsule_wrap(body, &key, u, file_key->data);
	(void)snprintf(generation, sizeof(generation), "%u", (unsigned)key_generation);
	if (e == ERR_OK) {
		const struct age_stanza stanza = {.type = MEDLOCK_STANZA, .args = {MEDLOCK_STANZA_VERSION, generation},
						  .args_count = 2, .body = bytes_of(body, sizeof(body))};

		e = age_encrypt(&s.file, to, from, &(struct age_spec){.file_key = file_key, .recipients = owner,
				.recipients_count = 1, .extra = &stanza, .extra_count = 1}, rng, info);
	}
	capsule_key_wipe(&key);
	file_key = secret_free(file_key);
	if (e != ERR_OK) {
		capsule_cancel(&s.draft);
		return e;
	}
	*ret = s;
	return ERR_OK;
}

/* A source that tells the task how far it is. */
struct watched { int fd; struct byte_source file; struct task *task; uint64_t done, total; };

static enum err watched_read(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	struct watched *w = self;

	TRY(task_check(w->task));
	TRY(w->file.read(w->file.self, out, max, ret_len));
	w->done += *ret_len;
	task_progress(w->task, "encrypting", w->done, w->total);
	return ERR_OK;
}

/* Labels and the form without names were made from what was read then: other bytes must not go in under them. */
static enum err check_seen(const struct watched *w, const struct deposit_source *source, struct err_info *info)
{
	const struct stat *seen = source->seen;
	struct stat st;

	if (seen == NULL || w->fd < 0)
		return ERR_OK;
	if (fstat(w->fd, &st) != 0)
		return err_set(info, err_from_errno(errno), "%s", source->path);
	if (st.st_dev == seen->st_dev && st.st_ino == seen->st_ino && st.st_size == seen->st_size &&
	    st.st_mtim.tv_sec == seen->st_mtim.tv_sec && st.st_mtim.tv_nsec == seen->st_mtim.tv_nsec)
		return ERR_OK;
	return err_set(info, ERR_CONFLICT, "%s changed while it was deposited", source->path);
}

static enum err open_source(struct watched *ret, const char *path, struct task *task, struct err_info *info)
{
	struct stat st;

	ret->task = task;
	ret->done = 0;
	if (path == NULL) {
		ret->fd = -1;
		ret->total = 0;
		return ERR_OK;
	}
	ret->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (ret->fd < 0)
		return err_set(info, err_from_errno(errno), "%s", path);
	if (fstat(ret->fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > RECORD_SIZE_MAX) {
		close(ret->fd);
		return err_set(info, S_ISREG(st.st_mode) ? ERR_TOO_LARGE : ERR_IO,
				"%s is no file that can be deposited", path);
	}
	ret->file = byte_source_fd(&ret->fd);
	ret->total = (uint64_t)st.st_size;
	return ERR_OK;
}

static void close_source(struct watched *w)
{
	if (w->fd >= 0)
		close(w->fd);
}

/* Encrypts into a file of the journal's folder, whose name is not known before its hash is, then into the cache. */
static enum err encrypt_one(struct vault *v, struct deposit_sealed *ret, const struct deposit_wish *w,
			    const struct deposit_source *source, const struct threshold_key *custodians,
			    const char *journal_path, struct err_info *info)
{
	struct watched from;
	struct bytes made = source->made;
	struct byte_source in = source->path != NULL ? (struct byte_source){watched_read, &from}
						     : byte_source_bytes(&made);
	struct byte_sink out;
	struct new_file f;
	struct blob_id id;
	enum err e;

	if (source->path == NULL && source->stream != NULL)
		in = *source->stream;
	TRY(open_source(&from, source->path, v->task, info));
	e = new_file_open(&f, journal_path, v->rng, info);
	if (e != ERR_OK) {
		close_source(&from);
		return e;
	}
	out = new_file_sink(&f);
	e = deposit_encrypt(ret, &out, &in, &w->owner_seal, custodians, v->row->key_generation, v->rng, info);
	if (e == ERR_OK) {
		e = check_seen(&from, source, info);
		if (e == ERR_OK && ret->file.size > RECORD_SIZE_MAX)
			e = err_set(info, ERR_TOO_LARGE, "a record");
		if (e == ERR_OK)
			e = cache_room(v->cache, ret->file.size, info);
		if (e == ERR_OK)
			e = blob_store_import(cache_store(v->cache), &id, f.temporary, v->task, info);
		if (e == ERR_OK && !ID_EQUAL(id, ret->file.id))
			e = err_set(info, ERR_IO, "what was written is not what is read back");
		if (e == ERR_OK)
			e = cache_pin(v->cache, &id, true, info);
		if (e != ERR_OK)
			capsule_cancel(&ret->draft);
	}
	close_source(&from);
	new_file_abandon(&f);
	return e;
}

/* ---- the whole description ---- */

struct draft {
	Medlock__RecordDeposit deposit;
	Medlock__Period period;
	Medlock__Rendition renditions[RECORD_RENDITIONS_MAX], *list[RECORD_RENDITIONS_MAX];
	struct deposit_sealed sealed[RECORD_RENDITIONS_MAX];
	struct capsule capsules[RECORD_RENDITIONS_MAX];
	struct threshold_key custodians;
	size_t count;
};

static void describe(struct draft *d, const struct vault *v, const struct deposit_wish *w)
{
	medlock__record_deposit__init(&d->deposit);
	medlock__period__init(&d->period);
	d->deposit.owner = wire_data(BYTES_ID(w->owner));
	if (w->organisation != NULL)
		d->deposit.organisation = wire_data(BYTES_ID(*w->organisation));
	d->deposit.category = w->category;
	d->deposit.labels = (uint32_t *)(uintptr_t)w->labels;
	d->deposit.n_labels = w->label_count;
	d->deposit.confidentiality = w->confidentiality;
	d->period.from = w->period_from.v;
	d->period.to = w->period_to.v;
	if (w->period_known)
		d->deposit.period = &d->period;
	if (w->supersedes != NULL)
		d->deposit.supersedes = wire_data(BYTES_ID(*w->supersedes));
	for (size_t i = 0; i < d->count; i++) {
		medlock__rendition__init(&d->renditions[i]);
		d->renditions[i].form = w->sources[i].form;
		d->renditions[i].blob = wire_data(BYTES_ID(d->sealed[i].file.id));
		d->renditions[i].size = d->sealed[i].file.size;
		d->renditions[i].key_generation = v->row->key_generation;
		d->list[i] = &d->renditions[i];
	}
	d->deposit.renditions = d->list;
	d->deposit.n_renditions = d->count;
}

/* The label covers everything but the capsules; each capsule then proves that it belongs to it. */
static enum err prove(struct draft *d, const struct vault *v, struct err_info *info)
{
	struct hash32 label;
	enum err e = deposit_label(&label, &v->network, &v->account, &d->deposit);

	if (e != ERR_OK)
		return err_set(info, e, "the deposit's label");
	for (size_t i = 0; i < d->count; i++) {
		capsule_finish(&d->capsules[i], &d->sealed[i].draft, BYTES_ID(label), v->rng);
		d->renditions[i].capsule = wire_data(bytes_of(d->capsules[i].b, sizeof(d->capsules[i].b)));
	}
	return ERR_OK;
}

/* A copy that owns itself. */
static enum err own(Medlock__RecordDeposit **ret, const Medlock__RecordDeposit *d, struct err_info *info)
{
	struct buf b = BUF_INIT;
	enum err e;

	WIRE_ENCODE(&b, d);
	e = buf_error(&b);
	if (e == ERR_OK)
		e = WIRE_DECODE(ret, medlock__record_deposit, buf_bytes(&b), TX_DECODED_MAX, info);
	buf_release(&b);
	return e;
}

static enum err encrypt_all(struct vault *v, struct draft *d, struct journal *j, const struct deposit_wish *w,
			    struct deposit_done *done, struct err_info *info)
{
	enum err e = vault_threshold_key(&d->custodians, v->row, info);

	for (size_t i = 0; e == ERR_OK && i < w->source_count; i++) {
		e = encrypt_one(v, &d->sealed[i], w, &w->sources[i], &d->custodians, j->path, info);
		d->count += e == ERR_OK;
		if (e == ERR_OK)
			done->renditions[i].plain_size = d->sealed[i].file.plain_size;
	}
	if (e == ERR_OK) {
		describe(d, v, w);
		e = prove(d, v, info);
	}
	if (e == ERR_OK)
		e = own(&j->deposit, &d->deposit, info);
	for (size_t i = 0; i < d->count; i++)
		capsule_cancel(&d->sealed[i].draft);
	return e == ERR_OK ? journal_save(j, info) : e;
}

/* ---- finding an earlier run ---- */

static void add_number(struct buf *b, uint64_t n)
{
	buf_append_be64(b, n);
}

/* What makes two calls the same deposit: the source as the file system knows it, and the description.  No hash of the
 * plain text is kept: it would tell who holds the same file.
 */
static enum err digest_of(struct hash32 *ret, const struct vault *v, const struct deposit_wish *w,
		struct err_info *info)
{
	struct buf b = BUF_INIT;
	enum err e;

	buf_append_bytes(&b, BYTES_ID(v->network));
	buf_append_bytes(&b, BYTES_ID(v->account));
	buf_append_bytes(&b, BYTES_ID(w->owner));
	buf_append(&b, w->owner_seal.b, sizeof(w->owner_seal.b));
	buf_append_byte(&b, w->organisation != NULL);
	if (w->organisation != NULL)
		buf_append_bytes(&b, BYTES_ID(*w->organisation));
	buf_append_byte(&b, w->supersedes != NULL);
	if (w->supersedes != NULL)
		buf_append_bytes(&b, BYTES_ID(*w->supersedes));
	add_number(&b, w->category);
	add_number(&b, w->confidentiality);
	add_number(&b, w->label_count);
	for (size_t i = 0; i < w->label_count; i++)
		add_number(&b, w->labels[i]);
	buf_append_byte(&b, w->period_known);
	add_number(&b, (uint64_t)w->period_from.v);
	add_number(&b, (uint64_t)w->period_to.v);
	add_number(&b, v->row->key_generation);
	for (size_t i = 0; i < w->source_count; i++) {
		struct stat st;

		add_number(&b, w->sources[i].form);
		if (w->sources[i].path == NULL)
			continue; /* made from the other one */
		if (stat(w->sources[i].path, &st) != 0) {
			e = err_from_errno(errno);
			buf_release(&b);
			return err_set(info, e, "%s", w->sources[i].path);
		}
		add_number(&b, (uint64_t)st.st_dev);
		add_number(&b, (uint64_t)st.st_ino);
		add_number(&b, (uint64_t)st.st_size);
		add_number(&b, (uint64_t)st.st_mtim.tv_sec);
		add_number(&b, (uint64_t)st.st_mtim.tv_nsec);
	}
	e = buf_error(&b);
	*ret = hash_tagged("medlock deposit journal", buf_bytes(&b));
	buf_release(&b);
	return e;
}

/* Whether the cache still has what the journal speaks of. */
static bool whole(struct vault *v, const Medlock__RecordDeposit *d)
{
	for (size_t i = 0; i < d->n_renditions; i++) {
		struct blob_id id;

		if (d->renditions[i]->blob.len != sizeof(id.b))
			return false;
		memcpy(id.b, d->renditions[i]->blob.data, sizeof(id.b));
		if (!cache_has(v->cache, &id))
			return false;
	}
	return d->n_renditions > 0;
}

/* ---- to the peers and the ledger ---- */

static enum err upload_all(struct vault *v, struct deposit_done *done, const Medlock__RecordDeposit *d,
		struct err_info *info)
{
	done->copies = UINT32_MAX;
	done->rendition_count = d->n_renditions;
	for (size_t i = 0; i < d->n_renditions; i++) {
		struct deposit_rendition *r = &done->renditions[i];
		uint32_t copies;

		r->form = d->renditions[i]->form;
		r->size = d->renditions[i]->size;
		memcpy(r->blob.b, d->renditions[i]->blob.data, sizeof(r->blob.b));
		TRY(vault_upload(v, &copies, &r->blob, r->size, info));
		done->copies = copies < done->copies ? copies : done->copies;
	}
	return ERR_OK;
}

static enum err sign(struct vault *v, struct vault_submitted *s, struct journal *j, struct err_info *info)
{
	buf_clear(&j->tx);
	TRY(v->ledger.sign(v->ledger.self, s, &j->tx, j->deposit, info));
	TRY(buf_error(&j->tx));
	return journal_save(j, info);
}

static enum err register_it(struct vault *v, struct deposit_done *done, struct journal *j, struct err_info *info)
{
	struct vault_submitted s = {0};
	enum err e;

	task_progress(v->task, "registering", 0, 1);
	if (j->tx.len == 0)
		TRY(sign(v, &s, j, info));
	e = v->ledger.send(v->ledger.self, &s, buf_bytes(&j->tx), info);
	if (e == ERR_TX_EXPIRED) {
		/* It can no longer enter a block, so another one is no second record. */
		TRY(sign(v, &s, j, info));
		e = v->ledger.send(v->ledger.self, &s, buf_bytes(&j->tx), info);
	}
	TRY(e);
	done->record = s.record;
	done->tx = s.tx;
	done->height = s.height;
	return ERR_OK;
}

static enum err check_wish(const struct deposit_wish *w, struct err_info *info)
{
	if (w->source_count == 0 || w->source_count > RECORD_RENDITIONS_MAX || w->label_count > RECORD_LABELS_MAX)
		return err_set(info, ERR_RANGE, "a deposit has 1 or 2 forms and at most %u labels", RECORD_LABELS_MAX);
	for (size_t i = 1; i < w->source_count; i++)
		if (w->sources[i].form <= w->sources[i - 1].form)
			return err_set(info, ERR_RANGE, "forms are ascending");
	return ERR_OK;
}

/* What cannot be unpinned stays: it costs room, not truth. */
static void unpin(struct vault *v, const Medlock__RecordDeposit *d, bool own)
{
	for (size_t i = 0; i < d->n_renditions; i++) {
		struct blob_id id;

		if (own && cache_may_stay(v->cache, d->renditions[i]->size))
			continue;
		memcpy(id.b, d->renditions[i]->blob.data, sizeof(id.b));
		if (cache_pin(v->cache, &id, false, NULL) != ERR_OK)
			return;
	}
}

static enum err run(struct vault *v, struct deposit_done *done, struct journal *j, const struct deposit_wish *w,
		    struct err_info *info)
{
	struct draft *d;
	enum err e = ERR_OK;

	if (j->deposit != NULL && !whole(v, j->deposit)) {
		WIRE_FREE(j->deposit);
		j->deposit = NULL;
		buf_clear(&j->tx);
	}
	if (j->deposit == NULL) {
		d = calloc(1, sizeof(*d));
		e = d == NULL ? err_set(info, ERR_MEMORY, "a deposit") : encrypt_all(v, d, j, w, done, info);
		free(d);
	}
	TRY(e);
	TRY(upload_all(v, done, j->deposit, info));
	TRY(register_it(v, done, j, info));
	journal_remove(j);
	unpin(v, j->deposit, ID_EQUAL(w->owner, v->account));
	return ERR_OK;
}

/* ---- what nobody came back for ---- */

static void sweep_one(struct vault *v, const char *folder, const char *name)
{
	struct journal j = {0};
	struct stat st;
	const int64_t now = v->clock->now(v->clock->self).v;

	if (files_join(j.path, sizeof(j.path), folder, name) != ERR_OK || lstat(j.path, &st) != 0 ||
			!S_ISREG(st.st_mode) ||
	    (int64_t)st.st_mtim.tv_sec * MS_PER_SECOND > now - SWEEP_AGE_MS)
		return;
	if (journal_read(&j.deposit, &j.tx, j.path, NULL) == ERR_OK && whole(v, j.deposit))
		unpin(v, j.deposit, false);
	journal_remove(&j);
	journal_release(&j);
}

/* Half an encrypted file of an earlier run of the same deposit, which was killed: large, and of no use to anybody. */
static void remove_parts(const struct journal *j)
{
	const char *name = strrchr(j->path, '/');
	char folder[VAULT_PATH_MAX], path[VAULT_PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	ASSERT(name != NULL);
	(void)snprintf(folder, sizeof(folder), "%.*s", (int)(name - j->path), j->path);
	dir = opendir(folder);
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, name + 1, ID_HEX - 1) == 0 && entry->d_name[ID_HEX - 1] == '.' &&
		    files_join(path, sizeof(path), folder, entry->d_name) == ERR_OK)
			(void)unlink(path);
	closedir(dir);
}

/* Housekeeping: what cannot be swept now stays for the next deposit. */
static void sweep(struct vault *v)
{
	char folder[VAULT_PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	if (files_join(folder, sizeof(folder), v->dir, "deposits") != ERR_OK || (dir = opendir(folder)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		sweep_one(v, folder, entry->d_name);
	closedir(dir);
}

enum err deposit_put(struct vault *v, struct deposit_done *ret, const struct deposit_wish *wish, struct err_info *info)
{
	struct deposit_done done = {0};
	struct hash32 digest;
	struct journal j;
	enum err e;

	TRY(check_wish(wish, info));
	TRY(digest_of(&digest, v, wish, info));
	TRY(journal_open(&j, v, &digest, info));
	remove_parts(&j);
	e = run(v, &done, &j, wish, info);
	journal_release(&j);
	if (e != ERR_OK)
		return e;
	sweep(v);
	*ret = done;
	return ERR_OK;
}
