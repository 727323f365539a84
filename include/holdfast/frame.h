/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The frame header: 16 bytes in front of every body on a connection, little-endian.
 *
 *     offset  bytes  field
 *          0      2  magic     "HF"
 *          2      1  version   HF_PROTO_VERSION
 *          3      1  flags     HF_FRAME_FLAG_*; others are an error
 *          4      2  kind      group << 8 | action; an answer repeats the request's
 *          6      2  sequence  chosen by the client; an answer repeats the request's
 *          8      4  length    bytes of the body that follows
 *         12      4  status    answers: HF_OK or a negative HF_ERR_*; requests: 0
 *
 * An answer with a status other than HF_OK has an empty body. Inline, without state,
 * locks or allocation: any thread.
 *
 *     uint8_t header[HF_FRAME_HEADER_SIZE];
 *     hf_frame_encode(&(hf_frame){ .kind = 0x0103, .sequence = 1 }, header);
 */
#ifndef HOLDFAST_FRAME_H
#define HOLDFAST_FRAME_H

#include <stdint.h>

#include "holdfast/bytes.h"
#include "holdfast/status.h"

#define HF_PROTO_VERSION 2

#define HF_FRAME_HEADER_SIZE 16u
#define HF_FRAME_MAGIC 0x4648u /* "HF" */
#define HF_FRAME_FLAG_RESPONSE 0x01u
#define HF_FRAME_FLAGS 0x01u /* defined ones */

typedef struct hf_frame {
    uint8_t flags;     /* HF_FRAME_FLAG_* */
    uint16_t kind;     /* group << 8 | action */
    uint16_t sequence; /* chosen by the client, repeated in the answer */
    uint32_t length;   /* bytes of the body */
    int32_t status;    /* answers: HF_OK or HF_ERR_*; requests: 0 */
} hf_frame;

/* Write a header; `out` has HF_FRAME_HEADER_SIZE bytes. */
static inline void hf_frame_encode(const hf_frame *frame, uint8_t *out)
{
    hf_put_u16(out, HF_FRAME_MAGIC);
    out[2] = HF_PROTO_VERSION;
    out[3] = frame->flags;
    hf_put_u16(out + 4, frame->kind);
    hf_put_u16(out + 6, frame->sequence);
    hf_put_u32(out + 8, frame->length);
    hf_put_u32(out + 12, (uint32_t)frame->status);
}

/* The two's complement number that a u32 on the wire stands for. */
static inline int32_t hf_frame_status_of(uint32_t wire)
{
    return wire <= (uint32_t)INT32_MAX ? (int32_t)wire : -(int32_t)(~wire) - 1;
}

/*
 * Read a header.
 *
 * in     HF_FRAME_HEADER_SIZE bytes.
 * frame  set only on HF_OK.
 *
 * Returns HF_OK, or
 *   HF_ERR_FRAME    wrong magic, undefined flags, a request with a status, an answer
 *                   with a positive status or with both an error and a body
 *   HF_ERR_VERSION  another version of the frame
 * The length is otherwise not judged here.
 */
static inline int hf_frame_decode(const uint8_t *in, hf_frame *frame) HF_MUST_CHECK;
static inline int hf_frame_decode(const uint8_t *in, hf_frame *frame)
{
    if (hf_get_u16(in) != HF_FRAME_MAGIC) {
        return HF_ERR_FRAME;
    }
    if (in[2] != HF_PROTO_VERSION) {
        return HF_ERR_VERSION;
    }
    uint8_t flags = in[3];
    uint32_t length = hf_get_u32(in + 8);
    int32_t status = hf_frame_status_of(hf_get_u32(in + 12));
    if ((flags & ~HF_FRAME_FLAGS) != 0 || status > 0 ||
        (status < 0 && ((flags & HF_FRAME_FLAG_RESPONSE) == 0 || length != 0))) {
        return HF_ERR_FRAME;
    }
    *frame = (hf_frame){
        .flags = flags,
        .kind = hf_get_u16(in + 4),
        .sequence = hf_get_u16(in + 6),
        .length = length,
        .status = status,
    };
    return HF_OK;
}

#endif
