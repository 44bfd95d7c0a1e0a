/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the desk in files: the signed export of the register, single certificates, and the desk's backup. */
#ifndef MEDLOCK_APP_CA_EXPORT_H
#define MEDLOCK_APP_CA_EXPORT_H

#include "core/app/ca.h"

#define APP_BACKUP_NOTICE_MS (7ll * 24 * 3600 * 1000)  /* the doctor warns about an older one */
#define APP_BACKUP_OLD_MS (30ll * 24 * 3600 * 1000)    /* and calls this bad when the register went on since */

struct app_ca_export {
	const char *path, *format; /* "json" or "csv"; the signature goes to PATH.sig */
	const char *since;         /* a date or time; NULL: all */
};
/* ERR_USAGE (format, since).  *ret_rows: decisions exported. */
enum err app_ca_export(struct app *a, uint64_t *ret_rows, const struct app_ca_export *wish, struct err_info *info) MUST_USE;

/* What the desk decided, oldest first, without the texts of an export. */
struct app_decision {
	const char *entry; /* "issued", "rejected", "revoked", "revoking", "held", "holding", "released" */
	char profile[24], serial[41], name[128], organisation[128];
	char reason[160];  /* as RFC 5280 writes it, or words to a requester */
	struct time_ms at;
	uint64_t row, height; /* height: on the ledger; 0: it has not confirmed it, or never learns it */
	struct hash32 hash;   /* of the register's row */
};
struct app_decisions { struct app_decision *rows; size_t count; };
enum err app_ca_decisions(struct app *a, struct app_decisions *ret, struct err_info *info) MUST_USE;
void app_decisions_release(struct app_decisions *d);

/* A certificate of this desk as PEM into a file; "issuing" and "root" name the authorities'. */
enum err app_ca_certificate(struct app *a, const char *serial, const char *path, struct err_info *info) MUST_USE;

/* Register and keystore, which is sealed, into a new folder; remembered for the doctor. */
struct app_backup { uint64_t rows; char head[65]; };
enum err app_ca_backup(struct app *a, struct app_backup *ret, const char *dir, struct err_info *info) MUST_USE;

#endif
