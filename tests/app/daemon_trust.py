# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""The `trust` directive: who becomes TRUSTED, what is refused, and what it is good for."""
import os
import struct
import subprocess
import sys

import hfd

IMPORT, KEY_INFO, WRAP = 0x0301, 0x0305, 0x030B
WRAP_AES_GCM = 0x0901
AES_256 = 1 << 24 | 1 << 16 | 256
ERASE = 0x0309
NONMODIFIABLE, NONDESTROYABLE, NONEXPORTABLE, TRUSTED = 1, 2, 4, 0x40
USAGE_ENCRYPT, USAGE_WRAP, USAGE_UNWRAP = 0x10000, 0x100000, 0x200000
FIXED = NONMODIFIABLE | NONDESTROYABLE
KEK = NONEXPORTABLE | USAGE_WRAP | USAGE_UNWRAP | FIXED
OWNER = 30


def put_key(client, number, flags, expected=0):
    """Import a key whose bytes are known."""
    status, _ = client.call(IMPORT, struct.pack("<IIIH", number, AES_256, flags, 0) +
                            hfd.LABEL + struct.pack("<BHII", 1, 0, 0, 32) + bytes(32))
    hfd.check(status == expected, f"the import of key {number} gave {status}")


def flags_of(client, number):
    status, body = client.call(KEY_INFO, struct.pack("<I", number))
    hfd.check(status == 0, f"key {number}: {status}")
    return struct.unpack_from("<II", body)[1]


def wrap(client, number, kek):
    return client.call(WRAP, struct.pack("<IIHHHH", number, kek, WRAP_AES_GCM, 0, 0, 0))[0]


def listen_of(daemon):
    return [f"unix {daemon.socket} owner={OWNER} write-global"]


def refused(daemon, text, *options):
    result = subprocess.run([f"{hfd.BIN}/holdfastd", "--store", daemon.store, "--listen",
                             listen_of(daemon)[0], *options], stderr=subprocess.PIPE,
                            text=True, check=False, timeout=hfd.LIMIT)
    return result.returncode, text in result.stderr, result.stderr


def test_trusted_keys_wrap_what_others_must_not(daemon):
    daemon.start(listen=listen_of(daemon))
    client = daemon.client()
    for number in (1, 2, hfd.GLOBAL | 1):
        hfd.check(client.generate(number, AES_256, KEK, 1)[0] == 0, "cannot generate")
    put_key(client, 9, NONEXPORTABLE | USAGE_ENCRYPT)
    hfd.check(wrap(client, 9, 1) == hfd.STATUS["ACCESS"], "wrapped under any key")
    client.close()
    daemon.stop()
    daemon.start("--trust", f"{OWNER}:1", "--trust", "global:1", listen=listen_of(daemon))
    client = daemon.client()
    hfd.check(wrap(client, 9, 1) == 0, "not wrapped under a trusted key")
    hfd.check(wrap(client, 9, hfd.GLOBAL | 1) == 0, "not wrapped under a trusted global key")
    hfd.check(wrap(client, 9, 2) == hfd.STATUS["ACCESS"], "wrapped under another key")
    hfd.check(flags_of(client, 1) & TRUSTED, "the flag is not shown")
    # Nobody puts a key there that he knows, for the next start.
    hfd.check(client.call(ERASE, struct.pack("<I", 1))[0] == hfd.STATUS["ACCESS"], "erased")
    put_key(client, 1, KEK, hfd.STATUS["ACCESS"])
    client.close()
    daemon.kill()
    for name in (f"{OWNER}:77", "29:1"):
        code, is_told, text = refused(daemon, f'trust "{name}": this key cannot be trusted: there'
                                              ' is no such key', "--trust", name)
        hfd.check(code == 78 and is_told, f"{code}: {text}")
    # Without the option, and stored: trust stays with the key.
    daemon.start(listen=listen_of(daemon))
    client = daemon.client()
    hfd.check(wrap(client, 9, hfd.GLOBAL | 1) == 0, "trust was lost")
    client.close()
    daemon.stop()


def test_keys_that_must_not_be_trusted(daemon):
    daemon.start(listen=listen_of(daemon))
    client = daemon.client()
    put_key(client, 1, KEK | USAGE_ENCRYPT)
    put_key(client, 2, KEK & ~NONEXPORTABLE)
    put_key(client, 3, KEK & ~NONDESTROYABLE)
    put_key(client, 4, KEK)
    hfd.check(client.generate(5, AES_256, KEK & ~FIXED, 1)[0] == 0, "cannot generate")
    put_key(client, 9, NONEXPORTABLE | USAGE_ENCRYPT)
    client.close()
    daemon.stop()
    for number, reason in ((1, "its usage must be wrap or unwrap"),
                           (2, "it must be NONEXPORTABLE"), (3, "it must be NONEXPORTABLE"),
                           (5, "it must be NONEXPORTABLE")):
        code, is_told, text = refused(daemon, f'"{OWNER}:{number}": this key cannot be trusted: '
                                      + reason, "--trust", f"{OWNER}:{number}")
        hfd.check(code == 78 and is_told, f"key {number}: {code}: {text}")
    # By the file, too.
    path = f"{daemon.work}/holdfast.conf"
    with open(path, "w") as file:
        file.write(f'trust = {{ "{OWNER}:4" }}\n')
    daemon.start("--config", path, listen=listen_of(daemon))
    client = daemon.client()
    hfd.check(wrap(client, 9, 4) == 0, "a key that cannot be replaced is not trusted")
    client.close()
    daemon.stop()


def test_words_that_name_no_key(daemon):
    for words in ("", "3", ":3", "30:", "0:3", "65536:3", "30:0", "30:16777216", "-1:3",
                  "30:3x", "everybody:3", "30:3 admin", "30 3"):
        code, is_told, text = refused(daemon, "write OWNER:NUMBER or global:NUMBER",
                                      "--trust", words)
        hfd.check(code == 64 and is_told, f"'{words}': {code}: {text}")
    path = f"{daemon.work}/holdfast.conf"
    with open(path, "w") as file:
        file.write('trust = { "30-3" }\n')
    code, is_told, text = refused(daemon, 'trust "30-3": write OWNER:NUMBER', "--config", path)
    hfd.check(code == 78 and is_told, f"{code}: {text}")
    hfd.check(not os.path.exists(daemon.store), "a store was made")


def main():
    for test in (test_trusted_keys_wrap_what_others_must_not, test_keys_that_must_not_be_trusted,
                 test_words_that_name_no_key):
        print(test.__name__, flush=True)
        with hfd.Daemon() as daemon:
            test(daemon)


sys.exit(main())
