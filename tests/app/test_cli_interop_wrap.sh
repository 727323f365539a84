#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Keys and data that leave under another key and come back: between two servers, and with
# openssl on the other side.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"

hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
head -c 5000 /dev/urandom >file

# spoil FILE OFFSET: put another byte there.
spoil() {
    new=x
    [ "$(od -An -c -j "$2" -N 1 "$1" | tr -d ' ')" != x ] || new=y
    printf %s $new | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

head -c 32 /dev/urandom >kek.raw
kek=$(hex kek.raw)
hf key import aes-256 kek.raw --label kek --usage wrap,unwrap >/dev/null
head -c 32 /dev/urandom >data.raw
hf key import aes-256 data.raw --label data --flags sensitive >/dev/null
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl pkcs8 -topk8 -nocrypt -in ec.pem -outform DER -out ec.der
hf key import ec.pem --label ec --flags sensitive --usage sign >/dev/null

echo "AES-KW and AES-KWP of openssl"
hf key wrap label:data label:kek --algorithm wrap-aes-kw --out w
openssl enc -d -id-aes256-wrap -K "$kek" -iv A6A6A6A6A6A6A6A6 -in w | cmp - data.raw ||
    fail "openssl unwraps another key (KW)"
hf key wrap label:ec label:kek --algorithm wrap-aes-kwp --out w
openssl enc -d -id-aes256-wrap-pad -K "$kek" -iv A65959A6 -in w | openssl pkey -inform DER |
    cmp - ec.pem || fail "openssl unwraps another key (KWP)"
openssl enc -id-aes256-wrap -K "$kek" -iv A6A6A6A6A6A6A6A6 -in data.raw -out w
hf key unwrap label:kek w --algorithm wrap-aes-kw --type aes-256 --label back \
    --flags none >/dev/null
hf key export label:back | cmp - data.raw || fail "another key was unwrapped (KW)"
openssl enc -id-aes256-wrap-pad -K "$kek" -iv A65959A6 -in ec.der -out w
hf key unwrap label:kek w --algorithm wrap-aes-kwp --type p256 --label 'back ec' \
    --flags none >/dev/null
hf key export 'label:back ec' | openssl pkey | cmp - ec.pem ||
    fail "another key was unwrapped (KWP)"
spoil w 20
exits 1 HF_ERR_VERIFY hf key unwrap label:kek w --algorithm wrap-aes-kwp --type p256

echo "RSA-OAEP and AES-KWP of openssl, as PKCS#11 has it"
hf key generate rsa-2048 --label rsa --usage unwrap >/dev/null
hf key export-public label:rsa --out rsa.pub
# rsa_wrap HASH FILE: FILE for the key in rsa.pub, into w.
rsa_wrap() {
    head -c 32 /dev/urandom >inner
    openssl pkeyutl -encrypt -pubin -inkey rsa.pub -pkeyopt rsa_padding_mode:oaep \
        -pkeyopt "rsa_oaep_md:$1" -pkeyopt "rsa_mgf1_md:$1" -in inner -out w
    openssl enc -id-aes256-wrap-pad -K "$(hex inner)" -iv A65959A6 -in "$2" >>w
}
rsa_wrap sha256 data.raw
hf key unwrap label:rsa w --type aes-256 --label 'by rsa' --flags none >/dev/null
hf key export 'label:by rsa' | cmp - data.raw || fail "another key was unwrapped (RSA)"
rsa_wrap sha384 ec.der
hf key unwrap label:rsa w --hash sha384 --type p256 --label 'ec by rsa' --flags none >/dev/null
hf key export 'label:ec by rsa' | openssl pkey | cmp - ec.pem ||
    fail "another EC key was unwrapped (RSA)"
exits 1 HF_ERR hf key unwrap label:rsa w --type p256
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl pkey -in rsa.pem -pubout | hf key import - --label 'rsa there' --usage wrap >/dev/null
hf key wrap label:data 'label:rsa there' --hash sha384 --mgf sha256 --out w
head -c 256 w | openssl pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep \
    -pkeyopt rsa_oaep_md:sha384 -pkeyopt rsa_mgf1_md:sha256 -out inner
tail -c +257 w >w2 # openssl wraps files only, not pipes
openssl enc -d -id-aes256-wrap-pad -K "$(hex inner)" -iv A65959A6 -in w2 |
    cmp - data.raw || fail "openssl unwraps another key (RSA)"

echo "our own form: a key comes back as it was, or with less"
hf key wrap label:ec label:kek --out ec.wrapped
hf key unwrap label:kek ec.wrapped --number 70 --json >json
same "type" "$(json_get type <json)" p256
same "label" "$(json_get label <json)" ec
same "usage" "$(json_get usage <json)" sign
same "flags" "$(json_get flags <json)" sensitive
hf key erase 70 >/dev/null
hf key unwrap label:kek ec.wrapped --label 'ec less' --flags nonexportable --access admin-read \
    --global --number 71 >/dev/null
same "less" "$(hf key info global:71 --json | json_get flags)" nonexportable,sensitive
same "access" "$(hf key info 71 --global --json | json_get access)" admin-read
hf sign global:71 file --out sig
openssl pkey -in ec.pem -pubout -out ec.pub
openssl dgst -sha256 -verify ec.pub -signature sig file >/dev/null ||
    fail "another key came back"
exits 1 HF_ERR hf key unwrap label:kek ec.wrapped --usage sign,verify
exits 1 HF_ERR_TYPE hf key unwrap label:kek ec.wrapped --type p384
hf key wrap label:ec label:kek --json | json_get wrapped | base64 -d >w
hf key unwrap label:kek - --cache-only --label piped <w >/dev/null
spoil w 60
exits 1 HF_ERR_VERIFY hf key unwrap label:kek w
exits 1 "HF_ERR_ARG); no key wraps itself" hf key wrap label:kek label:kek
exits 1 "key in this form" hf key unwrap label:kek file
exits 1 "did not write this file" hf key unwrap-data label:kek ec.pem
hf key generate aes-128 --label stays >/dev/null
exits 1 HF_ERR_ACCESS hf key wrap label:stays label:kek
exits 1 HF_ERR_USAGE hf key wrap label:ec label:data

echo "data"
hf key wrap-data label:kek file --out file.wrapped
hf key unwrap-data label:kek file.wrapped --out back
cmp file back || fail "other data came back"
same "mode of the data" "$(stat -c %a back)" 600
hf key wrap-data label:kek - <file | hf key unwrap-data label:kek | cmp - file ||
    fail "pipes bring something different"
hf key wrap-data label:kek file --json | json_get wrapped | base64 -d |
    hf key unwrap-data label:kek - --json | json_get data | base64 -d | cmp - file ||
    fail "JSON brings something different"
same "JSON with a file" "$(hf key wrap-data label:kek file --out x --json | json_get file)" x
exits 1 HF_ERR hf key unwrap-data label:kek ec.wrapped
exits 1 HF_ERR hf key unwrap label:kek file.wrapped

echo "what is refused before there is a request"
exits 2 "needs --type" hf key unwrap label:kek w --algorithm wrap-aes-kw
exits 2 "algorithm to wrap 'aes-gcm'" hf key wrap label:ec label:kek --algorithm aes-gcm
exits 2 "does not wrap" hf key wrap label:data label:ec
exits 2 "takes no --hash" hf key wrap label:ec label:kek --hash sha256
exits 2 "neither a number" hf key wrap label:ec global:x
exits 4 "is empty" hf key unwrap label:kek /dev/null
stop_daemon
