/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY: keys. Making and converting material is work; giving a new key its number and
 * putting it into the keystore is one step behind it. An export is allowed and leased
 * in one step, and its bytes are encoded behind it. Everything else is one step. Wrapping
 * is in wrap.c, derivation and agreement in derive.c.
 */
#include "server/handlers/key.h"

#include "server/handlers/handlers.h"
#include "server/handlers/list.h"
#include "server/handlers/lms.h"

/* ---- what new keys have in common ---- */

int hf_new_key_check(const hf_new_key *key)
{
    const hf_key_type_info *info = hf_key_type_find(key->type);
    if (info == NULL) {
        return HF_ERR_TYPE;
    }
    if ((key->flags & HF_USAGE_MASK & ~info->usages) != 0) {
        return HF_ERR_USAGE;
    }
    if (key->store && (key->flags & HF_FLAG_EPHEMERAL) != 0) {
        return HF_ERR_ARG;
    }
    return HF_OK;
}

int hf_new_key_admit(hf_request *rq, const hf_new_key *key)
{
    int rc = hf_request_form_id(rq, HF_KIND_KEY, key->handle, true, &rq->id);
    return rc == HF_OK ? hf_new_key_check(key) : rc;
}

/* Check what can be checked before the material is there, choose who makes it, and fill
 * in the metadata. `more` are flags that the server sets. */
static int admit(hf_request *rq, const hf_new_key *key, uint32_t more)
{
    int rc = hf_new_key_admit(rq, key);
    if (rc == HF_OK) {
        rc = hf_request_select_device(rq, HF_ALG_NONE, key->type, HF_AFFINITY_ANY);
    }
    if (rc == HF_OK) {
        hf_request_set_meta(rq, key->flags | more, key->access, key->label);
        rq->meta.type = key->type;
    }
    return rc;
}

/* May the session replace, store or destroy this key? HF_ERR_NOTFOUND: there is none. An
 * uncommitted key may hide a stored one, which is changed, too. */
static int check_change(hf_request *rq, hf_id id) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    bool is_stored;
    int rc = hf_keystore_get_metadata(&rq->server->keystore, id, &meta, &is_stored);
    if (rc == HF_OK) {
        rc = hf_request_check_access(rq, &meta, true);
    }
    if (rc != HF_OK || !is_stored) {
        return rc;
    }
    rc = hf_nvm_get_metadata(nvm, id, &meta);
    return rc == HF_OK ? hf_request_check_access(rq, &meta, true) : rc;
}

int hf_new_key_put(hf_request *rq, bool store, hf_bytes raw, hf_handle *handle)
{
    hf_nvm_assert_held(&rq->server->nvm);
    hf_keystore *ks = &rq->server->keystore;
    hf_metadata meta = rq->meta;
    int rc;
    if (hf_id_number(meta.id) == 0) {
        rc = hf_keystore_assign_id(ks, hf_id_owner(meta.id), &meta.id);
    } else {
        rc = check_change(rq, meta.id);
        rc = rc == HF_ERR_NOTFOUND ? HF_OK : rc;
    }
    if (rc == HF_OK) {
        rc = hf_keystore_import(ks, &meta, raw, store);
    }
    *handle = hf_handle_of(meta.id);
    return rc;
}

/* For any algorithm but HF_ALG_NONE: of this key type; HF_ALG_NONE: keys of the type. */
static bool can_serve(const hf_crypto_device *device, uint16_t algorithm,
                      uint32_t key_type)
{
    const hf_crypto_device_config *config = &device->config;
    if (algorithm == HF_ALG_NONE) {
        return config->ops->is_key_supported != NULL &&
               config->ops->is_key_supported(config->context, key_type);
    }
    return config->ops->is_supported != NULL &&
           config->ops->is_supported(config->context, algorithm, key_type);
}

