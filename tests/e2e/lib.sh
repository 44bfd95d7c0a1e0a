# SPDX-License-Identifier: Apache-2.0
# Helpers of the end-to-end tests: a demo world of one's own, commands as its people, TAP lines, waiting without sleeping.
# Source it first; it uses $BUILD and $VECTORS.  The world is stopped and removed at exit, whatever happened.
set -u
BUILD=$(realpath "${BUILD:-build/dev}")
VECTORS=$(realpath -m "${VECTORS:-../shared/vectors}")
MEDLOCK=$BUILD/medlock
MEDLOCKD=$BUILD/medlockd
REPOSITORY=$PWD
COMMAND_SECONDS=${COMMAND_SECONDS:-120}
T=$(mktemp -d "${TMPDIR:-/tmp}/medlock-e2e-XXXXXX")
WORLD=$T/world
OUT=$T/out ERR=$T/err RC=0
failures=0
unset MEDLOCK_HOME
export MEDLOCK_ASSETS=$REPOSITORY/assets
ulimit -c 0

ok() { echo "ok - $1"; }
not_ok() {
	echo "not ok - $1"
	failures=$((failures + 1))
	shift
	for line in "$@"; do printf '# %s\n' "$line"; done
}
skipped() { echo "ok - $1 # SKIP $2"; }

# What the last command said, as comments, shortened.
said() {
	sed -n '1,4s/^/# stdout: /p' "$OUT" | cut -c1-300
	sed -n '1,4s/^/# stderr: /p' "$ERR" | cut -c1-300
}

# check NAME COMMAND…: the command must succeed.
check() {
	local name=$1
	shift
	if "$@"; then ok "$name"; else not_ok "$name" "failed: $*"; fi
}

# json NAME FILTER…: a jq filter over the last command's JSON must give true.
json() {
	local name=$1
	shift
	if jq -e "$@" "$OUT" >"$T/null" 2>&1; then ok "$name"; else not_ok "$name" "not so: $1"; said; fi
}

# run COMMAND…: output into $OUT and $ERR, status into $RC.
run() {
	timeout --kill-after=5 "$COMMAND_SECONDS" "$@" >"$OUT" 2>"$ERR" </dev/null
	RC=$?
}

# as NAME ARGUMENTS…: one command as one person.
as() {
	local who=$1
	shift
	run "$MEDLOCK" -C "$(home_of "$who")" "$@"
}

# expect STATUS NAME…: the last command's status.
expect() {
	if [ "$RC" -eq "$1" ]; then ok "$2"; else not_ok "$2" "ended with $RC, not $1"; said; fi
}

# quietly STATUS NAME: a TAP line only when it is another status.
quietly() {
	[ "$RC" -eq "$1" ] && return 0
	not_ok "$2" "ended with $RC, not $1"
	said
	return 1
}

# Under a sanitizer memory is not what it would be.
sanitized() { ldd "$MEDLOCK" | grep -qE 'lib[at]san'; }
# flat NAME KIB MAX: what a process took at most.
flat() {
	if sanitized; then skipped "$1" "a sanitizer takes memory of its own"; else check "$1 ($2 kB)" test "$2" -gt 0 -a "$2" -lt "$3"; fi
}

value() { jq -r "$1" "$OUT" 2>/dev/null; } # of the last command's JSON

home_of() { jq -r --arg n "$1" '.people[$n].home' "$T/world.json"; }
peer_home() { jq -r '.peers[0].home' "$T/world.json"; }
peer_pid() { jq -r '.peers[0].pid' "$T/world.json"; }
account_of() { jq -r --arg n "$1" '.people[$n].account' "$T/world.json"; }

# network_of NAME: url and pin of the peer, as that person's profile has them.
network_of() {
	url=$(jq -r '.peers[0].url' "$T/world.json")
	pin=$(sed -n 's/^pin[ =]*//p' "$(home_of "$1")/config" | tr -d '"')
}
# later NAME ARGUMENTS…: as `as`, under what LATER holds, which moves the clock.
LATER=()
later() {
	local who=$1
	shift
	run "${LATER[@]}" "$MEDLOCK" -C "$(home_of "$who")" "$@"
}

world_up() {
	run "$MEDLOCK" demo up "$WORLD" --json
	cp "$OUT" "$T/world.json"
	if [ "$RC" -ne 0 ]; then
		not_ok "the demo world starts" "ended with $RC"
		said
		exit 1
	fi
}
world_down() { run "$MEDLOCK" demo down "$WORLD"; }

# await SECONDS COMMAND…: until it succeeds; 1 when the time is over.
exec {tick}<> <(:)
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -r -t 0.02 -u "$tick" || true
	done
}

# One line with a code on stderr, JSON on one line with the code, both with the status: expect_error STATUS NAME WHO ARGS…
expect_error() {
	local status=$1 name=$2 who=$3 line
	shift 3
	as "$who" "$@"
	line=$(head -n 1 "$ERR")
	if [ "$RC" -ne "$status" ]; then
		not_ok "$name" "ended with $RC, not $status: $*"
		said
		return
	fi
	if ! grep -qE '^medlock: .* \(E-[A-Z]+-[0-9]+\)$' <<<"$line" || [ "$(wc -l <"$ERR")" -gt 2 ]; then
		not_ok "$name" "not one clear line: $line"
		said
		return
	fi
	as "$who" "$@" --json
	if [ "$RC" -ne "$status" ] || [ "$(wc -l <"$OUT")" -ne 1 ] || [ "$(value '.v')" != 1 ] ||
		! [[ $(value '.error.code') =~ ^E-[A-Z]+-[0-9]+$ ]]; then
		not_ok "$name" "--json ended with $RC"
		said
		return
	fi
	ok "$name"
}

finish() {
	local status=$?
	for w in "$T"/world*/; do [ -d "$w" ] && timeout 60 "$MEDLOCK" demo down "${w%/}" >/dev/null 2>&1; done
	[ -n "${E2E_KEEP:-}" ] && echo "# kept: $T" || rm -rf "$T"
	[ "$status" -eq 0 ] && [ "$failures" -gt 0 ] && status=1
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM
