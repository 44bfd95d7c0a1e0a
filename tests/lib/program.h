/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program from a test. */
#ifndef MEDLOCK_TESTS_PROGRAM_H
#define MEDLOCK_TESTS_PROGRAM_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/err.h"

/* Run argv[0], looked for along PATH, silently inside folder; its exit status, or -1 when a signal ended it. */
static inline int program_run_in(const char *folder, char *const argv[])
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(folder) != 0 || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	ASSERT(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
