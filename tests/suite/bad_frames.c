/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Frames that cannot be parsed close their connection; requests that nobody knows, or out
 * of turn, are answered with an error and change nothing. Other sessions notice nothing.
 */
#include <string.h>

#include "suite/raw.h"

/* A client that goes on while another one misbehaves. */
static void bystander_check(suite_env *env, hf_client *client)
{
    hf_comm_echo_response echo;
    SUITE_EXPECT(env, HF_OK,
                 hf_client_comm_echo(
                     client,
                     &(hf_comm_echo_request){ .data = hf_bytes_of("still here", 10) },
                     &echo));
    SUITE_TRUE(env, echo.data.len == 10 && memcmp(echo.data.data, "still here", 10) == 0);
}

/* How a good header of 16 bytes is spoilt: at `offset`, `bytes` bytes of `value`. */
typedef struct spoilt {
    const char *what;
    unsigned offset;
    unsigned bytes;
    uint32_t value;
} spoilt;

static const spoilt headers[] = {
    { "magic", 0, 2, 0x4649 },
    { "magic of zeros", 0, 2, 0 },
    { "version", 2, 1, HF_PROTO_VERSION + 1 },
    { "version 0", 2, 1, 0 },
    { "undefined flags", 3, 1, 0x80 },
    { "an answer's flag", 3, 1, HF_FRAME_FLAG_RESPONSE },
    { "a length beyond the body size", 8, 4, SUITE_BODY_SIZE + 1 },
    { "the largest length", 8, 4, 0xFFFFFFFF },
    { "a status in a request", 12, 4, 0xFFFFFFF7 },
    { "a positive status", 12, 4, 1 },
};

static void header_spoil(uint8_t *header, const spoilt *how)
{
    hf_frame_encode(&(hf_frame){ .kind = HF_REQ_comm_echo, .sequence = 1, .length = 4 },
                    header);
    for (unsigned i = 0; i < how->bytes; i++) {
        header[how->offset + i] = (uint8_t)(how->value >> (8 * i));
    }
}

static void malformed_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client other;
    bool is_ready = *(const bool *)argument;
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        uint8_t frame[HF_FRAME_HEADER_SIZE + 4] = { 0 };
        hf_frame answer;
        hf_bytes body;
        if (is_ready) {
            raw_open_ready(&raw, env, SUITE_WRITER);
        } else {
            raw_open(&raw, env, SUITE_WRITER);
        }
        header_spoil(frame, &headers[i]);
        SUITE_EXPECT(env, HF_OK, raw_send(&raw, hf_bytes_of(frame, sizeof frame)));
        int rc = raw_receive(&raw, &answer, &body);
        suite_expect(env, rc, HF_ERR_CLOSED, SUITE_PLACE(headers[i].what));
        raw_close(&raw);
        bystander_check(env, client);
    }
    suite_client_close(&other);
}

/* Any bytes: the connection is closed, the server goes on. */
static void garbage_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client other;
    (void)argument;
    suite_random random = { .state = env->seed };
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    for (uint32_t i = 0; i < suite_count(env, 20); i++) {
        uint8_t bytes[300];
        hf_frame frame;
        hf_bytes body;
        for (size_t n = 0; n < sizeof bytes; n++) {
            bytes[n] = (uint8_t)suite_random_next(&random);
        }
        bytes[0] = 0; /* not by chance the magic */
        raw_open(&raw, env, SUITE_WRITER);
        /* It may be closed before all is sent. */
        hf_ignore(raw_send(&raw, hf_bytes_of(bytes, sizeof bytes)));
        SUITE_EXPECT(env, HF_ERR_CLOSED, raw_receive(&raw, &frame, &body));
        raw_close(&raw);
        bystander_check(env, client);
    }
    suite_client_close(&other);
}

