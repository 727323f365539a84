/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The ring. Its size is a whole number of granules and of 8 bytes, and batches are whole
 * granules, so wherever the ring wraps is a granule boundary for the device, too.
 */
#include "nvm/log_buffer.h"

#include <string.h>

#include "base/assert.h"
#include "nvm/record.h"

/* Bytes at a position without wrapping, at most `len`. */
static size_t piece_len(size_t size, uint64_t position, size_t len)
{
    size_t left = size - (size_t)(position % size);
    return len < left ? len : left;
}

void hf_nvm_log_reset(hf_nvm *nvm, hf_nvm_address at)
{
    hf_nvm_log *log = &nvm->log;
    log->free_at = 0;
    log->start = 0;
    log->end = 0;
    log->switched_at = 0;
    log->base = (uint64_t)0 - at.offset;
    log->old_base = 0;
    log->active = at.region;
    log->previous = at.region;
    log->durable_end = at.offset;
    log->killed_size = 0;
    log->killed_before = 0;
    log->is_wanted = false;
}

size_t hf_nvm_log_room(const hf_nvm *nvm)
{
    return nvm->log.size - (size_t)(nvm->log.end - nvm->log.free_at);
}

uint64_t hf_nvm_log_offset(const hf_nvm *nvm)
{
    return nvm->log.end - nvm->log.base;
}

uint64_t hf_nvm_log_durable_offset(const hf_nvm *nvm)
{
    return hf_nvm_log_is_switching(nvm) ? 0 : nvm->log.durable_end;
}

void hf_nvm_log_set(hf_nvm *nvm, uint64_t position, const uint8_t *data, size_t len)
{
    while (len > 0) {
        size_t piece = piece_len(nvm->log.size, position, len);
        memcpy(nvm->log.data + position % nvm->log.size, data, piece);
        position += piece;
        data += piece;
        len -= piece;
    }
}

void hf_nvm_log_get(const hf_nvm *nvm, uint64_t position, uint8_t *out, size_t len)
{
    while (len > 0) {
        size_t piece = piece_len(nvm->log.size, position, len);
        memcpy(out, nvm->log.data + position % nvm->log.size, piece);
        position += piece;
        out += piece;
        len -= piece;
    }
}

void hf_nvm_log_append(hf_nvm *nvm, const uint8_t *data, size_t len)
{
    static const uint8_t zeros[8];
    HF_ASSERT(len <= hf_nvm_log_room(nvm));
    while (data == NULL && len > 0) {
        size_t piece = len < sizeof zeros ? len : sizeof zeros;
        hf_nvm_log_set(nvm, nvm->log.end, zeros, piece);
        nvm->log.end += piece;
        len -= piece;
    }
    if (len > 0) {
        hf_nvm_log_set(nvm, nvm->log.end, data, len);
        nvm->log.end += len;
    }
}

int hf_nvm_log_append_from(hf_nvm *nvm, hf_nvm_address at, size_t len)
{
    uint64_t position = nvm->log.end;
    HF_ASSERT(len <= hf_nvm_log_room(nvm));
    while (len > 0) {
        size_t piece = piece_len(nvm->log.size, position, len);
        uint8_t *to = nvm->log.data + position % nvm->log.size;
        int rc = nvm->device->ops->read(nvm->device->context, at, to, piece);
        if (rc != HF_OK) {
            return HF_ERR_IO;
        }
        position += piece;
        at.offset += piece;
        len -= piece;
    }
    nvm->log.end = position;
    return HF_OK;
}

void hf_nvm_log_truncate(hf_nvm *nvm, uint64_t position)
{
    uint64_t end = nvm->log.end;
    nvm->log.end = position;
    while (position < end) {
        size_t piece = piece_len(nvm->log.size, position, (size_t)(end - position));
        hf_wipe(nvm->log.data + position % nvm->log.size, piece);
        position += piece;
    }
}

void hf_nvm_log_pad(hf_nvm *nvm)
{
    size_t over = (size_t)(hf_nvm_log_offset(nvm) % nvm->geometry.granule_size);
    if (over == 0) {
        return;
    }
    size_t len = nvm->geometry.granule_size - over;
    hf_record pad = { .type = HF_RECORD_PAD,
                      .epoch = (uint32_t)nvm->epoch,
                      .len = (uint32_t)(len - HF_RECORD_PAD_SIZE) };
    uint8_t head[HF_RECORD_PAD_SIZE];
    hf_record_encode(&pad, head);
    hf_nvm_log_append(nvm, head, sizeof head);
    hf_nvm_log_append(nvm, NULL, pad.len);
}

void hf_nvm_log_switch(hf_nvm *nvm, uint32_t region)
{
    hf_nvm_log *log = &nvm->log;
    HF_ASSERT(!hf_nvm_log_is_switching(nvm));
    log->previous = log->active;
    log->old_base = log->base;
    log->switched_at = log->end;
    log->base = log->end;
    log->active = region;
    log->durable_end = 0;
}

bool hf_nvm_log_is_switching(const hf_nvm *nvm)
{
    return nvm->log.switched_at > nvm->log.start;
}

/* The position of an address that is in the buffer. */
static bool find_position(const hf_nvm *nvm, hf_nvm_address at, uint64_t *position)
    HF_REQUIRES(hf_tsa_nvm)
{
    const hf_nvm_log *log = &nvm->log;
    if (at.region == log->active) {
        *position = log->base + at.offset;
        return *position - log->start < log->end - log->start;
    }
    if (at.region == log->previous && hf_nvm_log_is_switching(nvm)) {
        *position = log->old_base + at.offset;
        return *position - log->start < log->switched_at - log->start;
    }
    return false;
}

int hf_nvm_log_read(const hf_nvm *nvm, hf_nvm_address at, uint8_t *out, size_t len)
{
    uint64_t position;
    if (len == 0) {
        return HF_OK;
    }
    if (find_position(nvm, at, &position)) {
        hf_nvm_log_get(nvm, position, out, len);
        return HF_OK;
    }
    int rc = nvm->device->ops->read(nvm->device->context, at, out, len);
    return rc == HF_OK ? HF_OK : HF_ERR_IO;
}

static hf_nvm_span make_span(const hf_nvm *nvm, uint64_t from, uint64_t to,
                             hf_nvm_address at) HF_REQUIRES(hf_tsa_nvm)
{
    return (hf_nvm_span){ .ring = nvm->log.data,
                          .ring_size = nvm->log.size,
                          .position = from,
                          .len = (size_t)(to - from),
                          .at = at };
}

void hf_nvm_log_spans(const hf_nvm *nvm, uint64_t from, uint64_t to, hf_nvm_span spans[2])
{
    const hf_nvm_log *log = &nvm->log;
    uint64_t middle = from < log->switched_at ? log->switched_at : from;
    hf_nvm_address old = { log->previous, from - log->old_base };
    hf_nvm_address now = { log->active, middle - log->base };
    spans[0] = make_span(nvm, from, middle, old);
    spans[1] = make_span(nvm, middle, to, now);
}

int hf_nvm_log_program(const hf_nvm_device *device, const hf_nvm_span *span)
{
    hf_nvm_address at = span->at;
    uint64_t position = span->position;
    size_t len = span->len;
    while (len > 0) {
        size_t piece = piece_len(span->ring_size, position, len);
        const uint8_t *data = span->ring + position % span->ring_size;
        if (device->ops->program(device->context, at, data, piece) != HF_OK) {
            return HF_ERR_IO;
        }
        position += piece;
        at.offset += piece;
        len -= piece;
    }
    return HF_OK;
}
