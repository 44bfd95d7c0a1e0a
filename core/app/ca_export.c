/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/ca_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/app/ca_acts.h"
#include "core/app/ca_checks.h"
#include "core/base/files.h"
#include "core/ident/ca_export.h"

#define BACKUP_FILE "backup" /* in the profile: when in ms, rows, head of the register */
#define BACKUP_SIZE (8u + 8u + HASH_SIZE)
#define DAY_MS (24ll * 3600 * 1000)

static enum err desk(struct app *a, struct ca **ret, struct err_info *info)
{
	TRY(app_fresh_or_stored(a, info));
	TRY(app_desk(a, ret, info));
	return ca_acts_settle(a, *ret, info);
}

/* ---- the export ---- */

static enum err write_export(const char *path, const struct buf *text, const struct buf *signature, struct err_info *info)
{
	char beside[PROFILE_PATH_MAX];

	if (snprintf(beside, sizeof(beside), "%s.sig", path) >= (int)sizeof(beside))
		return err_set(info, ERR_RANGE, "the path is too long");
	TRY(files_write(beside, buf_bytes(signature), info));
	return files_write(path, buf_bytes(text), info);
}

enum err app_ca_export(struct app *a, uint64_t *ret_rows, const struct app_ca_export *wish, struct err_info *info)
{
	struct buf text = BUF_INIT, signature = BUF_INIT;
	enum ca_export_format format = CA_EXPORT_JSON;
	struct time_ms since = {0};
	uint64_t rows = 0;
	struct ca *ca;
	enum err e;

	if (strcmp(wish->format, "csv") == 0)
		format = CA_EXPORT_CSV;
	else if (strcmp(wish->format, "json") != 0)
		return err_set(info, ERR_USAGE, "--format is json or csv");
	if (wish->since != NULL && time_parse(&since, wish->since) != ERR_OK)
		return err_set(info, ERR_USAGE, "'%.40s' is no date such as 2026-11-01", wish->since);
	TRY(desk(a, &ca, info));
	e = ca_export(ca, &text, &signature, &rows, format, since, info);
	if (e == ERR_OK)
		e = write_export(wish->path, &text, &signature, info);
	buf_release(&text);
	buf_release(&signature);
	if (e == ERR_OK)
		*ret_rows = rows;
	return e;
}

/* ---- the decisions ---- */

static void fill_decision(struct app_decision *to, const struct ca_decision *from)
{
	*to = (struct app_decision){.entry = from->entry, .at = from->at, .row = from->row, .height = from->height,
				    .hash = from->hash};
	snprintf(to->profile, sizeof(to->profile), "%s", from->profile);
	snprintf(to->serial, sizeof(to->serial), "%s", from->serial);
	snprintf(to->name, sizeof(to->name), "%.127s", from->name);
	snprintf(to->organisation, sizeof(to->organisation), "%.127s", from->organisation);
	snprintf(to->reason, sizeof(to->reason), "%s", from->reason);
}

enum err app_ca_decisions(struct app *a, struct app_decisions *ret, struct err_info *info)
{
	struct app_decisions made = {0};
	struct ca_decisions all;
	struct ca *ca;

	TRY(desk(a, &ca, info));
	TRY(ca_decisions(ca, &all, info));
	made.rows = calloc(all.count + 1, sizeof(*made.rows));
	for (size_t i = 0; made.rows != NULL && i < all.count; i++)
		fill_decision(&made.rows[made.count++], &all.rows[i]);
	ca_decisions_release(&all);
	if (made.rows == NULL)
		return err_set(info, ERR_MEMORY, "the decisions");
	*ret = made;
	return ERR_OK;
}

void app_decisions_release(struct app_decisions *d)
{
	if (d == NULL)
		return;
	free(d->rows);
	*d = (struct app_decisions){0};
}

/* ---- a certificate ---- */

static enum err der_of(struct ca *ca, struct buf *der, const char *serial, struct err_info *info)
{
	struct ca_certificate found;

	if (strcmp(serial, "root") == 0 || strcmp(serial, "issuing") == 0) {
		buf_append_bytes(der, serial[0] == 'r' ? ca_root(ca) : ca_issuing(ca));
		return buf_error(der);
	}
	TRY(ca_find_serial(ca, &found, serial, info));
	return ca_certificate_der(ca, der, found.serial, info);
}

enum err app_ca_certificate(struct app *a, const char *serial, const char *path, struct err_info *info)
{
	struct buf der = BUF_INIT, pem = BUF_INIT;
	struct ca *ca;
	enum err e;

	TRY(desk(a, &ca, info));
	e = der_of(ca, &der, serial, info);
	if (e == ERR_OK)
		e = x509_pem_write(&pem, CERT_PEM_CERTIFICATE, buf_bytes(&der));
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&pem), info);
	buf_release(&der);
	buf_release(&pem);
	return e;
}

