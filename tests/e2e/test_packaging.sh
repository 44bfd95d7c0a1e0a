#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What `make install` places for an operator: a unit that systemd accepts and that keeps its hardening, and logrotate's file.
. tests/e2e/lib.sh

# The files that need no program: what the install rule does with packaging/.
run make -n install B="$BUILD" DESTDIR="$T/root" PREFIX=/opt/m
quietly 0 "the install rule can be read"
grep -E 'packaging/|lib/systemd|/doc/' "$OUT" >"$T/rule"
check "packaging is placed by make install" bash -e "$T/rule"
unit=$T/root/opt/m/lib/systemd/system/medlockd.service
check "the unit is placed" test -f "$unit"
check "it starts the installed program" grep -qx 'ExecStart=/opt/m/bin/medlockd run --home /var/lib/medlock' "$unit"
check "no place is left open" bash -c '! grep -q "@[A-Z]*@" "$1"' _ "$unit"
for line in NoNewPrivileges=yes ProtectSystem=strict PrivateTmp=yes SystemCallFilter=@system-service StateDirectory=medlock \
	StateDirectoryMode=0700 Restart=on-failure LimitCORE=0 CapabilityBoundingSet=; do
	check "the unit has $line" grep -qx -- "$line" "$unit"
done

crl=$T/root/opt/m/lib/systemd/user/medlock-crl
check "the desk's timer is placed, with its unit" test -f "$crl.timer" -a -f "$crl.service"
check "it makes the revocation list" grep -q '^ExecStart=/opt/m/bin/medlock .*ca crl --wait$' "$crl.service"

if command -v systemd-analyze >/dev/null; then
	# verify wants the program to be there: the unit is written for where the build is.
	mkdir -p "$T/p/bin"
	ln -s "$MEDLOCKD" "$T/p/bin/medlockd"
	sed "s|@PREFIX@|$T/p|g" packaging/medlockd.service >"$T/medlockd.service"
	run systemd-analyze verify --man=no "$T/medlockd.service"
	expect 0 "systemd accepts the unit"
	ln -s "$MEDLOCK" "$T/p/bin/medlock"
	for end in service timer; do sed "s|@PREFIX@|$T/p|g" "packaging/medlock-crl.$end" >"$T/medlock-crl.$end"; done
	run systemd-analyze verify --user --man=no "$T/medlock-crl.service" "$T/medlock-crl.timer"
	check "and the desk's timer" bash -c '! grep -q medlock-crl "$1"' _ "$ERR"
	run systemd-analyze verify --man=no "$T/medlockd.service"
	check "and has nothing to say about it" bash -c '! grep -q medlockd.service "$1"' _ "$ERR"
else
	skipped "systemd accepts the unit" "no systemd-analyze"
fi
if command -v systemd-sysusers >/dev/null && systemd-sysusers --help | grep -q dry-run; then
	run systemd-sysusers --dry-run "$REPOSITORY/packaging/medlock.sysusers.conf"
	expect 0 "systemd-sysusers accepts the account"
fi
if command -v logrotate >/dev/null; then
	run logrotate --debug --state "$T/state" packaging/medlockd.logrotate
	expect 0 "logrotate accepts its file"
else
	skipped "logrotate accepts its file" "no logrotate"
fi
