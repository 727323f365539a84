# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# What the tests of the daemon share: sourced, not run. A test works in a folder of its own,
# $work; whatever it started is ended when it ends.
set -eu

bin=${HF_BIN_DIR:?the folder with the programs}
work=$(mktemp -d)
daemon_pid=
trap 'stop_all' EXIT

stop_all() {
    [ -z "$daemon_pid" ] || kill -KILL "$daemon_pid" 2>/dev/null || true
    rm -rf "$work"
}

fail() {
    echo "FAILED: $*" >&2
    [ ! -s "$work/log" ] || sed 's/^/  log: /' "$work/log" >&2
    exit 1
}

# start_daemon OPTIONS...: start it on $work/store and wait until it is ready.
start_daemon() {
    : >"$work/log"
    "$bin/holdfastd" --store "$work/store" --log-level notice "$@" >>"$work/log" 2>&1 &
    daemon_pid=$!
    wait_for 'grep -q "daemon: ready" "$work/log"' || fail "the daemon did not become ready"
}

# wait_for CONDITION: until it holds, or the daemon has ended, or 60 s have gone.
wait_for() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || return 1
        [ -z "$daemon_pid" ] || kill -0 "$daemon_pid" 2>/dev/null || return 1
        sleep 0.1
    done
}

# stop_daemon [SIGNAL]: stop it and see that it ends well.
stop_daemon() {
    kill "-${1:-TERM}" "$daemon_pid"
    status=0
    wait "$daemon_pid" || status=$?
    daemon_pid=
    [ $status -eq 0 ] || fail "the daemon ended with $status"
}

# expect_text TEXT FILE
expect_text() {
    grep -qF -- "$1" "$2" || fail "\"$1\" is missing in: $(cat "$2")"
}

hf() {
    "$bin/holdfast" --socket "$work/socket" "$@"
}
