/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY: derivation, agreement, encapsulation, decapsulation. Four requests, one way: lease
 * the base key and check everything in one step; compute the secret (agree or KEM), and
 * what a KDF makes of it, outside; put the new key in place in a second step, or answer
 * the secret, if the base key allows that. What may become of a secret is said by
 * secret.h.
 *
 * The material stands at the beginning of scratch, rq->meta.len bytes, from work to
 * finish.
 */
#include "holdfast/secret.h"
#include "server/handlers/crypto.h"
#include "server/handlers/key.h"

#define BLOCK_LEN_MIN 16u /* of a KDF's output: AES-CMAC */
#define PUBLIC_LEN_MAX (1u + 2u * HF_SHARED_SECRET_LEN_MAX) /* raw, of any curve */

/* What the four requests have in common. */
typedef struct wish {
    hf_handle base;
    uint16_t affinity;
    uint16_t source;  /* algorithm of class AGREE or KEM; 0: none */
    bool is_backward; /* decapsulate */
    bool is_exported;
    uint32_t len;
    hf_new_key key;
    /* The derivation: */
    uint16_t kdf, hash;
    uint32_t iterations;
    hf_bytes salt, kdf_label, info;
} wish;

#define WISH_OF(in)                                                                      \
    ((wish){ .base = (in)->base,                                                         \
             .affinity = (in)->affinity,                                                 \
             .is_exported = (in)->is_exported != 0,                                      \
             .len = (in)->len,                                                           \
             .key = HF_NEW_KEY_OF(in),                                                   \
             .kdf = (in)->kdf,                                                           \
             .hash = (in)->hash,                                                         \
             .iterations = (in)->iterations,                                             \
             .salt = (in)->salt,                                                         \
             .kdf_label = (in)->kdf_label,                                               \
             .info = (in)->info })

static wish wish_of(const hf_request *rq)
{
    wish w;
    switch (rq->handler->kind) {
    case HF_REQ_key_agree:
        w = WISH_OF(&rq->in.key_agree);
        w.source = rq->in.key_agree.algorithm;
        return w;
    case HF_REQ_key_encapsulate:
        w = WISH_OF(&rq->in.key_encapsulate);
        w.source = rq->in.key_encapsulate.algorithm;
        return w;
    case HF_REQ_key_decapsulate:
        w = WISH_OF(&rq->in.key_decapsulate);
        w.source = rq->in.key_decapsulate.algorithm;
        w.is_backward = true;
        return w;
    default:
        return WISH_OF(&rq->in.key_derive);
    }
}

/* The answer's handle and secret; the ciphertext of an encapsulation is set by work. */
static void answer(hf_request *rq, hf_handle handle, hf_bytes secret)
{
    switch (rq->handler->kind) {
    case HF_REQ_key_agree:
        rq->out.key_agree.handle = handle;
        rq->out.key_agree.secret = secret;
        return;
    case HF_REQ_key_encapsulate:
        rq->out.key_encapsulate.handle = handle;
        rq->out.key_encapsulate.secret = secret;
        return;
    case HF_REQ_key_decapsulate:
        rq->out.key_decapsulate.handle = handle;
        rq->out.key_decapsulate.secret = secret;
        return;
    default:
        rq->out.key_derive.handle = handle;
        rq->out.key_derive.secret = secret;
        return;
    }
}

/* The material, the secret that it is derived from, the peer's public key and the
 * ciphertext. */
uint32_t hf_derive_room(const hf_request *rq)
{
    const wish w = wish_of(rq);
    size_t material = hf_crypto_key_len_max(w.key.type, HF_FORMAT_RAW);
    material = w.len > material ? w.len : material;
    material = HF_MAC_LEN_MAX > material ? HF_MAC_LEN_MAX : material; /* a whole digest */
    size_t room = material + 2 * HF_SHARED_SECRET_LEN_MAX + PUBLIC_LEN_MAX;
    return (uint32_t)(room + hf_crypto_output_room(w.source));
}

/* Bytes that a derivation computes with, at most: most functions go through all that they
 * are told once more for each block of output. */
static size_t derived_from(const hf_request *rq, const wish *w)
{
    size_t block_count = rq->meta.len / BLOCK_LEN_MIN + 1u;
    return block_count * (w->salt.len + w->kdf_label.len + w->info.len + HF_MAC_LEN_MAX);
}

