/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/deposit_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/health/check.h"

#define OUT_MAX (4u * NDJSON_LINE_MAX) /* of one line: pseudonyms and masks may be longer than what they replace */

static enum err open_file(struct deposit_lines *l, struct err_info *info)
{
	struct stat st;

	if (l->fd >= 0)
		close(l->fd);
	ndjson_release(&l->lines);
	l->fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (l->fd < 0)
		return err_set(info, err_from_errno(errno), "%s", l->path);
	if (fstat(l->fd, &st) != 0 || st.st_dev != l->seen.st_dev || st.st_ino != l->seen.st_ino ||
	    st.st_size != l->seen.st_size || st.st_mtim.tv_sec != l->seen.st_mtim.tv_sec ||
	    st.st_mtim.tv_nsec != l->seen.st_mtim.tv_nsec)
		return err_set(info, ERR_CONFLICT, "%s changed while it was deposited", l->path);
	l->file = byte_source_fd(&l->fd);
	ndjson_init(&l->lines, &l->file);
	return ERR_OK;
}

static enum err see_all(struct deposit_lines *l, struct proposing *p, struct err_info *info)
{
	bool end = false;

	while (!end) {
		struct fhir_file line = {0};
		enum err e;

		TRY(task_check(l->task));
		TRY(ndjson_next(&l->lines, &line, &end, info));
		if (end)
			break;
		e = health_check(&line, info);
		health_propose_add(p, &line);
		if (e == ERR_OK && p->made.bad_date[0] != '\0')
			e = err_set(info, ERR_FHIR, "%s is no date", p->made.bad_date);
		if (l->stream != NULL)
			deid_stream_see(l->stream, &line);
		l->count += line.count;
		fhir_release(&line);
		if (e != ERR_OK)
			return err_wrap(info, e, "line %llu", (unsigned long long)l->lines.line);
		task_progress(l->task, "reading", l->lines.read, l->total);
	}
	return l->count > 0 ? ERR_OK : err_set(info, ERR_FHIR, "no line holds a resource");
}

enum err deposit_lines_open(struct deposit_lines *l, struct proposal *ret, const struct label_rules *rules, const char *path,
			    const struct stat *seen, bool deid, struct task *task, struct err_info *info)
{
	struct proposing p;

	*l = (struct deposit_lines){.path = path, .fd = -1, .seen = *seen, .total = (uint64_t)seen->st_size, .task = task,
				    .info = info};
	buf_init(&l->out, OUT_MAX);
	if (deid) {
		TRY(deid_rules_new(&l->rules, info));
		TRY(deid_stream_new(&l->stream, l->rules, clock_real()->now(NULL), rng_system(), info));
	}
	TRY(open_file(l, info));
	health_propose_begin(&p, rules);
	TRY(see_all(l, &p, info));
	health_propose_end(ret, &p);
	return ERR_OK;
}

void deposit_lines_release(struct deposit_lines *l)
{
	if (l->path == NULL)
		return;
	if (l->fd >= 0)
		close(l->fd);
	ndjson_release(&l->lines);
	deid_stream_free(l->stream);
	deid_rules_free(l->rules);
	buf_release(&l->out);
	*l = (struct deposit_lines){0};
}

/* One line more into out; it may add nothing. */
static enum err make_line(struct deposit_lines *l)
{
	struct fhir_file line = {0};
	enum err e;

	if (!l->begun)
		TRY(open_file(l, l->info));
	l->begun = true;
	buf_clear(&l->out);
	l->at = 0;
	e = ndjson_next(&l->lines, &line, &l->ended, l->info);
	if (e == ERR_OK && !l->ended)
		e = deid_stream_add(l->stream, &l->out, &line, l->info);
	fhir_release(&line);
	return e;
}

static enum err read_made(void *self, uint8_t *out, size_t max, size_t *ret_len)
{
	struct deposit_lines *l = self;
	size_t len;

	TRY(task_check(l->task));
	while (l->at == l->out.len && !l->ended)
		TRY(make_line(l));
	len = l->out.len - l->at < max ? l->out.len - l->at : max;
	if (len > 0)
		memcpy(out, l->out.data + l->at, len);
	l->at += len;
	*ret_len = len;
	task_progress(l->task, "removing names", l->lines.read, l->total);
	return ERR_OK;
}

struct byte_source deposit_lines_source(struct deposit_lines *l)
{
	return (struct byte_source){read_made, l};
}

enum err deposit_lines_report(struct deposit_lines *l, struct deid_report *ret, struct err_info *info)
{
	while (!l->ended) {
		TRY(task_check(l->task));
		TRY(make_line(l));
	}
	return deid_stream_report(ret, l->stream) == ERR_OK ? ERR_OK : err_set(info, ERR_MEMORY, "a report");
}
