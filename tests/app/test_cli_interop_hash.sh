#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The client and openssl: digests and MACs of the same files.
. "$(dirname "$0")/cli.sh"
start_daemon --listen "unix $work/socket"
cd "$work"
head -c 300001 /dev/urandom >file # more than one message of a stream
: >empty

echo "hashes"
for hash in sha1 sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 \
    sha3-384 sha3-512; do
    for name in file empty; do
        same "$hash of $name" "$(hf hash $hash $name | cut -d ' ' -f 1)" \
            "$(openssl dgst -$hash -r $name | cut -d ' ' -f 1)"
    done
done
for hash in shake128 shake256; do
    for len in 1 77 65536; do
        same "$len bytes of $hash" "$(hf hash $hash file --length $len --json | json_get digest)" \
            "$(openssl dgst -$hash -xoflen $len -r file | cut -d ' ' -f 1)"
    done
done
exits 2 "shake128 needs --length" hf hash shake128 file
exits 2 "sha256 takes no --length" hf hash sha256 file --length 16
exits 2 "--length takes a number 1 .. 65536" hf hash shake256 file --length 65537

# macs KEY ALGORITHM OPENSSL-OPTIONS...: both make and accept the same MAC of both files.
macs() {
    key=$1 algorithm=$2
    shift 2
    for name in file empty; do
        mac=$(openssl mac -in $name "$@" | tr 'A-F' 'a-f')
        same "$algorithm of $name" \
            "$(hf mac generate "$key" $name --algorithm "$algorithm")" "$mac"
        hf mac verify "$key" $name --algorithm "$algorithm" --mac "$mac" >/dev/null
    done
    exits 1 HF_ERR_VERIFY hf mac verify "$key" file --algorithm "$algorithm" --mac "$mac"
}

echo "HMAC"
hex=$(openssl rand -hex 40)
printf '%s' "$hex" | python3 -c '
import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >mac.key
hf key import hmac mac.key --label hmac --mac-length-min 10 >/dev/null
for hash in sha224 sha256 sha384 sha512 sha512-224 sha512-256 sha3-224 sha3-256 sha3-384 \
    sha3-512; do
    macs label:hmac hmac-$hash -digest $hash -macopt "hexkey:$hex" HMAC
done
mac=$(openssl mac -in file -digest sha1 -macopt "hexkey:$hex" HMAC)
hf mac verify label:hmac file --algorithm hmac-sha1 --mac "$mac" >/dev/null
exits 1 HF_ERR_NOTSUPPORTED hf mac generate label:hmac file --algorithm hmac-sha1
exits 2 "aes-cmac does not authenticate with a key of type hmac" \
    hf mac generate label:hmac file --algorithm aes-cmac
exits 2 "hmac-sha256 takes no --nonce" hf mac generate label:hmac file --nonce 00

echo "MACs that are cut"
whole=$(hf mac generate label:hmac file)
short=$(printf '%.20s' "$whole")
same "ten bytes" "$(hf mac generate label:hmac file --length 10)" "$short"
hf mac verify label:hmac file --mac "$short" >/dev/null
for len in 4 9; do
    hf mac generate label:hmac file --length $len >/dev/null 2>&1 && fail "$len bytes"
    hf mac verify label:hmac file --mac "$(printf "%.$((2 * len))s" "$whole")" \
        >/dev/null 2>&1 && fail "$len bytes are accepted"
done

echo "CMAC, GMAC"
for bits in 128 192 256; do
    hex=$(openssl rand -hex $((bits / 8)))
    printf '%s' "$hex" | python3 -c '
import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >aes.key
    hf key import aes-$bits aes.key --label aes$bits --usage sign,verify \
        --policy allow-nonce >/dev/null
    macs label:aes$bits aes-cmac -cipher AES-$bits-CBC -macopt "hexkey:$hex" CMAC
    same "the usual MAC" "$(hf mac generate label:aes$bits file)" \
        "$(hf mac generate label:aes$bits file --algorithm aes-cmac)"
    hf mac generate label:aes$bits file --algorithm aes-gmac --json >json
    nonce=$(json_get nonce <json)
    mac=$(openssl mac -in file -cipher AES-$bits-GCM -macopt "hexkey:$hex" \
        -macopt "hexiv:$nonce" GMAC | tr 'A-F' 'a-f')
    same "GMAC" "$(json_get mac <json)" "$mac"
    same "GMAC with a nonce" \
        "$(hf mac generate label:aes$bits file --algorithm aes-gmac --nonce "$nonce")" "$mac"
    hf mac verify label:aes$bits file --algorithm aes-gmac --nonce "$nonce" \
        --mac "$mac" >/dev/null
done
exits 2 "aes-gmac needs --nonce" \
    hf mac verify label:aes128 file --algorithm aes-gmac --mac "$mac"
hf mac generate label:aes128 file --algorithm aes-gmac --out mac --format raw >told
grep -q "^nonce  *[0-9a-f]\{24\}$" told || fail "the nonce is not told: $(cat told)"
same "length of a raw MAC" "$(stat -c %s mac)" 16
stop_daemon
