/* SPDX-License-Identifier: Apache-2.0 */
/* A deposit of NDJSON: what it is, and its form without names as a stream, both line by line. */
#ifndef MEDLOCK_APP_DEPOSIT_LINES_H
#define MEDLOCK_APP_DEPOSIT_LINES_H

#include <sys/stat.h>

#include "core/base/task.h"
#include "core/health/deid.h"
#include "core/health/ndjson.h"
#include "core/health/propose.h"

struct deposit_lines {
	const char *path;
	int fd;
	struct stat seen;
	struct byte_source file;
	struct ndjson lines;
	struct deid_rules *rules;
	struct deid_stream *stream; /* NULL: no form without names is wanted */
	struct buf out;             /* of the stream, not yet given on */
	size_t at;                  /* in out */
	uint64_t count, total;      /* resources; bytes of the file */
	bool begun, ended;
	struct task *task;
	struct err_info *info; /* for the source, whose calls have none */
};

/* Reads the whole file once: every line must be sound FHIR, and the first that is not is named.  l is released after any
 * outcome.  path lives as long as l; seen is the file as it was recognised.
 */
enum err deposit_lines_open(struct deposit_lines *l, struct proposal *ret, const struct label_rules *rules, const char *path,
			    const struct stat *seen, bool deid, struct task *task, struct err_info *info) MUST_USE;
void deposit_lines_release(struct deposit_lines *l);

/* The form without names, made as it is read, from the same file once more: ERR_CONFLICT when that has changed. */
struct byte_source deposit_lines_source(struct deposit_lines *l);

/* What that form loses; makes it for nobody when nobody read it. */
enum err deposit_lines_report(struct deposit_lines *l, struct deid_report *ret, struct err_info *info) MUST_USE;

#endif
