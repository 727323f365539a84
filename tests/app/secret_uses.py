# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""Keys of every type that a daemon has, used with every algorithm that it has.

What only exists during a request (plaintexts, nonces of signatures, MACs, shared secrets)
is told to the words that must not be found afterwards. What an operation takes is tried
out, in the ways that WAYS names: an algorithm that is added later joins in.
"""
import hashlib
import hmac
import shutil
import subprocess

import hfd
import secret_forms as forms
from catalogue import IDS, KINDS, NAMES
from watched import chance

SECRET, PRIVATE = 1, 2
RAW, DER, ENCRYPTED, SEC1 = 0, 1, 2, 3
USAGES = [1 << bit for bit in range(16, 23)]
POLICY = hfd.constant("usage.h", "HF_POLICY_MASK") & \
    ~hfd.constant("usage.h", "HF_FLAG_HARDWARE")
EPHEMERAL = hfd.constant("nvm.h", "HF_FLAG_EPHEMERAL")
ENCRYPT = hfd.constant("usage.h", "HF_USAGE_ENCRYPT")
SHA256 = IDS["HF_ALG_SHA256"]
AES_256 = 0x01010100  # of what is derived or wrapped
LONG = 60000  # more than the first buffers of a session hold
EC, RSA, SLH_DSA, LMS = 3, 6, 11, 12
# What takes seconds, and differs from the others only in size. LMS keys are never told.
LEFT_OUT = {RSA << 24 | PRIVATE << 16 | 3072, RSA << 24 | PRIVATE << 16 | 4096} | \
    {SLH_DSA << 24 | PRIVATE << 16 | size for size in (1, 3, 4, 5, 6, 7, 9, 10, 11, 12)}
DERIVATION = {"hash": SHA256, "iterations": 10, "salt": b"s" * 16, "kdf_label": b"label",
              "info": b"info"}
WAYS = {
    "sign": [{"format": 1}, {"format": 1, "hash": SHA256}, {"hash": SHA256},
             {"context": b"context"}, {}],
    "cipher": [{}, {"hash": SHA256}, {"nonce": b"n" * 16}],
    "mac": [{}, {"nonce": b"n" * 12}],
    "derive": [{name: DERIVATION[name] for name in names.split()} for names in
               ("hash salt info", "hash info", "hash salt", "hash kdf_label info",
                "hash salt kdf_label", "hash salt kdf_label info", "kdf_label info",
                "hash iterations salt")],
}


class Bench:
    """A session, the daemon's types and algorithms, and which have been used together."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.client = daemon.client()
        told = self.client.get("capabilities")
        self.algorithms = numbers(told["algorithms"], 2)
        self.flags = {}  # key type: what its keys may do
        self.hss_types = []
        for key_type in numbers(told["key_types"], 4):
            # HSS: one and two levels of height 5, W4.
            if key_type in (LMS << 24 | PRIVATE << 16 | levels << 12 | 0x54 for levels in (1, 2)):
                self.hss_types.append(key_type)
            is_known = key_type >> 16 & 0xFF in (SECRET, PRIVATE) and key_type >> 24 != LMS
            if is_known and key_type not in LEFT_OUT:
                self.flags[key_type] = self.find_flags(key_type)
        self.types = [key_type for key_type, flags in self.flags.items() if flags is not None]
        self.used = {key_type: set() for key_type in self.types}

    def find_flags(self, key_type):
        """All usages that the type can have, and what policies it can have; None: it cannot
        be generated or not be exported. An ephemeral key is not stored, so the first
        requests make nothing."""
        found = 0
        for flag in USAGES:
            status, _ = self.client.try_named("key_generate", type=key_type,
                                              flags=flag | EPHEMERAL, store=1)
            found |= flag if status != hfd.STATUS["USAGE"] else 0
        for flags in (found | POLICY, found):
            status, key = self.client.try_named("key_generate", type=key_type, flags=flags)
            if status == 0:
                status, _ = self.client.try_named("key_export", handle=key["handle"])
                self.client.get("key_erase", handle=key["handle"])
                if status == 0:
                    return flags
        print(f"left out: {key_type:#010x}, {status}")
        return None

    def generate(self, key_type, what, **options):
        """(handle, raw bytes, words) of a new key; its words are alive from now on."""
        handle = self.client.get("key_generate", type=key_type, flags=self.flags[key_type],
                                 **options)["handle"]
        raw = self.client.get("key_export", handle=handle, format=RAW)["material"]
        status, public = self.client.try_named("key_export_public", handle=handle, format=RAW)
        plain = self.daemon.words.add_key(f"{key_type:#010x}, {what}", key_type, raw,
                                          public["material"] if status == 0 else b"")
        status, zero = self.client.try_named("encrypt", handle=handle, plaintext=bytes(16),
                                             algorithm=IDS["HF_ALG_AES_ECB"])
        if status == 0:
            name = f"{key_type:#010x}, {what}"
            self.daemon.words.alive[name] |= self.daemon.words.add(
                f"{name}: hash key of GCM", forms.both_orders([zero["ciphertext"]]))
        return handle, raw, plain

    def imported(self, key_type, material, key_format, password):
        return self.client.get("key_import", type=key_type, flags=self.flags[key_type],
                               format=key_format, material=material,
                               password=password)["handle"]

    def materials(self, key_type, handle, raw):
        """Name of a format -> (material, format, password) of an existing key."""
        found = {"raw": (raw, RAW, b"")}
        status, exported = self.client.try_named("key_export", handle=handle, format=DER)
        if status != 0:
            return found
        der = exported["material"]
        found["DER"] = (der, DER, b"")
        password = chance.randbytes(16).hex()
        self.daemon.words.add("password", [password.encode()])
        command = ["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-iter", "1000", "-passout",
                   f"pass:{password}"]
        converted = {"encrypted": (openssl(command, der), ENCRYPTED, password.encode())}
        if key_type >> 24 == EC:
            converted["SEC1"] = (openssl(["ec"], der), SEC1, b"")
        found.update({name: form for name, form in converted.items() if form[0]})
        return found

    def use(self, key_type, handle, raw):
        """Each algorithm that the key can be used with, in the first way that is taken."""
        for algorithm in self.algorithms:
            operation = OPERATIONS.get(algorithm >> 8)
            name = NAMES[algorithm]
            if operation and operation(Use(self, key_type, handle, raw, algorithm)):
                self.used[key_type].add(name)

    def use_once(self, key_type, handle, raw):
        """The first of the algorithms that are known to fit."""
        for name in sorted(self.used[key_type])[:1]:
            OPERATIONS[IDS[name] >> 8](Use(self, key_type, handle, raw, IDS[name]))