hf_cost hf_derive_cost(const hf_request *rq)
{
    const wish w = wish_of(rq);
    uint32_t type = rq->leases[0].key.type;
    size_t len = w.kdf != 0 ? derived_from(rq, &w) : 0;
    if (hf_request_use_cost(w.kdf, type, false, len) == HF_COST_SLOW) {
        return HF_COST_SLOW; /* whatever it is that is derived from */
    }
    return hf_request_use_cost(w.source, type, w.is_backward, 0);
}

/* ---- prepare ---- */

/* The class that the algorithm must have which the base key is used with. */
static uint16_t class_of(const hf_request *rq)
{
    switch (rq->handler->kind) {
    case HF_REQ_key_agree:
        return HF_CLASS_BIT(AGREE);
    case HF_REQ_key_encapsulate:
    case HF_REQ_key_decapsulate:
        return HF_CLASS_BIT(KEM);
    default:
        return HF_CLASS_BIT(KDF);
    }
}

/* Lease the base key, if it may be used so, and choose the device. */
static int lease(hf_request *rq, const wish *w) HF_REQUIRES(hf_tsa_nvm)
{
    return hf_key_use_lease(
        rq,
        &(hf_key_use){ .handle = w->base,
                       .algorithm = w->source != 0 ? w->source : w->kdf,
                       .affinity = w->affinity,
                       .classes = class_of(rq),
                       .is_backward = w->is_backward },
        NULL);
}

/* The secret itself is wanted: the base key must allow it, and who cannot read the one
 * cannot read the other; nothing is said of a new key. */
static int admit_export(hf_request *rq, const wish *w)
{
    const hf_new_key *key = &w->key;
    const hf_metadata *base = &rq->leases[0].meta;
    if ((base->flags & HF_FLAG_ALLOW_SECRET) == 0) {
        return HF_ERR_ACCESS;
    }
    int rc = hf_request_check_access(rq, base, false);
    if (rc != HF_OK) {
        return rc;
    }
    bool is_named = key->handle != 0 || key->type != 0 || key->flags != 0 ||
                    key->access != 0 || key->store;
    return is_named ? HF_ERR_ARG : HF_OK;
}

static int admit_key(hf_request *rq, const wish *w)
{
    const hf_metadata *base = &rq->leases[0].meta;
    uint32_t flags;
    uint32_t device;
    int rc = hf_new_key_admit(rq, &w->key);
    if (rc == HF_OK) {
        rc = hf_secret_find_flags(base->flags, w->key.flags, &flags);
    }
    if (rc == HF_OK) {
        rc = hf_key_find_device(rq, HF_ALG_NONE, w->key.type, &device);
    }
    if (rc == HF_OK) {
        uint16_t access = w->key.access | (base->access & HF_ACCESS_ADMIN_READ);
        hf_request_set_meta(rq, flags, access, w->key.label);
        rq->meta.type = w->key.type;
    }
    return rc;
}

/* Parameters of a derivation without a derivation are a mistake. */
static int check_derivation(const hf_request *rq, const wish *w)
{
    if (w->kdf == 0) {
        bool is_said = w->hash != 0 || w->iterations != 0 || w->salt.len != 0 ||
                       w->kdf_label.len != 0 || w->info.len != 0;
        return is_said ? HF_ERR_RANGE : HF_OK;
    }
    uint32_t device;
    return w->source == 0 ? HF_OK
                          : hf_key_find_device(rq, w->kdf, HF_KEY_SECRET, &device);
}

int hf_derive_prepare(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wish w = wish_of(rq);
    uint32_t len = 0;
    int rc = lease(rq, &w);
    if (rc == HF_OK) {
        rc = w.is_exported ? admit_export(rq, &w) : admit_key(rq, &w);
    }
    if (rc == HF_OK) {
        rc = hf_secret_find_len(&(hf_secret_plan){ .source = w.source,
                                                   .base_type = rq->leases[0].key.type,
                                                   .kdf = w.kdf,
                                                   .hash = w.hash,
                                                   .type = w.key.type,
                                                   .len = w.len },
                                &len);
    }
    if (rc == HF_OK) {
        rc = check_derivation(rq, &w);
    }
    rq->meta.len = len;
    return rc;
}

/* ---- work ---- */

static int agree(hf_request *rq, hf_buffer *secret) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_key_agree_request *in = &rq->in.key_agree;
    hf_crypto *crypto = &rq->server->crypto;
    const hf_crypto_key *base = &rq->leases[0].key;
    hf_crypto_key peer = { .type = hf_key_type_public(base->type), .material = in->peer };
    const hf_key_encoding encoding = { .format = in->peer_format };
    uint32_t device;
    hf_buffer point;
    int rc = hf_key_find_device(rq, HF_ALG_NONE, peer.type, &device);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, hf_crypto_key_len_max(peer.type, HF_FORMAT_RAW), &point);
    }
    if (rc == HF_OK) {
        rc = hf_crypto_import(crypto, device, &peer, &encoding, &point);
    }
    if (rc != HF_OK) {
        return rc;
    }
    peer.material = hf_request_bytes(&point);
    const hf_crypto_op op = { .algorithm = in->algorithm, .key = base, .peer = &peer };
    return hf_crypto_agree(crypto, rq->device, &op, secret);
}

