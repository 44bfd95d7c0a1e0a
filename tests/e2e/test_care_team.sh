#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A care team: rules for it, members that come and go, decided by the contract; and a second device that does not know its name.
. tests/e2e/lib.sh

world_up
as jansen deposit put "$REPOSITORY/assets/demo/records/anna/labs-2026-09-15.json" --owner anna
expect 0 "a deposit"
as anna consent team add home --member okafor --member vos --json
json "a team alone changes no rule" '.height == 0'
as anna consent add --permit --who team:home --purpose TREAT --now --json
expect 0 "a rule for the team"
json "the diff names who gains" '[.diff.gains[] | select(contains("okafor"))] | length > 0'
as okafor request new --owner anna --purpose TREAT --wait
expect 0 "a member gets the record"
as anna consent team remove home --member okafor --json
json "a member goes at once" '.height > 0'
as okafor request new --owner anna --purpose TREAT
expect 5 "and gets nothing from that block on"
as vos request new --owner anna --purpose TREAT --wait
expect 0 "who stayed does"
as anna consent team --json
json "the team has one member and one rule" '.teams == [.teams[0]] and .teams[0].members == ["vos"] and .teams[0].rules == 1 and .teams[0].differs == false'
team=$(value '.teams[0].id')
as anna consent team remove home --member vos --now
as anna consent show --json
json "without members it is nobody's, not everybody's" '.rules[0].actors == ["care-team:'"$team"'"] and (.rules[0].text | contains("(nobody)"))'
as vos request new --owner anna --purpose TREAT
expect 5 "and nobody gets anything"
as anna consent team add home --member haddad --now
cp "$(home_of anna)/book" "$T/book"
rm "$(home_of anna)/book"
as anna consent team --json
json "a device without the name still shows who is in it" --arg t "$team" '.teams[0].id == $t and .teams[0].name == "" and (.teams[0].members | length) == 1'
cp "$T/book" "$(home_of anna)/book"
expect_error 6 "a team that is none" anna consent add --permit --who team:nowhere --purpose TREAT --now
expect_error 2 "a name that somebody has" anna consent team add okafor --member vos
expect_error 2 "a role in a team" anna consent team add other --member clinician
expect_error 6 "a member that is not in it" anna consent team remove home --member lind
as anna consent team remove home --json
json "it goes with its rules" '.height > 0'
as anna consent show --json
json "and none is left" '.rules == []'
