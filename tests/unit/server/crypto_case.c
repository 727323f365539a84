/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * See crypto_case.h.
 */
#include "crypto_case.h"

#include <string.h>

static const uint8_t zeros[256];

void case_key_make(peer *p, uint32_t type, uint32_t flags)
{
    uint8_t material[HF_CFG_KEY_SMALL_SIZE];
    const hf_key_type_info *info = hf_key_type_find(type);
    if (HF_KEY_CLASS(type) != HF_CLASS_SECRET) {
        assert_status(HF_OK, CALL(p, key_generate, NULL, .handle = CASE_KEY, .type = type,
                                  .flags = flags, .store = 1));
        return;
    }
    /* Always the same: under one key in 256, zeros would end with a right padding. */
    size_t len = info->raw_len_min == info->raw_len_max ? info->raw_len_max : 32;
    assert_true(len <= sizeof material);
    for (size_t i = 0; i < len; i++) {
        material[i] = (uint8_t)(i * 13u + 1u);
    }
    assert_status(HF_OK, CALL(p, key_import, NULL, .handle = CASE_KEY, .type = type,
                              .flags = flags, .store = 1,
                              .material = hf_bytes_of(material, len)));
}

static int uses_step(fixture *f, uint64_t set_to, uint64_t *value)
{
    hf_nvm *nvm = &f->server.nvm;
    const hf_metadata meta = { .id = hf_id_make(HF_KIND_SYSTEM, CASE_OWNER, CASE_KEY) };
    uint8_t payload[8];
    int rc = hf_nvm_lock(nvm);
    if (rc != HF_OK) {
        return rc;
    }
    if (set_to != 0) {
        hf_put_u64(payload, set_to);
        rc = hf_nvm_put_unchecked(nvm, &meta, hf_bytes_of(payload, sizeof payload));
    }
    if (rc == HF_OK && hf_nvm_get_counter(nvm, meta.id, value) == HF_ERR_NOTFOUND) {
        *value = 0;
    }
    return hf_nvm_unlock(nvm, rc, NULL);
}

uint64_t case_uses(fixture *f, uint64_t set_to)
{
    uint64_t value = 0;
    int rc = uses_step(f, set_to, &value);
    if (rc == HF_ERR_AGAIN) {
        assert_status(HF_OK, hf_server_make_room(&f->server));
        rc = uses_step(f, set_to, &value);
    }
    assert_status(HF_OK, rc);
    return value;
}

/* ---- operations ---- */

static size_t mac_len_of(const case_op *op)
{
    return op->mac_len != 0 ? op->mac_len : hf_algorithm_find(op->algorithm)->output_len;
}

static hf_bytes data(void)
{
    return hf_bytes_of(zeros, CASE_DATA_LEN);
}

static void stream_end(peer *p, int started, uint16_t stream)
{
    if (started == HF_OK) {
        int rc = CALL(p, stream_finish, NULL, .stream = stream);
        assert_true(rc == HF_OK || rc == HF_ERR_VERIFY || rc == HF_ERR_RANGE);
    }
}

static int mac_operate(peer *p, const case_op *op)
{
    if (op->is_stream) {
        hf_mac_start_response out;
        int rc = CALL(p, mac_start, &out, .handle = CASE_KEY, .algorithm = op->algorithm,
                      .affinity = op->affinity, .mac_len = op->mac_len,
                      .nonce = op->nonce, .is_verify = op->is_backward);
        stream_end(p, rc, out.stream);
        return rc;
    }
    if (op->is_backward) {
        return CALL(p, mac_verify, NULL, .handle = CASE_KEY, .algorithm = op->algorithm,
                    .affinity = op->affinity, .mac_len = op->mac_len, .nonce = op->nonce,
                    .mac = hf_bytes_of(zeros, mac_len_of(op)), .data = data());
    }
    return CALL(p, mac_generate, NULL, .handle = CASE_KEY, .algorithm = op->algorithm,
                .affinity = op->affinity, .mac_len = op->mac_len, .nonce = op->nonce,
                .data = data());
}

static int cipher_operate(peer *p, const case_op *op)
{
    if (op->is_stream) {
        hf_cipher_start_response out;
        int rc =
            CALL(p, cipher_start, &out, .handle = CASE_KEY, .algorithm = op->algorithm,
                 .affinity = op->affinity, .tag_len = op->mac_len, .nonce = op->nonce,
                 .is_decrypt = op->is_backward);
        stream_end(p, rc, out.stream);
        return rc;
    }
    if (op->is_backward) {
        return CALL(p, decrypt, NULL, .handle = CASE_KEY, .algorithm = op->algorithm,
                    .affinity = op->affinity, .tag_len = op->mac_len, .nonce = op->nonce,
                    .tag = hf_bytes_of(zeros, mac_len_of(op)), .ciphertext = data());
    }
    return CALL(p, encrypt, NULL, .handle = CASE_KEY, .algorithm = op->algorithm,
                .affinity = op->affinity, .tag_len = op->mac_len, .nonce = op->nonce,
                .plaintext = data());
}

int case_operate(peer *p, const case_op *op)
{
    bool is_mac = hf_algorithm_find(op->algorithm)->class == HF_CLASS_MAC;
    return is_mac ? mac_operate(p, op) : cipher_operate(p, op);
}

int case_passed(const case_op *op)
{
    const hf_algorithm *row = hf_algorithm_find(op->algorithm);
    if (!op->is_backward || op->is_stream) {
        return HF_OK;
    }
    /* Without a MAC of its own, what was never encrypted is found by padding or integrity
     * value, if there is one. */
    bool is_open = row->id == HF_ALG_AES_ECB || row->id == HF_ALG_AES_CBC ||
                   row->id == HF_ALG_AES_CTR || row->id == HF_ALG_AES_XTS;
    return is_open ? HF_OK : HF_ERR_VERIFY;
}

/* ---- rows ---- */

uint32_t case_type_of(const hf_algorithm *row)
{
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        if (hf_algorithm_fits(row, info->type, false) &&
            hf_algorithm_fits(row, info->type, true) &&
            info->raw_len_max <= HF_CFG_KEY_SMALL_SIZE) {
            return info->type;
        }
    }
    return 0;
}

hf_bytes case_nonce_of(size_t len)
{
    assert_true(len <= sizeof zeros);
    return hf_bytes_of(zeros, len);
}

hf_bytes case_nonce(const hf_algorithm *row)
{
    return case_nonce_of(row->nonce_len);
}
