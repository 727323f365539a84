/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY: wrapping of keys and of data. The key that wraps (KEK) and the one that is wrapped
 * are leased in one hold, in which everything that their flags say is checked; the bytes
 * are made outside (wrap.h). Nothing of a blob is used before all of it is
 * authenticated.
 *
 * leases[0] is the KEK, leases[1] the key that leaves. The material of a key that comes
 * in stands at the beginning of scratch, rq->meta.len bytes, from work to finish.
 */
#include "holdfast/wrap.h"

#include <string.h>

#include "server/handlers/crypto.h"
#include "server/handlers/key.h"
#include "server/handlers/lms.h"

/* ---- what the four requests have in common ---- */

typedef struct wrapping {
    hf_handle kek;
    uint16_t algorithm, hash, mgf_hash, affinity;
    bool is_backward;
} wrapping;

#define WRAPPING_OF(in)                                                                  \
    ((wrapping){ .kek = (in)->kek,                                                       \
                 .algorithm = (in)->algorithm,                                           \
                 .hash = (in)->hash,                                                     \
                 .mgf_hash = (in)->mgf_hash,                                             \
                 .affinity = (in)->affinity })

static wrapping wrapping_of(const hf_request *rq)
{
    wrapping w = { .algorithm = HF_ALG_WRAP_AES_GCM }; /* the only form of data */
    switch (rq->handler->kind) {
    case HF_REQ_key_wrap:
        return WRAPPING_OF(&rq->in.key_wrap);
    case HF_REQ_key_unwrap:
        w = WRAPPING_OF(&rq->in.key_unwrap);
        w.is_backward = true;
        return w;
    case HF_REQ_key_wrap_data:
        w.kek = rq->in.key_wrap_data.kek;
        w.affinity = rq->in.key_wrap_data.affinity;
        return w;
    default:
        w.kek = rq->in.key_unwrap_data.kek;
        w.affinity = rq->in.key_unwrap_data.affinity;
        w.is_backward = true;
        return w;
    }
}

static const hf_algorithm *row_of(const wrapping *w)
{
    return hf_algorithm_find_class(w->algorithm, HF_CLASS_WRAP);
}

/* Does the form carry what the key is, authenticated? */
static bool has_metadata(const wrapping *w)
{
    return w->algorithm == HF_ALG_WRAP_AES_GCM;
}

/* Bytes that are wrapped or unwrapped. */
static size_t input_len(const hf_request *rq)
{
    switch (rq->handler->kind) {
    case HF_REQ_key_wrap:
        return rq->leases[1].key.material.len;
    case HF_REQ_key_unwrap:
        return rq->in.key_unwrap.wrapped.len;
    case HF_REQ_key_wrap_data:
        return rq->in.key_wrap_data.data.len;
    default:
        return rq->in.key_unwrap_data.wrapped.len;
    }
}

/* The type of the key that is encoded or checked; 0: of none. What a blob says of itself
 * is not authenticated, and good enough to choose a queue by. */
static uint32_t converted_type(const hf_request *rq, const wrapping *w)
{
    const hf_key_unwrap_request *in = &rq->in.key_unwrap;
    hf_metadata blob = { .type = 0 };
    if (rq->handler->kind == HF_REQ_key_wrap) {
        return has_metadata(w) ? 0 : rq->leases[1].key.type;
    }
    if (rq->handler->kind != HF_REQ_key_unwrap) {
        return 0;
    }
    bool is_told = has_metadata(w) && hf_wrap_get_key_header(in->wrapped, &blob) == HF_OK;
    return is_told ? blob.type : in->type;
}

hf_cost hf_wrap_cost(const hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    const hf_algorithm *row = row_of(&w);
    if (row == NULL) {
        return HF_COST_QUICK;
    }
    if (hf_request_cost(converted_type(rq, &w), 0) == HF_COST_SLOW) {
        return HF_COST_SLOW;
    }
    return hf_request_use_cost(row->parts[0], rq->leases[0].key.type, w.is_backward,
                               input_len(rq));
}

