/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the handlers share about a request, beside hf_request_form_id and
 * hf_request_check_access (handler.h): how large the answer may be, its memory, its
 * device and its key. Private to src/server.
 */
#ifndef HF_SERVER_REQUEST_H
#define HF_SERVER_REQUEST_H

#include "holdfast/handler.h"

/* Bytes of a response's encoding without what its slices hold: a constant expression. */
#define HF_RESPONSE_FIXED_LEN(name) (0u HF_FIELDS_##name##_response(HF_FIXED_LEN_, ))
/* Names that end in _ are for this header alone. */
#define HF_FIXED_LEN_(unused, type, name, min, max, doc) +HF_FIXED_LEN_##type
#define HF_FIXED_LEN_U8 1u
#define HF_FIXED_LEN_U16 2u
#define HF_FIXED_LEN_U32 4u
#define HF_FIXED_LEN_U64 8u
#define HF_FIXED_LEN_BITS16 2u
#define HF_FIXED_LEN_BITS32 4u
#define HF_FIXED_LEN_HANDLE 4u
#define HF_FIXED_LEN_LABEL HF_LABEL_SIZE
#define HF_FIXED_LEN_BYTES 4u
#define HF_FIXED_LEN_NONE 0u

/* Bytes that the slices of an answer may hold together in this session. */
uint32_t hf_request_body_room(const hf_request *rq, uint32_t fixed_len);

/* HF_ERR_SIZE when slices of `len` bytes together do not fit the answer. */
int hf_request_check_room(const hf_request *rq, uint32_t fixed_len, size_t len)
    HF_MUST_CHECK;

/* HF_ERR_SIZE when the answer in rq->out is larger than the session's bodies. */
int hf_request_check_fits(const hf_request *rq) HF_MUST_CHECK;

/* The next `size` bytes of rq->scratch as an empty buffer. HF_OK or HF_ERR_SIZE (fewer
 * are left; unchanged). */
int hf_request_take(hf_request *rq, size_t size, hf_buffer *buffer) HF_MUST_CHECK;

/* What is in use of a buffer, for rq->out. */
static inline hf_bytes hf_request_bytes(const hf_buffer *buffer)
{
    return hf_bytes_of(buffer->data, buffer->len);
}

/* HF_ERR_SIZE when an input is too long to be authenticated as a whole before any of it
 * is used (HF_CFG_STAGE_SIZE_MAX). */
int hf_request_check_stage(size_t len) HF_MUST_CHECK;

/*
 * Which devices may serve: the one place that weighs the wishes of server, key and client
 * against each other. The server's policy overrules all; else a key with HF_FLAG_HARDWARE
 * wants hardware; else the client chooses.
 *
 * key_flags  of the key; 0: there is none yet.
 * asked      enum hf_affinity, by the client.
 * affinity   out: enum hf_affinity.
 *
 * HF_OK, or HF_ERR_NOTSUPPORTED (the client wants software for such a key).
 */
int hf_request_choose_affinity(const hf_request *rq, uint32_t key_flags, uint16_t asked,
                               uint16_t *affinity) HF_MUST_CHECK;

/* Choose the crypto device for `work`, into rq->device: for a key with these flags. As
 * hf_request_choose_affinity and hf_crypto_select. */
int hf_request_select_for_key(hf_request *rq, uint16_t algorithm, uint32_t key_type,
                              uint32_t key_flags, uint16_t asked) HF_MUST_CHECK;

/* The same without a key that has flags. */
int hf_request_select_device(hf_request *rq, uint16_t algorithm, uint32_t key_type,
                             uint16_t affinity) HF_MUST_CHECK;

/*
 * The device for an operation without a key, which has no prepare and so no place in a
 * device's queue: the first that serves many requests at a time, else the first that
 * can. The same errors as hf_crypto_select.
 */
int hf_request_find_device(const hf_request *rq, uint16_t algorithm, uint32_t *device)
    HF_MUST_CHECK;

/* Make leases[0].key ready for rq->device: parse it if nobody has yet. As
   hf_crypto_parse. */
int hf_request_parse_key(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/* Random bytes, nonces for one, into the whole of `out`: from rq->device if it has a
 * generator, else from another. As hf_crypto_random and hf_crypto_select; `out` is empty
 * after an error. */
int hf_request_random(hf_request *rq, hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm)
    HF_MUST_CHECK;

/* What making or converting a key of this type (0: none) costs, or any operation without
 * a key on so many bytes. */
hf_cost hf_request_cost(uint32_t key_type, size_t len);

/* What an operation with a key of this type on so many bytes costs. */
hf_cost hf_request_use_cost(uint16_t algorithm, uint32_t key_type, bool is_backward,
                            size_t len);

/* Fill rq->meta for a new object; its id is rq->id, from hf_request_form_id. */
void hf_request_set_meta(hf_request *rq, uint32_t flags, uint16_t access,
                         const hf_label *label);

/* The label of an object as messages carry it. */
hf_label hf_request_label(const hf_metadata *meta);

#endif
