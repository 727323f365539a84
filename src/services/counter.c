/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Counters over the store's counter objects. A retired counter is such an object with
 * HF_FLAG_RETIRED: it keeps the last value, and everything here but create and purge
 * treats it as absent. Each function is part of one step, so read and write cannot be
 * separated.
 */
#include "holdfast/counter.h"

/* Retired counters that one call of hf_counter_next passes over under the lock. */
#define SKIPS_MAX 32u

static bool is_counter_id(hf_id id)
{
    return hf_id_is_valid(id) && hf_id_kind(id) == HF_KIND_COUNTER;
}

static bool is_retired(const hf_metadata *meta)
{
    return (meta->flags & HF_FLAG_RETIRED) != 0;
}

/* Metadata of a counter, retired or not. */
static int find(hf_nvm *nvm, hf_id id, hf_metadata *meta)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    return is_counter_id(id) ? hf_nvm_get_metadata(nvm, id, meta) : HF_ERR_NOTFOUND;
}

static int put(hf_nvm *nvm, const hf_metadata *meta, uint64_t value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    uint8_t payload[sizeof(value)];
    hf_put_u64(payload, value);
    return hf_nvm_put_unchecked(nvm, meta, hf_bytes_of(payload, sizeof(payload)));
}

/* The lowest value that a counter may begin with where one was retired. */
static int raise_above_retired(hf_nvm *nvm, hf_id id, uint64_t *value)
    HF_REQUIRES(nvm->lock, hf_tsa_nvm)
{
    uint64_t last;
    int rc = hf_nvm_get_counter(nvm, id, &last);
    if (rc != HF_OK) {
        return rc;
    }
    if (last == UINT64_MAX) {
        return HF_ERR_OVERFLOW;
    }
    if (*value <= last) {
        *value = last + 1u;
    }
    return HF_OK;
}

int hf_counter_create(hf_nvm *nvm, const hf_metadata *meta, uint64_t *value)
{
    hf_nvm_assert_held(nvm);
    if (!is_counter_id(meta->id) || (meta->flags & ~HF_FLAG_NONDESTROYABLE) != 0) {
        return HF_ERR_ARG;
    }
    uint64_t first = *value;
    hf_metadata old;
    int rc = hf_nvm_get_metadata(nvm, meta->id, &old);
    if (rc == HF_OK) {
        rc =
            is_retired(&old) ? raise_above_retired(nvm, meta->id, &first) : HF_ERR_EXISTS;
    } else if (rc == HF_ERR_NOTFOUND) {
        rc = HF_OK;
    }
    if (rc != HF_OK) {
        return rc;
    }
    hf_metadata counter = *meta;
    counter.type = 0;
    rc = put(nvm, &counter, first);
    if (rc == HF_OK) {
        *value = first;
    }
    return rc;
}

int hf_counter_increment(hf_nvm *nvm, hf_id id, uint64_t by, uint64_t *value)
{
    hf_nvm_assert_held(nvm);
    if (by == 0) {
        return HF_ERR_ARG;
    }
    uint64_t present;
    int rc = hf_counter_read(nvm, id, &present);
    if (rc != HF_OK) {
        return rc;
    }
    if (by > UINT64_MAX - present) {
        return HF_ERR_OVERFLOW;
    }
    rc = hf_nvm_set_counter(nvm, id, present + by);
    if (rc == HF_OK) {
        *value = present + by;
    }
    return rc;
}

int hf_counter_read(hf_nvm *nvm, hf_id id, uint64_t *value)
{
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    int rc = hf_counter_get_metadata(nvm, id, &meta);
    return rc == HF_OK ? hf_nvm_get_counter(nvm, id, value) : rc;
}

int hf_counter_destroy(hf_nvm *nvm, hf_id id)
{
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    uint64_t last;
    int rc = hf_counter_get_metadata(nvm, id, &meta);
    if (rc == HF_OK && (meta.flags & HF_FLAG_NONDESTROYABLE) != 0) {
        rc = HF_ERR_ACCESS;
    }
    if (rc == HF_OK) {
        rc = hf_nvm_get_counter(nvm, id, &last);
    }
    if (rc != HF_OK) {
        return rc;
    }
    /* Only the value outlives the counter: its label and access were the owner's. */
    hf_metadata retired = { .id = id, .flags = HF_FLAG_RETIRED };
    return put(nvm, &retired, last);
}

int hf_counter_purge(hf_nvm *nvm, hf_id id)
{
    hf_nvm_assert_held(nvm);
    hf_metadata meta;
    int rc = find(nvm, id, &meta);
    if (rc == HF_OK && !is_retired(&meta)) {
        rc = HF_ERR_NOTFOUND;
    }
    return rc == HF_OK ? hf_nvm_destroy_unchecked(nvm, id) : rc;
}

int hf_counter_get_metadata(hf_nvm *nvm, hf_id id, hf_metadata *meta)
{
    hf_nvm_assert_held(nvm);
    hf_metadata found;
    int rc = find(nvm, id, &found);
    if (rc == HF_OK && is_retired(&found)) {
        rc = HF_ERR_NOTFOUND;
    }
    if (rc == HF_OK) {
        *meta = found;
    }
    return rc;
}

int hf_counter_next(hf_nvm *nvm, hf_id after, hf_id last, hf_metadata *meta)
{
    hf_nvm_assert_held(nvm);
    const hf_id first_counter = hf_id_make(HF_KIND_COUNTER, 0, 0);
    const hf_id last_counter = hf_id_make(HF_KIND_COUNTER, HF_OWNER_MAX, HF_NUMBER_MAX);
    after = after < first_counter ? first_counter : after;
    last = last > last_counter ? last_counter : last;
    for (uint32_t i = 0; i < SKIPS_MAX; i++) {
        if (after >= last) {
            return HF_ERR_NOTFOUND;
        }
        int rc = hf_nvm_next(nvm, after, last, meta);
        if (rc != HF_OK || !is_retired(meta)) {
            return rc;
        }
        after = meta->id;
    }
    return HF_ERR_AGAIN;
}
