#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Derivation, agreement and encapsulation: the same secrets as openssl, and keys of them that
# stay inside.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"

hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
secret() { hf key "$@" --secret-out - | hex; }
# kdf NAME OPTIONS...: LEN bytes of a derivation by openssl.
kdf() {
    name=$1
    shift
    openssl kdf -keylen "${len:-48}" "$@" -binary "$name" | hex
}

printf 'a shared secret that is long enough to be one' >base
key=$(hex base)
hf key import secret base --label base --policy allow-secret --cache-only >/dev/null
head -c 32 base >aes
hf key import aes-256 aes --label cmac --usage derive --policy allow-secret \
    --cache-only >/dev/null

echo "derivations of openssl"
s=5a17 i=c0ffee
for hash in sha256 sha384 sha3-256; do
    md="digest:$hash"
    same "hkdf $hash" \
        "$(secret derive label:base --kdf hkdf --hash $hash --salt $s --info $i --length 48)" \
        "$(kdf HKDF -kdfopt $md -kdfopt "hexkey:$key" -kdfopt hexsalt:$s -kdfopt hexinfo:$i)"
    same "hkdf-expand $hash" \
        "$(secret derive label:base --kdf hkdf-expand --hash $hash --info $i --length 48)" \
        "$(kdf HKDF -kdfopt mode:EXPAND_ONLY -kdfopt $md -kdfopt "hexkey:$key" \
            -kdfopt hexinfo:$i)"
    same "one-step $hash" \
        "$(secret derive label:base --kdf one-step --hash $hash --info $i --length 48)" \
        "$(kdf SSKDF -kdfopt $md -kdfopt "hexsecret:$key" -kdfopt hexinfo:$i)"
    same "x963 $hash" \
        "$(secret derive label:base --kdf x963 --hash $hash --info $i --length 48)" \
        "$(kdf X963KDF -kdfopt $md -kdfopt "hexsecret:$key" -kdfopt hexinfo:$i)"
done
md=digest:sha256
same "hkdf-extract" "$(secret derive label:base --kdf hkdf-extract --salt $s)" \
    "$(len=32 kdf HKDF -kdfopt mode:EXTRACT_ONLY -kdfopt $md -kdfopt "hexkey:$key" \
        -kdfopt hexsalt:$s)"
same "one-step with a salt" \
    "$(secret derive label:base --kdf one-step --salt $s --info $i --length 48)" \
    "$(kdf SSKDF -kdfopt mac:HMAC -kdfopt $md -kdfopt "hexsecret:$key" -kdfopt hexsalt:$s \
        -kdfopt hexinfo:$i)"
same "kbkdf-hmac" "$(secret derive label:base --kdf kbkdf-hmac --kdf-label use \
    --info $i --length 48)" \
    "$(kdf KBKDF -kdfopt mac:HMAC -kdfopt $md -kdfopt "hexkey:$key" -kdfopt salt:use \
        -kdfopt hexinfo:$i)"
same "kbkdf-cmac" "$(secret derive label:cmac --kdf kbkdf-cmac --kdf-label use \
    --info $i --length 48)" \
    "$(kdf KBKDF -kdfopt mac:CMAC -kdfopt cipher:AES-256-CBC -kdfopt "hexkey:$(hex aes)" \
        -kdfopt salt:use -kdfopt hexinfo:$i)"
extracted=$(len=32 kdf HKDF -kdfopt mode:EXTRACT_ONLY -kdfopt $md -kdfopt "hexkey:$key" \
    -kdfopt hexsalt:$s)
same "two-step" "$(secret derive label:base --kdf two-step --salt $s --kdf-label use \
    --info $i --length 48)" \
    "$(kdf KBKDF -kdfopt mac:HMAC -kdfopt $md -kdfopt "hexkey:$extracted" -kdfopt salt:use \
        -kdfopt hexinfo:$i)"
same "tls12-prf" "$(secret derive label:base --kdf tls12-prf --kdf-label 'key expansion' \
    --salt $s --length 48)" \
    "$(kdf TLS1-PRF -kdfopt $md -kdfopt "hexsecret:$key" -kdfopt 'seed:key expansion' \
        -kdfopt hexseed:$s)"
s=00112233445566778899aabbccddeeff
same "pbkdf2" "$(secret derive label:base --kdf pbkdf2 --hash sha512 --iterations 2000 \
    --salt $s --length 48)" \
    "$(kdf PBKDF2 -kdfopt digest:sha512 -kdfopt "hexpass:$key" -kdfopt hexsalt:$s \
        -kdfopt iter:2000)"

echo "keys that stay inside do what openssl does with the same secret"
head -c 5000 /dev/urandom >file
hf key derive label:base --kdf hkdf --info $i --type hmac --length 40 --label mac \
    --usage sign --json >json
same "number" "$(json_get type <json)" hmac
want=$(len=40 kdf HKDF -kdfopt $md -kdfopt "hexkey:$key" -kdfopt hexinfo:$i)
same "MAC" "$(hf mac generate label:mac file)" \
    "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$want" -r file | cut -d ' ' -f 1)"
hf key derive label:base --kdf hkdf --type aes-256 --label inner --flags none >json
exits 1 HF_ERR_ACCESS hf key export label:inner --format raw
same "what a secret is like, its key is, too" \
    "$(hf key info label:inner --json | json_get flags)" nonexportable,sensitive