class Use:
    """One key and one algorithm."""

    def __init__(self, bench, key_type, handle, raw, algorithm):
        self.bench, self.key_type, self.raw = bench, key_type, raw
        self.handle, self.algorithm = handle, algorithm
        self.client = bench.client

    def add(self, what, parts):
        name = f"{self.key_type:#010x}, {NAMES[self.algorithm]}: {what}"
        self.bench.daemon.words.add(name, parts)

    def ask(self, name, ways, **values):
        """(answer, way) of the first way that is taken; (None, None) of none."""
        for way in ways if name in KINDS else ():
            status, answer = self.client.try_named(name, **{**values, **way})
            if status == 0:
                return answer, way
            if status == hfd.STATUS["TYPE"]:
                break
        return None, None


def sign(use):
    data = chance.randbytes(32)
    values = {"handle": use.handle, "algorithm": use.algorithm, "data": data}
    answer, way = use.ask("sign", WAYS["sign"], **values)
    if answer is None:
        return False
    use.add("message", [data])
    nonces = []
    if NAMES[use.algorithm] in ("HF_ALG_ECDSA", "HF_ALG_ECDSA_DETERMINISTIC"):
        digest = hashlib.sha256(data).digest() if "hash" in way else data
        nonces = forms.ecdsa_nonce(use.raw, use.key_type & 0xFFFF, digest,
                                   answer["signature"])
    elif NAMES[use.algorithm] == "HF_ALG_ED25519":
        nonces = forms.ed25519_nonce(use.raw, data)
    elif NAMES[use.algorithm] == "HF_ALG_ED448":
        nonces = forms.ed448_nonce(use.raw, way.get("context", b""), data)
    use.add("nonce", forms.both_orders(nonces))
    use.client.get("verify", **values, **way, signature=answer["signature"])
    return True


def mac(use):
    data = chance.randbytes(LONG)
    values = {"handle": use.handle, "algorithm": use.algorithm, "data": data}
    answer, way = use.ask("mac_generate", WAYS["mac"], **values)
    if answer is None:
        return False
    use.add("MAC", [answer["mac"]])
    use.add("message", [data[:64], data[-64:]])
    way = {**way, "nonce": answer["nonce"]} if answer.get("nonce") else way
    use.client.get("mac_verify", **values, **way, mac=answer["mac"])
    stream(use, "mac_start", way)
    return True


