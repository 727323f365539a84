/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Clients that vanish in the middle of a request, at every byte of it; that do not read
 * their answers; that send byte by byte. Their sessions end or wait, what they held is
 * given back, and nobody else notices.
 */
#include <string.h>

#include "suite/raw.h"
#include "suite/use.h"

static void echo_check(suite_env *env, hf_client *client)
{
    hf_comm_echo_response echo;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_comm_echo(
            client, &(hf_comm_echo_request){ .data = hf_bytes_of("well", 4) }, &echo));
    SUITE_TRUE(env, echo.data.len == 4 && memcmp(echo.data.data, "well", 4) == 0);
}

/* A whole request of the kind, as bytes. */
static size_t request_make(suite_env *env, uint16_t kind, const void *request,
                           hf_buffer *out)
{
    hf_buffer body =
        hf_buffer_of(out->data + HF_FRAME_HEADER_SIZE, out->size - HF_FRAME_HEADER_SIZE);
    SUITE_EXPECT(env, HF_OK, hf_proto_encode(kind, false, request, &body));
    hf_frame_encode(
        &(hf_frame){ .kind = kind, .sequence = 9, .length = (uint32_t)body.len },
        out->data);
    return HF_FRAME_HEADER_SIZE + body.len;
}

/* Cut off after every byte of a request that would store something. */
static void cut_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client other;
    uint8_t memory[200];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    (void)argument;
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    size_t len = request_make(
        env, HF_REQ_nvm_put,
        &(hf_nvm_put_request){ .handle = 44, .data = hf_bytes_of("cut off", 7) }, &out);
    for (size_t part = 0; part < len; part++) {
        raw_open_ready(&raw, env, SUITE_WRITER);
        SUITE_EXPECT(env, HF_OK, raw_send(&raw, hf_bytes_of(memory, part)));
        raw_close(&raw);
        hf_nvm_info_response info;
        SUITE_EXPECT(
            env, HF_ERR_NOTFOUND,
            hf_client_nvm_info(client, &(hf_nvm_info_request){ .handle = 44 }, &info));
    }
    /* The whole of it, and away: it is stored or not, but never in part. */
    raw_open_ready(&raw, env, SUITE_WRITER);
    SUITE_EXPECT(env, HF_OK, raw_send(&raw, hf_bytes_of(memory, len)));
    raw_close(&raw);
    hf_nvm_read_response read;
    int rc = hf_client_nvm_read(
        client, &(hf_nvm_read_request){ .handle = 44, .len = 100 }, &read);
    SUITE_TRUE(env, rc == HF_ERR_NOTFOUND || (rc == HF_OK && read.data.len == 7 &&
                                              memcmp(read.data.data, "cut off", 7) == 0));
    suite_client_close(&other);
}

/* Before INIT, too. */
static void early_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client other;
    uint8_t memory[100];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    (void)argument;
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    size_t len = request_make(env, HF_REQ_comm_init,
                              &(hf_comm_init_request){ .version = HF_PROTO_VERSION,
                                                       .body_size = HF_BODY_SIZE_MIN,
                                                       .window = 1,
                                                       .name = hf_bytes_of("gone", 4) },
                              &out);
    for (size_t part = 0; part <= len; part++) {
        raw_open(&raw, env, SUITE_WRITER);
        SUITE_EXPECT(env, HF_OK, raw_send(&raw, hf_bytes_of(memory, part)));
        raw_close(&raw);
        echo_check(env, client);
    }
    suite_client_close(&other);
}

/* Signatures in progress, with their leases, whose client does not wait for them. */
static void leases_run(suite_env *env, const void *argument)
{
    static suite_client leaver, other;
    (void)argument;
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    SUITE_EXPECT(
        env, HF_OK,
        use_import(client,
                   &(use_key){ .handle = 1, .type = HF_KEY_P256, .store = true }));
    for (uint32_t i = 0; i < suite_count(env, 20); i++) {
        static const uint8_t digest[32] = { 1 };
        hf_client *gone = suite_connect(env, &leaver, SUITE_WRITER);
        uint16_t sequence;
        for (unsigned n = 0; n < gone->window; n++) {
            SUITE_EXPECT(
                env, HF_OK,
                hf_client_sign_send(gone,
                                    &(hf_sign_request){ .handle = 1,
                                                        .algorithm = HF_ALG_ECDSA,
                                                        .data = hf_bytes_of(digest, 32) },
                                    &sequence));
        }
        suite_client_drop(&leaver);
    }
    /* The key can go, too, and with it the last slot. */
    hf_key_erase_response none;
    SUITE_EXPECT(
        env, HF_OK,
        hf_client_key_erase(client, &(hf_key_erase_request){ .handle = 1 }, &none));
    suite_client_close(&other);
}

