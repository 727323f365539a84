#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client's commands for keys, objects, counters and the server itself, with their JSON.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"

echo "keys: generate, info, list"
for type in p256 p384 ed25519 aes-128 aes-256 hmac; do
    number=$(hf key generate $type --label "l $type" --json | json_get number)
    same "type of $type" "$(hf key info "$number" --json | json_get type)" $type
    same "label of $type" "$(hf key info "$number" --json | json_get label)" "l $type"
done
same "usage" "$(hf key info 'label:l p256' --json | json_get usage)" sign,verify
same "usage" "$(hf key info 'label:l aes-256' --json | json_get usage)" encrypt,decrypt
same "flags" "$(hf key info 'label:l hmac' --json | json_get flags)" \
    nonexportable,sensitive,local
same "count" "$(hf key list | wc -l)" 7
same "list by label" "$(hf key list --label 'l p384' --json | json_get keys.0.type)" p384
hf key list --global --json | json_get keys >"$work/out"
same "no global keys" "$(cat "$work/out")" ""

hf key generate aes-128 --number 40 --policy allow-ecb,allow-nonce --mac-length-min 8 \
    --usage sign,verify >/dev/null
same "policy" "$(hf key info 40 --json | json_get policy)" allow-ecb,allow-nonce
same "shortest MAC" "$(hf key info 40 --json | json_get mac_length_min)" 8
hf key erase 40 >/dev/null
for type in secret:derive x448:derive aes-256-xts:encrypt,decrypt; do
    number=$(hf key generate "${type%:*}" --cache-only --json | json_get number)
    same "usage of $type" "$(hf key info "$number" --json | json_get usage)" "${type#*:}"
    hf key evict "$number" >/dev/null
done

echo "keys: cached, committed, evicted, revoked, erased"
hf key generate p256 --number 50 --cache-only >/dev/null
same "stored" "$(hf key info 50 --json | json_get stored)" False
hf key commit 50 >/dev/null
same "stored" "$(hf key info 50 --json | json_get stored)" True
hf key evict 50 >/dev/null
hf key info 50 >/dev/null || fail "a committed key is gone after evict"
hf key revoke 50 >/dev/null
same "usage" "$(hf key info 50 --json | json_get usage)" ""
exits 1 HF_ERR_USAGE hf sign 50 --digest "$(printf '%064d' 1)"
hf key erase 'label:l p384' >/dev/null
exits 1 "nothing with the label" hf key info 'label:l p384'
hf key generate p256 --number 51 --cache-only >/dev/null
hf key evict 51 >/dev/null
exits 1 HF_ERR_NOTFOUND hf key info 51

echo "keys: usage, flags, access, global, double labels"
hf key generate p256 --number 60 --usage sign --flags none --access admin-write >/dev/null
same "usage" "$(hf key info 60 --json | json_get usage)" sign
same "flags" "$(hf key info 60 --json | json_get flags)" local
same "access" "$(hf key info 60 --json | json_get access)" admin-write
hf key generate p256 --number 60 --global --label shared >/dev/null
same "global" "$(hf key info 60 --global --json | json_get global)" True
same "a label of a global key" "$(hf key info label:shared --json | json_get global)" True
hf key generate p256 --label twice --cache-only >/dev/null
hf key generate p256 --label twice --cache-only >/dev/null
exits 1 "2 have the label" hf key info label:twice

echo "objects"
head -c 3000 /dev/urandom >"$work/data"
number=$(hf nvm put "$work/data" --label obj --json | json_get number)
hf nvm get label:obj --out "$work/copy"
cmp "$work/data" "$work/copy" || fail "other bytes came back"
same "mode of a copy" "$(stat -c %a "$work/copy")" 600
hf nvm get "$number" | cmp - "$work/data" || fail "other bytes on standard output"
hf nvm get "$number" --json | json_get base64 | base64 -d | cmp - "$work/data" ||
    fail "other bytes in JSON"
