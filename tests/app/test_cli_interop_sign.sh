#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client and openssl: signatures in both directions, of every algorithm that both have.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"
head -c 300001 /dev/urandom >file
head -c 5000 file >part
: >empty
hf capabilities --json >capabilities

# has NAME: an algorithm of the server.
has() {
    json_get algorithms <capabilities | tr ',' '\n' | grep -qx "$1"
}

# taken TYPE GENPKEY-OPTIONS...: a key of openssl in key.pem, pub.pem and the server, with
# its type as label.
taken() {
    type=$1
    shift
    openssl genpkey -quiet "$@" -out key.pem 2>/dev/null || openssl genpkey "$@" -out key.pem
    openssl pkey -in key.pem -pubout -out pub.pem
    hf key import "$type" key.pem --label "$type" >/dev/null
}

echo "ECDSA"
for curve in secp224r1:p224:sha224 prime256v1:p256:sha256 secp384r1:p384:sha384 \
    secp521r1:p521:sha512 secp256k1:secp256k1:sha3-256 \
    brainpoolP256r1:brainpool-p256:sha256 brainpoolP384r1:brainpool-p384:sha384 \
    brainpoolP512r1:brainpool-p512:sha512; do
    name=${curve%%:*} hash=${curve##*:} type=${curve#*:}
    type=${type%:*}
    openssl ecparam -list_curves | grep -q "$name" || continue
    taken "$type" -algorithm EC -pkeyopt "ec_paramgen_curve:$name"
    hf sign "label:$type" file --hash "$hash" --out sig
    openssl dgst "-$hash" -verify pub.pem -signature sig file >/dev/null ||
        fail "openssl refuses ECDSA over $type"
    openssl dgst "-$hash" -sign key.pem -out sig file
    hf verify "label:$type" file --hash "$hash" --signature sig >/dev/null ||
        fail "ECDSA of openssl over $type is refused"
    exits 1 HF_ERR_VERIFY hf verify "label:$type" empty --hash "$hash" --signature sig
done
openssl dgst -sha1 -sign key.pem -out sig file
hf verify label:brainpool-p512 file --hash sha1 --signature sig >/dev/null
exits 1 HF_ERR_RANGE hf sign label:brainpool-p512 file --hash sha1
hf sign label:p521 file --out sig
openssl pkey -in key.pem -noout
hf verify label:p521 file --hash sha512 --signature sig >/dev/null ||
    fail "the usual hash of P-521 is not SHA-512"
if has ecdsa-deterministic; then
    hf sign label:p256 file --deterministic --out one
    hf sign label:p256 file --deterministic --out two
    cmp one two || fail "a deterministic signature differs"
    hf verify label:p256 file --signature one >/dev/null
    hf sign label:p256 file --algorithm ecdsa-deterministic --out two
    cmp one two || fail "the name of the algorithm gives another signature"
else
    exits 1 HF_ERR_NOTSUPPORTED hf sign label:p256 file --deterministic
fi

echo "RSA"
for bits in 2048 3072; do
    taken rsa-$bits -algorithm RSA -pkeyopt rsa_keygen_bits:$bits
    for hash in sha256 sha512; do
        hf sign label:rsa-$bits file --algorithm rsa-pkcs1 --hash $hash --out sig
        openssl dgst -$hash -verify pub.pem -signature sig file >/dev/null ||
            fail "openssl refuses PKCS#1 with $hash"
        openssl dgst -$hash -sign key.pem -out sig file
        hf verify label:rsa-$bits file --algorithm rsa-pkcs1 --hash $hash \
            --signature sig >/dev/null
        exits 1 HF_ERR_VERIFY hf verify label:rsa-$bits file --hash $hash --signature sig
    done
    for salt in 0 32 20; do
        set -- -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:$salt
        hf sign label:rsa-$bits file --salt-length $salt --out sig
        openssl dgst -sha256 "$@" -verify pub.pem -signature sig file >/dev/null ||
            fail "openssl refuses PSS with a salt of $salt bytes"
        openssl dgst -sha256 "$@" -sign key.pem -out sig file
        hf verify label:rsa-$bits file --salt-length $salt --signature sig >/dev/null
    done
done
hf sign label:rsa-2048 file --mgf sha1 --out sig 2>/dev/null && fail "SHA-1 to sign"
openssl dgst -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48 \
    -sigopt rsa_mgf1_md:sha256 -sign key.pem -out sig file
hf verify label:rsa-3072 file --hash sha384 --mgf sha256 --signature sig >/dev/null
exits 1 HF_ERR_VERIFY hf verify label:rsa-3072 file --hash sha384 --signature sig
digest=$(openssl dgst -sha256 -r file | cut -d ' ' -f 1)
hf sign label:rsa-3072 --digest "$digest" --algorithm rsa-pkcs1 --out sig
openssl dgst -sha256 -verify pub.pem -signature sig file >/dev/null ||
    fail "openssl refuses PKCS#1 over a digest"
exits 2 "a digest of sha384 has 48 bytes" hf sign label:rsa-3072 --digest "$digest" --hash sha384
exits 2 "no hash gives 3 bytes" hf sign label:rsa-3072 --digest 000000
exits 2 "rsa-pkcs1 takes no --salt-length" \
    hf sign label:rsa-3072 file --algorithm rsa-pkcs1 --salt-length 4
exits 2 "rsa-pss takes no --context" hf sign label:rsa-3072 file --context x
exits 2 "rsa-pss takes no --deterministic" hf sign label:rsa-3072 file --deterministic
exits 2 "rsa-pss takes no --format" hf sign label:rsa-3072 file --format raw
exits 2 "ecdsa does not sign with a key of type rsa-3072" \
    hf sign label:rsa-3072 file --algorithm ecdsa
exits 2 "no algorithm to sign 'aes-gcm'" hf sign label:rsa-3072 file --algorithm aes-gcm

# whole TYPE: openssl signs files of this type of key, and this server does.
whole() {
    hf sign "label:$1" part --out sig
    openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in part -sigfile sig >/dev/null ||
        fail "openssl refuses a signature by $1"
    openssl pkeyutl -sign -inkey key.pem -rawin -in part -out sig
    hf verify "label:$1" part --signature sig >/dev/null ||
        fail "a signature of openssl by $1 is refused"
    exits 1 HF_ERR_VERIFY hf verify "label:$1" file --signature sig
}

echo "EdDSA"
taken ed25519 -algorithm ed25519
whole ed25519
exits 2 "ed25519 takes no --context" hf sign label:ed25519 part --context c
exits 2 "ed25519 signs the file itself" hf sign label:ed25519 part --hash sha256
if has ed25519ctx; then
    for way in ctx:Ed25519ctx:here ph:Ed25519ph: ph:Ed25519ph:here; do
        context=${way##*:} instance=${way#*:}
        set -- -rawin -pkeyopt "instance:${instance%:*}"
        [ -z "$context" ] || set -- "$@" -pkeyopt "context-string:$context"
        # shellcheck disable=SC2086 # no word when there is no context
        hf sign label:ed25519 part --algorithm "ed25519${way%%:*}" \
            ${context:+--context $context} --out sig
        openssl pkeyutl -verify -pubin -inkey pub.pem -in part -sigfile sig "$@" >/dev/null ||
            fail "openssl refuses ${instance%:*}"
        openssl pkeyutl -sign -inkey key.pem -in part -out sig "$@"
        # shellcheck disable=SC2086
        hf verify label:ed25519 part --algorithm "ed25519${way%%:*}" \
            ${context:+--context $context} --signature sig >/dev/null ||
            fail "${instance%:*} of openssl is refused"
        exits 1 HF_ERR_VERIFY hf verify label:ed25519 part --signature sig
    done
fi
taken ed448 -algorithm ed448
whole ed448
if has ed25519ctx; then
    hf sign label:ed448 part --context here --out sig
    hf verify label:ed448 part --context here --signature sig >/dev/null
    exits 1 HF_ERR_VERIFY hf verify label:ed448 part --context there --signature sig
else
    exits 1 HF_ERR_NOTSUPPORTED hf sign label:ed448 part --context here
fi

echo "post-quantum"
for type in ml-dsa-44 ml-dsa-65 ml-dsa-87 slh-dsa-sha2-128f slh-dsa-shake-128f; do
    if ! has "${type%-dsa*}-dsa"; then
        echo "this libcrypto has no ${type%-dsa*}-dsa"
        continue
    fi
    taken $type -algorithm "$(echo "$type" | tr '[:lower:]' '[:upper:]' | sed 's/S$/s/;s/F$/f/')"
    whole $type
    hf sign label:$type part --deterministic --context c --out one
    hf sign label:$type part --deterministic --context c --out two
    cmp one two || fail "a deterministic signature differs"
    openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in part -sigfile one \
        -pkeyopt context-string:c >/dev/null || fail "openssl refuses a context"
done

echo "LMS, which openssl does not sign with"
hf key generate lms-l1-h5-w1 --label lms >/dev/null
hf sign label:lms part --out one
hf sign label:lms part --out two
cmp -s one two && fail "an index was used twice"
hf verify label:lms part --signature one >/dev/null
hf verify label:lms part --signature two >/dev/null
exits 1 HF_ERR_VERIFY hf verify label:lms file --signature two
stop_daemon
