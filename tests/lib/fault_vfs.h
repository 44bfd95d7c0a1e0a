/* SPDX-License-Identifier: Apache-2.0 */
/* An SQLite VFS over the system's that fails, or loses power, at the n-th change of a file (write, sync, truncate).
 *
 * Until a file is synced, what each change overwrote is kept; a power cut puts it back, newest first: nothing unsynced
 * survives, or (torn) the older half of the changes does and the next one only in its first sectors.  One at a time.
 */
#ifndef MEDLOCK_TESTS_FAULT_VFS_H
#define MEDLOCK_TESTS_FAULT_VFS_H

#include <stdbool.h>
#include <stddef.h>

#define FAULT_VFS "medlock-fault"

enum fault_kind {
	FAULT_NONE,
	FAULT_ERROR_ONCE,   /* the n-th change fails with an input/output error, later ones work */
	FAULT_ERROR_EVER,   /* it and all later ones fail */
	FAULT_FULL_EVER,    /* as a full disk */
	FAULT_POWER_DROP,   /* nothing reaches the disk any more; unsynced changes are lost */
	FAULT_POWER_TORN,   /* some of them are there, one of them in part */
	FAULT_READ_EVER     /* changes work, but every read fails */
};

void fault_vfs_register(void); /* may be called again */
void fault_vfs_arm(enum fault_kind kind, size_t nth); /* counts from 1; forgets what was before */
size_t fault_vfs_changes(void); /* seen since arm */
bool fault_vfs_struck(void);
void fault_vfs_power_cut(void); /* after the handles are closed: put the files as the disk had them */

#endif