int hf_key_find_device(const hf_request *rq, uint16_t algorithm, uint32_t key_type,
                       uint32_t *device)
{
    const hf_crypto *crypto = &rq->server->crypto;
    if (rq->device < crypto->device_count &&
        can_serve(&crypto->devices[rq->device], algorithm, key_type)) {
        *device = rq->device;
        return HF_OK;
    }
    for (uint32_t i = 0; i < crypto->device_count; i++) {
        if (!crypto->devices[i].config.is_exclusive &&
            can_serve(&crypto->devices[i], algorithm, key_type)) {
            *device = i;
            return HF_OK;
        }
    }
    return hf_crypto_select(crypto, algorithm, key_type, HF_AFFINITY_ANY, device);
}

uint32_t hf_key_room_max(void)
{
    size_t room = 0;
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        room = info->raw_len_max > room ? info->raw_len_max : room;
        room = info->der_len_max > room ? info->der_len_max : room;
    }
    return (uint32_t)room;
}

/* ---- import ---- */

static uint32_t import_room(const hf_request *rq)
{
    return (uint32_t)hf_crypto_key_len_max(rq->in.key_import.type, HF_FORMAT_RAW);
}

/* A password is made slow to guess, and so to use. */
static hf_cost import_cost(const hf_request *rq)
{
    const hf_key_import_request *in = &rq->in.key_import;
    return in->format == HF_FORMAT_ENCRYPTED ? HF_COST_SLOW
                                             : hf_request_cost(in->type, 0);
}

static int import_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_new_key key = HF_NEW_KEY_OF(&rq->in.key_import);
    /* Its indexes may have been used elsewhere (SP 800-208 7). */
    if (hf_key_is_stateful(key.type)) {
        return HF_ERR_TYPE;
    }
    return hf_lms_is_family(key.type) ? hf_lms_import_prepare(rq) : admit(rq, &key, 0);
}

static int import_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_key_import_request *in = &rq->in.key_import;
    if (hf_lms_is_family(in->type)) {
        return hf_lms_import_work(rq);
    }
    const hf_crypto_key encoded = { .type = in->type, .material = in->material };
    rq->scratch.len = 0;
    const hf_key_encoding encoding = { .format = in->format, .password = in->password };
    return hf_crypto_import(&rq->server->crypto, rq->device, &encoded, &encoding,
                            &rq->scratch);
}

static int import_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    return hf_new_key_put(rq, rq->in.key_import.store != 0,
                          hf_request_bytes(&rq->scratch), &rq->out.key_import.handle);
}

/* ---- generate ---- */

static uint32_t generate_room(const hf_request *rq)
{
    uint32_t type = rq->in.key_generate.type;
    return hf_key_is_stateful(type)
               ? hf_lms_generate_room(type)
               : (uint32_t)hf_crypto_key_len_max(type, HF_FORMAT_RAW);
}

static hf_cost generate_cost(const hf_request *rq)
{
    uint32_t type = rq->in.key_generate.type;
    return hf_key_is_stateful(type) ? hf_lms_generate_cost(type)
                                    : hf_request_cost(type, 0);
}

static int generate_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_new_key key = HF_NEW_KEY_OF(&rq->in.key_generate);
    if (HF_KEY_CLASS(key.type) == HF_CLASS_PUBLIC) {
        return HF_ERR_TYPE;
    }
    return hf_key_is_stateful(key.type) ? hf_lms_generate_prepare(rq)
                                        : admit(rq, &key, HF_FLAG_LOCAL);
}

static int generate_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    if (hf_key_is_stateful(rq->in.key_generate.type)) {
        return hf_lms_generate_work(rq);
    }
    rq->scratch.len = 0;
    return hf_crypto_generate(&rq->server->crypto, rq->device, rq->in.key_generate.type,
                              &rq->scratch);
}

