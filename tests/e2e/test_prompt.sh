#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The passphrase prompt on a real terminal: a new one is typed twice, Ctrl-C gives the echo back.
. tests/e2e/lib.sh

if ! command -v script >"$T/null"; then
	skipped "the passphrase prompt" "no script(1)"
	exit 0
fi
world_up
home=$(home_of anna)

# typed WORD…: `key change` on a terminal of its own, a word at each prompt; its status into RC, what was seen into $OUT.
typed() {
	local word seen
	coproc P { script -qec "sh -c 'trap : INT; $MEDLOCK -C $home key change; echo status \$?; stty -a'" /dev/null; }
	local pid=$P_PID in=${P[1]} out=${P[0]}
	: >"$OUT"
	for word in "$@"; do
		IFS= read -r -d : -t 30 -u "$out" seen || break
		printf '%s:' "$seen" >>"$OUT"
		printf "$word" >&"$in"
	done
	timeout 30 cat <&"$out" >>"$OUT"
	wait "$pid"
	RC=$(sed -n 's/.*status \([0-9]*\).*/\1/p' "$OUT" | head -n 1)
}
echo_is_on() { grep -qE '(^|[ ;])echo([ ;]|$)' "$OUT"; }

before=$(sha256sum <"$home/keystore")
typed 'one passphrase\n' 'another passphrase\n'
expect 3 "two that differ are refused"
check "and the keystore stays as it was" test "$before" = "$(sha256sum <"$home/keystore")"
check "no passphrase is shown" sh -c "! grep -q 'one passphrase' '$OUT'"
typed '\003'
expect 3 "Ctrl-C at the prompt cancels"
check "and the terminal shows again what is typed" echo_is_on
typed 'one passphrase\n' 'one passphrase\n'
expect 0 "the same twice is taken"
check "and the keystore is another" test "$before" != "$(sha256sum <"$home/keystore")"
# Bytes of the first slot: after magic, network, key set, signature, count, kind and length; a second of work on this machine.
slot=$((20 + 32 + 32 + 4 + 4 + $(od -An -tu4 --endian=big -j88 -N4 "$home/keystore") + 64 + 4 + 8))
read -r kib passes <<<"$(od -An -tu4 --endian=big -j"$slot" -N8 "$home/keystore" | xargs)"
check "and its work was measured, not the floor ($kib KiB, $passes passes)" test $((kib * passes)) -gt $((64 * 1024 * 3))
as anna key status
expect 4 "the old passphrase opens nothing"
