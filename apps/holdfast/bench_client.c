/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * One client of the benchmark: its requests and the checks of their answers. See bench.h.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "report.h"

#include "holdfast/crypto.h"
#include "holdfast/posix_clock.h"

/* An answer that cannot be right. Not a status of the library. */
#define WRONG 2

static hf_client *client_of(hfc_bench_client *client)
{
    return &client->connection.client;
}

static int wrong(hfc_bench_client *client, const char *what)
{
    client->wrong_count++;
    if (client->first_wrong == NULL) {
        client->first_wrong = what;
    }
    return WRONG;
}

static hf_bytes message_of(const hfc_bench_client *client)
{
    return hf_bytes_of(client->bench->message, sizeof client->bench->message);
}

/* xorshift64*: what a seed stands for, not a secret. */
static uint64_t number_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/* ---- objects: a seed, then what follows from it, in a length that follows, too ---- */

void hfc_bench_object_make(uint64_t seed, hf_buffer *object)
{
    uint64_t state = seed | 1;
    size_t len = 64 + number_next(&state) % (HFC_BENCH_OBJECT_SIZE - 64);
    hf_put_u64(object->data, seed);
    for (size_t i = 8; i < len; i++) {
        object->data[i] = (uint8_t)(number_next(&state) >> 32);
    }
    object->len = len;
}

/* Each written value has a seed of its own: the run, the writer, its count. */
static uint64_t seed_of(const hfc_bench_client *client, uint64_t count)
{
    return client->bench->run ^ ((uint64_t)client->index << 40 | count);
}

static int object_put(hfc_bench_client *client)
{
    uint8_t memory[HFC_BENCH_OBJECT_SIZE];
    hf_buffer object = hf_buffer_of(memory, sizeof memory);
    hfc_bench_object_make(seed_of(client, client->written + 1), &object);
    const hf_nvm_put_request in = { .handle = client->bench->object,
                                    .data = hf_bytes_of(object.data, object.len) };
    hf_nvm_put_response out;
    int status = hf_client_nvm_put(client_of(client), &in, &out);
    client->written += status == HF_OK ? 1 : 0;
    return status;
}

static int object_check(hfc_bench_client *client, const hf_nvm_read_response *out)
{
    uint8_t memory[HFC_BENCH_OBJECT_SIZE];
    hf_buffer object = hf_buffer_of(memory, sizeof memory);
    if (out->data.len < 8 || out->data.len != out->total_len) {
        return wrong(client, "an object was read with a wrong length");
    }
    uint64_t seed = hf_get_u64(out->data.data);
    hfc_bench_object_make(seed, &object);
    if (object.len != out->data.len ||
        memcmp(object.data, out->data.data, object.len) != 0) {
        return wrong(client, "a torn object was read");
    }
    uint64_t origin = seed ^ client->bench->run;
    if (origin >> 40 >= client->bench->client_count) {
        return wrong(client, "an object was read that nobody wrote");
    }
    uint64_t count = origin & ((UINT64_C(1) << 40) - 1);
    if (origin >> 40 == client->index && count < client->written) {
        return wrong(client, "an object was read that had been replaced before");
    }
    return HF_OK;
}

static int object_get(hfc_bench_client *client)
{
    const hf_nvm_read_request in = { .handle = client->bench->object,
                                     .len = HFC_BENCH_OBJECT_SIZE };
    hf_nvm_read_response out;
    int status = hf_client_nvm_read(client_of(client), &in, &out);
    return status == HF_OK && client->bench->has_check ? object_check(client, &out)
                                                       : status;
}

/* ---- the counter ---- */

static int counter_check(hfc_bench_client *client, uint64_t value, bool must_grow)
{
    bool is_right =
        must_grow ? value > client->counter_last : value >= client->counter_last;
    client->counter_last = value;
    return is_right ? HF_OK : wrong(client, "the counter went back");
}

static int counter_increment(hfc_bench_client *client)
{
    const hf_counter_increment_request in = { .handle = client->bench->counter, .by = 1 };
    hf_counter_increment_response out;
    int status = hf_client_counter_increment(client_of(client), &in, &out);
    if (status != HF_OK) {
        return status;
    }
    client->acknowledged++;
    return counter_check(client, out.value, true);
}

static int counter_read(hfc_bench_client *client)
{
    const hf_counter_read_request in = { .handle = client->bench->counter };
    hf_counter_read_response out;
    int status = hf_client_counter_read(client_of(client), &in, &out);
    return status == HF_OK ? counter_check(client, out.value, false) : status;
}

/* ---- keys ---- */

static hfc_bench_signature *signature_last(hfc_bench_client *client)
{
    return &client->signatures[(client->signature_count - 1) % HFC_BENCH_KEPT_COUNT];
}