static int generate_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    if (hf_key_is_stateful(rq->in.key_generate.type)) {
        return hf_lms_generate_finish(rq);
    }
    return hf_new_key_put(rq, rq->in.key_generate.store != 0,
                          hf_request_bytes(&rq->scratch), &rq->out.key_generate.handle);
}

/* ---- export ---- */

/* Of the largest key of any type: which one it is, only prepare can tell. */
static uint32_t export_room(const hf_request *rq)
{
    (void)rq;
    return hf_key_room_max();
}

static hf_cost lease_cost(const hf_request *rq)
{
    return hf_request_cost(rq->leases[0].key.type, 0);
}

/* Lease a key for an export: no usage is asked for. */
static int lease(hf_request *rq, hf_handle handle) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = hf_request_form_id(rq, HF_KIND_KEY, handle, false, &rq->id);
    if (rc != HF_OK) {
        return rc;
    }
    return hf_keystore_lease(&rq->server->keystore, rq->id, 0, &rq->leases[0]);
}

static int export_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_key_export_request *in = &rq->in.key_export;
    const hf_metadata *meta = &rq->leases[0].meta;
    int rc = lease(rq, in->handle);
    if (rc == HF_OK) {
        rc = hf_request_check_access(rq, meta, false);
    }
    if (rc != HF_OK) {
        return rc;
    }
    if ((meta->flags & (HF_FLAG_NONEXPORTABLE | HF_FLAG_SENSITIVE)) != 0) {
        return HF_ERR_ACCESS;
    }
    if ((meta->flags & HF_FLAG_REVOKED) != 0) {
        return HF_ERR_USAGE;
    }
    if (in->format == HF_FORMAT_RAW) {
        return HF_OK;
    }
    if (hf_crypto_key_len_max(meta->type, in->format) == 0) {
        return HF_ERR_TYPE;
    }
    return hf_request_select_device(rq, HF_ALG_NONE, meta->type, HF_AFFINITY_ANY);
}

static int export_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_lease *leased = &rq->leases[0];
    uint16_t format = rq->in.key_export.format;
    int rc;
    rq->scratch.len = 0;
    if (format == HF_FORMAT_RAW) {
        rc = hf_buffer_append(&rq->scratch, leased->key.material);
    } else {
        rc = hf_crypto_export(&rq->server->crypto, rq->device, &leased->key, format,
                              &rq->scratch);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.key_export = (hf_key_export_response){
        .type = leased->meta.type,
        .flags = leased->meta.flags,
        .label = hf_request_label(&leased->meta),
        .material = hf_request_bytes(&rq->scratch),
    };
    return hf_request_check_fits(rq);
}

/* ---- export of the public part ---- */

/* The raw point, and its encoding behind it. */
static uint32_t export_public_room(const hf_request *rq)
{
    return 2u * export_room(rq);
}

static int export_public_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_metadata *meta = &rq->leases[0].meta;
    int rc = lease(rq, rq->in.key_export_public.handle);
    if (rc != HF_OK) {
        return rc;
    }
    if (hf_key_type_public(meta->type) == 0) {
        return HF_ERR_TYPE;
    }
    /* No usage is asked for, but a key that has none, or was revoked, does nothing. */
    if ((meta->flags & HF_USAGE_MASK) == 0) {
        return HF_ERR_USAGE;
    }
    /* The payload of a private key stays inside; that of a public key is what is asked
     * for. */
    if (HF_KEY_CLASS(meta->type) == HF_CLASS_PUBLIC) {
        rc = hf_request_check_access(rq, meta, false);
    }
    if (rc != HF_OK || hf_lms_is_family(meta->type)) {
        return rc;
    }
    return hf_request_select_device(rq, HF_ALG_NONE, meta->type, HF_AFFINITY_ANY);
}

