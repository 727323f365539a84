/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRC-32C by slicing: eight tables let one round take eight bytes. The tables are
 * constant expressions, 8 KiB of read-only memory, so there is nothing to initialise and
 * no state.
 *
 * Table k holds, for each byte n, the register after n and k zero bytes went through it.
 * The register is linear over GF(2), and a single bit b of n first moves to the right end
 * in b steps, then turns into the polynomial and goes on for the 8 * (k + 1) - b - 1
 * steps that are left. So every entry is an exclusive or of at most eight P_j (the
 * polynomial after j further steps), and 64 of these make all the tables.
 */
#include "holdfast/crc32c.h"

#include "holdfast/bytes.h"

#define POLYNOMIAL 0x82F63B78u /* RFC 3720 12.1, 0x1EDC6F41 with the bits reversed */
#define SLICE_COUNT 8u

/* One step of the shift register. Enumeration constants are int, hence the casts. */
#define STEP(x)                                                                          \
    ((int)(((uint32_t)(x) >> 1) ^ (((uint32_t)(x)&1u) != 0 ? POLYNOMIAL : 0u)))

/* clang-format off */
#define POWERS(p, a, b, c, d, e, f, g, h)                                                \
    P_##a = STEP(p), P_##b = STEP(P_##a), P_##c = STEP(P_##b), P_##d = STEP(P_##c),      \
    P_##e = STEP(P_##d), P_##f = STEP(P_##e), P_##g = STEP(P_##f), P_##h = STEP(P_##g)

enum power {
    /* Register 1 becomes the polynomial in one step. */
    POWERS(1, 0, 1, 2, 3, 4, 5, 6, 7),
    POWERS(P_7, 8, 9, 10, 11, 12, 13, 14, 15),
    POWERS(P_15, 16, 17, 18, 19, 20, 21, 22, 23),
    POWERS(P_23, 24, 25, 26, 27, 28, 29, 30, 31),
    POWERS(P_31, 32, 33, 34, 35, 36, 37, 38, 39),
    POWERS(P_39, 40, 41, 42, 43, 44, 45, 46, 47),
    POWERS(P_47, 48, 49, 50, 51, 52, 53, 54, 55),
    POWERS(P_55, 56, 57, 58, 59, 60, 61, 62, 63)
};

#define TERM(n, bit, power) ((((n) >> (bit)) & 1u) != 0 ? (uint32_t)(power) : 0u)
#define ENTRY(n, a, b, c, d, e, f, g, h)                                                 \
    (TERM(n, 7, a) ^ TERM(n, 6, b) ^ TERM(n, 5, c) ^ TERM(n, 4, d) ^                     \
     TERM(n, 3, e) ^ TERM(n, 2, f) ^ TERM(n, 1, g) ^ TERM(n, 0, h))

/* 4, 16, 64, 256 entries from number n on; the arguments are the table's powers. */
#define E4(n, ...)                                                                       \
    ENTRY((n), __VA_ARGS__), ENTRY((n) + 1u, __VA_ARGS__),                               \
    ENTRY((n) + 2u, __VA_ARGS__), ENTRY((n) + 3u, __VA_ARGS__)
#define E16(n, ...)                                                                      \
    E4((n), __VA_ARGS__), E4((n) + 4u, __VA_ARGS__),                                     \
    E4((n) + 8u, __VA_ARGS__), E4((n) + 12u, __VA_ARGS__)
#define E64(n, ...)                                                                      \
    E16((n), __VA_ARGS__), E16((n) + 16u, __VA_ARGS__),                                  \
    E16((n) + 32u, __VA_ARGS__), E16((n) + 48u, __VA_ARGS__)
#define E256(n, ...)                                                                     \
    E64((n), __VA_ARGS__), E64((n) + 64u, __VA_ARGS__),                                  \
    E64((n) + 128u, __VA_ARGS__), E64((n) + 192u, __VA_ARGS__)

static const uint32_t table[SLICE_COUNT][256] = {
    { E256(0u, P_0, P_1, P_2, P_3, P_4, P_5, P_6, P_7) },
    { E256(0u, P_8, P_9, P_10, P_11, P_12, P_13, P_14, P_15) },
    { E256(0u, P_16, P_17, P_18, P_19, P_20, P_21, P_22, P_23) },
    { E256(0u, P_24, P_25, P_26, P_27, P_28, P_29, P_30, P_31) },
    { E256(0u, P_32, P_33, P_34, P_35, P_36, P_37, P_38, P_39) },
    { E256(0u, P_40, P_41, P_42, P_43, P_44, P_45, P_46, P_47) },
    { E256(0u, P_48, P_49, P_50, P_51, P_52, P_53, P_54, P_55) },
    { E256(0u, P_56, P_57, P_58, P_59, P_60, P_61, P_62, P_63) }
};
/* clang-format on */

static uint32_t add_byte(uint32_t crc, uint8_t byte)
{
    return (crc >> 8) ^ table[0][(crc ^ byte) & 0xFFu];
}

/* Eight bytes at once: a byte that k others follow goes through table k. */
static uint32_t add_eight(uint32_t crc, const uint8_t *at)
{
    uint32_t low = crc ^ hf_get_u32(at);
    uint32_t high = hf_get_u32(at + 4);
    return table[7][low & 0xFFu] ^ table[6][(low >> 8) & 0xFFu] ^
           table[5][(low >> 16) & 0xFFu] ^ table[4][low >> 24] ^ table[3][high & 0xFFu] ^
           table[2][(high >> 8) & 0xFFu] ^ table[1][(high >> 16) & 0xFFu] ^
           table[0][high >> 24];
}

uint32_t hf_crc32c(uint32_t crc, const void *data, size_t len)
{
    const uint8_t *at = (const uint8_t *)data;
    size_t left = len;
    uint32_t sum = ~crc;
    for (; left >= SLICE_COUNT; left -= SLICE_COUNT) {
        sum = add_eight(sum, at);
        at += SLICE_COUNT;
    }
    for (; left > 0; left--) {
        sum = add_byte(sum, *at);
        at++;
    }
    return ~sum;
}
