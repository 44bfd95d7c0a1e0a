#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The texts of the screens: what the build and the checks refuse, by file and line, and what they let pass.
cd "$(dirname "$0")/../.." || exit 1
set -u
t=$(mktemp -d "${TMPDIR:-/tmp}/medlock-words-XXXXXX")
trap 'rm -rf "$t"' EXIT
mkdir -p "$t/en" "$t/nl"
failures=0
verdict() {
	if [ "$2" = 0 ]; then echo "ok - $1"; else echo "not ok - $1"; sed 's/^/# /' "$t/out"; failures=$((failures + 1)); fi
}
table() { awk -v languages='en nl' -f tui/words/words.awk "$t"/en/*.txt "$t"/nl/*.txt >"$t/out" 2>&1; }

# refused NAME EN NL WORDS: the table cannot be made of these two lines, and the reason has these words.
refused() {
	printf "$2" >"$t/en/a.txt"
	printf "$3" >"$t/nl/a.txt"
	! table && grep -qF "$4" "$t/out"
	verdict "$1" $?
}
printf 'tab.one = {1} of {2}, {1|record|records} {{\n' | tee "$t/en/a.txt" >"$t/nl/a.txt"
table && grep -q '^WORD(TAB_ONE, "tab.one", "{1} of' "$t/out"
verdict 'texts with places become a table' $?
refused 'a text twice' 'a = x\na = y\n' 'a = x\n' 'en/a.txt:2: a is there twice'
refused 'a text that Dutch lacks' 'a = x\nb = y\n' 'a = x\n' 'en/a.txt:2: b is missing in assets/words/nl'
refused 'a text that English lacks' 'a = x\n' 'a = x\nb = y\n' 'nl/a.txt:2: b is missing in assets/words/en'
refused 'places that differ' 'a = {1} of {2}\n' 'a = {1} van\n' 'nl/a.txt:1: a has not the places'
refused 'a place that does not close' 'a = {1 x\n' 'a = {1 x\n' 'en/a.txt:1: a has a { that opens no place'
refused 'a place with one form' 'a = {1|x}\n' 'a = {1|x}\n' 'opens no place'
refused 'a line that is none' 'a: x\n' 'a = x\n' "en/a.txt:1: not 'id = text'"
refused 'a space at the end' 'a = x \n' 'a = x\n' 'none at the end'
refused 'an id with capitals' 'Tab.one = x\n' 'Tab.one = x\n' "not 'id = text'"
refused 'two ids of one name' 'a.b = x\na-b = y\n' 'a.b = x\na-b = y\n' 'get one name'
refused 'a control character' 'a = x\033[2J\n' 'a = x\n' 'en/a.txt:1: a control character'
refused 'a text too long' "a = $(printf 'x%.0s' $(seq 450))\n" 'a = x\n' 'longer than'
printf 'a = x\n' | tee "$t/en/a.txt" "$t/en/b.txt" >"$t/nl/a.txt"
sed -i 's/^a/b/' "$t/en/b.txt"
! table && grep -qF 'en/b.txt: no file of this name for nl' "$t/out"
verdict 'a file that Dutch lacks' $?

# breach NAME TEXT WORDS: tests/lint/texts.awk names this text, with these words; WORDS empty: it passes.
breach() {
	printf 'a = %s\n' "$2" >"$t/en/text.txt"
	awk -f tests/lint/texts.awk tests/lint/avoid-en.txt "$t/en/text.txt" >"$t/out" 2>&1
	if [ -n "$3" ]; then grep -qF "en/text.txt:1: $3" "$t/out"; else [ ! -s "$t/out" ]; fi
	verdict "$1" $?
}
words() { printf 'word %.0s' $(seq "$1") | sed 's/ $//'; }
breach 'a plain sentence passes' 'Nothing needs you now.' ''
breach 'twenty words pass' "$(words 20)." ''
breach 'twenty-one words' "$(words 21)." 'a sentence of 21 words'
breach 'the longer form counts' "{1|one|$(words 20)} word." 'a sentence of 21 words'
breach 'two sentences are not one' "$(words 12). $(words 12)." ''
breach 'a word to avoid' 'Please wait.' '"please": leave it out'
breach 'blame' 'You forgot the name.' '"you forgot"'
breach 'only whole words count' 'Breakfast was adjusted by a justice.' ''
breach 'how many is a question' 'Say how many people.' ''
breach 'many is no number' 'It takes many days.' '"many": say how many'
breach 'a mark of danger stands alone' '! ALL IS STOPPED.' ''
breach 'an exclamation' 'Saved!' 'an exclamation mark at a word'
{ echo "a = $(words 16)."; echo "b = $(words 17)."; echo "c = $(words 18)."; } >"$t/en/text.txt"
awk -f tests/lint/texts.awk tests/lint/avoid-en.txt "$t/en/text.txt" >"$t/out"
grep -qF "en/text.txt:3: the file's third sentence" "$t/out" && [ "$(wc -l <"$t/out")" = 1 ]
verdict 'two long sentences a file' $?
echo 'a = A certificate is revoked.' | tee "$t/en/ca.txt" >"$t/en/patient.txt"
awk -f tests/lint/texts.awk tests/lint/avoid-en.txt "$t/en/ca.txt" "$t/en/patient.txt" >"$t/out"
grep -q 'en/patient.txt:1: "revoked"' "$t/out" && [ "$(wc -l <"$t/out")" = 1 ]
verdict 'officers have terms of their own' $?
echo 'a = Wijzigen mislukt.' >"$t/nl/text.txt"
awk -f tests/lint/texts.awk tests/lint/avoid-nl.txt "$t/nl/text.txt" >"$t/out"
grep -qF 'nl/text.txt:1: "mislukt"' "$t/out"
verdict 'Dutch has a list of its own' $?

# A text that nobody says, in a copy of the tree.
mkdir -p "$t/tree/assets/words" "$t/tree/tests/lint" "$t/tree/core/consent"
cp core/consent/sentence.c "$t/tree/core/consent/"
cp -r assets/consent "$t/tree/assets/"
cp -r tui "$t/tree/" && cp -r assets/words/en "$t/tree/assets/words/" && cp tests/lint/unused-words "$t/tree/tests/lint/"
(cd "$t/tree" && tests/lint/unused-words) >"$t/out" 2>&1 && [ ! -s "$t/out" ]
verdict 'every text is said by a source' $?
echo 'nobody.says-this = Nobody.' >>"$t/tree/assets/words/en/screens.txt"
(cd "$t/tree" && tests/lint/unused-words) >"$t/out" 2>&1
grep -q 'screens.txt:[0-9]*: nobody.says-this is said by no source' "$t/out" && [ "$(wc -l <"$t/out")" = 1 ]
verdict 'a text that no source says is named' $?
exit $((failures > 0))
