/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * The store of the store's tests; see store.h.
 */
#include "store.h"

#include <stdio.h>

static store *store_of(void *context)
{
    return (store *)context;
}

static const hf_nvm_device_ops *below(const store *s)
{
    return s->ram.device.ops;
}

static void op_geometry(void *context, hf_nvm_geometry *geometry)
{
    *geometry = store_of(context)->options.geometry;
}

static int op_read(void *context, hf_nvm_address at, uint8_t *data, size_t len)
{
    store *s = store_of(context);
    s->read_count++;
    return s->fail_read ? HF_ERR_IO : below(s)->read(&s->ram, at, data, len);
}

static int op_program(void *context, hf_nvm_address at, const uint8_t *data, size_t len)
{
    store *s = store_of(context);
    s->program_count++;
    s->violation_count += s->is_locked ? 1u : 0u;
    const uint8_t *old =
        s->medium + at.region * s->options.geometry.region_size + at.offset;
    for (size_t i = 0; i < len; i++) {
        if (old[i] != s->options.geometry.erased) {
            s->violation_count++;
            break;
        }
    }
    return s->fail_program ? HF_ERR_IO : below(s)->program(&s->ram, at, data, len);
}

static int op_erase(void *context, uint32_t region)
{
    store *s = store_of(context);
    size_t size = (size_t)s->options.geometry.region_size;
    s->erase_count++;
    s->violation_count += s->is_locked ? 1u : 0u;
    if (s->fail_erase) {
        return HF_ERR_IO;
    }
    memset(s->synced + region * size, s->options.geometry.erased, size);
    return below(s)->erase(&s->ram, region);
}

static int op_sync(void *context)
{
    store *s = store_of(context);
    s->sync_count++;
    s->violation_count += s->is_locked ? 1u : 0u;
    if (s->fail_sync) {
        return HF_ERR_IO;
    }
    memcpy(s->synced, s->medium, sizeof s->medium);
    return HF_OK;
}

static int op_scrub(void *context, hf_nvm_address at, size_t len)
{
    store *s = store_of(context);
    s->scrub_count++;
    s->violation_count += s->is_locked ? 1u : 0u;
    return below(s)->scrub(&s->ram, at, len);
}

static int lock_init(void *context, const void *config)
{
    (void)config;
    store_of(context)->is_locked = false;
    return HF_OK;
}

static int lock_cleanup(void *context)
{
    (void)context;
    return HF_OK;
}

static int lock_acquire(void *context)
{
    store *s = store_of(context);
    if (s->fail_lock) {
        return HF_ERR_ABORTED;
    }
    s->violation_count += s->is_locked ? 1u : 0u;
    s->is_locked = true;
    return HF_OK;
}

static int lock_release(void *context)
{
    store *s = store_of(context);
    s->violation_count += s->is_locked ? 0u : 1u;
    s->is_locked = false;
    return HF_OK;
}

static const hf_lock_ops lock_ops = {
    .init = lock_init,
    .cleanup = lock_cleanup,
    .acquire = lock_acquire,
    .release = lock_release,
};

store_options store_defaults(void)
{
    return (store_options){ .geometry = { .region_count = 2,
                                          .granule_size = 8,
                                          .region_size = 16384,
                                          .erased = 0xFF },
                            .buffer_size = 2048,
                            .object_count = STORE_OBJECT_COUNT };
}

void store_create(store *s, const store_options *options)
{
    memset(s, 0, sizeof *s);
    s->options = *options;
    memset(s->medium, options->geometry.erased, sizeof s->medium);
    memset(s->synced, options->geometry.erased, sizeof s->synced);
    assert_int_equal(hf_nvm_ram_init(&s->ram, s->medium, &options->geometry), HF_OK);
    s->ops = (hf_nvm_device_ops){ .geometry = op_geometry,
                                  .read = op_read,
                                  .program = op_program,
                                  .erase = op_erase,
                                  .sync = op_sync,
                                  .scrub = options->is_without_scrub ? NULL : op_scrub };
    s->device = (hf_nvm_device){ .ops = &s->ops, .context = s };
    s->lock = (hf_lock_config){ .ops = &lock_ops, .context = s };
    assert_int_equal(store_open(s), HF_OK);
}

