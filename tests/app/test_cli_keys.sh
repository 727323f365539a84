#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Keys of every type through files, against openssl in both directions: PEM and DER of each
# form, what they tell of their type, passphrases; how many signatures a key has left.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"

# make TYPE FILE: a key of openssl, as PKCS#8. False: this openssl has no such keys.
make() {
    case $1 in
    p224 | p384 | p521) set -- "$1" "$2" -algorithm EC -pkeyopt "ec_paramgen_curve:P-${1#p}" ;;
    p256) set -- "$1" "$2" -algorithm EC -pkeyopt ec_paramgen_curve:P-256 ;;
    secp256k1) set -- "$1" "$2" -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 ;;
    brainpool-*) set -- "$1" "$2" -algorithm EC -pkeyopt \
        "ec_paramgen_curve:brainpoolP${1#brainpool-p}r1" ;;
    rsa-*) set -- "$1" "$2" -algorithm RSA -pkeyopt "rsa_keygen_bits:${1#rsa-}" ;;
    *) set -- "$1" "$2" -algorithm "$1" ;;
    esac
    out=$2
    shift 2
    openssl genpkey -quiet "$@" -out raw.pem 2>/dev/null &&
        openssl pkcs8 -topk8 -nocrypt -in raw.pem -out "$out"
}

# holds TYPE: is it in the server's capabilities?
hf capabilities --json >capabilities
holds() { json_get key_types <capabilities | tr ',' '\n' | grep -q "'$1'\|^$1\$"; }

# same_key WHAT PEM LABEL: what the server has is this key, private and public.
same_key() {
    openssl pkey -in "$2" -pubout -out want.pub
    hf key export-public "label:$3" | cmp -s - want.pub || fail "$1: another public key"
    hf key export "label:$3" --out got.pem
    openssl pkey -in got.pem -out got.norm
    openssl pkey -in "$2" -out want.norm
    cmp -s got.norm want.norm || fail "$1: another private key"
}

echo "keys of openssl: the type is seen in the file, and the key comes out as it went in"
for type in p224 p256 p384 p521 secp256k1 brainpool-p256 brainpool-p384 brainpool-p512 \
    ed25519 ed448 x25519 x448 rsa-2048 rsa-3072 ml-kem-512 ml-dsa-65 \
    slh-dsa-sha2-128f slh-dsa-shake-256s; do
    if ! holds "$type" || ! make "$type" "$type.pem"; then
        echo "  skipped: no $type here"
        continue
    fi
    same "type of $type" "$(hf key import "$type.pem" --label "$type" --flags none --json |
        json_get type)" "$type"
    same_key "$type" "$type.pem" "$type"
    openssl pkey -in "$type.pem" -pubout -out "$type.pub"
    openssl pkey -in "$type.pem" -pubout -outform DER -out "$type.pub.der"
    same "type of $type, public" "$(hf key import "$type.pub" --cache-only --json |
        json_get type)" "$type-public"
    same "type of $type, public DER" "$(hf key import - --format der --cache-only --json \
        <"$type.pub.der" | json_get type)" "$type-public"
done

echo "the older forms"
openssl pkey -in rsa-2048.pem -traditional -out rsa.old
grep -q 'BEGIN RSA PRIVATE KEY' rsa.old || fail "openssl made no PKCS#1"
hf key import rsa.old --label 'old rsa' --flags none >/dev/null
same_key "PKCS#1" rsa-2048.pem 'old rsa'
openssl rsa -in rsa.old -outform DER -traditional -out rsa.old.der 2>/dev/null
hf key import rsa.old.der --format der --label 'old rsa DER' --flags none >/dev/null
same_key "PKCS#1 DER" rsa-2048.pem 'old rsa DER'
openssl rsa -in rsa.old -RSAPublicKey_out -out rsa.old.pub 2>/dev/null
same "RSAPublicKey" "$(hf key import rsa.old.pub --json | json_get type)" rsa-2048-public
openssl ecparam -name prime256v1 -genkey -out ec.old
grep -q 'BEGIN EC PARAMETERS' ec.old || fail "openssl wrote no parameters"
same "SEC1" "$(hf key import ec.old --label 'old ec' --flags none --json | json_get type)" p256
same_key "SEC1" ec.old 'old ec'
openssl ec -in ec.old -no_public -outform DER -out ec.old.der 2>/dev/null
hf key import ec.old.der --format der --label 'old ec DER' --flags none >/dev/null
same_key "SEC1 DER without its public key" ec.old 'old ec DER'

echo "raw keys"
openssl pkey -in ed25519.pem -outform DER | tail -c 32 >seed
hf key import ed25519 seed --format raw --label raw --flags none >/dev/null
same_key "a raw seed" ed25519.pem raw
hf key export label:raw --format raw | cmp - seed || fail "another seed"