def cipher(use):
    is_used = False
    for size in (96, 256, LONG):
        text = (b"\0" if size == 256 else b"\1") + chance.randbytes(size - 1)
        values = {"handle": use.handle, "algorithm": use.algorithm}
        answer, way = use.ask("encrypt", WAYS["cipher"], plaintext=text, **values)
        if answer is None:
            continue
        is_used = True
        use.add("plaintext", [text[:104], text[-104:]])
        sealed = {**way, **{name: answer[name] for name in ("nonce", "tag", "ciphertext")}}
        hfd.check(use.client.get("decrypt", **values, **sealed)["plaintext"] == text,
                  "a plaintext came back changed")
        if sealed["tag"]:
            sealed["tag"] = sealed["tag"][::-1]
            status, _ = use.client.try_named("decrypt", **values, **sealed)
            hfd.check(status == hfd.STATUS["VERIFY"], f"a wrong tag gave {status}")
    if is_used:
        stream(use, "cipher_start", {})
    return is_used


def stream(use, start, way):
    """Two streams: one to its end, and one that the session is left with."""
    data = chance.randbytes(1000)
    for is_finished in (True, False):
        answer, _ = use.ask(start, [way], handle=use.handle, algorithm=use.algorithm)
        if answer is None:
            return
        use.client.get("stream_update", stream=answer["stream"], data=data)
        use.add("data of a stream", [data])
        if is_finished:
            use.client.try_named("stream_finish", stream=answer["stream"])
        else:
            use.client.get("comm_cancel")


def derive(use):
    is_used = False
    for options in ({"is_exported": 1, "len": 32}, {"type": AES_256}):
        answer, _ = use.ask("key_derive", WAYS["derive"], base=use.handle, kdf=use.algorithm,
                            **options)
        if answer is not None:
            keep_secret(use, answer)
            is_used = True
    if NAMES[use.algorithm] == "HF_ALG_HKDF":
        use.add("extracted key", [hmac.digest(b"s" * 16, use.raw, "sha256")])
    return is_used


def agree(use):
    status, public = use.client.try_named("key_export_public", handle=use.handle)
    if status != 0:
        return False
    for options in ({"is_exported": 1}, {"type": AES_256, "kdf": IDS["HF_ALG_HKDF"],
                                         "hash": SHA256}):
        answer, _ = use.ask("key_agree", [{}], base=use.handle, algorithm=use.algorithm,
                            peer=public["material"], **options)
        if answer is None:
            return False
        keep_secret(use, answer)
    return True


def encapsulate(use):
    values = {"base": use.handle, "algorithm": use.algorithm, "is_exported": 1}
    answer, _ = use.ask("key_encapsulate", [{}], **values)
    if answer is None:
        return False
    keep_secret(use, answer)
    again = use.client.get("key_decapsulate", **values, ciphertext=answer["ciphertext"])
    hfd.check(again["secret"] == answer["secret"], "an encapsulated secret came back changed")
    return True


def wrap(use):
    kek = {"kek": use.handle, "algorithm": use.algorithm}
    target = use.client.get("key_generate", type=AES_256, flags=ENCRYPT)["handle"]
    material = use.client.get("key_export", handle=target, format=RAW)["material"]
    wrapped, way = use.ask("key_wrap", [{}, {"hash": SHA256}], handle=target, **kek)
    use.client.get("key_erase", handle=target)
    if wrapped is None:
        return False
    use.add("wrapped key", forms.both_orders([material]))
    key = use.client.get("key_unwrap", **kek, **way, type=wrapped["type"],
                         wrapped=wrapped["wrapped"])
    use.client.get("key_erase", handle=key["handle"])
    data = chance.randbytes(1000)
    sealed, _ = use.ask("key_wrap_data", [{}], kek=use.handle, data=data)
    if sealed is not None:
        use.add("wrapped data", [data])
        use.client.get("key_unwrap_data", kek=use.handle, wrapped=sealed["wrapped"])
    return True


def keep_secret(use, answer):
    """What was derived, as bytes or as a key that ends here."""
    if answer["handle"] != 0:
        status, key = use.client.try_named("key_export", handle=answer["handle"], format=RAW)
        use.client.get("key_erase", handle=answer["handle"])
        use.add("derived key", [key["material"]] if status == 0 else [])
    use.add("secret", forms.both_orders([answer["secret"]]))


# By the high byte of the algorithm's number.
OPERATIONS = {0x02: mac, 0x03: cipher, 0x04: sign, 0x05: cipher, 0x06: agree, 0x07: derive,
              0x08: encapsulate, 0x09: wrap}


def openssl(command, data):
    """What the program openssl makes of a key; nothing where there is no such program."""
    if shutil.which("openssl") is None:
        return b""
    return subprocess.run(["openssl", *command, "-inform", "DER", "-outform", "DER"],
                          input=data, capture_output=True, check=True).stdout


def numbers(data, size):
    return [int.from_bytes(data[at:at + size], "little") for at in range(0, len(data), size)]
