/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Scanning regions while the store is opened: reading with a large read-ahead (in the
 * memory of the log buffer, which is not in use yet), and surveys that look for anything
 * valid, whatever lies in between. A survey finds what a plain replay cannot: where a
 * resumed log goes on, and durable positions beyond a damage.
 */
#ifndef HF_NVM_SCAN_H
#define HF_NVM_SCAN_H

#include "holdfast/nvm.h"
#include "nvm/record.h"

typedef struct hf_nvm_reader {
    const hf_nvm_device *device;
    hf_nvm_geometry geometry;
    uint8_t *buffer;
    size_t size;
    hf_nvm_address at; /* of the buffer's content */
    size_t len;        /* bytes of content */
} hf_nvm_reader;

void hf_nvm_reader_init(hf_nvm_reader *reader, const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Bytes at an address: as many as wanted (at most 512), or up to the region's end. Valid
 * until the next call. HF_OK or HF_ERR_IO. */
int hf_nvm_reader_get(hf_nvm_reader *reader, hf_nvm_address at, size_t len,
                      hf_bytes *bytes) HF_MUST_CHECK;

/* All bytes in the buffer from an address on; at least 1 unless the region ends. */
int hf_nvm_reader_get_more(hf_nvm_reader *reader, hf_nvm_address at, hf_bytes *bytes)
    HF_MUST_CHECK;

/* A payload's checksum, and whether all its bytes are equal (it was scrubbed). */
typedef struct hf_nvm_payload {
    uint32_t crc;
    bool is_uniform;
    uint64_t value; /* of the first 8 bytes */
} hf_nvm_payload;

int hf_nvm_reader_check(hf_nvm_reader *reader, hf_nvm_address at, uint32_t len,
                        hf_nvm_payload *payload) HF_MUST_CHECK;

/* The anchor at an address. HF_OK, HF_ERR_CORRUPT, HF_ERR_VERSION, HF_ERR_ARG (of a
 * device of another geometry) or HF_ERR_IO. */
int hf_nvm_reader_get_anchor(hf_nvm_reader *reader, hf_nvm_address at, hf_anchor *anchor)
    HF_MUST_CHECK;

/* True when all bytes are erased ones. */
bool hf_nvm_is_erased(hf_bytes bytes, uint8_t erased);

/* The first byte from `at` on that is not erased; at->offset = region size if there is
 * none. */
int hf_nvm_reader_skip_erased(hf_nvm_reader *reader, hf_nvm_address *at) HF_MUST_CHECK;

typedef struct hf_nvm_survey {
    uint64_t epoch;       /* in: the epoch at the beginning; out: the newest seen */
    uint64_t durable;     /* the highest durable position that is told */
    uint64_t durable_end; /* the highest offset that is told to be durable */
    uint64_t tail_epoch;  /* the highest that is told */
    uint64_t end;         /* behind the last valid record and the last byte not erased */
    bool has_resume;      /* the first RESUME anchor */
    uint64_t resume_at;
    hf_anchor resume;
} hf_nvm_survey;

/* Look at everything from `at` on. HF_OK or HF_ERR_IO. */
int hf_nvm_survey_run(hf_nvm_reader *reader, hf_nvm_address at, hf_nvm_survey *survey)
    HF_MUST_CHECK;

#endif