/* Requests byte by byte are requests. */
static void bytewise_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    uint8_t memory[100];
    hf_buffer out = hf_buffer_of(memory, sizeof memory);
    (void)argument;
    raw_open_ready(&raw, env, SUITE_WRITER);
    size_t len =
        request_make(env, HF_REQ_comm_echo,
                     &(hf_comm_echo_request){ .data = hf_bytes_of("slowly", 6) }, &out);
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < len; i++) {
            SUITE_EXPECT(env, HF_OK, raw_send(&raw, hf_bytes_of(memory + i, 1)));
        }
        hf_frame frame;
        hf_bytes body;
        SUITE_EXPECT(env, HF_OK, raw_receive(&raw, &frame, &body));
        SUITE_TRUE(env, frame.status == HF_OK && frame.sequence == 9 && body.len == 10 &&
                            memcmp(body.data + 4, "slowly", 6) == 0);
    }
    raw_close(&raw);
}

#define ECHO_LEN 8000u
#define FLOOD_MAX 4000u /* more than any socket holds */
#define FLOOD_LOOKS 50u /* calls of another client during which nothing goes out */

/* Echoes that were sent without reading an answer. */
typedef struct flood {
    uint8_t frame[HF_FRAME_HEADER_SIZE + 4 + ECHO_LEN];
    size_t len;
    uint32_t count; /* begun */
    size_t done;    /* bytes of the last one that are sent */
} flood;

/* Send what goes out of the current frame. False: nothing has for a long while. */
static bool flood_send(suite_env *env, raw_link *raw, flood *f, hf_client *other)
{
    const hf_transport *t = &raw->transport;
    uint32_t looks = 0;
    while (f->done < f->len && looks < FLOOD_LOOKS) {
        size_t sent = 0;
        SUITE_EXPECT(
            env, HF_OK,
            t->ops->send(t->context, f->frame + f->done, f->len - f->done, &sent));
        f->done += sent;
        looks = sent != 0 ? 0 : looks + 1;
        if (sent == 0) {
            echo_check(env, other); /* who is not disturbed */
        }
    }
    return f->done == f->len;
}

static void flood_begin(suite_env *env, raw_link *raw, flood *f, hf_client *other)
{
    static uint8_t data[ECHO_LEN];
    hf_buffer out = hf_buffer_of(f->frame, sizeof f->frame);
    memset(data, 0xE5, sizeof data);
    f->len = request_make(env, HF_REQ_comm_echo,
                          &(hf_comm_echo_request){ .data = hf_bytes_of(data, ECHO_LEN) },
                          &out);
    f->count = 0;
    do {
        hf_put_u16(f->frame + 6, (uint16_t)f->count); /* the sequence */
        f->done = 0;
        f->count++;
    } while (flood_send(env, raw, f, other) && f->count < FLOOD_MAX);
}

/* A client that reads no answers stops its own session, nobody else's; when it reads
 * again, everything is there in order. Or it goes away instead. */
static void flood_run(suite_env *env, const void *argument)
{
    static raw_link raw;
    static suite_client other;
    static flood f;
    bool reads_again = *(const bool *)argument;
    hf_client *client = suite_connect(env, &other, SUITE_WRITER);
    raw_open_ready(&raw, env, SUITE_WRITER + 1);
    flood_begin(env, &raw, &f, client);
    SUITE_TRUE(env, f.count >= 2);
    for (unsigned i = 0; i < 20; i++) {
        echo_check(env, client);
    }
    for (uint32_t i = 0; reads_again && i < f.count; i++) {
        hf_frame frame;
        hf_bytes body;
        if (i + 1 == f.count) {
            SUITE_EXPECT(env, HF_OK,
                         raw_send(&raw, hf_bytes_of(f.frame + f.done, f.len - f.done)));
        }
        SUITE_EXPECT(env, HF_OK, raw_receive(&raw, &frame, &body));
        SUITE_TRUE(env, frame.status == HF_OK && frame.sequence == (uint16_t)i &&
                            body.len == 4 + ECHO_LEN && body.data[ECHO_LEN] == 0xE5);
    }
    raw_close(&raw);
    echo_check(env, client);
    suite_client_close(&other);
}

static const bool stays = true;
static const bool leaves = false;

static const suite_case cases[] = {
    { "a client that vanishes at any byte", cut_run, NULL, 0 },
    { "a client that vanishes before it began", early_run, NULL, 0 },
    { "a client that vanishes with keys in use", leases_run, NULL, 0 },
    { "a client that sends byte by byte", bytewise_run, NULL, 0 },
    { "a client that reads its answers late", flood_run, &stays, 0 },
    { "a client that reads no answers and leaves", flood_run, &leaves, 0 },
};

const suite_cases suite_peer_cases = SUITE_CASES(cases);
