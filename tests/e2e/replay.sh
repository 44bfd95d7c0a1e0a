# SPDX-License-Identifier: Apache-2.0
# Two worlds that are one and the same: what is done at the screens in the first is done by its printed lines in the second, and
# both must hold the same afterwards.  Source it after lib.sh and screens.sh.
LINES_DONE=$T/lines # NAME, tab, the line

# twins_begin: what the world holds now is what the second one will begin with.
twins_begin() {
	world_down
	cp -a "$WORLD" "$T/twin"
	world_again
}
world_again() {
	run "$MEDLOCK" demo up "$WORLD" --json
	[ "$RC" -eq 0 ] || not_ok "the world starts again"
	cp "$OUT" "$T/world.json"
}

# at NAME: that person's screens, wide enough for whole lines.
at() {
	AT=$1
	screens_open 220x50 -C "$(home_of "$1")"
}
# away: the lines that were done there are written down, from the page of activity; nothing may have failed.
away() {
	keys J g
	local i count states
	states=$(shown | grep -cE ' (not done|running|can be undone) ')
	[ "$states" -eq 0 ] || not_ok "$AT: all that was begun is done" "$(shown | head -n 20)"
	count=$(shown | sed -n '/^ *When .*State/,/^─/p' | grep -cE '^[ >] (today|yesterday|[0-9])')
	: >"$T/lines.$AT"
	for i in $(seq "$count"); do
		printf '%s\t%s\n' "$AT" "$(shown | sed -n 's/^medlock //p')" >>"$T/lines.$AT"
		keys j
	done
	tac "$T/lines.$AT" >>"$LINES_DONE"
	screens_close
}

# What a person must have seen before her line is taken: at the screens it is on the page where she does it.
looks() { :; }

# twins_end: the second world, from the same beginning, by lines alone; then both are compared by $1, a function that prints what
# a world holds.
twins_end() {
	local who line
	"$1" >"$T/first.holds"
	world_down
	rm -rf "$WORLD"
	mv "$T/twin" "$WORLD"
	world_again
	check "something was done at the screens" test -s "$LINES_DONE"
	while IFS=$'\t' read -r who line; do
		looks "$who" $line
		eval "as $who ${line}"
		case $RC in 0 | 5 | 8) ok "$who: medlock $(cut -d' ' -f1-2 <<<"$line")" ;; *) not_ok "$who: medlock $line" "ended with $RC"; said ;; esac
	done <"$LINES_DONE"
	"$1" >"$T/second.holds"
	if diff "$T/first.holds" "$T/second.holds" >"$T/differ"; then
		ok "both worlds hold the same ($(wc -l <"$T/first.holds") lines)"
	else
		not_ok "both worlds hold the same" "$(head -n 20 "$T/differ")"
	fi
}
