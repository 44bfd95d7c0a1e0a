#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An officer holds a root ceremony at the screens: rehearsed, then held, with the root's passphrase asked for on the screen, and a
# transcript that anybody can check.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

world_up
screens_open 80x24 -C "$(home_of dewit)"
keys 5
shows "no ceremony was held" "this desk has no"
keys r
shows "what is missing is said" "Say the folder"
keys Enter
typed "$T/root"
keys Enter j Enter
typed "W. Itness"
keys Enter j Enter
typed "A. Nother"
keys Enter s
shows "it is asked about" "Hold the ceremony now, for real?"
keys y Enter
shows "y is not enough" "Nothing was done"
keys Escape s
typed root
keys Enter
shows "unrehearsed it is refused, and says how to go on" "Run the same command"
keys r
shows "the rehearsal says its script" "REHEARSAL: these keys are thrown away"
keys Escape s
typed root
# asked TEXT ANSWER: what the ceremony asks on its way; the answer is not shown.
asked() {
	await 20 has "$1" && ok "it asks: $1" || not_ok "it asks: $1" "$(shown)"
	in_tmux send-keys -t screens -l "$2"
	in_tmux send-keys -t screens Enter
	KEYS=$((KEYS + ${#2} + 1))
}
in_tmux send-keys -t screens Enter
KEYS=$((KEYS + 1))
asked "A passphrase for the root key alone" "the root has words"
asked "The same again" "of another kind"
asked "are not the same" "the root has words of its own"
asked "The same again" "the root has words of its own"
settled
shows "the ceremony is held, and its transcript shown" "Ceremony of the certificate authority"
shows_not "it is no rehearsal" "REHEARSAL"
keys Escape
shows "the desk has an authority now" "The authority now"
keys s
shows "a second ceremony is refused" "The ceremony was held"
screens_close
signed() { (cd "$T/root" && openssl dgst -sha256 -verify root-public.pem -signature transcript.sig transcript.txt) >"$T/null" 2>&1; }
check "the transcript is signed by the root" signed
check "the passphrase is nowhere on the disk" test -z "$(grep -rl 'the root has words of its own' "$T/root" "$(home_of dewit)" 2>"$T/null")"
check "the root key's file is the owner's alone" test "$(stat -c %a "$T/root/root.key")" = 600
