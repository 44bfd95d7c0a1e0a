#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Letters: who read in an emergency tells the owner why, and she sees that it is what the ledger was promised; an institute
# deposits for a patient whose card it has.
. tests/e2e/lib.sh

world_up
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/allergies.json" --owner anna --json
as haddad request new --owner anna --purpose ETREAT --emergency --reason unconscious --json
expect 0 "an ambulance reads in an emergency"
request=$(value .request)
as haddad request list
check "and owes a review" grep -q 'you owe a review' "$OUT"
expect_error 2 "a review has words" haddad request review "$request" --text ""
as haddad request review "$request" --text "Found unconscious; read the allergies before giving penicillin." --json
expect 0 "the review ends it"
as haddad request review "$request" --text "Another story."
expect 10 "there is one review"
as anna mail list --json
json "anna reads it, as the ledger was promised" --arg r "$request" \
	'[.letters[] | select(.kind == "review" and .request == $r and .as_promised)] | length == 1'
json "and nothing that was not" '[.letters[] | select(.kind == "review" and (.as_promised | not))] | length == 0'
as anna mail list
check "in words" grep -q 'Found unconscious' "$OUT"
# What is not right in a record goes to who deposited it, and to nobody else.
as anna record list --json
record=$(value '.records[0].record')
as anna record report "${record:0:12}" --text "I am not allergic to nuts." --json
expect 0 "anna reports an error"
json "to who deposited it" --arg r "$record" --arg j "$(account_of jansen)" '.record == $r and .to == $j'
as jansen mail list --json
json "who reads which record it is" --arg r "$record" '[.letters[] | select(.kind == "report" and .record == $r and .text == "I am not allergic to nuts.")] | length == 1'
as jansen mail list
check "and how to correct it" grep -q "deposit amend ${record:0:12}" <(tr -s ' \n' ' ' <"$OUT")
expect_error 2 "a report has words" anna record report "${record:0:12}"
expect_error 2 "and no control characters" anna record report "${record:0:12}" --text $'a\tb'
expect_error 6 "of a record that is there" anna record report 000000000000 --text x
expect_error 6 "and one's own" okafor record report "${record:0:12}" --text x
as okafor mail list --json
json "others have no letter" '.letters | length == 0'

# Whom one does not know one cannot write to; a card makes somebody known.
as anna contact card --json
card=$(value .card)
expect_error 2 "half a card is none" vos contact add annie "${card%?}"
as vos contact add annie "$card"
expect 0 "vos takes anna's card"
as vos deposit put "$REPOSITORY/assets/demo/records/anna/medicines.json" --owner annie --json
expect 0 "and deposits for her"
record=$(value .record)
as anna record view "$record" --json
expect 0 "she opens it"
json "and it is verified" '.verified == true'