hf nvm put - --number "$number" --flags nondestroyable <"$work/store/../log" >/dev/null
hf nvm get "$number" -o - | cmp - "$work/log" || fail "standard input was not stored"
exits 1 HF_ERR_ACCESS hf nvm destroy "$number"
printf '' | hf nvm put - --number 99 >/dev/null
same "an empty object" "$(hf nvm get 99 | wc -c)" 0
same "its length" "$(hf nvm info 99 --json | json_get length)" 0
hf nvm destroy 99 >/dev/null
exits 1 HF_ERR_NOTFOUND hf nvm get 99
same "objects" "$(hf nvm list --json | json_get objects.0.number)" "$number"
hf nvm put "$work/data" --label "$(printf 'a\033[31mb')" >/dev/null
hf nvm list | grep -qF 'a\x1b[31mb' || fail "a label reached the terminal as it was"
head -c 2000000 /dev/zero >"$work/big"
exits 4 "too long" hf nvm put "$work/big"
hf nvm space --json | json_get free_bytes >/dev/null
same "compact" "$(hf nvm compact --json | json_get destroyed_secrets_left)" 0

echo "counters"
hf counter create --label c --value 41 >/dev/null
same "increment" "$(hf counter increment label:c --json | json_get value)" 42
same "by" "$(hf counter increment label:c --by 0x10 --json | json_get value)" 58
same "read" "$(hf counter read label:c | awk '$1 == "value" { print $2 }')" 58
same "list" "$(hf counter list --json | json_get counters.0.value)" 58
number=$(hf counter read label:c --json | json_get number)
exits 1 HF_ERR_OVERFLOW hf counter increment label:c --by 18446744073709551615
hf counter destroy label:c >/dev/null
same "goes on above" "$(hf counter create --number "$number" --json | json_get value)" 59
hf counter destroy "$number" >/dev/null
hf counter purge "$number" >/dev/null
same "purged" "$(hf counter create --number "$number" --json | json_get value)" 0
hf counter create --number 7 --value 18446744073709551615 >/dev/null
same "the largest" "$(hf counter read 7 --json | json_get value)" 18446744073709551615
exits 2 nondestroyable hf counter create --flags sensitive

echo "the server"
same "version" "$(hf status --json | json_get version)" \
    "$(hf --version --json | json_get holdfast)"
hf status --json | json_get permissions | grep -q admin || fail "I am no administrator"
same "groups" "$(hf statistics --json | json_get groups | tr '}' '\n' | grep -c group)" 7
same "one group" "$(hf statistics --group nvm --json | json_get groups.0.group)" nvm
hf statistics | grep -q '^counter ' || fail "no table of statistics"
hf capabilities --json | json_get algorithms | grep -q aes-gcm || fail "no AES-GCM"
hf capabilities --json | json_get key_types | grep -q ed25519-public || fail "no Ed25519"
hf capabilities >"$work/out"
grep -q '^aes-gcm  *encrypt (AEAD)$' "$work/out" || fail "no AES-GCM in the table"
grep -q '^ed25519-public  *verify$' "$work/out" || fail "no Ed25519 in the table"
awk 'length($0) > 90 { print; bad = 1 } END { exit bad }' "$work/out" ||
    fail "a line of capabilities is too long"
hf status --json | json_get device_error_count >/dev/null || fail "no figures of devices"
same "ping" "$(hf ping --count 3 --size 1000 --json | json_get count)" 3
hf log-level debug >/dev/null
hf log-level notice >/dev/null

echo "random"
same "bytes" "$(hf random 100 | wc -c)" 100
same "no bytes" "$(hf random 0 | wc -c)" 0
same "hex" "$(hf random 16 --format hex | tr -d '\n' | wc -c)" 32
same "many as base64" "$(hf random 3000000 --format base64 | base64 -d | wc -c)" 3000000
same "JSON" "$(hf random 12 --format hex --json | json_get hex | tr -d '\n' | wc -c)" 24

echo "bench"
hf bench --clients 3 --seconds 1 --check >"$work/table" || fail "$(cat "$work/table")"
grep -q '^sign p256 ' "$work/table" || fail "no row for signatures"
hf bench --clients 2 --seconds 1 --check --json >"$work/table"
same "bench" "$(json_get all_right <"$work/table")" True
same "counter" "$(($(json_get counter_after <"$work/table") -
    $(json_get counter_before <"$work/table")))" \
    "$(json_get acknowledged_increments <"$work/table")"
same "bench leaves no key" "$(hf key list --json | grep -c '"number"')" 10
stop_daemon
