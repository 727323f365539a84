/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * CRYPTO: operations. Here are the table of the group, and what needs no key and no row:
 * random bytes and capabilities. What needs a key leases it in prepare, in the same step
 * in which every rule for its use is checked (use.c), and computes in work.
 */
#include "server/handlers/crypto.h"

#include "server/handlers/handlers.h"

/* ---- random ---- */

static uint32_t random_room(const hf_request *rq)
{
    return hf_room_of(rq, rq->in.random.len, HF_RESPONSE_FIXED_LEN(random));
}

static hf_cost random_cost(const hf_request *rq)
{
    return hf_request_cost(0, rq->in.random.len);
}

static int random_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_buffer data;
    rq->scratch.len = 0;
    int rc = hf_request_take(rq, rq->in.random.len, &data);
    if (rc == HF_OK) {
        rc = hf_request_random(rq, &data);
        rq->out.random.data = hf_request_bytes(&data);
    }
    return rc;
}

/* ---- capabilities ---- */

static bool has_device(const hf_server *server, uint16_t algorithm, uint32_t key_type)
{
    uint32_t device;
    /* The policy is for keys; a hash goes to whoever has it. */
    uint16_t affinity = key_type != 0 ? server->config.affinity : HF_AFFINITY_ANY;
    return hf_crypto_select(&server->crypto, algorithm, key_type, affinity, &device) ==
           HF_OK;
}

/* Does a device serve the algorithm, with at least one type of key? */
static bool is_on_device(const hf_server *server, const hf_algorithm *row)
{
    if (row->family == 0) {
        return has_device(server, row->id, 0);
    }
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        bool fits = hf_algorithm_fits(row, info->type, true) ||
                    hf_algorithm_fits(row, info->type, false);
        if (fits && has_device(server, row->id, info->type)) {
            return true;
        }
    }
    return false;
}

/* The hash of a stateful key is a use of the key, so the policy chooses who computes
 * it. */
static bool is_hash_served(const hf_server *server, uint16_t hash)
{
    uint32_t device;
    return hf_crypto_select(&server->crypto, hash, 0, server->config.affinity, &device) ==
           HF_OK;
}

/* What the server makes of other rows is there when they are. */
static bool is_served(const hf_server *server, const hf_algorithm *row)
{
    if (row->parts[0] == HF_ALG_NONE) {
        return is_on_device(server, row);
    }
    if ((row->traits & HF_TRAIT_STATEFUL) != 0) {
        return is_hash_served(server, row->parts[0]);
    }
    for (size_t i = 0; i < sizeof row->parts / sizeof row->parts[0]; i++) {
        const hf_algorithm *part = hf_algorithm_find(row->parts[i]);
        if (part != NULL && !is_on_device(server, part)) {
            return false;
        }
    }
    return true;
}

/* Can keys of the type be had: from a device, or as the server's own state (LMS)? */
static bool is_key_served(const hf_server *server, uint32_t type)
{
    if (has_device(server, HF_ALG_NONE, type)) {
        return true;
    }
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if ((row->traits & HF_TRAIT_STATEFUL) != 0 &&
            hf_algorithm_fits(row, type, true) && is_served(server, row)) {
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

static hf_bytes write_algorithms(const hf_server *server, hf_buffer *buffer)
{
    hf_writer writer = hf_writer_of(buffer->data, buffer->size);
    const hf_algorithm *row;
    for (size_t i = 0; (row = hf_algorithm_at(i)) != NULL; i++) {
        if (is_served(server, row)) {
            hf_writer_u16(&writer, row->id);
        }
    }
    return hf_bytes_of(buffer->data, writer.len);
}

static hf_bytes write_key_types(const hf_server *server, hf_buffer *buffer)
{
    hf_writer writer = hf_writer_of(buffer->data, buffer->size);
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (is_key_served(server, info->type)) {
            hf_writer_u32(&writer, info->type);
        }
    }
    return hf_bytes_of(buffer->data, writer.len);
}

static int capabilities_work(hf_request *rq)
{
    const hf_server *server = rq->server;
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
    rq->out.capabilities.algorithms = write_algorithms(server, &algorithms);
    rq->out.capabilities.key_types = write_key_types(server, &key_types);
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
      .cost = hf_hash_cost,
      .room = hf_hash_room,
      .work = hf_hash_work },
    { .kind = HF_REQ_hash_start,
      .name = "hash_start",
      .permission = HF_PERMISSION_IDENTITY,
      .work = hf_hash_start_work },
    { .kind = HF_REQ_stream_update,
      .name = "stream_update",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_stream_update_cost,
      .room = hf_stream_update_room,
      .prepare = hf_stream_update_prepare,
      .work = hf_stream_update_work },
    { .kind = HF_REQ_stream_finish,
      .name = "stream_finish",
      .permission = HF_PERMISSION_IDENTITY,
      .room = hf_stream_finish_room,
      .prepare = hf_stream_finish_prepare,
      .work = hf_stream_finish_work },
    { .kind = HF_REQ_mac_generate,
      .name = "mac_generate",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_mac_generate_cost,
      .room = hf_mac_generate_room,
      .prepare = hf_mac_generate_prepare,
      .work = hf_mac_generate_work },
    { .kind = HF_REQ_mac_verify,
      .name = "mac_verify",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_mac_verify_cost,
      .prepare = hf_mac_verify_prepare,
      .work = hf_mac_verify_work },
    { .kind = HF_REQ_encrypt,
      .name = "encrypt",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_encrypt_cost,
      .room = hf_encrypt_room,
      .prepare = hf_encrypt_prepare,
      .work = hf_encrypt_work },
    { .kind = HF_REQ_decrypt,
      .name = "decrypt",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_decrypt_cost,
      .room = hf_decrypt_room,
      .prepare = hf_decrypt_prepare,
      .work = hf_decrypt_work },
    { .kind = HF_REQ_sign,
      .name = "sign",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_sign_cost,
      .room = hf_sign_room,
      .prepare = hf_sign_prepare,
      .work = hf_sign_work,
      .finish = hf_sign_finish },
    { .kind = HF_REQ_verify,
      .name = "verify",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_verify_cost,
      .prepare = hf_verify_prepare,
      .work = hf_verify_work },
    { .kind = HF_REQ_capabilities,
      .name = "capabilities",
      .permission = HF_PERMISSION_IDENTITY,
      .room = capabilities_room,
      .work = capabilities_work },
    { .kind = HF_REQ_mac_start,
      .name = "mac_start",
      .permission = HF_PERMISSION_IDENTITY,
      .room = hf_mac_start_room,
      .prepare = hf_mac_start_prepare,
      .work = hf_mac_start_work },
    { .kind = HF_REQ_cipher_start,
      .name = "cipher_start",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_cipher_start_cost,
      .room = hf_cipher_start_room,
      .prepare = hf_cipher_start_prepare,
      .work = hf_cipher_start_work },
};
const size_t hf_handlers_crypto_count =
    sizeof(hf_handlers_crypto) / sizeof(hf_handlers_crypto[0]);
