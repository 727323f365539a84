/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the requests of the group CRYPTO share: the rules for using a key, and the
 * functions of the rows of its table (crypto.c), which are in files by class. All of them
 * learn what an algorithm takes and needs from its row (holdfast/algorithm.h), so that
 * one more algorithm is one more row. Private to src/server/handlers.
 */
#ifndef HF_SERVER_HANDLERS_CRYPTO_H
#define HF_SERVER_HANDLERS_CRYPTO_H

#include "server/request.h"

/* ---- use.c: using a key ---- */

#define HF_CLASS_BIT(name) ((uint16_t)(1u << HF_CLASS_##name))

/* What a request wants to use a key for. */
typedef struct hf_key_use {
    hf_handle handle;
    uint16_t algorithm;
    uint16_t affinity;
    uint16_t classes; /* HF_CLASS_BIT of each class that the algorithm may be of */
    uint16_t mac_len; /* of MAC or tag, bytes; 0: whole, or there is none */
    size_t nonce_len; /* of the nonce that the client gave; 0: none */
    bool is_backward; /* verify, decrypt */
    bool is_stream;
} hf_key_use;

/*
 * Lease the key into leases[0], if it may be used so, and choose the device: every rule
 * that row and key have for an operation, in the hold in which the key is leased.
 *
 * Returns HF_OK and *row, which may be NULL, or
 *   HF_ERR_ACCESS        the handle names what the session may not use; the key's policy
 *                        does not allow the algorithm, a nonce of the client's, or so
 *                        short a MAC or tag
 *   HF_ERR_RANGE         the nonce has a length that the algorithm does not take, or is
 *                        missing where the client has to give it; the handle's flags
 *   HF_ERR_NOTSUPPORTED  no such algorithm of these classes, none in this direction
 *                        (legacy ones only verify and decrypt) or as a stream; no device
 *   HF_ERR_TYPE          the key's type does not fit the algorithm
 * and what hf_keystore_lease returns.
 */
int hf_key_use_lease(hf_request *rq, const hf_key_use *use, const hf_algorithm **row)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Count the use against the algorithm's limit of invocations, if it has one; the last
 * thing that prepare does, since what fails afterwards counts in vain. HF_ERR_LIMIT, and
 * what hf_keystore_count_use returns. */
int hf_key_use_count(hf_request *rq, const hf_algorithm *row, bool is_backward)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* Begin work with leases[0]: nothing in scratch, the key in the device's own form. As
 * hf_request_parse_key. */
int hf_key_use_begin(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

/*
 * The nonce of an operation: the client's, or (forward) a new one in scratch, as long as
 * the row says. Backward what the client gave is taken as it is.
 *
 * HF_OK and *nonce, HF_ERR_SIZE (scratch), HF_ERR_RANDOM, and what hf_request_random
 * returns.
 */
int hf_key_use_nonce(hf_request *rq, const hf_algorithm *row, bool is_backward,
                     hf_bytes given, hf_bytes *nonce) HF_EXCLUDES(hf_tsa_nvm)
    HF_MUST_CHECK;

/* Bytes that a nonce of the server's needs in scratch; `row` may be NULL. */
uint32_t hf_key_use_nonce_room(const hf_algorithm *row);

/* The smaller one, for rooms: bytes beyond an answer's bounds are never needed. */
uint32_t hf_room_of(const hf_request *rq, size_t len, uint32_t fixed_len);

/* ---- hash.c ---- */
uint32_t hf_hash_room(const hf_request *rq);
hf_cost hf_hash_cost(const hf_request *rq);
int hf_hash_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
int hf_hash_start_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

/* ---- mac.c ---- */
uint32_t hf_mac_generate_room(const hf_request *rq);
hf_cost hf_mac_generate_cost(const hf_request *rq);
int hf_mac_generate_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_mac_generate_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
hf_cost hf_mac_verify_cost(const hf_request *rq);
int hf_mac_verify_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_mac_verify_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_mac_start_room(const hf_request *rq);
int hf_mac_start_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_mac_start_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

/* ---- cipher.c ---- */
uint32_t hf_encrypt_room(const hf_request *rq);
hf_cost hf_encrypt_cost(const hf_request *rq);
int hf_encrypt_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_encrypt_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_decrypt_room(const hf_request *rq);
hf_cost hf_decrypt_cost(const hf_request *rq);
int hf_decrypt_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_decrypt_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_cipher_start_room(const hf_request *rq);
hf_cost hf_cipher_start_cost(const hf_request *rq);
int hf_cipher_start_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_cipher_start_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

/* ---- signature.c ---- */
uint32_t hf_sign_room(const hf_request *rq);
hf_cost hf_sign_cost(const hf_request *rq);
int hf_sign_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_sign_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
int hf_sign_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
hf_cost hf_verify_cost(const hf_request *rq);
int hf_verify_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_verify_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

/* ---- stream.c ---- */

/* A free place for a stream of the session, and its number; NULL when all are in use. */
hf_session_stream *hf_stream_find_free(const hf_request *rq, uint16_t *number);

/*
 * Open a stream with leases[0] in a free place, for work of mac_start and cipher_start.
 *
 * op           as for hf_crypto_stream_open.
 * is_backward  verify or decrypt.
 * number       out: names the stream in its session.
 *
 * HF_OK, HF_ERR_LIMIT, and what hf_crypto_stream_open returns; then none is open.
 */
int hf_stream_open(hf_request *rq, const hf_crypto_op *op, bool is_backward,
                   uint16_t *number) HF_EXCLUDES(hf_tsa_nvm) HF_MUST_CHECK;

uint32_t hf_stream_update_room(const hf_request *rq);
hf_cost hf_stream_update_cost(const hf_request *rq);
int hf_stream_update_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_stream_update_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_stream_finish_room(const hf_request *rq);
int hf_stream_finish_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_stream_finish_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

#endif
