/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRYPTO: operations. What needs a key leases it in prepare, in the same step in which
 * its usage is checked, and computes in work. What needs none is work alone; hash
 * streams belong to the session, which one thread at a time uses.
 */
#include "server/handlers/handlers.h"
#include "server/request.h"

#define DIGEST_LEN_MAX 64u      /* of any hash or MAC */
#define SIGNATURE_LEN_MAX 1024u /* of any signature; bound of the message's field */

/* The row of an algorithm of this class, or NULL. */
static const hf_algorithm *find_row(uint16_t algorithm, uint8_t class)
{
    const hf_algorithm *row = hf_algorithm_find(algorithm);
    return row != NULL && row->class == class ? row : NULL;
}

/* ---- operations with a key ---- */

/* What a request wants to use a key for. */
typedef struct key_use {
    hf_handle handle;
    uint16_t algorithm;
    uint16_t affinity;
    uint8_t class;    /* that the algorithm must be of */
    bool is_backward; /* verify, decrypt */
} key_use;

/* Lease the key, if it may be used so, and choose the device. */
static int lease(hf_request *rq, const key_use *use) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_algorithm *row = find_row(use->algorithm, use->class);
    int rc = hf_request_form_id(rq, HF_KIND_KEY, use->handle, false, &rq->id);
    if (rc != HF_OK) {
        return rc;
    }
    if (row == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    uint32_t usage = use->is_backward ? row->usage_backward : row->usage_forward;
    rc = hf_keystore_lease(&rq->server->keystore, rq->id, usage, &rq->leases[0]);
    if (rc != HF_OK) {
        return rc;
    }
    uint32_t type = rq->leases[0].key.type;
    if (!hf_algorithm_fits(row, type, use->is_backward)) {
        return HF_ERR_TYPE;
    }
    return hf_request_select_device(rq, use->algorithm, type, use->affinity);
}

/* Begin work with the leased key: nothing in scratch, the key in the device's own
 * form. */
static int begin(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    rq->scratch.len = 0;
    return hf_request_parse_key(rq);
}

/* ---- MAC ---- */

static uint32_t digest_room(const hf_request *rq)
{
    (void)rq;
    return DIGEST_LEN_MAX;
}

static hf_cost mac_generate_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.mac_generate.data.len);
}

static int mac_generate_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_mac_generate_request *in = &rq->in.mac_generate;
    return lease(
        rq, &(key_use){ in->handle, in->algorithm, in->affinity, HF_CLASS_MAC, false });
}

static int mac_generate_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_mac_generate_request *in = &rq->in.mac_generate;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .key = &rq->leases[0].key,
                              .input = in->data };
    int rc = begin(rq);
    if (rc == HF_OK) {
        rc = hf_crypto_mac(&rq->server->crypto, rq->device, &op, &rq->scratch);
    }
    rq->out.mac_generate.mac = hf_request_bytes(&rq->scratch);
    return rc;
}

static hf_cost mac_verify_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.mac_verify.data.len);
}

static int mac_verify_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_mac_verify_request *in = &rq->in.mac_verify;
    return lease(
        rq, &(key_use){ in->handle, in->algorithm, in->affinity, HF_CLASS_MAC, true });
}

static int mac_verify_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_mac_verify_request *in = &rq->in.mac_verify;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .key = &rq->leases[0].key,
                              .input = in->data,
                              .signature = in->mac };
    int rc = begin(rq);
    return rc == HF_OK ? hf_crypto_verify(&rq->server->crypto, rq->device, &op) : rc;
}

/* ---- AEAD ---- */

/* Nonce, tag and ciphertext. */
static uint32_t encrypt_room(const hf_request *rq)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    const hf_algorithm *row = find_row(in->algorithm, HF_CLASS_AEAD);
    if (row == NULL) {
        return 0;
    }
    return (uint32_t)in->plaintext.len + row->nonce_len + row->output_len;
}

static hf_cost encrypt_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.encrypt.plaintext.len + rq->in.encrypt.aad.len);
}

static int encrypt_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    /* An answer that cannot be sent must not count as a use of the key. */
    if (encrypt_room(rq) > hf_request_body_room(rq, HF_RESPONSE_FIXED_LEN(encrypt))) {
        return HF_ERR_SIZE;
    }
    int rc = lease(
        rq, &(key_use){ in->handle, in->algorithm, in->affinity, HF_CLASS_AEAD, false });
    if (rc != HF_OK) {
        return rc;
    }
    uint64_t count_max = hf_algorithm_find(in->algorithm)->invocation_count_max;
    if (count_max == 0) {
        return HF_OK;
    }
    return hf_keystore_count_use(&rq->server->keystore, &rq->leases[0], count_max);
}

