/* SPDX-License-Identifier: Apache-2.0 */
/* The peer daemon as a library: what medlockd's commands do, and the running node.
 *
 * main.c parses the command line and calls these; tests/net/medlockd_faulty.c does the same with faults set.
 * docs/formats/peer-home.md describes the home, docs/formats/peer-api.md what is served, docs/OPERATING.md how
 * to run it.
 */
#ifndef MEDLOCK_NODE_NODE_H
#define MEDLOCK_NODE_NODE_H

#include "chain/proto/limits.h"
#include "core/base/buf.h"
#include "core/base/log.h"

#define NODE_DRAIN_MS 5000 /* at SIGTERM: what is queued becomes durable within this */

/* Wrong on purpose: NULL in the real program. */
struct node_faults {
	uint64_t withhold_event;  /* leave out event n of every account, and shorten the list; 0: none */
	bool flip_event;          /* change a byte of the last event served */
	bool flip_proof;          /* change a byte of every proof */
	bool drop_proof;          /* answer proofs with an empty one */
	bool refuse_row;          /* answer that there is nothing, whichever row is asked for */
	bool forget_tx;           /* say that a transaction is in the newest block, and drop it */
};

struct node_init_options {
	const char *home, *listen, *url, *engine, *chain_id;
	const char *const *authorities; /* files with a card: canonical GenesisAccount */
	size_t authority_count;
	const char *const *operators;
	size_t operator_count;
	const char *const *auditors;
	size_t auditor_count;
	const char *passphrase_file;
};

/* Make a new home; prints {network, pin, url, account} as one JSON line into ret_json.  ERR_DUPLICATE when
 * there is one
 * already.  Half a home is removed again.
 */
enum err node_init(struct buf *ret_json, const struct node_init_options *options, struct err_info *info) MUST_USE;

struct node_run_options {
	const char *home;
	const char *passphrase_file; /* NULL: the config's */
	int ready_fd;                /* "ready PORT\n" is written and it is closed; -1: none */
	const struct clock *clock;
	const struct log *log;
	const struct node_faults *faults;
};

/* Serve until SIGTERM or SIGINT, or until the engine halts (then its error). */
enum err node_run(const struct node_run_options *options, struct err_info *info) MUST_USE;

/* Where the stored ledger stands, also beside a running daemon. */
enum err node_status(struct buf *ret, const char *home, bool json, struct err_info *info) MUST_USE;

/* What the home takes, how fast it grew, and when disk or blob quota are full at that pace; also beside a running daemon.
 * The pace is that of the last 30 days: of the ledger by block times, of blobs by the files' times.  With less than a day of
 * history there is none.  ret gets lines for people, or one line of JSON.
 */
enum err node_forecast(struct buf *ret, const char *home, const struct clock *clock, bool json,
		       struct err_info *info) MUST_USE;

/* Prove the store whole: ledger_check, each blob's hash, SQLite's integrity check.  Not beside a running daemon.
 * ret gets the report for people.  ERR_DAMAGED names the first bad height.
 */
enum err node_check(struct buf *ret, const char *home, struct err_info *info) MUST_USE;

/* A consistent copy of ledger.db (VACUUM INTO, also beside a running daemon), genesis, config and the sealed
 * keys into a
 * new folder; blobs are copied by hash.  restore makes a home of such a copy: it does not sign before
 * node_allow_signing was told the highest height that anybody has seen.
 */
enum err node_backup(const char *home, const char *to, struct err_info *info) MUST_USE;
enum err node_restore(const char *home, const char *from, struct err_info *info) MUST_USE;
enum err node_allow_signing(const char *home, uint64_t highest_seen, struct err_info *info) MUST_USE;

/* The command line of medlockd: parses, runs, prints; returns the exit status. */
int node_main(int argc, char **argv, const struct node_faults *faults);

#endif
