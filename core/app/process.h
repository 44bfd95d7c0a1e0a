/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program to its end, starting and stopping the demo world's daemon, and where programs lie. */
#ifndef MEDLOCK_APP_PROCESS_H
#define MEDLOCK_APP_PROCESS_H

#include <sys/types.h>

#include "core/base/buf.h"
#include "core/base/task.h"

#define PROCESS_READY_MS 20000
#define PROCESS_STOP_MS 10000

/* The absolute path of the program that this process runs, or of its neighbour. */
enum err process_neighbour(char out[4096], const char *name, struct err_info *info) MUST_USE;

/* Run words[0] with its arguments to its end, whatever its exit status; its stdout, and its stderr with words_too, appended to
 * out.  ERR_INTERNAL when a signal ended it.
 */
enum err process_capture(struct buf *out, int *ret_status, const char *const *words, bool words_too,
			 struct err_info *info) MUST_USE;

/* The same; its stdout appended to out.  ERR_INTERNAL with its last words when it fails. */
enum err process_run(struct buf *out, const char *const *words, struct err_info *info) MUST_USE;

/* Start words[0] as a daemon of its own session, its stderr into log_path; waits until it writes a line to the descriptor that
 * is given as the last word ("--ready-fd N" is appended).  ERR_TIMEOUT, ERR_INTERNAL when it ended.
 */
enum err process_start(pid_t *ret, const char *const *words, const char *log_path, struct task *task,
		       struct err_info *info) MUST_USE;

/* SIGTERM, wait, SIGKILL.  A process that is not there is fine. */
enum err process_stop(pid_t pid, struct err_info *info) MUST_USE;
bool process_alive(pid_t pid, const char *name); /* runs, and is a program of this name */

/* A TCP port on the loopback address that was free a moment ago. */
enum err process_free_port(uint16_t *ret, struct err_info *info) MUST_USE;

#endif
