#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All records as one summary: for the owner, and for a clinician what was granted.
. tests/e2e/lib.sh

world_up
ok "the demo world starts"
records=$REPOSITORY/assets/demo/records/anna
for f in labs-2026-03-10 labs-2026-06-16 labs-2026-09-15 allergies medicines; do
	as jansen deposit put "$records/$f.json" --owner anna
	quietly 0 "deposit of $f"
done
printf '%%PDF-1.4\nnot really\n' >"$T/letter.pdf"
as jansen deposit put "$T/letter.pdf" --owner anna --json
expect 0 "a PDF"
json "is a document" '.category == "DOC"'

as anna record summary --json
expect 0 "anna's summary"
json "a result tells how it moved, with its last values" '[.rows[] | select(.title == "HbA1c" and .trend == "falling" and .numbers == "55, 51, 48")] | length == 1'
json "each row names its record, depositor and day" '[.rows[] | select((.record | length) != 64 or .from == "" or .at == "")] | length == 0'
json "the dangerous allergy comes first" '[.rows[] | select(.section == "Allergies")][0].title == "Penicillin"'
json "what was stopped comes last" '[.rows[] | select(.section == "Medicines")][-1].status == "stopped"'
json "the attachment is counted" '.attachments == 1 and .records == 6'
as anna record summary
check "what no record speaks of is not called none" bash -c 'grep -A1 "^Vaccines" "$1" | grep -q "Nothing to show" && ! grep -q "None known" "$1"' _ "$OUT"
as anna record summary --section all --json
json "one section alone" '[.rows[].section] | unique == ["Allergies"]'
as anna record summary --section nonsense
expect 2 "a section that does not exist"

as okafor record summary --owner anna
before=$(cat "$OUT")
as anna consent add --now --permit --who okafor --purpose TREAT --category LAB
quietly 0 "a permit"
as okafor request new --owner anna --purpose TREAT --category LAB --json
quietly 0 "a request"
as okafor record summary --owner anna --json
expect 0 "the clinician's summary"
json "has what was granted and nothing else" '([.rows[] | select(.section == "Results")] | length) > 0 and ([.rows[] | select(.section == "Allergies")] | length) == 0'
as okafor record summary --owner anna
check "and says that more may exist, in the same words as before" bash -c 'grep -q "^Filtered by consent may apply" "$1" && grep -q "^Filtered by consent may apply" <<<"$2"' _ "$OUT" "$before"