/* A new nonce, from the request's own device if it has a random generator. */
static int make_nonce(hf_request *rq, hf_buffer *nonce) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_crypto *crypto = &rq->server->crypto;
    uint32_t device = rq->device;
    int rc = HF_OK;
    if (crypto->devices[device].config.ops->random == NULL) {
        rc = hf_request_find_device(rq, HF_ALG_NONE, &device);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_random(crypto, device, nonce->data, nonce->size);
    }
    nonce->len = rc == HF_OK ? nonce->size : 0;
    return rc;
}

/* Cut the answer's parts out of scratch: nonce, tag, ciphertext. */
static int cut_parts(hf_request *rq, hf_buffer parts[3])
{
    const hf_algorithm *row = hf_algorithm_find(rq->in.encrypt.algorithm);
    int rc = hf_request_take(rq, row->nonce_len, &parts[0]);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, row->output_len, &parts[1]);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, rq->in.encrypt.plaintext.len, &parts[2]);
    }
    return rc;
}

static int encrypt_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_encrypt_request *in = &rq->in.encrypt;
    hf_buffer parts[3];
    int rc = begin(rq);
    if (rc == HF_OK) {
        rc = cut_parts(rq, parts);
    }
    if (rc == HF_OK) {
        rc = make_nonce(rq, &parts[0]);
    }
    if (rc != HF_OK) {
        return rc;
    }
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .key = &rq->leases[0].key,
                              .input = in->plaintext,
                              .aad = in->aad,
                              .nonce = hf_request_bytes(&parts[0]) };
    rc = hf_crypto_encrypt(&rq->server->crypto, rq->device, &op, &parts[2], &parts[1]);
    rq->out.encrypt = (hf_encrypt_response){ .nonce = hf_request_bytes(&parts[0]),
                                             .tag = hf_request_bytes(&parts[1]),
                                             .ciphertext = hf_request_bytes(&parts[2]) };
    return rc;
}

static uint32_t decrypt_room(const hf_request *rq)
{
    return (uint32_t)rq->in.decrypt.ciphertext.len;
}

static hf_cost decrypt_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.decrypt.ciphertext.len + rq->in.decrypt.aad.len);
}

static int decrypt_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_decrypt_request *in = &rq->in.decrypt;
    return lease(
        rq, &(key_use){ in->handle, in->algorithm, in->affinity, HF_CLASS_AEAD, true });
}

static int decrypt_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_decrypt_request *in = &rq->in.decrypt;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .key = &rq->leases[0].key,
                              .input = in->ciphertext,
                              .aad = in->aad,
                              .signature = in->tag,
                              .nonce = in->nonce };
    int rc = begin(rq);
    if (rc == HF_OK) {
        rc = hf_crypto_decrypt(&rq->server->crypto, rq->device, &op, &rq->scratch);
    }
    rq->out.decrypt.plaintext = hf_request_bytes(&rq->scratch);
    return rc;
}

/* ---- signatures ---- */

static uint32_t sign_room(const hf_request *rq)
{
    (void)rq;
    return SIGNATURE_LEN_MAX;
}

static hf_cost sign_cost(const hf_request *rq)
{
    return hf_request_cost(rq->leases[0].key.type, rq->in.sign.data.len);
}

static int sign_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_sign_request *in = &rq->in.sign;
    return lease(rq, &(key_use){ in->handle, in->algorithm, in->affinity,
                                 HF_CLASS_SIGNATURE, false });
}

static int sign_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_sign_request *in = &rq->in.sign;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .format = in->format,
                              .key = &rq->leases[0].key,
                              .input = in->data };
    int rc = begin(rq);
    if (rc == HF_OK) {
        rc = hf_crypto_sign(&rq->server->crypto, rq->device, &op, &rq->scratch);
    }
    rq->out.sign.signature = hf_request_bytes(&rq->scratch);
    return rc;
}

static hf_cost verify_cost(const hf_request *rq)
{
    return hf_request_cost(rq->leases[0].key.type, rq->in.verify.data.len);
}

