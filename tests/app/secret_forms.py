# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
"""What else betrays a key: the numbers in it in the byte order of machine words, the key
schedule of AES, the padded keys of HMAC, the expanded seed of Ed25519, and the nonce of
each signature, from which the key follows.
"""
import hashlib

ORDERS = {  # of the base points, by enum hf_curve (SP 800-186, SEC 2)
    1: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    2: 2 ** 384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D,
    3: 2 ** 521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    4: 2 ** 224 - 0xE95D1F470FC1EC22D6BAA3A3D5C3,
    5: 2 ** 256 - 0x14551231950B75FC4402DA1732FC9BEBF,
}
EDWARDS_ORDER_448 = 2 ** 446 - int("1381806680989511535200738674851542"
                                   "6880336692474882178609894547503885")
EDWARDS_ORDER = 2 ** 252 + 27742317777372353535851937790883648493


def sbox():
    """FIPS 197 5.1.1: inverses in GF(2^8), and an affine map of their bits."""
    box, p, q = [0x63] * 256, 1, 1
    for _ in range(255):
        p ^= (p << 1) ^ (0x11B if p & 0x80 else 0)  # times 3
        p &= 0xFF
        for shift in (1, 2, 4):  # divided by 3
            q ^= q << shift & 0xFF
        q ^= 0x09 if q & 0x80 else 0
        rotated = q
        for shift in (1, 2, 3, 4):
            rotated ^= (q << shift | q >> (8 - shift)) & 0xFF
        box[p] = rotated ^ 0x63
    return box


SBOX = sbox()


def aes_schedule(key):
    """FIPS 197 5.2."""
    count = len(key) // 4
    words = [key[at:at + 4] for at in range(0, len(key), 4)]
    constant = 1
    for i in range(count, 4 * (count + 7)):
        word = words[-1]
        if i % count == 0:
            word = bytes(SBOX[byte] for byte in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = (constant << 1) ^ (0x11B if constant & 0x80 else 0)
        elif count > 6 and i % count == 4:
            word = bytes(SBOX[byte] for byte in word)
        words.append(bytes(a ^ b for a, b in zip(words[-count], word)))
    return b"".join(words)


def hmac_pads(key):
    """RFC 2104, for hashes with blocks of 64 bytes."""
    key = hashlib.sha256(key).digest() if len(key) > 64 else key
    return [bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C)]


def seed_halves_448(seed):
    """Scalar and prefix, RFC 8032 5.2.5."""
    hashed = hashlib.shake_256(seed).digest(114)
    scalar = bytes([hashed[0] & 0xFC]) + hashed[1:55] + bytes([hashed[55] | 0x80, 0])
    return [hashed[:57], scalar, hashed[57:]]


def clamp(half):
    """RFC 8032 5.1.5."""
    return bytes([half[0] & 0xF8]) + half[1:31] + bytes([half[31] & 0x3F | 0x40])


def seed_halves(seed):
    """Scalar and prefix, RFC 8032 5.1.5."""
    hashed = hashlib.sha512(seed).digest()
    return [hashed[:32], clamp(hashed[:32]), hashed[32:]]


def ed25519_nonce(seed, message):
    nonce = hashlib.sha512(hashlib.sha512(seed).digest()[32:] + message).digest()
    reduced = int.from_bytes(nonce, "little") % EDWARDS_ORDER
    return [nonce, reduced.to_bytes(32, "little")]


def ed448_nonce(seed, context, message):
    prefix = hashlib.shake_256(seed).digest(114)[57:]
    domain = b"SigEd448" + bytes([0, len(context)]) + context
    nonce = hashlib.shake_256(domain + prefix + message).digest(114)
    reduced = int.from_bytes(nonce, "little") % EDWARDS_ORDER_448
    return [nonce, reduced.to_bytes(57, "little")]


def ecdsa_nonce(scalar, curve, digest, signature):
    """The nonce of a raw signature, and as it is when the order was added to it."""
    if curve not in ORDERS:
        return []
    size = len(scalar)
    order = ORDERS[curve]
    r, s = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
    z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())
    nonce = pow(s, -1, order) * (z + r * int.from_bytes(scalar, "big")) % order
    return [(nonce + times * order).to_bytes(size + 8, "big") for times in (0, 1, 2)]


def hss_parts(private_key):
    """Levels, I and SEED of a private key as the store keeps it (lms.h)."""
    levels = int.from_bytes(private_key[:4], "big")
    at = 4 + 8 * levels
    return levels, private_key[at:at + 16], private_key[at + 16:at + 48]


def hss_secrets(private_key):
    """SEED, and what is derived from it for the first leaves of the first tree: the begins of
    the chains (RFC 8554 appendix A and 4.3) and the SEED of the tree below (ots.h)."""
    levels, tree, seed = hss_parts(private_key)
    found = [seed]
    for leaf in (0, 1):
        def derive(number, step, value, prefix=tree + leaf.to_bytes(4, "big")):
            return hashlib.sha256(prefix + number.to_bytes(2, "big") + bytes([step]) +
                                  value).digest()
        if levels > 1:
            found.append(derive(0xFFFE, 0xFF, seed))
        for chain in range(67):
            value = derive(chain, 0xFF, seed)
            for step in range(3):
                found.append(value)
                value = derive(chain, step, value)
    return found


def both_orders(parts):
    return [form for part in parts for form in (part, part[::-1])]


def der_leaves(data):
    """The primitive values of a DER, also those inside of OCTET STRINGs; None: it is none."""
    leaves, at = [], 0
    while at < len(data):
        if len(data) - at < 2:
            return None
        tag, size, at = data[at], data[at + 1], at + 2
        if size >= 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at:at + count], "big"), at + count
        if size > len(data) - at:
            return None
        content, at = data[at:at + size], at + size
        inner = der_leaves(content) if tag & 0x20 or tag == 0x04 else None
        if tag & 0x20 and inner is None:
            return None
        leaves += inner or [content]
    return leaves
