/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that lies, for tests of clients: medlockd with `--fault NAME=VALUE` before or after everything else.
 *
 *	withhold-event=N   event N of every account is left out      flip-event=1   the last byte of each event changes
 *	flip-proof=1       a byte of every proof changes             drop-proof=1   proofs come empty
 *	refuse-row=1       no row is there for anybody               forget-tx=1    transactions are "in a block", and lost
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chain/node/node.h"
#include "core/base/text.h"

static bool fault_set(struct node_faults *f, const char *text)
{
	const char *value = strchr(text, '=');
	size_t len = value == NULL ? 0 : (size_t)(value - text);
	uint64_t number;

	if (value == NULL || parse_u64(&number, bytes_str(value + 1), INT64_MAX) != ERR_OK)
		return false;
	if (strncmp(text, "withhold-event", len) == 0)
		f->withhold_event = number;
	else if (strncmp(text, "flip-event", len) == 0)
		f->flip_event = number != 0;
	else if (strncmp(text, "flip-proof", len) == 0)
		f->flip_proof = number != 0;
	else if (strncmp(text, "drop-proof", len) == 0)
		f->drop_proof = number != 0;
	else if (strncmp(text, "refuse-row", len) == 0)
		f->refuse_row = number != 0;
	else if (strncmp(text, "forget-tx", len) == 0)
		f->forget_tx = number != 0;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct node_faults faults = {0};
	int kept = 1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--fault") != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (i + 1 >= argc || !fault_set(&faults, argv[i + 1])) {
			fprintf(stderr, "medlockd-faulty: --fault takes NAME=VALUE\n");
			return 2;
		}
		i++;
	}
	return node_main(kept, argv, &faults);
}
