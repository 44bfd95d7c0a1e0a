#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Open a 100 MB record of one's own from the cache, beside the age program on the same file.
. tests/bench/lib.sh

size=$((100 * 1000 * 1000))
export_once() {
	rm -f "$T/plain"
	"$MEDLOCK" -C "$anna" record export "$record" --out "$T/plain"
}
age_once() {
	rm -f "$T/plain"
	age -d -i "$T/identity" -o "$T/plain" "$T/record.age"
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
start=$(best 3 "$MEDLOCK" -C "$anna" key status) || exit 1
ours=$(best 5 export_once) || exit 1
cmp -s "$T/plain" "$T/scan" || { echo "the bytes differ" >&2; exit 1; }
row "start and unlock, ms" "$start"
if command -v age >/dev/null; then
	theirs=$(best 5 age_once) || exit 1
	row "age -d of 100 MB, ms" "$theirs"
	row "record export of 100 MB, ms" "$ours" "$(ratio "$ours" "$theirs" 'age -d')"
	row "  of which not start and unlock, ms" "$(awk -v a="$ours" -v b="$start" 'BEGIN { printf "%.1f", a - b }')" \
		"$(awk -v a="$ours" -v b="$start" -v c="$theirs" 'BEGIN { printf "%8.2f of age -d", (a - b) / c }')"
else
	row "record export of 100 MB, ms" "$ours" "no age program to compare"
fi
rm -f "$T/plain"
row "  resident memory, MiB" "$(peak "$MEDLOCK" -C "$anna" record export "$record" --out "$T/plain")"
row "  resident memory of key status, MiB" "$(peak "$MEDLOCK" -C "$anna" key status)"
