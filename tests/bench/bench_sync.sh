#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A light and a full replica of a small network, brought from their first block to the newest.
. tests/bench/lib.sh

changes=${BENCH_CHANGES:-40}
fresh() { # NAME: the profile as it was before the changes, synced
	rm -rf "$T/copy"
	cp -a "$T/before-$1" "$T/copy"
}
sync_once() {
	fresh "$1"
	start=${EPOCHREALTIME/./}
	"$MEDLOCK" -C "$T/copy" sync --passphrase-file "$(home_of "$1")/passphrase" --json >"$OUT" 2>"$ERR" || exit 1
	echo $((${EPOCHREALTIME/./} - start))
}
best_sync() {
	for _ in 1 2 3; do sync_once "$1"; done | sort -n | head -n 1 | awk '{ printf "%.1f", $1 / 1000 }'
}

world_up
for who in anna jansen; do cp -a "$(home_of $who)" "$T/before-$who"; done
begin=${EPOCHREALTIME/./}
for ((i = 0; i < changes; i++)); do
	if [ $((i % 2)) -eq 0 ]; then as anna consent pause; else as anna consent resume; fi
	[ "$RC" -eq 0 ] || { head -n 1 "$ERR" >&2; exit 1; }
done
row "one change of consent, command to block, ms" "$(awk -v us=$((${EPOCHREALTIME/./} - begin)) -v n="$changes" 'BEGIN { printf "%.1f", us / n / 1000 }')"
idle=$(best 3 "$MEDLOCK" -C "$(home_of anna)" key status)
row "start and unlock, ms" "$idle"
as jansen ledger status --json
row "blocks" "$(value .height)"
light=$(best_sync anna) full=$(best_sync jansen)
row "light replica to the newest block, ms" "$light" "$(ratio "$light" "$idle" 'start and unlock')"
row "full replica to the newest block, ms" "$full" "$(ratio "$full" "$light" 'the light one')"
