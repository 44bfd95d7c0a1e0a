/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that must not compile.  The build includes this file in front of every source of ours, after
 * the system headers have declared them; each entry names what to use instead.
 */
#ifndef MEDLOCK_BASE_BANNED_H
#define MEDLOCK_BASE_BANNED_H

#include <ctype.h>
#include <openssl/evp.h> /* names a parameter "rand" */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets	/* snprintf, struct buf */
#pragma GCC poison localtime gmtime ctime asctime				/* core/base/clock.h */
#pragma GCC poison rand srand srandom drand48					/* core/base/rng.h */
#pragma GCC poison atoi atol atof strtod					/* core/base/text.h: parse_u64 */

#endif
