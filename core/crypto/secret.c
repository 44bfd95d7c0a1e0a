/* SPDX-License-Identifier: Apache-2.0 */
#include "core/crypto/secret.h"

#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum err secret_new(struct secret **ret, size_t len)
{
	struct secret *s;

	if (len == 0 || len > SECRET_SIZE_MAX)
		return ERR_RANGE;
	if (sodium_init() < 0)
		return ERR_INTERNAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return ERR_MEMORY;
	s->data = sodium_malloc(len);
	s->len = len;
	/* sodium_malloc locks but does not say when it could not; locking again is harmless and does say. */
	if (!s->data || sodium_mlock(s->data, len) != 0) {
		secret_free(s);
		return ERR_MEMORY;
	}
	memset(s->data, 0, len);
	*ret = s;
	return ERR_OK;
}

enum err secret_copy(struct secret **ret, struct bytes from)
{
	struct secret *s = NULL;

	TRY(secret_new(&s, from.len));
	memcpy(s->data, from.data, from.len);
	*ret = s;
	return ERR_OK;
}

struct secret *secret_free(struct secret *s)
{
	if (!s)
		return NULL;
	sodium_free(s->data); /* wipes */
	free(s);
	return NULL;
}

bool secret_equal(struct bytes x, struct bytes y)
{
	return x.len == y.len && (x.len == 0 || sodium_memcmp(x.data, y.data, x.len) == 0);
}

void secret_wipe(void *p, size_t len)
{
	if (len > 0)
		sodium_memzero(p, len);
}

void secret_lock(void *p, size_t len)
{
	(void)sodium_mlock(p, len); /* the limit of locked memory may be small: then it is wiped soon at least */
}

void secret_unlock(void *p, size_t len)
{
	(void)sodium_munlock(p, len);
}

void secret_process_harden(void)
{
	const struct rlimit none = {0, 0};

	ASSERT(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
	ASSERT(setrlimit(RLIMIT_CORE, &none) == 0);
}
