#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The manual page: every command, option and action is in it, and what formats manual pages takes it.
. tests/e2e/lib.sh

run "$MEDLOCK" manual
expect 0 "the manual page is written"
cp "$OUT" "$T/medlock.1"
sed 's/\\-/-/g; s/\\f[BIR]//g; s/\\&//g; s/\\e/\\/g' "$T/medlock.1" >"$T/plain"
missing=""
while read -r noun verb; do
	grep -qE "^\.SS \"$noun${verb:+ $verb}( .*)?\"\$" "$T/plain" || missing="$missing $noun-$verb"
done < <("$MEDLOCK" completion bash | sed -n "/COMP_CWORD\" -eq 2/,/esac/s/^ *\([a-z]*\)) words='\(.*\)' ;;/\1 \2/p" | while read -r noun verbs; do
	for verb in $verbs; do echo "$noun $verb"; done
done)
check "every command is in it" test -z "$missing"
[ -z "$missing" ] || echo "# missing:$missing"
missing=""
for name in $(sed -n 's/^ACTION([0-9]*, \([A-Z_]*\),.*/\1/p' tui/screens/actions.def); do
	grep -q "($name)\$" "$T/plain" || missing="$missing $name"
done
check "every action of the screens is in it" test -z "$missing"
[ -z "$missing" ] || echo "# missing:$missing"
if command -v groff >/dev/null && [ -d /usr/share/groff ] && echo . | groff -man -Tascii >"$T/null" 2>&1; then
	groff -man -ww -Tutf8 "$T/medlock.1" >"$T/page" 2>"$T/warnings"
	check "groff formats it without a warning" test ! -s "$T/warnings" -a -s "$T/page"
	sed -n '1,3s/^/# /p' "$T/warnings"
else
	skipped "groff formats it without a warning" "no groff"
fi
