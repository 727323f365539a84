#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client's command line: help, mistakes, exit codes, the connection, completion.
. "$(dirname "$0")/cli.sh"

echo "help at each level"
hf --help | grep -q 'key generate TYPE' || fail "no list of commands"
hf --help >"$work/help"
hf help | cmp - "$work/help" || fail "help and --help differ"
hf key --help | grep -q 'export-public' || fail "no list of verbs"
hf key generate --help | grep -q -- '--cache-only' || fail "no list of options"
hf sign --help | grep -q 'der raw' || fail "formats are missing"
for width in $(hf --help | awk '{ print length($0) }'); do
    [ "$width" -le 100 ] || fail "a line of help has $width columns"
done
for noun in $("$bin/holdfast" complete ''); do
    hf "$noun" --help >"$work/noun"
    cat "$work/noun" >>"$work/help"
    if grep -q "^usage: holdfast $noun VERB" "$work/noun"; then
        for verb in $("$bin/holdfast" complete "$noun" ''); do
            hf "$noun" "$verb" --help >>"$work/help"
        done
    fi
done
grep -q '^usage: holdfast counter purge' "$work/help" || fail "a verb's help is missing"
awk 'length($0) > 110 { print; bad = 1 } END { exit bad }' "$work/help" ||
    fail "a line of help is too long"
hf --version | grep -q '^holdfast  *[0-9]' || fail "no version"

echo "mistakes on the command line, before there is a server"
exits 2 "a command is missing" hf
exits 2 "no such command: keys" hf keys
exits 2 "no such command: forget" hf key forget
exits 2 "a verb is missing" hf nvm
exits 2 "a word is missing" hf key info
exits 2 "a word too many" hf key info 1 2
exits 2 "no such option: --colour" hf status --colour
exits 2 "no such option: out" hf status --out x
exits 2 "neither a number" hf key info seven
exits 2 "neither a number" hf key info 0
exits 2 "neither a number" hf key info 16777216
exits 2 "at most 32 bytes" hf key info label:123456789012345678901234567890123
exits 2 "no key type" hf key generate rsa
exits 2 "--usage" hf key generate p256 --usage sing
exits 2 "--policy" hf key generate p256 --policy allow-all
exits 2 "--mac-length-min" hf key generate hmac --mac-length-min 65
exits 2 "--number" hf key generate p256 --number 0
exits 2 "--timeout" hf status --timeout soon
exits 2 "--tcp takes" hf status --tcp nowhere
exits 2 "--format" hf key export 1 --format jwk
exits 2 "no hash" hf hash md5 /dev/null
exits 2 "sha3-384" hf sign 1 --hash md5
exits 2 "has no length of its own" hf sign 1 --hash shake128
exits 2 "no algorithm to encrypt" hf encrypt 1 --algorithm ecdsa
exits 2 "--nonce takes 1 .. 128 bytes" hf encrypt 1 --nonce 0
exits 2 "either --aad" hf encrypt 1 --aad a --aad-file b
exits 2 "--context" hf sign 1 --context "$(printf '%0256d' 0)"
exits 2 "hexadecimal" hf sign 1 --digest xyz
exits 2 "no file" hf sign 1 file --digest 00
exits 2 "--signature" hf verify 1 file
exits 2 "no group" hf statistics --group foo
exits 2 "no level" hf log-level loud
exits 2 "number of bytes" hf random many
exits 2 "--clients" hf bench --clients 0

echo "no server"
exits 3 "is holdfastd running?" hf status
exits 3 "connection refused" "$bin/holdfast" --tcp 127.0.0.1:1 status
long=$(printf '%0108d' 0)
exits 2 "107 bytes" "$bin/holdfast" --socket "$long" status
: >"$work/nosocket"
exits 3 "cannot connect to $work/nosocket" env HOLDFAST_SOCKET="$work/nosocket" \
    "$bin/holdfast" ping

echo "with a server"
start_daemon --listen "unix $work/socket" --listen "tcp 127.0.0.1:0 owner=9"
HOLDFAST_SOCKET=$work/socket "$bin/holdfast" ping >/dev/null || fail "the variable"
exits 4 "cannot open" hf nvm put "$work/missing"
exits 4 "cannot create" hf random 8 --out "$work/no/folder"
exits 1 HF_ERR_NOTFOUND hf key info 77
hf nvm put "$work/nosocket" --number 3 >/dev/null
status=0
hf nvm list >/dev/full 2>"$work/err" || status=$?
same "a full disk" "$status" 4
expect_text "standard output" "$work/err"

echo "binary data and a terminal"
# A pseudo-terminal for standard output.
on_terminal() {
    python3 -c '
import os, pty, sys
status = pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096), lambda fd: b"")
sys.exit(os.waitstatus_to_exitcode(status))' "$@" </dev/null
}
status=0
on_terminal "$bin/holdfast" --socket "$work/socket" random 8 >"$work/out" || status=$?
same "binary to a terminal" "$status" 2
expect_text "--force" "$work/out"
on_terminal "$bin/holdfast" --socket "$work/socket" random 8 --force >/dev/null ||
    fail "--force does not help"
on_terminal "$bin/holdfast" --socket "$work/socket" random 8 --format hex >/dev/null ||
    fail "text is refused on a terminal"

echo "completion"
# offers WORDS... : what the program offers, in one line.
offers() { "$bin/holdfast" complete "$@" | tr '\n' ' '; }
same verbs "$(offers key ex)" "export export-public "
same nouns "$(offers st)" "status statistics "
same options "$(offers key generate p256 --ca)" "--cache-only "
same formats "$(offers sign --format '')" "der raw "
same lists "$(offers key generate p256 --usage sign,ve)" "sign,verify "
same types "$(offers key generate ed)" "ed25519 ed448 "
same "all types" "$(offers key import brainpool-p512)" "brainpool-p512 brainpool-p512-public @file "
same policies "$(offers key generate aes-128 --policy allow-ecb,h)" "allow-ecb,hardware "
same hashes "$(offers hash sha3-2)" "sha3-224 sha3-256 "
same "hashes of an option" "$(offers sign 1 --hash sha3)" \
    "sha384 sha3-224 sha3-256 sha3-384 sha3-512 "
same algorithms "$(offers sign 1 --algorithm rsa)" "rsa-pkcs1 rsa-pss "
same ciphers "$(offers decrypt 1 --algorithm rsa)" "rsa-oaep rsa-pkcs1-decrypt rsa-raw "
same MACs "$(offers mac verify 1 --algorithm aes)" "aes-cmac aes-gmac "
same files "$(offers sign 1 '')" "@file "
same values "$(offers --socket '')" "@file "
same handles "$(offers key info '')" "label: "
same "nothing for a text" "$(offers key generate p256 --label '')" ""
same "global options first" "$(offers --json key evi)" "evict "
cat >"$work/complete.bash" <<'END'
. "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_holdfast
printf '%s\n' "${COMPREPLY[@]}"
END
script=${HF_SOURCE_DIR:?}/apps/holdfast/holdfast.bash
same "in bash" "$(bash "$work/complete.bash" "$script" "$bin/holdfast" counter in)" increment
: >"$work/some file"
same "files in bash" \
    "$(cd "$work" && bash complete.bash "$script" "$bin/holdfast" sign 1 some)" "some file"
stop_daemon