/* ---- the backup ---- */

static enum err copy_keystore(struct app *a, const char *dir, struct err_info *info)
{
	char from[PROFILE_PATH_MAX], to[PROFILE_PATH_MAX];
	struct buf file = BUF_INIT;
	enum err e;

	TRY(profile_path(&a->profile, from, "keystore"));
	TRY(files_join(to, sizeof(to), dir, "keystore"));
	e = files_read(&file, from, KEYSTORE_SIZE_MAX, info);
	if (e == ERR_OK)
		e = files_write(to, buf_bytes(&file), info);
	buf_release(&file);
	return e;
}

static enum err remember(struct app *a, const struct ca_copied *copied, struct err_info *info)
{
	uint8_t record[BACKUP_SIZE];
	char path[PROFILE_PATH_MAX];

	put_be64(record, (uint64_t)clock_real()->now(NULL).v);
	put_be64(record + 8, copied->rows);
	memcpy(record + 16, copied->head.b, HASH_SIZE);
	TRY(profile_path(&a->profile, path, BACKUP_FILE));
	return files_write(path, bytes_of(record, sizeof(record)), info);
}

enum err app_ca_backup(struct app *a, struct app_backup *ret, const char *dir, struct err_info *info)
{
	char path[PROFILE_PATH_MAX];
	struct ca_copied copied;
	struct ca *ca;

	TRY(desk(a, &ca, info));
	if (access(dir, F_OK) == 0)
		return err_set(info, ERR_DUPLICATE, "%s exists: name a new folder", dir);
	TRY(files_mkdir(dir, info));
	TRY(copy_keystore(a, dir, info));
	TRY(files_join(path, sizeof(path), dir, "register.db"));
	TRY(ca_copy(ca, &copied, path, info));
	TRY(remember(a, &copied, info));
	ret->rows = copied.rows;
	hex_encode(ret->head, copied.head.b, sizeof(copied.head.b));
	return ERR_OK;
}

/* ---- for the doctor ---- */

struct app_check *ca_check_add(struct app_checks *all, const char *what, enum ca_check_level level, const char *next)
{
	struct app_check *x = &all->rows[all->count];

	ASSERT(all->count < sizeof(all->rows) / sizeof(all->rows[0]));
	all->count++;
	*x = (struct app_check){.ok = level != CA_CHECK_BAD, .warn = level == CA_CHECK_WARN};
	snprintf(x->what, sizeof(x->what), "%s", what);
	snprintf(x->next, sizeof(x->next), "%s", level == CA_CHECK_FINE ? "" : next);
	all->failed += level == CA_CHECK_BAD;
	all->warned += level == CA_CHECK_WARN;
	return x;
}

void ca_check_backup(struct app *a, struct ca *ca, struct app_checks *all)
{
	static const char next[] = "make one: 'ca backup --to FOLDER', and keep the passphrase elsewhere";
	char path[PROFILE_PATH_MAX];
	struct buf record = BUF_INIT;
	uint64_t rows = 0, newest = 0;
	int64_t age;
	bool have = profile_path(&a->profile, path, BACKUP_FILE) == ERR_OK &&
		    files_read(&record, path, BACKUP_SIZE, NULL) == ERR_OK && record.len == BACKUP_SIZE;
	struct app_check *x;

	if (!have) {
		x = ca_check_add(all, "backup", CA_CHECK_WARN, next);
		snprintf(x->words, sizeof(x->words), "none was made from this profile");
		buf_release(&record);
		return;
	}
	age = clock_real()->now(NULL).v - (int64_t)get_be64(record.data);
	rows = get_be64(record.data + 8);
	buf_release(&record);
	newest = ca_rows(ca);
	x = ca_check_add(all, "backup", newest > rows && age > APP_BACKUP_OLD_MS ? CA_CHECK_BAD :
			 newest > rows && age > APP_BACKUP_NOTICE_MS ? CA_CHECK_WARN : CA_CHECK_FINE, next);
	snprintf(x->words, sizeof(x->words), "%lld days old, %llu rows of the register came since", (long long)(age / DAY_MS),
		 (unsigned long long)(newest > rows ? newest - rows : 0));
}

void ca_check_root_key(struct app *a, struct app_checks *all)
{
	const bool here = (a->me.entries & 1u << KEYSTORE_ENTRY_CA_ROOT) != 0;
	struct app_check *x = ca_check_add(all, "root key", here ? CA_CHECK_BAD : CA_CHECK_FINE,
					   "hold a ceremony of a new authority: this root was within reach of the desk");

	snprintf(x->words, sizeof(x->words), "%s", here ? "it lies in the desk's keystore" : "not in this keystore");
}
