/* SPDX-License-Identifier: Apache-2.0 */
/* What the key-holder process gives up: every file, and every system call that it does not need.
 *
 * seccomp (filter mode) answers EPERM to all calls that are not on the list; Landlock, where the kernel has it, refuses
 * every path as a second wall.  Sources: seccomp(2), landlock(7).  Sanitizers open files and map memory in their own
 * ways: builds with MEDLOCK_SANITIZED close the files and skip the filter.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/keys/keyholder_parts.h"

#if defined(__x86_64__)
#define AUDIT_ARCH_OURS AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH_OURS AUDIT_ARCH_AARCH64
#else
#error "the key-holder's filter knows x86-64 and 64-bit ARM"
#endif

#ifdef MEDLOCK_SANITIZED
#define KEEP_STDERR true /* reports of the sanitizers */
#else
#define KEEP_STDERR false
#endif

#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static const struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_OURS, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	ALLOW(SYS_read), ALLOW(SYS_write), ALLOW(SYS_recvfrom), ALLOW(SYS_sendto), ALLOW(SYS_recvmsg),
	ALLOW(SYS_sendmsg), ALLOW(SYS_ppoll),
#ifdef SYS_poll
	ALLOW(SYS_poll),
#endif
	ALLOW(SYS_close), ALLOW(SYS_futex), ALLOW(SYS_brk), ALLOW(SYS_mmap), ALLOW(SYS_munmap), ALLOW(SYS_mremap),
	ALLOW(SYS_mprotect), ALLOW(SYS_madvise), ALLOW(SYS_mlock), ALLOW(SYS_munlock), ALLOW(SYS_getrandom),
	ALLOW(SYS_clock_gettime), ALLOW(SYS_gettid), ALLOW(SYS_getpid), ALLOW(SYS_rt_sigprocmask),
	ALLOW(SYS_rt_sigreturn), ALLOW(SYS_rt_sigaction), ALLOW(SYS_restart_syscall), ALLOW(SYS_exit),
	ALLOW(SYS_exit_group),
	/* abort() signals its own process; the one after the number's check is OWN_PID. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 3),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};
#define FILTER_COUNT (sizeof(filter) / sizeof(filter[0]))
#define OWN_PID (FILTER_COUNT - 3) /* the comparison whose value is known only when the process runs */

/* Every right of the first version, granted to no path.  Kernels without Landlock have the filter alone. */
static inline __attribute__((unused)) void refuse_paths(void) /* unused under the sanitizers */
{
	struct landlock_ruleset_attr all = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);

	if (fd < 0)
		return;
	(void)syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
}

static void close_files(int keep_fd)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3 && null_fd >= 0; fd++)
		if (fd < 2 || !KEEP_STDERR)
			(void)dup2(null_fd, fd);
	if (keep_fd > 3)
		(void)close_range(3, (unsigned)keep_fd - 1, 0);
	(void)close_range((unsigned)keep_fd + 1, ~0u, 0);
}

enum err keyholder_sandbox(int keep_fd)
{
	struct sock_filter ours[FILTER_COUNT];
	struct sock_fprog program = {.len = FILTER_COUNT, .filter = ours};

	memcpy(ours, filter, sizeof(ours));
	ours[OWN_PID].k = (uint32_t)getpid();
	close_files(keep_fd);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ERR_IO;
#ifdef MEDLOCK_SANITIZED
	(void)program;
	return ERR_OK;
#else
	refuse_paths();
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? ERR_OK : ERR_IO;
#endif
}
