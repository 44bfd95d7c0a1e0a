/* SPDX-License-Identifier: Apache-2.0 */
/* The n-th allocation fails.  A program that calls these gets this malloc, calloc and realloc instead of the system's;
 * sanitizers have their own, so there it is not available.  One thread at a time.
 */
#ifndef MEDLOCK_TESTS_ALLOC_FAULT_H
#define MEDLOCK_TESTS_ALLOC_FAULT_H

#include <stdbool.h>
#include <stddef.h>

bool alloc_fault_available(void);
void alloc_fault_arm(size_t nth, bool for_ever); /* counts from 1 */
bool alloc_fault_disarm(void);			 /* did it strike? */

#endif
