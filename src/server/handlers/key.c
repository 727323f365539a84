/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * KEY: keys. Making and converting material is work; giving a new key its number and
 * putting it into the keystore is one step behind it. An export is allowed and leased
 * in one step, and its bytes are encoded behind it. Everything else is one step.
 */
#include "server/handlers/handlers.h"
#include "server/handlers/list.h"
#include "server/request.h"

/* ---- what new keys have in common ---- */

/* What a request wants to make. */
typedef struct new_key {
    hf_handle handle;
    uint32_t type;
    uint32_t flags;
    bool store;
} new_key;

static int check_new(const new_key *key)
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

/* Check what can be checked before the material is there, and choose who makes it. */
static int admit(hf_request *rq, const new_key *key)
{
    int rc = hf_request_form_id(rq, HF_KIND_KEY, key->handle, true, &rq->id);
    if (rc == HF_OK) {
        rc = check_new(key);
    }
    if (rc == HF_OK) {
        rc = hf_request_select_device(rq, HF_ALG_NONE, key->type, HF_AFFINITY_ANY);
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

/* Number the key of rq->meta if it has none, and put it in place; its material is in
 * scratch. */
static int put(hf_request *rq, bool store, hf_handle *handle) HF_REQUIRES(hf_tsa_nvm)
{
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
        rc = hf_keystore_import(ks, &meta, hf_request_bytes(&rq->scratch), store);
    }
    *handle = hf_handle_of(meta.id);
    return rc;
}

/* ---- import ---- */

static uint32_t import_room(const hf_request *rq)
{
    return (uint32_t)hf_crypto_key_len_max(rq->in.key_import.type, HF_FORMAT_RAW);
}

static hf_cost import_cost(const hf_request *rq)
{
    return hf_request_cost(rq->in.key_import.type, 0);
}

static int import_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_key_import_request *in = &rq->in.key_import;
    const new_key key = { in->handle, in->type, in->flags, in->store != 0 };
    int rc = admit(rq, &key);
    if (rc != HF_OK) {
        return rc;
    }
    hf_request_set_meta(rq, in->flags, in->access, &in->label);
    rq->meta.type = in->type;
    return HF_OK;
}

static int import_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    const hf_key_import_request *in = &rq->in.key_import;
    const hf_crypto_key encoded = { .type = in->type, .material = in->material };
    rq->scratch.len = 0;
    const hf_key_encoding encoding = { .format = in->format, .password = in->password };
    return hf_crypto_import(&rq->server->crypto, rq->device, &encoded, &encoding,
                            &rq->scratch);
}

static int import_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    return put(rq, rq->in.key_import.store != 0, &rq->out.key_import.handle);
}

/* ---- generate ---- */

static uint32_t generate_room(const hf_request *rq)
{
    return (uint32_t)hf_crypto_key_len_max(rq->in.key_generate.type, HF_FORMAT_RAW);
}

static hf_cost generate_cost(const hf_request *rq)
{
    return hf_request_cost(rq->in.key_generate.type, 0);
}

static int generate_prepare(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    const hf_key_generate_request *in = &rq->in.key_generate;
    const new_key key = { in->handle, in->type, in->flags, in->store != 0 };
    if (HF_KEY_CLASS(in->type) == HF_CLASS_PUBLIC) {
        return HF_ERR_TYPE;
    }
    int rc = admit(rq, &key);
    if (rc == HF_OK) {
        hf_request_set_meta(rq, in->flags | HF_FLAG_LOCAL, in->access, &in->label);
        rq->meta.type = in->type;
    }
    return rc;
}

static int generate_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    rq->scratch.len = 0;
    return hf_crypto_generate(&rq->server->crypto, rq->device, rq->in.key_generate.type,
                              &rq->scratch);
}

static int generate_finish(hf_request *rq) HF_REQUIRES(hf_tsa_nvm)
{
    return put(rq, rq->in.key_generate.store != 0, &rq->out.key_generate.handle);
}

/* ---- export ---- */

/* Of the largest key of any type: which one it is, only prepare can tell. */
static uint32_t export_room(const hf_request *rq)
{
    (void)rq;
    size_t room = 0;
    const hf_key_type_info *info;
    for (size_t i = 0; (info = hf_key_type_at(i)) != NULL; i++) {
        room = info->raw_len_max > room ? info->raw_len_max : room;
        room = info->der_len_max > room ? info->der_len_max : room;
    }
    return (uint32_t)room;
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
    /* The payload of a private key stays inside; that of a public key is what is asked
     * for. */
    if (HF_KEY_CLASS(meta->type) == HF_CLASS_PUBLIC) {
        rc = hf_request_check_access(rq, meta, false);
    }
    if (rc != HF_OK) {
        return rc;
    }
    return hf_request_select_device(rq, HF_ALG_NONE, meta->type, HF_AFFINITY_ANY);
}

static int export_public_work(hf_request *rq) HF_EXCLUDES(hf_tsa_nvm)
{
    hf_crypto *crypto = &rq->server->crypto;
    const hf_crypto_key *key = &rq->leases[0].key;
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
};
const size_t hf_handlers_key_count = sizeof(hf_handlers_key) / sizeof(hf_handlers_key[0]);
