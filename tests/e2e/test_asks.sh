#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Asked each time: the patient's four answers, and what each one opens.
. tests/e2e/lib.sh

ask_of() { as anna consent asks --json; value '.asks[-1].ask'; }
request() {
	as "$1" request new --owner anna --purpose TREAT --json
	expect "$2" "$3"
	request=$(value .request)
}
answer() { as anna consent answer "$1" "$2" --now --json; }
get() {
	rm -rf "$T/got"
	as "$1" request get "$request" --out "$T/got" --json
}

world_up
as jansen deposit put assets/demo/records/anna/labs-2026-09-15.json --owner anna --json
record=$(value .record)
as anna consent add --ask --who okafor --purpose TREAT --now
as anna consent add --ask --who vos --purpose TREAT --now
as anna consent asks --json
json "nobody waits at first" '.asks == []'

request okafor 8 "a request that is asked is pending"
get okafor
expect 8 "and opens nothing before the answer"
as anna consent asks --json
json "anna sees who waits, for what, until when" --arg r "$record" \
	'.asks | length == 1 and .[0].who == "okafor" and .[0].purpose == "TREAT" and .[0].records == [$r] and .[0].until > .[0].at'
json "and in which form" '.asks[0].form == "full"'
answer "$(ask_of)" --once
expect 0 "she says yes, this time"
get okafor
expect 0 "the record opens"
check "it is the record" cmp -s "$(value '.files[0].path')" assets/demo/records/anna/labs-2026-09-15.json
as anna consent asks --json
json "nobody waits any more" '.asks == []'

request okafor 8 "the next request is asked again"
expect_error 6 "an ask that is not there" anna consent answer ffffffff --once
expect_error 2 "two answers at once" anna consent answer "$(ask_of)" --once --no
expect_error 2 "days without a yes" anna consent answer "$(ask_of)" --no --days 3
answer "$(ask_of)" --no
expect 0 "she says no"
get okafor
expect 5 "nothing opens"

as vos request new --owner anna --purpose TREAT --form deid
as anna consent asks
check "a request without names says so" grep -q 'vos asks.*without names' <(tr '\n' ' ' <"$OUT" | tr -s ' ')
answer "$(ask_of)" --no
request okafor 8 "asked once more"
ask=$(ask_of)
: >"$T/waits.err"
"$MEDLOCK" -C "$(home_of anna)" consent answer "$ask" --yes --days 30 >"$T/waits.out" 2>"$T/waits.err" </dev/null &
pid=$!
check "an answer that leaves a wider rule behind waits" await 20 grep -q 'Ctrl-C undoes it' "$T/waits.err"
kill -INT "$pid"
wait "$pid"
check "and can be undone" test $? -eq 3
as anna consent answer "$(ask_of)" --yes --days 30 --now --json
expect 0 "she says yes for thirty days"
get okafor
expect 0 "the record opens"
request okafor 0 "and the next request is granted at once"
as anna consent show --json
json "her rules say so, with an end" '.rules[-1] | .effect == "permit" and .until != null and .until != ""'

as anna consent show --json
jq '{version, default, rules: [.rules[] | del(.text)]}
	| .rules += [.rules[1] | del(.id) | .purposes = ["COC"] | .form = "deid" | .obligations = ["HUAPRV", "NORDSCLCDS"]]' \
	"$OUT" >"$T/policy.json"
as anna consent set --now "$T/policy.json"
expect 0 "one ask is for the form without names, with a duty"
as vos request new --owner anna --purpose COC --json
expect 8 "vos asks, in full"
request=$(value .request)
answer "$(ask_of)" --yes
expect 0 "she says yes, from now on"
get vos
expect 0 "he gets it"
json "without names" '[.files[].form] == ["deid"]'
as anna consent show --json
json "the rule gives no more than the ask" \
	'.rules[-1] | .effect == "permit" and .form == "deid" and .obligations == ["NORDSCLCDS"]'

request vos 8 "somebody else is asked too"
answer "$(ask_of)" --never
expect 0 "she says never"
request vos 5 "and the next request is refused"
as anna consent asks --json
json "without asking her" '.asks == []'

as anna log list --json
json "her list has every answer" '[.events[] | select(.kind == "access_answer")] | length == 6'
as anna log verify
expect 0 "and is proven complete"
as anna consent pause
request okafor 5 "a pause stops what was answered for days as well"
as jansen ledger verify
expect 0 "the ledger replays"
