/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Ids and handles. An id (64 bits) names an object inside the server:
 *
 *     63      56 55      40 39      24 23       0
 *     |  kind  | reserved |  owner   |  number  |
 *
 * A handle (32 bits) is what a client sends: a number (24 bits, 0 = "assign one") and
 * flag bits. Only the server forms ids, from a handle and the session's identity: no
 * request can name an object of another owner.
 *
 *     hf_id id = hf_id_make(HF_KIND_KEY, owner, number);
 */
#ifndef HOLDFAST_ID_H
#define HOLDFAST_ID_H

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t hf_id;
typedef uint32_t hf_handle;

/* Position in the store's log, 0 = nothing to wait for. See nvm.h. */
typedef uint64_t hf_ticket;

enum hf_kind {
    HF_KIND_NONE = 0, /* no object has it */
    HF_KIND_DATA = 1,
    HF_KIND_KEY = 2,
    HF_KIND_COUNTER = 3,
    HF_KIND_SHE = 4,
    HF_KIND_CERT = 5,
    HF_KIND_USER = 6,
    HF_KIND_SYSTEM = 7, /* the server's own: never reachable by a request */
    HF_KIND_TREE = 8,   /* hash tree of the LMS key of the same owner and number: the
                           same */
    HF_KIND_MAX = 8
};

#define HF_OWNER_GLOBAL 0u /* objects that all identities may be allowed to use */
#define HF_OWNER_MAX 0xFFFFu
#define HF_NUMBER_MAX 0xFFFFFFu /* 24 bits; 0 is never a stored number */
#define HF_LABEL_SIZE 32u       /* bytes of a label, zero-padded, any bytes */

#define HF_HANDLE_GLOBAL 0x80000000u   /* the object belongs to owner 0 */
#define HF_HANDLE_WRAPPED 0x40000000u  /* names a wrapped key (reserved for wrapping) */
#define HF_HANDLE_HARDWARE 0x20000000u /* names a key that a crypto device holds itself */
#define HF_HANDLE_NUMBER 0x00FFFFFFu
#define HF_HANDLE_RESERVED 0x1F000000u /* must be 0 */

/* Form an id. The caller guarantees the ranges: kind 1..HF_KIND_MAX, number <=
 * HF_NUMBER_MAX. */
static inline hf_id hf_id_make(uint8_t kind, uint16_t owner, uint32_t number)
{
    return ((uint64_t)kind << 56) | ((uint64_t)owner << 24) | (number & HF_NUMBER_MAX);
}

static inline uint8_t hf_id_kind(hf_id id)
{
    return (uint8_t)(id >> 56);
}

static inline uint16_t hf_id_owner(hf_id id)
{
    return (uint16_t)(id >> 24);
}

static inline uint32_t hf_id_number(hf_id id)
{
    return (uint32_t)id & HF_NUMBER_MAX;
}

/* True for an id that an object may have: a known kind, reserved bits 0, number not 0. */
static inline bool hf_id_is_valid(hf_id id)
{
    uint8_t kind = hf_id_kind(id);
    return kind != HF_KIND_NONE && kind <= HF_KIND_MAX && ((id >> 40) & 0xFFFFu) == 0 &&
           hf_id_number(id) != 0;
}

/* The handle by which the object's own owner names it (GLOBAL set for owner 0). */
static inline hf_handle hf_handle_of(hf_id id)
{
    return hf_id_number(id) |
           (hf_id_owner(id) == HF_OWNER_GLOBAL ? HF_HANDLE_GLOBAL : 0u);
}

#endif
