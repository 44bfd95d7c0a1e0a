/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_ceremony.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "core/app/internal.h"
#include "core/base/files.h"
#include "core/crypto/hash.h"
#include "core/ident/ceremony.h"

#define REHEARSAL_FILE "rehearsal" /* in the profile: hash of the script, and when in ms as be64 */
#define REHEARSAL_SIZE 40u
#define ROOT_FILE_MAX 4096u
#define PEM_MAX 65536u
#define PEM_PUBLIC_KEY "PUBLIC KEY"

struct holding {
	struct app *a;
	const struct app_ceremony *wish;
	struct ca_options options;
	char register_path[PROFILE_PATH_MAX], out[PROFILE_PATH_MAX], unfinished[PROFILE_PATH_MAX];
	struct hash32 script;
	struct secret *passphrase;
};

/* ---- files of the ceremony's folder ---- */

static enum err put(const struct holding *h, const char *name, struct bytes data, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];

	TRY(files_join(path, sizeof(path), h->unfinished, name));
	return files_write(path, data, info);
}

static enum err put_pem(const struct holding *h, const char *name, const char *label, const struct buf *der,
			struct err_info *info)
{
	struct buf pem = BUF_INIT;
	enum err e = x509_pem_write(&pem, label, buf_bytes(der));

	if (e == ERR_OK)
		e = put(h, name, buf_bytes(&pem), info);
	buf_release(&pem);
	return e;
}

static enum err put_all(const struct holding *h, const struct ceremony_made *m, struct err_info *info)
{
	TRY(put_pem(h, "root.pem", CERT_PEM_CERTIFICATE, &m->root, info));
	TRY(put_pem(h, "root-public.pem", PEM_PUBLIC_KEY, &m->root_spki, info));
	TRY(put_pem(h, "issuing.pem", CERT_PEM_CERTIFICATE, &m->issuing, info));
	TRY(put_pem(h, "root-list.pem", CERT_PEM_CRL, &m->root_list, info));
	TRY(put(h, "transcript.txt", buf_bytes(&m->transcript), info));
	return put(h, "transcript.sig", buf_bytes(&m->signature), info);
}

static enum err name_folder(const struct holding *h, struct err_info *info)
{
	if (rename(h->unfinished, h->out) != 0)
		return err_set(info, err_from_errno(errno), "%s", h->out);
	return files_sync_parent(h->out);
}

/* Cut after it counted: the folder's root is the register's. */
static enum err finish_cut(struct holding *h, struct app_ceremony_done *ret, struct err_info *info)
{
	struct buf pem = BUF_INIT, der = BUF_INIT;
	char path[PROFILE_PATH_MAX];
	struct ca *ca;
	enum err e = files_join(path, sizeof(path), h->unfinished, "root.pem");

	if (e == ERR_OK)
		e = files_read(&pem, path, PEM_MAX, NULL);
	if (e == ERR_OK)
		e = x509_pem_read(&der, CERT_PEM_CERTIFICATE, buf_bytes(&pem));
	if (e == ERR_OK)
		e = app_desk(h->a, &ca, info);
	if (e == ERR_OK && bytes_equal(ca_root(ca), buf_bytes(&der)))
		e = name_folder(h, info);
	else
		e = err_set(info, ERR_DUPLICATE, "the ceremony was held already");
	buf_release(&pem);
	buf_release(&der);
	ret->finished_only = e == ERR_OK;
	return e;
}

/* ---- the rehearsal's memory ---- */

static enum err remember(const struct holding *h, struct err_info *info)
{
	uint8_t record[REHEARSAL_SIZE];
	char path[PROFILE_PATH_MAX];

	memcpy(record, h->script.b, sizeof(h->script.b));
	put_be64(record + sizeof(h->script.b), (uint64_t)clock_real()->now(NULL).v);
	TRY(profile_path(&h->a->profile, path, REHEARSAL_FILE));
	return files_write(path, bytes_of(record, sizeof(record)), info);
}