hf key derive label:base --kdf hkdf --label again --cache-only >/dev/null
same "usual type" "$(hf key info label:again --json | json_get type)" secret
hf key import secret base --label quiet --cache-only >/dev/null
exits 2 "--secret-out of hkdf needs --length" hf key derive label:quiet --kdf hkdf \
    --secret-out x
exits 1 HF_ERR_ACCESS hf key derive label:quiet --kdf hkdf --length 16 --secret-out x
[ ! -e x ] || fail "a secret that was refused left a file"
hf key derive label:base --kdf hkdf --length 16 --secret-out x --json >json
same "its file" "$(json_get secret_file <json)" x
same "mode of a secret" "$(stat -c %a x)" 600
same "a secret in JSON" "$(hf key derive label:base --kdf hkdf --length 16 --secret-out - \
    --json | json_get secret)" "$(hex x)"

echo "agreement with keys of openssl, on every curve"
for type in p224 p256 p384 p521 secp256k1 brainpool-p256 brainpool-p384 brainpool-p512 \
    x25519 x448; do
    case $type in
    p256) curve=P-256 ;;
    p*) curve=P-${type#p} ;;
    brainpool-*) curve=brainpoolP${type#brainpool-p}r1 ;;
    *) curve=$type ;;
    esac
    case $type in
    x*) openssl genpkey -quiet -algorithm "$type" -out their.pem ;;
    *) openssl genpkey -quiet -algorithm EC -pkeyopt "ec_paramgen_curve:$curve" \
        -out their.pem ;;
    esac
    openssl pkey -in their.pem -pubout -out their.pub
    hf key generate "$type" --label "$type" --usage derive --policy allow-secret >/dev/null
    hf key export-public "label:$type" --out mine.pub
    openssl pkeyutl -derive -inkey their.pem -peerkey mine.pub -out z
    same "$type" "$(secret agree "label:$type" their.pub)" "$(hex z)"
    same "x963 behind $type" \
        "$(secret agree "label:$type" their.pub --kdf x963 --info $i --length 48)" \
        "$(kdf X963KDF -kdfopt $md -kdfopt "hexsecret:$(hex z)" -kdfopt hexinfo:$i)"
done
openssl pkey -pubin -in their.pub -outform DER -out their.der
same "DER" "$(secret agree label:x448 their.der --format der)" "$(hex z)"
tail -c 56 their.der >their.raw
same "raw" "$(secret agree label:x448 their.raw --format raw)" "$(hex z)"
hf key agree label:x448 their.pub --kdf x963 --type hmac --usage sign --label agreed \
    >/dev/null
want=$(len=32 kdf X963KDF -kdfopt $md -kdfopt "hexsecret:$(hex z)")
same "a MAC with the agreed key" "$(hf mac generate label:agreed file)" \
    "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$want" -r file | cut -d ' ' -f 1)"
exits 1 HF_ERR hf key agree label:p256 their.pub
exits 4 "not the public key" hf key agree label:x448 their.pem
exits 2 "does not agree" hf key agree label:base their.pub

echo "what is refused before there is a request"
exits 2 "needs --kdf" hf key derive label:base
exits 2 "no derivation 'md5'" hf key derive label:base --kdf md5
exits 2 "--salt needs --kdf" hf key agree label:x448 their.pub --salt 00
exits 2 "needs --iterations" hf key derive label:base --kdf pbkdf2
exits 2 "hkdf takes no --iterations" hf key derive label:base --kdf hkdf --iterations 5
exits 2 "kbkdf-cmac takes no --hash" hf key derive label:cmac --kdf kbkdf-cmac --hash sha256
exits 2 "no --label" hf key derive label:base --kdf hkdf --secret-out x --label y
exits 2 "--info takes" hf key derive label:base --kdf hkdf --info xyz
exits 2 "needs --out" hf key encapsulate label:base

echo "encapsulation"
if hf capabilities --json | json_get key_types | grep -q ml-kem-768; then
    hf key generate ml-kem-768 --label kem --policy allow-secret >/dev/null
    hf key export-public label:kem --out kem.pub
    hf key encapsulate label:kem --out ct --secret-out ss
    same "back" "$(secret decapsulate label:kem ct)" "$(hex ss)"
    openssl pkeyutl -encap -pubin -inkey kem.pub -out ct -secret ss
    same "openssl's" "$(secret decapsulate label:kem ct)" "$(hex ss)"
    openssl genpkey -quiet -algorithm ML-KEM-768 -out their.pem
    openssl pkey -in their.pem -pubout | hf key import - --label theirs \
        --policy allow-secret >/dev/null
    hf key encapsulate label:theirs --out ct --secret-out ss
    openssl pkeyutl -decap -inkey their.pem -in ct -secret back
    cmp ss back || fail "openssl decapsulates another secret"
    hf key encapsulate label:kem --out ct --type aes-256 --label here --json >json
    same "type" "$(json_get type <json)" aes-256
    hf key decapsulate label:kem ct --type aes-256 --label there >/dev/null
    hf encrypt label:here file --out enc
    hf decrypt label:there enc | cmp - file || fail "two ends have different keys"
    hf key encapsulate label:kem --cache-only --json | json_get ciphertext >/dev/null
else
    exits 2 "does not encapsulate" hf key encapsulate label:base --out ct
    echo "  skipped: no ML-KEM here"
fi
stop_daemon
