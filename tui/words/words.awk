# SPDX-License-Identifier: Apache-2.0
# assets/words/LANGUAGE/*.txt to the rows WORD(NAME, "id", "first language", …), by id.  Usage: awk -v languages="en nl" -f words.awk FILE…
# Fails with file, line and what to do: an id twice or in one language alone, places that differ, a line that is none.

function fail(what) { printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; failed = 1 }

# The numbers of the places of a text, in order and each once: "1 3 ".
function places(text,    n, all) {
	for (n = 1; n <= 9; n++)
		if (index(text, "{" n "}") || index(text, "{" n "|"))
			all = all n " "
	return all
}

function quoted(text) { gsub(/\\/, "\\\\", text); gsub(/"/, "\\\"", text); return "\"" text "\"" }

function name_of(id) { gsub(/[.-]/, "_", id); return toupper(id) }

BEGIN { count = split(languages, language, " ") }
FNR == 1 { split(FILENAME, part, "/"); for (i in part) for (l = 1; l <= count; l++) if (part[i] == language[l]) here = language[l] }
/^#/ || /^$/ { next }
/[\001-\010\013-\037\177]/ || /\t/ { fail("a control character: take it out") }
length($0) > 440 { fail("longer than 440 bytes: say it in two texts") }
!/^[a-z][a-z0-9]*([.-][a-z0-9]+)* = [^ ]/ { fail("not 'id = text'"); next }
{
	at = index($0, " = ")
	id = substr($0, 1, at - 1)
	if ((here, id) in text)
		fail(id " is there twice in " here ": keep one")
	text[here, id] = substr($0, at + 3)
	if (!(id in known)) {
		known[id] = 1
		if (name_of(id) in named)
			fail(id " and " named[name_of(id)] " get one name: change one")
		named[name_of(id)] = id
	}
}
END {
	for (id in known) {
		row = "WORD(" name_of(id) ", " quoted(id)
		for (l = 1; l <= count; l++) {
			if (!((language[l], id) in text)) {
				printf "assets/words/%s: %s is missing: write it there too\n", language[l], id > "/dev/stderr"
				failed = 1
			} else if (places(text[language[l], id]) != places(text[language[1], id])) {
				printf "assets/words/%s: %s has other places than in %s\n", language[l], id, language[1] > "/dev/stderr"
				failed = 1
			}
			row = row ", " quoted(text[language[l], id])
		}
		print row ")" | "LC_ALL=C sort"
	}
	close("LC_ALL=C sort")
	exit failed
}
