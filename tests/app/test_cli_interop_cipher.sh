#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client and openssl: ciphers and RSA encryption in both directions; and AEADs, which
# the command openssl does not have, with themselves.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"
head -c 700000 /dev/urandom >file # whole blocks, and several messages of a stream
head -c 4001 file >part

# bytes HEX >FILE
bytes() {
    printf '%s' "$1" | python3 -c '
import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'
}

# both KEY HEX NAME ALGORITHM FILE [OPENSSL-OPTION...]: with an IV where there is one.
both() {
    key=$1 hex=$2 name=$3 algorithm=$4 plain=$5
    shift 5
    set -- "-$name" -K "$hex" "$@"
    iv=
    if [ "$algorithm" != aes-ecb ]; then
        iv=$(openssl rand -hex 16)
        set -- "$@" -iv "$iv"
    fi
    # shellcheck disable=SC2086 # no word when there is no IV
    hf encrypt "$key" "$plain" --algorithm "$algorithm" ${iv:+--nonce $iv} --out enc
    openssl enc -d "$@" -in enc | cmp - "$plain" || fail "openssl reads another $algorithm"
    openssl enc -e "$@" -in "$plain" -out enc
    # shellcheck disable=SC2086
    hf decrypt "$key" enc --algorithm "$algorithm" ${iv:+--nonce $iv} | cmp - "$plain" ||
        fail "another $algorithm of openssl comes back"
}

echo "CBC, CTR, ECB"
for bits in 128 192 256; do
    hex=$(openssl rand -hex $((bits / 8)))
    bytes "$hex" >key
    hf key import aes-$bits key --label aes$bits --policy allow-ecb,allow-nonce >/dev/null
    both label:aes$bits "$hex" aes-$bits-cbc aes-cbc file -nopad
    both label:aes$bits "$hex" aes-$bits-cbc aes-cbc-pad part
    both label:aes$bits "$hex" aes-$bits-ctr aes-ctr part
    both label:aes$bits "$hex" aes-$bits-ecb aes-ecb file -nopad
done
both label:aes256 "$hex" aes-256-cbc aes-cbc-pad file
: >empty
both label:aes256 "$hex" aes-256-cbc aes-cbc-pad empty

echo "an IV of the server"
hf key generate aes-256 --label own >/dev/null
hf encrypt label:own part --algorithm aes-ctr --out enc >told
iv=$(awk '$1 == "nonce" { print $2 }' told)
hf decrypt label:own enc --algorithm aes-ctr --nonce "$iv" | cmp - part ||
    fail "the IV that was told is not that of the file"
hf encrypt label:own part --algorithm aes-cbc-pad --out enc --json >json
hf decrypt label:own enc --algorithm aes-cbc-pad --nonce "$(json_get nonce <json)" |
    cmp - part || fail "the IV in the JSON is not that of the file"
exits 1 HF_ERR_ACCESS hf encrypt label:own part --algorithm aes-ctr --nonce "$iv" --out enc
exits 1 HF_ERR_ACCESS hf encrypt label:own file --algorithm aes-ecb --out enc
exits 2 "aes-ctr also makes an IV" hf encrypt label:own part --algorithm aes-ctr
exits 2 "aes-cbc needs --nonce" hf decrypt label:own enc --algorithm aes-cbc --out back
exits 2 "aes-ctr takes no --aad" hf encrypt label:own part --algorithm aes-ctr --aad x --out enc
exits 2 "aes-ctr takes no --tag" \
    hf decrypt label:own enc --algorithm aes-ctr --tag 00 --nonce "$iv" --out back
rm -f back
head -c 32 /dev/zero >zeros # its last byte is no length of a padding
hf encrypt label:own zeros --algorithm aes-cbc --out enc --json >json
exits 1 HF_ERR_VERIFY hf decrypt label:own enc --algorithm aes-cbc-pad \
    --nonce "$(json_get nonce <json)" --out back
[ ! -e back ] || fail "a file was left after a wrong padding"

echo "key wrap on data"
bytes "$(openssl rand -hex 48)" >material
hf encrypt label:aes256 material --algorithm aes-kw --out enc
openssl enc -d -id-aes256-wrap -K "$hex" -iv A6A6A6A6A6A6A6A6 -in enc -out back &&
    cmp back material || fail "openssl unwraps something else"
openssl enc -e -id-aes256-wrap -K "$hex" -iv A6A6A6A6A6A6A6A6 -in material -out enc
hf decrypt label:aes256 enc --algorithm aes-kw | cmp - material ||
    fail "what openssl wrapped comes back different"
head -c 21 material >odd
hf encrypt label:own odd --algorithm aes-kwp | hf decrypt label:own - --algorithm aes-kwp |
    cmp - odd || fail "KWP brings something different"
