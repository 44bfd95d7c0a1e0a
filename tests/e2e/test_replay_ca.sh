#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What two officers do at the desk's screens, done again by the lines that they print.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
. tests/e2e/replay.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

holds() {
	as jansen ca list --json
	jq -c '[.certificates[] | [.name, .profile, .state, .reason]] | sort[]' "$OUT"
	as jansen ca queue --json
	jq -c '[.queue[] | [.kind, .profile, .name]] | sort' "$OUT"
	rm -f "$T/decisions"*
	as jansen ca export --out "$T/decisions"
	jq -c '.rows[] | [.entry, .name, .profile, .reason]' "$T/decisions"
	as anna sync
	as anna record list --json
	jq -c '[.records[] | [.category, .labels, .forms]] | sort' "$OUT"
	as bram log list --json
	jq -c '[.events[].kind]' "$OUT"
}

# The second of two officers agrees to what she has looked at.
looks() {
	[[ "$1 $2 $3" =~ ^dewit\ ca\ (approve|revoke)$ ]] && as dewit ca show "$4"
}

world_up
network_of anna
(umask 077; printf 'correct horse battery\n' >"$T/phrase")
for name in "patient Zdenka Nova" "patient Old Request" "officer S. Smit"; do
	run "$MEDLOCK" -C "$T/new-${name##* }" setup --mode "${name%% *}" --peer "$url" --pin "$pin" --name "${name#* }" --passphrase-file "$T/phrase"
	quietly 0 "setup of $name"
done
mkdir "$T/made"
as jansen ca queue
twins_begin

at jansen
typed "/Nova"
keys Enter Enter a y
shows "a patient is approved" "on the ledger in block"
keys Escape Escape Escape 1
typed "/Old"
keys Enter Enter r Down Space s y
shows "another is rejected" "ejected"
keys Escape 1
typed "/Smit"
keys Enter Enter a y
shows "an officer is approved by one" "nothing has changed yet"
keys 2
typed "/Lind"
keys Enter H s
line=$(line_shown)
typed "${line: -4}"
keys Enter
shows "a hold by one changes nothing yet" "nothing has changed yet"
keys Escape 4 n Enter
typed "$REPOSITORY/assets/demo/records/anna/allergies.json"
keys Enter j Enter
typed anna
keys Enter s y
shows "a record is deposited" "registered in block"
keys 3 p
shows "the list is made anew" "Revocation list"
keys 6 e Enter
typed "$T/made/export"
keys Enter s
shows "the decisions are exported" "signed in"
keys v 7 K Enter
typed "$T/made/backup"
keys Enter s
shows "and backed up" "verified in the copy"
away

at dewit
typed "/officer"
keys Enter Enter a y
shows "the second yes issues it" "on the ledger in block"
keys Escape Escape Escape 1
typed "/hold"
keys Enter Enter a
typed "${line: -4}"
keys Enter
shows "the second yes holds it" "on the ledger in"
away

at jansen
keys 2
typed "/Lind"
keys Enter U s
line=$(line_shown)
typed "${line: -4}"
keys Enter
shows "to give it back takes two as well" "nothing has changed yet"
away
rm -rf "$T/made"
mkdir "$T/made"
twins_end holds
check "the lines exported too" test -s "$T/made/export.sig"