static int export_public_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_crypto *crypto = &rq->server->crypto;
    const hf_crypto_key *key = &rq->leases[0].key;
    if (hf_lms_is_family(key->type)) {
        return hf_lms_export_public_work(rq);
    }
    hf_crypto_key public = { .type = hf_key_type_public(key->type) };
    hf_buffer raw;
    rq->scratch.len = 0;
    int rc = hf_request_take(rq, hf_crypto_key_len_max(public.type, HF_FORMAT_RAW), &raw);
    if (rc == HF_OK) {
        rc = hf_crypto_public_key(crypto, rq->device, key, &raw);
    }
    if (rc != HF_OK) {
        return rc;
    }
    public.material = hf_request_bytes(&raw);
    rq->out.key_export_public.type = public.type;
    rq->out.key_export_public.material = public.material;
    if (rq->in.key_export_public.format != HF_FORMAT_RAW) {
        hf_buffer encoded;
        uint16_t format = rq->in.key_export_public.format;
        rc = hf_request_take(rq, hf_crypto_key_len_max(public.type, format), &encoded);
        if (rc == HF_OK) {
            rc = hf_crypto_export(crypto, rq->device, &public, format, &encoded);
        }
        rq->out.key_export_public.material = hf_request_bytes(&encoded);
    }
    return rc == HF_OK ? hf_request_check_fits(rq) : rc;
}

/* ---- one step ---- */

static int info_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_metadata meta;
    bool is_stored;
    int rc = hf_request_form_id(rq, HF_KIND_KEY, rq->in.key_info.handle, false, &rq->id);
    if (rc == HF_OK) {
        rc = hf_keystore_get_metadata(&rq->server->keystore, rq->id, &meta, &is_stored);
    }
    if (rc != HF_OK) {
        return rc;
    }
    rq->out.key_info = (hf_key_info_response){
        .type = meta.type,
        .flags = meta.flags,
        .access = meta.access,
        .generation = is_stored ? meta.generation : 0,
        .is_stored = is_stored ? 1 : 0,
        .label = hf_request_label(&meta),
    };
    return HF_OK;
}

static uint32_t list_room(const hf_request *rq)
{
    return hf_list_page_room(rq, rq->in.key_list.count_max);
}

static int list_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_key_list_request *in = &rq->in.key_list;
    hf_list_page page;
    int rc = hf_list_page_read(rq, HF_KIND_KEY, in->cursor, in->count_max, &page);
    if (rc == HF_OK) {
        rq->out.key_list = (hf_key_list_response){ .cursor = page.cursor,
                                                   .generation = page.generation,
                                                   .entries = page.entries };
    }
    return rc;
}

/* The id of an existing key that the session may change, into rq->id. */
static int find(hf_request *rq, hf_handle handle) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = hf_request_form_id(rq, HF_KIND_KEY, handle, true, &rq->id);
    return rc == HF_OK ? check_change(rq, rq->id) : rc;
}

/* Storing a key for the first time replaces nothing: then its own access bits do not
 * matter. */
static int commit_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    hf_nvm *nvm = &rq->server->nvm;
    hf_nvm_assert_held(nvm);
    hf_handle handle = rq->in.key_commit.handle;
    int rc = hf_request_form_id(rq, HF_KIND_KEY, handle, true, &rq->id);
    if (rc == HF_OK && hf_nvm_has(nvm, rq->id)) {
        rc = check_change(rq, rq->id);
    }
    return rc == HF_OK ? hf_keystore_commit(&rq->server->keystore, rq->id) : rc;
}

static int evict_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = find(rq, rq->in.key_evict.handle);
    return rc == HF_OK ? hf_keystore_evict(&rq->server->keystore, rq->id) : rc;
}

static int erase_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = find(rq, rq->in.key_erase.handle);
    return rc == HF_OK ? hf_keystore_erase(&rq->server->keystore, rq->id) : rc;
}

static int revoke_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    int rc = find(rq, rq->in.key_revoke.handle);
    return rc == HF_OK ? hf_keystore_revoke(&rq->server->keystore, rq->id) : rc;
}