static int verify_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_verify_request *in = &rq->in.verify;
    return lease(rq, &(key_use){ in->handle, in->algorithm, in->affinity,
                                 HF_CLASS_SIGNATURE, true });
}

static int verify_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_verify_request *in = &rq->in.verify;
    const hf_crypto_op op = { .algorithm = in->algorithm,
                              .format = in->format,
                              .key = &rq->leases[0].key,
                              .input = in->data,
                              .signature = in->signature };
    int rc = begin(rq);
    return rc == HF_OK ? hf_crypto_verify(&rq->server->crypto, rq->device, &op) : rc;
}

/* ---- random ---- */

static uint32_t random_room(const hf_request *rq)
{
    uint32_t room = hf_request_body_room(rq, HF_RESPONSE_FIXED_LEN(random));
    return rq->in.random.len < room ? rq->in.random.len : room;
}

static hf_cost random_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.random.len);
}

static int random_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_buffer data;
    uint32_t device;
    rq->scratch.len = 0;
    int rc = hf_request_take(rq, rq->in.random.len, &data);
    if (rc == HF_OK) {
        rc = hf_request_find_device(rq, HF_ALG_NONE, &device);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_random(&rq->server->crypto, device, data.data, data.size);
    }
    if (rc == HF_OK) {
        rq->out.random.data = hf_bytes_of(data.data, data.size);
    }
    return rc;
}

/* ---- hashes ---- */

static int find_hash(const hf_request *rq, uint16_t algorithm, uint32_t *device)
{
    if (find_row(algorithm, HF_CLASS_HASH) == NULL) {
        return HF_ERR_NOTSUPPORTED;
    }
    return hf_request_find_device(rq, algorithm, device);
}

static hf_cost hash_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.hash.data.len);
}

static int hash_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_hash_request *in = &rq->in.hash;
    uint32_t device;
    rq->scratch.len = 0;
    int rc = find_hash(rq, in->algorithm, &device);
    if (rc == HF_OK) {
        rc = hf_crypto_hash(&rq->server->crypto, device, in->algorithm, in->data,
                            &rq->scratch);
    }
    rq->out.hash.digest = hf_request_bytes(&rq->scratch);
    return rc;
}

static int hash_start_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    uint16_t algorithm = rq->in.hash_start.algorithm;
    uint32_t device;
    int rc = find_hash(rq, algorithm, &device);
    if (rc != HF_OK) {
        return rc;
    }
    for (uint16_t i = 0; i < HF_CFG_SESSION_STREAMS_MAX; i++) {
        hf_crypto_stream *stream = &rq->session->streams[i].crypto;
        if (stream->stream == NULL) {
            rq->out.hash_start.stream = (uint16_t)(i + 1u);
            return hf_crypto_stream_open(&rq->server->crypto, device,
                                         &(hf_crypto_op){ .algorithm = algorithm }, false,
                                         stream);
        }
    }
    return HF_ERR_LIMIT;
}

/* The session's open stream of this number, or NULL. */
static hf_crypto_stream *find_stream(const hf_request *rq, uint16_t number)
{
    if (number > HF_CFG_SESSION_STREAMS_MAX) {
        return NULL;
    }
    hf_crypto_stream *stream = &rq->session->streams[number - 1u].crypto;
    return stream->stream == NULL ? NULL : stream;
}

static hf_cost stream_update_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.stream_update.data.len);
}

static int stream_update_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_stream_update_request *in = &rq->in.stream_update;
    hf_crypto_stream *stream = find_stream(rq, in->stream);
    if (stream == NULL) {
        return HF_ERR_NOTFOUND;
    }
    return hf_crypto_stream_update(&rq->server->crypto, stream, in->data, NULL);
}

static int stream_finish_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_crypto *crypto = &rq->server->crypto;
    hf_crypto_stream *stream = find_stream(rq, rq->in.stream_finish.stream);
    if (stream == NULL) {
        return HF_ERR_NOTFOUND;
    }
    rq->scratch.len = 0;
    int rc = hf_crypto_stream_finish(crypto, stream, &rq->scratch, NULL);
    hf_crypto_stream_close(crypto, stream);
    rq->out.stream_finish.data = hf_request_bytes(&rq->scratch);
    return rc;
}

/* ---- capabilities ---- */

static bool has_device(const hf_crypto *crypto, uint16_t algorithm, uint32_t key_type)
{
    uint32_t device;
    return hf_crypto_select(crypto, algorithm, key_type, HF_AFFINITY_ANY, &device) ==
           HF_OK;
}

