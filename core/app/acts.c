/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/acts.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/ledger/replica_internal.h"

#define ACT_FILES_MAX 4096u
#define ACT_FILE_MAX 65536u

bool acts_needed(struct app *a)
{
	if (a->network == NULL && replica_network(a->replica, &a->network, NULL) != ERR_OK)
		return false; /* the ledger refuses one signature where it takes two */
	return a->network->n_authorities >= OFFICERS_NEEDED;
}

bool acts_may_agree(struct app *a)
{
	if (!acts_needed(a))
		return false;
	for (size_t i = 0; i < a->network->n_authorities; i++)
		if (bytes_equal(wire_bytes(a->network->authorities[i]), BYTES_ID(a->me.account)))
			return true;
	return false;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum err folder_of(struct app *a, char out[PROFILE_PATH_MAX], struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf text = BUF_INIT;
	enum err e;

	TRY(profile_path(&a->profile, path, "desk"));
	if (access(path, F_OK) != 0)
		return profile_path(&a->profile, out, "acts");
	e = files_read(&text, path, PROFILE_PATH_MAX - 1, info);
	while (e == ERR_OK && text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (e == ERR_OK && (text.len == 0 || text.data[0] != '/' || memchr(text.data, 0, text.len)))
		e = err_set(info, ERR_FORMAT, "%s must name the desk's folder of acts, from the root", path);
	if (e == ERR_OK)
		snprintf(out, PROFILE_PATH_MAX, "%.*s", (int)text.len, (const char *)text.data);
	buf_release(&text);
	return e;
}

enum err acts_path(struct app *a, char out[PROFILE_PATH_MAX], const char *kind, const char *id, const char *end,
			struct err_info *info)
{
	char folder[PROFILE_PATH_MAX], name[80];

	TRY(folder_of(a, folder, info));
	snprintf(name, sizeof(name), "%s-%s.%s", kind, id, end);
	return files_join(out, PROFILE_PATH_MAX, folder, name);
}

enum err acts_read(struct tx *ret, const char *path, struct err_info *info)
{
	struct buf file = BUF_INIT;
	enum err e = files_read(&file, path, ACT_FILE_MAX, info);

	if (e == ERR_OK)
		e = tx_parse(ret, buf_bytes(&file), info);
	buf_release(&file);
	if (e == ERR_OK && (ret->wire->auth->by_case != MEDLOCK__AUTH__BY_APPROVALS ||
			    (ret->action != ACTION_CERT_ANCHOR && ret->action != ACTION_CERT_REVOKE))) {
		tx_release(ret);
		e = err_set(info, ERR_FORMAT, "%s is no act of an officer", path);
	}
	return e;
}

/* ---- looking --------------------------------------------------------------------------------- */

static bool parse_name(struct act_row *row, const char *name)
{
	const char *dash = strchr(name, '-'), *dot = strrchr(name, '.');

	if (!dash || !dot || dot < dash || (size_t)(dash - name) >= sizeof(row->kind) ||
	    (size_t)(dot - dash - 1) >= sizeof(row->id))
		return false;
	snprintf(row->kind, sizeof(row->kind), "%.*s", (int)(dash - name), name);
	snprintf(row->id, sizeof(row->id), "%.*s", (int)(dot - dash - 1), dash + 1);
	row->done = strcmp(dot, ".done") == 0;
	return row->done || strcmp(dot, ".act") == 0;
}

static bool take(struct act_row *row, const struct tx *tx)
{
	const Medlock__Body *b = tx->body;
	bool revoke = tx->action == ACTION_CERT_REVOKE;
	bool release = strcmp(row->kind, ACT_RELEASE) == 0;

	if (revoke ? strcmp(row->kind, ACT_REVOKE) != 0 : !release && strcmp(row->kind, ACT_ENROL) != 0)
		return false;
	if (release && b->cert_anchor->keys != NULL)
		return false;
	ID_COPY(row->account, (revoke ? b->cert_revoke->account : b->cert_anchor->account).data);
	row->role = revoke ? 0 : b->cert_anchor->role;
	row->reason = revoke ? b->cert_revoke->reason : 0;
	row->tx = tx->id;
	return true;
}

static void read_row(struct app *a, struct act_rows *r, const char *name)
{
	struct act_row row = {0};
	char path[PROFILE_PATH_MAX];
	struct tx tx;

	if (!parse_name(&row, name) ||
	    acts_path(a, path, row.kind, row.id, row.done ? "done" : "act", NULL) != ERR_OK ||
	    acts_read(&tx, path, NULL) != ERR_OK)
		return;
	if (take(&row, &tx))
		r->rows[r->count++] = row;
	tx_release(&tx);
}

enum err acts_list(struct app *a, struct act_rows *ret, struct err_info *info)
{
	struct act_rows r = {0};
	char folder[PROFILE_PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	TRY(folder_of(a, folder, info));
	dir = opendir(folder);
	if (dir == NULL && errno != ENOENT)
		return err_set(info, err_from_errno(errno), "%s", folder);
	r.rows = calloc(ACT_FILES_MAX, sizeof(*r.rows));
	while (dir != NULL && r.rows != NULL && r.count < ACT_FILES_MAX && (entry = readdir(dir)) != NULL)
		read_row(a, &r, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	if (r.rows == NULL)
		return err_set(info, ERR_MEMORY, "the acts");
	*ret = r;
	return ERR_OK;
}

void acts_release(struct act_rows *r)
{
	free(r->rows);
	*r = (struct act_rows){0};
}

enum err acts_find(struct app *a, struct act_row *ret, const char *kind, const char *id, struct err_info *info)
{
	struct act_rows all;
	struct act_row found;
	size_t matches = 0;

	TRY(acts_list(a, &all, info));
	for (size_t i = 0; i < all.count; i++) {
		const struct act_row *row = &all.rows[i];

		if ((kind != NULL && strcmp(row->kind, kind) != 0) || row->done || strncmp(row->id, id, strlen(id)) != 0)
			continue;
		found = *row;
		matches++;
	}
	acts_release(&all);
	if (matches == 0)
		return err_set(info, ERR_NOT_FOUND, "no act of a colleague begins with '%.40s'", id);
	if (matches > 1)
		return err_set(info, ERR_FORMAT, "several acts begin with '%.40s': give more digits", id);
	*ret = found;
	return ERR_OK;
}

/* ---- signing --------------------------------------------------------------------------------- */

static enum err sign_one(struct app *a, struct signature *ret, Medlock__Signature *by, struct bytes body,
			 struct err_info *info)
{
	TRY(keyholder_sign_body(a->keys, ret, body, info));
	*by = (Medlock__Signature)MEDLOCK__SIGNATURE__INIT;
	by->account = wire_data(BYTES_ID(a->me.account));
	by->signature = wire_data(BYTES_ID(*ret));
	return ERR_OK;
}

static enum err first_signature(struct app *a, struct buf *ret_tx, const Medlock__Body *body, struct err_info *info)
{
	Medlock__Signature by, *list[1] = {&by};
	struct signature signature;
	struct buf bytes = BUF_INIT;
	struct hash32 hash;
	struct tx_id id;
	enum err e = tx_body_encode(&bytes, &hash, body);

	if (e == ERR_OK)
		e = sign_one(a, &signature, &by, buf_bytes(&bytes), info);
	if (e == ERR_OK)
		e = tx_assemble_approvals(ret_tx, &id, buf_bytes(&bytes), list, 1);
	buf_release(&bytes);
	return e;
}

static enum err propose(struct app *a, const char *path, Medlock__Body *body, uint64_t height, struct err_info *info)
{
	uint8_t salt[TX_SALT_SIZE];
	struct buf tx = BUF_INIT;
	enum err e;

	rng_fill(rng_system(), salt, sizeof(salt));
	body->network_id = wire_data(BYTES_ID(a->profile.network));
	body->salt = wire_data(bytes_of(salt, sizeof(salt)));
	body->valid_until = height + TX_VALID_AHEAD_MAX;
	e = first_signature(a, &tx, body, info);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&tx), info);
	buf_release(&tx);
	body->network_id = (ProtobufCBinaryData){0};
	body->salt = (ProtobufCBinaryData){0};
	return e;
}

static bool still_lies(const char *path, uint64_t height)
{
	struct tx tx;
	bool valid;

	if (acts_read(&tx, path, NULL) != ERR_OK)
		return false;
	valid = tx.body->valid_until > height;
	tx_release(&tx);
	return valid;
}

enum err acts_propose(struct app *a, const char *kind, const char *id, Medlock__Body *body, struct err_info *info)
{
	char folder[PROFILE_PATH_MAX], path[PROFILE_PATH_MAX];
	uint64_t height = 0;

	TRY(replica_tip(a->replica, &height, NULL));
	TRY(folder_of(a, folder, info));
	TRY(files_mkdir(folder, info));
	TRY(acts_path(a, path, kind, id, "act", info));
	if (!still_lies(path, height))
		TRY(propose(a, path, body, height, info));
	return err_set(info, ERR_PENDING, "signed by you; a second officer finds it with 'medlock ca queue'");
}

static enum err second_signature(struct app *a, struct buf *ret_tx, const struct tx *first, struct err_info *info)
{
	const Medlock__Approvals *approvals = first->wire->auth->approvals;
	struct bytes body = wire_bytes(first->wire->body);
	Medlock__Signature by, *list[2] = {approvals->signatures[0], &by};
	struct signature signature;
	struct tx_id id;
	enum err e;

	TRY(sign_one(a, &signature, &by, body, info));
	e = tx_assemble_approvals(ret_tx, &id, body, list, 2);
	return e == ERR_DUPLICATE ? err_set(info, ERR_FOUR_EYES, "you signed it: a second officer must agree") : e;
}

static enum err submit(struct app *a, const struct act_row *row, const struct buf *tx, uint64_t *ret_height,
		       struct tx_id *ret_tx, struct err_info *info)
{
	struct submitter s = app_submitter(a);
	struct hash32 id = hash_sha256(buf_bytes(tx));
	char path[PROFILE_PATH_MAX], old[PROFILE_PATH_MAX];
	struct submitted done = {0};
	enum err e;

	ID_COPY(done.tx, id.b);
	e = submit_again(&s, &done, buf_bytes(tx), info);
	*ret_height = done.height;
	*ret_tx = done.tx;
	submitted_release(&done);
	TRY(e);
	TRY(acts_path(a, path, row->kind, row->id, "done", info));
	TRY(acts_path(a, old, row->kind, row->id, "act", info));
	TRY(files_write(path, buf_bytes(tx), info));
	return unlink(old) == 0 || errno == ENOENT ? ERR_OK : err_set(info, err_from_errno(errno), "%s", old);
}

enum err acts_agree(struct app *a, const struct act_row *row, const struct hash32 *body, uint64_t *ret_height,
		    struct tx_id *ret_tx, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct buf joined = BUF_INIT;
	struct tx first;
	enum err e;

	if (ID_EQUAL(row->account, a->me.account))
		return err_set(info, ERR_FOUR_EYES, "it is about yourself: another officer must agree");
	TRY(acts_path(a, path, row->kind, row->id, "act", info));
	TRY(acts_read(&first, path, info));
	e = first.wire->auth->approvals->n_signatures == 1 ? ERR_OK : ERR_FORMAT;
	if (e == ERR_OK && !ID_EQUAL(first.body_hash, *body))
		e = err_set(info, ERR_CONFLICT, "it is not what you looked at: 'medlock ca show %.8s' says what it is now",
			    row->id);
	if (e == ERR_OK)
		e = second_signature(a, &joined, &first, info);
	if (e == ERR_OK)
		e = submit(a, row, &joined, ret_height, ret_tx, info);
	buf_release(&joined);
	tx_release(&first);
	return e;
}

enum err acts_forget(struct app *a, const struct act_row *row, struct err_info *info)
{
	static const char *const ends[] = {"act", "done", "case"};
	char path[PROFILE_PATH_MAX];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		TRY(acts_path(a, path, row->kind, row->id, ends[i], info));
		if (unlink(path) != 0 && errno != ENOENT)
			return err_set(info, err_from_errno(errno), "%s", path);
	}
	return ERR_OK;
}