/* Lease the KEK, if it may be used so, and choose the device for its part. */
static int lease_kek(hf_request *rq, const wrapping *w) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_algorithm *row = NULL;
    int rc = hf_key_use_lease(rq,
                              &(hf_key_use){ .handle = w->kek,
                                             .algorithm = w->algorithm,
                                             .affinity = w->affinity,
                                             .classes = HF_CLASS_BIT(WRAP),
                                             .is_backward = w->is_backward },
                              &row);
    if (rc != HF_OK) {
        return rc;
    }
    if ((row->traits & HF_TRAIT_HASH) == 0 && (w->hash != 0 || w->mgf_hash != 0)) {
        return HF_ERR_RANGE;
    }
    const hf_metadata *meta = &rq->leases[0].meta;
    return hf_request_select_for_key(rq, row->parts[0], meta->type, meta->flags,
                                     w->affinity);
}

/* The devices for the parts, in work. */
static int find_parts(hf_request *rq, const wrapping *w, hf_wrap *wrap)
{
    *wrap = (hf_wrap){ .crypto = &rq->server->crypto,
                       .row = row_of(w),
                       .kek = &rq->leases[0].key,
                       .device = rq->device,
                       .hash = w->hash,
                       .mgf_hash = w->mgf_hash };
    if (wrap->row->parts[1] == HF_ALG_NONE) {
        return HF_OK;
    }
    int rc =
        hf_key_find_device(rq, wrap->row->parts[1], HF_KEY_AES_256, &wrap->part_device);
    if (rc != HF_OK || w->is_backward) {
        return rc;
    }
    return hf_key_find_device(rq, HF_ALG_NONE, HF_KEY_AES_256, &wrap->key_device);
}

/* Begin work: nothing in scratch, the KEK in its device's own form. */
static int begin(hf_request *rq, const wrapping *w, hf_wrap *wrap) HF_EXCLUDES(hf_tsa_nvm)
{
    int rc = hf_key_use_begin(rq);
    return rc == HF_OK ? find_parts(rq, w, wrap) : rc;
}

/* Seal with a new nonce. */
static int seal(hf_request *rq, const hf_wrap *wrap, hf_bytes header, hf_bytes data,
                hf_buffer *out) HF_EXCLUDES(hf_tsa_nvm)
{
    uint8_t bytes[HF_WRAP_NONCE_LEN];
    hf_buffer nonce = hf_buffer_of(bytes, sizeof(bytes));
    int rc = hf_request_random(rq, &nonce);
    return rc == HF_OK ? hf_wrap_seal(wrap, header, hf_request_bytes(&nonce), data, out)
                       : rc;
}

/* The own form uses AES-GCM with random nonces: its limit is that of the row. */
static int count_use(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    return hf_key_use_count(rq, hf_algorithm_find(HF_ALG_AES_GCM), false);
}

/* ---- key_wrap ---- */

/* The largest key, encoded, and its wrapped form. */
uint32_t hf_wrap_key_room(const hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    const hf_algorithm *row = row_of(&w);
    uint32_t most = hf_key_room_max();
    if (row == NULL) {
        return 0;
    }
    return most + (uint32_t)hf_wrap_len_max(row, 0, HF_WRAP_KEY_HEADER_LEN, most);
}

/* May this key leave under this KEK, in this form? */
static int check_wrapped(const hf_request *rq, const wrapping *w)
{
    const hf_metadata *kek = &rq->leases[0].meta;
    const hf_metadata *key = &rq->leases[1].meta;
    int rc = hf_request_check_access(rq, key, false);
    if (rc != HF_OK) {
        return rc;
    }
    if (key->id == kek->id) {
        return HF_ERR_ARG;
    }
    if ((key->flags & HF_USAGE_MASK) == 0) {
        return HF_ERR_USAGE; /* revoked, or never usable */
    }
    if (hf_key_is_stateful(key->type) ||
        (!has_metadata(w) && HF_KEY_CLASS(key->type) == HF_CLASS_PUBLIC)) {
        return HF_ERR_TYPE;
    }
    if ((key->flags & HF_FLAG_NONEXPORTABLE) != 0 &&
        (kek->flags & HF_FLAG_TRUSTED) == 0) {
        return HF_ERR_ACCESS;
    }
    /* A copy that could be given other usages would open what the key has wrapped. */
    return (key->flags & HF_FLAG_TRUSTED) != 0 && !has_metadata(w) ? HF_ERR_ACCESS
                                                                   : HF_OK;
}

