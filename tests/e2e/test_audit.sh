#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The access list for other programs: FHIR AuditEvents that say what the list says.
. tests/e2e/lib.sh

world_up
as jansen deposit put assets/demo/records/anna/labs-2026-09-15.json --owner anna --json
record=$(value .record)
as okafor request new --owner anna --purpose TREAT
as anna consent add --permit --who okafor --purpose TREAT --category LAB --now
as okafor request new --owner anna --purpose TREAT --json
request=$(value .request)
as okafor request get "$request" --out "$T/got"
as anna log list --json
cp "$OUT" "$T/list.json"
as anna log export "$T/audit.json" --fhir --json
expect 0 "the list is exported"
cp "$T/audit.json" "$OUT"
json "as a Bundle of AuditEvents" '.resourceType == "Bundle" and .type == "collection" and all(.entry[].resource; .resourceType == "AuditEvent")'
json "one for each entry, in order, at its time" --slurpfile l "$T/list.json" '[.entry[].resource.recorded] == [$l[0].events[].at]'
json "each names its transaction" --slurpfile l "$T/list.json" \
	'[.entry[].resource.entity[0].what.identifier.value] == [$l[0].events[].tx]'
json "a refusal is an outcome of its own" '[.entry[].resource | select(.type.code == "110112") | .outcome] == ["4", "0"]'
json "each record has its decision" --arg r "$record" \
	'[.entry[].resource.entity[] | select(.what.identifier.value == $r and .detail != null) | .detail[0].valueString] as $d | $d[0:2] == ["denied", "granted"]'
json "the purpose is an HL7 code" 'any(.entry[].resource; .purposeOfEvent[0].coding[0] == {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "TREAT"})'
json "a release is a reading" 'any(.entry[].resource; .type.code == "110106" and .action == "R")'
json "what FHIR requires is there" 'all(.entry[].resource; .type and .recorded and (.agent | length > 0) and .source.observer)'
as anna log export "$T/none.json" --fhir --since 2999-01-01
check "an empty list is an empty Bundle" grep -q '"type":"collection"}$' "$T/none.json"
as anna log export "$T/audit.json" --fhir --since yesterday
expect 2 "a date that is none is refused"
