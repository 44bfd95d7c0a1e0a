#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Anna uses two machines: two copies of her home change the policy at once.  One change is made, the other is told that it
# came second; after a sync it is made too, and both homes show the same policy with nothing lost.
. tests/e2e/lib.sh

ROUNDS=${ROUNDS:-12} # at most, until both came at once CONFLICTS times
CONFLICTS=3

world_up
ok "the demo world starts"
as anna sync --json
expect 0 "anna syncs"
first=$(home_of anna) second=$T/second
cp -a "$first" "$second"
passphrase=$first/passphrase
daemon=$(peer_pid)
port=$(jq -r '.peers[0].url' "$T/world.json" | sed 's/.*:\([0-9]*\).*/\1/')

at() { # HOME ARGUMENTS…
	local home=$1
	shift
	run "$MEDLOCK" -C "$home" "$@" --passphrase-file "$passphrase"
}
# Connections of clients that wait for the stopped daemon.
waiting() { awk -v p="$(printf ':%04X' "$port")" '$3 ~ p "$" && $4 == "01" { n++ } END { print n + 0 }' /proc/net/tcp; }
both_wait() { [ "$(waiting)" -ge $((open + 2)) ]; }
start() { # NAME HOME ARGUMENTS…: in the background, with files of its own
	local name=$1 home=$2
	shift 2
	timeout --kill-after=5 "$COMMAND_SECONDS" "$MEDLOCK" -C "$home" "$@" --passphrase-file "$passphrase" --json \
		>"$T/$name.out" 2>"$T/$name.err" </dev/null &
}
rules() { at "$1" consent show --json; }
put() { # a rule that this round makes, by its last day
	printf '2031-%02d-%02d' "$1" "$2"
}

rules "$first"
expect 0 "the policy is shown"
expected=$(value '.rules | length')
version=$(value .version)
as anna log list --json
changes=$(value '[.events[] | select(.kind | test("consent|policy"))] | length')
odd=0 none=0 wrong=0 lost=0 conflicts=0 round=0
while [ $round -lt "$ROUNDS" ] && [ $conflicts -lt $CONFLICTS ]; do
	round=$((round + 1))
	open=$(waiting)
	kill -STOP "$daemon" # both clients get as far as their first question
	start a "$first" consent add --now --permit --who okafor --purpose TREAT --until "$(put 1 $round)"
	a=$!
	start b "$second" consent add --now --deny --who everyone --purpose HMARKT --until "$(put 2 $round)"
	b=$!
	await 60 both_wait
	kill -CONT "$daemon"
	wait $a
	ra=$?
	wait $b
	rb=$?
	echo "# round $round: $ra and $rb"
	for r in $ra $rb; do [ $r -eq 0 ] || [ $r -eq 10 ] || odd=$((odd + 1)); done
	[ $ra -eq 0 ] || [ $rb -eq 0 ] || none=$((none + 1))
	if [ $ra -eq 10 ] || [ $rb -eq 10 ]; then
		conflicts=$((conflicts + 1))
		loser=a home=$first change="--permit --who okafor --purpose TREAT --until $(put 1 $round)"
		[ $rb -eq 10 ] && loser=b home=$second change="--deny --who everyone --purpose HMARKT --until $(put 2 $round)"
		[ "$(jq -r .error.code "$T/$loser.out" 2>"$T/null")" = E-CONFLICT-01 ] || wrong=$((wrong + 1))
		at "$home" sync --json
		quietly 0 "who came second syncs" || wrong=$((wrong + 1))
		rules "$home"
		[ "$(value '.rules | length')" -eq $((expected + 1)) ] || lost=$((lost + 1))
		# shellcheck disable=SC2086
		at "$home" consent add --now $change --json
		quietly 0 "who came second repeats the change" || wrong=$((wrong + 1))
	fi
	expected=$((expected + 2)) version=$((version + 2))
	for home in "$first" "$second"; do
		at "$home" sync --json
		rules "$home"
		cp "$OUT" "$T/shown-$(basename "$home").json"
		[ "$(value '.rules | length')" -eq $expected ] && [ "$(value .version)" -eq $version ] || { lost=$((lost + 1)); said; }
		for day in "$(put 1 $round)" "$(put 2 $round)"; do
			[ "$(grep -c "$day" "$OUT")" -ge 1 ] || lost=$((lost + 1))
		done
	done
done
check "both came at once in $conflicts of $round rounds" test $conflicts -ge 1
check "each change ends with 0 or 10" test $odd -eq 0
check "one of the two is always made" test $none -eq 0
check "who came second is told of the conflict, and succeeds after a sync" test $wrong -eq 0
check "no rule is lost, and none is made twice" test $lost -eq 0
check "both homes show the same policy" cmp "$T/shown-$(basename "$first").json" "$T/shown-second.json"

# ---- the list tells of every change, once ----
for home in "$first" "$second"; do
	at "$home" log verify
	expect 0 "log verify in $([ "$home" = "$first" ] && echo the first || echo the second) home"
	at "$home" log list --json
	json "its list has each change once" --argjson n $((changes + 2 * round)) '[.events[] | select(.kind | test("consent|policy"))] | length == $n'
	cp "$OUT" "$T/list-$(basename "$home").json"
done
check "both lists are the same" cmp <(jq -S .events "$T/list-$(basename "$first").json") <(jq -S .events "$T/list-second.json")
