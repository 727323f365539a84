/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * LMS keys: see lms.h. The rows of key.c and signature.c come here when a key is of that
 * family; what it means is lms_service.h's.
 *
 * A signature has all three parts of a row. prepare checks everything that can be wrong
 * with the request before it reserves an index, since each costs a part of the key's
 * life. What passes from part to part is an hf_lms_job, kept as bytes at the beginning of
 * the scratch.
 */
#include "server/handlers/lms.h"

#include <string.h>

#include "holdfast/lms_service.h"
#include "server/handlers/key.h"

#define FORCED_FLAGS                                                                     \
    (HF_FLAG_NONMODIFIABLE | HF_FLAG_NONEXPORTABLE | HF_FLAG_SENSITIVE | HF_FLAG_LOCAL)

static hf_lms_engine engine_of(const hf_request *rq)
{
    return (hf_lms_engine){ .crypto = &rq->server->crypto, .device = rq->device };
}

/* The device that hashes: where nobody wishes otherwise, one that serves many requests at
 * a time, since thousands of short operations would keep all others out of an exclusive
 * one. */
static int select_hash(hf_request *rq, uint16_t hash, uint32_t key_flags, uint16_t asked)
{
    uint16_t affinity;
    int rc = hf_request_choose_affinity(rq, key_flags, asked, &affinity);
    if (rc == HF_OK && affinity == HF_AFFINITY_ANY) {
        return hf_request_find_device(rq, hash, &rq->device);
    }
    return rc == HF_OK ? hf_request_select_for_key(rq, hash, 0, key_flags, asked) : rc;
}

/* ---- generate ---- */

uint32_t hf_lms_generate_room(uint32_t key_type)
{
    hf_hss_params params;
    if (hf_lms_type_params(key_type, &params) != HF_OK) {
        return 0;
    }
    return (uint32_t)(hf_hss_private_len(&params) + hf_lms_tree_len(&params));
}

/* Trees of height 5 take as long as an RSA key. */
hf_cost hf_lms_generate_cost(uint32_t key_type)
{
    hf_hss_params params;
    bool is_long = hf_lms_type_params(key_type, &params) == HF_OK &&
                   hf_lms_set_find(params.levels[0].lms_type)->height > 5;
    return is_long ? HF_COST_LONG : HF_COST_SLOW;
}

/* A key in its place would lend it its count of uses. */
static int check_absent(hf_request *rq, hf_id id) HF_REQUIRES(hf_tsa_nvm)
{
    hf_metadata meta;
    if (hf_id_number(id) == 0) {
        return HF_OK;
    }
    int rc = hf_keystore_get_metadata(&rq->server->keystore, id, &meta, NULL);
    if (rc == HF_ERR_NOTFOUND) {
        return HF_OK;
    }
    return rc == HF_OK ? HF_ERR_EXISTS : rc;
}

int hf_lms_generate_prepare(hf_request *rq)
{
    const hf_new_key key = HF_NEW_KEY_OF(&rq->in.key_generate);
    hf_nvm_assert_held(&rq->server->nvm);
    int rc = hf_new_key_admit(rq, &key);
    if (rc == HF_OK && !key.store) {
        rc = HF_ERR_ARG; /* its indexes must survive */
    }
    if (rc == HF_OK) {
        rc = check_absent(rq, rq->id);
    }
    if (rc == HF_OK) {
        rc = select_hash(rq, HF_ALG_SHA256, key.flags, HF_AFFINITY_ANY);
    }
    if (rc == HF_OK) {
        hf_request_set_meta(rq, key.flags | FORCED_FLAGS, key.access, key.label);
        rq->meta.type = key.type;
    }
    return rc;
}

int hf_lms_generate_work(hf_request *rq)
{
    const hf_lms_engine engine = engine_of(rq);
    hf_hss_params params;
    hf_buffer private_key;
    hf_buffer tree;
    uint8_t secret[HF_LMS_ID_SIZE + HF_LMS_HASH_SIZE_MAX];
    rq->scratch.len = 0;
    int rc = hf_lms_type_params(rq->meta.type, &params);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, hf_hss_private_len(&params), &private_key);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, hf_lms_tree_len(&params), &tree);
    }
    if (rc != HF_OK) {
        return rc;
    }
    hf_buffer entropy = hf_buffer_of(secret, hf_hss_entropy_len(&params));
    rc = hf_request_random(rq, &entropy);
    if (rc == HF_OK) {
        rc = hf_lms_generate(&engine, &params, hf_request_bytes(&entropy), &private_key,
                             &tree);
    }
    hf_wipe(secret, sizeof(secret));
    return rc;
}

