#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# medlock demo on a terminal: its people to choose from, something to see for each, and nothing left behind.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

screens_open 80x24 TMPDIR="$T" -- demo
shows "the people to choose from" "The people of the demo world"
shows "all of them invented" "okafor"
keys / a n n a Enter Enter
shows "anna has something to look at" "EMERGENCY access"
shows "and somebody asks her" "lind asks for"
keys P / j a n s e n Enter Enter
shows "jansen has a request in the queue" "N. Bakker"
keys P / o k a f o r Enter Enter
shows "okafor sees what he asked" "1 request"
folder=$(pgrep -af 'medlockd run --home' | grep -oE "/[^ ]*medlock-demo-[^/ ]*" | head -n 1)
in_tmux send-keys -t screens q
await 20 test -s "$T/ended"
check "it ends with 0" test "$(cat "$T/ended")" = 0
check "its folder is gone" test ! -e "${folder:-$T/null-that-is-not}"
shows_not "and nothing stays on the terminal" "okafor"
screens_close
