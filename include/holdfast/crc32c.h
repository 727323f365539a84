/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of frames on the medium. Not
 * a MAC: it finds accidents, not attackers.
 *
 *     uint32_t crc = hf_crc32c(0, "123456789", 9);   // 0xE3069283
 */
#ifndef HOLDFAST_CRC32C_H
#define HOLDFAST_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Extend `crc` (0 to begin) by `len` bytes. data may be NULL when len is 0. Any
 * thread. */
uint32_t hf_crc32c(uint32_t crc, const void *data, size_t len);

#endif
