/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Records: what the log consists of, and their bytes (docs/storage.md). Pure conversion:
 * no state, no lock, no device. Every record is a multiple of 8 bytes long.
 *
 * A record's two checksums are mixed with the epoch in which it was written. Decoding
 * tells which epoch a record belongs to; the caller compares. An anchor carries its epoch
 * itself: it begins one.
 */
#ifndef HF_NVM_RECORD_H
#define HF_NVM_RECORD_H

#include "holdfast/nvm.h"

enum hf_record_type {
    HF_RECORD_PUT = 0x10,     /* metadata and payload */
    HF_RECORD_COPY = 0x11,    /* a PUT, moved by cleaning with its sequence number */
    HF_RECORD_DESTROY = 0x12, /* an id */
    HF_RECORD_COUNTER = 0x13, /* an id and its new value */
    HF_RECORD_MARK = 0x14,    /* a durable position */
    HF_RECORD_PAD = 0x15,     /* fills a granule */
    HF_RECORD_ANCHOR = 0x16   /* header: begins a region and each new epoch */
};

#define HF_RECORD_COMMIT 0x80u       /* bit of the type: ends a transaction */
#define HF_RECORD_LAG_NONE 0xFFFFFFu /* the record tells no durable position */
#define HF_RECORD_PUT_SIZE 80u
#define HF_RECORD_DESTROY_SIZE 24u
#define HF_RECORD_COUNTER_SIZE 32u
#define HF_RECORD_MARK_SIZE 32u
#define HF_RECORD_PAD_SIZE 8u /* at least */
#define HF_RECORD_ANCHOR_SIZE 88u
#define HF_RECORD_HEAD_SIZE_MAX 88u

typedef struct hf_record {
    uint8_t type; /* enum hf_record_type */
    bool is_commit;
    uint8_t commit_lag; /* COPY: the commit's position less seq */
    uint16_t access;
    uint32_t lag;         /* seq less the durable position that it tells */
    uint32_t epoch;       /* low 32 bits */
    uint32_t len;         /* bytes of payload; PAD: bytes after the first 8 */
    uint32_t payload_crc; /* not mixed with the epoch */
    uint32_t flags;
    uint32_t key_type;
    uint64_t seq;
    hf_id id;
    uint64_t value; /* COUNTER: the value. MARK: offset that is durable in this region */
    uint8_t label[HF_LABEL_SIZE];
} hf_record;

enum hf_anchor_kind {
    HF_ANCHOR_OPEN = 1,   /* first in a region */
    HF_ANCHOR_RESUME = 2, /* the log goes on here after a cut */
    HF_ANCHOR_RETIRE = 3, /* regions before tail_epoch hold nothing that is needed */
    HF_ANCHOR_CLOSE = 4   /* clean close: nothing follows in this epoch's predecessor */
};

typedef struct hf_anchor {
    uint8_t kind; /* enum hf_anchor_kind */
    uint64_t epoch;
    uint64_t seq;        /* newest commit before it */
    uint64_t durable;    /* durable position when it was written */
    uint64_t tail_epoch; /* epoch of the oldest region that is needed */
    uint64_t prev_epoch; /* OPEN: opening epoch of the region before it; 0 = none */
    uint64_t prev_end;   /* OPEN, RESUME: where the log ended before it */
    uint64_t
        durable_end; /* offset in this region up to which all is durable; 0 = unknown */
    uint64_t erased_mask; /* regions known to be blank */
    bool is_resumed;      /* OPEN: the region before it contains a RESUME */
    hf_nvm_geometry geometry;
} hf_anchor;

/* Bytes before the payload. */
size_t hf_record_head_size(uint8_t type);

/* Bytes of a whole record, with payload and filling. */
uint64_t hf_record_size(const hf_record *record);

/* The same for a PUT or COPY of `len` bytes. */
uint64_t hf_record_put_size(uint64_t len);

/* Write the head (hf_record_head_size bytes) of any record but an anchor. */
void hf_record_encode(const hf_record *record, uint8_t *out);

/* Make an encoded head the last of its transaction. */
void hf_record_seal(uint8_t *head, uint32_t lag, uint32_t epoch);

/*
 * Read a head, of an anchor only type and size. `len` bytes are there. HF_ERR_SIZE: more
 * bytes are needed than `len`; HF_ERR_CORRUPT: no record. The epoch is what the checksum
 * says, any number when the bytes are no record.
 */
int hf_record_decode(hf_record *record, const uint8_t *in, size_t len) HF_MUST_CHECK;

/* The durable position that a record tells; 0 = none. */
uint64_t hf_record_claim(const hf_record *record);

void hf_anchor_encode(const hf_anchor *anchor, uint8_t *out);

/* HF_OK, HF_ERR_CORRUPT, or HF_ERR_VERSION: the anchor of another format version. */
int hf_anchor_decode(hf_anchor *anchor, const uint8_t *in) HF_MUST_CHECK;

#endif
