# SPDX-License-Identifier: Apache-2.0
# assets/words/LANGUAGE/*.txt to the rows WORD(NAME, "id", "first language", …), by id.  Usage: awk -v languages="en nl" -f words.awk FILE…
# Fails with file, line and what to do: an id twice or in one language alone, places that differ or are none, a line that is none.

function fail_at(where, what) { printf "%s: %s\n", where, what > "/dev/stderr"; failed = 1 }
function fail(what) { fail_at(FILENAME ":" FNR, what) }

# The numbers of the places of a text, in order and each once: "1 3 ".
function places(text,    n, all) {
	gsub(/\{\{/, "", text)
	for (n = 1; n <= 9; n++)
		if (index(text, "{" n "}") || index(text, "{" n "|"))
			all = all n " "
	return all
}

# What is left of the braces when all places are taken out.
function strays(text) {
	gsub(/\{\{/, "", text)
	gsub(/\{[1-9](\|[^|{}]*\|[^|{}]*)?\}/, "", text)
	return text ~ /\{/
}

function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }

function name_of(id) { gsub(/[.-]/, "_", id); return toupper(id) }

# Languages have files of the same names.
function compare_files(    file, l, n, part) {
	for (file in files) {
		n = split(file, part, "/")
		for (l = 1; l <= count; l++)
			if (!((language[l], part[n]) in has))
				fail_at(file, "no file of this name for " language[l] ": write assets/words/" language[l] "/" part[n])
	}
}

function compare(id,    l, first) {
	for (l = 1; l <= count; l++)
		if ((language[l], id) in text)
			first = where[language[l], id]
	for (l = 1; l <= count; l++) {
		if (!((language[l], id) in text))
			fail_at(first, id " is missing in assets/words/" language[l] ": write it there too")
		else if ((language[1], id) in text && places(text[language[l], id]) != places(text[language[1], id]))
			fail_at(where[language[l], id], id " has not the places {1}... of " where[language[1], id] ": use the same")
	}
}

BEGIN { count = split(languages, language, " "); if (count == 0) { print "words.awk: say -v languages" > "/dev/stderr"; exit 2 } }
FNR == 1 {
	n = split(FILENAME, part, "/")
	here = part[n - 1]
	files[FILENAME] = has[here, part[n]] = 1
}
/^#/ || /^$/ { next }
/[\001-\037\177]/ { fail("a control character: take it out") }
length($0) > 440 { fail("longer than 440 bytes: say it in two texts") }
!/^[a-z][a-z0-9]*([.-][a-z0-9]+)* = [^ ]/ || / $/ { fail("not 'id = text', with one space beside the sign and none at the end"); next }
{
	at = index($0, " = ")
	id = substr($0, 1, at - 1)
	if ((here, id) in text)
		fail(id " is there twice, first in " where[here, id] ": keep one")
	text[here, id] = substr($0, at + 3)
	where[here, id] = FILENAME ":" FNR
	if (strays(text[here, id]))
		fail(id " has a { that opens no place: write {1}, {1|one|more} or {{")
	if (!(id in known)) {
		known[id] = 1
		if (name_of(id) in named)
			fail(id " and " named[name_of(id)] " get one name: change one")
		named[name_of(id)] = id
	}
}
END {
	if (count == 0)
		exit 2
	compare_files()
	for (id in known) {
		compare(id)
		row = "WORD(" name_of(id) ", " quoted(id)
		for (l = 1; l <= count; l++)
			row = row ", " quoted(text[language[l], id])
		print row ")" | "LC_ALL=C sort"
	}
	close("LC_ALL=C sort")
	exit failed
}