const hf_handler hf_handlers_key[] = {
    { .kind = HF_REQ_key_import,
      .name = "key_import",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = import_cost,
      .room = import_room,
      .prepare = import_prepare,
      .work = import_work,
      .finish = import_finish },
    { .kind = HF_REQ_key_generate,
      .name = "key_generate",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = generate_cost,
      .room = generate_room,
      .prepare = generate_prepare,
      .work = generate_work,
      .finish = generate_finish },
    { .kind = HF_REQ_key_export,
      .name = "key_export",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = lease_cost,
      .room = export_room,
      .prepare = export_prepare,
      .work = export_work },
    { .kind = HF_REQ_key_export_public,
      .name = "key_export_public",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = lease_cost,
      .room = export_public_room,
      .prepare = export_public_prepare,
      .work = export_public_work },
    { .kind = HF_REQ_key_info,
      .name = "key_info",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = info_prepare },
    { .kind = HF_REQ_key_list,
      .name = "key_list",
      .permission = HF_PERMISSION_IDENTITY,
      .room = list_room,
      .prepare = list_prepare },
    { .kind = HF_REQ_key_commit,
      .name = "key_commit",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = commit_prepare },
    { .kind = HF_REQ_key_evict,
      .name = "key_evict",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = evict_prepare },
    { .kind = HF_REQ_key_erase,
      .name = "key_erase",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = erase_prepare },
    { .kind = HF_REQ_key_revoke,
      .name = "key_revoke",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = revoke_prepare },
    { .kind = HF_REQ_key_wrap,
      .name = "key_wrap",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_wrap_cost,
      .room = hf_wrap_key_room,
      .prepare = hf_wrap_key_prepare,
      .work = hf_wrap_key_work },
    { .kind = HF_REQ_key_unwrap,
      .name = "key_unwrap",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_wrap_cost,
      .room = hf_unwrap_key_room,
      .prepare = hf_unwrap_key_prepare,
      .work = hf_unwrap_key_work,
      .finish = hf_unwrap_key_finish },
    { .kind = HF_REQ_key_wrap_data,
      .name = "key_wrap_data",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_wrap_cost,
      .room = hf_wrap_data_room,
      .prepare = hf_wrap_data_prepare,
      .work = hf_wrap_data_work },
    { .kind = HF_REQ_key_unwrap_data,
      .name = "key_unwrap_data",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_wrap_cost,
      .room = hf_unwrap_data_room,
      .prepare = hf_unwrap_data_prepare,
      .work = hf_unwrap_data_work },
    { .kind = HF_REQ_key_derive,
      .name = "key_derive",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_derive_cost,
      .room = hf_derive_room,
      .prepare = hf_derive_prepare,
      .work = hf_derive_work,
      .finish = hf_derive_finish },
    { .kind = HF_REQ_key_agree,
      .name = "key_agree",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_derive_cost,
      .room = hf_derive_room,
      .prepare = hf_derive_prepare,
      .work = hf_derive_work,
      .finish = hf_derive_finish },
    { .kind = HF_REQ_key_encapsulate,
      .name = "key_encapsulate",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_derive_cost,
      .room = hf_derive_room,
      .prepare = hf_derive_prepare,
      .work = hf_derive_work,
      .finish = hf_derive_finish },
    { .kind = HF_REQ_key_decapsulate,
      .name = "key_decapsulate",
      .permission = HF_PERMISSION_IDENTITY,
      .cost = hf_derive_cost,
      .room = hf_derive_room,
      .prepare = hf_derive_prepare,
      .work = hf_derive_work,
      .finish = hf_derive_finish },
    { .kind = HF_REQ_key_signatures_left,
      .name = "key_signatures_left",
      .permission = HF_PERMISSION_IDENTITY,
      .prepare = hf_signatures_left_prepare },
};
const size_t hf_handlers_key_count = sizeof(hf_handlers_key) / sizeof(hf_handlers_key[0]);
