#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Open a 100 MB record of one's own from the cache, beside the age program on the same file.
. tests/bench/lib.sh

size=$((100 * 1000 * 1000))
start_once() { timed "$MEDLOCK" -C "$anna" key status; }
export_once() {
	rm -f "$T/plain"
	timed "$MEDLOCK" -C "$anna" record export "$record" --out "$T/plain"
}
age_once() {
	rm -f "$T/plain"
	timed age -d -i "$T/identity" -o "$T/plain" "$T/record.age"
}

world_up
anna=$(home_of anna)
openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 -in /dev/zero 2>"$T/null" | head -c $size >"$T/scan"
as jansen deposit put "$T/scan" --owner anna --category IMG --json
[ "$RC" -eq 0 ] || { head -n 1 "$ERR" >&2; exit 1; }
record=$(value .record)
as anna record export "$record" --out "$T/first"
as anna record export "$record" --encrypted --out "$T/record.age"
as anna key export --out "$T/identity"
head_row
passes start_once || exit 1
start=$BEST
row "start and unlock" ms "$BEST" "$MEDIAN" "$CALIBRATION"
age=''
if command -v age >/dev/null; then
	passes age_once || exit 1
	age=$BEST
	row "age -d of 100 MB" ms "$BEST" "$MEDIAN" "$CALIBRATION"
else
	echo "no age program to compare with"
fi
passes export_once || exit 1
cmp -s "$T/plain" "$T/scan" || { echo "the bytes differ" >&2; exit 1; }
row "record export of 100 MB" ms "$BEST" "$MEDIAN" "${age:+$(ratio "$BEST" "$age" 'age -d')}"
less() { awk -v a="$1" -v b="$start" 'BEGIN { printf "%.1f", a - b }'; }
row "  of which not start and unlock" ms "$(less "$BEST")" "$(less "$MEDIAN")" \
	"${age:+$(ratio "$(less "$BEST")" "$age" 'age -d')}"
rm -f "$T/plain"
fact "  resident memory" "$(peak "$MEDLOCK" -C "$anna" record export "$record" --out "$T/plain")" MiB
fact "  resident memory of key status" "$(peak "$MEDLOCK" -C "$anna" key status)" MiB