echo "encrypted keys"
printf 'open sesame\nnot this\n' >pass
printf 'closed\n' >wrong
for how in "-v2 aes-256-cbc" "-v2 aes-128-cbc -v2prf hmacWithSHA512" "-scrypt"; do
    # shellcheck disable=SC2086 # the options are meant to be split
    openssl pkcs8 -topk8 $how -passout file:pass -in p384.pem -out enc.pem
    label=$(hf key import p384 enc.pem --passphrase-file pass --label "enc ${how%% *} ${#how}" \
        --flags none --json | json_get label)
    same_key "$how" p384.pem "$label"
done
openssl pkcs8 -topk8 -passout file:pass -in rsa-2048.pem -outform DER -out enc.der
hf key import rsa-2048 - --format der --passphrase-file pass --label 'enc rsa' --flags none \
    <enc.der >/dev/null
same_key "encrypted DER" rsa-2048.pem 'enc rsa'
exits 1 "wrong passphrase" hf key import p384 enc.pem --passphrase-file wrong
exits 2 "it is encrypted" hf key import enc.pem --passphrase-file pass
exits 4 "first line is the passphrase" hf key import p384 enc.pem --passphrase-file /dev/null
exits 2 "--passphrase-file FILE" setsid -w "$bin/holdfast" --socket "$work/socket" \
    key import p384 enc.pem

# at_terminal KEYS COMMAND...: with a terminal of its own, at which KEYS are typed when it asks.
at_terminal() {
    python3 -c '
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
said = b""
typed = False
while True:
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    said += piece
    if b"Passphrase of " in said and not typed:
        typed = True
        os.write(terminal, sys.argv[1].encode().decode("unicode_escape").encode())
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$@"
}
at_terminal 'oops\x15open sesamf\x7fe\n' "$bin/holdfast" --socket "$work/socket" \
    key import p384 enc.pem --label typed --flags none >screen || fail "$(cat screen)"
expect_text "Passphrase of enc.pem: " screen
! grep -q sesam screen || fail "the passphrase was shown"
same_key "a passphrase from the terminal" p384.pem typed
status=0
at_terminal 'open\x03' "$bin/holdfast" --socket "$work/socket" \
    key import p384 enc.pem >screen || status=$?
same "interrupted" "$status" 4
expect_text "interrupted" screen

echo "what is refused"
exits 2 "do not tell their type" hf key import pass --format raw
exits 4 "no PEM block of a key" hf key import pass
exits 4 "asks for a public one" hf key import p384-public p384.pem
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-192 -out raw.pem
openssl pkcs8 -topk8 -nocrypt -in raw.pem -out p192.pem
exits 4 "no type of this program" hf key import p192.pem
sed 's/PRIVATE KEY/PUBLIC KEY/' p384.pem >liar.pem
exits 4 "not what its name says" hf key import liar.pem
exits 4 "a key of type p384, not p256" hf key import p256 p384.pem
exits 4 "say --format der" hf key import p384.pub.der
exits 4 "no DER of a key" hf key import pass --format der
openssl pkcs8 -topk8 -v2 des3 -in p384.pem -passout file:pass -out enc3.pem
exits 1 "make it anew: openssl" hf key import p384 enc3.pem --passphrase-file pass
exits 1 "HF_ERR_USAGE); keys of this type" hf key import p384.pem --usage encrypt
exits 1 "public keys are imported" hf key generate p384-public
openssl rsa -in rsa.old -aes128 -passout file:pass -traditional -out rsa.older 2>/dev/null
exits 4 "openssl pkcs8 -topk8" hf key import rsa.older

echo "signatures left"
number=$(hf key generate lms-l1-h5-w8 --label lms --json | json_get number)
same "all are left" "$(hf key signatures-left "$number" --json | json_get signatures_left)" 32
hf sign label:lms pass --out sig
same "one is gone" "$(hf key signatures-left label:lms --json | json_get signatures_left)" 31
same "of" "$(hf key signatures-left label:lms --json | json_get signatures_max)" 32
hf key export-public label:lms --out lms.pub
hf key import lms-public lms.pub --label 'lms there' >/dev/null
hf verify 'label:lms there' pass --signature sig >/dev/null
for _ in $(seq 31); do
    hf sign label:lms pass --out sig
done
exits 1 "HF_ERR_LIMIT); the key has no signatures left" hf sign label:lms pass --out sig
exits 1 "LMS keys are always stored" hf key generate lms-l1-h5-w8 --cache-only
exits 1 HF_ERR hf key signatures-left label:p256
stop_daemon
