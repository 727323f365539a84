/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The log buffer: the end of the log as far as it is not on the medium. A ring in the
 * caller's memory that holds log positions start..end; commits append while the syncer
 * programs what lies before. Position p is offset p - base of the active region, except
 * for what was appended before a switch of regions: that is offset p - old_base of the
 * previous one. Everything needs the store lock except hf_nvm_log_program, which reads
 * only bytes that do not change before the syncer publishes them.
 */
#ifndef HF_NVM_LOG_BUFFER_H
#define HF_NVM_LOG_BUFFER_H

#include "holdfast/nvm.h"

/* Begin an empty buffer; the next byte goes to `at`. */
void hf_nvm_log_reset(hf_nvm *nvm, hf_nvm_address at) HF_REQUIRES(hf_tsa_nvm);

/* Bytes that can be appended. */
size_t hf_nvm_log_room(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Offset in the active region where the next byte goes. */
uint64_t hf_nvm_log_offset(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Offset in the active region up to which it is durable; 0 before its first sync. */
uint64_t hf_nvm_log_durable_offset(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Append; the caller has checked the room. data NULL: zeros. */
void hf_nvm_log_append(hf_nvm *nvm, const uint8_t *data, size_t len)
    HF_REQUIRES(hf_tsa_nvm);

/* Append bytes that lie on the medium; on HF_ERR_IO nothing counts as appended. */
int hf_nvm_log_append_from(hf_nvm *nvm, hf_nvm_address at, size_t len)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Bytes in the buffer, from a position on. */
void hf_nvm_log_get(const hf_nvm *nvm, uint64_t position, uint8_t *out, size_t len)
    HF_REQUIRES(hf_tsa_nvm);
void hf_nvm_log_set(hf_nvm *nvm, uint64_t position, const uint8_t *data, size_t len)
    HF_REQUIRES(hf_tsa_nvm);

/* Take back and wipe what was appended from `position` on. */
void hf_nvm_log_truncate(hf_nvm *nvm, uint64_t position) HF_REQUIRES(hf_tsa_nvm);

/* Fill the last granule with a pad record. */
void hf_nvm_log_pad(hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Begin a region: what is appended from now on goes to its offset 0. */
void hf_nvm_log_switch(hf_nvm *nvm, uint32_t region) HF_REQUIRES(hf_tsa_nvm);

/* True while bytes of the region before the switch are in the buffer. */
bool hf_nvm_log_is_switching(const hf_nvm *nvm) HF_REQUIRES(hf_tsa_nvm);

/* Read committed or appended bytes wherever they are. */
int hf_nvm_log_read(const hf_nvm *nvm, hf_nvm_address at, uint8_t *out, size_t len)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Bytes of the buffer that are to be programmed at one place. */
typedef struct hf_nvm_span {
    const uint8_t *ring;
    size_t ring_size;
    uint64_t position;
    size_t len;
    hf_nvm_address at;
} hf_nvm_span;

/* What lies between two positions: the previous region's part, then the active one's. */
void hf_nvm_log_spans(const hf_nvm *nvm, uint64_t from, uint64_t to, hf_nvm_span spans[2])
    HF_REQUIRES(hf_tsa_nvm);

/* Program a span. Without the lock. */
int hf_nvm_log_program(const hf_nvm_device *device, const hf_nvm_span *span)
    HF_MUST_CHECK;

#endif
