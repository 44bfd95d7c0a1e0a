/* SPDX-License-Identifier: Apache-2.0 */
/* Reading FHIR texts and the public example files in tests of core/health. */
#ifndef MEDLOCK_TESTS_FHIR_HELP_H
#define MEDLOCK_TESTS_FHIR_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>

#include "core/base/files.h"
#include "core/health/fhir.h"

#define FHIR_HELP_FILE_MAX (16u * 1024 * 1024)

/* One whole file or resource; the caller releases it. */
static inline struct fhir_file read_fhir(const char *text)
{
	struct fhir_file f = {0};
	struct err_info info = {0};
	enum err e = fhir_read(&f, bytes_str(text), &info);

	if (e != ERR_OK)
		print_message("# %s: %s\n", err_row(e)->code, info.detail);
	assert_int_equal(e, ERR_OK);
	return f;
}

static inline const char *vectors_folder(void)
{
	const char *named = getenv("VECTORS");

	return named != NULL && named[0] != '\0' ? named : "../shared/vectors";
}

/* Calls act for each file of VECTORS/fhir/NAME; returns how many there were, 0 when the folder is not there. */
static inline size_t each_fhir_vector(const char *name, void (*act)(const char *file, struct bytes text))
{
	char folder[2048], path[4096];
	struct dirent *entry;
	size_t count = 0;
	DIR *d;

	snprintf(folder, sizeof(folder), "%s/fhir/%s", vectors_folder(), name);
	d = opendir(folder);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		struct buf text = BUF_INIT;

		if (strstr(entry->d_name, ".json") == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%.1000s", folder, entry->d_name);
		assert_int_equal(files_read(&text, path, FHIR_HELP_FILE_MAX, NULL), ERR_OK);
		act(entry->d_name, buf_bytes(&text));
		buf_release(&text);
		count++;
	}
	if (d != NULL)
		closedir(d);
	return count;
}

#endif
