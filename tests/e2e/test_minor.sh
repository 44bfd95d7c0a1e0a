#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A minor's account: the authority names who acts for it until its date, and for nobody else.
. tests/e2e/lib.sh

world_up
network_of anna
child=$T/child
(umask 077; printf 'correct horse battery\n' >"$T/phrase")
as_child() { run "$MEDLOCK" -C "$child" "$@" --passphrase-file "$T/phrase"; }
setup_child() { as_child setup --peer "$url" --pin "$pin" --name 'Milan Novak' "$@" --json; }
setup_child --mode patient --minor-until 2020-01-01
expect 2 "a date that is over"
setup_child --mode clinician --minor-until 2030-06-01
expect 2 "a clinician who is a minor"
setup_child --mode patient --minor-until 2030-06-01
expect 0 "setup for a child"
account=$(value .account)
request=$(value .enrolment)
as jansen ca import "$request" --json
as jansen ca queue --json
id=$(value '.queue[0].id')
as jansen ca show "$id" --json
json "the officer sees the date" '.comparison | any(.field == "minor until" and (.issued | startswith("2030-06-01")))'
as jansen ca approve "$id" --json
expect 0 "approve"

expect_error 5 "nobody else names a proxy for the child" anna proxy add bram --for "$account" --now
expect_error 2 "an end without a date" jansen proxy add bram --for "$account" --until soon
as jansen proxy add bram --for "$account" --until 2030-06-02 --now --json
expect 2 "no proxy beyond the date"
as jansen proxy add bram --for anna --now --json
expect 5 "no proxy for an adult"
json "which is said" '.error.code == "E-PROXY-03"'
as jansen proxy add bram --for "$account" --now --json
expect 0 "the officer names bram for the child"
json "until the date" '.proxy.until | startswith("2030-06-01")'

as bram consent add --deny --who everyone --purpose HRESCH --for "$account" --json
expect 0 "bram acts for the child"
as_child proxy list --json
json "the child sees who acts for it, and by whom" '.proxies | length == 1 and .[0].by_authority and .[0].state == "stands"'
as_child proxy remove "$(account_of bram)"
expect 5 "and cannot end it before the date"
as_child log list --json
json "its list shows what bram did" --arg b "$(account_of bram)" '.events[-1] | .kind == "consent_set" and .account == $b'
as jansen proxy remove bram --for "$account"
expect 0 "the officer takes it back"
as bram consent pause --for "$account"
expect 5 "bram acts no longer"
