/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Values for the fields of any message, and a second encoder. The encoder is written from
 * the text of catalogue.h without the codec and checks nothing, so that it can also make
 * bodies that the decoder must refuse.
 */
#ifndef TESTS_UNIT_PROTO_VALUES_H
#define TESTS_UNIT_PROTO_VALUES_H

#include "holdfast/proto.h"

/* One direction of one message. */
typedef struct direction {
    const hf_message *message;
    const hf_field *fields;
    size_t count;
    bool is_response;
} direction;

/* The i-th of all directions; message NULL: past the end. */
direction direction_at(size_t i);

/* Room for the struct of any direction. */
typedef union any_struct {
    hf_any_request request;
    hf_any_response response;
    hf_object_entry entry;
    uint8_t raw[256];
} any_struct;

enum value_choice { VALUE_MIN, VALUE_MAX, VALUE_RANDOM };

/* A pseudo-random number; the state is not 0. */
uint64_t next_random(uint64_t *state);

/* Set all fields. BYTES of VALUE_RANDOM have up to 40 bytes (or their minimum). */
void set_values(const direction *d, enum value_choice choice, uint64_t *random,
                any_struct *out);

/* One field of a struct as a number: the value, or the length of BYTES. */
uint64_t get_number(const hf_field *field, const any_struct *in);
void set_number(const hf_field *field, uint64_t value, any_struct *out);

/* Bits that a number of this type has in the struct and on the wire; 0: not a number. */
unsigned number_bits(const hf_field *field);

/* A length that is written in place of the true one. */
typedef struct lie {
    const hf_field *field; /* NULL: none */
    uint32_t len;
} lie;

/* Encode without any check; the caller frees. */
uint8_t *encode_unchecked(const direction *d, const any_struct *in, lie l, size_t *len);

/* True when both structs hold the same values. */
bool are_equal(const direction *d, const any_struct *a, const any_struct *b);

#endif
