# SPDX-License-Identifier: Apache-2.0
# Helpers of the tests that drive the screens in a real terminal (tmux): keys go in one after the other, and nothing is looked
# at before the program says that it has handled them all and that no work is left.  Source it after lib.sh.
SESSIONS=0 # each one on a socket of its own: a server that is still ending takes no new one
TMUX_SOCKET=$T/tmux-0
MARKS=$T/marks
KEYS=0
export XDG_CONFIG_HOME=$T/config

in_tmux() { env -u TMUX tmux -S "$TMUX_SOCKET" -f /dev/null "$@"; }

# screens_open COLUMNSxROWS [VARIABLE=VALUE…] [-- COMMAND] ARGUMENTS…: medlock COMMAND (tui) with them; VARIABLE=VALUE are its
# environment.
screens_open() {
	local size=$1 environment=() command=tui
	shift
	while [[ ${1:-} == [A-Z]*=* ]]; do
		environment+=("$1")
		shift
	done
	if [ "${1:-}" = -- ]; then
		command=$2
		shift 2
	fi
	KEYS=0
	SESSIONS=$((SESSIONS + 1))
	TMUX_SOCKET=$T/tmux-$SESSIONS
	rm -f "$MARKS" "$T/ended"
	in_tmux -u new-session -d -x "${size%x*}" -y "${size#*x}" -s screens \
		"env LC_ALL=C.UTF-8 ${environment[*]:-} '$MEDLOCK' $command --marks '$MARKS' $* 2>'$T/screens.err'; echo \$? >'$T/ended'; cat"
	in_tmux set-option -g status off >/dev/null 2>&1
	settled || not_ok "the screens open" "$(head -n 3 "$T/screens.err")" "$(shown | head -n 5)"
}
screens_close() { in_tmux kill-server 2>/dev/null; }

handled() { [ "$(cat "$MARKS" 2>/dev/null)" = "$(printf '%020d idle' "$KEYS")" ]; }
settled() { await 40 handled; }
# keys KEY…: names of tmux, each one key; the next when what the one before began is done.
keys() {
	for key in "$@"; do
		in_tmux send-keys -t screens "$key"
		KEYS=$((KEYS + 1))
		settled || not_ok "keys are handled" "sent $KEYS: $*" "marks: $(cat "$MARKS" 2>/dev/null)"
	done
}
# typed TEXT: ASCII, each letter one key.
typed() {
	in_tmux send-keys -t screens -l "$1"
	KEYS=$((KEYS + ${#1}))
	settled || not_ok "letters are handled" "$1"
}
shown() { in_tmux capture-pane -p -t screens; }
has() { shown | grep -qF -- "$1"; }
hasnt() { ! has "$1"; }
# shows NAME TEXT: the text stands on the screen, or comes within ten seconds: what others do takes a block.
shows() {
	if await 10 has "$2"; then ok "$1"; else not_ok "$1" "'$2' is not shown" "$(shown | head -n 24)"; fi
}
shows_not() {
	if hasnt "$2"; then ok "$1"; else not_ok "$1" "'$2' is shown" "$(shown | head -n 24)"; fi
}
# The line that the confirmation shows, in one piece.
line_shown() { shown | tr -s ' \n' ' ' | sed -n 's/.*Same as: medlock //p' | sed 's/ This gives.*//; s/ y does it.*//; s/ Type .*//'; }