/* Does a device serve the algorithm, with at least one type of key? */
static bool is_served(const hf_crypto *crypto, const hf_algorithm *row)
{
    if (row->family == 0) {
        return has_device(crypto, row->id, 0);
    }
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (hf_algorithm_fits(row, info->type, true) &&
            has_device(crypto, row->id, info->type)) {
            return true;
        }
    }
    return false;
}

static size_t algorithms_size(void)
{
    size_t count = 0;
    while (hf_algorithm_at(count) != NULL) {
        count++;
    }
    return count * sizeof(uint16_t);
}

static size_t key_types_size(void)
{
    size_t count = 0;
    while (hf_key_type_at(count) != NULL) {
        count++;
    }
    return count * sizeof(uint32_t);
}

static uint32_t capabilities_room(const hf_request *rq)
{
    (void)rq;
    return (uint32_t)(algorithms_size() + key_types_size());
}

static hf_bytes write_algorithms(const hf_crypto *crypto, hf_buffer *buffer)
{
    hf_writer writer = hf_writer_of(buffer->data, buffer->size);
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if (is_served(crypto, row)) {
            hf_writer_u16(&writer, row->id);
        }
    }
    return hf_bytes_of(buffer->data, writer.len);
}

static hf_bytes write_key_types(const hf_crypto *crypto, hf_buffer *buffer)
{
    hf_writer writer = hf_writer_of(buffer->data, buffer->size);
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (has_device(crypto, HF_ALG_NONE, info->type)) {
            hf_writer_u32(&writer, info->type);
        }
    }
    return hf_bytes_of(buffer->data, writer.len);
}

static int capabilities_work(hf_request *rq)
{
    const hf_crypto *crypto = &rq->server->crypto;
    hf_buffer algorithms;
    hf_buffer key_types;
    rq->scratch.len = 0;
    int rc = hf_request_take(rq, algorithms_size(), &algorithms);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, key_types_size(), &key_types);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.capabilities.algorithms = write_algorithms(crypto, &algorithms);
    rq->out.capabilities.key_types = write_key_types(crypto, &key_types);
    return HF_OK;
}

const hf_handler hf_handlers_crypto[] = {
    { .kind = HF_REQ_random,
      .name = "random",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = random_cost,
      .room = random_room,
      .work = random_work },
    { .kind = HF_REQ_hash,
      .name = "hash",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hash_cost,
      .room = digest_room,
      .work = hash_work },
    { .kind = HF_REQ_hash_start,
      .name = "hash_start",
      .permission = HF_PERMISSION_IDENTITY,
      .work = hash_start_work },
    { .kind = HF_REQ_stream_update,
      .name = "stream_update",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = stream_update_cost,
      .work = stream_update_work },
    { .kind = HF_REQ_stream_finish,
      .name = "stream_finish",
      .permission = HF_PERMISSION_IDENTITY,
      .room = digest_room,
      .work = stream_finish_work },
    { .kind = HF_REQ_mac_generate,
      .name = "mac_generate",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = mac_generate_cost,
      .room = digest_room,
      .prepare = mac_generate_prepare,
      .work = mac_generate_work },
    { .kind = HF_REQ_mac_verify,
      .name = "mac_verify",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = mac_verify_cost,
      .prepare = mac_verify_prepare,
      .work = mac_verify_work },
    { .kind = HF_REQ_encrypt,
      .name = "encrypt",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = encrypt_cost,
      .room = encrypt_room,
      .prepare = encrypt_prepare,
      .work = encrypt_work },
    { .kind = HF_REQ_decrypt,
      .name = "decrypt",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = decrypt_cost,
      .room = decrypt_room,
      .prepare = decrypt_prepare,
      .work = decrypt_work },
    { .kind = HF_REQ_sign,
      .name = "sign",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = sign_cost,
      .room = sign_room,
      .prepare = sign_prepare,
      .work = sign_work },
    { .kind = HF_REQ_verify,
      .name = "verify",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = verify_cost,
      .prepare = verify_prepare,
      .work = verify_work },
    { .kind = HF_REQ_capabilities,
      .name = "capabilities",
      .permission = HF_PERMISSION_IDENTITY,
      .room = capabilities_room,
      .work = capabilities_work },
};
const size_t hf_handlers_crypto_count =
    sizeof(hf_handlers_crypto) / sizeof(hf_handlers_crypto[0]);
