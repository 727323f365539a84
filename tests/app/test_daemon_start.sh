#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Starting and stopping the daemon: what it refuses, and the sentence that it says.
. "$(dirname "$0")/daemon.sh"

# refused STATUS TEXT OPTIONS...: does not start, with this status and sentence.
refused() {
    want=$1 text=$2
    shift 2
    status=0
    "$bin/holdfastd" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$want" ] || fail "ended with $status, not $want: $(cat "$work/out")"
    expect_text "$text" "$work/out"
}

echo "a clean start and stop, by each signal"
for signal in TERM INT; do
    start_daemon --listen "unix $work/socket"
    hf counter create --number 5 >/dev/null 2>&1 || hf counter increment 5 >/dev/null
    stop_daemon $signal
    [ ! -e "$work/socket" ] || fail "the socket file is left"
done
start_daemon --listen "unix $work/socket" --no-create
[ "$(hf counter read 5 --json | tr -d ' \n' | grep -o '"value":[0-9]*')" = '"value":1' ] ||
    fail "the counter is lost"

echo "a store that another process has open"
refused 74 "stop that one" --store "$work/store" --listen "unix $work/other"
[ ! -e "$work/other" ] || fail "a socket was made"

echo "a socket that another server has"
refused 78 "somebody listens there already" --store "$work/store2" --listen "unix $work/socket"
stop_daemon

echo "a socket file that nobody listens on any more"
start_daemon --listen "unix $work/socket"
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null || true
daemon_pid=
[ -S "$work/socket" ] || fail "kill -9 should leave the socket file"
start_daemon --listen "unix $work/socket"
stop_daemon

echo "something else that has the socket's name"
echo precious >"$work/file"
refused 78 "not a socket" --store "$work/store2" --listen "unix $work/file"
[ "$(cat "$work/file")" = precious ] || fail "the file was changed"

echo "a start that fails at its second listener"
refused 78 "not a socket" --store "$work/store2" --listen "unix $work/first" \
    --listen "unix $work/file"
[ ! -e "$work/first" ] || fail "the first one's socket file is left"

echo "no store, and none may be made"
refused 74 "there is none" --store "$work/none" --no-create --listen "unix $work/socket"
[ ! -e "$work/none" ] || fail "a store was made"

echo "a store whose folder others can write"
mkdir -m 0777 "$work/open"
refused 74 "mode 0700" --store "$work/open" --listen "unix $work/socket"

echo "a damaged store"
cp -r "$work/store" "$work/damaged"
chmod 700 "$work/damaged"
region=$(ls -S "$work/damaged"/region.* | head -n 1)
# Behind the header, in the first records, which were durable when it was closed.
printf 'damage' | dd of="$region" bs=1 seek=100 conv=notrunc 2>/dev/null
cp "$region" "$work/before"
refused 74 "it is damaged; nothing was written" --store "$work/damaged" --listen "unix $work/socket"
expect_text "the damage is in region" "$work/out"
cmp -s "$region" "$work/before" || fail "the damaged store was written to"
expect_text "see DAMAGED STORE in holdfastd(8)" "$work/out"
expect_text "# DAMAGED STORE" "$(dirname "$0")/../../docs/man/holdfastd.8.scd"

echo "a store in a folder that does not exist"
refused 74 "or without the folder that it would be in" --store "$work/no/store" \
    --listen "unix $work/socket"

echo "settings that cannot be"
refused 64 "unexpected argument" --store "$work/store" nonsense
refused 64 "owner" --listen "tcp 127.0.0.1:0"
refused 64 "begin with unix PATH or tcp" --listen "udp x"
refused 64 "owner must be" --listen "unix /tmp/x owner=0"
refused 64 "owner=N is missing" --uid "1000 admin"
refused 64 "workers" --workers 1000
refused 64 "not usable" --log-level loud
refused 78 "cannot read" --config "$work/absent.conf"

echo "configuration files"
conf=$work/holdfastd.conf
printf 'workers = 1000\n' >"$conf"
refused 78 "workers must be 0 .. 256, not 1000" --config "$conf"
printf 'no-such-option = 1\n' >"$conf"
refused 78 "no such option" --config "$conf"
printf 'log-level = loud\n' >"$conf"
refused 78 "use error, warning, notice" --config "$conf"
printf 'crypto-affinity = fast\n' >"$conf"
refused 78 "use any, hardware or software" --config "$conf"
printf 'listen = {"tcp 127.0.0.1:0"}\n' >"$conf"
refused 78 "a TCP listener needs owner=N" --config "$conf"
printf 'store = "%s"\nlisten = {"unix %s"}\nworkers = 2\nobjects-max = 1000\n' \
    "$work/store" "$work/socket" >"$conf"
start_daemon --config "$conf"
hf ping >/dev/null
stop_daemon

echo "the policy for crypto devices: libcrypto is software"
for affinity in any software hardware; do
    printf 'crypto-affinity = %s\ncrypto-fallback = true\n' "$affinity" >"$conf"
    start_daemon --config "$conf" --listen "unix $work/socket"
    status=0
    hf key generate aes-256 >"$work/out" 2>&1 || status=$?
    if [ "$affinity" = hardware ]; then
        [ "$status" -ne 0 ] || fail "software was used"
        expect_text NOTSUPPORTED "$work/out"
    else
        [ "$status" -eq 0 ] || fail "$affinity: $(cat "$work/out")"
    fi
    stop_daemon
done

echo "SIGHUP opens the log file again"
log_file=$work/daemon.log
"$bin/holdfastd" --store "$work/store" --listen "unix $work/socket" --log "$log_file" &
daemon_pid=$!
wait_for 'grep -q "daemon: ready" "$log_file" 2>/dev/null' || fail "not ready"
mv "$log_file" "$log_file.1"
kill -HUP "$daemon_pid"
wait_for 'grep -q "log file reopened" "$log_file" 2>/dev/null' || fail "not reopened"
hf ping >/dev/null
stop_daemon
expect_text "stopped" "$log_file"
echo "all as expected"
