#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The form without names: made at deposit, given to research, and all that research gets.
. tests/e2e/lib.sh

# No name, identifier, address or day of the full record in the de-identified one.
clean() {
	local word
	while read -r word; do
		if grep -qF -- "$word" "$2"; then echo "# $word" >&2; return 1; fi
	done < <(jq -r '[.. | objects | (.family?, .given?, .city?, .line?, .postalCode?, .display?, .div?, .text?) | strings, arrays[]?]
		| flatten | map(strings) | unique[] | select(length > 3)' "$1")
	! grep -qE '[0-9]{4}-[0-9]{2}' "$2"
}

world_up
file=assets/demo/records/anna/summary.json
as jansen deposit put "$file" --owner anna --dry-run --json
expect 0 "a deposit can be tried"
json "the trial says what the form without names drops" '.dropped | map(.path) | index("Patient.name") != null'
as jansen deposit put "$file" --owner anna --json
expect 0 "a FHIR record is deposited"
record=$(value .record)
json "it has both forms" '.renditions | map(.form) == ["full", "deid"]'
json "and says what the second one lost" '.dropped | length > 5 and all(.count > 0)'

as lind request new --owner anna --purpose HRESCH --form deid --json
expect 5 "without consent research gets nothing"
as anna consent add --permit --who lind --purpose HRESCH --form deid --now --json
expect 0 "anna gives research the form without names"
as lind request new --owner anna --purpose HRESCH --form full --wait --json
json "research that wants names gets none" '.records | length > 0 and all(.form == "deid")'
as lind request new --owner anna --purpose HRESCH --form deid --wait --json
expect 0 "research that does not is granted"
json "what is granted is the form without names" --arg r "$record" '.records[] | select(.record == $r) | .form == "deid"'
request=$(value .request)
as lind request get "$request" --out "$T/research" --json
expect 0 "lind gets it"
got=$(value '.files[0].path')
check "it is FHIR" jq -e '.resourceType == "Bundle" and (.entry | length) > 3' "$got" >"$T/null"
check "it says that it is pseudonymised" grep -q '"PSEUDED"' "$got"
check "it has no name, text or day of the original" clean "$file" "$got"
check "it has nothing of the ledger" bash -c '! grep -qE "$1|$2|$3" "$4"' _ "$record" "$request" "$(account_of anna)" "$got"
as anna record export "$record" --form deid --out "$T/own.json"
expect 0 "the owner may read the form without names too"
check "it is the same file" cmp -s "$T/own.json" "$got"
as lind record export "$record" --form full --out "$T/full.json"
expect 5 "the grant opens no other form"

head -c 3000 /dev/urandom >"$T/scan.pdf"
as jansen deposit put "$T/scan.pdf" --owner anna --json
json "an attachment has no form without names" '.renditions | map(.form) == ["full"]'
as jansen deposit put "$file" --owner anna --full-only --json
json "nor has what is deposited in full only" '.renditions | map(.form) == ["full"]'

run "$MEDLOCK" record risk "$T/research" --json
expect 0 "the set that research holds can be measured"
json "one person alone is exposed" '.people == 1 and .smallest == 1 and .exposed == 1 and .floor == 11'
mkdir "$T/empty"
run "$MEDLOCK" record risk "$T/empty"
expect 6 "an empty folder has nobody to measure"