int store_open(store *s)
{
    memset(s->index, 0xA5, sizeof s->index);
    memset(s->buffer, 0xA5, sizeof s->buffer);
    memset(&s->nvm, 0xA5, sizeof s->nvm);
    return hf_nvm_init(
        &s->nvm,
        &(hf_nvm_config){ .device = &s->device,
                          .lock = &s->lock,
                          .index_memory = s->index,
                          .index_size = HF_NVM_INDEX_SIZE(s->options.object_count),
                          .log_buffer = s->buffer,
                          .log_buffer_size = s->options.buffer_size,
                          .format = true });
}

void store_reopen(store *s)
{
    assert_int_equal(hf_nvm_cleanup(&s->nvm), HF_OK);
    assert_int_equal(store_open(s), HF_OK);
    assert_int_equal(s->violation_count, 0);
}

void store_crash(store *s)
{
    assert_int_equal(store_open(s), HF_OK);
    assert_int_equal(s->violation_count, 0);
}

void store_cut(store *s)
{
    memcpy(s->medium, s->synced, sizeof s->medium);
    store_crash(s);
}

hf_id data_id(uint32_t number)
{
    return hf_id_make(HF_KIND_DATA, 7, number);
}

hf_id key_id(uint32_t number)
{
    return hf_id_make(HF_KIND_KEY, 7, number);
}

hf_id counter_id(uint32_t number)
{
    return hf_id_make(HF_KIND_COUNTER, 7, number);
}

static void lock(store *s) HF_ACQUIRE(s->nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&s->nvm), HF_OK);
}

static hf_metadata metadata_of(hf_id id, uint32_t flags)
{
    hf_metadata meta = { .id = id, .flags = flags, .type = 5, .access = 1 };
    snprintf((char *)meta.label, sizeof meta.label, "label %u", hf_id_number(id));
    return meta;
}

static int put_step(store *s, const hf_metadata *meta, hf_bytes data, hf_ticket *ticket)
{
    lock(s);
    int rc = hf_nvm_put_unchecked(&s->nvm, meta, data);
    return hf_nvm_unlock(&s->nvm, rc, ticket);
}

int put(store *s, hf_id id, const void *data, size_t len, hf_ticket *ticket)
{
    hf_metadata meta = metadata_of(id, 0);
    return put_step(s, &meta, hf_bytes_of(data, len), ticket);
}

int put_flags(store *s, hf_id id, uint32_t flags, const void *data, size_t len)
{
    hf_metadata meta = metadata_of(id, flags);
    return put_step(s, &meta, hf_bytes_of(data, len), NULL);
}

int destroy(store *s, hf_id id, hf_ticket *ticket)
{
    lock(s);
    int rc = hf_nvm_destroy_unchecked(&s->nvm, id);
    return hf_nvm_unlock(&s->nvm, rc, ticket);
}

int read_all(store *s, hf_id id, uint8_t *out, size_t size, size_t *len)
{
    hf_buffer buffer = hf_buffer_of(out, size);
    lock(s);
    int rc = hf_nvm_read_unchecked(&s->nvm, id, 0, &buffer);
    *len = buffer.len;
    return hf_nvm_unlock(&s->nvm, rc, NULL);
}

int get_counter(store *s, hf_id id, uint64_t *value)
{
    lock(s);
    int rc = hf_nvm_get_counter(&s->nvm, id, value);
    return hf_nvm_unlock(&s->nvm, rc, NULL);
}

int set_counter(store *s, hf_id id, uint64_t value)
{
    lock(s);
    int rc = hf_nvm_set_counter(&s->nvm, id, value);
    return hf_nvm_unlock(&s->nvm, rc, NULL);
}

int help(store *s, int cause)
{
    if (cause == HF_NVM_AGAIN_SYNC) {
        return hf_nvm_sync(&s->nvm, NULL);
    }
    bool more = true;
    int rc = HF_OK;
    for (int i = 0; more && rc == HF_OK; i++) {
        assert_true(i < 10000);
        rc = hf_nvm_clean_step(&s->nvm, true, &more);
    }
    return rc;
}

