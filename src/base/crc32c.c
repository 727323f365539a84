/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRC-32C by slicing: eight tables let one round take eight bytes. The tables are constant
 * expressions, 8 KiB of read-only memory, so there is nothing to initialise and no state.
 *
 * Table k holds, for each byte n, the register after n and k zero bytes went through it. The
 * register is linear over GF(2), and a single bit b of n first moves to the right end in b
 * steps, then turns into the polynomial and goes on for the 8 * (k + 1) - b - 1 steps that
 * are left. So every entry is an exclusive or of at most eight POWER_j (the polynomial after j
 * further steps), and 64 of these make all the tables.
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
    POWER_##a = STEP(p),         POWER_##b = STEP(POWER_##a), POWER_##c = STEP(POWER_##b), \
    POWER_##d = STEP(POWER_##c), POWER_##e = STEP(POWER_##d), POWER_##f = STEP(POWER_##e), \
    POWER_##g = STEP(POWER_##f), POWER_##h = STEP(POWER_##g)

enum power {
    /* Register 1 becomes the polynomial in one step. */
    POWERS(1, 0, 1, 2, 3, 4, 5, 6, 7),
    POWERS(POWER_7, 8, 9, 10, 11, 12, 13, 14, 15),
    POWERS(POWER_15, 16, 17, 18, 19, 20, 21, 22, 23),
    POWERS(POWER_23, 24, 25, 26, 27, 28, 29, 30, 31),
    POWERS(POWER_31, 32, 33, 34, 35, 36, 37, 38, 39),
    POWERS(POWER_39, 40, 41, 42, 43, 44, 45, 46, 47),
    POWERS(POWER_47, 48, 49, 50, 51, 52, 53, 54, 55),
    POWERS(POWER_55, 56, 57, 58, 59, 60, 61, 62, 63)
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
    { E256(0u, POWER_0, POWER_1, POWER_2, POWER_3, POWER_4, POWER_5, POWER_6, POWER_7) },
    { E256(0u, POWER_8, POWER_9, POWER_10, POWER_11, POWER_12, POWER_13, POWER_14, POWER_15) },
    { E256(0u, POWER_16, POWER_17, POWER_18, POWER_19, POWER_20, POWER_21, POWER_22, POWER_23) },
    { E256(0u, POWER_24, POWER_25, POWER_26, POWER_27, POWER_28, POWER_29, POWER_30, POWER_31) },
    { E256(0u, POWER_32, POWER_33, POWER_34, POWER_35, POWER_36, POWER_37, POWER_38, POWER_39) },
    { E256(0u, POWER_40, POWER_41, POWER_42, POWER_43, POWER_44, POWER_45, POWER_46, POWER_47) },
    { E256(0u, POWER_48, POWER_49, POWER_50, POWER_51, POWER_52, POWER_53, POWER_54, POWER_55) },
    { E256(0u, POWER_56, POWER_57, POWER_58, POWER_59, POWER_60, POWER_61, POWER_62, POWER_63) }
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
