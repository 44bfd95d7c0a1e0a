#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A researcher may count what consent gives without names, only above a floor; and gets nothing with names.
. tests/e2e/lib.sh

world_up
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/allergies.json" --owner anna --json
as anna consent add --permit --who lind --purpose HRESCH --form deid --now
expect 0 "anna lets research have what has no names"
as lind research count --purpose HRESCH --json
expect 0 "lind may ask how many"
json "but two people are not told of" '.below and .floor == 10 and (has("count") | not)'
as lind research count --purpose HRESCH
check "in words" grep -q 'Fewer than 10 people' "$OUT"
expect_error 2 "for a purpose that there is" lind research count --purpose NOSUCH
expect_error 5 "for an attested one" lind research count --purpose TREAT
expect_error 5 "who is no researcher counts nothing" okafor research count --purpose TREAT
as lind request new --owner anna --purpose HRESCH --form full --json
json "whatever she asks for, nothing comes with names" '[.records[].form] | unique == ["deid"]'
as lind request new --owner anna --purpose HRESCH --form deid --json
expect 0 "without names she does"
json "in that form" '[.records[].form] | unique == ["deid"]'
for _ in $(seq 60); do
	as lind research count --purpose HRESCH --json
	[ "$RC" -eq 0 ] || break
done
check "and not without end in a day" test "$RC" -ne 0