static int sign(hfc_bench_client *client)
{
    uint64_t state = seed_of(client, client->signature_count) | 1;
    uint8_t digest[HFC_BENCH_DIGEST_SIZE];
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] = (uint8_t)(number_next(&state) >> 32);
    }
    const hf_sign_request in = { .handle = client->bench->signing_key,
                                 .algorithm = HF_ALG_ECDSA,
                                 .data = hf_bytes_of(digest, sizeof digest) };
    hf_sign_response out;
    int status = hf_client_sign(client_of(client), &in, &out);
    if (status != HF_OK) {
        return status;
    }
    client->signature_count++;
    hfc_bench_signature *kept = signature_last(client);
    if (out.signature.len > sizeof kept->data) {
        client->signature_count--;
        return wrong(client, "a signature is too long");
    }
    memcpy(kept->digest, digest, sizeof digest);
    memcpy(kept->data, out.signature.data, out.signature.len);
    kept->len = out.signature.len;
    return HF_OK;
}

static int signature_verify(hfc_bench_client *client, const hfc_bench_signature *kept)
{
    const hf_verify_request in = {
        .handle = client->bench->signing_key,
        .algorithm = HF_ALG_ECDSA,
        .signature = hf_bytes_of(kept->data, kept->len),
        .data = hf_bytes_of(kept->digest, sizeof kept->digest),
    };
    hf_verify_response out;
    return hf_client_verify(client_of(client), &in, &out);
}

static int verify(hfc_bench_client *client)
{
    if (client->signature_count == 0) {
        return sign(client);
    }
    int status = signature_verify(client, signature_last(client));
    return status == HF_ERR_VERIFY ? wrong(client, "a signature does not verify")
                                   : status;
}

static int mac(hfc_bench_client *client)
{
    const hf_mac_generate_request in = { .handle = client->bench->mac_key,
                                         .algorithm = HF_ALG_HMAC_SHA256,
                                         .data = message_of(client) };
    hf_mac_generate_response out;
    int status = hf_client_mac_generate(client_of(client), &in, &out);
    if (status == HF_OK && client->bench->has_check &&
        (out.mac.len != sizeof client->bench->mac ||
         memcmp(out.mac.data, client->bench->mac, out.mac.len) != 0)) {
        return wrong(client, "a MAC differs from the first one");
    }
    return status;
}

static int encrypt(hfc_bench_client *client)
{
    const hf_encrypt_request in = { .handle = client->bench->cipher_key,
                                    .algorithm = HF_ALG_AES_GCM,
                                    .plaintext = message_of(client) };
    hf_encrypt_response out;
    int status = hf_client_encrypt(client_of(client), &in, &out);
    if (status != HF_OK) {
        return status;
    }
    if (out.nonce.len > sizeof client->nonce || out.tag.len > sizeof client->tag ||
        out.ciphertext.len != sizeof client->ciphertext) {
        return wrong(client, "a ciphertext has a wrong length");
    }
    memcpy(client->nonce, out.nonce.data, out.nonce.len);
    memcpy(client->tag, out.tag.data, out.tag.len);
    memcpy(client->ciphertext, out.ciphertext.data, out.ciphertext.len);
    client->nonce_len = out.nonce.len;
    client->tag_len = out.tag.len;
    return HF_OK;
}

static int decrypt(hfc_bench_client *client)
{
    const hf_decrypt_request in = {
        .handle = client->bench->cipher_key,
        .algorithm = HF_ALG_AES_GCM,
        .nonce = hf_bytes_of(client->nonce, client->nonce_len),
        .tag = hf_bytes_of(client->tag, client->tag_len),
        .ciphertext = hf_bytes_of(client->ciphertext, sizeof client->ciphertext),
    };
    hf_decrypt_response out;
    int status = hf_client_decrypt(client_of(client), &in, &out);
    if (status == HF_ERR_VERIFY) {
        return wrong(client, "a ciphertext does not decrypt");
    }
    if (status == HF_OK &&
        (out.plaintext.len != sizeof client->bench->message ||
         memcmp(out.plaintext.data, client->bench->message, out.plaintext.len) != 0)) {
        return wrong(client, "a ciphertext decrypts to something else");
    }
    return status;
}

/* ---- without keys ---- */

static int ping(hfc_bench_client *client)
{
    const hf_comm_echo_request in = { .data = hf_bytes_of(client->bench->message, 64) };
    hf_comm_echo_response out;
    int status = hf_client_comm_echo(client_of(client), &in, &out);
    if (status == HF_OK &&
        (out.data.len != 64 || memcmp(out.data.data, in.data.data, 64) != 0)) {
        return wrong(client, "ping brought other bytes back");
    }
    return status;
}

