#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""A second HSS, straight from the formulas of RFC 8554 and SP 800-208, over hashlib.

It shares no line with src/lms and takes no care of speed, secrets or memory. It prints
tests/unit/lms/reference.h: digests of keys and signatures that the C code must give, too.

    python3 tests/unit/lms/reference.py >tests/unit/lms/reference.h
"""
import hashlib


def sha256(data, n):
    return hashlib.sha256(data).digest()[:n]


def shake256(data, n):
    return hashlib.shake_256(data).digest(n)


OTS = {}  # number: hash, n, w, p, ls
LMS = {}  # number: hash, n, height
for base, function, length in ((1, sha256, 32), (5, sha256, 24), (9, shake256, 32),
                               (13, shake256, 24)):
    for i, w in enumerate((1, 2, 4, 8)):
        digits = 8 * length // w
        check_bits = (digits * (2 ** w - 1)).bit_length()
        check_digits = -(-check_bits // w)
        OTS[base + i] = (function, length, w, digits + check_digits, 16 - check_digits * w)
for base, function, length in ((5, sha256, 32), (10, sha256, 24), (15, shake256, 32),
                               (20, shake256, 24)):
    for i in range(5):
        LMS[base + i] = (function, length, 5 * (i + 1))


def u(value, size):
    return value.to_bytes(size, "big")


def digits_of(string, w):
    value = int.from_bytes(string, "big")
    count = 8 * len(string) // w
    return [(value >> (w * (count - 1 - i))) & (2 ** w - 1) for i in range(count)]


def derive(ots, tree_id, q, i, seed):
    return OTS[ots][0](tree_id + u(q, 4) + u(i, 2) + b"\xff" + seed, OTS[ots][1])


def walk(ots, tree_id, q, i, start, end, value):
    for j in range(start, end):
        value = OTS[ots][0](tree_id + u(q, 4) + u(i, 2) + u(j, 1) + value, OTS[ots][1])
    return value


def ots_public(ots, tree_id, q, seed):
    function, n, w, p, _ = OTS[ots]
    ends = [walk(ots, tree_id, q, i, 0, 2 ** w - 1, derive(ots, tree_id, q, i, seed))
            for i in range(p)]
    return function(tree_id + u(q, 4) + b"\x80\x80" + b"".join(ends), n)


def ots_sign(ots, tree_id, q, seed, message):
    function, n, w, p, ls = OTS[ots]
    randomizer = derive(ots, tree_id, q, 0xFFFD, seed)
    digest = function(tree_id + u(q, 4) + b"\x81\x81" + randomizer + message, n)
    check = sum(2 ** w - 1 - digit for digit in digits_of(digest, w)) << ls
    walked = digits_of(digest + u(check, 2), w)
    y = [walk(ots, tree_id, q, i, 0, walked[i], derive(ots, tree_id, q, i, seed))
         for i in range(p)]
    return u(ots, 4) + randomizer + b"".join(y)


class Tree:
    def __init__(self, lms, ots, tree_id, seed):
        self.lms, self.ots, self.id, self.seed = lms, ots, tree_id, seed
        function, n, self.height = LMS[lms]
        leaves = 2 ** self.height
        nodes = [b""] * (2 * leaves)
        for q in range(leaves):
            key = ots_public(ots, tree_id, q, seed)
            nodes[leaves + q] = function(tree_id + u(leaves + q, 4) + b"\x82\x82" + key, n)
        for r in range(leaves - 1, 0, -1):
            nodes[r] = function(tree_id + u(r, 4) + b"\x83\x83" + nodes[2 * r] +
                                nodes[2 * r + 1], n)
        self.nodes = nodes

    def public(self):
        return u(self.lms, 4) + u(self.ots, 4) + self.id + self.nodes[1]

    def sign(self, q, message):
        r = 2 ** self.height + q
        path = b"".join(self.nodes[(r >> i) ^ 1] for i in range(self.height))
        return (u(q, 4) + ots_sign(self.ots, self.id, q, self.seed, message) +
                u(self.lms, 4) + path)

    def child(self, q, lms, ots):
        function, n = OTS[self.ots][:2]
        block = self.id + u(q, 4)
        return Tree(lms, ots, function(block + b"\xff\xff\xff" + self.seed, n)[:16],
                    function(block + b"\xff\xfe\xff" + self.seed, n))


def hss(levels, entropy, index, message):
    """The public key and the signature of an index."""
    total = sum(LMS[lms][2] for lms, _ in levels)
    tree = Tree(*levels[0], entropy[:16], entropy[16:])
    public = u(len(levels), 4) + tree.public()
    signature = u(len(levels) - 1, 4)
    for i, (lms, _) in enumerate(levels):
        total -= LMS[lms][2]
        q = (index >> total) % 2 ** LMS[lms][2]
        if i + 1 == len(levels):
            return public, signature + tree.sign(q, message)
        below = tree.child(q, *levels[i + 1])
        signature += tree.sign(q, below.public()) + below.public()
        tree = below


def cases():
    for ots in sorted(OTS):
        lms = {1: 5, 5: 10, 9: 15, 13: 20}[(ots - 1) // 4 * 4 + 1]
        yield [(lms, ots)], 7 + ots
    yield [(5, 3)], 0
    yield [(5, 3)], 31
    yield [(6, 1)], 1023
    yield [(11, 5)], 512
    yield [(16, 9)], 3
    yield [(12, 5)], 0x5A5B
    yield [(5, 3), (5, 2)], 0
    yield [(5, 3), (5, 2)], 32
    yield [(5, 4), (6, 1)], 32 * 1024 - 1
    yield [(6, 1), (5, 2), (5, 3)], 0xABCDE
    yield [(10, 7), (10, 6), (10, 5)], 32 * 32 * 32 - 1


def hex_lines(data):
    text = data.hex()
    return "\n".join(f'      "{text[i:i + 64]}"' for i in range(0, len(text), 64))


def main():
    print("/*\n * SPDX-License-Identifier: Apache-2.0\n * Copyright The Holdfast authors\n *")
    print(" * SHA-256 of public keys and signatures, printed by reference.py. The entropy of a")
    print(" * key is the bytes 0, 1, 2, ...; the message is \"reference\".\n */")
    print("/* clang-format off */\nstatic const reference references[] = {")
    for levels, index in cases():
        n = OTS[levels[0][1]][1]
        public, signature = hss(levels, bytes(range(16 + n)), index, b"reference")
        row = ", ".join(f"{{ {lms}, {ots} }}" for lms, ots in levels)
        print(f"    {{ {{ {len(levels)}, {{ {row} }} }}, {index}, {len(signature)},")
        print(hex_lines(hashlib.sha256(public).digest()) + ",")
        print(hex_lines(hashlib.sha256(signature).digest()) + " },")
    print("};\n/* clang-format on */")


main()