int hf_wrap_key_prepare(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wrapping w = wrapping_of(rq);
    hf_id id;
    int rc = hf_request_form_id(rq, HF_KIND_KEY, rq->in.key_wrap.handle, false, &id);
    if (rc == HF_OK) {
        rc = lease_kek(rq, &w);
    }
    if (rc == HF_OK) {
        rc = hf_keystore_lease(&rq->server->keystore, id, 0, &rq->leases[1]);
    }
    if (rc == HF_OK) {
        rc = check_wrapped(rq, &w);
    }
    if (rc != HF_OK || !has_metadata(&w)) {
        return rc;
    }
    /* An answer that cannot be sent must not count as a use of the KEK. */
    size_t len = hf_wrap_len_max(row_of(&w), 0, HF_WRAP_KEY_HEADER_LEN, input_len(rq));
    rc = hf_request_check_room(rq, HF_RESPONSE_FIXED_LEN(key_wrap), len);
    return rc == HF_OK ? count_use(rq) : rc;
}

static int wrap_own(hf_request *rq, const hf_wrap *wrap, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm)
{
    uint8_t header[HF_WRAP_KEY_HEADER_LEN];
    hf_wrap_put_key_header(&rq->leases[1].meta, header);
    return seal(rq, wrap, hf_bytes_of(header, sizeof(header)), rq->leases[1].key.material,
                out);
}

/* Raw of a secret key, PKCS#8 of a private one, which is gone then. */
static int wrap_plain(hf_request *rq, const hf_wrap *wrap, hf_buffer *out)
    HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_crypto_key *key = &rq->leases[1].key;
    uint32_t device;
    hf_buffer encoded;
    if (HF_KEY_CLASS(key->type) == HF_CLASS_SECRET) {
        return hf_wrap_encrypt(wrap, key->material, out);
    }
    int rc = hf_key_find_device(rq, HF_ALG_NONE, key->type, &device);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, hf_crypto_key_len_max(key->type, HF_FORMAT_DER),
                             &encoded);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_crypto_export(&rq->server->crypto, device, key, HF_FORMAT_DER, &encoded);
    if (rc == HF_OK) {
        rc = hf_wrap_encrypt(wrap, hf_request_bytes(&encoded), out);
    }
    hf_wipe(encoded.data, encoded.size);
    return rc;
}