int hf_lms_generate_finish(hf_request *rq)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_hss_params params;
    hf_handle handle;
    hf_id id = 0;
    int rc = check_absent(rq, rq->id);
    if (rc == HF_OK) {
        rc = hf_lms_type_params(rq->meta.type, &params);
    }
    if (rc != HF_OK) {
        return rc;
    }
    const size_t private_len = hf_hss_private_len(&params);
    rc = hf_new_key_put(rq, true, hf_bytes_of(rq->scratch.data, private_len), &handle);
    if (rc == HF_OK) {
        rc = hf_request_form_id(rq, HF_KIND_KEY, handle, true, &id);
    }
    if (rc == HF_OK) {
        rc = hf_lms_put_tree(
            nvm, id,
            hf_bytes_of(rq->scratch.data + private_len, hf_lms_tree_len(&params)));
    }
    rq->out.key_generate.handle = handle;
    return rc;
}

/* ---- public keys ---- */

int hf_lms_import_prepare(hf_request *rq)
{
    const hf_new_key key = HF_NEW_KEY_OF(&rq->in.key_import);
    if (key.type != HF_KEY_LMS_PUBLIC || rq->in.key_import.format != HF_FORMAT_RAW) {
        return HF_ERR_TYPE;
    }
    int rc = hf_new_key_admit(rq, &key);
    if (rc == HF_OK) {
        hf_request_set_meta(rq, key.flags, key.access, key.label);
        rq->meta.type = key.type;
    }
    return rc;
}

int hf_lms_take_public(hf_bytes material, hf_buffer *raw)
{
    int rc = hf_hss_check_public(material);
    return rc == HF_OK ? hf_buffer_append(raw, material) : rc;
}

int hf_lms_import_work(hf_request *rq)
{
    rq->scratch.len = 0;
    return hf_lms_take_public(rq->in.key_import.material, &rq->scratch);
}

/* Append the public key of a private or public one. */
static int public_of(const hf_crypto_key *key, hf_buffer *out)
{
    return hf_key_is_stateful(key->type) ? hf_hss_public_of_private(key->material, out)
                                         : hf_buffer_append(out, key->material);
}

int hf_lms_export_public_work(hf_request *rq)
{
    if (rq->in.key_export_public.format != HF_FORMAT_RAW) {
        return HF_ERR_TYPE;
    }
    rq->scratch.len = 0;
    int rc = public_of(&rq->leases[0].key, &rq->scratch);
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.key_export_public =
        (hf_key_export_public_response){ .type = HF_KEY_LMS_PUBLIC,
                                         .material = hf_request_bytes(&rq->scratch) };
    return hf_request_check_fits(rq);
}

/* ---- signatures left ---- */

int hf_signatures_left_prepare(hf_request *rq)
{
    hf_keystore *ks = &rq->server->keystore;
    hf_nvm_assert_held(&rq->server->nvm);
    hf_hss_params params;
    hf_metadata meta;
    uint64_t left = 0;
    int rc = hf_request_form_id(rq, HF_KIND_KEY, rq->in.key_signatures_left.handle, false,
                                &rq->id);
    if (rc == HF_OK) {
        rc = hf_keystore_get_metadata(ks, rq->id, &meta, NULL);
    }
    if (rc == HF_OK) {
        rc = hf_lms_type_params(meta.type, &params);
    }
    if (rc != HF_OK) {
        return rc;
    }
    const uint64_t count = hf_hss_signature_count(&params);
    rc = hf_keystore_indexes_left(ks, rq->id, count, &left);
    rq->out.key_signatures_left =
        (hf_key_signatures_left_response){ .count = left, .count_max = count };
    return rc;
}

/* ---- sign ---- */