static void unknown_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static const uint16_t kinds[] = { 0x0000, 0x0001, 0x0100, 0x0106, 0x01FF, 0x0207,
                                      0x0314, 0x040F, 0x0C01, 0x0B05, 0x7F01, 0xFFFF };
    static const uint8_t body[100];
    (void)argument;
    raw_open_ready(&raw, env, SUITE_ADMIN);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        SUITE_EXPECT(env, HF_ERR_UNKNOWN, raw_call(&raw, kinds[i], hf_bytes_of(NULL, 0)));
        SUITE_EXPECT(env, HF_ERR_UNKNOWN,
                     raw_call(&raw, kinds[i], hf_bytes_of(body, sizeof body)));
    }
    SUITE_EXPECT(env, HF_OK, raw_call(&raw, HF_REQ_comm_info, hf_bytes_of(NULL, 0)));
    raw_close(&raw);
}

/* Before INIT nothing else is allowed; after it, no second INIT. */
static void order_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    uint8_t memory[64];
    hf_buffer init = hf_buffer_of(memory, sizeof memory);
    (void)argument;
    raw_open(&raw, env, SUITE_ADMIN);
    SUITE_EXPECT(env, HF_ERR_STATE,
                 raw_call(&raw, HF_REQ_comm_info, hf_bytes_of(NULL, 0)));
    SUITE_EXPECT(env, HF_ERR_STATE,
                 raw_call(&raw, HF_REQ_nvm_space, hf_bytes_of(NULL, 0)));
    raw_close(&raw);

    raw_open_ready(&raw, env, SUITE_ADMIN);
    SUITE_EXPECT(env, HF_OK,
                 hf_proto_encode(HF_REQ_comm_init, false,
                                 &(hf_comm_init_request){ .version = HF_PROTO_VERSION,
                                                          .body_size = HF_BODY_SIZE_MIN,
                                                          .window = 1 },
                                 &init));
    SUITE_EXPECT(env, HF_ERR_STATE,
                 raw_call(&raw, HF_REQ_comm_init, hf_bytes_of(init.data, init.len)));
    SUITE_EXPECT(env, HF_OK, raw_call(&raw, HF_REQ_comm_info, hf_bytes_of(NULL, 0)));
    raw_close(&raw);
}

/* A body of more than its frame may have before INIT has agreed on a size. */
static void early_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static const uint8_t body[HF_BODY_SIZE_INIT + 1];
    hf_frame frame;
    hf_bytes answer;
    (void)argument;
    raw_open(&raw, env, SUITE_WRITER);
    hf_ignore(raw_send_request(&raw, HF_REQ_comm_init, 1,
                               hf_bytes_of(body, sizeof body))); /* closed meanwhile */
    SUITE_EXPECT(env, HF_ERR_CLOSED, raw_receive(&raw, &frame, &answer));
    raw_close(&raw);
}

/* A client of another version is told so. */
static void version_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    uint8_t memory[64];
    hf_buffer init = hf_buffer_of(memory, sizeof memory);
    (void)argument;
    raw_open(&raw, env, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK,
                 hf_proto_encode(HF_REQ_comm_init, false,
                                 &(hf_comm_init_request){ .version = HF_PROTO_VERSION + 1,
                                                          .body_size = HF_BODY_SIZE_MIN,
                                                          .window = 1 },
                                 &init));
    SUITE_EXPECT(env, HF_ERR_VERSION,
                 raw_call(&raw, HF_REQ_comm_init, hf_bytes_of(init.data, init.len)));
    raw_close(&raw);
}

static const bool at_start = false;
static const bool when_ready = true;

static const suite_case cases[] = {
    { "malformed frames close the connection", malformed_run, &when_ready, 0 },
    { "malformed first frames close the connection", malformed_run, &at_start, 0 },
    { "garbage closes the connection", garbage_run, NULL, 0 },
    { "unknown requests are answered", unknown_run, NULL, 0 },
    { "requests out of turn are answered", order_run, NULL, 0 },
    { "a large first frame closes the connection", early_run, NULL, 0 },
    { "another version is refused", version_run, NULL, 0 },
};

const suite_cases suite_bad_frame_cases = SUITE_CASES(cases);
