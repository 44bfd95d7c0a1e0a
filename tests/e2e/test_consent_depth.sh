#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every dimension of a rule by `consent add`: the contract grants inside of it and refuses outside, and the rule comes back the same
# through JSON and through FHIR.
. tests/e2e/lib.sh

world_up
west='GP practice West'
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/labs-2026-09-15.json" --owner anna --json
lab=$(value .record)
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/summary.json" --owner anna --json
summary=$(value .record)
granted() { as okafor request new --owner anna --purpose TREAT --wait --json; value '[.records[] | select(.decision == "granted") | .record] | sort | join(" ")'; }
both=$(printf '%s\n%s\n' "$lab" "$summary" | sort | paste -sd' ')

# dimension EXPECTED FLAGS…: okafor, who asks for treatment, gets exactly these records.
dimension() {
	local name=$1 expected=$2 got
	shift 2
	as anna consent set "$T/empty" --now
	as anna consent add --now --permit --who okafor --purpose TREAT "$@"
	if ! quietly 0 "$name: consent add"; then return; fi
	got=$(granted)
	if [ "$got" = "$expected" ]; then ok "$name"; else not_ok "$name" "got '$got', not '$expected'"; said; fi
}
printf '{"rules":[]}\n' >"$T/empty"
dimension "without a limit both" "$both"
dimension "records named" "$lab" --record "${lab:0:12}"
dimension "a category" "$lab" --category LAB
dimension "data of a period" "$lab" --data-from 2026-09-01 --data-to 2026-10-01
dimension "data of another period" "" --data-from 2020-01-01 --data-to 2020-02-01
dimension "confidentiality at most" "$both" --confidentiality N
dimension "confidentiality below" "" --confidentiality U
# What is asked for has a period too; consent decides about what it means.
as anna consent set "$T/empty" --now
as anna consent add --now --permit --who okafor --purpose TREAT
as okafor request new --owner anna --purpose TREAT --data-from 2026-09-01 --data-to 2026-10-01 --json
json "a request for a period means its records" "any(.records[]; .record == \"$lab\")"
as okafor request new --owner anna --purpose TREAT --data-from 2099-01-01
expect 5 "and none where there are none"
expect_error 2 "a period that ends before it starts" okafor request new --owner anna --purpose TREAT --data-from 2026-01-02 --data-to 2026-01-01
expect_error 2 "a date that is none" okafor request new --owner anna --purpose TREAT --data-from yesterday
expect_error 2 "a period beside named records" okafor request new --owner anna --purpose TREAT --data-from 2026-01-02 --record "$lab"
expect_error 2 "a project that is none" okafor request new --owner anna --purpose TREAT --project x
dimension "a rule that begins later" "" --from 2099-01-01
dimension "a rule in its time" "$both" --from 2020-01-01 --until 2099-01-01
dimension "written by another organisation" "" --author "$west"
dimension "by who asks by name" "$both" --visibility named
dimension "a form" "$both" --form deid
as okafor request list --json
json "only without names" '[.requests[0].records[] | .form] | unique == ["deid"]'
dimension "duties" "$both" --duty NOREUSE --duty DELAU
as okafor request list --json
json "which the reader is told" '[.requests[0].records[] | .obligations] | unique == [["DELAU", "NOREUSE"]] or unique == [["NOREUSE", "DELAU"]]'
as okafor request list
grep -q 'use it for nothing else' "$OUT" && ok "in words" || not_ok "in words"
dimension "a duty that the contract keeps: names off" "$both" --duty DEID
as okafor request list --json
json "it does" '[.requests[0].records[] | .form] | unique == ["deid"]'
dimension "a duty that the contract keeps: ask me first" "" --duty HUAPRV
dimension "uses" "$both" --uses 1
check "are counted" test -z "$(granted)"

# ---- a correction lifts nothing ----
as anna consent set "$T/empty" --now
as anna consent add --now --permit --who okafor --purpose TREAT
as anna consent add --deny --who okafor --record "$lab"
check "a record is kept from him" test "$(granted)" = "$summary"
as jansen deposit amend "$lab" "$REPOSITORY/assets/demo/records/anna/labs-2026-09-15.json" --json
expect 0 "its depositor makes a new version"
newer=$(value .record)
check "which is kept from him too" test "$(granted)" = "$summary"
as anna consent set "$T/empty" --now
as anna consent add --now --permit --who okafor --purpose TREAT --record "$newer" --record "$lab" --json
expect 0 "a rule that names both versions"
check "means the record" test "$(granted)" = "$newer"
lab=$newer

# ---- research ----
as anna consent set "$T/empty" --now
as anna consent add --now --permit --who researcher --purpose HRESCH --form deid --term DUO:0000042 --term DUO:0000046
expect 0 "research terms"
as lind request new --owner anna --purpose HRESCH --form deid --wait --json
json "a researcher gets it without names" '[.records[] | select(.decision == "granted" and .form == "deid")] | length > 0'

# ---- there and back ----
as anna consent add --now --permit --who okafor --purpose TREAT --purpose COC --category LAB --label HIV --record "$lab" --author "$west" \
	--data-from 2026-01-01 --data-to 2027-01-01 --confidentiality R --from 2026-01-01 --until 2027-06-30T12:00:00Z --uses 7 \
	--form full --visibility named --duty NORELINK
expect 0 "all of them in one rule"
as anna consent show --json
cp "$OUT" "$T/shown"
as anna consent set "$T/shown" --json
json "what is shown is read as the same" '.height == 0'
as anna consent export --fhir
expect 0 "as FHIR"
cp "$OUT" "$T/fhir.json"
as anna consent import "$T/fhir.json" --dry-run --json
json "and back without a difference" '.widens == false and .narrows == false'

# ---- what is no rule ----
expect_error 2 "a day that is none" anna consent add --now --permit --who okafor --purpose TREAT --until 2026-02-30
expect_error 2 "an end before its beginning" anna consent add --now --permit --who okafor --purpose TREAT --from 2027-01-02 --until 2027-01-01
expect_error 2 "half a period" anna consent add --now --permit --who okafor --purpose TREAT --data-from 2026-01-01
expect_error 2 "a duty that is none" anna consent add --now --permit --who okafor --purpose TREAT --duty RUN
expect_error 2 "an author who is a person" anna consent add --now --permit --who okafor --purpose TREAT --author vos
expect_error 6 "a record that is not hers" anna consent add --now --permit --who okafor --purpose TREAT --record 00000000
expect_error 2 "a record twice" anna consent add --now --permit --who okafor --purpose TREAT --record "$lab" --record "${lab:0:10}"