/* Of the bytes of the job in scratch, so that what follows keeps its alignment. */
#define JOB_LEN ((sizeof(hf_lms_job) + 15u) / 16u * 16u)

static hf_lms_job job_get(const hf_request *rq)
{
    hf_lms_job job;
    memcpy(&job, rq->scratch.data, sizeof(job));
    return job;
}

static void job_set(hf_request *rq, const hf_lms_job *job)
{
    memcpy(rq->scratch.data, job, sizeof(*job));
}

/* The parameters that other algorithms take. */
#define HAS_PARAMETERS(in)                                                               \
    ((in)->format != 0 || (in)->hash != 0 || (in)->mgf_hash != 0 ||                      \
     (in)->salt_len != 0 || (in)->is_digest != 0 || (in)->is_deterministic != 0 ||       \
     (in)->context.len != 0)

uint32_t hf_lms_sign_room(void)
{
    return (uint32_t)JOB_LEN + HF_LMS_SIGNATURE_LEN_MAX + HF_LMS_JOB_ROOM_MAX;
}

int hf_lms_sign_prepare(hf_request *rq)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_lease *lease = &rq->leases[0];
    hf_lms_job job = { .index = 0 };
    hf_buffer parts[3]; /* job, signature, the job's room */
    if (HAS_PARAMETERS(&rq->in.sign)) {
        return HF_ERR_RANGE;
    }
    int rc = hf_lms_type_params(lease->meta.type, &job.params);
    if (rc != HF_OK) {
        return rc;
    }
    const size_t lens[3] = { JOB_LEN, hf_hss_signature_len(&job.params),
                             hf_lms_job_room(&job.params) };
    for (size_t i = 0; i < 3 && rc == HF_OK; i++) {
        rc = hf_request_take(rq, lens[i], &parts[i]);
    }
    if (rc == HF_OK) {
        rc = select_hash(rq, HF_ALG_SHA256, lease->meta.flags, rq->in.sign.affinity);
    }
    if (rc == HF_OK) {
        rc = hf_keystore_reserve_index(&rq->server->keystore, lease,
                                       hf_hss_signature_count(&job.params), &job.index);
    }
    if (rc == HF_OK) {
        rc = hf_lms_read(nvm, rq->id, &job, parts[2]);
    }
    if (rc == HF_OK) {
        job_set(rq, &job);
        rq->wants_durable = true;
    }
    return rc;
}

int hf_lms_sign_work(hf_request *rq)
{
    const hf_lms_engine engine = engine_of(rq);
    hf_lms_job job = job_get(rq);
    hf_buffer signature =
        hf_buffer_of(rq->scratch.data + JOB_LEN, hf_hss_signature_len(&job.params));
    int rc = hf_lms_sign(&engine, rq->leases[0].key.material, &job, rq->in.sign.data,
                         &signature);
    job_set(rq, &job);
    rq->out.sign.signature = hf_request_bytes(&signature);
    return rc;
}

int hf_lms_sign_finish(hf_request *rq)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_lms_job job = job_get(rq);
    return hf_lms_has_built(&job) ? hf_lms_keep(nvm, &job) : HF_OK;
}

/* ---- verify ---- */

int hf_lms_verify_prepare(hf_request *rq)
{
    const hf_lease *lease = &rq->leases[0];
    uint16_t hash = HF_ALG_SHA256;
    if (HAS_PARAMETERS(&rq->in.verify)) {
        return HF_ERR_RANGE;
    }
    if (!hf_key_is_stateful(lease->meta.type)) {
        hash = hf_hss_public_algorithm(lease->key.material);
    }
    if (hash == HF_ALG_NONE) {
        return HF_ERR_KEY;
    }
    return select_hash(rq, hash, lease->meta.flags, rq->in.verify.affinity);
}

int hf_lms_verify_work(hf_request *rq)
{
    const hf_lms_engine engine = engine_of(rq);
    uint8_t bytes[HF_HSS_PUBLIC_LEN_MAX];
    hf_buffer public_key = hf_buffer_of(bytes, sizeof(bytes));
    int rc = public_of(&rq->leases[0].key, &public_key);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_hss_verify(&engine, hf_request_bytes(&public_key), rq->in.verify.data,
                         rq->in.verify.signature);
}
