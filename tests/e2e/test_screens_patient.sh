#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# anna at her screens: who looked, a rule with its preview, its undo, its line replayed elsewhere, stop all.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
records=$REPOSITORY/assets/demo/records/anna
as jansen deposit put "$records/mental-health.json" --owner anna
as jansen deposit put "$records/labs-2026-09-15.json" --owner anna
as haddad request new --owner anna --purpose BTG --emergency --reason unconscious
screens_open 80x24 -C "$(home_of anna)"
shows "the overview says what needs her" "EMERGENCY access"
shows "and how many records there are" "Records                2"
keys Enter
shows "the emergency is first among who looked" "Look at these first (1)"
shows "with its receipt" "Person       haddad"
keys 3
has "haddad" && ok "the tab shows it too" || not_ok "the tab shows it too" "$(shown)"

keys 2 n Enter
typed "GP practice West"
keys Enter
shows "the preview counts on real records" "okafor"
keys j j j j Space j Space
shows "what is kept back is in the sentence" "Do not let GP"
keys s
line=$(line_shown)
check "the act is a line ($line)" test "$line" = "consent add --permit --who 'GP practice West' --purpose TREAT --except MH --except PSY --until $(date -u -d '+365 days' +%Y-%m-%d) --now"
keys Enter
shows "Enter confirms nothing" "y does it"
keys y
shows "what widens waits" "u takes it back"
keys u
shows "and is taken back" "Nothing was sent"
keys n Enter
typed "GP practice West"
keys Enter s y
shows "once more it waits" "u takes it back"
pkill -9 -f "tui --marks $MARKS"
await 5 test -s "$T/ended" && ok "killed in the wait" || not_ok "killed in the wait"
screens_close
as anna consent show --json
json "nothing was sent" '.rules == []'

eval "as anna $line"
expect 0 "its line does it on the command line"
as okafor request new --owner anna --purpose TREAT --json
expect 0 "okafor gets what the rule gives"
json "and nothing of mental health" '[.records[] | select(.decision == "granted")] | length == 1'

screens_open 80x24 -C "$(home_of anna)"
keys 2 Z y
shows "stop all is at once" "All sharing is paused"
screens_close
as okafor request new --owner anna --purpose TREAT
expect 5 "and nobody gets anything"
as anna consent show --json
json "the ledger says so" '.paused'
