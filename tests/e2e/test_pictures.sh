#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every screen as a picture: the same bytes each time, at the size asked for, and those of the documentation as they are drawn now.
. tests/e2e/lib.sh

run "$MEDLOCK" demo --screenshot list
expect 0 "the list of screens"
mapfile -t names <"$OUT"
check "names every screen (${#names[@]})" test "${#names[@]}" -ge 30
wrong=""
for name in "${names[@]}"; do
	"$MEDLOCK" demo --screenshot "$name" --size 80x24 >"$T/once" 2>"$T/null" || wrong="$wrong $name"
	TZ=Asia/Tokyo LC_ALL=C TERM=dumb "$MEDLOCK" demo --screenshot "$name" --size 80x24 >"$T/again"
	cmp -s "$T/once" "$T/again" || wrong="$wrong $name"
	[ "$(wc -l <"$T/once")" -eq 24 ] || wrong="$wrong $name(rows)"
done
check "each is the same in another time zone, locale and terminal" test -z "$wrong"
[ -z "$wrong" ] || echo "# not so:$wrong"
run "$MEDLOCK" demo --screenshot patient-overview --svg
check "an SVG is well-formed enough to begin and end" grep -q '</svg>' "$OUT"
run tests/pictures "$MEDLOCK" compare
expect 0 "the pictures of the documentation are those that the program draws"
run "$MEDLOCK" demo --screenshot no-such-screen
expect 6 "a screen that is not there"
for size in 0x0 80 80x 9999x1 80x24x2 -1x5 ax24; do
	run "$MEDLOCK" demo --screenshot people --size "$size"
	quietly 2 "size $size is refused"
done
ok "sizes that are none are refused"
