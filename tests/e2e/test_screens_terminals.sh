#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The same screens on other terminals, sizes and locales; resized, suspended, hung up on; nothing stays on the terminal.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
anna=$(home_of anna)
for term in xterm-256color tmux-256color linux vt100; do
	screens_open 80x24 TERM=$term -C "$anna"
	shows "TERM=$term: the overview" "Recovery card"
	keys 2 3 4 '?'
	shows "TERM=$term: help" "Find:"
	keys Escape
	in_tmux send-keys -t screens q
	await 5 test -s "$T/ended" && [ "$(cat "$T/ended")" = 0 ] && ok "TERM=$term: leaves with 0" || not_ok "TERM=$term: leaves with 0" "$(cat "$T/ended" 2>/dev/null)"
	shows_not "TERM=$term: nothing stays" "Recovery card"
	screens_close
done
screens_open 80x24 LC_ALL=C -C "$anna"
shows "LC_ALL=C: lines are drawn in ASCII" "----------"
screens_close
screens_open 80x24 NO_COLOR=1 -C "$anna"
shows "NO_COLOR: the overview" "Recovery card"
screens_close
screens_open 60x20 -C "$anna"
shows "60x20: one pane" "Overview"
for round in $(seq 20); do
	for size in 120x40 80x24 20x5 61x21 200x60 59x19 80x24; do
		in_tmux resize-window -t screens -x "${size%x*}" -y "${size#*x}"
	done
done
await 10 has "Recovery card" && ok "resized it draws anew" || not_ok "resized it draws anew" "$(shown)"
in_tmux resize-window -t screens -x 40 -y 10
shows "too small it says so" "60 columns"
in_tmux resize-window -t screens -x 80 -y 24
shows "and comes back" "Recovery card"
keys L
shows "locked it shows nothing of hers" "Locked."
shows_not "no record, no name of a rule" "Recovery card"
keys Enter
shows "the passphrase file opens it again" "Recovery card"
pid=$(pgrep -f "tui --marks $MARKS" | head -n 1)
kill -HUP "$pid"
await 5 test -s "$T/ended" && ok "hung up on it ends" || not_ok "hung up on it ends"
screens_close

run env TERM=no-such-terminal "$MEDLOCK" tui -C "$anna"
expect 0 "an unknown terminal gets lines of words"
printf 'My sharing\nWho looked\nq\n' | TERM=dumb timeout 60 "$MEDLOCK" tui -C "$anna" >"$OUT" 2>"$ERR"
RC=$?
expect 0 "TERM=dumb: lines of words"
check "which say the pages" grep -q "^Who looked" "$OUT"
check "without a byte that moves a cursor" test -z "$(tr -d '\11\12\40-\176\200-\377' <"$OUT")"
