/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright The Holdfast authors
 *
 * Both ends: 32 objects in 4 KiB of RAM, and a million objects.
 */
#include "store.h"

#include <stdlib.h>

#define SMALL_RAM_SIZE 4096u
#define SMALL_OBJECT_COUNT 32u
#define SMALL_INDEX_SIZE HF_NVM_INDEX_SIZE(SMALL_OBJECT_COUNT)
#define SMALL_BUFFER_SIZE 768u

/* A sanitizer's shadow of the whole medium would not fit a small machine. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define LARGE_OBJECT_COUNT 100000u
#define LARGE_REGION_SIZE (8u << 20)
#else
#define LARGE_OBJECT_COUNT 1000000u
#define LARGE_REGION_SIZE (64u << 20)
#endif

static int init(hf_nvm *nvm, const hf_nvm_ram *ram, hf_bytes index, hf_bytes buffer)
{
    return hf_nvm_init(nvm,
                       &(hf_nvm_config){ .device = &ram->device,
                                         .index_memory = (void *)(uintptr_t)index.data,
                                         .index_size = index.len,
                                         .log_buffer = (uint8_t *)(uintptr_t)buffer.data,
                                         .log_buffer_size = buffer.len,
                                         .format = true });
}

static int put_one(hf_nvm *nvm, uint32_t number, hf_bytes data)
{
    hf_metadata meta = { .id = hf_id_make(HF_KIND_DATA, 1, number) };
    for (;;) {
        int rc = hf_nvm_lock(nvm);
        if (rc != HF_OK) {
            return rc;
        }
        rc = hf_nvm_put_unchecked(nvm, &meta, data);
        int cause = hf_nvm_again_cause(nvm);
        rc = hf_nvm_unlock(nvm, rc, NULL);
        if (rc != HF_ERR_AGAIN) {
            return rc;
        }
        bool more = cause == HF_NVM_AGAIN_CLEAN;
        rc = more ? HF_OK : hf_nvm_sync(nvm, NULL);
        while (rc == HF_OK && more) {
            rc = hf_nvm_clean_step(nvm, true, &more);
        }
        if (rc != HF_OK) {
            return rc;
        }
    }
}

static void begin(hf_nvm *nvm) HF_ACQUIRE(nvm->lock, hf_tsa_nvm) HF_NO_TSA
{
    assert_int_equal(hf_nvm_lock(nvm), HF_OK);
}

static uint32_t count_objects(hf_nvm *nvm)
{
    hf_nvm_space space;
    begin(nvm);
    hf_nvm_get_space(nvm, &space);
    assert_int_equal(hf_nvm_unlock(nvm, HF_OK, NULL), HF_OK);
    return space.object_count;
}

/* All the RAM of a small store. */
typedef struct small_store {
    hf_nvm nvm;
    uint64_t index[SMALL_INDEX_SIZE / 8u];
    uint8_t buffer[SMALL_BUFFER_SIZE];
} small_store;

static void test_thirty_two_objects_in_four_kibibytes(void **state)
{
    static small_store small;
    static uint8_t medium[2 * 8192];
    hf_nvm_geometry geometry = { 2, 8, 8192, 0xFF };
    hf_nvm_ram ram;
    uint8_t data[64];
    (void)state;
    print_message("32 objects: hf_nvm %u, index %u, log buffer %u: %u bytes\n",
                  (unsigned)sizeof small.nvm, (unsigned)sizeof small.index,
                  (unsigned)sizeof small.buffer, (unsigned)sizeof small);
    assert_true(sizeof small <= SMALL_RAM_SIZE);
    memset(medium, 0xFF, sizeof medium);
    assert_int_equal(hf_nvm_ram_init(&ram, medium, &geometry), HF_OK);
    hf_bytes index = hf_bytes_of(small.index, sizeof small.index);
    hf_bytes buffer = hf_bytes_of(small.buffer, sizeof small.buffer);
    assert_int_equal(init(&small.nvm, &ram, index, buffer), HF_OK);
    for (uint32_t round = 0; round < 20; round++) {
        for (uint32_t i = 1; i <= SMALL_OBJECT_COUNT; i++) {
            memset(data, (int)(round + i), sizeof data);
            assert_int_equal(put_one(&small.nvm, i, hf_bytes_of(data, sizeof data)),
                             HF_OK);
        }
        assert_int_equal(put_one(&small.nvm, 33, hf_bytes_of("x", 1)), HF_ERR_NOSPACE);
        assert_int_equal(hf_nvm_cleanup(&small.nvm), HF_OK);
        assert_int_equal(init(&small.nvm, &ram, index, buffer), HF_OK);
        assert_int_equal(count_objects(&small.nvm), SMALL_OBJECT_COUNT);
    }
    assert_int_equal(hf_nvm_cleanup(&small.nvm), HF_OK);
}

static void test_million_objects_open_again(void **state)
{
    hf_nvm_geometry geometry = { 4, 8, LARGE_REGION_SIZE, 0x00 };
    size_t index_size = HF_NVM_INDEX_SIZE(LARGE_OBJECT_COUNT);
    size_t buffer_size = 1u << 20;
    uint8_t *medium = calloc(geometry.region_count, LARGE_REGION_SIZE);
    uint8_t *index = malloc(index_size);
    uint8_t *buffer = malloc(buffer_size);
    hf_nvm_ram ram;
    hf_nvm nvm;
    uint8_t data[24] = "a small object";
    (void)state;
    assert_true(medium != NULL && index != NULL && buffer != NULL);
    assert_true(index_size <= 128u * (size_t)LARGE_OBJECT_COUNT);
    assert_int_equal(hf_nvm_ram_init(&ram, medium, &geometry), HF_OK);
    hf_bytes index_memory = hf_bytes_of(index, index_size);
    hf_bytes log_buffer = hf_bytes_of(buffer, buffer_size);
    assert_int_equal(init(&nvm, &ram, index_memory, log_buffer), HF_OK);
    for (uint32_t i = 1; i <= LARGE_OBJECT_COUNT; i++) {
        uint32_t number = (uint32_t)((uint64_t)i * 7919u % 1000003u); /* scattered */
        hf_put_u32(data + 16, number);
        assert_int_equal(put_one(&nvm, number, hf_bytes_of(data, sizeof data)), HF_OK);
    }
    assert_int_equal(hf_nvm_cleanup(&nvm), HF_OK);
    assert_int_equal(init(&nvm, &ram, index_memory, log_buffer), HF_OK);
    assert_int_equal(count_objects(&nvm), LARGE_OBJECT_COUNT);
    uint8_t out[24];
    hf_buffer got = hf_buffer_of(out, sizeof out);
    begin(&nvm);
    int rc = hf_nvm_read_unchecked(&nvm, hf_id_make(HF_KIND_DATA, 1, 7919), 0, &got);
    assert_int_equal(hf_nvm_unlock(&nvm, rc, NULL), HF_OK);
    assert_int_equal(hf_get_u32(out + 16), 7919);
    assert_int_equal(hf_nvm_cleanup(&nvm), HF_OK);
    free(buffer);
    free(index);
    free(medium);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thirty_two_objects_in_four_kibibytes),
        cmocka_unit_test(test_million_objects_open_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
