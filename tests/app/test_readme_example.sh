#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The program in README.md, which the build cuts out and compiles as it stands there.
. "$(dirname "$0")/daemon.sh"
start_daemon --listen "unix $work/socket"
example=$bin/../examples/readme
HOLDFAST_SOCKET=$work/socket "$example" >"$work/out" || fail "the example ended with $?"
expect_text "counter 1 is 1" "$work/out"
HOLDFAST_SOCKET=$work/socket "$example" >"$work/out" || fail "the example ended with $?"
expect_text "counter 2 is 1" "$work/out"
stop_daemon
HOLDFAST_SOCKET=$work/socket "$example" >"$work/out" 2>&1 && fail "it connected to nobody"
expect_text "example: " "$work/out"
echo "the example of README.md works"
