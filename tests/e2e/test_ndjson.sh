#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# FHIR with one resource on each line: deposited in flat memory, both forms read back, a bad line named by its number.
. tests/e2e/lib.sh

lines=8000
[ -n "${E2E_FULL:-}" ] && lines=100000
world_up
ok "the demo world starts"
awk -v n=$lines 'BEGIN {
	printf "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{\"family\":\"Planted\"}],\"gender\":\"female\",\"birthDate\":\"1979-03-14\"}\n"
	for (i = 1; i < n; i++)
		printf "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2823-3\",\"display\":\"Potassium\"}],\"text\":\"Potassium\"},\"subject\":{\"reference\":\"Patient/p\"},\"effectiveDateTime\":\"2026-03-04T08:00:00Z\",\"valueQuantity\":{\"value\":%d.%d0,\"unit\":\"mmol/L\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mmol/L\"},\"note\":[{\"text\":\"Planted\"}]}\n", i, 3 + i % 3, i % 10
}' >"$T/labs.ndjson"

# The largest resident size of the client while it works.
"$MEDLOCK" -C "$(home_of jansen)" deposit put "$T/labs.ndjson" --owner anna --json >"$OUT" 2>"$ERR" </dev/null &
client=$! most=0
while kill -0 $client 2>"$T/null"; do
	now=$(awk '/^VmRSS/ {print $2}' /proc/$client/status 2>"$T/null")
	[ "${now:-0}" -gt "$most" ] && most=$now
	read -r -t 0.02 -u "$tick" || true
done
wait $client
RC=$?
expect 0 "a deposit of $lines resources"
record=$(value .record)
json "it is laboratory results in two forms" '.category == "LAB" and (.renditions | length) == 2'
json "what the form without names lost is counted over all lines" --argjson n $((lines - 1)) '[.dropped[] | select(.path == "Observation.note")][0].count == $n'
flat "the client stayed below 64 MB" "$most" 65536
as anna record export "$record" --out "$T/back.ndjson"
expect 0 "the owner exports it"
check "the bytes are those deposited" cmp "$T/labs.ndjson" "$T/back.ndjson"
as anna record export "$record" --form deid --out "$T/back.deid"
expect 0 "and the form without names"
check "it has as many lines, each a resource" test "$(jq -r .resourceType "$T/back.deid" | wc -l)" -eq $lines
check "nothing planted is in it" bash -c '! grep -q Planted "$1"' _ "$T/back.deid"
check "its references point at the patient's line" test "$(jq -r 'select(.resourceType == "Patient") | .id' "$T/back.deid")" = "$(jq -r 'select(.resourceType == "Observation") | .subject.reference[8:]' "$T/back.deid" | sort -u)"
as anna record view "$record" --json
json "it is read as rows" --argjson n $lines '.resources == $n and ([.rows[] | select(.title == "Potassium")] | length) > 1000'

sed '5s/.*/{"resourceType":/' "$T/labs.ndjson" >"$T/bad.ndjson"
expect_error 1 "a line that is cut" jansen deposit put "$T/bad.ndjson" --owner anna
json "is named by its number" '.error.text | test("line 5")'
sed '7s/"resourceType":"Observation",//' "$T/labs.ndjson" >"$T/bad.ndjson"
expect_error 1 "a line that is no resource" jansen deposit put "$T/bad.ndjson" --owner anna
json "is named too" '.error.text | test("line 7")'
