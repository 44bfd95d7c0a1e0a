/* SPDX-License-Identifier: Apache-2.0 */
/* Our structs as comet.proto's messages: views for packing, and back with all checks.  Inside chain/proto.
 *
 * A wired struct holds a message and the embedded messages it points to; its bytes fields point into the source, which
 * must outlive it and not move.
 */
#ifndef MEDLOCK_PROTO_BLOCK_WIRE_H
#define MEDLOCK_PROTO_BLOCK_WIRE_H

#include "chain/proto/block.h"
#include "chain/proto/comet.pb-c.h"
#include "chain/proto/wire_bounded.h"

struct wired_id {
	Comet__BlockID m;
	Comet__PartSetHeader parts;
};
struct wired_header {
	Comet__Header m;
	Comet__Version version;
	Comet__Timestamp time;
	struct wired_id last;
};
struct wired_sig {
	Comet__CommitSig m;
	Comet__Timestamp time;
};
struct wired_commit {
	Comet__Commit m;
	struct wired_id id;
	struct wired_sig sigs[VALIDATORS_MAX];
	Comet__CommitSig *list[VALIDATORS_MAX];
};

Comet__Timestamp wire_time(struct block_time t);
void wire_id(struct wired_id *ret, const struct block_id *id);
void wire_header(struct wired_header *ret, const struct block_header *h);
void wire_sig(struct wired_sig *ret, const struct commit_sig *s);
void wire_commit(struct wired_commit *ret, const struct commit *c);

enum err unwire_id(struct block_id *ret, const Comet__BlockID *m) MUST_USE; /* NULL: zero */
enum err unwire_header(struct block_header *ret, const Comet__Header *m) MUST_USE;
enum err unwire_commit(struct commit *ret, const Comet__Commit *m) MUST_USE;

#endif