exits 1 HF_ERR_VERIFY hf decrypt label:own enc --algorithm aes-kw --out back

echo "AEAD, raw"
hf key generate chacha20 --label chacha >/dev/null
hf key generate aes-256-xts --label xts >/dev/null
for way in own:aes-gcm own:aes-ccm chacha:chacha20-poly1305; do
    key=label:${way%:*} algorithm=${way#*:}
    hf encrypt "$key" part --raw --algorithm "$algorithm" --aad me --out enc --json >json
    same "length of $algorithm" "$(stat -c %s enc)" 4001
    nonce=$(json_get nonce <json) tag=$(json_get tag <json)
    printf me >aad
    hf decrypt "$key" enc --raw --algorithm "$algorithm" --aad-file aad --nonce "$nonce" \
        --tag "$tag" | cmp - part || fail "$algorithm brings something different"
    rm -f back
    exits 1 HF_ERR_VERIFY hf decrypt "$key" enc --raw --algorithm "$algorithm" --aad you \
        --nonce "$nonce" --tag "$tag" --out back
    [ ! -e back ] || fail "$algorithm left a plaintext"
    exits 2 "$algorithm needs --tag" \
        hf decrypt "$key" enc --raw --algorithm "$algorithm" --nonce "$nonce" --out back
    hf encrypt "$key" file --algorithm "$algorithm" --out enc
    hf decrypt "$key" enc | cmp - file || fail "$algorithm in chunks comes back different"
done
exits 1 "another --algorithm" hf decrypt label:own enc --algorithm aes-gcm --out back
exits 2 "--tag needs --raw" hf decrypt label:chacha enc --tag 00 --out back
exits 2 "aes-xts needs --nonce" hf encrypt label:xts part --out enc
tweak=01000000000000000000000000000000
hf encrypt label:xts part --nonce $tweak | hf decrypt label:xts - --nonce $tweak |
    cmp - part || fail "XTS brings something different"

echo "RSA"
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl pkey -in rsa.pem -pubout -out rsa.pub
hf key import rsa-2048 rsa.pem --label rsa --usage encrypt,decrypt >/dev/null
hf key import rsa-2048-public rsa.pub --label rsapub --usage encrypt >/dev/null
head -c 100 file >short
printf there >label
for way in sha256: sha512: sha384:sha256; do
    hash=${way%:*} mgf=${way#*:}
    set -- -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:$hash \
        -pkeyopt "rsa_mgf1_md:${mgf:-$hash}" -pkeyopt rsa_oaep_label:7468657265
    # shellcheck disable=SC2086 # no word when there is no hash of MGF1
    hf encrypt label:rsapub short --hash $hash ${mgf:+--mgf $mgf} --aad there --out enc
    openssl pkeyutl -decrypt -inkey rsa.pem "$@" -in enc | cmp - short ||
        fail "openssl reads another OAEP with $hash"
    openssl pkeyutl -encrypt -pubin -inkey rsa.pub "$@" -in short -out enc
    # shellcheck disable=SC2086
    hf decrypt label:rsa enc --hash $hash ${mgf:+--mgf $mgf} --aad-file label |
        cmp - short || fail "an OAEP of openssl with $hash comes back different"
    exits 1 HF_ERR_VERIFY hf decrypt label:rsa enc --hash $hash ${mgf:+--mgf $mgf} --out back
done
openssl pkeyutl -encrypt -pubin -inkey rsa.pub -in short -out enc
if hf capabilities --json | json_get algorithms | tr ',' '\n' | grep -qx rsa-pkcs1-decrypt
then
    hf decrypt label:rsa enc --algorithm rsa-pkcs1-decrypt | cmp - short ||
        fail "a PKCS#1 encryption of openssl comes back different"
else
    exits 1 HF_ERR_NOTSUPPORTED \
        hf decrypt label:rsa enc --algorithm rsa-pkcs1-decrypt --out back
fi
exits 1 HF_ERR_ACCESS hf encrypt label:rsapub short --algorithm rsa-raw --out enc
hf key import rsa-2048 rsa.pem --label bare --usage encrypt,decrypt --policy allow-raw >/dev/null
{ printf '\0'; head -c 255 file; } >number
hf encrypt label:bare number --algorithm rsa-raw --out enc
openssl pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:none -in enc |
    cmp - number || fail "openssl reads another number"
hf decrypt label:bare enc --algorithm rsa-raw | cmp - number || fail "another number"
exits 4 "too long" hf encrypt label:own "file" --algorithm aes-ccm --raw --out enc \
    --aad-file /dev/zero
stop_daemon
