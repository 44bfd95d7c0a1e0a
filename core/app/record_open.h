/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a record with the person's own program, and the files inside of a FHIR record. */
#ifndef MEDLOCK_APP_RECORD_OPEN_H
#define MEDLOCK_APP_RECORD_OPEN_H

#include "core/app/records.h"

/* Called when the program was started: path is the file; ended is false when the program may still be reading it, and
 * only the person can say when that is over.  Blocks until then.
 */
typedef void app_open_wait(void *self, const char *path, const char *program, bool ended);

/* The record in a 0600 file in a new private folder of XDG_RUNTIME_DIR, which lies in memory, opened with program, or
 * NULL: $PAGER (else less) for texts, else xdg-open.  A text loses what would harm a terminal.  The file is removed
 * when wait returns; what a killed run left is removed by the next.  ERR_NOT_FOUND without such a folder.
 */
enum err app_record_open(struct app *a, const struct record_id *record, const char *form, const char *program,
			 app_open_wait *wait, void *self, struct err_info *info) MUST_USE;

struct app_embedded {
	char place[96], type[64], title[128], url[256]; /* foreign text, cut */
	uint64_t bytes;    /* 0: it lies elsewhere, at url, and is not fetched */
	char path[512];    /* where it was saved; "" without a folder, or when its base64 is wrong */
};
struct app_embeddeds { struct app_embedded *rows; size_t count, total; };
/* Those of a FHIR record; with folder each is saved into it as a new 0600 file.  ERR_FHIR for an attachment. */
enum err app_record_embedded(struct app *a, struct app_embeddeds *ret, const struct record_id *record, const char *form,
			     const char *folder, struct err_info *info) MUST_USE;
void app_embedded_release(struct app_embeddeds *e);

#endif