static int encapsulate(hf_request *rq, hf_buffer *secret) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_crypto_op op = { .algorithm = rq->in.key_encapsulate.algorithm,
                              .key = &rq->leases[0].key };
    hf_buffer ciphertext;
    int rc = hf_request_take(rq, hf_crypto_output_len_max(op.algorithm, op.key->type, 0),
                             &ciphertext);
    if (rc == HF_OK) {
        rc = hf_crypto_encapsulate(&rq->server->crypto, rq->device, &op, &ciphertext,
                                   secret);
    }
    if (rc == HF_OK) {
        rq->out.key_encapsulate.ciphertext = hf_request_bytes(&ciphertext);
    }
    return rc;
}

static int decapsulate(hf_request *rq, hf_buffer *secret) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_crypto_op op = { .algorithm = rq->in.key_decapsulate.algorithm,
                              .key = &rq->leases[0].key,
                              .input = rq->in.key_decapsulate.ciphertext };
    return hf_crypto_decapsulate(&rq->server->crypto, rq->device, &op, secret);
}

static int make_secret(hf_request *rq, hf_buffer *secret) HF_EXCLUDES(hf_tsa_nvm)
{
    switch (rq->handler->kind) {
    case HF_REQ_key_agree:
        return agree(rq, secret);
    case HF_REQ_key_encapsulate:
        return encapsulate(rq, secret);
    default:
        return decapsulate(rq, secret);
    }
}

static int derive(hf_request *rq, uint32_t device, const hf_crypto_key *key,
                  hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm)
{
    const wish w = wish_of(rq);
    const hf_crypto_op op = { .algorithm = w.kdf,
                              .hash = w.hash,
                              .output_len = rq->meta.len,
                              .iterations = w.iterations,
                              .key = key,
                              .salt = w.salt,
                              .label = w.kdf_label,
                              .info = w.info };
    return hf_crypto_derive(&rq->server->crypto, device, &op, out);
}

/* The secret of an agreement or a KEM, and what is derived from it; it is gone then. */
static int derive_from_secret(hf_request *rq, uint16_t kdf, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm)
{
    uint32_t device = HF_CRYPTO_DEVICE_NONE;
    hf_buffer secret;
    int rc = hf_request_take(rq, HF_SHARED_SECRET_LEN_MAX, &secret);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_key_find_device(rq, kdf, HF_KEY_SECRET, &device);
    if (rc == HF_OK) {
        rc = make_secret(rq, &secret);
    }
    if (rc == HF_OK) {
        const hf_crypto_key key = { .type = HF_KEY_SECRET,
                                    .material = hf_request_bytes(&secret) };
        rc = derive(rq, device, &key, out);
    }
    hf_wipe(secret.data, secret.size);
    return rc;
}

int hf_derive_work(hf_request *rq)
{
    const wish w = wish_of(rq);
    hf_buffer material;
    rq->scratch.len = 0;
    int rc = hf_request_take(rq, rq->meta.len, &material);
    if (rc == HF_OK) {
        rc = hf_request_parse_key(rq);
    }
    if (rc != HF_OK) {
        return rc;
    }
    if (w.source == 0) {
        rc = derive(rq, rq->device, &rq->leases[0].key, &material);
    } else if (w.kdf == 0) {
        rc = make_secret(rq, &material);
    } else {
        rc = derive_from_secret(rq, w.kdf, &material);
    }
    if (rc != HF_OK) {
        return rc;
    }
    answer(rq, 0, w.is_exported ? hf_request_bytes(&material) : hf_bytes_of(NULL, 0));
    return hf_request_check_fits(rq);
}

/* ---- finish ---- */

int hf_derive_finish(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wish w = wish_of(rq);
    hf_handle handle;
    if (w.is_exported) {
        return HF_OK;
    }
    int rc = hf_new_key_put(rq, w.key.store, hf_bytes_of(rq->scratch.data, rq->meta.len),
                            &handle);
    if (rc == HF_OK) {
        answer(rq, handle, hf_bytes_of(NULL, 0));
    }
    return rc;
}
