# SPDX-License-Identifier: Apache-2.0
# The main story of each person at the screens, from start to finish, on the terminal that ON says (VARIABLE=VALUE…); $ABOUT is
# put before what is told.  Source it after lib.sh and screens.sh, in a world that stories_up made.
ON=()
ABOUT=

stories_up() {
	command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }
	world_up
	records=$REPOSITORY/assets/demo/records/anna
	for file in labs-2026-06-16 labs-2026-09-15 medicines; do as vos deposit put "$records/$file.json" --owner anna; done
	as jansen deposit put "$records/mental-health.json" --owner anna
	as haddad request new --owner anna --purpose BTG --emergency --reason unconscious
}

# on_each_terminal STORY: on each terminal and in each locale that is promised; dumb ones get the lines of plain mode.
on_each_terminal() {
	local pair
	for pair in xterm-256color/C.UTF-8 tmux-256color/C.UTF-8 linux/C.UTF-8 vt100/C.UTF-8 xterm-256color/C vt100/C; do
		ON=(TERM="${pair%/*}" LC_ALL="${pair#*/}")
		ABOUT="$pair: "
		"$1"
	done
	for pair in dumb/C.UTF-8 dumb/C; do
		ON=(TERM="${pair%/*}" LC_ALL="${pair#*/}")
		ABOUT="$pair: "
		"$1"_by_lines
	done
}

open_as() { screens_open 80x24 "${ON[@]}" -C "$(home_of "$1")"; }
# leave: q ends the program with 0, and nothing of the story stays on the terminal.
leave() {
	in_tmux send-keys -t screens q
	if await 5 test -s "$T/ended" && [ "$(cat "$T/ended")" = 0 ]; then ok "$ABOUT$1 leaves"; else not_ok "$ABOUT$1 leaves" "$(shown)"; fi
	hasnt medlock || not_ok "${ABOUT}nothing stays on the terminal" "$(shown | head -n 5)"
	screens_close
}
sees() { shows "$ABOUT$1" "$2"; }

# by_lines NAME LINE…: the same person in plain mode, one line after the other; what was said is in $OUT.
by_lines() {
	local who=$1
	shift
	printf '%s\n' "$@" q | env "${ON[@]}" timeout 100 "$MEDLOCK" tui -C "$(home_of "$who")" >"$OUT" 2>"$ERR"
	RC=$?
	[ "$RC" -eq 0 ] || not_ok "${ABOUT}lines of $who" "ended with $RC" "$(head -n 3 "$ERR")"
	check "${ABOUT}$who: no byte moves a cursor" test -z "$(tr -d '\11\12\40-\176\200-\377' <"$OUT")"
}
reads() { if grep -qF -- "$2" "$OUT"; then ok "$ABOUT$1"; else not_ok "$ABOUT$1" "not said: $2" "$(tail -n 12 "$OUT")"; fi; }

# ---- anna: who looked; a rule with its preview, its undo; stop all ----
story_patient() {
	open_as anna
	sees "the overview says what needs her" "Needs your attention"
	keys 3
	sees "who looked has the emergency first" "haddad"
	keys 2 n Enter
	typed "GP practice West"
	keys Enter
	sees "the preview counts on real records" "okafor"
	keys j j j j Space j Space
	sees "what is kept back is in the sentence" "Do not let GP"
	keys s
	sees "the question shows the line" "--except MH --except PSY"
	keys Enter
	sees "Enter confirms nothing" "y does it"
	keys y
	sees "what widens waits" "u takes it back"
	keys u
	sees "and is undone" "Nothing was sent"
	keys Escape Z y
	sees "all is stopped at once" "All sharing is paused"
	leave anna
	as anna consent show --json
	json "${ABOUT}the ledger says so, and no rule was sent" '.paused and .rules == []'
	as anna consent resume --now
	quietly 0 "${ABOUT}sharing goes on"
}
story_patient_by_lines() {
	by_lines anna "Who looked"
	reads "who looked has the emergency" "haddad"
	by_lines anna "My sharing" new 1 "GP practice West" sign "" sign y undo "stop all" y
	reads "the preview says what the rule means" "Allow GP practice West to read everything"
	reads "an empty line confirms nothing" "y does it."
	reads "what widens is undone" "Nothing was sent."
	reads "all is stopped at once" "All sharing is paused"
	as anna consent show --json
	json "${ABOUT}the ledger says so, and no rule was sent" '.paused and .rules == []'
	as anna consent resume --now
	quietly 0 "${ABOUT}sharing goes on"
}

# ---- okafor: a request, a medicine, a result over time ----
story_institute() {
	open_as okafor
	keys 2 Enter
	typed anna
	keys Enter
	sees "the patient is found" "Patient  anna ("
	keys s
	sees "the request is answered" "granted full"
	keys Escape 3 Enter
	sees "the summary counts its sections" "Medicines (4)"
	keys /
	typed Metformin
	keys Enter
	sees "the medicine stands with its dose" "500 mg"
	keys Escape /
	typed HbA1c
	keys Enter
	sees "a result is told over time" "Over time:"
	sees "with its source" "Deposited by vos"
	leave okafor
}
story_institute_by_lines() {
	by_lines okafor Request 1 anna send
	reads "the request is answered" "granted full"
	by_lines okafor Records 1 /Metformin
	reads "the medicine stands there" "etformin"
	by_lines okafor Records 1 /HbA1c '?1'
	reads "a result is told over time" "Over time:"
}

# ---- jansen and dewit: an enrolment by two, a certificate ended by two, how the peers learn it ----
new_officer() {
	OFFICER=$((${OFFICER:-0} + 1))
	NAME=$(printf 'S. Smit%s' "$(tr 0-9 a-j <<<"$OFFICER")")
	network_of anna
	(umask 077; printf 'correct horse battery\n' >"$T/phrase")
	run "$MEDLOCK" -C "$T/officer-$OFFICER" setup --mode officer --peer "$url" --pin "$pin" --name "$NAME" --passphrase-file "$T/phrase"
	quietly 0 "${ABOUT}setup of an officer"
}
serial_of() { as jansen ca list --json; value ".certificates[] | select(.name == \"$NAME\" and .state == \"$1\") | .serial"; }

story_ca() {
	new_officer
	open_as jansen
	typed "/$NAME"
	keys Enter Enter
	sees "a case shows what would be issued" "Would be issued"
	keys a Enter
	sees "Enter confirms nothing" "y does it"
	keys y
	sees "the first yes changes nothing yet" "nothing has changed yet"
	leave jansen
	open_as dewit
	keys Enter
	sees "dewit sees who entered it" "by jansen"
	keys a y
	sees "the second yes counts" "on the ledger in block"
	leave dewit
	check "${ABOUT}it is issued" test -n "$(serial_of valid)"
	open_as jansen
	keys 2
	typed "/$NAME"
	keys Enter R Down Down Space s
	line=$(line_shown)
	typed "${line: -4}"
	keys Enter
	sees "one alone ends nothing" "nothing has changed yet"
	leave jansen
	open_as dewit
	keys Enter a
	typed "${line: -4}"
	keys Enter
	sees "two do" "revoked, on the ledger in"
	leave dewit
	open_as jansen
	keys 3
	typed "/$NAME"
	keys Enter
	sees "the list has it" "$NAME"
	sees "and all peers know it" "1 of 1 peers"
	leave jansen
	check "${ABOUT}it is ended" test -n "$(serial_of revoked)"
}
story_ca_by_lines() {
	new_officer
	by_lines jansen "/$NAME" 1 approve y
	reads "the first yes changes nothing yet" "nothing has changed yet"
	by_lines dewit 1 approve y
	reads "the second yes counts" "on the ledger in block"
	check "${ABOUT}it is issued" test -n "$(serial_of valid)"
}
