#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program's own sync of a small network, from its first block to the newest, with start and unlock: what a person waits
# for.  bench_replica measures the sync of a long chain.
. tests/bench/lib.sh

changes=${BENCH_CHANGES:-40}
start_once() { timed "$MEDLOCK" -C "$(home_of anna)" key status; }
sync_once() { # NAME: the profile as it was before the changes
	rm -rf "$T/copy"
	cp -a "$T/before-$1" "$T/copy"
	timed "$MEDLOCK" -C "$T/copy" sync --passphrase-file "$(home_of "$1")/passphrase" --json
}
change_once() {
	change=$([ "${change:-resume}" = resume ] && echo pause || echo resume)
	timed "$MEDLOCK" -C "$(home_of anna)" consent "$change"
}

world_up
for who in anna jansen; do cp -a "$(home_of $who)" "$T/before-$who"; done
for ((i = 0; i < changes; i++)); do
	change_once || exit 1
done
as jansen ledger status --json
head_row
fact "blocks" "$(value .height)" ''
passes start_once || exit 1
start=$BEST
row "start and unlock" ms "$BEST" "$MEDIAN" "$CALIBRATION"
passes change_once || exit 1
row "one change of consent, command to block" ms "$BEST" "$MEDIAN" "$(ratio "$BEST" "$start" 'start and unlock')"
passes sync_once anna || exit 1
row "light replica to the newest block" ms "$BEST" "$MEDIAN" "$(ratio "$BEST" "$start" 'start and unlock')"
passes sync_once jansen || exit 1
row "full replica to the newest block" ms "$BEST" "$MEDIAN" "$(ratio "$BEST" "$start" 'start and unlock')"
