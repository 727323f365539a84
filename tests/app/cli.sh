# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# What the tests of the client share, on top of daemon.sh: sourced, not run.
. "$(dirname "$0")/daemon.sh"

# same WHAT GOT WANTED
same() {
    [ "$2" = "$3" ] || fail "$1: got '$2', not '$3'"
}

# exits STATUS TEXT COMMAND...: ends with that status, and says TEXT on standard error, and
# with --json the same as JSON; nothing else on standard output.
exits() {
    want=$1 text=$2
    shift 2
    status=0
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    same "status of $*" "$status" "$want"
    expect_text "$text" "$work/err"
    [ ! -s "$work/out" ] || fail "$*: standard output has $(cat "$work/out")"
    status=0
    "$@" --json >"$work/out" 2>"$work/err" </dev/null || status=$?
    same "status of $* --json" "$status" "$want"
    same "JSON error of $*" "$(json_get error.exit <"$work/out")" "$want"
}

# json_get A.B.0: a member of the JSON value on standard input, which must be valid.
json_get() {
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for word in sys.argv[1].split("."):
    value = value[int(word)] if isinstance(value, list) else value[word]
print(",".join(map(str, value)) if isinstance(value, list) else value)' "$1"
}
