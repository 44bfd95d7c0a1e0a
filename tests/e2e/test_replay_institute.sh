#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What clinicians and a researcher do at their screens, done again by the lines that they print.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
. tests/e2e/replay.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

holds() {
	local who
	as anna log list --json
	jq -c '.events[] | [.kind, .purpose, .emergency, [.records[]?.decision]]' "$OUT"
	as anna log questions --json
	jq -c '.questions[] | [.text, .answer]' "$OUT"
	as anna mail list --json
	jq -c '[.letters[]? | [.kind, .from]]' "$OUT"
	for who in okafor haddad lind; do
		as "$who" request list --json
		jq -c '.requests[] | [.purpose, .emergency, .state, [.records[] | [.decision, .form]]]' "$OUT"
	done
	as okafor request new --owner 'a new patient' --purpose TREAT --dry-run
	echo "$RC"
	as okafor enrolment status --json
	jq -c '[.state, .profile]' "$OUT"
}

world_up
records=$REPOSITORY/assets/demo/records/anna
for file in labs-2026-06-16 medicines; do as vos deposit put "$records/$file.json" --owner anna; done
as anna consent add --permit --who okafor --purpose TREAT --now
as okafor request new --owner anna --purpose TREAT
as anna log list --json
as anna log ask "$(value '[.events[] | select(.kind == "access_request")][0].n')" --text "Why did you look?"
quietly 0 "anna asks"
as haddad request new --owner anna --purpose BTG --emergency --reason unconscious
as anna consent add --permit --who lind --purpose HRESCH --form deid --now
as anna contact card --json
card=$(value .card)
twins_begin

at okafor
keys 2 f Enter
typed "a new patient"
keys Enter j Enter
typed "$card"
keys Enter s
keys Escape 2 Enter
typed anna
keys Enter j Enter
typed 2026-01-01
keys Enter s
shows "a request for a year is answered" "granted full"
keys Escape 1 r Enter
typed "Your GP practice asked me to."
keys Enter s y
keys Escape Escape 1 j c y
shows "an older request is closed" "1 record"
keys 5 x Escape r
shows "a renewal is asked about" "y does it"
keys y 6 v
shows "the own log is whole" "are here and unchanged"
away

at haddad
keys 1 v Enter
typed "unconscious after a fall"
keys Enter s y
shows "the review is written" "closed"
keys 4 Enter
typed anna
keys Enter j Space j j j Space s
typed "$(account_of anna | cut -c1-4)"
keys Enter
shows "an emergency opens the records" "EMERGENCY"
away

at lind
keys 4 c
shows "a count" "ecords"
keys Escape n Enter
typed anna
keys Enter s
shows "a request without names is answered" "granted deid"
away
twins_end holds
