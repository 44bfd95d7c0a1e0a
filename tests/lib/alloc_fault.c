/* SPDX-License-Identifier: Apache-2.0 */
#include "alloc_fault.h"

#include <errno.h>
#include <stdlib.h>

static size_t left; /* allocations until it strikes; 0: not armed */
static bool ever, struck;

void alloc_fault_arm(size_t nth, bool for_ever)
{
	left = nth;
	ever = for_ever;
	struck = false;
}

bool alloc_fault_disarm(void)
{
	left = 0;
	return struck;
}

#if defined(MEDLOCK_SANITIZED) || !defined(__GLIBC__)

bool alloc_fault_available(void)
{
	return false;
}

#else

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

bool alloc_fault_available(void)
{
	return true;
}

static bool fails(void)
{
	if (left == 0)
		return false;
	if (left > 1) {
		left--;
		return false;
	}
	struck = true;
	if (!ever)
		left = 0;
	errno = ENOMEM;
	return true;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

#endif
