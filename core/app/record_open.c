/* SPDX-License-Identifier: Apache-2.0 */
#include "core/app/record_open.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/app/internal.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/health/attachment.h"
#include "core/health/embedded.h"
#include "core/health/ndjson.h"

#define FOLDER_PREFIX "medlock-open-"
#define PATH_SIZE 1024u
#define OPEN_FOLDERS_MAX 8 /* at once, while removing */

/* ---- the folder ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	(void)remove(path);
	return 0;
}

/* With what programs put beside the file: editors keep hidden copies of its text. */
static void remove_folder(const char *folder)
{
	(void)nftw(folder, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Folders of runs that were killed. */
static void sweep(const char *root)
{
	char path[PATH_SIZE];
	const struct dirent *entry;
	DIR *dir = opendir(root);

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		long pid;

		if (strncmp(entry->d_name, FOLDER_PREFIX, strlen(FOLDER_PREFIX)) != 0)
			continue;
		pid = strtol(entry->d_name + strlen(FOLDER_PREFIX), NULL, 10);
		if (pid > 1 && kill((pid_t)pid, 0) != 0 && errno == ESRCH &&
		    files_join(path, sizeof(path), root, entry->d_name) == ERR_OK)
			remove_folder(path);
	}
	closedir(dir);
}

static enum err make_folder(char out[PATH_SIZE], struct err_info *info)
{
	const char *root = getenv("XDG_RUNTIME_DIR");
	int len;

	if (root == NULL || root[0] != '/')
		return err_set(info, ERR_NOT_FOUND, "there is no private folder (XDG_RUNTIME_DIR) to open it in;"
						    " 'record export' writes it where you say");
	TRY(files_check_private(root, info));
	sweep(root);
	len = snprintf(out, PATH_SIZE, "%s/" FOLDER_PREFIX "%ld-XXXXXX", root, (long)getpid());
	if (len < 0 || (size_t)len >= PATH_SIZE)
		return err_set(info, ERR_RANGE, "the path is too long");
	return mkdtemp(out) != NULL ? ERR_OK : err_set(info, err_from_errno(errno), "%s", root);
}

/* ---- the program ---- */

/* $PAGER is what a shell takes for a command, options included (POSIX, man). */
static enum err run(const char *program, const char *path, bool shell, struct err_info *info)
{
	char command[PATH_SIZE];
	int status = 0, len = snprintf(command, sizeof(command), "%s \"$1\"", program);
	pid_t child;

	if (len < 0 || (size_t)len >= sizeof(command))
		return err_set(info, ERR_RANGE, "the name of the program is too long");
	child = fork();
	if (child == 0) {
		(void)setenv("LESSSECURE", "1", 1);
		signal(SIGPIPE, SIG_DFL);
		if (shell)
			execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		else
			execlp(program, program, path, (char *)NULL);
		_exit(127);
	}
	if (child < 0)
		return err_set(info, ERR_IO, "a program cannot be started");
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(info, ERR_NOT_FOUND, "the program %s", program);
	return ERR_OK;
}

/* A text without what a terminal would obey, in place of the exact one. */
static enum err gate_file(const char *path, struct err_info *info)
{
	struct buf text = BUF_INIT, gated = BUF_INIT;
	enum err e = files_read(&text, path, VAULT_READ_MAX, info);

	if (e == ERR_OK) {
		text_gate(&gated, buf_bytes(&text), true);
		e = buf_error(&gated);
	}
	if (e == ERR_OK)
		e = files_write(path, buf_bytes(&gated), info);
	app_record_forget(&text);
	app_record_forget(&gated);
	return e;
}

static enum err kind_of(const struct attachment **ret, const char *path, struct err_info *info)
{
	uint8_t head[ATTACHMENT_HEAD];
	FILE *f = fopen(path, "rbe");
	size_t len;

	if (f == NULL)
		return err_set(info, err_from_errno(errno), "%s", path);
	len = fread(head, 1, sizeof(head), f);
	fclose(f);
	*ret = attachment_of(bytes_of(head, len));
	return ERR_OK;
}

/* The exported file gets the extension by which programs know it; returns its new name. */
static enum err show(char path[PATH_SIZE], const char *program, app_open_wait *wait, void *self, struct err_info *info)
{
	const struct attachment *kind;
	const char *pager = getenv("PAGER");
	char named[PATH_SIZE];
	bool shell;
	int len;

	TRY(kind_of(&kind, path, info));
	len = snprintf(named, sizeof(named), "%s%s", path, kind->extension);
	if (len < 0 || (size_t)len >= sizeof(named) || rename(path, named) != 0)
		return err_set(info, ERR_IO, "%s", path);
	if (kind->text)
		TRY(gate_file(named, info));
	shell = program == NULL && kind->text && pager != NULL && pager[0] != '\0';
	if (program == NULL && kind->text)
		program = shell ? pager : "less";
	if (program == NULL)
		program = "xdg-open";
	TRY(run(program, named, shell, info));
	wait(self, named, program, strcmp(program, "xdg-open") != 0);
	return ERR_OK;
}

enum err app_record_open(struct app *a, const struct record_id *record, const char *form, const char *program,
			 app_open_wait *wait, void *self, struct err_info *info)
{
	char folder[PATH_SIZE], path[PATH_SIZE];
	struct app_export done;
	enum err e;

	TRY(make_folder(folder, info));
	e = files_join(path, sizeof(path), folder, "record");
	if (e == ERR_OK)
		e = app_record_export(a, &done, record, form, path, info);
	if (e == ERR_OK)
		e = show(path, program, wait, self, info);
	remove_folder(folder);
	return e;
}

/* ---- files inside of FHIR ---- */

static const char *extension_of(struct bytes plain)
{
	return attachment_of(plain.len < ATTACHMENT_HEAD ? plain : bytes_of(plain.data, ATTACHMENT_HEAD))->extension;
}

static enum err save(struct app_embedded *row, const struct embedded *e, const struct record_id *record, const char *folder,
		     size_t number, struct err_info *info)
{
	struct buf plain = BUF_INIT;
	char id[ID_HEX];
	enum err err = embedded_bytes(&plain, e);
	int fd = -1;

	if (err == ERR_FORMAT || err == ERR_NOT_FOUND) {
		buf_release(&plain);
		return ERR_OK; /* shown without a path */
	}
	hex_encode(id, record->b, ID_SIZE);
	(void)snprintf(row->path, sizeof(row->path), "%s/%.12s.%zu%s", folder, id, number, extension_of(buf_bytes(&plain)));
	if (err == ERR_OK)
		err = files_create(&fd, row->path, info);
	if (err == ERR_OK)
		err = files_write_all(fd, buf_bytes(&plain));
	if (fd >= 0 && (fsync(fd) != 0 || close(fd) != 0) && err == ERR_OK)
		err = ERR_IO;
	if (err != ERR_OK && fd >= 0)
		(void)unlink(row->path);
	app_record_forget(&plain);
	return err == ERR_OK ? err : err_wrap(info, err, "file %zu", number);
}

static enum err fill(struct app_embeddeds *ret, const struct fhir_file *f, const struct record_id *record, const char *folder,
		     struct err_info *info)
{
	struct embedded *list = calloc(EMBEDDED_MAX, sizeof(*list));
	enum err e = ERR_OK;

	if (list == NULL)
		return ERR_MEMORY;
	ret->total = embedded_find(list, EMBEDDED_MAX, f);
	ret->rows = calloc(EMBEDDED_MAX, sizeof(*ret->rows));
	if (ret->rows == NULL)
		e = ERR_MEMORY;
	for (size_t i = 0; e == ERR_OK && i < ret->total && i < EMBEDDED_MAX; i++) {
		struct app_embedded *row = &ret->rows[ret->count++];

		(void)snprintf(row->place, sizeof(row->place), "%s", list[i].place);
		(void)snprintf(row->type, sizeof(row->type), "%s", list[i].type);
		(void)snprintf(row->title, sizeof(row->title), "%s", list[i].title);
		(void)snprintf(row->url, sizeof(row->url), "%s", list[i].url);
		row->bytes = list[i].bytes;
		if (folder != NULL)
			e = save(row, &list[i], record, folder, i + 1, info);
	}
	free(list);
	return e;
}

enum err app_record_embedded(struct app *a, struct app_embeddeds *ret, const struct record_id *record, const char *form,
			     const char *folder, struct err_info *info)
{
	struct app_embeddeds made = {0};
	struct buf text = BUF_INIT;
	struct fhir_file f;
	size_t beyond;
	enum err e = app_record_read(a, &text, record, form, info);

	if (e == ERR_OK && !fhir_looks_like_json(buf_bytes(&text)))
		e = err_set(info, ERR_FHIR, "the record is an attachment itself: 'record open' or 'record export'");
	if (e == ERR_OK && folder != NULL)
		e = files_mkdir(folder, info);
	if (e == ERR_OK)
		e = ndjson_or_fhir(&f, &beyond, buf_bytes(&text), info);
	if (e == ERR_OK) {
		e = fill(&made, &f, record, folder, info);
		fhir_release(&f);
	}
	app_record_forget(&text);
	if (e != ERR_OK) {
		app_embedded_release(&made);
		return e;
	}
	*ret = made;
	return ERR_OK;
}

void app_embedded_release(struct app_embeddeds *e)
{
	free(e->rows);
	*e = (struct app_embeddeds){0};
}
