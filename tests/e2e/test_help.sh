#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Help of every command begins with examples, every example is understood, completion completes.
. tests/e2e/lib.sh

run "$MEDLOCK" --help
expect 0 "medlock --help"
run "$MEDLOCK"
expect 2 "medlock alone"
check "it shows what to begin with" grep -q 'medlock demo' "$OUT"

# The overview lists each command as "  VERB ARGUMENTS SUMMARY" under its noun.
"$MEDLOCK" completion bash >"$T/completion"
sed -n "s/^    '\([a-z]* [a-z]*\)'\*\{0,1\}) words=.*/\1/p" "$T/completion" | sort -u >"$T/commands"
total=$(wc -l <"$T/commands")
check "there are commands ($total)" test "$total" -ge 30
good=0
examples=0 parsed=0
while IFS= read -r command; do
	# shellcheck disable=SC2086
	run "$MEDLOCK" $command --help
	if [ "$RC" -eq 0 ] && [ "$(head -n 1 "$OUT")" = Examples ] && [ ! -s "$ERR" ]; then good=$((good + 1)); else
		echo "# help of '$command' ended with $RC: $(head -n 1 "$OUT")"
	fi
	sed -n '2,/^$/s/^  medlock //p' "$OUT" >"$T/examples"
	while IFS= read -r example; do
		examples=$((examples + 1))
		case $example in
		demo | demo\ --story | demo\ up* | demo\ down*) parsed=$((parsed + 1)); continue ;; # played by other tests
		esac
		eval "words=($example)" 2>"$T/null" || { echo "# not shell words: $example"; continue; }
		run "$MEDLOCK" -C "$T/no-profile" "${words[@]}"
		if [ "$RC" -ne 2 ] && [ "$RC" -lt 11 ]; then parsed=$((parsed + 1)); else
			echo "# '$example' ended with $RC"
			said
		fi
	done <"$T/examples"
done <"$T/commands"
check "help of every command begins with examples ($good of $total)" test "$good" -eq "$total"
check "every example is understood ($parsed of $examples)" test "$parsed" -eq "$examples" -a "$examples" -ge "$total"

# ---- completion, as bash does it ----
complete_words() { # WORD…: what completes the last one
	bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _medlock; printf "%s\n" "${COMPREPLY[@]}"' _ "$T/completion" "$@"
}
check "completion is bash" bash -n "$T/completion"
check "nouns complete" grep -qx consent <<<"$(complete_words medlock cons)"
check "verbs complete" grep -qx pause <<<"$(complete_words medlock consent pa)"
check "options complete" grep -qx -- --purpose <<<"$(complete_words medlock consent add --pur)"
check "options of a noun that stands alone complete" grep -qx -- --mode <<<"$(complete_words medlock setup --mo)"

# ---- codes ----
codes=0 explained=0
while IFS= read -r code; do
	codes=$((codes + 1))
	run "$MEDLOCK" explain "$code"
	[ "$RC" -eq 0 ] && grep -q "^$code: " "$OUT" && explained=$((explained + 1)) || echo "# $code"
done < <(sed -n 's/^ERR([A-Z_]*, -[0-9]*, "\([A-Z0-9-]*\)".*/\1/p' core/base/err.def)
check "every code is explained ($explained of $codes)" test "$explained" -eq "$codes" -a "$codes" -gt 40
run "$MEDLOCK" explain E-NOTHING-00
expect 6 "an unknown code"
run "$MEDLOCKD" --help
expect 0 "medlockd --help"
run "$MEDLOCK" consnet show
expect 2 "a mistyped noun"
check "names the near one" grep -q "did you mean 'consent show'" "$ERR"
run "$MEDLOCK" log list --jsno
expect 2 "a mistyped option"
check "names the near option" grep -q 'did you mean --json' "$ERR"
