#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a terminal, an operator or a stranger's text can do to the screens: never a crash, an act that nobody confirmed, a secret
# that stays, or a profile that is half written.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
anna=$(home_of anna)
pid_of_screens() { pgrep -f "tui --marks $MARKS" | head -n 1; }

# ---- a stranger's text ----
jq '.entry[0].resource.code.text = "Penicillin \u001b]0;OWNED\u0007\u001b[2J end"' "$REPOSITORY/assets/demo/records/anna/allergies.json" >"$T/hostile.json"
as jansen deposit put "$T/hostile.json" --owner anna
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/medicines.json" --owner anna
screens_open 80x24 -C "$anna"
keys 4 s
shows "a record with escape sequences in its text is shown" "Penicillin"
shows "they are signs on the screen" "]0;OWNED"
shows "and clear nothing" "Summary"
check "the window's title is not theirs" test "$(in_tmux display-message -p -t screens '#{pane_title}')" != OWNED
keys Escape Escape

# ---- pastes ----
head -c 1000000 /dev/urandom | tr -d '\033' >"$T/noise"
yes $'\033[31m\033]52;c;eHh4\a Z y 1 2 ' | head -c 1000000 >"$T/sequences"
keys 1
for kind in noise sequences; do
	in_tmux load-buffer -b "$kind" "$T/$kind"
	for place in page find field; do
		case $place in find) in_tmux send-keys -t screens / ;; field) in_tmux send-keys -t screens 2 n Enter ;; esac
		in_tmux paste-buffer -p -b "$kind" -t screens
	done
done
idle() { grep -q idle "$MARKS"; }
await 60 idle && ok "megabytes of noise and of sequences are swallowed" || not_ok "megabytes are swallowed" "$(cat "$MARKS")"
pid=$(pid_of_screens)
check "the program runs" test -n "$pid"
as anna consent show --json
json "and nothing was done" '.rules == [] and (.paused | not)'
screens_close

# ---- signals ----
screens_open 80x24 -C "$anna"
shows "the overview" "Recovery card"
pid=$(pid_of_screens)
for _ in $(seq 1000); do kill -WINCH "$pid"; done
for _ in $(seq 30); do
	in_tmux resize-window -t screens -x 61 -y 21
	in_tmux resize-window -t screens -x 80 -y 24
done
shows "a thousand changes of size later it draws" "Recovery card"
terminal_is() { [ "$(stty -F "$(in_tmux display-message -p -t screens '#{pane_tty}')" size)" = "$1" ]; }
kill -STOP "$pid"
in_tmux resize-window -t screens -x 61 -y 10
await 10 terminal_is "10 61"
in_tmux resize-window -t screens -x 80 -y 24
await 10 terminal_is "24 80"
kill -CONT "$pid"
shows "smaller and back while it was stopped: what the terminal lost is drawn again" "Recovery card"
in_tmux send-keys -t screens L
kill -STOP "$pid"
kill -CONT "$pid"
shows "stopped while it locks, it is locked afterwards" "Locked."
shows_not "and shows nothing" "Recovery card"
screens_close
run bash -c "exec '$MEDLOCK' tui -C '$anna' >&-"
check "without a standard output it ends by itself ($RC)" test "$RC" -ne 124 -a "$RC" -lt 128
run bash -c "exec '$MEDLOCK' tui -C '$anna' <&-"
check "without a standard input too ($RC)" test "$RC" -ne 124 -a "$RC" -lt 128

# ---- killed in the middle of an act ----
SEED=${SEED:-$RANDOM}
echo "# seed $SEED"
RANDOM=$SEED
as anna consent show --json
version=$(value .version)
whole=true
for round in $(seq 8); do
	screens_open 80x24 -C "$anna"
	keys 2 Z
	in_tmux send-keys -t screens y
	read -r -t "0.$(printf %03d $((RANDOM % 250)))" -u "$tick" || true # any moment will do
	pkill -9 -f "tui --marks $MARKS"
	await 5 test -s "$T/ended" || whole=false
	screens_close
	as anna consent show --json
	now=$(value .version)
	[ "$RC" -eq 0 ] && { [ "$now" -eq "$version" ] || [ "$now" -eq $((version + 1)) ]; } || { whole=false; not_ok "round $round" "version $version, then $now"; said; }
	as anna log verify
	[ "$RC" -eq 0 ] || { whole=false; not_ok "round $round: the list is whole"; said; }
	as anna consent resume --now
	[ "$RC" -eq 0 ] || [ "$RC" -eq 10 ] || { whole=false; not_ok "round $round: sharing goes on"; said; }
	as anna consent show --json
	version=$(value .version)
done
check "killed at eight moments of an act: it happened once or not at all" "$whole"
as anna doctor
expect 0 "and the profile is in order"
