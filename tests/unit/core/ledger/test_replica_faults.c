/* SPDX-License-Identifier: Apache-2.0 */
/* The disk fails, or the power, at every change of a replica's file in turn while it is made and synced: what was told to
 * be there is there, the file holds whole steps only, and the next sync ends where an undisturbed one does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/start.h"
#include "fault_vfs.h"
#include "replica_help.h"

#define STEP 7 /* every seventh place, each kind from another one on; EVERY_PLACE=1 in the environment: all of them */

static const char *const kinds[] = {"none", "error once", "errors for ever", "full disk", "power cut", "torn power cut"};

static enum err open_synced(struct replica_desk *d, struct err_info *info)
{
	struct replica_options o = replica_desk_options(d);

	o.unsynced = false;
	return replica_open(&d->r, &o, info);
}

static void remove_files(const struct replica_desk *d)
{
	static const char *const tails[] = {"", "-wal", "-shm"};

	for (size_t i = 0; i < 3; i++) {
		char path[160];

		snprintf(path, sizeof(path), "%s%s", d->path, tails[i]);
		unlink(path);
	}
}

/* Make and sync under the fault; the height that the replica said it has. */
static uint64_t run(struct replica_desk *d, enum fault_kind kind, size_t nth)
{
	struct replica_sync_report report = {0};
	struct err_info info = {0};
	enum err e;

	remove_files(d);
	fault_vfs_arm(kind, nth);
	replica_desk_link(d);
	e = open_synced(d, &info);
	if (e == ERR_OK)
		e = replica_sync(d->r, &report, &d->link, &info);
	if (d->link.peers[0].state == LINK_DROPPED)
		fail_msg("%s at change %zu: the peer is blamed: %s", kinds[kind], nth, info.detail);
	if (e != ERR_OK && (!fault_vfs_struck() || strlen(info.detail) < 5 || strchr(info.detail, '\n') != NULL))
		fail_msg("%s at change %zu: error %d '%s'", kinds[kind], nth, (int)e, info.detail);
	if (e != ERR_OK && e != ERR_IO && e != ERR_DISK_FULL)
		fail_msg("%s at change %zu: error %d '%s'", kinds[kind], nth, (int)e, info.detail);
	replica_desk_close(d);
	return report.height;
}

static void check_whole(struct replica_desk *d, uint64_t told, const char *kind, size_t nth)
{
	uint64_t blocks, txs, bad;
	struct replica_status st;
	struct replica_log log;
	struct err_info info = {0};
	enum err e = replica_desk_open(d, &info);

	if (e == ERR_OK)
		e = replica_status(d->r, &st, &info);
	if (e == ERR_OK)
		e = replica_verify(d->r, &blocks, &txs, &bad, NULL, &info);
	if (e != ERR_OK)
		fail_msg("%s at change %zu: afterwards error %d '%s'", kind, nth, (int)e, info.detail);
	if (st.height < told || blocks != st.height)
		fail_msg("%s at change %zu: told %d, holds %d, verifies %d", kind, nth, (int)told, (int)st.height,
			 (int)blocks);
	e = replica_desk_sync(d, NULL, &info);
	if (e == ERR_OK)
		e = replica_verify(d->r, &blocks, &txs, &bad, NULL, &info);
	if (e == ERR_OK)
		e = replica_log_verify(d->r, &log, &d->s.anna.id, &info);
	if (e != ERR_OK || blocks != d->s.chain.count || log.count < 4)
		fail_msg("%s at change %zu: does not go on: error %d '%s'", kind, nth, (int)e, info.detail);
	replica_desk_close(d);
}

/* Until the fault finds no place any more; returns the first that is none. */
static size_t strike_everywhere(struct replica_desk *d, enum fault_kind kind)
{
	size_t step = getenv("EVERY_PLACE") != NULL ? 1 : STEP;

	for (size_t nth = step == 1 ? 1 : (size_t)kind;; nth += step) {
		uint64_t told = run(d, kind, nth);
		bool struck = fault_vfs_struck();

		if (kind == FAULT_POWER_DROP || kind == FAULT_POWER_TORN)
			fault_vfs_power_cut();
		fault_vfs_arm(FAULT_NONE, 0);
		check_whole(d, told, kinds[kind], nth);
		if (!struck)
			return nth;
	}
}

static void strike(bool full)
{
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	struct replica_desk d;

	replica_desk_init(&d, 5, full);
	fake_peer_page(d.peer, 1);
	fault_vfs_register();
	sqlite3_vfs_register(sqlite3_vfs_find(FAULT_VFS), 1);
	for (int kind = FAULT_ERROR_ONCE; kind <= FAULT_POWER_TORN; kind++) {
		size_t places = strike_everywhere(&d, (enum fault_kind)kind);

		assert_true(places > 40);
		print_message("# %s: less than %zu places\n", kinds[kind], places);
	}
	sqlite3_vfs_register(usual, 1);
	replica_desk_release(&d);
}

static void test_full(void **state) { strike(true); }
static void test_light(void **state) { strike(false); }

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_full), cmocka_unit_test(test_light)};

	if (crypto_start(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
