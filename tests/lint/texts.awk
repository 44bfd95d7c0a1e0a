# SPDX-License-Identifier: Apache-2.0
# How the texts of the screens are written.  Usage: awk -f texts.awk AVOID TEXTS…, for one language; prints each breach.
#
# A sentence has at most 20 words, and a file at most 2 sentences of more than 15.  An exclamation mark stands alone, as the
# mark of danger, never behind a word.  AVOID has the words not to use: `words | better words | files that may use them`.
# "How many" asks for a number and is none of them.
# A sentence ends with . ? or a colon before a space; a value is one word; of two forms the longer one is counted.

BEGIN { WORDS = 20; LONG = 15; LONG_IN_A_FILE = 2 }

function breach(what) { print FILENAME ":" FNR ": " what }

# The text as it is counted: values are X, of two forms the longer one stays.
function plain(text,    at, form, part) {
	gsub(/\{[1-9]\}/, "X", text)
	while (match(text, /\{[1-9]\|[^}]*\}/)) {
		form = substr(text, RSTART + 3, RLENGTH - 4)
		split(form, part, "|")
		text = substr(text, 1, RSTART - 1) (split(part[1], at, " ") > split(part[2], at, " ") ? part[1] : part[2]) substr(text, RSTART + RLENGTH)
	}
	return text
}

function sentences(text,    i, n, count, words, part) {
	gsub(/[.?:] +/, "&\n", text)
	count = split(text, part, "\n")
	for (i = 1; i <= count; i++) {
		n = split(part[i], words, " ")
		if (n > WORDS)
			breach("a sentence of " n " words (" WORDS "): make two of it")
		else if (n > LONG && ++long == LONG_IN_A_FILE + 1)
			breach("the file's third sentence of more than " LONG " words: make two of it")
	}
}

# Whole words only: " fast " is not in "breakfast".
function avoided(text,    i) {
	text = tolower(text)
	gsub(/[^a-z0-9'{}]+/, " ", text)
	text = " " text " "
	gsub(/ how many /, " ", text)
	for (i = 1; i <= avoid_count; i++)
		if (index(text, " " avoid[i] " ") && index(allowed[i], " " file " ") == 0)
			breach("\"" avoid[i] "\": " better[i])
}

FNR == 1 { long = 0; n = split(FILENAME, path, "/"); file = path[n] }
/^#/ || /^$/ { next }
NR == FNR {
	if (split($0, row, " *[|] *") < 2)
		breach("not 'words | better words'")
	avoid[++avoid_count] = row[1]
	better[avoid_count] = row[2]
	allowed[avoid_count] = " " row[3] " "
	next
}
{
	text = plain(substr($0, index($0, " = ") + 3))
	sentences(text)
	avoided(text)
	if (text ~ /[^ ]!|![^ ]/)
		breach("an exclamation mark at a word: it stands alone, for danger")
}