static bool rehearsed(const struct holding *h)
{
	const int64_t now = clock_real()->now(NULL).v;
	char path[PROFILE_PATH_MAX];
	struct buf record = BUF_INIT;
	bool good = profile_path(&h->a->profile, path, REHEARSAL_FILE) == ERR_OK &&
		    files_read(&record, path, REHEARSAL_SIZE, NULL) == ERR_OK && record.len == REHEARSAL_SIZE &&
		    memcmp(record.data, h->script.b, sizeof(h->script.b)) == 0;

	if (good) {
		const int64_t at = (int64_t)get_be64(record.data + sizeof(h->script.b));

		good = at <= now && at > now - APP_REHEARSAL_MS;
	}
	buf_release(&record);
	return good;
}

/* ---- holding it ---- */

static enum err make_root(void *self, struct err_info *info)
{
	struct holding *h = self;
	struct buf file = BUF_INIT;
	enum err e = keyholder_ca_root_new(h->a->keys, &file, secret_bytes(h->passphrase), info);

	if (e == ERR_OK)
		e = put(h, "root.key", buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

static enum err hold(struct holding *h, struct app_ceremony_done *ret, const struct ceremony_wish *wish,
		     struct err_info *info)
{
	struct ceremony_made made = {0};
	enum err e = ceremony_hold(&made, &h->options, wish, h->wish->dry_run, info);

	if (e == ERR_OK && h->wish->dry_run)
		e = remember(h, info);
	else if (e == ERR_OK)
		e = put_all(h, &made, info);
	if (e == ERR_OK && !h->wish->dry_run)
		e = ceremony_open(&h->options, &made, info);
	if (e == ERR_OK && !h->wish->dry_run)
		e = name_folder(h, info);
	if (e == ERR_OK)
		buf_append_bytes(&ret->transcript, buf_bytes(&made.transcript));
	ceremony_made_release(&made);
	return e == ERR_OK ? buf_error(&ret->transcript) : e;
}

static enum err may_hold(struct holding *h, struct err_info *info)
{
	struct app *a = h->a;
	bool authority = false;

	TRY(app_fresh_or_stored(a, info));
	if (a->network == NULL)
		TRY(replica_network(a->replica, &a->network, info));
	for (size_t i = 0; i < a->network->n_authorities; i++)
		authority = authority || bytes_equal(wire_bytes(a->network->authorities[i]), BYTES_ID(a->me.account));
	return authority ? ERR_OK : err_set(info, ERR_ROLE, "only an authority of the network holds the ceremony");
}

static enum err prepare(struct holding *h, struct err_info *info)
{
	const struct app_ceremony *w = h->wish;
	size_t len;

	if (w->dry_run)
		return ERR_OK;
	for (len = strlen(w->out); len > 1 && w->out[len - 1] == '/'; len--)
		continue; /* "folder/" is "folder" */
	if (len + sizeof(".unfinished") > sizeof(h->unfinished))
		return err_set(info, ERR_RANGE, "the path is too long");
	snprintf(h->out, sizeof(h->out), "%.*s", (int)len, w->out);
	snprintf(h->unfinished, sizeof(h->unfinished), "%.*s.unfinished", (int)len, w->out);
	if (access(h->out, F_OK) == 0)
		return err_set(info, ERR_DUPLICATE, "%s exists: name a new folder", h->out);
	if (access(h->register_path, F_OK) == 0 && access(h->unfinished, F_OK) == 0)
		return ERR_OK; /* perhaps only the name is missing */
	if (w->unrehearsed == NULL && !rehearsed(h))
		return err_set(info, ERR_REHEARSE, "no rehearsal of this script within a day (--unrehearsed REASON holds it "
			       "without one, and the reason goes into the transcript)");
	return ERR_OK;
}

static enum err script_of(struct holding *h)
{
	struct buf script = BUF_INIT;
	enum err e = ceremony_script(&script, &h->options, MEDLOCK_VERSION);

	h->script = hash_sha256(buf_bytes(&script));
	buf_release(&script);
	return e;
}

enum err app_ca_ceremony(struct app *a, struct app_ceremony_done *ret, const struct app_ceremony *wish,
			 struct err_info *info)
{
	struct holding h = {.a = a, .wish = wish};
	const struct ceremony_wish inner = {.version = MEDLOCK_VERSION, .witnesses = wish->witnesses,
					    .witness_count = wish->witness_count, .unrehearsed = wish->unrehearsed,
					    .make_root = make_root, .self = &h, .task = a->task};
	struct err_info ignored = {0};
	struct ca *ca;
	enum err e;

	TRY(may_hold(&h, info));
	TRY(app_desk_options(a, &h.options, h.register_path));
	TRY(script_of(&h));
	TRY(prepare(&h, info));
	if (!wish->dry_run && access(h.unfinished, F_OK) == 0 && app_desk(a, &ca, &ignored) == ERR_OK)
		return finish_cut(&h, ret, info);
	if (!wish->dry_run) {
		TRY(app_passphrase_new(&h.passphrase, wish->passphrase_file, "A passphrase for the root key alone: ",
				       a->prompt, info));
		e = files_mkdir(h.unfinished, info);
	} else {
		e = ERR_OK;
	}
	if (e == ERR_OK)
		e = hold(&h, ret, &inner, info);
	secret_free(h.passphrase);
	if (keyholder_ca_root_forget(a->keys, &ignored) != ERR_OK && e == ERR_OK)
		e = err_set(info, ERR_KEYHOLDER, "%s", ignored.detail);
	return e;
}

/* ---- later ---- */

static enum err root_open(struct app *a, const struct app_root *root, struct err_info *info)
{
	struct secret *passphrase = NULL;
	struct buf file = BUF_INIT;
	enum err e = files_check_private(root->file, info);

	if (e == ERR_OK)
		e = files_read(&file, root->file, ROOT_FILE_MAX, info);
	if (e == ERR_OK)
		e = app_passphrase(&passphrase, root->passphrase_file, "Passphrase of the root key: ", a->prompt, info);
	if (e == ERR_OK)
		e = keyholder_ca_root_open(a->keys, buf_bytes(&file), secret_bytes(passphrase), info);
	secret_free(passphrase);
	buf_release(&file);
	return e;
}

/* The file's key must be the register's: another root would sign what nobody follows. */
static enum err root_for(struct app *a, struct ca **ret, const struct app_root *root, struct err_info *info)
{
	struct buf have = BUF_INIT, want = BUF_INIT;
	struct ca *ca;
	enum err e;

	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, &ca, info));
	TRY(root_open(a, root, info));
	e = keyholder_ca_spki(a->keys, &have, &want, KEYSTORE_ENTRY_CA_ROOT, info);
	if (e == ERR_OK)
		e = x509_spki(&want, ca_root(ca));
	if (e == ERR_OK && !bytes_equal(buf_bytes(&have), buf_bytes(&want)))
		e = err_set(info, ERR_WRONG_PROFILE, "%s is another network's root key", root->file);
	buf_release(&have);
	buf_release(&want);
	if (e == ERR_OK)
		*ret = ca;
	return e;
}