int hf_wrap_key_work(hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    hf_wrap wrap;
    hf_buffer out;
    int rc = begin(rq, &w, &wrap);
    if (rc == HF_OK) {
        size_t len = hf_wrap_len_max(wrap.row, wrap.kek->type, HF_WRAP_KEY_HEADER_LEN,
                                     hf_key_room_max());
        rc = hf_request_take(rq, len, &out);
    }
    if (rc == HF_OK) {
        rc = has_metadata(&w) ? wrap_own(rq, &wrap, &out) : wrap_plain(rq, &wrap, &out);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.key_wrap = (hf_key_wrap_response){ .type = rq->leases[1].key.type,
                                               .wrapped = hf_request_bytes(&out) };
    return hf_request_check_fits(rq);
}

/* ---- key_unwrap ---- */

/* The raw material, and what is decrypted. */
uint32_t hf_unwrap_key_room(const hf_request *rq)
{
    return hf_key_room_max() + (uint32_t)rq->in.key_unwrap.wrapped.len;
}

/* In a form without metadata the request says what the key is. Under a TRUSTED KEK there
 * may be a NONEXPORTABLE key in it, so that is what it stays. */
static int admit_plain(hf_request *rq, const hf_new_key *key)
{
    uint32_t flags = key->flags;
    if (HF_KEY_CLASS(key->type) == HF_CLASS_PUBLIC || hf_key_is_stateful(key->type)) {
        return HF_ERR_TYPE;
    }
    if ((rq->leases[0].meta.flags & HF_FLAG_TRUSTED) != 0) {
        flags |= HF_FLAG_NONEXPORTABLE | HF_FLAG_SENSITIVE;
    }
    hf_request_set_meta(rq, flags, key->access, key->label);
    rq->meta.type = key->type;
    return hf_new_key_check(key);
}

int hf_unwrap_key_prepare(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wrapping w = wrapping_of(rq);
    const hf_new_key key = HF_NEW_KEY_OF(&rq->in.key_unwrap);
    hf_id id = 0;
    int rc = hf_request_form_id(rq, HF_KIND_KEY, key.handle, true, &id);
    if (rc == HF_OK) {
        rc = lease_kek(rq, &w);
    }
    if (rc == HF_OK) {
        rc = hf_request_check_stage(rq->in.key_unwrap.wrapped.len);
    }
    rq->id = id; /* not the KEK's, which leasing it has left there */
    if (rc == HF_OK && !has_metadata(&w)) {
        rc = admit_plain(rq, &key);
    }
    return rc;
}

static bool is_empty(const uint8_t *label)
{
    for (size_t i = 0; i < HF_LABEL_SIZE; i++) {
        if (label[i] != 0) {
            return false;
        }
    }
    return true;
}

/* What may only become less: all of what the blob has when the request names none. */
static int narrow(uint32_t from, uint32_t wanted, uint32_t mask, uint32_t *flags)
{
    if ((wanted & mask & ~from) != 0) {
        return HF_ERR_USAGE;
    }
    *flags |= (wanted & mask) != 0 ? wanted & mask : from & mask;
    return HF_OK;
}

/* The shortest MAC: the stricter one. 0 in the blob: only whole ones. */
static uint32_t narrow_mac_len(uint32_t from, uint32_t wanted)
{
    uint32_t ours = from & HF_MAC_LEN_MASK;
    uint32_t theirs = wanted & HF_MAC_LEN_MASK;
    return ours != 0 && theirs > ours ? theirs : ours;
}

#define ALLOWANCES (HF_POLICY_MASK & ~HF_FLAG_HARDWARE)
#define RESTRICTIONS                                                                     \
    (HF_FLAG_NONMODIFIABLE | HF_FLAG_NONDESTROYABLE | HF_FLAG_NONEXPORTABLE |            \
     HF_FLAG_SENSITIVE | HF_FLAG_EPHEMERAL | HF_FLAG_HARDWARE)

/* The key is what its blob says; the request may take away from what it can do, and add
 * restrictions and a label. */
static int merge(hf_request *rq, const hf_metadata *blob)
{
    const hf_key_unwrap_request *in = &rq->in.key_unwrap;
    uint32_t flags = (blob->flags | in->flags) & RESTRICTIONS;
    flags |= narrow_mac_len(blob->flags, in->flags);
    if (hf_key_is_stateful(blob->type) || (in->type != 0 && in->type != blob->type)) {
        return HF_ERR_TYPE;
    }
    int rc = narrow(blob->flags, in->flags, HF_USAGE_MASK, &flags);
    if (rc == HF_OK) {
        rc = narrow(blob->flags, in->flags, ALLOWANCES, &flags);
    }
    if (rc != HF_OK) {
        return rc;
    }
    const hf_new_key key = { .type = blob->type,
                             .flags = flags,
                             .store = in->store != 0 };
    hf_request_set_meta(rq, flags, in->access | blob->access, &in->label);
    rq->meta.type = blob->type;
    if (is_empty(rq->meta.label)) {
        memcpy(rq->meta.label, blob->label, HF_LABEL_SIZE);
    }
    return hf_new_key_check(&key);
}

/* Decrypt, and learn how the material is encoded and what the key is. */
static int open_blob(hf_request *rq, const wrapping *w, const hf_wrap *wrap,
                     hf_buffer *plain, uint16_t *format) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_bytes wrapped = rq->in.key_unwrap.wrapped;
    hf_metadata blob;
    if (!has_metadata(w)) {
        bool is_secret = HF_KEY_CLASS(rq->meta.type) == HF_CLASS_SECRET;
        *format = is_secret ? HF_FORMAT_RAW : HF_FORMAT_DER;
        return hf_wrap_decrypt(wrap, wrapped, plain);
    }
    *format = HF_FORMAT_RAW;
    int rc = hf_wrap_get_key_header(wrapped, &blob);
    if (rc == HF_OK) {
        rc = hf_wrap_open(wrap, HF_WRAP_KEY_HEADER_LEN, wrapped, plain);
    }
    return rc == HF_OK ? merge(rq, &blob) : rc;
}