typedef int (*step)(store *s, hf_id id, hf_bytes data, uint64_t value);

static int run_patiently(store *s, step what, hf_id id, hf_bytes data, uint64_t value)
{
    for (int i = 0;; i++) {
        assert_true(i < 1000);
        lock(s);
        int rc = what(s, id, data, value);
        int cause = hf_nvm_again_cause(&s->nvm);
        rc = hf_nvm_unlock(&s->nvm, rc, NULL);
        if (rc == HF_ERR_AGAIN) {
            rc = help(s, cause);
            if (rc == HF_OK) {
                continue;
            }
        }
        return rc;
    }
}

static int step_put(store *s, hf_id id, hf_bytes data, uint64_t value)
    HF_REQUIRES(s->nvm.lock, hf_tsa_nvm)
{
    hf_metadata meta = metadata_of(id, 0);
    (void)value;
    return hf_nvm_put_unchecked(&s->nvm, &meta, data);
}

static int step_destroy(store *s, hf_id id, hf_bytes data, uint64_t value)
    HF_REQUIRES(s->nvm.lock, hf_tsa_nvm)
{
    (void)data;
    (void)value;
    return hf_nvm_destroy_unchecked(&s->nvm, id);
}

static int step_set_counter(store *s, hf_id id, hf_bytes data, uint64_t value)
    HF_REQUIRES(s->nvm.lock, hf_tsa_nvm)
{
    (void)data;
    return hf_nvm_set_counter(&s->nvm, id, value);
}

int put_patiently(store *s, hf_id id, const void *data, size_t len)
{
    return run_patiently(s, step_put, id, hf_bytes_of(data, len), 0);
}

int destroy_patiently(store *s, hf_id id)
{
    return run_patiently(s, step_destroy, id, hf_bytes_of(NULL, 0), 0);
}

int set_counter_patiently(store *s, hf_id id, uint64_t value)
{
    return run_patiently(s, step_set_counter, id, hf_bytes_of(NULL, 0), value);
}

bool exists(store *s, hf_id id)
{
    lock(s);
    bool has = hf_nvm_has(&s->nvm, id);
    assert_int_equal(hf_nvm_unlock(&s->nvm, HF_OK, NULL), HF_OK);
    return has;
}

void expect_content(store *s, hf_id id, const void *data, size_t len)
{
    static uint8_t out[16384];
    size_t got = 0;
    hf_metadata meta;
    assert_int_equal(read_all(s, id, out, sizeof out, &got), HF_OK);
    assert_int_equal(got, len);
    assert_memory_equal(out, data, len);
    lock(s);
    int rc = hf_nvm_get_metadata(&s->nvm, id, &meta);
    assert_int_equal(hf_nvm_unlock(&s->nvm, rc, NULL), HF_OK);
    hf_metadata wanted = metadata_of(id, meta.flags);
    assert_int_equal(meta.len, len);
    assert_int_equal(meta.type, wanted.type);
    assert_int_equal(meta.access, wanted.access);
    assert_memory_equal(meta.label, wanted.label, sizeof meta.label);
}

hf_nvm_space get_space(store *s)
{
    hf_nvm_space space;
    lock(s);
    hf_nvm_get_space(&s->nvm, &space);
    assert_int_equal(hf_nvm_unlock(&s->nvm, HF_OK, NULL), HF_OK);
    return space;
}

void sync_store(store *s)
{
    assert_int_equal(hf_nvm_sync(&s->nvm, NULL), HF_OK);
}

void clean_all(store *s)
{
    bool more = true;
    for (int i = 0; more; i++) {
        assert_true(i < 10000);
        assert_int_equal(hf_nvm_clean_step(&s->nvm, false, &more), HF_OK);
    }
}

bool is_on_medium(const store *s, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i + len <= sizeof s->medium; i++) {
        if (memcmp(s->medium + i, text, len) == 0) {
            return true;
        }
    }
    return false;
}
