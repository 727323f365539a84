/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ring: a single-producer single-consumer byte ring, and a duplex connection made of
 * two, the in-memory transport. It works between two threads, and in shared SRAM between
 * two cores that see each other's writes (cache-coherent, or the memory is not cached):
 * the shared part (hf_ring_shared) holds no pointer, only offsets, and each side checks
 * what it reads there against its own configuration. A hostile peer can garble bytes but
 * not make this side read or write outside of the ring; an impossible offset ends the
 * connection (HF_ERR_CLOSED).
 *
 * Life: hf_ring_init by the creator of the memory, once, before either side attaches;
 * hf_ring_attach on each side, once; then the transport of that side (end.transport)
 * until its `close`. Closing one side makes the other see HF_ERR_CLOSED after it has
 * read what was sent. The memory and both ends are the caller's; an end must not move
 * while it is attached.
 *
 * Threads: each end is used by one thread at a time, without locks; the two ends need no
 * care between them. What a consumer has read is wiped from the shared memory.
 *
 *     static _Alignas(HF_RING_ALIGNMENT) uint8_t memory[HF_RING_SIZE(4096)];
 *     hf_ring_end server_end, client_end;
 *     int rc = hf_ring_init(memory, sizeof memory);
 *     if (rc == HF_OK) {
 *         rc = hf_ring_attach(&server_end, memory, sizeof memory,
 *                             &(hf_ring_config){ .is_server = true });
 *     }
 *     if (rc == HF_OK) {
 *         rc = hf_ring_attach(&client_end, memory, sizeof memory,
 *                             &(hf_ring_config){ .is_server = false });
 *     }
 */
#ifndef HOLDFAST_RING_H
#define HOLDFAST_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdfast/atomic.h"
#include "holdfast/transport.h"

/* Offsets only ever grow (modulo 2^32); written by one side each, read by the other. Each
 * stands in a cache line of its own. */
typedef struct hf_ring_shared {
    hf_atomic_u32 head; /* bytes produced; written by the producer */
    uint8_t head_pad[60];
    hf_atomic_u32 tail; /* bytes consumed; written by the consumer */
    uint8_t tail_pad[60];
    hf_atomic_u32 is_closed; /* written by either side, 0 -> 1 only */
    uint8_t closed_pad[60];
} hf_ring_shared;

#define HF_RING_BYTES_MIN 64u        /* of one direction */
#define HF_RING_BYTES_MAX (1u << 30) /* of one direction */
#define HF_RING_ALIGNMENT 8          /* of the memory; 64 is faster between cores */

/* Memory for a connection with two rings of `bytes` (a power of two, 64 .. 2^30) each. */
#define HF_RING_SIZE(bytes) (2u * (sizeof(hf_ring_shared) + (size_t)(bytes)))

typedef struct hf_ring_config {
    bool is_server; /* which of the two ends this is */
    /* Optional: called after this side produced, consumed or closed, so that the peer
     * can be woken (an interrupt between cores, a condition variable between threads).
     * No lock of the core is held. Called by the thread that uses this end. */
    void (*notify)(void *context);
    /* Optional: the `wait` of this end, see hf_transport_ops.wait. To sleep without a
     * lost wake-up: take the lock that the peer's notify takes, look at
     * hf_ring_has_input and hf_ring_has_room, then sleep. */
    int (*wait)(void *context, unsigned what, uint32_t timeout_ms);
    void *context; /* for notify and wait */
} hf_ring_config;

typedef struct hf_ring_end {
    hf_transport transport; /* of this end */
    hf_ring_config config;
    hf_ring_shared *out, *in;
    uint8_t *out_data, *in_data;
    uint32_t size;     /* bytes of each ring */
    uint32_t out_head; /* own copies: never read back from shared memory */
    uint32_t in_tail;
} hf_ring_end;

/*
 * Prepare shared memory: two empty, open rings.
 *
 * memory  aligned to HF_RING_ALIGNMENT; kept in use by both ends.
 * size    bytes, an HF_RING_SIZE.
 *
 * HF_OK or HF_ERR_ARG (NULL, alignment, size; nothing is written). Not while an end is
 * attached.
 */
int hf_ring_init(void *memory, size_t size) HF_MUST_CHECK;

/*
 * Attach one end; each end once per hf_ring_init.
 *
 * end     not yet in use; its `transport` is usable after HF_OK.
 * config  copied.
 *
 * HF_OK or HF_ERR_ARG (as hf_ring_init; the end is unchanged).
 */
int hf_ring_attach(hf_ring_end *end, void *memory, size_t size,
                   const hf_ring_config *config) HF_MUST_CHECK;

/* True when recv would return bytes or HF_ERR_CLOSED. For wait callbacks: may be called
 * by the thread that uses the end, or by another while that one is not inside a call on
 * it. */
bool hf_ring_has_input(const hf_ring_end *end);

/* True when send would take at least one byte or return HF_ERR_CLOSED. Threads:
 * as above. */
bool hf_ring_has_room(const hf_ring_end *end);

#endif
