#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Anna lets Bram act for her: what he may do, what her list says of it, and how it ends.
. tests/e2e/lib.sh

code() { jq -r '.error.code' "$OUT"; }
# refused CODE NAME WHO ARGS…: ended with 5 and this code.
refused() {
	local want=$1 name=$2
	shift 2
	as "$@" --json
	if [ "$RC" -eq 5 ] && [ "$(code)" = "$want" ]; then ok "$name"; else not_ok "$name" "ended with $RC, $(code), not $want"; fi
}

world_up
as jansen deposit put assets/demo/records/anna/labs-2026-09-15.json --owner anna --json
record=$(value .record)
refused E-AUTH-10 "who is not named sees nothing of hers" bram consent show --for anna
expect_error 2 "a scope that is none" anna proxy add bram --scope everything
expect_error 2 "an end that is over" anna proxy add bram --until 2020-01-01
expect_error 6 "somebody unknown" anna proxy add nobody
expect_error 5 "an officer names nobody for an adult" jansen proxy add bram --for anna --until 2030-01-01 --now

as anna proxy add bram --scope asks --scope consent --now --json
expect 0 "anna names bram for her asks and rules"
json "with what he may do" '.proxy | .who == "bram" and .owner == "anna" and .scope == "consent,asks" and .by_authority == false'
as bram proxy list --json
json "bram finds for whom he acts" '.acts_for | length == 1 and .[0].owner == "anna" and .[0].state == "stands"'
as bram record list --for anna --json
json "he sees what records there are" --arg r "$record" '.records | map(.record) == [$r]'
refused E-PROXY-02 "he may not open them" bram record view "$record" --for anna

as anna consent add --ask --who okafor --purpose TREAT --now
as okafor request new --owner anna --purpose TREAT --json
request=$(value .request)
as bram consent asks --for anna --json
json "he sees who waits for her answer" '.asks | length == 1 and .[0].who == "okafor"'
as bram consent answer "$request" --once --for anna
expect 0 "he answers for her"
as okafor request get "$request" --out "$T/got" --json
expect 0 "and the record opens"
as bram consent add --deny --who vos --for anna --json
expect 0 "he adds a rule"
as anna consent show --json
json "it is hers" '.rules | length == 2'
as bram consent show --json
json "and not his" '.rules == []'

as anna proxy add bram --now --json
expect 0 "anna lets him do everything"
as bram record export "$record" --for anna --out "$T/copy" --json
expect 0 "he opens a record"
check "it is the record" cmp -s "$T/copy" assets/demo/records/anna/labs-2026-09-15.json
as bram record summary --for anna --json
json "and all of them as one" '.rows | length > 0'
as anna log list --json
json "her list shows his acts under his name" \
	'[.events[] | select(.who == "bram") | .kind] == ["access_answer", "consent_set", "access_request"]'
json "and that she named him" '[.events[] | select(.kind == "proxy_set") | .proxy.delegate] == ["bram", "bram"]'
as bram log verify --for anna
expect 0 "he can prove her list complete"
as bram log list --for anna --json
cp "$OUT" "$T/his"
as anna log list --json
check "it is the same list" cmp -s <(jq '[.events[].tx]' "$T/his") <(jq '[.events[].tx]' "$OUT")

ended() {
	as bram proxy list --json
	[ "$(value '.acts_for[0].state')" = ended ]
}
as anna proxy add bram --until "$(date -u -d '+4 seconds' +%Y-%m-%dT%H:%M:%SZ)" --json
expect 0 "anna sets an end"
check "the end comes" await 20 ended
refused E-PROXY-01 "after it he may do nothing" bram consent pause --for anna
refused E-PROXY-01 "and open nothing" bram record view "$record" --for anna
as anna proxy remove bram
expect 0 "anna takes him off her list"
as anna proxy list --json
json "nobody acts for her" '.proxies == []'
refused E-AUTH-10 "he acts for nobody" bram consent show --for anna
as bram ledger verify
expect 0 "his replica stands its check"
as jansen ledger verify
expect 0 "the ledger replays"