static int hash(hfc_bench_client *client)
{
    const hf_hash_request in = { .algorithm = HF_ALG_SHA256, .data = message_of(client) };
    hf_hash_response out;
    int status = hf_client_hash(client_of(client), &in, &out);
    if (status == HF_OK && client->bench->has_check &&
        (out.digest.len != sizeof client->bench->digest ||
         memcmp(out.digest.data, client->bench->digest, out.digest.len) != 0)) {
        return wrong(client, "a digest differs from the first one");
    }
    return status;
}

/* ---- running ---- */

static const struct {
    const char *name;
    int (*run)(hfc_bench_client *client);
} operations[] = {
    { "ping", ping },
    { "counter increment", counter_increment },
    { "counter read", counter_read },
    { "nvm put", object_put },
    { "nvm get", object_get },
    { "hash sha256 1 KiB", hash },
    { "mac hmac 1 KiB", mac },
    { "encrypt 1 KiB", encrypt },
    { "decrypt 1 KiB", decrypt },
    { "sign p256", sign },
    { "verify p256", verify },
};
#define OPERATION_COUNT (sizeof operations / sizeof operations[0])

const char *hfc_bench_operation(size_t index)
{
    return index < OPERATION_COUNT ? operations[index].name : NULL;
}

static void failure_note(hfc_bench_client *client, const char *what, int status)
{
    client->failure_count++;
    if (client->first_failed == NULL) {
        client->first_failed = what;
        client->first_failure = status;
    }
}

void hfc_bench_client_prepare(hfc_bench_client *client)
{
    int status = sign(client);
    if (status == HF_OK) {
        status = encrypt(client);
    }
    if (status == HF_OK && client->bench->has_check) {
        hfc_bench_signature bad = *signature_last(client);
        bad.digest[0] ^= 1;
        if (signature_verify(client, &bad) != HF_ERR_VERIFY) {
            (void)wrong(client, "a wrong signature was not refused");
        }
        client->tag[0] ^= 1;
        uint64_t before = client->wrong_count;
        const char *first = client->first_wrong;
        bool is_refused = decrypt(client) == WRONG;
        client->wrong_count = before;
        client->first_wrong = first;
        client->tag[0] ^= 1;
        if (!is_refused) {
            (void)wrong(client, "a wrong tag was not refused");
        }
    }
    if (status != HF_OK && status != WRONG) {
        failure_note(client, "prepare", status);
    }
}

static bool sample_add(hfc_bench_client *client, uint64_t ns)
{
    if (client->sample_count == client->sample_size) {
        size_t size = client->sample_size == 0 ? 4096 : client->sample_size * 2;
        uint32_t *samples = realloc(client->samples_ns, size * sizeof *samples);
        if (samples == NULL) {
            return false;
        }
        client->samples_ns = samples;
        client->sample_size = size;
    }
    client->samples_ns[client->sample_count++] =
        ns > UINT32_MAX ? UINT32_MAX : (uint32_t)ns;
    return true;
}

/* Those of the signatures made last that have not been overwritten. */
static void signatures_check(hfc_bench_client *client)
{
    uint64_t count = client->signature_count < HFC_BENCH_KEPT_COUNT
                         ? client->signature_count
                         : HFC_BENCH_KEPT_COUNT;
    for (uint64_t i = 0; i < count; i++) {
        int status = signature_verify(client, &client->signatures[i]);
        if (status == HF_ERR_VERIFY) {
            (void)wrong(client, "a signature does not verify");
        } else if (status != HF_OK) {
            failure_note(client, "verify", status);
            return;
        }
    }
}

void *hfc_bench_client_run(void *context)
{
    hfc_bench_client *client = context;
    uint64_t now_ns = hf_posix_clock_ns();
    client->start_ns = now_ns;
    client->sample_count = 0;
    bool is_lost = false;
    while (!is_lost && now_ns < client->deadline_ns &&
           !atomic_load_explicit(&client->bench->must_stop, memory_order_relaxed)) {
        size_t i = client->operation >= 0 ? (size_t)client->operation
                                          : client->turn++ % OPERATION_COUNT;
        int status = operations[i].run(client);
        uint64_t end_ns = hf_posix_clock_ns();
        client->request_count++;
        if (status != HF_OK && status != WRONG) {
            failure_note(client, operations[i].name, status);
            /* No answer will come, or the last one came too late. */
            is_lost = hfc_exit_of(status) == HFC_CONNECT;
        } else if (!sample_add(client, end_ns - now_ns)) {
            failure_note(client, operations[i].name, HF_ERR_NOMEM);
            break;
        }
        now_ns = hf_posix_clock_ns();
    }
    client->end_ns = now_ns;
    bool made_signatures =
        client->operation < 0 || operations[client->operation].run == sign;
    if (client->bench->has_check && made_signatures &&
        client->connection.client.status == HF_OK) {
        signatures_check(client);
    }
    return NULL;
}