/* As an import: a blob may come from somebody who knows the KEK. */
static int import(hf_request *rq, uint16_t format, hf_bytes plain, hf_buffer *raw)
    HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_crypto_key encoded = { .type = rq->meta.type, .material = plain };
    const hf_key_encoding encoding = { .format = format };
    uint32_t device;
    if (hf_lms_is_family(rq->meta.type)) {
        return hf_lms_take_public(plain, raw); /* merge has refused private ones */
    }
    int rc = hf_key_find_device(rq, HF_ALG_NONE, rq->meta.type, &device);
    return rc == HF_OK
               ? hf_crypto_import(&rq->server->crypto, device, &encoded, &encoding, raw)
               : rc;
}

int hf_unwrap_key_work(hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    uint16_t format = HF_FORMAT_RAW;
    hf_wrap wrap;
    hf_buffer raw;
    hf_buffer plain;
    int rc = begin(rq, &w, &wrap);
    if (rc == HF_OK) {
        rc = hf_request_take(rq, hf_key_room_max(), &raw);
    }
    if (rc == HF_OK) {
        rc = hf_request_take(rq, rq->in.key_unwrap.wrapped.len, &plain);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rc = open_blob(rq, &w, &wrap, &plain, &format);
    if (rc == HF_OK) {
        rc = import(rq, format, hf_request_bytes(&plain), &raw);
    }
    hf_wipe(plain.data, plain.size);
    rq->meta.len = (uint32_t)raw.len;
    return rc;
}

int hf_unwrap_key_finish(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    hf_handle handle;
    int rc = hf_new_key_put(rq, rq->in.key_unwrap.store != 0,
                            hf_bytes_of(rq->scratch.data, rq->meta.len), &handle);
    if (rc == HF_OK) {
        rq->out.key_unwrap = (hf_key_unwrap_response){ .handle = handle,
                                                       .type = rq->meta.type,
                                                       .flags = rq->meta.flags };
    }
    return rc;
}

/* ---- data ---- */

static size_t data_len(const hf_request *rq)
{
    return rq->in.key_wrap_data.data.len + HF_WRAP_DATA_HEADER_LEN + HF_WRAP_SEAL_LEN;
}

uint32_t hf_wrap_data_room(const hf_request *rq)
{
    return hf_room_of(rq, data_len(rq), HF_RESPONSE_FIXED_LEN(key_wrap_data));
}

int hf_wrap_data_prepare(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wrapping w = wrapping_of(rq);
    int rc = lease_kek(rq, &w);
    if (rc == HF_OK) {
        rc =
            hf_request_check_room(rq, HF_RESPONSE_FIXED_LEN(key_wrap_data), data_len(rq));
    }
    return rc == HF_OK ? count_use(rq) : rc;
}

int hf_wrap_data_work(hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    uint8_t header[HF_WRAP_DATA_HEADER_LEN];
    hf_wrap wrap;
    hf_wrap_put_data_header(header);
    int rc = begin(rq, &w, &wrap);
    if (rc == HF_OK) {
        rc = seal(rq, &wrap, hf_bytes_of(header, sizeof(header)),
                  rq->in.key_wrap_data.data, &rq->scratch);
    }
    rq->out.key_wrap_data.wrapped = hf_request_bytes(&rq->scratch);
    return rc;
}

uint32_t hf_unwrap_data_room(const hf_request *rq)
{
    return (uint32_t)rq->in.key_unwrap_data.wrapped.len;
}

int hf_unwrap_data_prepare(hf_request *rq)
{
    hf_nvm_assert_held(&rq->server->nvm);
    const wrapping w = wrapping_of(rq);
    int rc = lease_kek(rq, &w);
    return rc == HF_OK ? hf_request_check_stage(rq->in.key_unwrap_data.wrapped.len) : rc;
}

int hf_unwrap_data_work(hf_request *rq)
{
    const wrapping w = wrapping_of(rq);
    hf_bytes wrapped = rq->in.key_unwrap_data.wrapped;
    hf_wrap wrap;
    int rc = begin(rq, &w, &wrap);
    if (rc == HF_OK) {
        rc = hf_wrap_check_data_header(wrapped);
    }
    if (rc == HF_OK) {
        rc = hf_wrap_open(&wrap, HF_WRAP_DATA_HEADER_LEN, wrapped, &rq->scratch);
    }
    rq->out.key_unwrap_data.data = hf_request_bytes(&rq->scratch);
    return rc;
}
