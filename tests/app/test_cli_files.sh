#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client and files: digests, signatures and keys against openssl in both directions, MACs,
# encrypted files and what is done to them.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"
head -c 700001 /dev/urandom >file # not a multiple of anything
: >empty

echo "hash"
for hash in sha256 sha384 sha512; do
    same $hash "$(hf hash $hash file)" "$(${hash}sum file)"
    same "$hash of nothing" "$(hf hash $hash - <empty)" "$(${hash}sum - <empty)"
done
hf hash sha256 file | sha256sum --quiet -c || fail "sha256sum -c does not take it"
same "JSON" "$(hf hash sha256 file --json | json_get digest)" \
    "$(sha256sum file | cut -d ' ' -f 1)"

echo "sign here, verify with openssl"
for key in p256:sha256 p384:sha384 p256:sha512; do
    type=${key%:*} hash=${key#*:}
    hf key generate "$type" --label "$key" >/dev/null
    hf key export-public "label:$key" --out pub.pem
    hf sign "label:$key" file --hash "$hash" --out sig
    openssl dgst "-$hash" -verify pub.pem -signature sig file >/dev/null ||
        fail "openssl refuses the signature of $key"
    hf verify "label:$key" file --hash "$hash" --signature sig >/dev/null
    hf sign "label:$key" --digest "$(openssl dgst "-$hash" -r file | cut -d ' ' -f 1)" |
        openssl dgst "-$hash" -verify pub.pem -signature /dev/stdin file >/dev/null ||
        fail "openssl refuses the signature of a digest"
    hf sign "label:$key" - --hash "$hash" --format raw <file >raw
    hf verify "label:$key" file --hash "$hash" --format raw --signature raw >/dev/null
    exits 1 HF_ERR_VERIFY hf verify "label:$key" empty --hash "$hash" --signature sig
done
same "length of a raw signature" "$(stat -c %s raw)" 64
hf key generate ed25519 --label ed >/dev/null
hf key export-public label:ed --out pub.pem
hf sign label:ed file --out sig
openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in file -sigfile sig >/dev/null ||
    fail "openssl refuses an Ed25519 signature"
same "JSON" "$(hf sign label:ed file --json | json_get signature)" \
    "$(od -An -v -tx1 sig | tr -d ' \n')"
exits 2 "neither --digest" hf sign label:ed --digest 00

echo "keys of openssl"
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem
openssl genpkey -algorithm ed25519 -out ed25519.pem
for type in p256 p384 ed25519; do
    openssl pkcs8 -topk8 -nocrypt -in $type.pem -outform DER -out $type.der
    openssl pkey -in $type.pem -pubout -out $type.pub
    hf key import $type $type.pem --label "i $type" >/dev/null
    hf key import $type - --format der --label "d $type" <$type.der >/dev/null
    hf key import $type-public $type.pub --label "p $type" >/dev/null
    hf key export-public "label:i $type" | cmp - $type.pub ||
        fail "the public key of $type comes out different"
    hf key export-public "label:p $type" --format der | openssl pkey -pubin -inform DER |
        cmp - $type.pub || fail "the DER of $type comes out different"
done
for type in p256:sha256 p384:sha384; do
    hash=${type#*:} type=${type%:*}
    openssl dgst "-$hash" -sign "$type.pem" -out sig file
    hf verify "label:p $type" file --signature sig >/dev/null ||
        fail "a signature of openssl is refused"
done
openssl pkeyutl -sign -inkey ed25519.pem -rawin -in file -out sig
hf verify "label:p ed25519" file --signature sig >/dev/null ||
    fail "an Ed25519 signature of openssl is refused"
exits 4 "this is a public key" hf key import p256 p256.pub
exits 4 "a key of type p256, not p384" hf key import p384 p256.der --format der
head -c 100 p256.der >short.der
exits 1 "HF_ERR_KEY); it must be whole" hf key import p256 short.der --format der

echo "export"
exits 1 HF_ERR_ACCESS hf key export "label:i p256"
hf key import p256 p256.pem --label open --flags none >/dev/null
hf key export label:open --out out.pem
same "mode of an exported key" "$(stat -c %a out.pem)" 600
openssl pkey -in out.pem -pubout | cmp - p256.pub || fail "another key came out"
hf key export label:open --json | json_get pem >out.pem
openssl pkey -in out.pem -pubout | cmp - p256.pub ||
    fail "another key is in the JSON"

echo "MAC"
printf '%s' 0123456789abcdef0123456789abcdef >mac.key
hf key import hmac mac.key --label mac >/dev/null
head -c 5000 file >part
mac=$(openssl dgst -sha256 -hmac "$(cat mac.key)" -r part | cut -d ' ' -f 1)
same "MAC" "$(hf mac generate label:mac part)" "$mac"
same "MAC in JSON" "$(hf mac generate label:mac - --json <part | json_get mac)" "$mac"
hf mac verify label:mac part --mac "$mac" >/dev/null
exits 1 HF_ERR_VERIFY hf mac verify label:mac empty --mac "$mac"
exits 2 "needs --mac" hf mac verify label:mac part

echo "encrypt and decrypt, with lengths around the chunks"
hf key generate aes-256 --label enc >/dev/null
hf key generate aes-128 --label other >/dev/null
for len in 0 1 65535 65536 65537 131072 700001; do
    head -c $len file >plain
    hf encrypt label:enc plain --out enc
    hf decrypt label:enc enc | cmp - plain || fail "$len bytes come back different"
done
hf encrypt label:enc - --aad me <file | hf decrypt label:enc - --aad me --out back
cmp file back || fail "pipes bring something different"
same "mode of the plaintext" "$(stat -c %a back)" 600
same "JSON" "$(hf encrypt label:enc file -o enc --json | json_get chunks)" 11
status=0
hf encrypt label:enc file --json >json 2>/dev/null || status=$?
same "JSON without a file" "$status" 2
same "its error" "$(json_get error.exit <json)" 2
rm -f back

# broken TEXT COMMAND...: a changed file is refused, and leaves no file behind.
broken() {
    text=$1
    shift
    exits 1 "$text" hf decrypt label:enc bad "$@" --out back
    [ ! -e back ] || fail "a plaintext was left for: $text"
    for left in back.*; do
        [ ! -e "$left" ] || fail "$left was left"
    done
}
chunk=$((32 + 65536))
cp enc bad
broken "wrong --aad" --aad you
head -c $((32 + 3 * chunk)) enc >bad
broken "cut short"
head -c $((32 + 3 * chunk + 40)) enc >bad
broken "cut short"
cp enc bad && printf x >>bad
broken "something follows"
{ head -c 32 enc; tail -c +$((33 + chunk)) enc | head -c $chunk
  tail -c +33 enc | head -c $chunk; tail -c +$((33 + 2 * chunk)) enc; } >bad
broken HF_ERR_VERIFY # two chunks swapped
{ head -c 32 enc; tail -c +$((33 + chunk)) enc; } >bad
broken HF_ERR_VERIFY # one is missing
hf encrypt label:enc file -o enc2
{ head -c $((32 + chunk)) enc; tail -c +$((33 + chunk)) enc2; } >bad
broken HF_ERR_VERIFY # chunks of another file
cp enc bad && printf '\377' | dd of=bad bs=1 seek=1000 conv=notrunc status=none
broken HF_ERR_VERIFY
cp file bad
broken "not written by holdfast"
exits 1 HF_ERR_VERIFY hf decrypt label:other enc --out back
exits 2 "type p256 does not encrypt" hf encrypt "label:i p256" file --out back
hf key generate aes-128 --label signs --usage sign >/dev/null
exits 1 HF_ERR_USAGE hf encrypt label:signs file --out back
stop_daemon
