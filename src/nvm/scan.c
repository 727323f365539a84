/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Reading ahead and surveying; see scan.h. Under the store lock, while nothing else runs.
 */
#include "nvm/scan.h"

#include <string.h>

#include "base/assert.h"
#include "holdfast/crc32c.h"

/* In a survey, a record is valid when its checksum fits one of the next epochs. */
#define EPOCH_WINDOW 64u

void hf_nvm_reader_init(hf_nvm_reader *reader, const hf_nvm *nvm)
{
    *reader = (hf_nvm_reader){ .device = nvm->device,
                               .geometry = nvm->geometry,
                               .buffer = nvm->log.data,
                               .size = nvm->log.size };
}

static int fill(hf_nvm_reader *reader, hf_nvm_address at)
{
    uint64_t left = reader->geometry.region_size - at.offset;
    size_t len = left < reader->size ? (size_t)left : reader->size;
    reader->len = 0;
    if (reader->device->ops->read(reader->device->context, at, reader->buffer, len) !=
        HF_OK) {
        return HF_ERR_IO;
    }
    reader->at = at;
    reader->len = len;
    return HF_OK;
}

int hf_nvm_reader_get(hf_nvm_reader *reader, hf_nvm_address at, size_t len,
                      hf_bytes *bytes)
{
    HF_ASSERT(at.offset <= reader->geometry.region_size && len <= reader->size);
    uint64_t left = reader->geometry.region_size - at.offset;
    len = left < len ? (size_t)left : len;
    bool is_inside = at.region == reader->at.region && at.offset >= reader->at.offset &&
                     at.offset - reader->at.offset <= reader->len &&
                     len <= reader->len - (at.offset - reader->at.offset);
    if (!is_inside && len > 0) {
        int rc = fill(reader, at);
        if (rc != HF_OK) {
            return rc;
        }
    }
    *bytes =
        hf_bytes_of(reader->buffer + (len > 0 ? at.offset - reader->at.offset : 0), len);
    return HF_OK;
}

int hf_nvm_reader_get_more(hf_nvm_reader *reader, hf_nvm_address at, hf_bytes *bytes)
{
    int rc = hf_nvm_reader_get(reader, at, 1, bytes);
    if (rc == HF_OK && bytes->len > 0) {
        bytes->len = reader->len - (size_t)(at.offset - reader->at.offset);
    }
    return rc;
}

int hf_nvm_reader_check(hf_nvm_reader *reader, hf_nvm_address at, uint32_t len,
                        hf_nvm_payload *payload)
{
    uint8_t first[8] = { 0 };
    uint32_t taken = 0;
    *payload = (hf_nvm_payload){ .crc = 0, .is_uniform = true };
    while (taken < len) {
        hf_bytes bytes;
        int rc = hf_nvm_reader_get_more(reader, at, &bytes);
        if (rc != HF_OK || bytes.len == 0) {
            return HF_ERR_IO;
        }
        size_t piece = bytes.len < len - taken ? bytes.len : len - taken;
        payload->crc = hf_crc32c(payload->crc, bytes.data, piece);
        for (size_t i = 0; i < piece && taken + i < sizeof first; i++) {
            first[taken + i] = bytes.data[i];
        }
        /* All equal: the first equals `first`, and each equals the one before it. */
        payload->is_uniform = payload->is_uniform && bytes.data[0] == first[0] &&
                              memcmp(bytes.data, bytes.data + 1, piece - 1u) == 0;
        at.offset += piece;
        taken += (uint32_t)piece;
    }
    payload->value = hf_get_u64(first);
    return HF_OK;
}

static bool is_geometry_equal(const hf_nvm_geometry *a, const hf_nvm_geometry *b)
{
    return a->region_count == b->region_count && a->granule_size == b->granule_size &&
           a->region_size == b->region_size && a->erased == b->erased;
}

int hf_nvm_reader_get_anchor(hf_nvm_reader *reader, hf_nvm_address at, hf_anchor *anchor)
{
    hf_bytes bytes;
    int rc = hf_nvm_reader_get(reader, at, HF_RECORD_ANCHOR_SIZE, &bytes);
    if (rc != HF_OK) {
        return rc;
    }
    if (bytes.len < HF_RECORD_ANCHOR_SIZE) {
        return HF_ERR_CORRUPT;
    }
    rc = hf_anchor_decode(anchor, bytes.data);
    if (rc == HF_OK && !is_geometry_equal(&anchor->geometry, &reader->geometry)) {
        rc = HF_ERR_ARG;
    }
    return rc;
}

