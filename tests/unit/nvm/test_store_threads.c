/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Many threads on one store, with syncs and cleaning beside them: no increment is lost,
 * no object is ever seen torn, and what a ticket said was durable is there after a cut.
 */
#include "store.h"

#include <pthread.h>

#include "holdfast/posix_lock.h"

#define THREAD_COUNT 4u
#define ROUND_COUNT 400u
#define PAYLOAD_LEN 120u

typedef struct shared {
    hf_nvm nvm;
    hf_nvm_ram ram;
    hf_posix_mutex mutex;
    pthread_mutex_t sync_mutex; /* serialises syncs and cleaning */
    uint8_t medium[2u * 65536u];
    uint64_t index[HF_NVM_INDEX_SIZE(64) / 8u];
    uint8_t buffer[8192];
} shared;

static shared w;

static int help_out(int cause)
{
    bool more = cause == HF_NVM_AGAIN_CLEAN;
    pthread_mutex_lock(&w.sync_mutex);
    int rc = more ? HF_OK : hf_nvm_sync(&w.nvm, NULL);
    while (rc == HF_OK && more) {
        rc = hf_nvm_clean_step(&w.nvm, true, &more);
    }
    pthread_mutex_unlock(&w.sync_mutex);
    return rc;
}

static void begin(void) HF_ACQUIRE(w.nvm.lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(&w.nvm), HF_OK);
}

static int increment_and_put(uint32_t number, uint8_t content)
    HF_REQUIRES(w.nvm.lock, hf_tsa_nvm)
{
    uint64_t value = 0;
    uint8_t data[PAYLOAD_LEN];
    hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 1, number) };
    memset(data, content, sizeof data);
    int rc = hf_nvm_get_counter(&w.nvm, hf_id_make(HF_KIND_COUNTER, 1, 1), &value);
    if (rc == HF_OK) {
        rc = hf_nvm_set_counter(&w.nvm, hf_id_make(HF_KIND_COUNTER, 1, 1), value + 1);
    }
    if (rc == HF_OK) {
        rc = hf_nvm_put_unchecked(&w.nvm, &meta, hf_bytes_of(data, sizeof data));
    }
    return rc;
}

static int write_once(uint32_t number, uint8_t content)
{
    for (;;) {
        int rc = hf_nvm_lock(&w.nvm);
        if (rc != HF_OK) {
            return rc;
        }
        rc = increment_and_put(number, content);
        int cause = hf_nvm_again_cause(&w.nvm);
        rc = hf_nvm_unlock(&w.nvm, rc, NULL);
        if (rc != HF_ERR_AGAIN) {
            return rc;
        }
        rc = help_out(cause);
        if (rc != HF_OK) {
            return rc;
        }
    }
}

/* HF_OK when the object is whole or absent. */
static int read_once(uint32_t number)
{
    uint8_t data[PAYLOAD_LEN];
    hf_buffer buffer = hf_buffer_of(data, sizeof data);
    int rc = hf_nvm_lock(&w.nvm);
    if (rc != HF_OK) {
        return rc;
    }
    rc = hf_nvm_read_unchecked(&w.nvm, hf_id_make(HF_KIND_DATA, 1, number), 0, &buffer);
    rc = hf_nvm_unlock(&w.nvm, rc, NULL);
    if (rc == HF_ERR_NOTFOUND) {
        return HF_OK;
    }
    for (size_t i = 1; rc == HF_OK && i < sizeof data; i++) {
        rc = data[i] == data[0] ? HF_OK : HF_ERR_VERIFY;
    }
    return rc;
}

static void *work(void *argument)
{
    uint32_t thread = *(const uint32_t *)argument;
    int rc = HF_OK;
    for (uint32_t i = 0; i < ROUND_COUNT && rc == HF_OK; i++) {
        rc = write_once(i % 5 + 1, (uint8_t)(thread * 50 + i));
        for (uint32_t number = 1; number <= 5 && rc == HF_OK; number++) {
            rc = read_once(number);
        }
        if (rc == HF_OK && i % 10 == thread) {
            rc = help_out(HF_NVM_AGAIN_SYNC);
        }
    }
    return rc == HF_OK ? NULL : argument;
}

static int open_store(void)
{
    return hf_nvm_init(&w.nvm, &(hf_nvm_config){
                                   .device = &w.ram.device,
                                   .lock = &(hf_lock_config){ .ops = &hf_posix_mutex_ops,
                                                              .context = &w.mutex },
                                   .index_memory = w.index,
                                   .index_size = sizeof w.index,
                                   .log_buffer = w.buffer,
                                   .log_buffer_size = sizeof w.buffer,
                                   .format = true,
                               });
}

static void test_threads_lose_no_increment_and_see_no_torn_object(void **state)
{
    pthread_t threads[THREAD_COUNT];
    uint32_t numbers[THREAD_COUNT];
    hf_nvm_geometry geometry = { 2, 8, 65536, 0xFF };
    hf_metadata meta = { .id = hf_id_make(HF_KIND_COUNTER, 1, 1) };
    uint64_t value = 0;
    (void)state;
    memset(w.medium, 0xFF, sizeof w.medium);
    assert_int_equal(pthread_mutex_init(&w.sync_mutex, NULL), 0);
    assert_int_equal(hf_nvm_ram_init(&w.ram, w.medium, &geometry), HF_OK);
    assert_int_equal(open_store(), HF_OK);
    begin();
    int rc = hf_nvm_put_unchecked(&w.nvm, &meta, hf_bytes_of("\0\0\0\0\0\0\0\0", 8));
    assert_int_equal(hf_nvm_unlock(&w.nvm, rc, NULL), HF_OK);
    for (uint32_t i = 0; i < THREAD_COUNT; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &numbers[i]), 0);
    }
    for (uint32_t i = 0; i < THREAD_COUNT; i++) {
        void *failed = NULL;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(hf_nvm_cleanup(&w.nvm), HF_OK);
    assert_int_equal(open_store(), HF_OK);
    begin();
    rc = hf_nvm_get_counter(&w.nvm, meta.id, &value);
    assert_int_equal(hf_nvm_unlock(&w.nvm, rc, NULL), HF_OK);
    assert_int_equal(value, THREAD_COUNT * ROUND_COUNT);
    assert_int_equal(hf_nvm_cleanup(&w.nvm), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_lose_no_increment_and_see_no_torn_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
