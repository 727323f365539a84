/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * What the requests of the group KEY share that make a key (import, generate, unwrap,
 * derive, agree, encapsulate, decapsulate), and the functions of those rows of its table
 * that are written in files of their own. Private to src/server/handlers.
 */
#ifndef HF_SERVER_HANDLERS_KEY_H
#define HF_SERVER_HANDLERS_KEY_H

#include "server/request.h"

/* What a request says of a key that it wants to make. */
typedef struct hf_new_key {
    hf_handle handle; /* number 0: to be assigned */
    uint32_t type;    /* HF_KEY_TYPE */
    uint32_t flags;   /* HF_FLAG_*, HF_USAGE_* */
    uint16_t access;  /* HF_ACCESS_* */
    const hf_label *label;
    bool store;
} hf_new_key;

/* Of a request whose fields are those of the catalogue's new_key. */
#define HF_NEW_KEY_OF(in)                                                                \
    ((hf_new_key){ .handle = (in)->handle,                                               \
                   .type = (in)->type,                                                   \
                   .flags = (in)->flags,                                                 \
                   .access = (in)->access,                                               \
                   .label = &(in)->label,                                                \
                   .store = (in)->store != 0 })

/* HF_OK, HF_ERR_TYPE (no such type), HF_ERR_USAGE (a usage makes no sense for the type),
 * HF_ERR_ARG (EPHEMERAL and to be stored). Constants only. */
int hf_new_key_check(const hf_new_key *key) HF_MUST_CHECK;

/* The check, and the key's id into rq->id: also what hf_request_form_id returns. */
int hf_new_key_admit(hf_request *rq, const hf_new_key *key) HF_MUST_CHECK;

/*
 * Number the key of rq->meta if it has none, and put it into the cache, and with `store`
 * into the store: in finish.
 *
 * raw     its material.
 * handle  out: what it is named by.
 *
 * HF_OK, HF_ERR_ACCESS (it would replace what the session must not change), and what
 * hf_keystore_assign_id and hf_keystore_import return.
 */
int hf_new_key_put(hf_request *rq, bool store, hf_bytes raw, hf_handle *handle)
    HF_REQUIRES(hf_tsa_nvm) HF_MUST_CHECK;

/* A private key of which each signature uses up a part: it has one place, and never
 * leaves it (SP 800-208 7). */
static inline bool hf_key_is_stateful(uint32_t type)
{
    return HF_KEY_FAMILY(type) == HF_FAMILY_LMS && HF_KEY_CLASS(type) == HF_CLASS_PRIVATE;
}

/* A device for a second operation of the request, beside that of rq->device: that one if
 * it can, else the first that serves many requests at a time and can, else the first that
 * can. As hf_crypto_select. */
int hf_key_find_device(const hf_request *rq, uint16_t algorithm, uint32_t key_type,
                       uint32_t *device) HF_MUST_CHECK;

/* Room, in bytes, for the raw material, or any encoding, of the largest key. */
uint32_t hf_key_room_max(void);

/* derive.c: key_derive, key_agree, key_encapsulate, key_decapsulate */
uint32_t hf_derive_room(const hf_request *rq);
hf_cost hf_derive_cost(const hf_request *rq);
int hf_derive_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_derive_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
int hf_derive_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);

/* wrap.c: key_wrap, key_unwrap, key_wrap_data, key_unwrap_data */
hf_cost hf_wrap_cost(const hf_request *rq);
uint32_t hf_wrap_key_room(const hf_request *rq);
int hf_wrap_key_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_wrap_key_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_unwrap_key_room(const hf_request *rq);
int hf_unwrap_key_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_unwrap_key_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
int hf_unwrap_key_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
uint32_t hf_wrap_data_room(const hf_request *rq);
int hf_wrap_data_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_wrap_data_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);
uint32_t hf_unwrap_data_room(const hf_request *rq);
int hf_unwrap_data_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm);
int hf_unwrap_data_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm);

#endif