bool hf_nvm_is_erased(hf_bytes bytes, uint8_t erased)
{
    /* The first byte is, and each equals the one before it. */
    return bytes.len == 0 || (bytes.data[0] == erased &&
                              memcmp(bytes.data, bytes.data + 1, bytes.len - 1u) == 0);
}

int hf_nvm_reader_skip_erased(hf_nvm_reader *reader, hf_nvm_address *at)
{
    for (;;) {
        hf_bytes bytes;
        int rc = hf_nvm_reader_get_more(reader, *at, &bytes);
        if (rc != HF_OK || bytes.len == 0) {
            return rc;
        }
        if (hf_nvm_is_erased(bytes, reader->geometry.erased)) {
            at->offset += bytes.len;
            continue;
        }
        while (bytes.data[0] == reader->geometry.erased) {
            bytes.data++;
            at->offset++;
        }
        return HF_OK;
    }
}

static void raise_to(uint64_t *value, uint64_t to)
{
    *value = to > *value ? to : *value;
}

static void note_anchor(hf_nvm_survey *survey, const hf_anchor *anchor, uint64_t offset)
{
    raise_to(&survey->epoch, anchor->epoch);
    raise_to(&survey->durable, anchor->durable);
    raise_to(&survey->durable_end, anchor->durable_end);
    raise_to(&survey->tail_epoch, anchor->tail_epoch);
    if (anchor->kind == HF_ANCHOR_RESUME && !survey->has_resume) {
        survey->has_resume = true;
        survey->resume_at = offset;
        survey->resume = *anchor;
    }
}

static void note_record(hf_nvm_survey *survey, const hf_record *record)
{
    raise_to(&survey->durable, hf_record_claim(record));
    if (record->type == HF_RECORD_MARK) {
        raise_to(&survey->durable_end, record->value);
    }
}

/* The bytes of the valid record at an address; 0 when there is none. */
static int look(hf_nvm_reader *reader, hf_nvm_address at, hf_nvm_survey *survey,
                uint64_t *size)
{
    hf_bytes bytes;
    hf_record record;
    *size = 0;
    int rc = hf_nvm_reader_get(reader, at, HF_RECORD_HEAD_SIZE_MAX, &bytes);
    if (rc != HF_OK || hf_record_decode(&record, bytes.data, bytes.len) != HF_OK) {
        return rc;
    }
    uint64_t len = hf_record_size(&record);
    if (len > reader->geometry.region_size - at.offset) {
        return HF_OK;
    }
    if (record.type == HF_RECORD_ANCHOR) {
        hf_anchor anchor;
        rc = hf_nvm_reader_get_anchor(reader, at, &anchor);
        if (rc == HF_OK && anchor.epoch >= survey->epoch &&
            anchor.epoch - survey->epoch <= EPOCH_WINDOW) {
            note_anchor(survey, &anchor, at.offset);
            *size = len;
        }
        return rc == HF_ERR_IO ? rc : HF_OK;
    }
    if (record.epoch - (uint32_t)survey->epoch <= EPOCH_WINDOW) {
        note_record(survey, &record);
        *size = len;
    }
    return HF_OK;
}

int hf_nvm_survey_run(hf_nvm_reader *reader, hf_nvm_address at, hf_nvm_survey *survey)
{
    *survey = (hf_nvm_survey){ .epoch = survey->epoch, .end = at.offset };
    while (at.offset < reader->geometry.region_size) {
        uint64_t size;
        int rc = look(reader, at, survey, &size);
        if (rc != HF_OK) {
            return rc;
        }
        if (size > 0) {
            at.offset += size;
            survey->end = at.offset;
            continue;
        }
        hf_nvm_address next = at;
        rc = hf_nvm_reader_skip_erased(reader, &next);
        if (rc != HF_OK) {
            return rc;
        }
        if (next.offset >= reader->geometry.region_size) {
            break;
        }
        /* Records begin at multiples of 8: none begins in the erased bytes that were
         * skipped, as no type looks like an erased byte. */
        next.offset &= ~(uint64_t)7u;
        if (next.offset == at.offset) {
            at.offset += 8u;
            survey->end = at.offset;
        } else {
            at.offset = next.offset;
        }
    }
    return HF_OK;
}
