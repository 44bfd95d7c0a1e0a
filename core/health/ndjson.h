/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON of FHIR resources, one on each line, as bulk exports have them (https://hl7.org/fhir/uv/bulkdata, ndjson spec).
 *
 * Read line by line: memory is that of one line, for a file of any length.  Each line is as strict as a file of its own
 * (fhir.h).  Empty lines are passed over; a line may end in CR LF.
 */
#ifndef MEDLOCK_HEALTH_NDJSON_H
#define MEDLOCK_HEALTH_NDJSON_H

#include "core/crypto/stream.h"
#include "core/health/fhir.h"

#define NDJSON_LINE_MAX (2u * 1024 * 1024)
#define NDJSON_LINES_MAX 10000000u

struct ndjson {
	struct byte_source from;
	struct buf held;     /* what was read and not yet given out */
	size_t at;           /* in held */
	uint64_t line, read; /* number of the line given last, from 1; bytes taken from the source */
	bool ended;
};

/* from is copied; what it reads from must live as long as n. */
void ndjson_init(struct ndjson *n, const struct byte_source *from);
void ndjson_release(struct ndjson *n);

/* The next line that is not empty, without its end; *ret_end and no line behind the last one.  The bytes live until the next
 * call.  ERR_TOO_LARGE for a line or a number of lines past the limits, with the line's number; what from says.
 */
enum err ndjson_line(struct ndjson *n, struct bytes *ret, bool *ret_end, struct err_info *info) MUST_USE;

/* The same, read as FHIR; the caller releases the file.  An error names the line. */
enum err ndjson_next(struct ndjson *n, struct fhir_file *ret, bool *ret_end, struct err_info *info) MUST_USE;

/* Is a file that begins so NDJSON?  Its first line that is not empty is a whole JSON object, and something follows. */
bool ndjson_looks_like(struct bytes head);

/* A record in memory, FHIR or NDJSON, as one file.  Of NDJSON at most FHIR_RESOURCES_MAX lines are taken, with as many values
 * as json.h allows one text, and those behind are counted in ret_beyond.  Errors as fhir_read.
 */
enum err ndjson_or_fhir(struct fhir_file *ret, size_t *ret_beyond, struct bytes text, struct err_info *info) MUST_USE;

#endif
