/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vault/cache.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/vault/internal.h"

#define PIN_SHARE 4u /* of the quota: the largest part that one pinned blob may take */

struct cache {
	struct blob_store *store;
	uint64_t quota;
};

enum err cache_open(struct cache **ret, const char *dir, uint64_t quota, struct err_info *info)
{
	struct cache *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL)
		return err_set(info, ERR_MEMORY, "cache");
	c->quota = quota > 0 ? quota : CACHE_QUOTA_DEFAULT;
	e = blob_store_open(&c->store, dir, c->quota, clock_real(), info);
	if (e != ERR_OK) {
		free(c);
		return e;
	}
	*ret = c;
	return ERR_OK;
}

void cache_free(struct cache *c)
{
	if (c == NULL)
		return;
	c->store = blob_store_free(c->store);
	free(c);
}

struct blob_store *cache_store(struct cache *c)
{
	return c->store;
}

bool cache_has(struct cache *c, const struct blob_id *id)
{
	return blob_store_has(c->store, id);
}

enum err cache_read(struct cache *c, struct cache_reader *ret, const struct blob_id *id, struct err_info *info)
{
	enum err e = blob_store_fd(c->store, &ret->fd, &ret->size, id);

	if (e != ERR_OK)
		return err_set(info, e, "a blob of the cache");
	ret->source = byte_source_fd(&ret->fd);
	return ERR_OK;
}

void cache_close(struct cache_reader *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

enum err cache_pin(struct cache *c, const struct blob_id *id, bool pinned, struct err_info *info)
{
	enum err e = blob_store_pin(c->store, id, pinned);

	return e == ERR_OK ? e : err_set(info, e, "pinning a blob of the cache");
}

bool cache_may_stay(const struct cache *c, uint64_t size)
{
	return size <= c->quota / PIN_SHARE;
}

enum err cache_remove(struct cache *c, const struct blob_id *id, struct err_info *info)
{
	enum err e = blob_store_remove(c->store, id);

	return e == ERR_OK ? e : err_set(info, e, "removing a blob of the cache");
}

enum err cache_use(struct cache *c, struct cache_use *ret, struct err_info *info)
{
	struct blob_totals t;
	enum err e = blob_store_totals(c->store, &t);

	if (e != ERR_OK)
		return err_set(info, e, "the cache's index");
	*ret = (struct cache_use){t.blob_bytes + t.partial_bytes, t.pinned_bytes, c->quota, t.blobs};
	return ERR_OK;
}

enum err cache_room(struct cache *c, uint64_t room, struct err_info *info)
{
	uint64_t removed;
	enum err e;

	blob_store_set_quota(c->store, c->quota);
	e = blob_store_make_room(c->store, room, &removed);
	if (e == ERR_LIMIT) {
		/* Everything that may go is gone.  The quota bounds what stays, not the one blob that is worked on. */
		blob_store_set_quota(c->store, 0);
		e = ERR_OK;
	}
	return e == ERR_OK ? e : err_set(info, e, "room in the cache");
}
