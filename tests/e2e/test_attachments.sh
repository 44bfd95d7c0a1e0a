#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Attachments: recognised, opened from a private file that goes away, never raw on the terminal; files inside of FHIR.
. tests/e2e/lib.sh

world_up
ok "the demo world starts"
export XDG_RUNTIME_DIR=$T/run
mkdir -m 700 "$T/run"
printf '%%PDF-1.4\n\033]0;title\007 body\n' >"$T/letter.pdf"
{ head -c 128 /dev/zero; printf 'DICM'; head -c 4000 /dev/zero; } >"$T/scan"
printf 'Dear Anna,\nall is \033[31mwell\033[0m.\n' >"$T/note.txt"

deposit() { as jansen deposit put "$1" --owner anna --json; quietly 0 "deposit of $1"; value .record; }
pdf=$(deposit "$T/letter.pdf") scan=$(deposit "$T/scan") note=$(deposit "$T/note.txt")
as anna record list --json
json "a scan is imaging, a letter a document" --arg s "$scan" --arg p "$pdf" '[.records[] | select(.record == $s)][0].category == "IMG" and [.records[] | select(.record == $p)][0].category == "DOC"'
as anna record view "$pdf"
expect 0 "a PDF is looked at"
check "in words, without a byte of it" bash -c 'grep -q "^a PDF document of" "$1" && ! grep -q body "$1"' _ "$OUT"

cat >"$T/reader" <<'END'
#!/bin/sh
case $1 in -*) echo "$1" && shift ;; esac
stat -c '%a %n' "$1" "$(dirname "$1")"
cat "$1"
cp "$1" "$(dirname "$1")/.copy.swp" # as editors do
END
chmod +x "$T/reader"
as anna record open "$pdf" --with "$T/reader"
expect 0 "it is opened with a program"
check "from a private file with its extension in a private folder" bash -c 'grep -qE "^600 $2/medlock-open-.*\.pdf$" "$1" && grep -qE "^700 $2/medlock-open-" "$1"' _ "$OUT" "$T/run"
check "the program got the bytes" grep -q body "$OUT"
check "nothing is left" test -z "$(ls -A "$T/run")"
as anna record open "$note" --with "$T/reader"
check "a text is opened without what a terminal obeys" bash -c 'grep -q "all is" "$1" && ! grep -q "$(printf "\033")" "$1"' _ "$OUT"
if command -v script >"$T/null"; then
	PAGER="$T/reader -a" run script -qec "$MEDLOCK -C $(home_of anna) record open $note" /dev/null
	expect 0 "a pager may have options"
	check "and is told of them" grep -q -- "-a\b" "$OUT"
else
	skipped "a pager with options" "no script(1)"
fi
mkdir -m 700 "$T/run/medlock-open-4194999-abcdef"
echo plain >"$T/run/medlock-open-4194999-abcdef/.record.swp"
echo plain >"$T/run/medlock-open-4194999-abcdef/record"
expect_error 6 "a program that is not there" anna record open "$pdf" --with "$T/nothing"
check "nothing is left of it, nor of a run that was killed" test -z "$(ls -A "$T/run")"
XDG_RUNTIME_DIR= expect_error 6 "no private folder" anna record open "$pdf" --with "$T/reader"

data=$(base64 -w 0 "$T/letter.pdf")
printf '{"resourceType":"DocumentReference","status":"current","content":[{"attachment":{"contentType":"application/pdf","title":"Letter","data":"%s"}},{"attachment":{"contentType":"image/png","url":"http://elsewhere.example/x.png"}},{"attachment":{"contentType":"text/plain","data":"no base64!"}}]}' "$data" >"$T/reference.json"
reference=$(deposit "$T/reference.json")
as anna record files "$reference" --out "$T/files" --json
expect 0 "files inside of a record"
json "one is saved, one lies elsewhere, one is broken" '[.files[].path != ""] == [true, false, false] and .files[1].url == "http://elsewhere.example/x.png"'
check "the saved one is whole and private" bash -c 'cmp "$1" "$2" && [ "$(stat -c %a "$2")" = 600 ]' _ "$T/letter.pdf" "$(value '.files[0].path')"