static enum err root_done(struct app *a, enum err e, struct err_info *info)
{
	struct err_info words = {0};
	enum err forgotten = keyholder_ca_root_forget(a->keys, &words);

	return e != ERR_OK || forgotten == ERR_OK ? e : err_set(info, forgotten, "%s", words.detail);
}

enum err app_ca_issuing(struct app *a, const struct app_root *root, const char *path, bool dry_run, struct err_info *info)
{
	struct buf der = BUF_INIT, pem = BUF_INIT;
	struct ca *ca;
	enum err e = root_for(a, &ca, root, info);

	if (e == ERR_OK)
		e = ca_issuing_renew(ca, &der, dry_run, info);
	e = root_done(a, e, info);
	if (e == ERR_OK && !dry_run)
		e = x509_pem_write(&pem, CERT_PEM_CERTIFICATE, buf_bytes(&der));
	if (e == ERR_OK && !dry_run)
		e = files_write(path, buf_bytes(&pem), info);
	buf_release(&der);
	buf_release(&pem);
	return e;
}

enum err app_ca_root_list(struct app *a, uint64_t *ret_number, const struct app_root *root, const char *path,
			  struct err_info *info)
{
	struct buf der = BUF_INIT;
	struct ca *ca;
	enum err e = root_for(a, &ca, root, info);

	if (e == ERR_OK)
		e = ca_root_list(ca, &der, ret_number, info);
	e = root_done(a, e, info);
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&der), info);
	buf_release(&der);
	return e;
}
