/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ring. The two offsets and the closed flag in shared memory are the only cells that
 * both sides touch at the same time, all atomic; the data between tail and head belongs
 * to the consumer, the rest to the producer, and a release store of an offset hands
 * bytes over. No lock. Layout of the memory:
 *
 *     hf_ring_shared [0] client to server, [1] server to client; their data, [0], [1]
 *
 * Whatever is read from the shared part is checked against `size` and this side's own
 * copy of its own offset before it is used.
 */
#include "holdfast/ring.h"

#include <string.h>

#include "base/atomic.h"
#include "holdfast/bytes.h"

/* Bytes of each ring in `size` bytes of memory; 0 when it is no HF_RING_SIZE. */
static uint32_t ring_bytes(const void *memory, size_t size)
{
    if (memory == NULL || (uintptr_t)memory % HF_RING_ALIGNMENT != 0 ||
        size < HF_RING_SIZE(HF_RING_BYTES_MIN) ||
        size > HF_RING_SIZE(HF_RING_BYTES_MAX)) {
        return 0;
    }
    size_t bytes = size / 2u - sizeof(hf_ring_shared);
    if ((bytes & (bytes - 1u)) != 0 || HF_RING_SIZE(bytes) != size) {
        return 0;
    }
    return (uint32_t)bytes;
}

static void wake_peer(const hf_ring_end *end)
{
    if (end->config.notify != NULL) {
        end->config.notify(end->config.context);
    }
}

static bool is_closed(const hf_ring_shared *ring)
{
    /* Pairs with the release store in ring_close. */
    return hf_atomic_u32_load_acquire(&ring->is_closed) != 0;
}

/* Bytes that may be sent; more than `size` when the peer's tail is nonsense: more in use
 * than there is makes the difference wrap. */
static uint32_t room_of(const hf_ring_end *end)
{
    /* Pairs with the release store of the tail in ring_recv: the consumer has done with
     * the bytes before it. */
    uint32_t used = end->out_head - hf_atomic_u32_load_acquire(&end->out->tail);
    return end->size - used;
}

/* Bytes that may be received; more than `size` when the peer's head is nonsense. */
static uint32_t input_of(const hf_ring_end *end)
{
    /* Pairs with the release store of the head in ring_send: the bytes before it are
     * there. */
    return hf_atomic_u32_load_acquire(&end->in->head) - end->in_tail;
}

static uint32_t smaller(size_t a, uint32_t b)
{
    return a < b ? (uint32_t)a : b;
}

static int ring_send(void *context, const uint8_t *data, size_t len, size_t *sent)
{
    hf_ring_end *end = (hf_ring_end *)context;
    *sent = 0;
    uint32_t room = room_of(end);
    if (is_closed(end->out) || room > end->size) {
        return HF_ERR_CLOSED;
    }
    uint32_t count = smaller(len, room);
    if (count == 0) {
        return HF_OK;
    }
    uint32_t at = end->out_head & (end->size - 1u);
    uint32_t first = smaller(end->size - at, count);
    memcpy(end->out_data + at, data, first);
    memcpy(end->out_data, data + first, count - first);
    end->out_head += count;
    /* Pairs with the acquire load in input_of. */
    hf_atomic_u32_store_release(&end->out->head, end->out_head);
    *sent = count;
    wake_peer(end);
    return HF_OK;
}

/* Copy out, and leave nothing of it in the shared memory: it may have been a key. */
static void take(uint8_t *to, uint8_t *from, uint32_t len)
{
    memcpy(to, from, len);
    hf_wipe(from, len);
}

static int ring_recv(void *context, uint8_t *data, size_t size, size_t *received)
{
    hf_ring_end *end = (hf_ring_end *)context;
    *received = 0;
    /* The flag before the head: what was sent before closing is then seen. */
    bool is_at_end = is_closed(end->in);
    uint32_t input = input_of(end);
    if (input > end->size || (input == 0 && is_at_end)) {
        return HF_ERR_CLOSED;
    }
    uint32_t count = smaller(size, input);
    if (count == 0) {
        return HF_OK;
    }
    uint32_t at = end->in_tail & (end->size - 1u);
    uint32_t first = smaller(end->size - at, count);
    take(data, end->in_data + at, first);
    take(data + first, end->in_data, count - first);
    end->in_tail += count;
    /* Pairs with the acquire load in room_of. */
    hf_atomic_u32_store_release(&end->in->tail, end->in_tail);
    *received = count;
    wake_peer(end);
    return HF_OK;
}

static int ring_wait(void *context, unsigned what, uint32_t timeout_ms)
{
    hf_ring_end *end = (hf_ring_end *)context;
    return end->config.wait(end->config.context, what, timeout_ms);
}

static void ring_close(void *context)
{
    hf_ring_end *end = (hf_ring_end *)context;
    /* Both pair with the acquire load in is_closed, and come after the last store of the
     * head. */
    hf_atomic_u32_store_release(&end->out->is_closed, 1);
    hf_atomic_u32_store_release(&end->in->is_closed, 1);
    wake_peer(end);
}

static const hf_transport_ops ops_with_wait = {
    .send = ring_send,
    .recv = ring_recv,
    .wait = ring_wait,
    .close = ring_close,
};

static const hf_transport_ops ops_without_wait = {
    .send = ring_send,
    .recv = ring_recv,
    .close = ring_close,
};

int hf_ring_init(void *memory, size_t size)
{
    if (ring_bytes(memory, size) == 0) {
        return HF_ERR_ARG;
    }
    memset(memory, 0, size);
    hf_ring_shared *rings = (hf_ring_shared *)memory;
    for (unsigned i = 0; i < 2; i++) {
        hf_atomic_u32_init(&rings[i].head, 0);
        hf_atomic_u32_init(&rings[i].tail, 0);
        hf_atomic_u32_init(&rings[i].is_closed, 0);
    }
    return HF_OK;
}

int hf_ring_attach(hf_ring_end *end, void *memory, size_t size,
                   const hf_ring_config *config)
{
    uint32_t bytes = ring_bytes(memory, size);
    if (end == NULL || config == NULL || bytes == 0) {
        return HF_ERR_ARG;
    }
    hf_ring_shared *rings = (hf_ring_shared *)memory;
    uint8_t *data = (uint8_t *)memory + 2u * sizeof(hf_ring_shared);
    unsigned out = config->is_server ? 1u : 0u;
    unsigned in = 1u - out;
    *end = (hf_ring_end){
        .transport = { .ops = config->wait != NULL ? &ops_with_wait : &ops_without_wait,
                       .context = end },
        .config = *config,
        .out = &rings[out],
        .in = &rings[in],
        .out_data = data + (size_t)out * bytes,
        .in_data = data + (size_t)in * bytes,
        .size = bytes,
    };
    return HF_OK;
}

bool hf_ring_has_input(const hf_ring_end *end)
{
    return input_of(end) != 0 || is_closed(end->in);
}

bool hf_ring_has_room(const hf_ring_end *end)
{
    return room_of(end) != 0 || is_closed(end->out);
}
