#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# anna by lines of words alone: what needs her, a rule with its preview, its undo, an answer, stop all.
. tests/e2e/lib.sh

# plain NAME LINE…: one line after the other at that person's plain screens.
plain() {
	local who=$1
	shift
	printf '%s\n' "$@" q | timeout 100 "$MEDLOCK" --plain-ui -C "$(home_of "$who")" >"$OUT" 2>"$ERR"
	RC=$?
}
says() { if grep -qF -- "$2" "$OUT"; then ok "$1"; else not_ok "$1" "not said: $2" "$(tail -n 12 "$OUT")"; fi; }

world_up
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/labs-2026-09-15.json" --owner anna
plain anna
expect 0 "the overview"
says "says what needs her" "Needs your attention (1)"
plain anna "My sharing" new 1 "GP practice West" sign
says "the preview says what the rule means" "Allow GP practice West to read everything"
says "the line is said" "Same as: medlock consent add --permit --who 'GP practice West' --purpose TREAT"
says "an empty line confirms nothing" "y does it."
plain anna "My sharing" new 1 "GP practice West" sign "" 
as anna consent show --json
json "nothing was sent without y" '.rules == []'
plain anna "My sharing" new 1 "GP practice West" sign y undo
says "a wider rule waits and is undone" "Nothing was sent."
as anna consent show --json
json "undone it was not sent" '.rules == []'
as anna consent add --ask --who okafor --purpose TREAT --now
as okafor request new --owner anna --purpose TREAT
plain anna Overview 1 once y
says "an ask is answered" "Answered from block"
as okafor request list --json
json "okafor has it" '[.requests[].records[] | select(.decision == "granted")] | length == 1'
plain anna "My sharing" "stop all" y
says "stop all" "All sharing is paused"
plain anna "Who looked" "/okafor" 1
says "a receipt" "Receipt "
plain jansen Deposits new 1 "$REPOSITORY/assets/demo/records/anna/labs-2026-09-15.json" 2 anna
says "a form says what it would do" "values are dropped"
plain jansen Ceremonies 1 "$WORLD/ceremony/root.key" 2 "$T/issuing.pem" new y "$(cat "$WORLD/root-passphrase")"
says "what is asked on the way is answered by a line" "New issuing certificate in"
check "and done" test -s "$T/issuing.pem"
plain anna "no such thing" "$(head -c 3000 /dev/zero | tr '\0' x)" 99999
expect 0 "nonsense is told so"
says "a long line is refused" "That is too long."
says "an unknown word" "is nothing that can be done here"
says "a number that is not there" "There is no such number here."
