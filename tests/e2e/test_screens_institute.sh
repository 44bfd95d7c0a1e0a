#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# okafor asks for anna's records at the screens and reads a result over time; haddad reads in an emergency and writes the review.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
records=$REPOSITORY/assets/demo/records/anna
for file in labs-2026-06-16 labs-2026-09-15; do as vos deposit put "$records/$file.json" --owner anna; done
printf '%%PDF-1.4\nletter\n' >"$T/letter.pdf"
as vos deposit put "$T/letter.pdf" --owner anna --category DOC
as anna consent add --permit --who okafor --purpose TREAT --now

screens_open 80x24 -C "$(home_of okafor)"
shows "nothing needs okafor yet" "Nothing needs you now."
keys 2 s
shows "a request without a patient says what is missing" "Say whose records"
keys Enter
typed nobody
keys Enter
shows "somebody unknown is said at once" "Nobody in your book"
keys Enter BSpace BSpace BSpace BSpace BSpace BSpace
typed anna
keys Enter
shows "the patient is found" "Patient  anna ("
shows "and what she will see is said" "You, your organisation, the time,"
keys s
shows "the request is sent and answered" "granted full"
keys Escape 1
shows "today has the open request" "anna: 3 records, for treatment"
keys 3 Enter
shows "the summary counts its sections" "Results (16)"
keys G
shows "files of other kinds are below" "Others, one by one (1)"
keys Enter
shows "and open by themselves" "This is a PDF document"
keys Escape /
typed HbA1c
keys Enter
shows "a result is told over time" "Over time:"
shows "with its source" "Deposited by vos"
keys F
shows "the record as it was deposited" "resourceType"
keys Escape Escape 1 Enter c
shows "to end a request is asked" "End your access to the records of anna now?"
keys Enter
shows "Enter confirms nothing" "y does it"
keys y
screens_close
as okafor request list --json
json "the request is closed" '.requests[0].state == "closed"'

anna=$("$MEDLOCK" -C "$(home_of anna)" key status --json | jq -r .account)
screens_open 80x24 -C "$(home_of haddad)"
keys 4 Enter
typed anna
keys Enter j Space s
shows "an emergency is attested" "Tick the sentence"
keys j j j Space s
shows "and told what it is" "Read the records of anna without consent?"
typed 0000
keys Enter
as anna log list
if grep -q EMERGENCY "$OUT"; then not_ok "other digits open nothing"; else ok "other digits open nothing"; fi
keys Escape s
typed "${anna:0:4}"
keys Enter
shows "the patient's own digits do" "EMERGENCY"
keys Escape 1
shows "the review is owed" "your review of the emergency"
keys v Enter
typed "unconscious after a fall; read the allergies"
keys Enter s y
keys Escape 1
shows "and written" "Nothing needs you now."
screens_close
as anna mail list
if grep -q "after a fall" "$OUT"; then ok "anna has the review"; else not_ok "anna has the review" "$(cat "$OUT")"; fi
