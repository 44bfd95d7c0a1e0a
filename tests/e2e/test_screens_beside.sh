#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line works on a profile whose screens are open, and each sees what the other did; also new keys.
. tests/e2e/lib.sh

world_up
anna=$(home_of anna)
mkfifo "$T/lines"
timeout 100 "$MEDLOCK" --plain-ui -C "$anna" <"$T/lines" >"$T/said" 2>"$T/said.err" &
screens=$!
exec 7>"$T/lines"
heard() { grep -qF -- "$1" "$T/said"; }
tell() { printf '%s\n' "$1" >&7; }

await 20 heard "Overview" && ok "the screens are open" || not_ok "the screens are open" "$(tail -n 5 "$T/said" "$T/said.err")"
check "without a rule" test "$(grep -cF okafor "$T/said")" = 0
as anna consent show --json
expect 0 "the command line reads beside them"
as anna consent add --permit --who okafor --purpose TREAT --now
expect 0 "and changes the policy"
tell "My sharing"
tell "R"
await 20 heard "okafor" && ok "the screens show the new rule" || not_ok "the screens show the new rule" "$(tail -n 5 "$T/said")"
as anna key rotate
expect 0 "the command line changes the keys"
tell "Who looked"
await 20 heard "Locked." && ok "the screens lock" || not_ok "the screens lock" "$(tail -n 5 "$T/said")"
tell ""
tell "My sharing"
tell "stop all"
tell y
await 20 heard "All sharing is paused" && ok "unlocked they sign with the new keys" || not_ok "unlocked they sign with the new keys" "$(tail -n 5 "$T/said")"
as anna consent show --json
json "which the peer takes" '.paused'
kill -0 "$screens" 2>/dev/null && ok "they are open still" || not_ok "they are open still" "$(tail -n 5 "$T/said" "$T/said.err")"
tell q
exec 7>&-
wait "$screens"
[ $? = 0 ] && ok "and end well" || not_ok "and end well" "$(tail -n 5 "$T/said" "$T/said.err")"
