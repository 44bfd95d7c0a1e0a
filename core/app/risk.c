/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/risk.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/files.h"
#include "core/health/ndjson.h"
#include "core/health/risk.h"

#define RISK_PATH_MAX 4200u

static enum err add_file(struct risk *r, const char *path, struct err_info *info)
{
	struct buf text = BUF_INIT;
	struct fhir_file f;
	size_t beyond;
	enum err e = files_read(&text, path, FHIR_FILE_MAX, info);

	if (e == ERR_OK)
		e = ndjson_or_fhir(&f, &beyond, buf_bytes(&text), info);
	if (e == ERR_OK && beyond > 0) {
		e = err_set(info, ERR_TOO_LARGE, "more than %u resources", FHIR_RESOURCES_MAX);
		fhir_release(&f);
	}
	if (e == ERR_OK) {
		e = risk_add(r, &f, info);
		fhir_release(&f);
	}
	buf_release(&text);
	return e == ERR_OK ? e : err_wrap(info, e, "%s", path);
}

static bool is_record(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] != '.' && dot != NULL && (strcmp(dot, ".json") == 0 || strcmp(dot, ".deid") == 0);
}

static enum err add_folder(struct risk *r, const char *path, DIR *dir, struct task *task, struct err_info *info)
{
	const struct dirent *entry;
	uint64_t count = 0;

	while ((entry = readdir(dir)) != NULL) {
		char name[RISK_PATH_MAX];

		if (!is_record(entry->d_name))
			continue;
		TRY(task_check(task));
		if (files_join(name, sizeof(name), path, entry->d_name) != ERR_OK)
			return err_set(info, ERR_RANGE, "the path is too long");
		TRY(add_file(r, name, info));
		task_progress(task, "reading", ++count, 0);
	}
	return count > 0 ? ERR_OK : err_set(info, ERR_NOT_FOUND, "%s has no .json or .deid file", path);
}

static enum err add_path(struct risk *r, const char *path, struct task *task, struct err_info *info)
{
	DIR *dir = opendir(path);
	enum err e;

	if (dir == NULL)
		return add_file(r, path, info);
	e = add_folder(r, path, dir, task, info);
	closedir(dir);
	return e;
}

enum err app_record_risk(struct app_risk *ret, const char *path, struct task *task, struct err_info *info)
{
	struct risk_found found;
	struct risk *r;
	enum err e = risk_new(&r);

	if (e != ERR_OK)
		return err_set(info, e, "a set of records");
	e = add_path(r, path, task, info);
	if (e == ERR_OK)
		e = risk_find(&found, r);
	risk_free(r);
	TRY(e);
	*ret = (struct app_risk){found.people, found.groups, found.smallest, found.exposed, found.rare_codes, RISK_FLOOR};
	return ERR_OK;
}
