#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What anna does at her screens, done again by the lines that they print.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
. tests/e2e/replay.sh
command -v tmux >/dev/null || { not_ok "tmux is installed"; exit 1; }

holds() {
	as anna consent show --json
	jq -c 'del(.v, .version), .rules[]?' "$OUT"
	as anna log list --json
	jq -c '.events[] | [.kind, .purpose, .decision, [.records[]?.decision]]' "$OUT"
	as anna record list --json
	jq -c '[.records[].category] | sort' "$OUT"
	as okafor request questions --json
	jq -c '[.questions[].text]' "$OUT"
	as vos mail list --json
	jq -c '[.letters[] | [.kind, .text, .record]]' "$OUT"
	as okafor request list --json
	jq -c '.requests[] | [.purpose, .state, [.records[].decision]]' "$OUT"
}

world_up
records=$REPOSITORY/assets/demo/records/anna
for file in labs-2026-06-16 medicines vital-signs; do as vos deposit put "$records/$file.json" --owner anna; done
as anna consent add --permit --who vos --purpose TREAT --now
as anna consent add --ask --who okafor --purpose TREAT --now
as okafor request new --owner anna --purpose TREAT
twins_begin

at anna
keys A o y
shows "an ask is answered once" "Nobody waits"
keys 3 j o Enter
typed "Why did you look?"
keys Enter s y
shows "the reader is asked" "okafor"
keys B y
shows "the reader is blocked" "changed my rules"
keys v
keys 2 j X s y
shows "a rule is removed" "Removed: Ask me before"
keys c Escape p j j Space j j Space s y
shows "sharing is closed, also in emergencies" "closed"
keys Z y
shows "all is stopped" "All sharing is paused"
keys 4 m j Space s y
shows "an error is reported" "has your letter"
keys 4 X
confirmation=$(line_shown)
typed "${confirmation: -4}"
keys Enter
shows "a record is erased" "is erased in block"
keys 2 S y
shows "to share again waits" "u takes it back"
keys J
await 45 hasnt "can be undone" && ok "and is done" || not_ok "and is done" "$(shown | head)"
keys Escape
away
twins_end holds
