#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The story plays by itself without a terminal, in under a minute, and leaves nothing behind.
. tests/e2e/lib.sh
# Built where make builds, the program finds its records by itself.
case $BUILD in "$REPOSITORY"/*) unset MEDLOCK_ASSETS ;; esac

start=$SECONDS
run "$MEDLOCK" demo --story
expect 0 "demo --story ends with 0"
echo "# took $((SECONDS - start)) s"
check "the story takes less than a minute" test $((SECONDS - start)) -lt 60
for step in 1 2 3 4 5; do
	check "step $step is told" grep -q "^$step\. " "$OUT"
done
check "real commands are shown" grep -q '^  anna\$ medlock consent add --permit --who okafor' "$OUT"
check "the list of who looked is shown as complete" grep -q 'Complete: proven up to block' "$OUT"
dir=$(sed -n 's/^Making a synthetic network in \([^ ]*\).*/\1/p' "$ERR")
check "its folder is named" test -n "$dir"
check "its folder is gone" test ! -e "${dir:-/}"
left() {
	for f in /proc/[0-9]*/cmdline; do
		case $(tr '\0' ' ' <"$f" 2>"$T/null") in *medlockd*"$1"*) return 0 ;; esac
	done
	return 1
}
if left "${dir:-nowhere}"; then not_ok "no daemon of it is left"; else ok "no daemon of it is left"; fi
check "stdout has no escape sequences" bash -c '! grep -q "$(printf "\033")" "$1"' _ "$OUT"
# Paths and addresses are as long as they are; everything else fits a terminal.
check "no line is wider than 80 columns" bash -c '! grep -vE "/|https:" "$1" | grep -E "^.{81}"' _ "$OUT"
